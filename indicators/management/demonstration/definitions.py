"""What counts and what does not, for the indicators of the demonstration: French, Spanish, English."""

from indicators.management.demonstration.story import Texts

DEFINITIONS: dict[str, Texts] = {
    "trained": (
        "Compte chaque personne qui a terminé une formation d’au moins 40 heures. Ne compte pas une personne inscrite qui n’a pas terminé, ni la même personne deux fois.",
        "Cuenta cada persona que terminó una formación de al menos 40 horas. No cuenta a quien se inscribió y no terminó, ni dos veces a la misma persona.",
        "Counts each person who finished a course of at least 40 hours. Does not count who enrolled and did not finish, nor the same person twice.",
    ),
    "agreements": (
        "Compte les ententes signées par les deux parties. Ne compte pas les lettres d’intention.",
        "Cuenta los convenios firmados por ambas partes. No cuenta las cartas de intención.",
        "Counts agreements signed by both sides. Does not count letters of intent.",
    ),
    "hosts": (
        "Compte les entreprises qui accueillent au moins un apprenti le dernier jour de la période. Ne compte pas deux fois les sites d’une même entreprise.",
        "Cuenta las empresas que acogen al menos un aprendiz el último día del período. No cuenta dos veces las sedes de una misma empresa.",
        "Counts firms that host at least one apprentice on the last day of the period. Does not count the sites of one firm twice.",
    ),
    "employed": (
        "Parmi les personnes diplômées jointes six mois après la fin : combien travaillent, à leur compte compris. Qui n’a pas été joint ne compte ni dans l’un ni dans l’autre nombre.",
        "De las personas egresadas contactadas seis meses después: cuántas trabajan, también por cuenta propia. Quien no fue contactado no cuenta en ninguno de los dos números.",
        "Of the graduates reached six months after the end: how many work, the self-employed included. Whoever was not reached counts in neither number.",
    ),
    "dropout": (
        "Parmi les personnes inscrites : combien sont parties avant la fin. Un transfert vers un autre programme n’est pas un abandon.",
        "De las personas inscritas: cuántas se retiraron antes del final. Un traslado a otro programa no es deserción.",
        "Of the people enrolled: how many left before the end. A transfer to another programme is no dropping out.",
    ),
    "participants": (
        "Compte les visites aux journées portes ouvertes, d’après le registre à l’entrée. Une personne venue deux jours compte deux fois.",
        "Cuenta las visitas a las jornadas abiertas, según el registro de la entrada. Quien vino dos días cuenta dos veces.",
        "Counts visits to open days, by the register at the door. Whoever came on two days counts twice.",
    ),
    "disability": (
        "Compte les personnes qui ont reçu un accompagnement individuel. Ne demande ni nom ni diagnostic : seulement le nombre.",
        "Cuenta las personas que recibieron acompañamiento individual. No pide nombres ni diagnósticos: solo el número.",
        "Counts people who were supported individually. Asks for no name and no diagnosis: the number alone.",
    ),
}

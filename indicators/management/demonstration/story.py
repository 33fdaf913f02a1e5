"""What the demonstration programme tells: invented institutions, people and projects, and what happens to figures.

Nothing in it is true, and every name says so. Texts stand in French, Spanish and English, in this order. Places are
written as project and institution (``A/cl``), or as a project alone (``A``); periods as 0 to 4 and ``whole``.
"""

from dataclasses import dataclass

from accounts.roles import DATA_ENTRY, SPECIALISTS

Texts = tuple[str, str, str]

LANGUAGES = ("fr", "es", "en")
#: Of every change that is made for it.
REASON = "Demonstration programme"


def three(name: str, texts: Texts) -> dict[str, str]:
    """The columns of a text, by the name that they share."""
    return {f"{name}_{language}": text for language, text in zip(LANGUAGES, texts, strict=True)}


SLUG = "demo"
CODE = "DEMO"
NAME: Texts = (
    "Programme de démonstration (fictif)",
    "Programa de demostración (ficticio)",
    "Demonstration programme (fictitious)",
)
SUMMARY: Texts = (
    "Un programme inventé pour essayer le système : établissements, projets et chiffres sont fictifs.",
    "Un programa inventado para probar el sistema: instituciones, proyectos y cifras son ficticios.",
    "An invented programme to try the system with: its institutions, projects and figures are fictitious.",
)

#: Code, numeric code, name, and whether it belongs to the Pacific Alliance; used where the country is not there yet.
COUNTRIES: dict[str, tuple[str, Texts, bool]] = {
    "CA": ("124", ("Canada", "Canadá", "Canada"), False),
    "CL": ("152", ("Chili", "Chile", "Chile"), True),
    "CO": ("170", ("Colombie", "Colombia", "Colombia"), True),
    "MX": ("484", ("Mexique", "México", "Mexico"), True),
    "PE": ("604", ("Pérou", "Perú", "Peru"), True),
}
SEXES: dict[str, Texts] = {
    "women": ("Femmes", "Mujeres", "Women"),
    "men": ("Hommes", "Hombres", "Men"),
    "other": ("Autre identité de genre", "Otra identidad de género", "Gender-diverse"),
    "not-stated": ("Non précisé", "Sin información", "Not stated"),
}


@dataclass(frozen=True)
class Institution:
    name: str
    acronym: str
    country: str
    language: str
    kind: str = "tvet_institution"


INSTITUTIONS: dict[str, Institution] = {
    "lead": Institution("Demonstration College (fictitious)", "DEMO-Lead", "CA", "en", "canadian_college"),
    "cl": Institution("Instituto de Demostración del Norte (ficticio)", "DEMO-Norte", "CL", "es"),
    "co": Institution("Centro de Demostración de los Andes (ficticio)", "DEMO-Andes", "CO", "es"),
    "mx": Institution("Universidad de Demostración del Golfo (ficticia)", "DEMO-Golfo", "MX", "es"),
    "pe": Institution("Escuela de Demostración de la Costa (ficticia)", "DEMO-Costa", "PE", "es"),
}


@dataclass(frozen=True)
class Account:
    name: str
    role: str
    partner: str = ""
    language: str = "es"
    time_zone: str = "America/Toronto"


ACCOUNTS: dict[str, Account] = {
    "staff": Account("Alex Demonstration", DATA_ENTRY, language="fr"),
    "specialist": Account("Dominique Demonstration", SPECIALISTS, language="en"),
    "lead": Account("Robin Demonstration", "lead", "lead", "en"),
    "cl": Account("Carmen Demostración", "contributor", "cl", time_zone="America/Santiago"),
    "co": Account("Andrés Demostración", "contributor", "co", time_zone="America/Bogota"),
    "mx": Account("Lucía Demostración", "contributor", "mx", time_zone="America/Mexico_City"),
    "pe": Account("Jorge Demostración", "contributor", "pe", time_zone="America/Lima"),
    "viewer": Account("Pilar Demostración", "viewer", "co", time_zone="America/Bogota"),
}


@dataclass(frozen=True)
class Plan:
    """A project: healthy, late or troubled."""

    title: str
    translated: Texts
    summary: Texts
    partners: tuple[str, ...]
    themes: tuple[str, ...]


PROJECTS: dict[str, Plan] = {
    "A": Plan(
        "Projet de démonstration : métiers de l’énergie",
        ("", "Proyecto de demostración: oficios de la energía", "Demonstration project: energy trades"),
        (
            "Projet fictif qui se porte bien : ses chiffres arrivent à temps et dépassent souvent les cibles.",
            "Proyecto ficticio que marcha bien: sus cifras llegan a tiempo y suelen superar las metas.",
            "A fictitious project in good health: its figures arrive on time and often exceed their targets.",
        ),
        ("cl", "co"),
        ("T1", "T2"),
    ),
    "B": Plan(
        "Projet de démonstration : mécanique industrielle",
        ("", "Proyecto de demostración: mecánica industrial", "Demonstration project: industrial mechanics"),
        (
            "Projet fictif en retard : une période manque, et la suivante n’est encore qu’un brouillon.",
            "Proyecto ficticio atrasado: falta un período y el siguiente todavía es un borrador.",
            "A fictitious project that is late: one period is missing, and the next is still a draft.",
        ),
        ("mx",),
        ("T1",),
    ),
    "C": Plan(
        "Projet de démonstration : accueil et réussite",
        ("", "Proyecto de demostración: acogida y éxito", "Demonstration project: welcome and success"),
        (
            "Projet fictif en difficulté : l’abandon augmente, et son rapport lui a été renvoyé avec des questions.",
            "Proyecto ficticio en dificultades: la deserción aumenta y su informe fue devuelto con preguntas.",
            "A fictitious project in trouble: dropping out rises, and its report was returned with questions.",
        ),
        ("pe",),
        ("T2",),
    ),
}
THEMES: dict[str, Texts] = {
    "T1": (
        "Formation et marché du travail (démonstration)",
        "Formación y mercado laboral (demostración)",
        "Training and the labour market (demonstration)",
    ),
    "T2": (
        "Réussite de chaque personne (démonstration)",
        "Éxito de cada persona (demostración)",
        "Success of everyone (demonstration)",
    ),
}

#: Code: level, parent, statement.
RESULTS: dict[str, tuple[str, str, Texts]] = {
    "1000": (
        "ultimate", "",
        (
            "Les jeunes du pays de démonstration vivent mieux de leur travail.",
            "Los jóvenes del país de demostración viven mejor de su trabajo.",
            "Young people of the demonstration country live better from their work.",
        ),
    ),
    "1100": (
        "intermediate", "1000",
        (
            "Les établissements de démonstration forment aux métiers que les entreprises cherchent.",
            "Las instituciones de demostración forman en los oficios que buscan las empresas.",
            "Demonstration institutions train for the trades that firms look for.",
        ),
    ),
    "1110": (
        "immediate", "1100",
        (
            "Les équipes de démonstration enseignent mieux, avec les entreprises.",
            "Los equipos de demostración enseñan mejor, junto con las empresas.",
            "Demonstration teams teach better, together with firms.",
        ),
    ),
    "1120": (
        "immediate", "1100",
        (
            "Chaque personne est accueillie et soutenue jusqu’au diplôme (démonstration).",
            "Cada persona es acogida y apoyada hasta su titulación (demostración).",
            "Everyone is welcomed and supported up to the diploma (demonstration).",
        ),
    ),
    "1111": (
        "output", "1110",
        (
            "Formations, ententes et rencontres de démonstration tenues.",
            "Formaciones, convenios y encuentros de demostración realizados.",
            "Demonstration trainings, agreements and meetings held.",
        ),
    ),
}  # fmt: skip


#: Why a target was revised, and in which place and period.
REVISED = ("agreements", "A/cl", "whole", 14)
REVISION_REASON = "Démonstration : deux entreprises de plus se sont jointes au projet."
#: Returned in the open period: indicator and place, reason, what the reviewer writes.
RETURNED = (
    ("trained", "C/pe", "outlier", "Démonstration : 310 après 22, est-ce bien le nombre de la période?"),
    ("dropout", "C/pe", "definition", "Démonstration : les transferts ne comptent pas comme des abandons."),
)
#: Approved by itself in the open period, before its report is.
APPROVED_EARLY = ("satisfaction", "A")


@dataclass(frozen=True)
class SentIn:
    """What staff entered on behalf of an institution, and what it answered to the summary."""

    indicators: tuple[str, ...]
    channel: str
    answer: str = "awaited"
    text: str = ""


#: By project and period.
ON_BEHALF: dict[tuple[str, str], SentIn] = {
    ("C", "2"): SentIn(("agreements", "hosts"), "phone", "confirmed"),
    ("B", "3"): SentIn(("satisfaction", "quality"), "email"),
    ("C", "3"): SentIn(("agreements",), "meeting", "disputed", "Son tres convenios, no dos (demostración)."),
}


#: A round in which the institutions look through the published half-year; that of the Andes has said nothing yet.
ROUND_CODE = "demo-round"
ROUND: Texts = (
    "Ronde de vérification de démonstration",
    "Ronda de verificación de demostración",
    "Demonstration round of verification",
)


@dataclass(frozen=True)
class Said:
    """What an institution answers about a figure of the published half-year; and, where staff kept the figure, why."""

    institution: str
    where: tuple[str, str]
    answer: str
    value: int | None = None
    women: int | None = None
    men: int | None = None
    text: str = ""
    link: str = ""
    is_on_request: bool = False
    kept: str = ""


ANSWERS: tuple[Said, ...] = (
    Said("cl", ("trained", "A/cl"), "confirmed"),
    Said("cl", ("hosts", "A/cl"), "corrected", value=10, text="Faltaba una empresa de la costa (demostración)."),
    Said("cl", ("participants", "A/cl"), "confirmed", women=118, men=92),
    Said("mx", ("trained", "B/mx"), "confirmed"),
    Said(
        "mx",
        ("agreements", "B/mx"),
        "corrected",
        text="El convenio se firmó con dos empresas a la vez: no sabemos si cuenta como uno o como dos (demostración).",
    ),
    Said("mx", ("employed", "B/mx"), "evidence", link="https://mx.example.org/egresados"),
    Said("pe", ("hosts", "C/pe"), "evidence", is_on_request=True),
    Said("pe", ("participants", "C/pe"), "unknown"),
    Said(
        "pe",
        ("agreements", "C/pe"),
        "corrected",
        value=2,
        text="Contamos también una carta de intención (demostración).",
        kept="Demostración: una carta de intención todavía no es un convenio.",
    ),
)

"""The twelve indicators of the demonstration programme, one of every kind, with their invented figures."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from indicators.management.demonstration.story import Texts


@dataclass(frozen=True)
class Measured:
    """An indicator, with its baseline, its targets and its figures by place.

    A figure is a number, ``(n, N)`` for a percentage with its base, or a mapping of the fields of a figure.
    A place after ``|`` names a category of sex: ``A/cl|women``.
    """

    name: Texts
    unit: Texts
    fields: dict[str, Any]
    baselines: dict[str, Any] = field(default_factory=dict)
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)
    actuals: dict[str, dict[str, Any]] = field(default_factory=dict)


NA: dict[str, Any] = {"is_not_applicable": True}
#: To be known later.
NOT_YET: dict[str, Any] = {"is_not_yet": True}


def share(value: str) -> dict[str, Any]:
    return {"share": Decimal(value)}


def text(*texts: str) -> dict[str, Any]:
    return dict(zip(("text_fr", "text_es", "text_en"), texts, strict=True))


def _count(unit_of_analysis: str, family: str, result: str, **fields: Any) -> dict[str, Any]:
    kind = {"measure": "count", "nature": "output", "cumulation": "per_period", "roll_up": "sum"}
    return {**kind, "unit_of_analysis": unit_of_analysis, "family": family, "result": result, **fields}


def _percentage(family: str, result: str, **fields: Any) -> dict[str, Any]:
    kind = {"measure": "percentage", "nature": "outcome", "cumulation": "stock", "is_whole": False}
    return {**kind, "unit_of_analysis": "persons", "family": family, "result": result, **fields}


PERSONS: Texts = ("personnes", "personas", "people")
PERCENT: Texts = ("%", "%", "%")

INDICATORS: dict[str, Measured] = {
    # Incremental, by sex, with those of whom it is not known.
    "trained": Measured(
        ("Personnes formées (démonstration)", "Personas formadas (demostración)", "People trained (demonstration)"),
        PERSONS,
        _count("persons", "people_trained", "1111", by_sex=True),
        targets={
            "A/cl": {"1": 100, "2": 100, "3": 120, "4": 120, "whole": 440},
            "A/co": {"1": 100, "2": 100, "3": 100, "4": 100, "whole": 400},
            "B/mx": {"1": 100, "2": 100, "3": 100, "4": 100, "whole": 400},
            "C/pe": {"1": 60, "2": 60, "3": 60, "4": 60, "whole": 240},
        },
        actuals={
            "A/cl": {"0": 96, "1": 131, "2": 118, "3": 125},
            "A/cl|women": {"0": 48, "1": 70, "2": 61, "3": 66},
            "A/cl|men": {"0": 42, "1": 53, "2": 47, "3": 49},
            "A/cl|not-stated": {"0": 6, "1": 8, "2": 10, "3": 10},
            "A/co": {"0": 78, "1": 85, "2": 104, "3": 97},
            "A/co|women": {"0": 36, "1": 40, "2": 51, "3": 45},
            "A/co|men": {"0": 42, "1": 45, "2": 53, "3": 52},
            "B/mx": {"0": 35, "1": 38, "3": 44},
            "B/mx|women": {"0": 10, "1": 12, "3": 15},
            "B/mx|men": {"0": 25, "1": 26, "3": 29},
            "C/pe": {"0": 57, "1": 60, "2": 22, "3": 310},
        },
    ),
    # A running total, with a revised target.
    "agreements": Measured(
        (
            "Ententes signées avec des entreprises (démonstration)",
            "Convenios firmados con empresas (demostración)",
            "Agreements signed with firms (demonstration)",
        ),
        ("ententes", "convenios", "agreements"),
        _count("agreements", "agreements", "1111", cumulation="running_total"),
        targets={"A/cl": {"1": 3, "2": 6, "whole": 10}, "B/mx": {"1": 2, "2": 4, "whole": 8}},
        actuals={
            "A/cl": {"0": 2, "1": 3, "2": 7, "3": 9},
            "B/mx": {"0": 1, "1": 1},
            "C/pe": {"0": 1, "1": 1, "2": 1, "3": 2},
        },
    ),
    # A stock, of which the sources state no target.
    "hosts": Measured(
        (
            "Entreprises qui accueillent des apprentis (démonstration)",
            "Empresas que acogen aprendices (demostración)",
            "Firms that host apprentices (demonstration)",
        ),
        ("entreprises", "empresas", "firms"),
        _count("firms", "business", "1110", nature="outcome", cumulation="stock", no_target_reason="not_stated"),
        baselines={"A/cl": 4, "A/co": 2},
        actuals={
            "A/cl": {"0": 6, "1": 9, "2": 14, "3": 13},
            "A/co": {"0": 3, "1": 5, "2": 8, "3": 8},
            "C/pe": {"0": 5, "1": 6, "2": 6},
        },
    ),
    # A percentage with how many of how many.
    "employed": Measured(
        (
            "Personnes diplômées en emploi après six mois (démonstration)",
            "Personas egresadas con empleo a los seis meses (demostración)",
            "Graduates in work after six months (demonstration)",
        ),
        PERCENT,
        _percentage("enrolment", "1100", roll_up="weighted_mean"),
        baselines={"A/cl": (54, 120), "A/co": (40, 100), "B/mx": (45, 90)},
        targets={
            "A/cl": {"2": 60, "whole": 65},
            "A/co": {"2": 60, "whole": 60},
            "B/mx": {"2": 60, "whole": 60},
        },
        actuals={
            "A/cl": {"0": (60, 118), "1": (66, 120), "2": (78, 130), "3": (85, 132)},
            "A/co": {"0": (43, 100), "1": (47, 100), "2": (62, 107), "3": (66, 110)},
            "B/mx": {"0": (45, 88), "1": (46, 90), "3": NOT_YET},
        },
    ),
    # What should fall, and does not everywhere.
    "dropout": Measured(
        (
            "Abandon en cours de formation (démonstration)",
            "Deserción durante la formación (demostración)",
            "Dropping out of training (demonstration)",
        ),
        PERCENT,
        _percentage("enrolment", "1120", direction="decrease", roll_up="weighted_mean"),
        baselines={"A/co": (30, 100), "C/pe": (42, 140)},
        targets={"A/co": {"1": 25, "2": 22, "whole": 20}, "C/pe": {"1": 26, "2": 24, "whole": 20}},
        actuals={
            "A/co": {"0": (29, 102), "1": (28, 105), "2": (25, 108), "3": (23, 110)},
            "C/pe": {"0": (40, 138), "1": (41, 140), "2": (52, 150), "3": (55, 152)},
        },
    ),
    # What should stay where it is.
    "satisfaction": Measured(
        (
            "Personnes satisfaites de leur formation (démonstration)",
            "Personas satisfechas con su formación (demostración)",
            "People satisfied with their training (demonstration)",
        ),
        PERCENT,
        _percentage("satisfaction", "1110", direction="maintain"),
        baselines={"A": 85, "B": 88},
        targets={"A": {"1": 85, "2": 85, "whole": 85}, "B": {"1": 88, "2": 88, "whole": 88}},
        actuals={"A": {"0": 86, "1": 87, "2": Decimal("85.5"), "3": 86}, "B": {"0": 86, "1": 84, "3": 83}},
    ),
    # Money, stated as a bound and as about.
    "funding": Measured(
        (
            "Contributions des entreprises (démonstration)",
            "Aportes de las empresas (demostración)",
            "Contributions of firms (demonstration)",
        ),
        ("$ CA", "CAD", "CAD"),
        _count("money", "business", "1110", measure="currency", currency="CAD", is_whole=False, nature="outcome"),
        targets={"A": {"1": 100000, "2": 100000, "whole": 400000}, "C": {"1": 50000, "2": 50000, "whole": 200000}},
        actuals={
            "A": {
                "1": {"value": Decimal("112500.50")},
                "2": {"value": Decimal(99500), "qualifier": "about"},
                "3": {"value": Decimal(104000)},
            },
            "C": {"1": {"value": Decimal(42000), "qualifier": "at_least"}, "2": {"value": Decimal(50000)}},
        },
    ),
    # A score with decimals.
    "quality": Measured(
        (
            "Qualité des programmes, de 1 à 5 (démonstration)",
            "Calidad de los programas, de 1 a 5 (demostración)",
            "Quality of programmes, from 1 to 5 (demonstration)",
        ),
        ("points", "puntos", "points"),
        _count(
            "programmes",
            "training_programmes",
            "1110",
            measure="score",
            is_whole=False,
            nature="outcome",
            cumulation="stock",
            roll_up="none",
        ),
        baselines={"A": Decimal("2.8"), "B": Decimal("3.0")},
        targets={"A": {"2": Decimal("3.8"), "whole": Decimal("4.2")}, "B": {"2": 4, "whole": 4}},
        actuals={
            "A": {"0": Decimal("3.1"), "1": Decimal("3.4"), "2": Decimal("3.8"), "3": Decimal("4.0")},
            "B": {"0": Decimal("3.0"), "1": Decimal("3.1"), "3": Decimal("3.2")},
        },
    ),
    # Described in words.
    "policies": Measured(
        (
            "Changements des règles d’admission (démonstration)",
            "Cambios de las reglas de admisión (demostración)",
            "Changes of the rules of admission (demonstration)",
        ),
        ("changements", "cambios", "changes"),
        _count(
            "policies",
            "policies",
            "1120",
            measure="qualitative",
            nature="outcome",
            cumulation="stock",
            roll_up="none",
        ),
        targets={
            "C": {
                "2": text(
                    "Les règles prévoient l’accueil de personnes sans diplôme.",
                    "Las reglas prevén la admisión de personas sin título.",
                    "The rules provide for people without a diploma.",
                )
            }
        },
        actuals={
            "C": {
                "2": text(
                    "Le conseil a adopté de nouvelles règles; elles ne sont pas encore appliquées.",
                    "El consejo adoptó nuevas reglas; todavía no se aplican.",
                    "The council adopted new rules; they are not applied yet.",
                )
            },
            "A": {
                "1": text(
                    "Une personne sans diplôme peut faire reconnaître son expérience.",
                    "Una persona sin título puede obtener el reconocimiento de su experiencia.",
                    "Somebody without a diploma can have their experience recognised.",
                )
            },
        },
    ),
    # A share alone: of how many is not said.
    "women": Measured(
        (
            "Part des femmes dans les cours du soir (démonstration)",
            "Proporción de mujeres en los cursos nocturnos (demostración)",
            "Women’s share in evening courses (demonstration)",
        ),
        PERSONS,
        _count("persons", "enrolment", "1120", by_sex=True, roll_up="none", nature="outcome", cumulation="stock"),
        targets={"A|women": {"1": share("50"), "2": share("50")}, "B|women": {"1": share("40")}},
        actuals={
            "A|women": {"1": share("54.5"), "2": share("50"), "3": share("52")},
            "B|women": {"1": share("21")},
        },
    ),
    # Participations of persons who may be counted twice; staff confirm that no target was set.
    "participants": Measured(
        (
            "Personnes venues aux journées portes ouvertes (démonstration)",
            "Personas que asistieron a las jornadas abiertas (demostración)",
            "People who came to open days (demonstration)",
        ),
        PERSONS,
        _count("persons", "events", "1111", counts_persons_twice=True, no_target_reason="none_set"),
        actuals={
            "A/cl": {"0": 190, "1": 210, "2": 240, "3": 251},
            "A/co": {"0": 160, "1": 180, "2": 175},
            "C/pe": {"0": 90, "1": 95, "2": 0},
        },
    ),
    # About people who could be recognised: so few that the number is withheld; elsewhere the question does not arise.
    "disability": Measured(
        (
            "Personnes en situation de handicap accompagnées (démonstration)",
            "Personas con discapacidad acompañadas (demostración)",
            "People with disabilities supported (demonstration)",
        ),
        PERSONS,
        _count("persons", "service_users", "1120", is_sensitive=True, nature="outcome"),
        targets={"A/cl": {"1": 20, "2": 20}, "C/pe": {"1": 10, "2": 10}},
        actuals={"A/cl": {"1": 24, "2": 21, "3": 26}, "A/co": {"1": NA, "2": NA}, "C/pe": {"1": 4, "2": 3, "3": 6}},
    ),
}

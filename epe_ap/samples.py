"""Sample data for templates/style.html: one of each case a component can meet. In English in every language."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator

from epe_ap import tokens
from epe_ap.sample_charts import sample_charts
from epe_ap.sample_model import MODEL_CODES, sample_model
from indicators.choices import Basis, Verification

STATUSES = {
    "exceeded": "Exceeded",
    "achieved": "Achieved",
    "on_track": "On track",
    "behind": "Behind",
    "regressed": "Regressed",
    "undecided": "Undecided",
    "recorded": "Recorded",
    "not_due": "Not due",
    "not_reported": "Not reported",
    "no_target": "No target",
    "not_measurable": "Not measurable",
    "not_applicable": "Not applicable",
    "suppressed": "Suppressed",
}

SOURCE = SimpleNamespace(
    document=SimpleNamespace(short_title="Capitalisation book", language="fr"),
    section="theme 1",
    printed_value="plus de 3 006",
    get_absolute_url="#marks",
)


class Node(str):
    """An expected result as a group heading."""

    get_absolute_url = "#results"
    get_basis_display = "reconstructed"


def cells(*rows: SimpleNamespace | None) -> list[list[dict[str, Any]]]:
    """The cells of a line of the comparison by country, of one figure each or none."""
    return [[] if row is None else [{"row": row, "beside": []}] for row in rows]


def row(name: str = "Leaders trained in the forums", **changes: Any) -> SimpleNamespace:
    """A results row as ``Result`` offers it; numbers may be given as text."""
    figures: tuple[str, ...] = ("actual", "target", "target_final", "baseline", "share", "numerator")
    figures += ("denominator", "achievement", "progress", "women_share")
    fields: dict[str, Any] = {
        "indicator": SimpleNamespace(name=name, get_absolute_url="#results"),
        "scope_label": "All four countries",
        "period_label": "2016–2023",
        "breakdown_label": "",
        "qualifier": "exact",
        "measure": "count",
        "unit": "people",
        "currency": "",
        "text": "",
        "is_not_applicable": False,
        "status": "recorded",
        "parts": [],
        "origin": "reported",
        "coverage_reported": None,
        "coverage_expected": None,
        "source": SOURCE,
        "discrepancy": False,
        "discrepancy_url": "",
        "themes": [],
        "note": "",
        "verification": "as_published",
        "get_verification_display": "As published",
        "url": "#results",
        "query": "",
    } | dict.fromkeys(figures)
    fields |= changes
    for name_of_figure in figures:
        if isinstance(fields[name_of_figure], str):
            fields[name_of_figure] = Decimal(fields[name_of_figure])
    fields["get_status_display"] = STATUSES[fields["status"]]
    return SimpleNamespace(**fields)


def part(label: str, **changes: Any) -> SimpleNamespace:
    return row(breakdown_label=label, source=None, **changes)


WITH_TARGET = [
    row(
        "Stakeholders trained to design equality policies",
        actual="213.0000",
        target="40",
        achievement="532.5",
        status="exceeded",
        women_share="53",
        scope_label="All four countries",
        themes=["Dimension 1"],
    ),
    row(
        "Training institutions with equality committees, strategies or policies in place",
        actual="11",
        target="7",
        achievement="157.1",
        status="exceeded",
        unit="institutions",
        discrepancy=True,
        discrepancy_url="#marks",
        parts=[
            part("Chile", actual="3"),
            part("Colombia", actual="4"),
            part("Mexico", actual="2"),
            part("Peru", actual="2"),
        ],
    ),
    row(
        "Graduates who found work within six months",
        actual="82",
        target="85",
        baseline="60",
        progress="88",
        achievement="96.5",
        measure="percentage",
        numerator="410",
        denominator="500",
        unit="",
        status="on_track",
        scope_label="B05, Chile",
        origin="computed",
        coverage_reported=8,
        coverage_expected=11,
        parts=[
            part("Women", actual="79.5", measure="percentage", numerator="190", denominator="239"),
            part("Men", actual="84.3", measure="percentage", numerator="220", denominator="261"),
        ],
    ),
]
MORE_WITH_TARGET = [
    row(
        "Programmes of study revised with industry",
        actual="35",
        target="40",
        qualifier="at_least",
        status="undecided",
        unit="programmes",
        scope_label="A07.1, Peru",
    ),
    row(
        "Learning grants paid",
        actual="98250",
        target="131000",
        measure="currency",
        currency="CAD",
        achievement="75",
        status="behind",
        unit="",
        scope_label="B12, Colombia",
        note="Two calls of three were held; the third was cancelled in 2020.",
    ),
    row(
        "Weeks from vacancy to first interview",
        actual="36",
        target="10",
        baseline="30",
        progress="-30",
        status="regressed",
        unit="weeks",
        scope_label="B08.2, Mexico",
    ),
    row(
        "Scholarships for women in mining trades",
        actual="0",
        target="25",
        achievement="0",
        status="behind",
        unit="scholarships",
        scope_label="B05, Chile",
    ),
    row("Employer survey", target="60", status="not_reported", scope_label="Peru", source=None),
]
RECORDED = [
    row(
        "People exposed to the campaigns",
        actual="28500000",
        qualifier="more_than",
        unit="contacts",
        discrepancy=True,
        discrepancy_url="#marks",
        note="Contacts reached are never added to people trained.",
    ),
    row("Leaders trained in the forums", actual="3006", unit="people", women_share="54"),
    row(
        "Learners enrolled",
        actual="1349",
        scope_label="B05, Chile",
        women_share="43",
        parts=[part("Women", share="43"), part("Men", share="57")],
    ),
]
MORE_RECORDED = [
    row(
        "Change in confidence to design equality policies",
        actual="24",
        measure="change",
        unit="%, as printed (meaning not stated)",
    ),
    row("Satisfaction with the forums", actual="91", measure="percentage", unit=""),
    row(
        "What employers say",
        measure="qualitative",
        text="Employers ask for more practice on site.",
        unit="",
    ),
]


class Theme(str):
    """A theme as the heading of a row."""

    get_absolute_url = "#results"


class SampleForm(forms.Form):
    """A form with a field that was filled badly."""

    institution = forms.CharField(label="Institution", help_text="Under its own name.", required=True)
    country = forms.ChoiceField(label="Country", choices=[("CL", "Chile"), ("PE", "Peru")])
    is_final = forms.BooleanField(label="Final figure")

    def clean(self) -> None:
        raise forms.ValidationError("The figure was not saved: see below.")


def style_context(**changes: Any) -> dict[str, Any]:
    """Everything templates/style.html shows."""
    countries = [("CL", "Chile"), ("CO", "Colombia"), ("MX", "Mexico"), ("PE", "Peru")]
    paginator = Paginator(range(480), 25)
    matrix_lines: list[dict[str, Any]] = [
        {
            "country": SimpleNamespace(name=name, get_absolute_url="", number_of_projects=number),
            "total": {"number": 19, "url": "#results"},
        }
        for name, number in (("Chile", 4), ("Peru", 2))
    ]
    matrix_lines.append({"country": None, "total": {"number": 5, "url": "#results"}})
    context = {
        "colours": tokens.colours().values(),
        "pairs": tokens.pairs(),
        "sizes": tokens.measures("size"),
        "spaces": tokens.measures("space"),
        "breadcrumbs": [{"label": "Results", "url": "#results"}, {"label": "Theme 1", "url": "#results"}],
        "sample_problems": ["“colour” is not a filter of this page, and was left aside."],
        "headlines": [
            {
                "row": WITH_TARGET[0],
                "sentence": "stakeholders were trained to design equality policies, where 40 were planned.",
                "limit": "The sources state targets only where they were exceeded.",
                "url": "#",
            },
            {
                "row": RECORDED[1],
                "sentence": "leaders took part in five forums; 54% of them were women.",
                "limit": "Participations: a person who came twice may count twice.",
                "url": "#",
            },
            {
                "row": row(actual="28755933", qualifier="about", unit="contacts"),
                "sentence": "contacts were reached by the national campaigns.",
                "limit": "A reach of media, not a number of people; never added to others.",
                "url": "#",
            },
        ],
        "groups_with_target": [
            ("1110 Better skills of training institutions in gender equality", WITH_TARGET),
            (
                Node("1120 Closer ties between training and employers"),
                MORE_WITH_TARGET,
            ),
        ],
        "headline_rows": [*WITH_TARGET[:2], RECORDED[1]],
        "figures_recorded": SimpleNamespace(
            number=6,
            number_with_target=0,
            recorded=[("People reached and trained", RECORDED), ("Views", MORE_RECORDED)],
        ),
        "country_columns": [
            *({"label": name, "url": "#marks", "kind": "country"} for code, name in countries),
            {"label": "Regional", "kind": "regional"},
            {"label": "Total", "kind": "total"},
        ],
        "country_lines": [
            {
                "indicator": SimpleNamespace(name="Agreements signed", get_absolute_url="#"),
                "unit": "agreements",
                "period_label": "2016–2023",
                "cells": cells(
                    *(row(actual=n) for n in ("31", "42", "0", "28")), None, row(actual="116", discrepancy=True)
                ),
            },
            {
                "indicator": SimpleNamespace(name="Satisfied learners", get_absolute_url="#"),
                "unit": "% of learners asked",
                "period_label": "2016–2023",
                "cells": cells(
                    row(actual="83.5", measure="percentage", numerator="167", denominator="200"),
                    None,
                    row(status="not_reported"),
                    row(actual="91", measure="percentage"),
                    None,
                    None,
                ),
            },
            {
                "indicator": SimpleNamespace(name="People exposed", get_absolute_url="#"),
                "unit": "contacts",
                "period_label": "2016–2023",
                "cells": cells(
                    row(actual="1250000"),
                    row(actual="28500000", qualifier="more_than"),
                    row(actual="734500"),
                    None,
                    None,
                    None,
                ),
            },
        ],
        "charts": sample_charts(),
        "bases": Basis.choices,
        "model": sample_model(SOURCE),
        "model_codes": MODEL_CODES,
        "statuses": list(STATUSES.items()),
        "states": [(word, word.capitalize()) for word in ("draft", "submitted", "returned", "approved")],
        "form": SampleForm({"institution": "", "country": "PE", "is_final": True}),
        "programmes": [
            SimpleNamespace(code=code, get_absolute_url="#results", implementer=implementer)
            for code, implementer in (
                ("ONE", None),
                (
                    "OTHER",
                    SimpleNamespace(name="Another body", language="en", translated_name_fr="", translated_name_es=""),
                ),
            )
        ],
        "matrix_lines": matrix_lines,
        "matrix_rows": [
            (Theme(name), [{"number": n, "weight": w, "url": "#results", "projects": p} for n, w, p in cells_of_theme])
            for name, cells_of_theme in (
                ("T1 · Gender equality", [(12, 4, 3), (7, 3, 1), (0, 0, 0)]),
                ("T2 · Environment", [(3, 1, 1), (0, 0, 1), (5, 2, 0)]),
            )
        ],
        "map_lines": [
            {
                "country": SimpleNamespace(code=code, name=name, get_absolute_url="#marks"),
                "total": {"number": number},
            }
            for (code, name), number in zip(countries, (41, 37, 22, 0), strict=True)
        ],
        "bars": [
            row(achievement=value, status=status)
            for value, status in [
                ("0", "behind"),
                ("40", "behind"),
                ("82.25", "on_track"),
                ("100", "achieved"),
                ("118", "exceeded"),
                ("125", "exceeded"),
                ("532.5", "exceeded"),
            ]
        ]
        + [row(progress="-30", status="regressed"), row(status="undecided")],
        "values": [
            row(actual="0"),
            row(actual="1234.5", unit="hours"),
            row(actual="28500000", qualifier="more_than"),
            row(actual="16000000", measure="currency", currency="CAD", unit=""),
            row(actual="83.5", measure="percentage", unit=""),
            row(actual="-2.5", measure="change", unit="points"),
            row(share="54"),
            row(measure="qualitative", text="Policies are read by all staff.", unit=""),
            row(status="not_reported"),
            row(status="not_due"),
            row(status="not_applicable", is_not_applicable=True),
            row(actual="3", status="suppressed"),
        ],
        "verifications": list(Verification),
        "quotation": SimpleNamespace(
            language="en",
            language_name="English",
            sentence="People trained in the forums, 2016–2023: more than 3,006 people. Source: Capitalisation book, undated.",
            address="https://example.org/en/indicators/trained/figures/2016-2023/",
        ),
        "source": SOURCE,
        "cards": [
            {
                "kicker": "B05 · Institutional partnership",
                "title": "Entrepreneurship in mining regions",
                "url": "#",
                "text": "Three colleges and a Chilean training centre built a course in applied research.",
                "facts": ["Chile", "2017–2021", "12 figures"],
            },
            {
                "kicker": "Partner",
                "title": "Centro de Formación Técnica de la Región Sur",
                "url": "#",
                "lang": "es",
                "facts": ["Chile", "TVET institution"],
            },
            {
                "kicker": "Lesson learned",
                "title": "Equality committees last when they have a budget",
                "text": "Those that were given hours and money met twice as often.",
                "facts": ["Dimension 1"],
            },
            {
                "kicker": "Guide",
                "title": "Guide d’aménagement des parcours",
                "url": "#",
                "lang": "fr",
                "text": "How to adapt a course to people in employment.",
                "facts": ["2021", "French"],
            },
        ],
        "definitions": [
            ("Country", "Chile", "#"),
            ("Dates", "2017–2021"),
            ("Unit of analysis", "people"),
            ("Budget", None),
        ],
        "data_columns": [
            {"label": "Year", "numeric": False},
            {"label": "Women", "numeric": True},
            {"label": "Men", "numeric": True},
        ],
        "data_rows": [["2019", "120", "98"], ["2020", "1,204", "1,340"]],
        "suggestions": [{"label": "Remove “behind”", "url": "#"}],
        "contents": [
            {"label": "Major", "url": "#marks", "count": 4},
            {"label": "Minor", "url": "#projects", "count": 68},
        ],
        "as_of": date(2023, 3, 31),
        "active_count": 2,
        "search": {"name": "q", "label": "Words", "value": ""},
        "facets": [
            {
                "name": "country",
                "label": "Country",
                "is_open": True,
                "selected_count": 1,
                "number_of_all": 34,
                "options": [
                    {"value": "CL", "label": "Chile", "count": 41, "selected": True},
                    {"value": "CO", "label": "Colombia", "count": 37},
                    {"value": "MX", "label": "Mexico", "count": 22},
                    {"value": "PE", "label": "Peru", "count": 0},
                    {"value": "regional", "label": "Regional", "count": 1204},
                ],
            },
            {
                "name": "status",
                "label": "Status",
                "selected_count": 1,
                "options": [{"value": "behind", "label": "Behind", "count": 3, "selected": True}],
            },
            {
                "name": "theme",
                "label": "Theme",
                "links": True,
                "options": [
                    {"label": "Gender equality", "url": "#", "count": 12, "selected": True},
                    {"label": "Environment", "url": "#", "count": 9},
                ],
            },
        ],
        "filters": [
            {"label": "Country", "value": "Chile", "remove_url": "?status=behind"},
            {"label": "Status", "value": "Behind", "remove_url": "?country=CL"},
        ],
        "clear_url": "?",
        "sorts": [
            {"label": "Expected result", "url": "?", "current": True},
            {"label": "Achievement", "url": "?sort=achievement"},
            {"label": "Name", "url": "?sort=name"},
        ],
        "tabs": [
            {"label": "Outcomes and outputs", "url": "?", "current": True, "count": 96},
            {"label": "Activities", "url": "?nature=activity", "count": 18},
            {"label": "All", "url": "?nature=all", "count": 121},
        ],
        "page_obj": paginator.page(4),
        "page_numbers": list(paginator.get_elided_page_range(4, on_each_side=1, on_ends=1)),
    }
    return context | changes

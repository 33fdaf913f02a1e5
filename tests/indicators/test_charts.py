"""What charts draw of rows, what they say, and what they leave out. No database."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from indicators.charts.chart import Chart
from indicators.charts.country_map import map_chart
from indicators.charts.drawing import Shape, lines_of, width_of
from indicators.charts.files import as_csv, as_svg
from indicators.charts.periods import period_charts
from indicators.charts.places import country_chart, project_chart
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from tests.indicators.drawn import DEMONSTRATION, half, indicator, men, row, source, women


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def shapes(chart: Chart, role: str) -> list[Shape]:
    return [shape for shape in chart.drawing.shapes if shape.role == role]


def texts(chart: Chart) -> list[str]:
    return [shape.text.replace("\N{NO-BREAK SPACE}", " ") for shape in chart.drawing.shapes if shape.text]


def everything(chart: Chart) -> str:
    """All that a chart says, drawn or written."""
    cells = [cell.text for cells in chart.table.rows for cell in cells]
    return " | ".join([chart.title, chart.description, *texts(chart), *cells, *chart.notes])


# --- Target against actual ---------------------------------------------------------------------------


def test_each_bar_has_a_scale_of_its_own_so_that_contacts_never_share_one_with_persons() -> None:
    chart = target_chart(
        [
            row(indicator("Actors"), 213, target=40, status="exceeded"),
            row(indicator("Contacts", unit_of_analysis="contacts"), 28_755_933, target=1_000_000, status="exceeded"),
            row(indicator("Women per institute"), target=2, target_qualifier="at_least"),
            row(indicator("Without a target"), 7),
        ]
    )
    assert chart is not None
    assert chart.title == "All 2 figures that have a target reached it"
    assert "1 target is stated without a figure that answers it." in chart.notes
    assert [shape.own["width"] for shape in shapes(chart, "bar")] == ["296", "296"]
    assert [shape.own["d"].partition(" ")[0] for shape in shapes(chart, "target")] == ["M57.6", "M12.3", "M298"]
    assert "213 · target 40 · exceeded" in texts(chart)
    assert "target at least 2 · not reported" in texts(chart)
    assert "For 1 other figure the sources state no target: it is not drawn." in chart.notes
    assert "Without a target" not in everything(chart)


@pytest.mark.parametrize(
    ("statuses", "title"),
    [
        (["exceeded", "achieved"], "All 2 figures that have a target reached it"),
        (["behind", "regressed"], "None of the 2 figures that have a target has reached it"),
        (["achieved", "behind"], "1 of the 2 figures that have a target has reached it"),
        (["exceeded"], "People trained: 5, with a target of 4"),
        (["exceeded", "not_due", "not_due"], "People trained: 5, with a target of 4"),
    ],
)
def test_the_title_counts_only_what_has_a_stated_target(statuses: list[str], title: str) -> None:
    chart = target_chart([row(actual=5, target=4, status=status) for status in statuses] + [row(actual=1)])
    assert chart is not None
    assert chart.title == title


@pytest.mark.parametrize(
    "left_out",
    [
        row(actual=500, target=100, qualifier="planned", status="not_measurable"),
        row(actual=500, target=100, qualifier="planned", status="exceeded"),
        row(indicator(measure="change", change_unit="as_printed"), 500, target=100, status="not_measurable"),
        row(actual=500),
        row(target=100),
    ],
)
def test_what_is_planned_of_unknown_meaning_or_not_answered_is_no_chart(left_out: Any) -> None:
    assert target_chart([left_out]) is None


def test_one_bar_alone_is_named_by_the_title_and_not_once_more() -> None:
    chart = target_chart([row(indicator("Actors"), 213, target=40, status="exceeded")])
    assert chart is not None
    assert chart.title == "Actors: 213, with a target of 40"
    assert texts(chart) == ["regional", "213 · target 40 · exceeded"]


def test_a_withheld_figure_shows_its_target_and_no_number() -> None:
    withheld = row(indicator("Few"), target=20, is_suppressed=True, status="suppressed")
    chart = target_chart([withheld, row(actual=9, target=8, status="exceeded")])
    assert chart is not None
    assert "target 20 · withheld, too few people" in texts(chart)
    assert len(shapes(chart, "bar")) == 1


def test_a_total_of_periods_so_far_and_of_missing_parts_says_so() -> None:
    chart = target_chart(
        [
            row(
                actual_to_date=30,
                target_final=90,
                status="not_due",
                origin="computed",
                coverage_reported=3,
                coverage_expected=4,
            )
        ]
    )
    assert chart is not None
    assert texts(chart)[-2:] == ["30 so far · target 90 · not due yet", "3 of 4 expected figures reported"]


# --- Women and men -----------------------------------------------------------------------------------


def test_the_rest_of_a_share_of_women_is_not_taken_for_men() -> None:
    chart = women_chart([row(actual=3006, parts=[women(share=54)])])
    assert chart is not None
    assert chart.title == "Women are 54% of the people trained"
    assert texts(chart)[-1] == "women 54% · of 3,006 in all"
    assert shapes(chart, "men") == []
    assert [cell.text for cell in chart.table.rows[0]][3:5] == ["54%", "–"]


def test_a_share_keeps_the_words_that_bound_it() -> None:
    chart = women_chart([row(actual=3006, qualifier="about", parts=[women(share=54, qualifier="more_than")])])
    assert chart is not None
    assert chart.title == "Women are more than 54% of the people trained"
    assert texts(chart)[-2:] == ["women more than 54%", "of about 3,006 in all"]


def test_counts_of_women_and_men_become_shares_that_are_marked_calculated() -> None:
    of = indicator("Forums", unit_of_analysis="participations", family="events")
    chart = women_chart([row(of, 132, project="B03", parts=[women(of=of, actual=108), men(of=of, actual=24)])])
    assert chart is not None
    assert chart.title == "B03 · regional: women are 81.8% of the participations"
    assert "women 81.8% (calculated) · men 18.2%" in texts(chart)
    assert len(shapes(chart, "stripes")) == 1


@pytest.mark.parametrize(
    "left_out",
    [
        row(actual=25_428, qualifier="planned", parts=[women(share=46)]),
        row(actual=100, parts=[women(share=46, qualifier="planned")]),
        row(actual=100),
        row(indicator(measure="percentage"), 82, parts=[women(actual=80)]),
    ],
)
def test_no_share_of_women_is_drawn_that_is_planned_or_not_stated(left_out: Any) -> None:
    assert women_chart([left_out]) is None


# --- By country and project --------------------------------------------------------------------------


def by_country(**actuals: Any) -> list[Any]:
    return [row(actual=actual, country=code) for code, actual in actuals.items()]


def test_countries_stand_by_size_with_the_stated_total_beside_them() -> None:
    rows = [row(actual=16), *by_country(PE=2, CL=6, MX=5), row(actual=9, country="CL", project="B01")]
    chart = country_chart(rows)
    assert chart is not None
    assert chart.title == "Chile: 6 people, the highest of 3 countries"
    assert texts(chart) == ["Chile", "6", "Mexico", "5", "Peru", "2"]
    assert chart.notes == ["The programme as a whole: 16."]
    drawn_map = map_chart(rows)
    assert drawn_map is not None
    areas = [float(shape.own["r"]) ** 2 for shape in shapes(drawn_map, "amount")]
    assert [round(area / areas[0], 1) for area in areas] == [1, 0.8, 0.3]


@pytest.mark.parametrize(
    "rows",
    [
        by_country(CL=60_000, CO=60_000),
        by_country(CL=4, CO=1),
        by_country(CL=60),
        [row(actual=70, country="CL", qualifier="planned"), row(actual=60, country="CO")],
        [row(actual=70, country="CL", period=half(2020)), row(actual=60, country="CO")],
        [row(actual=70, country="CL", breakdown_key="a=b"), row(actual=60, country="CO")],
        [
            row(indicator(measure="change", change_unit="as_printed"), value, country=code)
            for value, code in ((7, "CL"), (9, "CO"))
        ],
    ],
    ids=["all the same", "few", "one", "planned", "of two periods", "a part", "of unknown meaning"],
)
def test_what_a_sentence_says_better_or_may_not_be_compared_is_no_chart(rows: list[Any]) -> None:
    assert country_chart(rows) is None
    assert map_chart(rows) is None


@pytest.mark.parametrize(
    ("one", "other", "is_sure"),
    [
        ("exact", "exact", True),
        ("at_least", "exact", True),
        ("about", "exact", False),
        ("exact", "about", False),
        ("exact", "more_than", False),
    ],
)
def test_the_highest_is_named_only_where_it_is_sure(one: str, other: str, is_sure: bool) -> None:
    chart = country_chart([row(actual=31, country="CL", qualifier=one), row(actual=30, country="PE", qualifier=other)])
    assert chart is not None
    assert ("the highest of 2 countries" in chart.title) is is_sure


def test_none_is_called_the_highest_where_another_may_be_higher() -> None:
    rows = [row(actual=131, project="B08"), row(actual=30, project="B05", qualifier="at_least")]
    chart = project_chart(rows)
    assert chart is not None
    assert chart.title == "From at least 30 (B05 · regional) to 131 people"
    assert len(shapes(chart, "open")) == 1
    assert "An arrow: the source states a lower bound." in chart.notes


# --- Over periods ------------------------------------------------------------------------------------


def over(*actuals: Any, of: Any = None, **fields: Any) -> list[Any]:
    return [
        row(of, actual, period=half(2020 + number), **fields)
        for number, actual in enumerate(actuals)
        if actual is not False
    ]


def test_values_over_periods_leave_a_gap_where_none_is_stated() -> None:
    withheld = row(period=half(2021), is_suppressed=True, status="suppressed")
    other = row(actual=4, country="CL", period=half(2021))
    [chart] = period_charts([*over(10, False, 30), withheld, other])
    assert chart.title == "From 10 (half 2020) to 30 (half 2022)"
    [line] = shapes(chart, "line")
    assert line.own["d"].count("M") == 2
    assert "L" not in line.own["d"]
    assert "A gap: not reported, or withheld." in chart.notes
    assert [cells[2].text for cells in chart.table.rows] == ["half 2020", "half 2022"]


@pytest.mark.parametrize(
    "rows",
    [
        over(10),
        [*over(10), row(actual=90)],
        over(10, 12, qualifier="planned"),
        over(10, 12, of=indicator(measure="change", change_unit="as_printed")),
        over(10, 12, breakdown_key="sex=women"),
    ],
    ids=["one point", "a point and the whole", "planned", "of unknown meaning", "a part"],
)
def test_there_is_no_line_for_a_single_point_nor_for_what_may_not_be_compared(rows: list[Any]) -> None:
    assert period_charts(rows) == []


def test_what_each_period_adds_is_columns_and_places_stand_side_by_side_on_one_scale() -> None:
    of = indicator(cumulation="per_period")
    rows = [*over(30, 20, of=of), *over(10, 15, of=of, country="CL"), *over(20, 5, of=of, country="PE")]
    whole, places = period_charts(rows)
    assert shapes(whole, "line") == []
    assert len(shapes(whole, "bar")) == 2
    assert places.title == "1 of 2 rose between its first and its last figure"
    heights = [float(shape.own["height"]) for shape in shapes(places, "bar")]
    assert [height / max(heights) for height in heights] == [0.5, 0.75, 1, 0.25]


def test_none_is_said_to_have_risen_where_an_end_is_only_bounded() -> None:
    rows = [*over(10, 15, country="CL", qualifier="at_least"), *over(20, 5, country="PE")]
    [places] = period_charts(rows)
    assert places.title == "2 scopes over time, some with figures that are not exact or not complete"


def test_a_total_of_which_parts_are_missing_is_not_taken_for_a_fall() -> None:
    rows = over(30, 20, origin="computed", coverage_reported=4, coverage_expected=4)
    rows[1].result.coverage_reported = 3
    [chart] = period_charts(rows)
    assert chart.title == "From 30 (half 2020) to 20 (half 2021), while not everything is reported"
    assert "half 2021: 3 of 4 expected figures reported." in chart.notes


# --- Words and files ---------------------------------------------------------------------------------


@given(st.text(alphabet="abW –-\N{NO-BREAK SPACE}é", max_size=60), st.integers(40, 300))
def test_words_are_never_wider_than_their_line_and_none_is_lost(text: str, width: int) -> None:
    lines = lines_of(text, "name", width)
    assert all(width_of(line, "name") <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_no_words_leave_the_drawing_however_long_a_name_is() -> None:
    of = indicator("Incommensurabilité " * 9 + "x" * 90, cumulation="stock")
    rows = [*over(28_755_933, 3, of=of, target=31_000_000), *over(5, 6, of=of, country="CL", project="B" * 60)]
    rows += over(7, 8, of=of, country="PE", project="C" * 60)
    rows += [row(of, 5, target=4, status="exceeded", project="D" * 60, parts=[women(of=of, share=54)])]
    rows += [row(of, 8, target=4, status="exceeded", project="E" * 60)]
    charts = [*period_charts(rows), target_chart(rows), women_chart(rows), project_chart(rows)]
    assert len(charts) == 5
    for chart in charts:
        assert chart is not None
        for shape in chart.drawing.shapes:
            if shape.tag == "text":
                x, width = float(shape.own["x"]), width_of(shape.text, shape.role)
                start = x - width * {"start": 0, "middle": 0.5, "end": 1}[shape.own.get("text-anchor", "start")]
                assert start >= -0.5
                assert start + width <= chart.drawing.width + 0.5
                assert 0 < float(shape.own["y"]) <= chart.drawing.height


HOSTILE = "=cmd|'/c calc'!A1 <script>&\""


def test_the_drawing_as_a_file_says_by_itself_what_it_is_and_takes_no_markup() -> None:
    of = indicator(HOSTILE, programme=DEMONSTRATION)
    chart = women_chart([row(of, 3006, parts=[women(of=of, share=54)], source=source())])
    assert chart is not None
    drawing = as_svg(replace(chart, subject="Colombia"), "https://example.org/en/countries/CO/")
    root = ET.fromstring(drawing)
    names = "{http://www.w3.org/2000/svg}"
    assert root.attrib["aria-labelledby"] == "title description"
    assert [root.findtext(f"{names}{tag}") for tag in ("title", "desc")] == [chart.title, chart.description]
    said = " ".join(element.text or "" for element in root.iter(f"{names}text"))
    for words in ("fictitious", "Colombia", "54%", "Source: Book", "https://example.org/en/countries/CO/"):
        assert words in said
    assert not re.search(r"<script|style=|<style", drawing)


def test_the_table_as_a_file_is_plain_and_runs_nothing() -> None:
    of = indicator(HOSTILE, programme=DEMONSTRATION)
    chart = women_chart([row(of, 3006, parts=[women(of=of, share="54.25")], source=source("=Book"))])
    assert chart is not None
    text = as_csv(chart, "https://example.org/")
    assert text.startswith("\ufeff")
    heading, line = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert heading[-2:] == ["Address", "Note"]
    assert line == [
        f"'{HOSTILE}", "regional", "2016–2023", "54.3", "–", "3006", "'=Book, theme 1", "https://example.org/",
        "Demonstration: these figures are fictitious.",
    ]  # fmt: skip


def test_every_value_of_a_drawing_stands_in_the_words_that_replace_it() -> None:
    charts = [
        target_chart([row(actual=213, target=40, baseline=7, status="exceeded")]),
        women_chart([row(actual=132, parts=[women(actual=108), men(actual=24)])]),
        country_chart(by_country(CL=6, PE=2)),
        *period_charts(over(10, 30)),
    ]
    for chart in charts:
        assert chart is not None
        drawn = set(re.findall(r"\d[\d.,]*\d%?|\d%?", " ".join(texts(chart))))
        assert drawn <= set(re.findall(r"\d[\d.,]*\d%?|\d%?", chart.description + " 2020 2021"))

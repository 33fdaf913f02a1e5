"""Scales, ticks and shapes of charts."""

from decimal import Decimal as D
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.charts import shapes as charts

NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("low", "high", "at_most", "wanted"),
    [
        (0, 100, 5, [0, 50, 100]),
        (0, 7, 5, [0, 2, 4, 6, 8]),
        (0, 28_755_933, 5, [0, 10_000_000, 20_000_000, 30_000_000]),
        (-3, 12, 4, [-10, 0, 10, 20]),
        (0, 0, 5, [0, D("0.5"), 1]),
        (0, D("0.3"), 5, [0, D("0.1"), D("0.2"), D("0.3")]),
        (82, 82, 5, [0, 50, 100]),
    ],
)
def test_ticks_are_round_and_enclose_the_values(low: D, high: D, at_most: int, wanted: list[D]) -> None:
    assert charts.ticks(D(low), D(high), at_most=at_most) == [D(value) for value in wanted]


@given(NUMBERS, NUMBERS, st.integers(2, 8))
def test_ticks_are_few_evenly_spaced_and_leave_no_value_out(one: D, other: D, at_most: int) -> None:
    low, high = sorted((one, other))
    found = charts.ticks(low, high, at_most=max(3, at_most))
    assert 2 <= len(found) <= max(3, at_most)
    assert found[0] <= low
    assert found[-1] >= high
    assert len({after - before for before, after in pairwise(found)}) == 1


def test_ticks_refuse_what_has_no_order() -> None:
    with pytest.raises(ValueError, match="from a lower to a higher"):
        charts.ticks(D(2), D(1))
    with pytest.raises(ValueError, match="two or more"):
        charts.ticks(D(1), D(2), at_most=1)


def test_a_scale_keeps_what_lies_outside_at_its_nearer_end() -> None:
    scale = charts.Scale(D(0), D(150), D(10), D(310))
    assert [scale.at(value) for value in (-20, 0, 75, D("100.33"), 150, 900)] == [
        "10",
        "10",
        "160",
        "210.7",
        "310",
        "310",
    ]
    assert charts.Scale(D(0), D(0), D(5), D(9)).at(0) == "5"


def test_a_bar_beyond_the_scale_is_cut_and_one_below_zero_has_no_width() -> None:
    drawn = charts.bullets([D(100), D("532.5"), D(-8), D(0)], width=300)
    assert [(bar.width, bar.is_cut, bar.is_below) for bar in drawn.bars] == [
        ("200", False, False),
        ("300", True, False),
        ("0", False, True),
        ("0", False, False),
    ]
    assert drawn.target == "200"
    assert drawn.ticks == [("0", D(0)), ("100", D(50)), ("200", D(100)), ("300", D(150))]
    assert [bar.y for bar in drawn.bars] == [0, charts.ROW, 2 * charts.ROW, 3 * charts.ROW]
    # A longer label pushes its own bar down, and what stands below it.
    more = charts.bullets([D(100), D(50), D(10)], width=300, lines=[1, 3, 1])
    assert [bar.y for bar in more.bars] == [0, 34 + 26, 34 + 60]
    assert more.height == drawn.height - 34 + 26


def test_a_line_needs_two_points_and_leaves_a_gap_where_nothing_was_reported() -> None:
    frame = {"left": 0, "right": 300, "top": 0, "bottom": 100}
    assert charts.line_chart([D(5), None, None], [D(5), D(6), D(7)], **frame) is None
    drawn = charts.line_chart([D(0), D(50), None, D(100)], [None, D(100), None, None], **frame)
    assert drawn is not None
    assert drawn.path == "M0 100L100 50M300 0"
    assert [(mark.x, mark.y) for mark in drawn.marks] == [("0", "100"), ("100", "50"), ("300", "0")]
    assert [(mark.x, mark.y) for mark in drawn.targets] == [("100", "0")]
    assert drawn.ticks == [("100", D(0)), ("50", D(50)), ("0", D(100))]


@given(st.lists(st.decimals(min_value=0, max_value=10**6, places=0, allow_nan=False), min_size=1, max_size=5))
def test_parts_of_a_bar_lie_side_by_side_and_fill_it(parts: list[D]) -> None:
    assume(sum(parts) > 0)
    segments = charts.stacked(parts, width=300)
    assert segments[0].x == "0"
    assert abs(sum(D(segment.width) for segment in segments) - 300) <= D("0.1") * len(parts)


def test_parts_that_make_no_whole_are_refused() -> None:
    for parts in ([D(0), D(0)], [D(3), D(-1)]):
        with pytest.raises(ValueError, match="not all zero"):
            charts.stacked(parts, width=10)

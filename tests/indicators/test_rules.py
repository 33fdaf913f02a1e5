"""The golden table of the rules of calculation: one line for each case, among them what other tools get wrong."""

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from indicators import rules
from indicators.choices import (
    ChangeUnit,
    Cumulation,
    Direction,
    Measure,
    NoTargetReason,
    PeriodKind,
    Qualifier,
    Reason,
    RollUp,
    Status,
    UnitOfAnalysis,
)
from indicators.rules import Candidate, Cell, Closure, Known, Part, Presence, Quantity, Scope, Thresholds

LIMITS = Thresholds()
PER_PERIOD, RUNNING, STOCK = Cumulation.PER_PERIOD, Cumulation.RUNNING_TOTAL, Cumulation.STOCK

QUALIFIERS = {
    ">=": Qualifier.AT_LEAST,
    ">": Qualifier.MORE_THAN,
    "~": Qualifier.ABOUT,
    "est": Qualifier.ESTIMATED,
    "plan": Qualifier.PLANNED,
}


def q(stated: str | int | None) -> Quantity | None:
    """``"> 35"`` is more than 35; ``None`` is not reported."""
    if stated is None:
        return None
    word, _, number = str(stated).rpartition(" ")
    return Quantity(D(number), QUALIFIERS.get(word, Qualifier.EXACT))


def shown(value: D | None) -> D | None:
    return None if value is None else rules.rounded(value, 2)


# --- Empty, zero, not applicable --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        pytest.param({"value": None}, Presence.EMPTY, id="nothing-is-empty"),
        pytest.param({"value": D(0)}, Presence.STATED, id="rsr-and-dhis2-zero-is-stated-and-not-empty"),
        pytest.param({"value": None, "is_not_applicable": True}, Presence.NOT_APPLICABLE, id="not-applicable"),
        pytest.param({"value": None, "has_text": True}, Presence.STATED, id="words-are-stated"),
    ],
)
def test_empty_zero_and_not_applicable_are_three_things(figure: dict[str, Any], expected: Presence) -> None:
    assert rules.presence(**figure) == expected


# --- Progress ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "percent", "reason"),
    [
        pytest.param(0, 7, 11, "157.14", "compared", id="policies-11-of-7-from-0"),
        pytest.param(30, 10, 20, "50", "compared", id="falling-halfway"),
        pytest.param(30, 10, 36, "-30", "compared", id="falling-indicator-that-rose-is-negative"),
        pytest.param(200, 50, 200, "0", "compared", id="rsr-no-change-of-a-falling-indicator-is-0-and-not-400"),
        pytest.param(100, 50, 75, "50", "compared", id="prp-falling-indicator-progresses-though-below-its-baseline"),
        pytest.param(100, 200, 90, "-10", "compared", id="regression-is-negative-and-not-clamped"),
        pytest.param(None, 40, 20, None, "baseline_missing", id="prp-missing-baseline-is-not-0"),
        pytest.param(0, 40, 0, "0", "compared", id="zero-from-zero-is-0-percent"),
        pytest.param(0, 40, None, None, "not_reported", id="not-reported-has-no-progress"),
        pytest.param(0, None, 20, None, "target_not_stated", id="no-target-has-no-progress"),
        pytest.param(50, 50, 50, None, "target_equals_baseline", id="target-equal-to-baseline-has-no-ratio"),
        pytest.param(20, 0, 5, "75", "compared", id="osdg-and-prms-target-0-of-a-falling-indicator-is-legitimate"),
        pytest.param(20, 0, 0, "100", "compared", id="tdm-best-possible-zero-is-reached"),
        pytest.param(1, 4, 2, "33.33", "compared", id="prp-base-starts-at-0-and-not-at-1"),
        pytest.param("12.5", "20", "15.5", "40", "compared", id="rsr-decimals-are-not-cut-off"),
        pytest.param(0, 40, "plan 20", None, "planned", id="planned-is-never-compared"),
        pytest.param(0, 40, ">= 35", "87.5", "compared", id="a-bound-gives-a-bound"),
        pytest.param(60, 10, ">= 35", None, "bound_turned", id="a-lower-bound-of-a-falling-figure-says-nothing"),
        pytest.param("> 10", 40, 20, None, "bound_only", id="a-bounded-baseline-says-nothing"),
        pytest.param("plan 10", 40, 20, None, "planned", id="a-planned-baseline-is-none"),
    ],
)
def test_progress(baseline: Any, target: Any, actual: Any, percent: str | None, reason: str) -> None:
    found = rules.progress(baseline=q(baseline), target=q(target), actual=q(actual))
    assert (shown(found.value), found.reason) == (None if percent is None else D(percent), reason)
    assert found.status == (Known.NONE if percent is None else Known.COMPUTED)


def test_progress_keeps_the_qualifier_of_the_actual() -> None:
    found = rules.progress(baseline=q(0), target=q(40), actual=q(">= 35"))
    assert found.qualifier == Qualifier.AT_LEAST
    assert found.inputs == (("baseline", D(0)), ("target", D(40)), ("actual", D(35)))


# --- Achievement ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "measure", "direction", "percent", "reason"),
    [
        pytest.param(40, 213, "count", "increase", "532.5", "compared", id="213-of-40-is-532.5-uncapped"),
        pytest.param(40, 10, "count", "increase", "25", "compared", id="rsr-25-percent-is-not-capped-up-to-100"),
        pytest.param(100, 116, "count", "increase", "116", "compared", id="tdm-actual-over-target-and-never-inverted"),
        pytest.param(100, 0, "count", "increase", "0", "compared", id="zero-of-100-is-0-percent"),
        pytest.param(0, 5, "count", "increase", None, "target_not_positive", id="prms-5-of-0-is-not-500-percent"),
        pytest.param(0, 0, "count", "increase", None, "target_not_positive", id="0-of-0-is-nothing"),
        pytest.param(50, 200, "count", "decrease", None, "not_increasing", id="rsr-decrease-has-no-achievement"),
        pytest.param(80, 72, "percentage", "increase", None, "not_a_count", id="a-percentage-is-not-divided-by-one"),
        pytest.param(4, 3, "score", "increase", None, "not_a_count", id="nor-is-a-score"),
        pytest.param(1000, 250, "currency", "increase", "25", "compared", id="amounts-are"),
        pytest.param(40, None, "count", "increase", None, "not_reported", id="prms-missing-is-not-0-percent"),
        pytest.param(None, 40, "count", "increase", None, "target_not_stated", id="no-target-is-not-100-percent"),
        pytest.param(40, "plan 40", "count", "increase", None, "planned", id="planned-is-not-achieved"),
        pytest.param(3, 1, "count", "increase", "33.33", "compared", id="a-third-is-not-cut-to-33"),
    ],
)
def test_achievement(target: Any, actual: Any, measure: str, direction: str, percent: str | None, reason: str) -> None:
    found = rules.achievement(
        target=q(target), actual=q(actual), measure=Measure(measure), direction=Direction(direction)
    )
    assert (shown(found.value), found.reason) == (None if percent is None else D(percent), reason)


def test_a_page_shows_progress_where_it_exists_and_else_achievement_and_says_which() -> None:
    with_baseline = rules.progress(baseline=q(20), target=q(40), actual=q(30))
    without = rules.progress(baseline=None, target=q(40), actual=q(30))
    achieved = rules.achievement(target=q(40), actual=q(30))
    assert rules.shown_ratio(with_baseline, achieved) == ("progress", with_baseline)
    assert rules.shown_ratio(without, achieved) == ("achievement", achieved)


# --- Status -----------------------------------------------------------------------------------------------------------

NO_TARGET_SET = {"no_target_reason": NoTargetReason.NONE_SET}


@pytest.mark.parametrize(
    ("actual", "target", "more", "status", "reason"),
    [
        # Exact numbers
        pytest.param(213, 40, {}, "exceeded", "compared", id="over-achievement-is-a-status-of-its-own"),
        pytest.param(40, 40, {}, "achieved", "compared", id="achieved"),
        pytest.param(34, 40, {}, "on_track", "compared", id="on-track-from-85-percent"),
        pytest.param("33.99", 40, {}, "behind", "compared", id="behind-just-below"),
        pytest.param(0, 40, {}, "behind", "compared", id="rsr-zero-is-behind-and-not-missing"),
        pytest.param(None, 40, {}, "not_reported", "not_reported", id="missing-is-not-behind"),
        pytest.param(None, 40, {"is_not_applicable": True}, "not_applicable", "not_applicable", id="not-applicable"),
        pytest.param(90, 200, {"baseline": q(100)}, "regressed", "compared", id="regressed-below-the-baseline"),
        pytest.param(100, 200, {"baseline": q(100)}, "behind", "compared", id="on-the-baseline-is-behind"),
        pytest.param(190, 200, {"baseline": q(100)}, "on_track", "compared", id="on-track-counts-from-the-baseline"),
        pytest.param(180, 200, {"baseline": q(100)}, "behind", "compared", id="90-percent-of-target-is-80-of-the-way"),
        # Falling
        pytest.param(8, 10, {"direction": "decrease", "baseline": q(30)}, "exceeded", "compared", id="fell-further"),
        pytest.param(10, 10, {"direction": "decrease"}, "achieved", "compared", id="fell-enough"),
        pytest.param(0, 0, {"direction": "decrease", "baseline": q(9)}, "achieved", "compared", id="tdm-fell-to-zero"),
        pytest.param(31, 10, {"direction": "decrease", "baseline": q(30)}, "regressed", "compared", id="rose-instead"),
        pytest.param(200, 50, {"direction": "decrease", "baseline": q(200)}, "behind", "compared", id="rsr-no-change"),
        pytest.param(12, 10, {"direction": "decrease", "baseline": q(30)}, "on_track", "compared", id="nearly-fallen"),
        pytest.param(12, 10, {"direction": "decrease"}, "behind", "baseline_missing", id="how-near-is-not-known"),
        # Staying
        pytest.param(50, 50, {"baseline": q(50)}, "achieved", "target_equals_baseline", id="maintained"),
        pytest.param(49, 50, {"baseline": q(50)}, "regressed", "target_equals_baseline", id="not-maintained"),
        pytest.param(60, 50, {"baseline": q(50)}, "achieved", "target_equals_baseline", id="more-than-maintained"),
        pytest.param(
            40,
            50,
            {"baseline": q(50), "direction": "decrease"},
            "achieved",
            "target_equals_baseline",
            id="maintained-below",
        ),
        pytest.param(
            55, 50, {"direction": "maintain"}, "achieved", "target_equals_baseline", id="maintain-is-not-below"
        ),
        pytest.param(45, 50, {"direction": "maintain"}, "behind", "target_equals_baseline", id="maintain-not-met"),
        # Target 0
        pytest.param(3, 0, {}, "exceeded", "compared", id="prms-target-0-exceeded-without-a-ratio"),
        pytest.param(0, 0, {}, "achieved", "compared", id="osdg-target-0-achieved"),
        # Percentages
        pytest.param(72, 80, {"measure": "percentage"}, "behind", "baseline_missing", id="percentage-without-baseline"),
        pytest.param(
            77,
            80,
            {"measure": "percentage", "baseline": q(60)},
            "on_track",
            "compared",
            id="percentage-17-of-20-points",
        ),
        # Declared direction and target disagree
        pytest.param(
            20, 10, {"baseline": q(30)}, "behind", "direction_differs", id="target-below-baseline-is-a-falling-one"
        ),
        # Without target
        pytest.param(1349, None, {}, "recorded", "target_not_stated", id="sources-are-silent"),
        pytest.param(1349, None, NO_TARGET_SET, "no_target", "no_target_set", id="staff-confirm-none"),
        pytest.param(0, None, {}, "recorded", "target_not_stated", id="zero-is-recorded"),
        pytest.param(None, None, {}, "not_reported", "not_reported", id="nothing-at-all"),
        pytest.param(
            None, None, {"has_text": True, "measure": "qualitative"}, "recorded", "target_not_stated", id="words-alone"
        ),
        pytest.param(
            None,
            None,
            {"has_text": True, "has_text_target": True, "measure": "qualitative"},
            "not_measurable",
            "qualitative",
            id="words-against-words",
        ),
        pytest.param(
            20000, None, {"has_text_target": True}, "recorded", "qualitative", id="a-number-beside-a-target-in-words"
        ),
        # Changes
        pytest.param(
            24,
            20,
            {"measure": "change", "change_unit": "as_printed"},
            "not_measurable",
            "meaning_not_stated",
            id="24-percent-more-as-printed-is-never-compared",
        ),
        pytest.param(
            24, 20, {"measure": "change", "change_unit": "points"}, "exceeded", "compared", id="24-points-of-20"
        ),
        # Qualifiers
        pytest.param(">= 35", 40, {}, "undecided", "bound_only", id="at-least-35-of-40-is-undecided"),
        pytest.param(">= 40", 40, {}, "achieved", "bound_decides", id="at-least-40-of-40-is-achieved"),
        pytest.param(">= 45", 40, {}, "exceeded", "bound_decides", id="at-least-45-of-40-is-exceeded"),
        pytest.param("> 40", 40, {}, "exceeded", "bound_decides", id="more-than-40-of-40-is-exceeded"),
        pytest.param("> 20000", 20000, {}, "exceeded", "bound_decides", id="more-than-20000-of-20000"),
        pytest.param("> 39", 40, {}, "undecided", "bound_only", id="more-than-39-of-40-is-undecided"),
        pytest.param("~ 213", 40, {}, "exceeded", "bound_decides", id="about-213-of-40-is-exceeded"),
        pytest.param("~ 40", 40, {}, "undecided", "about_only", id="about-40-of-40-is-undecided"),
        pytest.param("~ 10", 40, {}, "behind", "bound_decides", id="about-10-of-40-is-behind"),
        pytest.param("est 40", 40, {}, "undecided", "about_only", id="an-estimate-of-40-is-undecided"),
        pytest.param("plan 50", 40, {}, "undecided", "planned", id="planned-50-of-40-is-no-success"),
        pytest.param("plan 50", None, {}, "recorded", "target_not_stated", id="planned-without-target"),
        pytest.param(
            ">= 12",
            10,
            {"direction": "decrease", "baseline": q(30)},
            "undecided",
            "bound_only",
            id="at-least-12-while-falling-to-10",
        ),
        pytest.param(">= 12", 10, {"direction": "decrease"}, "behind", "bound_decides", id="at-least-12-misses-10"),
        pytest.param(40, ">= 40", {}, "achieved", "compared", id="a-minimum-target-is-reached-at-it"),
        pytest.param(40, "> 40", {}, "on_track", "compared", id="a-target-of-more-than-40-is-not-reached-at-40"),
        pytest.param(41, "> 40", {}, "exceeded", "compared", id="but-beyond"),
        pytest.param(40, "plan 40", {}, "achieved", "compared", id="every-target-is-planned"),
        # Sums with missing parts
        pytest.param(
            30, 40, {"is_partial": True}, "undecided", "not_all_reported", id="two-of-three-reported-30-of-40"
        ),
        pytest.param(45, 40, {"is_partial": True}, "exceeded", "bound_decides", id="two-of-three-already-exceed"),
        # Not due yet
        pytest.param(10, 40, {"is_due": False}, "not_due", "not_due", id="final-target-is-not-interpolated"),
        pytest.param(40, 40, {"is_due": False}, "achieved", "compared", id="reached-early"),
        pytest.param(5, 40, {"is_due": False, "baseline": q(10)}, "regressed", "compared", id="regressed-early"),
    ],
)
def test_status(actual: Any, target: Any, more: dict[str, Any], status: str, reason: str) -> None:
    arguments = dict(more)
    if "direction" in arguments:
        arguments["direction"] = Direction(arguments["direction"])
    if "measure" in arguments:
        arguments["measure"] = Measure(arguments["measure"])
    found = rules.status(actual=q(actual), target=q(target), thresholds=LIMITS, **arguments)
    assert (found.status, found.reason) == (status, reason)


def test_the_threshold_of_on_track_is_passed_in() -> None:
    strict = Thresholds(on_track=D(95))
    assert rules.status(actual=q(36), target=q(40), thresholds=LIMITS).status == Status.ON_TRACK
    assert rules.status(actual=q(36), target=q(40), thresholds=strict).status == Status.BEHIND


def test_an_outcome_cannot_be_altered() -> None:
    found = rules.status(actual=q(36), target=q(40), thresholds=LIMITS)
    with pytest.raises(FrozenInstanceError):
        found.status = Status.EXCEEDED  # type: ignore[misc]


@pytest.mark.parametrize(
    ("declared", "baseline", "target", "expected"),
    [
        pytest.param("increase", 10, 20, (Direction.INCREASE, None), id="agree"),
        pytest.param("increase", 20, 10, (Direction.DECREASE, Reason.DIRECTION_DIFFERS), id="target-lies-below"),
        pytest.param("decrease", 10, 20, (Direction.INCREASE, Reason.DIRECTION_DIFFERS), id="target-lies-above"),
        pytest.param("decrease", None, 20, (Direction.DECREASE, None), id="without-baseline-as-declared"),
        pytest.param("maintain", 10, 20, (Direction.MAINTAIN, None), id="maintain"),
    ],
)
def test_direction_is_taken_from_the_target_and_checked_against_the_declared_one(
    declared: str, baseline: Any, target: Any, expected: Any
) -> None:
    found = rules.direction_of(declared=Direction(declared), baseline=q(baseline), target=q(target))
    assert found == expected


@pytest.mark.parametrize(
    ("status", "due_on", "today", "expected"),
    [
        pytest.param("not_reported", date(2021, 2, 1), date(2021, 1, 31), Status.NOT_DUE, id="before-the-due-date"),
        pytest.param("not_reported", date(2021, 2, 1), date(2021, 2, 1), Status.NOT_DUE, id="on-the-due-date"),
        pytest.param("not_reported", date(2021, 2, 1), date(2021, 2, 2), Status.NOT_REPORTED, id="after-it"),
        pytest.param("not_reported", None, date(2021, 2, 2), Status.NOT_REPORTED, id="nothing-is-awaited"),
        pytest.param("behind", date(2021, 2, 1), date(2021, 1, 1), Status.BEHIND, id="what-is-reported-stays"),
    ],
)
def test_what_depends_on_today_is_decided_from_a_date(
    status: str, due_on: date | None, today: date, expected: Status
) -> None:
    assert rules.due(status, due_on, today) == expected


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        pytest.param(None, (0, False), id="nothing"),
        pytest.param(-30, (0, False), id="negative"),
        pytest.param(0, (0, False), id="zero"),
        pytest.param(25, (25, False), id="rsr-25-stays-25"),
        pytest.param(125, (125, False), id="up-to-the-cap"),
        pytest.param("532.5", (125, True), id="cut-and-marked"),
    ],
)
def test_only_the_width_of_a_bar_is_capped(percent: Any, expected: tuple[int, bool]) -> None:
    bar = rules.bar(None if percent is None else D(percent))
    assert (bar.width, bar.is_cut) == expected


# --- Over periods -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "cumulation", "expected"),
    [
        pytest.param([20, 30, 5], PER_PERIOD, 55, id="per-period-is-added"),
        pytest.param([20, None, 5], PER_PERIOD, 25, id="a-gap-is-not-a-zero"),
        pytest.param([20, 0, 5], PER_PERIOD, 25, id="a-zero-is"),
        pytest.param([40, 60], RUNNING, 60, id="rsr-running-total-60-after-40-is-60-whoever-typed-it"),
        pytest.param([40, None], RUNNING, 40, id="the-latest-stated-counts"),
        pytest.param([40, 0], RUNNING, 0, id="a-stated-zero-is-the-latest"),
        pytest.param([12, 9], STOCK, 9, id="dhis2-snapshots-are-not-added"),
        pytest.param([None, None], PER_PERIOD, None, id="nothing-reported"),
        pytest.param([None], STOCK, None, id="no-stock"),
        pytest.param([20, "plan 30"], PER_PERIOD, 20, id="planned-is-not-added"),
        pytest.param([20, "plan 30"], RUNNING, 20, id="nor-the-latest"),
        pytest.param(["2.5", "2.5"], PER_PERIOD, 5, id="rsr-decimals-are-not-cut-before-adding"),
    ],
)
def test_cumulation(values: list[Any], cumulation: Cumulation, expected: int | None) -> None:
    assert rules.cumulate([q(value) for value in values], cumulation).value == expected


@pytest.mark.parametrize(
    ("previous", "current", "cumulation", "expected"),
    [
        pytest.param(60, 40, RUNNING, True, id="a-running-total-that-fell-is-asked-about"),
        pytest.param(40, 60, RUNNING, False, id="rose"),
        pytest.param(60, 40, STOCK, False, id="a-stock-may-fall"),
        pytest.param(None, 40, RUNNING, False, id="the-first"),
    ],
)
def test_a_running_total_lower_than_the_last_is_asked_about(
    previous: Any, current: Any, cumulation: Cumulation, expected: bool
) -> None:
    assert rules.falls_back(previous=q(previous), current=q(current), cumulation=cumulation) is expected


@pytest.mark.parametrize(
    ("qualifiers", "expected"),
    [
        pytest.param(["5", "5"], Qualifier.EXACT, id="exact"),
        pytest.param(["5", "> 5"], Qualifier.MORE_THAN, id="one-more-than"),
        pytest.param(["5", ">= 5"], Qualifier.AT_LEAST, id="one-at-least"),
        pytest.param([">= 5", "> 5"], Qualifier.MORE_THAN, id="more-than-is-stricter"),
        pytest.param(["5", "~ 5"], Qualifier.ABOUT, id="one-about"),
        pytest.param(["5", "est 5"], Qualifier.ESTIMATED, id="one-estimated"),
        pytest.param(["> 5", "~ 5"], Qualifier.ESTIMATED, id="a-bound-and-an-approximation"),
        pytest.param(["5", "plan 9", "5"], Qualifier.EXACT, id="planned-is-left-out"),
    ],
)
def test_a_sum_is_as_exact_as_its_loosest_part(qualifiers: list[str], expected: Qualifier) -> None:
    found = rules.add([q(each) for each in qualifiers])
    assert (found.value, found.qualifier) == (10, expected)


def test_a_sum_of_nothing_is_nothing_and_says_why() -> None:
    assert rules.add([]).reason == Reason.NOTHING_TO_ADD
    assert rules.add([q("plan 5")]).reason == Reason.PLANNED
    assert rules.add([q(5), None]).reason == Reason.NOT_ALL_REPORTED


# --- Over scopes ------------------------------------------------------------------------------------------------------


def part(stated: Any, key: str = "", **fields: Any) -> Part:
    quantity = q(stated)
    assert quantity is not None
    fields = {name: D(value) if name in ("numerator", "denominator") else value for name, value in fields.items()}
    return Part(key or f"{stated}", quantity, **fields)


@pytest.mark.parametrize(
    ("parts", "method", "measure", "expected", "reason"),
    [
        pytest.param([part(3), part(4)], "sum", "count", "7", "added", id="sum"),
        pytest.param([part(3), part(9), part(4)], "maximum", "count", "9", "largest", id="prp-maximum-is-not-a-sum"),
        pytest.param([part(3), part(4)], "none", "count", None, "not_rolled_up", id="none"),
        pytest.param(
            [part(50, numerator=1, denominator=2), part(99, "b", numerator=99, denominator=100)],
            "weighted_mean",
            "percentage",
            "98.04",
            "averaged",
            id="logalto-1-of-2-and-99-of-100-is-98.04-and-not-74.5",
        ),
        pytest.param(
            [part(50, numerator=1, denominator=2), part(99)],
            "weighted_mean",
            "percentage",
            None,
            "base_not_stated",
            id="one-base-not-stated",
        ),
        pytest.param([part(50), part(99)], "sum", "percentage", None, "not_rolled_up", id="percentages-are-not-added"),
        pytest.param([part(50), part(99)], "maximum", "percentage", None, "not_rolled_up", id="nor-compared"),
        pytest.param([part(24), part(8)], "sum", "change", None, "not_rolled_up", id="changes-are-not-added"),
        pytest.param(
            [part(4, numerator=40, denominator=10), part(2, numerator=60, denominator=30)],
            "weighted_mean",
            "score",
            "2.5",
            "averaged",
            id="scores-by-number-of-people",
        ),
        pytest.param(
            [part(3, as_of=date(2020, 1, 1)), part(8, as_of=date(2021, 1, 1))],
            "latest",
            "count",
            "8",
            "latest",
            id="latest",
        ),
        pytest.param([part(3), part(8)], "latest", "count", None, "no_date", id="latest-without-dates"),
        pytest.param([part("plan 3"), part(8)], "sum", "count", "8", "added", id="planned-is-left-out"),
        pytest.param([part("plan 3")], "sum", "count", None, "planned", id="only-planned"),
        pytest.param([part("0"), part(8)], "sum", "count", "8", "added", id="zero-is-added"),
    ],
)
def test_roll_up(parts: list[Part], method: str, measure: str, expected: str | None, reason: str) -> None:
    found = rules.roll_up(parts, method=RollUp(method), measure=Measure(measure))
    assert (shown(found.value), found.reason) == (None if expected is None else D(expected), reason)


def test_persons_who_may_be_counted_twice_are_flagged() -> None:
    found = rules.roll_up([part(3), part(4)], method=RollUp.SUM, may_count_twice=True)
    assert (found.value, found.reason) == (7, Reason.MAY_COUNT_TWICE)


B05, B08, CHILE, PERU, SENA, SENATI = 5, 8, 1, 2, 11, 12


def at(stated: Any, *, place: dict[str, int] | None = None, computed: bool = False, **scope: int) -> Part:
    own = Scope(**scope)
    named = ";".join(f"{name}={value}" for name, value in sorted(scope.items()))
    return part(stated, named, scope=own, place=Scope(**(scope | (place or {}))), is_computed=computed)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([at(3, project=B05), at(4, project=B08)], [3, 4], id="one-grain"),
        pytest.param(
            [at(3, project=B05), at(2, project=B05, country=CHILE), at(1, project=B05, country=PERU)],
            [3],
            id="a-projects-countries-lie-inside-it",
        ),
        pytest.param(
            [at(5, country=CHILE), at(3, project=B05, place={"country": CHILE}), at(2, country=PERU)],
            [5, 2],
            id="a-project-of-one-country-lies-inside-it",
        ),
        pytest.param([at(3, project=B05), at(4, country=CHILE)], [], id="grains-that-do-not-cover-are-not-mixed"),
        pytest.param([at(3, project=B05), at(9, forum=1)], [], id="nor-projects-and-forums"),
        pytest.param(
            [at(3, project=B05, partner=SENA), at(4, project=B05, partner=SENATI), at(7, project=B05, computed=True)],
            [3, 4],
            id="reported-before-computed",
        ),
        pytest.param(
            [at(3, project=B05, partner=SENA), at(3, project=B05, computed=True), at(4, project=B08)],
            [3, 4],
            id="computed-where-only-that-covers",
        ),
        pytest.param([], [], id="nothing"),
    ],
)
def test_a_total_adds_exactly_one_grain_the_coarsest_that_covers(parts: list[Part], expected: list[int]) -> None:
    chosen = rules.choose_grain(parts)
    assert sorted(each.quantity.value for each in chosen) == sorted(expected)
    assert len({each.scope.grain for each in chosen}) <= 1


def test_figures_of_two_indicators_never_lie_inside_each_other() -> None:
    whole = part(3, "a", scope=Scope(project=B05), place=Scope(project=B05), family=1)
    other = part(2, "b", scope=Scope(project=B05, country=CHILE), place=Scope(project=B05, country=CHILE), family=2)
    assert rules.choose_grain([whole, other]) == []


# --- Percentages, shares, changes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected", "reason"),
    [
        pytest.param(110, 200, "55", "compared", id="110-of-200"),
        pytest.param(1, 3, "33.33", "compared", id="thirds"),
        pytest.param(0, 200, "0", "compared", id="nobody-of-200-is-0"),
        pytest.param(0, 0, None, "not_applicable", id="of-nobody-is-not-applicable"),
        pytest.param(None, 200, None, "base_not_stated", id="rsr-base-is-not-its-own-numerator"),
        pytest.param(110, None, None, "base_not_stated", id="base-not-stated"),
    ],
)
def test_percentage(numerator: Any, denominator: Any, expected: str | None, reason: str) -> None:
    n, of = (None if each is None else D(each) for each in (numerator, denominator))
    found = rules.percentage(numerator=n, denominator=of)
    assert (shown(found.value), found.reason) == (None if expected is None else D(expected), reason)


@pytest.mark.parametrize(
    ("share", "total", "expected", "qualifier"),
    [
        pytest.param(54, 3006, "1623.24", Qualifier.ABOUT, id="54-percent-of-3006"),
        pytest.param(0, 3006, "0", Qualifier.ABOUT, id="nobody"),
        pytest.param(54, "> 3000", "1620", Qualifier.ESTIMATED, id="of-more-than-3000"),
        pytest.param(54, None, None, Qualifier.EXACT, id="of-an-unknown-total"),
        pytest.param(54, "plan 3000", None, Qualifier.EXACT, id="of-a-planned-total"),
    ],
)
def test_a_count_from_a_share_is_marked_computed(share: int, total: Any, expected: Any, qualifier: Qualifier) -> None:
    found = rules.count_from_share(share=D(share), total=q(total))
    assert (shown(found.value), found.qualifier) == (None if expected is None else D(expected), qualifier)
    assert found.status == (Known.NONE if expected is None else Known.COMPUTED)


@pytest.mark.parametrize(
    ("part_", "total", "expected"),
    [
        pytest.param(110, 200, "55", id="110-of-200"),
        pytest.param(0, 200, "0", id="none-of-200"),
        pytest.param("> 110", 200, None, id="a-bound-makes-no-share"),
        pytest.param(0, 0, None, id="of-nobody"),
        pytest.param(None, 200, None, id="not-reported"),
    ],
)
def test_a_share_from_counts(part_: Any, total: Any, expected: str | None) -> None:
    found = rules.share_from_counts(part=q(part_), total=q(total))
    assert shown(found.value) == (None if expected is None else D(expected))


@pytest.mark.parametrize(
    ("before", "after", "unit", "expected"),
    [
        pytest.param(49, 57, ChangeUnit.POINTS, "8", id="49-to-57-is-8-points"),
        pytest.param(49, 57, ChangeUnit.RELATIVE, "16.33", id="and-16.33-relative"),
        pytest.param(57, 49, ChangeUnit.POINTS, "-8", id="a-fall-is-negative"),
        pytest.param(0, 57, ChangeUnit.RELATIVE, None, id="from-0-there-is-no-relative-change"),
        pytest.param(49, 57, ChangeUnit.AS_PRINTED, None, id="as-printed-is-not-computed"),
        pytest.param(None, 57, ChangeUnit.POINTS, None, id="one-end-only"),
    ],
)
def test_change(before: Any, after: Any, unit: ChangeUnit, expected: str | None) -> None:
    first, second = (None if each is None else D(each) for each in (before, after))
    found = rules.change_between(before=first, after=second, unit=unit)
    assert shown(found.value) == (None if expected is None else D(expected))


# --- Parts and totals -------------------------------------------------------------------------------------------------

SEX = ("women", "men", "other", "not-stated")


@pytest.mark.parametrize(
    ("total", "parts", "is_complete", "closure", "missing"),
    [
        pytest.param(100, [60, 40], True, Closure.ADDS_UP, 0, id="adds-up"),
        pytest.param(100, [60, 30, 10], True, Closure.ADDS_UP, 0, id="unknown-is-a-part"),
        pytest.param(100, [60, 35], True, Closure.GAP, 5, id="a-gap-is-flagged"),
        pytest.param(100, [60, 35], False, Closure.CANNOT_TELL, 5, id="a-part-may-be-missing"),
        pytest.param(100, [60, 45], False, Closure.GAP, -5, id="too-much-is-too-much"),
        pytest.param(None, [60, 40], True, Closure.CANNOT_TELL, None, id="no-total"),
        pytest.param(0, [0, 0], True, Closure.ADDS_UP, 0, id="zeros-add-up"),
        pytest.param("~ 100", [58, 40], True, Closure.CANNOT_TELL, 2, id="about-100-may-be-98"),
        pytest.param(100, [">= 40", 40], True, Closure.CANNOT_TELL, 20, id="at-least-40-may-be-60"),
        pytest.param(100, ["> 60", 40], True, Closure.GAP, 0, id="more-than-60-and-40-is-not-100"),
        pytest.param(100, ["plan 60", 40], True, Closure.CANNOT_TELL, None, id="planned-parts-tell-nothing"),
    ],
)
def test_parts_and_totals(total: Any, parts: list[Any], is_complete: bool, closure: Closure, missing: Any) -> None:
    stated = [quantity for each in parts if (quantity := q(each)) is not None]
    found = rules.adds_up(total=q(total), parts=stated, is_complete=is_complete, thresholds=LIMITS)
    assert (found.status, found.value) == (closure, missing)


@pytest.mark.parametrize(
    ("shares", "is_complete", "closure"),
    [
        pytest.param(["54", "46"], True, Closure.ADDS_UP, id="100"),
        pytest.param(["33", "33", "33"], True, Closure.ADDS_UP, id="three-rounded-thirds"),
        pytest.param(["54", "43"], True, Closure.GAP, id="three-points-missing"),
        pytest.param(["54"], False, Closure.CANNOT_TELL, id="women-alone"),
        pytest.param(["54.5", "45.5"], True, Closure.ADDS_UP, id="with-decimals"),
        pytest.param(["60", "50"], False, Closure.GAP, id="more-than-all"),
        pytest.param([], True, Closure.CANNOT_TELL, id="none"),
    ],
)
def test_shares_make_a_hundred_within_their_rounding(shares: list[str], is_complete: bool, closure: Closure) -> None:
    assert rules.shares_add_up([D(each) for each in shares], is_complete=is_complete).status == closure


@pytest.mark.parametrize(
    ("parts", "measure", "expected", "reason"),
    [
        pytest.param({"women": part(60), "men": part(40)}, "count", "100", "added", id="women-and-men"),
        pytest.param(
            {"women": part(60), "men": part(30), "not-stated": part(10)}, "count", "100", "added", id="with-unknown"
        ),
        pytest.param({"women": part(60)}, "count", None, "one_part", id="women-only-has-no-missing-total"),
        pytest.param({"women": part(60), "other": part(1)}, "count", None, "not_all_reported", id="men-are-missing"),
        pytest.param({"women": part("plan 60"), "men": part(40)}, "count", None, "planned", id="planned"),
        pytest.param(
            {
                "women": part(50, numerator=1, denominator=2),
                "men": part(99, numerator=99, denominator=100),
            },
            "percentage",
            "98.04",
            "averaged",
            id="logalto-split-percentages-are-not-averaged",
        ),
        pytest.param({"women": part(50), "men": part(99)}, "percentage", None, "base_not_stated", id="without-bases"),
    ],
)
def test_the_total_of_an_exhaustive_dimension(
    parts: dict[str, Part], measure: str, expected: str | None, reason: str
) -> None:
    found = rules.total_from_parts(parts, categories=SEX, is_exhaustive=True, measure=Measure(measure))
    assert (shown(found.value), found.reason) == (None if expected is None else D(expected), reason)


def test_a_dimension_that_is_not_exhaustive_makes_no_total() -> None:
    parts = {"women": part(60), "men": part(40)}
    found = rules.total_from_parts(parts, categories=SEX, is_exhaustive=False, measure=Measure.COUNT)
    assert found.value is None


@pytest.mark.parametrize(
    ("expected", "approved_on", "reported", "of", "last_on"),
    [
        pytest.param(12, [date(2020, 1, 1)] * 8 + [date(2020, 3, 1)], 9, 12, date(2020, 3, 1), id="9-of-12"),
        pytest.param(3, [], 0, 3, None, id="none"),
        pytest.param(0, [None, None], 2, 2, None, id="what-a-source-states-without-being-expected"),
    ],
)
def test_coverage(expected: int, approved_on: list[Any], reported: int, of: int, last_on: date | None) -> None:
    found = rules.coverage(expected=expected, approved_on=approved_on)
    assert (found.reported, found.expected, found.last_on) == (reported, of, last_on)


# --- Sources ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("candidates", "value", "step", "span"),
    [
        pytest.param([Candidate(D(34)), Candidate(D(34))], 34, "agreed", None, id="they-agree"),
        pytest.param(
            [Candidate(D(1349), closes=True), Candidate(D(1394), closes=False)], 1349, "arithmetic", None, id="closes"
        ),
        pytest.param(
            [Candidate(D(28500000), Qualifier.MORE_THAN), Candidate(D(28755933))],
            28755933,
            "exact_over_rounded",
            None,
            id="more-than-28.5-million-is-28755933",
        ),
        pytest.param(
            [Candidate(D(28800000)), Candidate(D(28755933))],
            28755933,
            "exact_over_rounded",
            None,
            id="rounded-silently",
        ),
        pytest.param([Candidate(D(10)), Candidate(D(12))], 10, "lower", (10, 12), id="10-is-no-rounding-of-12"),
        pytest.param([Candidate(D(180)), Candidate(D(185))], 180, "lower", (180, 185), id="180-is-no-rounding-of-185"),
        pytest.param(
            [Candidate(D(2500)), Candidate(D(2450))], 2450, "lower", (2450, 2500), id="one-figure-fewer-is-no-rounding"
        ),
        pytest.param(
            [Candidate(D(130000)), Candidate(D(129459))], 129459, "exact_over_rounded", None, id="130000-rounds-129459"
        ),
        pytest.param(
            [Candidate(D(9)), Candidate(D(11), is_own_chapter=True)], 11, "chapter_over_summary", None, id="own-chapter"
        ),
        pytest.param(
            [Candidate(D(9), stated_on=date(2020, 1, 1)), Candidate(D(11), stated_on=date(2023, 1, 1))],
            11,
            "later_over_earlier",
            None,
            id="later",
        ),
        pytest.param([Candidate(D(11)), Candidate(D(9))], 9, "lower", (9, 11), id="else-the-lower-contested"),
        pytest.param(
            [
                Candidate(D(9), is_own_chapter=True),
                Candidate(D(11), is_own_chapter=True),
                Candidate(D(20)),
            ],
            9,
            "lower",
            (9, 11),
            id="the-range-of-those-that-are-left",
        ),
        pytest.param(
            [Candidate(D(10), closes=True), Candidate(D(11), is_own_chapter=True)],
            10,
            "arithmetic",
            None,
            id="arithmetic-before-chapter",
        ),
        pytest.param(
            [Candidate(D(9), stated_on=date(2020, 1, 1)), Candidate(D(11))], 9, "lower", (9, 11), id="one-date-unknown"
        ),
    ],
)
def test_adopted_value(candidates: list[Candidate], value: int, step: str, span: tuple[int, int] | None) -> None:
    found = rules.adopt(candidates)
    assert (found.value, found.reason, found.is_contested) == (value, step, span is not None)
    assert (found.low, found.high) == (span or (None, None))
    assert rules.adopt(list(reversed(candidates))).value == value


def test_nothing_is_adopted_of_nothing() -> None:
    assert rules.adopt([]).value is None


CANADA = 9


@pytest.mark.parametrize(
    ("own", "partner", "projects", "expected"),
    [
        pytest.param(CHILE, PERU, {PERU}, CHILE, id="its-own"),
        pytest.param(None, PERU, {CHILE}, PERU, id="its-local-partners"),
        pytest.param(None, CANADA, {CHILE}, CHILE, id="never-a-canadian-partners-seat"),
        pytest.param(None, None, {CHILE}, CHILE, id="its-projects-only-one"),
        pytest.param(None, None, {CHILE, PERU}, None, id="regional-when-the-project-has-several"),
        pytest.param(None, CANADA, {CHILE, PERU}, None, id="regional-and-not-canadian"),
        pytest.param(None, None, set(), None, id="regional"),
    ],
)
def test_country_of_a_figure(own: int | None, partner: int | None, projects: set[int], expected: int | None) -> None:
    is_local = rules.is_local(partner_country=partner, away={CANADA}, is_visiting_kind=False)
    found = rules.country_of(own=own, partner_country=partner, partner_is_local=is_local, project_countries=projects)
    assert found == expected


def test_an_international_organisations_seat_is_no_place_of_figures() -> None:
    assert not rules.is_local(partner_country=CHILE, away={CANADA}, is_visiting_kind=True)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        pytest.param({}, False, id="approved-in-a-period-that-is-open"),
        pytest.param({"is_published": True}, True, id="published-period"),
        pytest.param({"is_printed": True}, True, id="published-source"),
        pytest.param({"has_actual": False}, True, id="targets-and-gaps-are-public"),
        pytest.param({"is_published": True, "indicator_is_public": False}, False, id="indicator-is-not-public"),
        pytest.param({"is_published": True, "is_demonstration": True}, False, id="demonstration"),
    ],
)
def test_who_sees_a_row(conditions: dict[str, bool], expected: bool) -> None:
    usual = {
        "indicator_is_public": True,
        "is_demonstration": False,
        "has_actual": True,
        "is_published": False,
        "is_printed": False,
    }
    assert rules.is_public(**usual | conditions) is expected


@pytest.mark.parametrize(
    ("kept", "before", "after", "was_public", "expected"),
    [
        pytest.param(None, 40, 45, True, 40, id="a-published-value-changes"),
        pytest.param(40, 45, 50, True, 40, id="the-first-one-is-kept"),
        pytest.param(None, 40, 45, False, None, id="nobody-had-seen-it"),
        pytest.param(None, 40, 40, True, None, id="nothing-changed"),
        pytest.param(None, 0, 5, True, 0, id="a-published-zero-is-kept"),
        pytest.param(None, None, 5, True, None, id="there-was-none"),
    ],
)
def test_the_first_published_value_is_kept(kept: Any, before: Any, after: Any, was_public: bool, expected: Any) -> None:
    numbers = [None if each is None else D(each) for each in (kept, before, after)]
    found = rules.first_value(kept=numbers[0], before=numbers[1], after=numbers[2], was_public=was_public)
    assert found == expected


@pytest.mark.parametrize(
    ("first", "current", "expected"),
    [
        pytest.param(40, 45, 5, id="raised-by-5"),
        pytest.param(0, 45, 45, id="from-a-published-zero"),
        pytest.param(None, 45, None, id="never-changed"),
        pytest.param(45, 45, None, id="changed-back"),
    ],
)
def test_restated(first: Any, current: Any, expected: Any) -> None:
    found = rules.restated(first=None if first is None else D(first), current=D(current))
    assert found.value == expected


# --- Targets over time ------------------------------------------------------------------------------------------------

MID, LATE, WHOLE = 1, 2, 9
MILESTONES = [
    rules.Milestone(101, MID, PeriodKind.INTERIM, date(2020, 12, 31)),
    rules.Milestone(109, WHOLE, PeriodKind.WHOLE, date(2021, 12, 31)),
]


@pytest.mark.parametrize(
    ("period", "ends_on", "kind", "cumulation", "expected"),
    [
        pytest.param(MID, date(2020, 12, 31), "interim", RUNNING, 101, id="its-own"),
        pytest.param(LATE, date(2021, 6, 30), "interim", RUNNING, 101, id="cumulative-the-last-that-fell-due"),
        pytest.param(LATE, date(2021, 6, 30), "interim", PER_PERIOD, None, id="period-targets-meet-period-actuals"),
        pytest.param(LATE, date(2020, 6, 30), "interim", RUNNING, None, id="nothing-due-yet-and-not-interpolated"),
        pytest.param(LATE, date(2021, 12, 31), "interim", STOCK, 109, id="the-final-one-at-the-end"),
        pytest.param(WHOLE, date(2021, 12, 31), "whole", PER_PERIOD, 109, id="the-whole-periods-own"),
    ],
)
def test_target_due(period: int, ends_on: date, kind: str, cumulation: Cumulation, expected: int | None) -> None:
    found = rules.target_due(MILESTONES, period=period, ends_on=ends_on, kind=PeriodKind(kind), cumulation=cumulation)
    assert (None if found is None else found.key) == expected


REVISIONS = [
    rules.Revision(1, 1, None, is_current=False),
    rules.Revision(2, 2, date(2021, 3, 1), is_current=True),
]


@pytest.mark.parametrize(
    ("ends_on", "is_published", "expected"),
    [
        pytest.param(date(2020, 12, 31), True, 1, id="a-published-report-keeps-the-target-valid-then"),
        pytest.param(date(2020, 12, 31), False, 2, id="an-open-one-takes-the-current-one"),
        pytest.param(date(2021, 6, 30), True, 2, id="published-after-the-revision"),
    ],
)
def test_revision_in_force(ends_on: date, is_published: bool, expected: int) -> None:
    found = rules.revision_in_force(REVISIONS, ends_on=ends_on, is_published=is_published)
    assert found is not None
    assert found.key == expected


@pytest.mark.parametrize("is_published", [True, False])
def test_an_earlier_target_that_nothing_replaced_counts_for_no_period(is_published: bool) -> None:
    found = rules.revision_in_force(REVISIONS[:1], ends_on=date(2020, 12, 31), is_published=is_published)
    assert found is None


# --- Small cells ------------------------------------------------------------------------------------------------------


def cell(*sizes: Any, **fields: bool) -> Cell:
    return Cell(tuple(D(size) for size in sizes), **fields)


TOTAL = {"is_total": True}
SENSITIVE = {"is_sensitive": True}


@pytest.mark.parametrize(
    ("cells", "sums", "hidden"),
    [
        pytest.param(
            {"t": cell(43, **TOTAL), "w": cell(3), "m": cell(40)},
            [["t", "w", "m"]],
            {"w", "m"},
            id="and-its-complement",
        ),
        pytest.param({"t": cell(43, **TOTAL), "w": cell(20), "m": cell(23)}, [["t", "w", "m"]], set(), id="large"),
        pytest.param(
            {"t": cell(3, **TOTAL), "w": cell(0), "m": cell(3)}, [["t", "w", "m"]], {"w", "m"}, id="zero-as-complement"
        ),
        pytest.param(
            {"t": cell(40, **TOTAL), "w": cell(0), "m": cell(40)}, [["t", "w", "m"]], set(), id="zero-is-shown"
        ),
        pytest.param({"t": cell(3, **TOTAL)}, [], set(), id="a-small-total-is-shown"),
        pytest.param({"t": cell(9, **TOTAL, **SENSITIVE)}, [], {"t"}, id="unless-sensitive"),
        pytest.param({"t": cell(10, **TOTAL, **SENSITIVE)}, [], set(), id="ten-is-enough"),
        pytest.param({"w": cell(5)}, [], set(), id="five-is-enough"),
        pytest.param({"w": cell(4)}, [], {"w"}, id="four-is-not"),
        pytest.param({"w": cell(3, is_printed=True)}, [], set(), id="printed-is-shown"),
        pytest.param({"w": cell(3, is_printed=True, **SENSITIVE)}, [], {"w"}, id="unless-sensitive-again"),
        pytest.param(
            {"t": cell(38, **TOTAL), "a": cell(3), "b": cell(20), "c": cell(15)},
            [["t", "a", "b", "c"]],
            {"a", "c"},
            id="the-smallest-other-part",
        ),
        pytest.param(
            {"t": cell(43, **TOTAL), "w": cell(3), "m": cell(40, is_printed=True)},
            [["t", "w", "m"]],
            {"w", "t"},
            id="the-total-when-the-rest-is-printed",
        ),
        pytest.param(
            {
                "chile": cell(23),
                "chile-w": cell(3),
                "chile-m": cell(20),
                "women": cell(33),
                "peru-w": cell(30),
            },
            [["chile", "chile-w", "chile-m"], ["women", "chile-w", "peru-w"]],
            {"chile-w", "chile-m", "peru-w"},
            id="along-scopes-too",
        ),
        pytest.param({"share": cell(2)}, [], {"share"}, id="a-share-of-few"),
        pytest.param({"percent": cell(3, 60)}, [], {"percent"}, id="a-percentage-of-few"),
        pytest.param({"w": cell(4), "m": cell(3)}, [["w", "m"]], {"w", "m"}, id="both-small"),
    ],
)
def test_small_cells(cells: dict[str, Cell], sums: list[list[str]], hidden: set[str]) -> None:
    assert set(rules.withheld(cells, sums, LIMITS)) == hidden


def test_the_size_of_a_small_cell_is_passed_in() -> None:
    assert set(rules.withheld({"w": cell(7)}, [], Thresholds(small_cell=8))) == {"w"}


def test_only_people_are_protected() -> None:
    assert set(rules.PEOPLE) == {UnitOfAnalysis.PERSONS, UnitOfAnalysis.PARTICIPATIONS}


# --- Exactness --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        pytest.param("2.5", 0, "3", id="half-goes-up"),
        pytest.param("3.5", 0, "4", id="and-not-to-even"),
        pytest.param("-2.5", 0, "-3", id="away-from-zero"),
        pytest.param("157.142857", 1, "157.1", id="one-decimal"),
        pytest.param("0.05", 1, "0.1", id="half-a-tenth"),
    ],
)
def test_halves_round_up_for_display(value: str, places: int, expected: str) -> None:
    assert rules.rounded(D(value), places) == D(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("157.14285714", "157.1429", id="four-decimals"),
        pytest.param("0", "0", id="zero"),
        pytest.param("99999999999.9999", "99999999999.9999", id="the-largest"),
        pytest.param("99999999999.99999", None, id="rounded-beyond-15-digits"),
        pytest.param("100000000000", None, id="too-large"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_a_stored_number_has_at_most_fifteen_digits(value: str | None, expected: str | None) -> None:
    found = rules.storable(None if value is None else D(value))
    assert found == (None if expected is None else D(expected))


def test_the_version_names_rules_and_thresholds() -> None:
    assert Thresholds(on_track=D("90.0")).version == f"{rules.RULES_VERSION};track=90;cell=5/10;about=10"
    assert len(Thresholds(on_track=D("99.99"), small_cell=10_000, small_cell_sensitive=10_000).version) <= 40


# --- What is asked about before it is kept ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "earlier", "target", "more", "asked"),
    [
        # A digit too many, or too few.
        (1200, [100, 120], None, {}, ("far_above_last", 120)),
        (600, [100, 120], None, {}, None),
        (12, [100, 120], None, {}, ("far_below_last", 100)),
        # Small numbers differ by large factors.
        (20, [1], None, {}, None),
        (0, [20], None, {}, None),
        (0, [21], None, {}, ("far_below_last", 21)),
        (21, [0], None, {}, ("far_above_last", 0)),
        # A running total that falls back, but for one that is meant to fall.
        (99, [100], None, {"cumulation": "running_total"}, ("falls_back", 100)),
        (100, [100], None, {"cumulation": "running_total"}, None),
        (99, [100], None, {"cumulation": "running_total", "direction": "decrease"}, None),
        # The first figure is compared with its target.
        (250, [], 40, {}, ("far_above_target", 40)),
        (200, [], 40, {}, None),
        (250, [90], 40, {}, None),
        (250, [], 0, {}, None),
        # Percentages, and what is measured on a base.
        (100, [3], None, {"measure": "percentage"}, None),
        (101, [], None, {"measure": "percentage"}, ("above_hundred", 100)),
        (None, [], None, {"measure": "percentage", "numerator": 9, "denominator": 8}, ("more_than_base", 8)),
        # What is no count is not asked about.
        (None, [100], None, {}, None),
        (5000, [1], None, {"measure": "score"}, None),
    ],
)
def test_an_unusual_value_is_asked_about(value: Any, earlier: Any, target: Any, more: Any, asked: Any) -> None:
    def decimal(number: Any) -> Any:
        return None if number is None else D(number)

    given = {"measure": Measure.COUNT, "cumulation": Cumulation.PER_PERIOD, **more}
    given |= {name: decimal(given[name]) for name in ("numerator", "denominator") if name in given}
    found = rules.doubt(value=decimal(value), earlier=[D(each) for each in earlier], target=decimal(target), **given)
    assert (None if found is None else (found.question, found.compared_with)) == asked

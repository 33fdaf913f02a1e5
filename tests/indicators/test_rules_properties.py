"""What holds for all numbers, not only for those of the golden table."""

from decimal import Decimal as D

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indicators import rules
from indicators.choices import Cumulation, Direction, Measure, Qualifier, RollUp, Status
from indicators.rules import Candidate, Cell, Closure, Part, Quantity, Scope, Thresholds
from indicators.rules.standing import REACHED

LIMITS = Thresholds()

numbers = st.decimals(min_value=-(10**6), max_value=10**6, places=2, allow_nan=False, allow_infinity=False)
counts = st.integers(min_value=0, max_value=10**6).map(D)
stated = st.sampled_from([each for each in Qualifier if each != Qualifier.PLANNED])
quantities = st.builds(Quantity, counts, st.sampled_from(Qualifier))


def exact(value: D) -> Quantity:
    return Quantity(value)


@given(numbers, numbers, numbers)
def test_progress_has_the_sign_of_the_way_covered(baseline: D, target: D, actual: D) -> None:
    assume(target != baseline)
    found = rules.progress(baseline=exact(baseline), target=exact(target), actual=exact(actual)).value
    assert found is not None
    moved = (actual - baseline) * (1 if target > baseline else -1)
    assert (found > 0, found < 0) == (moved > 0, moved < 0)


@given(numbers, numbers, numbers)
def test_progress_is_the_same_seen_in_a_mirror(baseline: D, target: D, actual: D) -> None:
    """What should fall is what should rise, upside down."""
    assume(target != baseline)
    up = rules.progress(baseline=exact(baseline), target=exact(target), actual=exact(actual)).value
    down = rules.progress(baseline=exact(-baseline), target=exact(-target), actual=exact(-actual)).value
    assert up == down


@given(numbers, numbers)
def test_progress_is_0_at_the_baseline_and_100_at_the_target(baseline: D, target: D) -> None:
    assume(target != baseline)
    ends = [
        rules.progress(baseline=exact(baseline), target=exact(target), actual=exact(actual)).value
        for actual in (baseline, target)
    ]
    assert ends == [0, 100]


@given(numbers, numbers, numbers)
def test_the_status_is_the_same_seen_in_a_mirror(baseline: D, target: D, actual: D) -> None:
    assume(target != baseline)
    direction = Direction.INCREASE if target > baseline else Direction.DECREASE
    mirrored = Direction.DECREASE if target > baseline else Direction.INCREASE

    def found(sign: int, towards: Direction) -> str:
        return rules.status(
            actual=exact(sign * actual),
            target=exact(sign * target),
            baseline=exact(sign * baseline),
            direction=towards,
            measure=Measure.SCORE,
            thresholds=LIMITS,
        ).status

    assert found(1, direction) == found(-1, mirrored)


@given(counts, counts)
def test_an_exact_figure_is_reached_when_it_is_not_below_its_target(target: D, actual: D) -> None:
    found = rules.status(actual=exact(actual), target=exact(target), thresholds=LIMITS).status
    assert (found in REACHED) == (actual >= target)
    assert (found == Status.EXCEEDED) == (actual > target)


@given(counts, stated, counts, counts)
def test_a_decided_status_holds_for_whatever_the_figure_may_be(
    value: D, qualifier: Qualifier, target: D, more: D
) -> None:
    """If *at least 45 of 40* is decided, then 45, 46 and 1000 of 40 all have been reached."""
    vague = Quantity(value, qualifier)
    found = rules.status(actual=vague, target=exact(target), thresholds=LIMITS).status
    assume(found != Status.UNDECIDED)
    where = rules.interval(vague, LIMITS)
    possible = where.low + more
    assume(where.high is None or possible <= where.high)
    assume(not (where.is_open and more == 0))
    single = rules.status(actual=exact(possible), target=exact(target), thresholds=LIMITS).status
    assert single == found or {single, found} <= set(REACHED)


@given(st.lists(quantities), st.randoms())
def test_a_sum_does_not_depend_on_the_order(parts: list[Quantity], random: object) -> None:
    shuffled = parts[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = rules.add(parts), rules.add(shuffled)
    assert (first.value, first.qualifier, first.reason) == (second.value, second.qualifier, second.reason)


@given(st.lists(quantities), st.lists(quantities))
def test_a_sum_of_sums_is_the_sum(left: list[Quantity], right: list[Quantity]) -> None:
    halves = [rules.add(half) for half in (left, right)]
    again = rules.add(None if half.value is None else Quantity(half.value, half.qualifier) for half in halves)
    assert again.value == rules.add([*left, *right]).value


@given(st.lists(counts, min_size=1))
def test_exact_parts_add_up_to_their_sum_and_to_nothing_else(values: list[D]) -> None:
    parts = [exact(value) for value in values]
    total = rules.add(parts).value
    assert total is not None

    def closure(of: D) -> str:
        return rules.adds_up(total=exact(of), parts=parts, is_complete=True, thresholds=LIMITS).status

    assert closure(total) == Closure.ADDS_UP
    assert closure(total + 1) == Closure.GAP
    assert closure(total - 1) == Closure.GAP


bases = st.integers(min_value=1, max_value=10**6).flatmap(
    lambda base: st.tuples(st.integers(min_value=0, max_value=base), st.just(base))
)


@given(st.lists(bases, min_size=1), st.randoms())
def test_a_rolled_up_percentage_lies_between_its_parts_in_any_order(parts: list[tuple], random: object) -> None:
    made = [
        Part(str(key), Quantity(D(n) * 100 / D(base)), numerator=D(n), denominator=D(base))
        for key, (n, base) in enumerate(parts)
    ]
    shuffled = made[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    values = [
        rules.roll_up(each, method=RollUp.WEIGHTED_MEAN, measure=Measure.PERCENTAGE).value for each in (made, shuffled)
    ]
    assert values[0] == values[1]
    assert values[0] is not None
    percents = [part.quantity.value for part in made]
    assert min(percents) <= rules.rounded(values[0], 20) <= max(percents) or min(percents) == max(percents)


@given(st.lists(st.one_of(st.none(), quantities)))
def test_a_running_total_never_adds(values: list[Quantity | None]) -> None:
    found = rules.cumulate(values, Cumulation.RUNNING_TOTAL).value
    given_ = [value.value for value in values if value is not None and not value.is_planned]
    assert found == (given_[-1] if given_ else None)


scopes = st.builds(
    Scope,
    st.one_of(st.none(), st.integers(1, 3)),
    st.one_of(st.none(), st.integers(1, 3)),
    st.one_of(st.none(), st.integers(1, 2)),
)


@given(st.lists(scopes, unique=True, max_size=8), st.randoms())
def test_one_grain_is_chosen_whatever_the_order(places: list[Scope], random: object) -> None:
    parts = [Part(str(scope), Quantity(D(1)), scope=scope, place=scope) for scope in places]
    shuffled = parts[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    chosen = rules.choose_grain(parts)
    assert chosen == rules.choose_grain(shuffled)
    assert len({part.scope.grain for part in chosen}) <= 1
    # No figure is counted twice: none of the chosen lies inside another.
    assert not any(one.scope.holds(other.place) for one in chosen for other in chosen if one != other)


candidates = st.builds(
    Candidate, counts, stated, closes=st.sampled_from([None, True, False]), is_own_chapter=st.booleans()
)


@given(st.lists(candidates, min_size=1), st.randoms())
def test_the_adopted_value_is_stated_somewhere_and_does_not_depend_on_the_order(
    found: list[Candidate], random: object
) -> None:
    shuffled = found[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = rules.adopt(found), rules.adopt(shuffled)
    assert first.value in {each.value for each in found}
    assert (first.value, first.reason, first.low, first.high) == (
        second.value,
        second.reason,
        second.low,
        second.high,
    )
    if first.is_contested:
        assert first.low == first.value
        assert first.high is not None
        assert first.high > first.value


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Cell], list[list[str]]]:
    """Figures of women and men in some places, with all their totals."""
    women = draw(st.lists(st.integers(0, 12), min_size=1, max_size=4))
    men = [draw(st.integers(0, 12)) for _ in women]
    cells = {"t": Cell((D(sum(women) + sum(men)),), is_total=True)}
    cells |= {"w": Cell((D(sum(women)),)), "m": Cell((D(sum(men)),))}
    sums = [["t", "w", "m"]]
    for place, (first, second) in enumerate(zip(women, men, strict=True)):
        cells[f"t{place}"] = Cell((D(first + second),), is_total=True)
        cells |= {f"w{place}": Cell((D(first),)), f"m{place}": Cell((D(second),))}
        sums.append([f"t{place}", f"w{place}", f"m{place}"])
    for letter in "twm":
        sums.append([letter, *(f"{letter}{place}" for place in range(len(women)))])
    return cells, sums


@given(tables())
def test_no_small_cell_is_shown_nor_follows_from_the_others(table: tuple[dict[str, Cell], list[list[str]]]) -> None:
    cells, sums = table
    hidden = rules.withheld(cells, sums, LIMITS)
    assert not any(rules.is_small(cell, LIMITS) for key, cell in cells.items() if key not in hidden)
    assert not any(sum(key in hidden for key in group) == 1 for group in sums)
    for total, *parts in sums:
        left = sum((cells[key].size for key in parts if key not in hidden), D(0))
        if total not in hidden and left:
            assert not 0 < cells[total].size - left < LIMITS.small_cell


@given(numbers)
def test_storing_twice_changes_nothing(value: D) -> None:
    once = rules.storable(value / 7)
    assert once == rules.storable(once)


@pytest.mark.parametrize("qualifier", list(Qualifier))
def test_every_qualifier_has_its_interval(qualifier: Qualifier) -> None:
    where = rules.interval(Quantity(D(40), qualifier), LIMITS)
    assert where.low <= 40
    assert where.high is None or where.high >= 40

"""What staff see beside the logic model: where to edit it, how far it is reported, and what ought to be looked at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from indicators import rules
from indicators.choices import Direction, Level, Nature, Qualifier, Reason
from indicators.models import ExpectedResult, Figure, Indicator, Result, Target
from indicators.rules.wording import not_neutral
from projects.models import Programme

#: How many indicators the funder recommends at most.
MOST_OF_OUTPUT, MOST_OF_OUTCOME = 2, 3
BELOW = {
    Level.ULTIMATE: Level.INTERMEDIATE,
    Level.INTERMEDIATE: Level.IMMEDIATE,
    Level.IMMEDIATE: Level.OUTPUT,
}


@dataclass
class DeskOfIndicator:
    """Beside an indicator: its page, how many of its due figures came in, and sentences to consider."""

    edit: str = ""
    reported: int = 0
    expected: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass
class DeskOfResult:
    """Beside an expected result: addresses that are empty for who may not, and sentences to consider."""

    edit: str = ""
    add_child: str = ""
    add_indicator: str = ""
    may_move: bool = False
    is_first: bool = False
    is_last: bool = False
    warnings: list[str] = field(default_factory=list)


@dataclass
class Desk:
    """By primary key; and where the first expected result is added."""

    results: dict[int, DeskOfResult]
    indicators: dict[int, DeskOfIndicator]
    add_result: str = ""

    @property
    def number_of_warnings(self) -> int:
        of_results = sum(len(each.warnings) for each in self.results.values())
        return of_results + sum(len(each.warnings) for each in self.indicators.values())


def desk_of(programme: Programme, user: User, nodes: Sequence[tuple[ExpectedResult, Sequence[Indicator]]]) -> Desk:
    """The desk of a programme for a person, in three queries beyond those of their rights."""
    coverage = _coverage(programme)
    by_figures = _warnings_of_figures(programme)
    may_edit = user.has_perm("indicators.change_indicator")
    indicators = {}
    for _result, listed in nodes:
        for indicator in listed:
            reported, expected = coverage.get(indicator.pk, (0, 0))
            indicators[indicator.pk] = DeskOfIndicator(
                reverse("admin:indicators_indicator_change", args=[indicator.pk]) if may_edit else "",
                reported,
                expected,
                [*_warnings_of_name(indicator), *by_figures.get(indicator.pk, [])],
            )
    may_add = user.has_perm("indicators.add_expectedresult")
    return Desk(
        _results(user, [result for result, _listed in nodes], _numbers(programme)),
        indicators,
        _adding("expectedresult", programme=programme.pk, level=Level.ULTIMATE) if may_add else "",
    )


def _adding(model: str, **given: object) -> str:
    return f"{reverse(f'admin:indicators_{model}_add')}?{urlencode(given)}"


def _numbers(programme: Programme) -> dict[int, int]:
    """How many indicators measure each expected result, public or not."""
    return dict(
        programme.expected_results.filter(indicators__isnull=False)
        .values_list("pk")
        .annotate(number=Count("indicators"))
        .order_by()
    )


def _results(user: User, results: Sequence[ExpectedResult], numbers: dict[int, int]) -> dict[int, DeskOfResult]:
    may_change = user.has_perm("indicators.change_expectedresult")
    may_add = user.has_perm("indicators.add_expectedresult")
    may_measure = user.has_perm("indicators.add_indicator")
    siblings: dict[int | None, list[int]] = defaultdict(list)
    for result in results:
        siblings[result.parent_id].append(result.pk)
    found = {}
    for result in results:
        beside = siblings[result.parent_id]
        below = BELOW.get(Level(result.level))
        nature = Nature.OUTPUT if result.level == Level.OUTPUT else Nature.OUTCOME
        found[result.pk] = DeskOfResult(
            edit=reverse("admin:indicators_expectedresult_change", args=[result.pk]) if may_change else "",
            add_child=_adding("expectedresult", programme=result.programme_id, parent=result.pk, level=below)
            if may_add and below is not None
            else "",
            add_indicator=_adding("indicator", programme=result.programme_id, expected_result=result.pk, nature=nature)
            if may_measure
            else "",
            may_move=may_change and len(beside) > 1,
            is_first=beside[0] == result.pk,
            is_last=beside[-1] == result.pk,
            warnings=_warnings_of_number(result, numbers.get(result.pk, 0)),
        )
    return found


# --- What ought to be looked at: never refused, since there may be reasons ------------------------------------------


def _warnings_of_number(result: ExpectedResult, number: int) -> list[str]:
    is_output = result.level == Level.OUTPUT
    most = MOST_OF_OUTPUT if is_output else MOST_OF_OUTCOME
    if number > most:
        sentence = ngettext(
            "%(number)s indicator measures it; at most %(most)s are recommended.",
            "%(number)s indicators measure it; at most %(most)s are recommended.",
            number,
        )
        return [sentence % {"number": number, "most": most}]
    if number == 0:
        return [_("No indicator measures this output.") if is_output else _("No indicator measures this outcome.")]
    return []


def _warnings_of_name(indicator: Indicator) -> list[str]:
    words = list(dict.fromkeys(word.lower() for word in not_neutral(indicator.name)))
    if not words:
        return []
    listed = ", ".join(f"« {word} »" if get_language() == "fr" else f"“{word}”" for word in words)
    return [_("Its name says a direction or a target: %(words)s.") % {"words": listed}]


def _warnings_of_figures(programme: Programme) -> dict[int, list[str]]:
    """By indicator: a target without its baseline, and a direction that target and baseline contradict."""
    without: dict[int, int] = defaultdict(int)
    against: set[int] = set()
    for target in (
        Target.objects.current()
        .filter(series__indicator__programme=programme)
        .select_related("series__indicator", "series__baseline")
    ):
        series = target.series
        baseline = getattr(series, "baseline", None)
        if baseline is None:
            without[series.indicator_id] += 1
            continue
        _towards, reason = rules.direction_of(
            declared=Direction(series.indicator.direction),
            baseline=_quantity(baseline),
            target=_quantity(target),
        )
        if reason == Reason.DIRECTION_DIFFERS:
            against.add(series.indicator_id)
    found: dict[int, list[str]] = defaultdict(list)
    for pk, number in without.items():
        sentence = ngettext("%(number)s target has no baseline.", "%(number)s targets have no baseline.", number)
        found[pk].append(sentence % {"number": number})
    for pk in against:
        found[pk].append(_("Its targets lie on the other side of its baseline than its direction says."))
    return found


def _quantity(figure: Figure) -> rules.Quantity | None:
    return None if figure.ratio is None else rules.Quantity(figure.ratio, Qualifier(figure.qualifier))


def _coverage(programme: Programme) -> dict[int, tuple[int, int]]:
    """By indicator: how many figures of the periods that have ended were reported, and how many were expected."""
    rows: Iterable[tuple[int, int, int]] = (
        Result.objects.for_staff()
        .filter(
            Q(period__ends_on__lt=timezone.localdate()),
            programme=programme,
            series__is_expected=True,
            is_not_applicable=False,
        )
        .values_list("indicator")
        .annotate(reported=Count("actual_record"), expected=Count("pk"))
        .order_by()
    )
    return {pk: (reported, expected) for pk, reported, expected in rows}

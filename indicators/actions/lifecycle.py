"""The life of an indicator after its first definition: copied, retired, or replaced by another.

Nothing here moves a figure: what an indicator measured stays under the definition that it was measured by, and where
one indicator follows another the break between them is kept.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import open_change
from indicators.actions.figures import SAID, STATED
from indicators.actions.generate import save_all
from indicators.actions.holding import hold_indicators
from indicators.actions.results import one_refresh, refresh_results
from indicators.actions.series import open_series, save_context
from indicators.models import ExpectedResult, Indicator, Series, Target

#: What a copy does not take over: its own name in addresses, its place and its life.
OWN = frozenset(
    {"id", "version", "slug", "code", "is_public", "headline_rank", "active_from", "active_to", "replaced_by"}
)


def define_indicator(*, indicator: Indicator) -> Series:
    """Save a new indicator and open the series of its total, on which a baseline and targets can stand at once.

    Raises:
        ValidationError: when the indicator breaks a rule; nothing is written.
    """
    with one_refresh():
        save_record(record=indicator)
        return open_series(indicator=indicator, project=indicator.project)


def duplicate_indicator(
    *, indicator: Indicator, code: str, slug: str, with_series: bool = True, with_targets: bool = False
) -> Indicator:
    """Another indicator that is defined alike, kept from the public until somebody has looked at it.

    Args:
        with_series: its series, too, with who reports them; their figures are never copied.
        with_targets: and the targets in force, each as a first target.

    Raises:
        ValidationError: when code or slug are taken, or when targets are asked for without series.
    """
    if with_targets and not with_series:
        raise ValidationError(_("Targets stand in series: copy the series, too."))
    with one_refresh():
        copy = Indicator(code=code, slug=slug, is_public=False, **_columns(indicator))
        save_record(record=copy)
        for relation in ("themes", "goals", "dimensions"):
            getattr(copy, relation).set(getattr(indicator, relation).all())
        if with_series:
            pairs = _copy_series(indicator, copy)
            if with_targets:
                _copy_targets(pairs)
        refresh_results(indicators=[copy])
    return copy


def retire_indicator(*, indicator: Indicator, on: date) -> Indicator:
    """Await nothing more of an indicator after a day; what was reported stays where it is.

    Raises:
        ValidationError: without a reason in the open change, or when it is retired already.
    """
    _ask_for_a_reason(_("Say why the indicator is retired."))
    with transaction.atomic():
        hold_indicators([indicator.pk])
        current = Indicator.objects.get(pk=indicator.pk)
        if current.active_to is not None and current.active_to <= on:
            raise ValidationError(
                _("It is retired already, since %(day)s.") % {"day": current.active_to.isoformat()}, code="retired"
            )
        current.active_to = on
        saved: Indicator = save_context(record=current)
    return saved


def replace_indicator(*, indicator: Indicator, by: Indicator, on: date) -> Indicator:
    """Let another indicator follow this one: the earlier ends on a day, the later starts on the next.

    The figures of both stay apart: neither their totals nor their charts run on over the break.

    Raises:
        ValidationError: without a reason in the open change, when it was replaced already, or when the other belongs
            to another programme or is itself replaced by this one.
    """
    _ask_for_a_reason(_("Say why the indicator is replaced."))
    with one_refresh(), transaction.atomic():
        hold_indicators([indicator.pk, by.pk])
        pair = Indicator.objects.in_bulk([indicator.pk, by.pk])
        earlier, later = pair[indicator.pk], pair[by.pk]
        if earlier == later:
            raise ValidationError(_("An indicator cannot be replaced by itself."))
        if earlier.programme_id != later.programme_id:
            raise ValidationError(_("Only an indicator of the same programme can take its place."))
        if earlier.replaced_by_id is not None:
            raise ValidationError(
                _("It was replaced by %(other)s already.") % {"other": earlier.replaced_by}, code="replaced"
            )
        if earlier in _successors(later):
            raise ValidationError(_("That one was itself replaced by this one: the two would follow each other."))
        earlier.active_to, earlier.replaced_by = on, later
        if later.active_from is None:
            later.active_from = on + timedelta(days=1)
            save_context(record=later)
        saved: Indicator = save_context(record=earlier)
    return saved


def _columns(indicator: Indicator) -> Mapping[str, Any]:
    fields = (field for field in indicator._meta.concrete_fields if field.name not in OWN)
    return {field.attname: getattr(indicator, field.attname) for field in fields}


def _copy_series(indicator: Indicator, copy: Indicator) -> list[tuple[Series, Series]]:
    """Each series of an indicator with its copy."""
    scope = ("project_id", "country_id", "partner_id", "forum_id", "breakdown_id", "reporter_id", "is_expected")
    old = list(indicator.series.order_by("pk"))
    new = [Series(indicator=copy, **{name: getattr(series, name) for name in scope}) for series in old]
    save_all(new)
    return list(zip(old, new, strict=True))


def _copy_targets(pairs: list[tuple[Series, Series]]) -> None:
    copies = {old.pk: new for old, new in pairs}
    said = (*STATED, *SAID, "basis", "valid_from")
    save_all(
        [
            Target(
                series=copies[target.series_id],
                period=target.period,
                **{name: getattr(target, name) for name in said},
            )
            for target in Target.objects.current().filter(series__in=copies).select_related("period").order_by("pk")
        ]
    )


def _successors(indicator: Indicator) -> list[Indicator]:
    """What took an indicator's place, one after the other."""
    found: list[Indicator] = []
    following = indicator.replaced_by
    while following is not None and following not in found:
        found.append(following)
        following = following.replaced_by
    return found


def _ask_for_a_reason(sentence: str) -> None:
    change = open_change()
    if change is not None and not change.reason.strip():
        raise ValidationError(sentence)


def move_result(*, result: ExpectedResult, is_up: bool) -> bool:
    """Let an expected result change places with the one beside it under the same parent; gives whether it moved.

    The places of the whole programme follow the tree from the top, so that the measurement framework reads in the order
    of the logic model.
    """
    with transaction.atomic():
        nodes = list(
            ExpectedResult.objects.select_for_update(of=("self",))
            .filter(programme=result.programme_id)
            .order_by("order", "code")
        )
        siblings = [node for node in nodes if node.parent_id == result.parent_id]
        place = siblings.index(result)
        other = place + (-1 if is_up else 1)
        if not 0 <= other < len(siblings):
            return False
        siblings[place], siblings[other] = siblings[other], siblings[place]
        moved = []
        for order, node in enumerate(_from_the_top(nodes, result.parent_id, siblings), start=1):
            if node.order != order:
                node.order = order
                moved.append(node)
        save_all(moved)
    return True


def _from_the_top(
    nodes: Sequence[ExpectedResult], parent: int | None, siblings: Sequence[ExpectedResult]
) -> Iterator[ExpectedResult]:
    """Every node before those that lead to it; ``siblings`` in their new order below ``parent``."""
    below: dict[int | None, list[ExpectedResult]] = defaultdict(list)
    for node in nodes:
        below[node.parent_id].append(node)
    below[parent] = list(siblings)
    waiting = list(reversed(below[None]))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(below[node.pk])

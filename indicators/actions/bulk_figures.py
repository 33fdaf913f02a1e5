"""Writing many baselines, targets or actuals at once, with the rules that each alone would have: the door of imports.

An import writes actuals in two ways. What a published source states is written by whoever may write actuals. Any other
actual is an approval: it takes somebody who reviews or corrects figures, and a reason; everybody else proposes figures
in reports. A target that says something else than the one in force is a revision of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.bulk import StaleRecords, batches, check_many, save_many
from accounts.actions.removal import remove_many
from accounts.models import Record, User, open_change
from indicators.actions.access import CORRECT, REVIEW, UNATTENDED, check_correction
from indicators.actions.figures import STATED, keep_first_value
from indicators.actions.holding import hold_given
from indicators.actions.results import refresh_results
from indicators.choices import PeriodState, Route
from indicators.models import Actual, Figure, Series, Target


def complete_figures(records: Sequence[Any], *, by: User | None) -> None:
    """Say of actuals how they came in and who approves them, where the caller did not."""
    before = _stored(records)
    for record in records:
        if not isinstance(record, Actual):
            continue
        record.route = record.route or Route.IMPORT
        old = before.get(record.pk)
        if record.route == Route.PUBLISHED_SOURCE:
            record.approved_at, record.approved_by = None, None
        elif record.approved_at is None or (
            old is not None and _says_otherwise(record, old) and record.approved_at == old.approved_at
        ):
            record.approved_at, record.approved_by = timezone.now(), by


def check_figures(records: Sequence[Any], *, by: User | None) -> dict[int, ValidationError]:
    """What is wrong with each figure, by place: the rules of its kind, and what ``by`` may write (None: everything).

    The series with its indicator, and the period, must be given as objects.
    """
    found = check_many(records)
    before = _stored(records)
    for place, record in enumerate(records):
        if place in found:
            continue
        error = None
        old = before.get(record.pk)
        if isinstance(record, Actual):
            error = _may_not(record, old, by)
        elif isinstance(record, Target) and old is not None and _says_otherwise(record, old):
            error = _is_no_revision(record, old)
        if error is not None:
            found[place] = error
    return found


def save_figures(records: Sequence[Any]) -> None:
    """Save checked figures of one kind, new and altered, inside an open change, and make the results anew.

    An actual that everybody saw keeps its first value. A target that says otherwise becomes a revision.

    Raises:
        StaleRecords: when the database holds another version of one of them.
        PermissionDenied, ValidationError: when a closed period is corrected without the right to, or without a reason.
    """
    if not records:
        return
    if not isinstance(records[0], Figure):
        raise TypeError(f"{type(records[0]).__name__} is not a baseline, a target or an actual.")
    with transaction.atomic():
        if isinstance(records[0], Actual):
            hold_given([record.period for record in records])
        before = _stored(records, lock=True)
        touched = _indicators([*records, *before.values()])
        if isinstance(records[0], Actual):
            _settle(records, before)
        if isinstance(records[0], Target):
            _save_targets(records, before)
        else:
            save_many(records)
        refresh_results(indicators=touched)


def restore_figures(records: Sequence[Any]) -> None:
    """Save figures as they once were, inside an open change: no revision comes of it.

    Raises:
        As :func:`save_figures`.
    """
    if not records:
        return
    with transaction.atomic():
        if isinstance(records[0], Actual):
            hold_given([record.period for record in records])
        before = _stored(records, lock=True)
        touched = _indicators([*records, *before.values()])
        if isinstance(records[0], Actual):
            _settle(records, before)
        save_many(records)
        refresh_results(indicators=touched)


def remove_figures(records: Sequence[Any]) -> None:
    """Delete figures of one kind, inside an open change; their history stays. Nothing may rest on them.

    Raises:
        PermissionDenied, ValidationError: as :func:`save_figures`.
    """
    if not records:
        return
    with transaction.atomic():
        if isinstance(records[0], Actual):
            hold_given([record.period for record in records])
            _settle(records, _stored(records))
        touched = _indicators(records)
        remove_many(records)
        refresh_results(indicators=touched)


def _says_otherwise(record: Any, old: Any) -> bool:
    return any(getattr(record, name) != getattr(old, name) for name in STATED)


def _stored(records: Sequence[Any], *, lock: bool = False) -> dict[int, Any]:
    """The records as the database has them, with what the rules ask of them."""
    found: dict[int, Any] = {}
    for keys in batches(sorted(record.pk for record in records if record.pk is not None)):
        model = type(records[0])
        rows = model._base_manager.filter(pk__in=keys).select_related("series__indicator__programme")
        if model is Actual:
            rows = rows.select_related("period").prefetch_related("results")
        if lock:
            rows = rows.order_by("pk").select_for_update(of=("self",))
        found |= {row.pk: row for row in rows}
    return found


def _indicators(records: Sequence[Any]) -> set[int]:
    series = sorted({record.series_id for record in records})
    return {
        pk
        for keys in batches(series)
        for pk in Series.objects.filter(pk__in=keys).values_list("indicator", flat=True).distinct()
    }


def _may_not(record: Actual, old: Actual | None, by: User | None) -> ValidationError | None:
    if by is None:
        return None
    is_closed = record.period.state == PeriodState.PUBLISHED or (
        record.period.state == PeriodState.LOCKED and old is not None
    )
    if is_closed and not by.has_perm(CORRECT):
        return ValidationError(
            {"period": _("The period is closed: a monitoring specialist corrects its figures, with a reason.")}
        )
    if _is_approval(record, old) and not (by.has_perm(REVIEW) or by.has_perm(CORRECT)):
        return ValidationError(
            _(
                "This figure is approved from a report: enter it in the project's report, or ask a monitoring specialist."
            )
        )
    return None


def _is_approval(record: Actual, old: Actual | None) -> bool:
    return record.route != Route.PUBLISHED_SOURCE or (old is not None and old.route != Route.PUBLISHED_SOURCE)


def _is_no_revision(record: Target, old: Target) -> ValidationError | None:
    if not old.is_current:
        return ValidationError(_("This target was replaced already: revise the one in force."))
    errors = {}
    if not record.reason.strip() or record.reason == old.reason:
        errors["reason"] = _("This changes a target that is in force: say why it is revised.")
    if record.valid_from is None or record.valid_from == old.valid_from:
        errors["valid_from"] = _("Say from which day the revised target counts.")
    return ValidationError(errors) if errors else None


def _settle(records: Sequence[Actual], before: Mapping[int, Actual]) -> None:
    change = open_change()
    for record in records:
        old = before.get(record.pk)
        check_correction(record.period, is_first=old is None)
        if change is not None and change.door not in UNATTENDED and _is_approval(record, old):
            by = change.made_by
            if by is None or not (by.has_perm(REVIEW) or by.has_perm(CORRECT)):
                raise PermissionDenied(_("Monitoring specialists approve what is reported: your account may not."))
            if not change.reason.strip():
                raise ValidationError(
                    _("These figures are approved by the import: say why, for example where they come from.")
                )
        if old is not None:
            keep_first_value(record, old)


def _save_targets(records: Sequence[Target], before: Mapping[int, Target]) -> None:
    revised = [record for record in records if record.pk in before and _says_otherwise(record, before[record.pk])]
    keys = {id(record) for record in revised}
    save_many([record for record in records if id(record) not in keys])
    if not revised:
        return
    stale: dict[int, Record] = {
        record.pk: before[record.pk] for record in revised if before[record.pk].version != record.version
    }
    if stale:
        raise StaleRecords(stale)
    latest: dict[tuple[int, int], int] = {}
    for series in batches(sorted({record.series_id for record in revised})):
        rows = Target.objects.filter(series__in=series).values("series", "period").annotate(latest=Max("revision"))
        latest |= {(row["series"], row["period"]): row["latest"] for row in rows.order_by()}
    old = [before[record.pk] for record in revised]
    for each in old:
        each.is_current = False
    save_many(old)
    made = []
    for record, replaced in zip(revised, old, strict=True):
        fields = {
            field.attname: getattr(record, field.attname)
            for field in Target._meta.concrete_fields
            if field.attname not in ("id", "version", "replaces_id", "revision", "is_current")
        }
        number = latest[record.series_id, record.period_id] + 1
        made.append(Target(**fields, replaces=replaced, revision=number, is_current=True))
    save_many(made)

"""Taking back an import as a whole, from the history that it wrote."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.apps import apps
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actions import change
from accounts.actions.bulk import batches
from accounts.actions.imports import Refused, refusals, require, require_own, wait_for_turn
from accounts.actions.removal import dependants
from accounts.choices import Door, ImportState
from accounts.models import Change, Import, Record, User

#: Records that a refusal names.
NAMED = 10


class Restorer(Protocol):
    """What taking back asks of whoever knows the records; ``accounts.resources.Writer`` has it all."""

    @property
    def permissions(self) -> Sequence[str]: ...

    def writing(self) -> AbstractContextManager[None]:
        """Around everything that is written."""

    def hold(self, keys: Mapping[Any, Collection[int]]) -> None:
        """Keep other writers of these records, by model, waiting until the transaction ends."""

    def restore(self, records: Sequence[Any]) -> None:
        """Save records of one model as they were: altered ones, and deleted ones that come back."""

    def remove(self, records: Sequence[Any]) -> None:
        """Delete records of one model, on which nothing rests."""

    def touch(self, records: Sequence[Any]) -> None:
        """The many-to-many links of these records changed."""


@dataclass
class Traces:
    """What one change did to the records of one model.

    Attributes:
        created: primary keys of new records.
        changed, deleted: the row of history to go back to, by primary key.
    """

    model: Any
    last: dict[int, int] = field(default_factory=dict)
    created: list[int] = field(default_factory=list)
    changed: dict[int, Any] = field(default_factory=dict)
    deleted: dict[int, Any] = field(default_factory=dict)


def undo(*, record: Import, resource: Restorer, by: User, reason: str) -> Import:
    """Take back an import as a whole: what it created is deleted, what it changed or deleted is as before.

    Its history stays, and the taking back is a change of its own.

    Raises:
        PermissionDenied: when the person may not import this kind, or neither sent the file nor oversees imports.
        Refused: when somebody saved one of the records since, when something rests on a created one, when the import
            is not applied, or without a reason. Nothing is written then.
    """
    require(by, resource)
    require_own(by, record)
    if not reason.strip():
        raise Refused(_("Say why the import is taken back."))
    with refusals(), change(door=Door.IMPORT, by=by, reason=reason.strip()) as made:
        wait_for_turn()
        current = Import.objects.select_for_update().get(pk=record.pk)
        if current.state != ImportState.APPLIED or current.change is None:
            raise Refused(_("This import is not applied: there is nothing to take back."))
        traces = [each for each in _traces(current.change) if each.last]
        # Before it is asked who saved one of them since: nobody saves one between the question and the taking back.
        resource.hold({trace.model: list(trace.last) for trace in traces})
        _refuse_later_saves(traces)
        _refuse_dependants(traces)
        with resource.writing():
            # What is made later points to what is made earlier: first out, last in.
            for trace in reversed(traces):
                for some in batches(trace.created):
                    resource.remove(list(trace.model._base_manager.filter(pk__in=some)))
            for trace in traces:
                for some in batches(list(trace.deleted.items())):
                    resource.restore([_as_it_was(trace.model, row, None) for _pk, row in some])
                for keys in batches(list(trace.changed)):
                    stored = trace.model._base_manager.in_bulk(keys)
                    resource.restore([_as_it_was(trace.model, trace.changed[pk], stored[pk]) for pk in keys])
            _restore_links(current, resource, {trace.model._meta.label_lower: trace for trace in traces})
        current.state, current.undone_by = ImportState.UNDONE, made
        current.save(update_fields=["state", "undone_by"])
    return current


def _traces(of: Change) -> Iterator[Traces]:
    """What the change did, model by model, in the order in which models point to each other."""
    for model in apps.get_models():
        if not issubclass(model, Record):
            continue
        trace, history = Traces(model), model.history.model
        first: dict[int, tuple[int, str]] = {}
        last: dict[int, str] = {}
        for number, pk, kind in (
            history.objects.filter(change=of).order_by("history_id").values_list("history_id", "id", "history_type")
        ):
            first.setdefault(pk, (number, kind))
            trace.last[pk], last[pk] = number, kind
        trace.created = [pk for pk, (_n, kind) in first.items() if kind == "+" and last[pk] != "-"]
        wanted = [pk for pk, (_n, kind) in first.items() if kind != "+"]
        for keys in batches(wanted):
            for pk, row in _rows_before(history, {pk: first[pk][0] for pk in keys}).items():
                (trace.deleted if last[pk] == "-" else trace.changed)[pk] = row
        if len(trace.changed) + len(trace.deleted) < len(wanted):
            raise Refused(_("Some records have no earlier history to go back to: correct them by hand."))
        yield trace


def _rows_before(history: Any, first: dict[int, int]) -> dict[int, Any]:
    """The last row of history of each record before its row with this number."""
    found: dict[int, Any] = {}
    for row in history.objects.filter(id__in=first, history_id__lt=max(first.values())).order_by("history_id"):
        if row.history_id < first[row.id]:
            found[row.id] = row
    return found


def _refuse_later_saves(traces: Sequence[Traces]) -> None:
    named: list[str] = []
    for trace in traces:
        history = trace.model.history.model
        for keys in batches(list(trace.last)):
            latest = history.objects.filter(id__in=keys).order_by().values("id").annotate(latest=Max("history_id"))
            later = [row["latest"] for row in latest if row["latest"] != trace.last[row["id"]]]
            for row in history.objects.filter(history_id__in=later).select_related("change__made_by")[:NAMED]:
                named.append(_who_and_when(row))
    if named:
        raise Refused(
            _("Some of its records were saved since, so it cannot be taken back as a whole: %(names)s.")
            % {"names": "; ".join(named[:NAMED])}
        )


def _who_and_when(row: Any) -> str:
    return _("%(record)s (%(who)s, %(when)s)") % {
        "record": row.instance,
        "who": row.change.made_by or row.change.get_door_display(),
        "when": date_format(timezone.localtime(row.history_date), "SHORT_DATETIME_FORMAT"),
    }


def _refuse_dependants(traces: Sequence[Traces]) -> None:
    spared = {trace.model: set(trace.last) for trace in traces}
    named: list[Any] = []
    for trace in traces:
        named += dependants(trace.model, trace.created, spared=spared, most=NAMED - len(named))
    if named:
        raise Refused(
            _("Other records rest on what it brought, so it cannot be taken back: %(names)s.")
            % {"names": "; ".join(f"{each._meta.verbose_name} {each}" for each in named)}
        )


def _as_it_was(model: Any, row: Any, stored: Any) -> Any:
    """The record as a row of history tells it: over the stored one, or anew."""
    values = {each.attname: getattr(row, each.attname) for each in row.tracked_fields}
    if stored is None:
        return model(**{**values, "version": row.version + 1})
    for name, value in values.items():
        if name not in ("id", "version"):
            setattr(stored, name, value)
    return stored


def _restore_links(current: Import, resource: Restorer, traces: dict[str, Traces]) -> None:
    """Links have no history: the import itself kept those that it changed."""
    for label, before in current.options.get("links", {}).items():
        trace = traces.get(label)
        records = {} if trace is None else trace.model._base_manager.in_bulk([int(pk) for pk in before])
        for pk, links in before.items():
            for name, keys in links.items():
                if int(pk) in records:
                    getattr(records[int(pk)], name).set(keys)
        resource.touch(list(records.values()))

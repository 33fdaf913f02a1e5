"""Which entries a change may have altered: from the records that it wrote to those that are found by them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

from django.db.models import Q

from accounts.following import Written
from forums.models import Forum
from indicators.models import Actual, Baseline, ExpectedResult, Goal, Indicator, ReportingPeriod, Target
from library.models import Citation, Document, Finding, Publication
from partners.models import Country, Partner, PartnerAlias
from projects.models import (
    Activity,
    Area,
    Deliverable,
    Objective,
    Programme,
    Project,
    ProjectTheme,
    Sector,
    Theme,
    WorkPlan,
)
from search.actions.told import MAKERS
from search.choices import Kind

#: Primary keys of records by kind of entry; None for all of them.
Touched = dict[Kind, set[int] | None]

#: Kinds of record that entries are of.
OWN: Final[dict[type[Any], Kind]] = {
    Programme: Kind.PROGRAMME,
    Indicator: Kind.INDICATOR,
    ExpectedResult: Kind.RESULT,
    Project: Kind.PROJECT,
    Partner: Kind.PARTNER,
    Country: Kind.COUNTRY,
    Theme: Kind.THEME,
    Forum: Kind.FORUM,
    Publication: Kind.PUBLICATION,
    Finding: Kind.FINDING,
    WorkPlan: Kind.WORK_PLAN,
    Area: Kind.AREA,
    Objective: Kind.OBJECTIVE,
    Activity: Kind.ACTIVITY,
    Deliverable: Kind.DELIVERABLE,
    Document: Kind.SOURCE,
    Goal: Kind.GOAL,
}
PARTS_OF_AREAS: Final = (Kind.OBJECTIVE, Kind.ACTIVITY, Kind.DELIVERABLE)
#: What an entry says of other records than its own: the look-up from its record to them.
NAMED: Final[dict[type[Any], tuple[tuple[Kind, str], ...]]] = {
    Project: ((Kind.INDICATOR, "project"), (Kind.FINDING, "project")),
    Theme: ((Kind.FINDING, "theme"),),
    Forum: ((Kind.FINDING, "forum"),),
    Sector: ((Kind.PROJECT, "sectors"),),
    WorkPlan: ((Kind.AREA, "work_plan"), *((kind, "area__work_plan") for kind in PARTS_OF_AREAS)),
    Area: tuple((kind, "area") for kind in PARTS_OF_AREAS),
    Programme: tuple((kind, maker.programme) for kind, maker in MAKERS.items() if maker.programme),
}
#: Parts of a record, by the fields that lead to it. A part that was deleted, or given to another record, is found in
#: its history: so is the record that it was of.
PARTS: Final[dict[type[Any], tuple[Kind, tuple[str, ...]]]] = {
    ProjectTheme: (Kind.PROJECT, ("project",)),
    PartnerAlias: (Kind.PARTNER, ("partner",)),
    Citation: (Kind.SOURCE, ("document",)),
}
#: Whether the public sees anything that a source states hangs on these; sources are few.
OPENING: Final = (Indicator, Partner, Programme, ReportingPeriod)
FIGURES: Final = (Baseline, Target, Actual)
#: More keys than these are not written into a question.
MANY: Final = 500


def touched_by(written: Written) -> Touched:
    """The entries that may differ after these records were added, altered or deleted."""
    touched: Touched = defaultdict(set)

    def add(kind: Kind, keys: Iterable[int] | None) -> None:
        known = touched[kind]
        touched[kind] = None if keys is None or known is None else known | set(keys)

    for model, keys in written.items():
        if model in OWN:
            add(OWN[model], keys)
        for kind, name in NAMED.get(model, ()):
            add(kind, _naming(kind, name, keys))
        if model in PARTS:
            kind, names = PARTS[model]
            add(kind, _wholes(model, names, keys))
        if model in OPENING:
            add(Kind.SOURCE, None)
    figures = {model: written[model] for model in FIGURES if written.get(model)}
    if figures and touched.get(Kind.SOURCE, set()) is not None:
        add(Kind.SOURCE, _sources_of(figures))
    return touched


def _naming(kind: Kind, name: str, keys: Collection[int]) -> set[int] | None:
    if len(keys) > MANY:
        return None
    model = next(model for model, own in OWN.items() if own == kind)
    return set(model._base_manager.filter(**{f"{name}__in": keys}).values_list("pk", flat=True))


def _wholes(model: Any, names: tuple[str, ...], keys: Collection[int]) -> set[int] | None:
    """The records that these are or were parts of."""
    for name in names:
        if len(keys) > MANY:
            return None
        found = set(model._base_manager.filter(pk__in=keys).values_list(f"{name}_id", flat=True))
        # What is deleted stands in its history alone, and so does what a part belonged to before.
        keys = found | set(model.history.filter(id__in=keys).order_by().values_list(f"{name}_id", flat=True))
        model = model._meta.get_field(name).related_model
    return set(keys)


def _sources_of(figures: dict[type[Any], set[int]]) -> set[int] | None:
    """The sources that state something of the same indicators: what is withheld of one figure may hang on another."""
    if sum(map(len, figures.values())) > MANY:
        return None
    of_figures = Q()
    for model, keys in figures.items():
        of_figures |= Q(pk__in=model._base_manager.filter(pk__in=keys).values("series__indicator"))
    indicators = list(Indicator.objects.filter(of_figures).values_list("pk", flat=True))
    # Each by its own index, which one condition on all three would not use.
    of_baselines, *of_others = (
        Citation.objects.filter(**{f"{name}__series__indicator__in": indicators}).order_by().values_list("document")
        for name in ("baseline", "target", "actual")
    )
    return {document for (document,) in of_baselines.union(*of_others)}

"""The figures of one indicator on its page of the administration: series down, periods across."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, OrderBy, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.folding import bytewise
from accounts.forms import in_digits, is_key
from indicators.choices import OPEN_SUBMISSION_STATES, Measure, PeriodKind, PeriodState, Status
from indicators.models import (
    Actual,
    Baseline,
    Evidence,
    Figure,
    Indicator,
    ReportingPeriod,
    Result,
    Series,
    Submission,
    Target,
)
from library.models import Citation, Discrepancy

#: Lines of one page of the table, and periods beside each other: the latest.
MOST_LINES = 25
MOST_PERIODS = 6
#: Citations, pieces of evidence, discrepancies and changes that are named; their lists have the rest.
MOST_NAMED = 10


def stated(figure: Figure | None) -> str:
    """A figure in few characters: 54, 110/200, 43 %, the first words of a text; empty for none."""
    if figure is None:
        return ""
    if figure.is_not_applicable:
        return _("n/a")
    if figure.share is not None:
        return f"{in_digits(figure.share)} %"
    if figure.numerator is not None and figure.denominator is not None:
        return f"{in_digits(figure.numerator)}/{in_digits(figure.denominator)}"
    if figure.value is not None:
        unit = " %" if figure.series.indicator.measure == Measure.PERCENTAGE else ""
        qualifier = "" if figure.qualifier == "exact" else f"{figure.get_qualifier_display()} "
        return f"{qualifier}{in_digits(figure.value)}{unit}"
    text = str(figure.text)
    return text if len(text) <= 60 else f"{text[:57]}…"


@dataclass
class Cell:
    """One series in one period.

    Attributes:
        earlier: the targets that the one in force replaced, the first one first.
        kept: primary key of the target that the published report keeps, where another is in force now.
        proposal: the submission in progress, which the public does not see.
        is_withheld: public pages show no value, because it is about too few people.
    """

    target: Target | None = None
    earlier: list[Target] = field(default_factory=list)
    actual: Actual | None = None
    proposal: Submission | None = None
    status: str = ""
    kept: int | None = None
    is_withheld: bool = False
    is_incomplete: bool = False

    @property
    def is_empty(self) -> bool:
        return self.target is None and self.actual is None and self.proposal is None and not self.status

    @property
    def status_label(self) -> Any:
        return Status(self.status).label if self.status else ""

    @property
    def stated_target(self) -> str:
        return stated(self.target)

    @property
    def stated_earlier(self) -> list[tuple[Target, str]]:
        return [(target, stated(target)) for target in self.earlier]

    @property
    def stated_actual(self) -> str:
        return stated(self.actual)

    @property
    def stated_proposal(self) -> str:
        if self.proposal is None:
            return ""
        return _("not yet") if self.proposal.is_not_yet else stated(self.proposal)


@dataclass
class Line:
    series: Series
    baseline: Baseline | None
    cells: list[Cell]

    @property
    def label(self) -> str:
        """Its scope by codes and short names, then its breakdown."""
        series = self.series
        parts = [
            series.project and series.project.code,
            series.country and series.country.name,
            series.partner and series.partner.short_name,
            series.forum and str(series.forum),
            series.breakdown.key,
        ]
        return " · ".join(str(part) for part in parts if part) or _("whole programme")

    @property
    def stated_baseline(self) -> str:
        return stated(self.baseline)


@dataclass
class IndicatorSheet:
    """All that the page shows beside the form, in a number of queries that does not depend on how much there is."""

    page: Page
    lines: list[Line]
    periods: Sequence[ReportingPeriod]
    number_of_earlier_periods: int
    citations: Sequence[Citation]
    number_of_citations: int
    evidence: Sequence[Evidence]
    discrepancies: Sequence[Discrepancy]
    history: Sequence[Any]


def sheet_of(indicator: Indicator, asked_page: str = "") -> IndicatorSheet:
    """The sheet of an indicator; ``asked_page`` is the number of a page of its series, anything else the first."""
    ordered = (
        indicator.series.with_scope()
        .select_related("breakdown")
        .order_by(
            # The widest scope first; the databases disagree on where an empty one stands.
            *(
                OrderBy(bytewise(part), nulls_first=True)
                for part in ("project__code", "country__code", "partner__slug")
            ),
            OrderBy(F("forum__number"), nulls_first=True),
            "breakdown__key",
            "pk",
        )
    )
    page = Paginator(ordered, MOST_LINES).get_page(asked_page if is_key(asked_page) else 1)
    series = list(page.object_list)
    for each in series:
        each.indicator = indicator
    known = list(ReportingPeriod.objects.filter(programme=indicator.programme_id).order_by("ends_on", "starts_on"))
    whole = [period for period in known if period.kind == PeriodKind.WHOLE]
    others = [period for period in known if period.kind != PeriodKind.WHOLE]
    today = timezone.localdate()
    # The latest that have begun, with one to come; the whole programme last, where its final targets stand.
    begun = [period for period in others if period.starts_on <= today]
    near = others[: len(begun) + 1]
    shown = [*near[-MOST_PERIODS:], *whole]
    cites = Q()
    for kind in ("actual", "target", "baseline"):
        cites |= Q(**{f"{kind}__series__indicator": indicator})
    citations = Citation.objects.filter(cites)
    return IndicatorSheet(
        page=page,
        lines=_lines(series, shown),
        periods=shown,
        number_of_earlier_periods=max(0, len(near) - MOST_PERIODS),
        citations=list(citations.with_subjects().order_by("document__order", "order", bytewise("code"))[:MOST_NAMED]),
        number_of_citations=citations.count(),
        evidence=list(
            Evidence.objects.filter(submission__series__indicator=indicator)
            .select_related("submission__period", "submission__series__project")
            .order_by("-pk")[:MOST_NAMED]
        ),
        discrepancies=list(
            Discrepancy.objects.filter(
                Q(pk__in=Discrepancy.objects.filter(actuals__series__indicator=indicator).values("pk"))
                | Q(pk__in=Discrepancy.objects.filter(citations__in=citations).values("pk"))
            ).order_by("settlement", "code")[:MOST_NAMED]
        ),
        history=indicator.history.select_related("change__made_by")[:MOST_NAMED],
    )


def _lines(series: Sequence[Series], periods: Sequence[ReportingPeriod]) -> list[Line]:
    by_pk = {each.pk: each for each in series}
    of_shown = {"series__in": by_pk, "period__in": list(periods)}
    cells: dict[tuple[int, int], Cell] = defaultdict(Cell)

    def cell_of(record: Any) -> Cell:
        # The figure is read without its series, which is at hand.
        if not isinstance(record, Result):
            record.series = by_pk[record.series_id]
        return cells[record.series_id, record.period_id]

    for target in Target.objects.filter(**of_shown).order_by("revision"):
        cell = cell_of(target)
        if target.is_current:
            cell.target = target
        else:
            cell.earlier.append(target)
    for actual in Actual.objects.filter(**of_shown):
        cell_of(actual).actual = actual
    for proposal in Submission.objects.filter(**of_shown, state__in=OPEN_SUBMISSION_STATES):
        cell_of(proposal).proposal = proposal
    for row in Result.objects.for_staff().filter(**of_shown).select_related("period").on(timezone.localdate()):
        cell = cell_of(row)
        if row.period.state == PeriodState.PUBLISHED and any(row.target_record_id == each.pk for each in cell.earlier):
            cell.kept = row.target_record_id
        cell.status, cell.is_withheld, cell.is_incomplete = row.status_today, row.is_suppressed, row.is_incomplete
    baselines = {each.series_id: each for each in Baseline.objects.filter(series__in=by_pk)}
    for baseline in baselines.values():
        baseline.series = by_pk[baseline.series_id]
    return [Line(each, baselines.get(each.pk), [cells[each.pk, period.pk] for period in periods]) for each in series]

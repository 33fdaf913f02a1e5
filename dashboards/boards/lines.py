"""The figures of a project as lines: one for each indicator, scope and part, with its values over the periods.

One query for the stored results, one for the indicators, one for what is proposed. Rows are read as plain tuples: an
instance of the model for each of fifty indicators in eight periods would take longer than all the rest.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import Promise

from accounts.models import User
from epe_ap.templatetags.figures import amount, percent, qualifier
from indicators.choices import Measure, PeriodKind, PeriodState, Status, SubmissionState
from indicators.models import ExpectedResult, Indicator, ReportingPeriod, Result, Submission
from indicators.querysets import Sight
from indicators.tables import Names, reader_language, unit_beside
from projects.demonstrations import query_of
from projects.models import Project

WOMEN, MEN = "sex=women", "sex=men"


class Row(NamedTuple):
    """A stored result of the project, as it is read."""

    indicator: int
    period: int
    series: int | None
    reporter: int | None
    is_expected: bool | None
    country: int | None
    partner: int | None
    forum: int | None
    breakdown: str
    is_public: bool
    actual_record: int | None
    actual: Decimal | None
    to_date: Decimal | None
    target: Decimal | None
    target_qualifier: str
    target_final: Decimal | None
    baseline: Decimal | None
    share: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    qualifier: str
    is_not_applicable: bool
    achievement: Decimal | None
    progress: Decimal | None
    status: str
    status_final: str
    is_suppressed: bool
    origin: str
    country_name: str | None
    partner_name: str | None
    partner_acronym: str | None
    partner_is_public: bool | None
    forum_number: int | None
    text: str | None
    #: Of a series that the person sees before anything of it is published.
    is_mine: bool

    @property
    def has_actual(self) -> bool:
        return self.actual_record is not None or self.actual is not None

    @property
    def strand(self) -> "Strand":
        return Strand(self.indicator, self.country, self.partner, self.forum, self.breakdown)


class Strand(NamedTuple):
    """What the rows of one line have in common."""

    indicator: int
    country: int | None
    partner: int | None
    forum: int | None
    breakdown: str


@dataclass(frozen=True)
class Proposal:
    """A figure that was not approved yet, of a series that the person sees."""

    period: str
    state: str
    label: str | Promise
    figure: str


class Point(NamedTuple):
    """What a line says of one period."""

    period: ReportingPeriod
    actual: Decimal | None
    target: Decimal | None
    is_open: bool


@dataclass
class Line:
    """A figure of the dashboard: the latest period that says something, with the earlier ones behind it.

    Its attributes are those that the components of figures ask for.
    """

    indicator: Indicator
    row: Row
    period: ReportingPeriod
    #: Approved, and not published yet: only those who report it see it.
    is_open: bool
    is_demonstration: bool
    breakdown_label: str = ""
    women: "Line | None" = None
    men: "Line | None" = None
    points: list[Point] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        # Never reached for what __init__ sets; a copy or a pickle asks before that.
        if name == "row":
            raise AttributeError(name)
        return getattr(self.row, name)

    @property
    def measure(self) -> str:
        return self.indicator.measure

    @property
    def currency(self) -> str:
        return self.indicator.currency

    @property
    def unit(self) -> str:
        singular = self.indicator.unit_singular
        return singular if singular and self.row.actual == 1 else unit_beside(self.indicator)

    @property
    def text(self) -> str:
        return "" if self.row.is_suppressed else self.row.text or ""

    @property
    def get_status_display(self) -> str | Promise:
        return Status(self.row.status).label

    @property
    def has_target(self) -> bool:
        return self.row.target is not None or self.row.target_final is not None

    @property
    def ratio(self) -> Decimal | None:
        """Percent of the way: progress where there is a baseline, else achievement."""
        return self.row.progress if self.row.progress is not None else self.row.achievement

    @property
    def scope_label(self) -> str:
        """Partner, forum and country, as far as they are set and may be named."""
        row = self.row
        partner = (
            (row.partner_acronym or row.partner_name)
            if row.partner_is_public or row.is_mine or self.is_demonstration
            else None
        )
        forum = None if row.forum_number is None else f"#{row.forum_number}"
        return " · ".join(part for part in (partner, forum, row.country_name) if part)

    @property
    def label(self) -> str:
        """Its name with its scope and part, where it has any."""
        return " · ".join(part for part in (self.indicator.name, self.scope_label, self.breakdown_label) if part)

    @property
    def url(self) -> str:
        if not self.indicator.is_public:
            return ""
        return f"{self.indicator.get_absolute_url()}{query_of(self.indicator.programme)}"

    @property
    def women_share(self) -> Decimal | None:
        """Percent of women, as stated or computed from two counts."""
        women = self.women
        if women is None:
            return None
        if women.row.share is not None:
            return women.row.share
        if self.measure != Measure.COUNT or women.row.actual is None or not self.row.actual:
            return None
        return 100 * women.row.actual / self.row.actual

    @property
    def figure(self) -> str:
        """Its actual in plain text."""
        if self.row.actual is None:
            return percent(self.row.share)
        return f"{qualifier(self.row.qualifier)} {amount(self)}".strip()


@dataclass
class Lines:
    """The lines of a project, by expected result, and the rows that they were made of."""

    groups: list[tuple[ExpectedResult | None, list[Line]]]
    rows: list[Row]
    #: Rows whose figure the public sees.
    published: set[int]

    @property
    def every(self) -> list[Line]:
        return [line for _result, lines in self.groups for line in lines]


def lines_of(project: Project, periods: Mapping[int, ReportingPeriod], user: User, sight: Sight, today: date) -> Lines:
    """The lines of a project in three queries."""
    rows = _rows(project, user, sight, today)
    programme = project.programme
    indicators = {
        indicator.pk: indicator
        for indicator in Indicator.objects.filter(pk__in={row.indicator for row in rows}).select_related(
            "expected_result"
        )
    }
    for indicator in indicators.values():
        indicator.programme = programme
    proposals = _proposals(project, user, periods, indicators)
    published = {number for number, row in enumerate(rows) if row.has_actual and _is_published(row, periods, programme)}
    strands: dict[Strand, list[tuple[Row, bool]]] = defaultdict(list)
    for number, row in enumerate(rows):
        if row.period in periods:
            strands[row.strand].append((row, row.has_actual and number not in published))
    names = Names.load() if any(";" in s.breakdown or s.breakdown not in ("", WOMEN, MEN) for s in strands) else None
    lines = {
        strand: _line(found, indicators[strand.indicator], periods, programme.is_demonstration, proposals)
        for strand, found in strands.items()
    }
    for strand, line in lines.items():
        if strand.breakdown == "":
            line.women = _part(line, lines.get(strand._replace(breakdown=WOMEN)))
            line.men = _part(line, lines.get(strand._replace(breakdown=MEN)))
    return Lines(_grouped(_shown(lines, names)), rows, published)


def _rows(project: Project, user: User, sight: Sight, today: date) -> list[Row]:
    """One row for each series or computed total and period, the one with a figure where there are two."""
    language = reader_language()
    programme = project.programme
    read = (
        Result.objects.for_user(user, demonstrations=[programme] if programme.is_demonstration else ())
        .filter(project=project)
        .on(today)
        .annotate(text=_text(language))
        .order_by("key")
        .values_list(
            *("indicator", "period", "series", "series__reporter", "series__is_expected"),
            *("country", "partner", "forum", "breakdown_key", "is_public"),
            *("actual_record", "actual", "actual_to_date", "target", "target_qualifier", "target_final", "baseline"),
            *("share", "numerator", "denominator", "qualifier", "is_not_applicable", "achievement", "progress"),
            *("status_today", "status_final", "is_suppressed", "origin"),
            *(f"country__name_{language}", "partner__name", "partner__acronym", "partner__is_public", "forum__number"),
            "text",
        )
    )
    found: dict[tuple[Strand, int], Row] = {}
    reporter = Row._fields.index("reporter")
    for values in read:
        row = Row._make((*values, user.is_staff or sight.sees(values[reporter])))
        key = (row.strand, row.period)
        if key not in found or row.has_actual:
            found[key] = row
    return list(found.values())


def _text(language: str) -> Coalesce:
    """What a qualitative figure says: in the reader's language, else in another."""
    nothing = Value("", output_field=TextField())
    languages = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != language)
    return Coalesce(*(NullIf(F(f"actual_record__text_{code}"), nothing) for code in languages))


def _is_published(row: Row, periods: Mapping[int, ReportingPeriod], programme: Any) -> bool:
    """Whether the public sees the figure; of a demonstration, whether it would, were it real."""
    if not programme.is_demonstration:
        return row.is_public
    period = periods.get(row.period)
    return period is not None and period.state == PeriodState.PUBLISHED


def _line(
    found: Sequence[tuple[Row, bool]],
    indicator: Indicator,
    periods: Mapping[int, ReportingPeriod],
    is_demonstration: bool,
    proposals: Mapping[int, list[Proposal]],
) -> Line:
    ordered = sorted(found, key=lambda each: (periods[each[0].period].ends_on, periods[each[0].period].starts_on))
    row, is_open = max(ordered, key=lambda each: _recency(each[0], periods[each[0].period]))
    line = Line(indicator, row, periods[row.period], is_open, is_demonstration)
    for each, open_ in ordered:
        period = periods[each.period]
        if (
            period.kind != PeriodKind.WHOLE
            and not each.is_suppressed
            and (each.actual is not None or each.target is not None)
        ):
            line.points.append(Point(period, each.actual, each.target, open_))
    series = {each.series for each, _open in found if each.series is not None}
    line.proposals = [proposal for pk in series for proposal in proposals.get(pk, ())]
    return line


def _recency(row: Row, period: ReportingPeriod) -> tuple[bool, bool, date, date]:
    """The latest period that says something; of the programme as a whole where that does."""
    says = row.has_actual or row.is_not_applicable
    return (says, period.kind == PeriodKind.WHOLE and says, period.ends_on, period.starts_on)


def _part(total: Line, part: Line | None) -> Line | None:
    """Women or men of the same period as their total."""
    return part if part is not None and part.row.period == total.row.period else None


def _shown(lines: Mapping[Strand, Line], names: Names | None) -> list[Line]:
    """Totals, and parts that have none."""
    shown = []
    for strand, line in lines.items():
        if strand.breakdown == "":
            shown.append(line)
        elif strand._replace(breakdown="") not in lines:
            line.breakdown_label = (names or Names.load()).breakdown(strand.breakdown)
            shown.append(line)
    return shown


def _grouped(lines: list[Line]) -> list[tuple[ExpectedResult | None, list[Line]]]:
    """Lines under their expected results, in the order of the logic model; those of none last."""
    groups: dict[int | None, tuple[ExpectedResult | None, list[Line]]] = {}
    for line in sorted(lines, key=lambda each: (each.indicator.code, each.scope_label, each.row.breakdown)):
        result = line.indicator.expected_result
        groups.setdefault(result.pk if result else None, (result, []))[1].append(line)
    return sorted(
        groups.values(),
        key=lambda group: (group[0] is None, group[0].order if group[0] else 0, group[0].code if group[0] else ""),
    )


def _proposals(
    project: Project, user: User, periods: Mapping[int, ReportingPeriod], indicators: Mapping[int, Indicator]
) -> dict[int, list[Proposal]]:
    """What was proposed and not approved, by series."""
    found: dict[int, list[Proposal]] = defaultdict(list)
    rows = (
        Submission.objects.for_user(user)
        .open()
        .filter(series__project=project)
        .annotate(indicator=F("series__indicator"))
        .order_by("period__ends_on", "pk")
    )
    for row in rows:
        period = periods.get(row.period_id)
        indicator = indicators.get(row.indicator)
        if period is not None and indicator is not None:
            found[row.series_id].append(
                Proposal(period.name, row.state, SubmissionState(row.state).label, _said(row, indicator))
            )
    return found


def _said(proposal: Submission, indicator: Indicator) -> str:
    """What was proposed, in plain text; empty where it is no number."""
    if proposal.ratio is not None:
        said = Said(proposal.ratio, indicator.measure, indicator.currency)
        return f"{qualifier(proposal.qualifier)} {amount(said)}".strip()
    return percent(proposal.share)


class Said(NamedTuple):
    """What the filter ``amount`` reads."""

    actual: Decimal
    measure: str
    currency: str

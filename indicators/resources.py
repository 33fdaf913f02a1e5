"""The logic model, indicators, periods, series and their figures, as rows of a spreadsheet."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.actions.previews import Difference, Line
from accounts.reading.cells import Cell, read_cell
from accounts.resources import (
    ChoiceWidget,
    Column,
    KeysWidget,
    KeyWidget,
    MomentWidget,
    NumberWidget,
    RecordResource,
    unescaped,
)
from accounts.resources.names import in_languages
from forums.resources import forum_key
from indicators.actions.holding import hold_given, hold_indicators
from indicators.choices import Measure, Qualifier
from indicators.models import (
    Actual,
    Baseline,
    Breakdown,
    Dimension,
    ExpectedResult,
    Goal,
    Indicator,
    ReportingPeriod,
    Series,
    Target,
)
from partners.resources import country_key, partner_key
from projects.resources import programme_key, project_key, theme_keys


def indicator_key() -> KeyWidget:
    """An indicator, by its slug, or by its code where one indicator alone bears it."""
    return KeyWidget(Indicator, also=("code",), related=("programme", "project"))


def period_key() -> KeyWidget:
    """A period, by its slug, or by its name where one period alone bears it."""
    return KeyWidget(ReportingPeriod, also=in_languages("name"), related=("programme",))


class BreakdownWidget(KeyWidget):
    """A set of categories, in any order; an empty cell is the total."""

    def __init__(self) -> None:
        super().__init__(Breakdown, blank=True)

    def keys_in(self, text: str) -> list[str]:
        parts = [part.strip() for part in super().keys_in(text)[0].split(";") if part.strip()]
        return [";".join(sorted(parts))]


class ExpectedResultResource(RecordResource):
    kind = "expected_results"

    class Meta:
        model = ExpectedResult
        fields = ("programme", "code", "level", "parent", *in_languages("statement"), "basis", "order")
        import_id_fields = ("programme", "code")
        widgets: Any = {"programme": programme_key()}


class IndicatorResource(RecordResource):
    kind = "indicators"

    class Meta:
        model = Indicator
        fields = (
            "slug",
            "programme",
            "code",
            *in_languages("name", "definition"),
            "nature",
            "family",
            "expected_result",
            "themes",
            "project",
            "goals",
            "measure",
            "change_unit",
            *in_languages("unit", "unit_singular"),
            "unit_of_analysis",
            "is_whole",
            "currency",
            "direction",
            "cumulation",
            "roll_up",
            "counts_persons_twice",
            "dimensions",
            "contributes_to",
            "is_sensitive",
            "is_public",
            "headline_rank",
            *in_languages("headline_sentence"),
            *in_languages("headline_limit"),
            "no_target_reason",
            "active_from",
            "active_to",
            "replaced_by",
            "frequency",
            *in_languages("data_source", "collection_method", "responsible"),
        )
        import_id_fields = ("slug",)
        widgets: Any = {
            "programme": programme_key(),
            "themes": theme_keys(),
            "project": project_key(),
            "goals": KeysWidget(Goal),
            "dimensions": KeysWidget(Dimension, also=in_languages("name")),
            "contributes_to": KeyWidget(Indicator, also=("code",)),
            "replaced_by": KeyWidget(Indicator, also=("code",)),
        }

    def hold_before(self, lines: Sequence[Line]) -> None:
        slugs = {line.cleaned["slug"] for line in lines if line.cleaned.get("slug")}
        hold_indicators(list(Indicator.objects.filter(slug__in=slugs).values_list("pk", flat=True)))


class ReportingPeriodResource(RecordResource):
    """Periods are locked, published and opened again by acts of their own: their state is written out, never read."""

    kind = "periods"

    state = Column(
        attribute="state",
        column_name="state",
        readonly=True,
        widget=ChoiceWidget(ReportingPeriod._meta.get_field("state")),
    )

    class Meta:
        model = ReportingPeriod
        fields = (
            "slug",
            "programme",
            *in_languages("name"),
            "starts_on",
            "ends_on",
            "date_precision",
            "due_on",
            "kind",
            "state",
        )
        import_id_fields = ("slug",)
        widgets: Any = {"programme": programme_key()}


class SeriesResource(RecordResource):
    kind = "series"

    class Meta:
        model = Series
        fields = (
            "indicator",
            "project",
            "country",
            "partner",
            "forum",
            "breakdown",
            "reporter",
            "is_expected",
        )
        import_id_fields = ("indicator", "project", "country", "partner", "forum", "breakdown")
        widgets: Any = {
            "indicator": indicator_key(),
            "project": project_key("programme"),
            "country": country_key(),
            "partner": partner_key(),
            "forum": forum_key("programme"),
            "breakdown": BreakdownWidget(),
            "reporter": partner_key(),
        }


# --- Figures -------------------------------------------------------------------------------------

#: The columns that together name the series of a figure.
SCOPE = ("indicator", "project", "country", "partner", "forum", "breakdown")
#: What a figure states and what is said about it.
FIGURE = (
    "value",
    "numerator",
    "denominator",
    "share",
    "qualifier",
    *in_languages("text"),
    "is_not_applicable",
    *in_languages("note"),
    "internal_comment",
)


def counts_whole(record: Any) -> bool:
    """Whether the figures of a record's indicator have no decimals, so that 1.234 means 1234."""
    indicator = _indicator_of(record)
    return indicator is not None and indicator.is_whole and indicator.measure == Measure.COUNT


def _indicator_of(record: Any) -> Indicator | None:
    return None if record is None or not record.series_id else record.series.indicator


class FigureWidget(NumberWidget):
    """A figure as people write it: a number, ``54 %``, ``110/200``, ``more than 35``, ``n/a``. Written out as a number.

    ``clean()`` gives all that the cell says; ``FigureResource.adjust`` brings each part to its column.
    """

    def __init__(self) -> None:
        super().__init__(is_whole=counts_whole)

    def clean(self, value: Any, row: Any = None, record: Any = None, **kwargs: Any) -> Any:
        indicator = _indicator_of(record)
        cell = read_cell(
            unescaped(value) if isinstance(value, str) else value,
            is_whole=counts_whole(record),
            is_percentage=indicator is not None and indicator.measure in (Measure.PERCENTAGE, Measure.CHANGE),
        )
        if cell.is_not_yet:
            raise ValueError(_("What is not known yet has no figure here: leave the row out, or say so in the report."))
        return cell


class ShareWidget(NumberWidget):
    """A part in percent of its total: 43, or 43 %."""

    def clean(self, value: Any, row: Any = None, record: Any = None, **kwargs: Any) -> Any:
        written = unescaped(value) if isinstance(value, str) else value
        cell = read_cell(written, is_whole=False, is_percentage=True)
        if cell.value is None or cell.denominator is not None:
            raise ValueError(_("Write the share in percent, for example 43."))
        return cell.value


class FigureResource(RecordResource):
    """What the sheets of baselines, targets and actuals share: a row is a figure of a series."""

    indicator = Column(attribute="series__indicator", column_name="indicator", widget=indicator_key())
    project = Column(attribute="series__project", column_name="project", widget=project_key())
    country = Column(attribute="series__country", column_name="country", widget=country_key())
    partner = Column(attribute="series__partner", column_name="partner", widget=partner_key())
    forum = Column(attribute="series__forum", column_name="forum", widget=forum_key())
    breakdown = Column(attribute="series__breakdown", column_name="breakdown", widget=BreakdownWidget())
    value = Column(attribute="value", column_name="value", widget=FigureWidget())
    share = Column(attribute="share", column_name="share", widget=ShareWidget(digits=7))

    links = {"series": SCOPE}

    def adjust(self, line: Line) -> None:
        cell = line.cleaned.get("value")
        if not isinstance(cell, Cell):
            return
        line.cleaned["value"] = cell.value
        if cell.is_not_applicable:
            self._take(line, "is_not_applicable", True)
        if cell.qualifier != Qualifier.EXACT:
            self._take(line, "qualifier", cell.qualifier)
        if cell.denominator is None:
            return
        for name, part in (("numerator", cell.numerator), ("denominator", cell.denominator)):
            if line.cleaned.get(name) not in (None, part):
                self.problem(line, name, _("It is not the same as in the column “value”: keep one of the two."))
            else:
                self._take(line, name, part)

    def _take(self, line: Line, name: str, value: Any) -> None:
        """Let a column hold what the cell of the value says, even where the file does not have that column."""
        line.cleaned[name] = value
        if name in line.places:
            return
        column = self.fields[name]
        stored = None if line.is_new else column.get_value(line.record)
        if column.widget.is_same(value, stored):
            return
        before, after = column.widget.render(stored), column.widget.render(value)
        line.differences.append(Difference(name, str(column.label), line.places["value"], before, after))
        setattr(line.record, name, value)


class BaselineResource(FigureResource):
    kind = "baselines"

    class Meta:
        model = Baseline
        fields = (*SCOPE, *FIGURE, "measured_on", "date_precision")
        import_id_fields = SCOPE


class TargetResource(FigureResource):
    """The targets in force. A row that states another one revises it, which takes a reason and a day; see the actions."""

    kind = "targets"

    revision = Column(attribute="revision", column_name="revision", readonly=True, widget=NumberWidget(integer=True))

    class Meta:
        model = Target
        fields = (*SCOPE, "period", "revision", *FIGURE, "basis", "valid_from", "reason")
        import_id_fields = (*SCOPE, "period")
        widgets: Any = {"period": period_key()}

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(is_current=True)

    def rows_to_find(self) -> Any:
        return super().rows_to_find().filter(is_current=True)


class ActualResource(FigureResource):
    """Approved figures. Whoever imports one approves it, unless a published source states it; see the actions."""

    kind = "actuals"

    approved_at = Column(attribute="approved_at", column_name="approved_at", readonly=True, widget=MomentWidget())

    class Meta:
        model = Actual
        fields = (
            *SCOPE,
            "period",
            *FIGURE,
            "route",
            "verification",
            "as_of",
            "as_of_precision",
            "is_contested",
            "range_low",
            "range_high",
            "approved_at",
        )
        import_id_fields = (*SCOPE, "period")
        widgets: Any = {"period": period_key()}

    def hold_before(self, lines: Sequence[Line]) -> None:
        hold_given([line.cleaned["period"] for line in lines if line.cleaned.get("period") is not None])

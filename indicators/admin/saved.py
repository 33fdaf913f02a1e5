"""Saved filters of the lists: what somebody looks for every morning, each with an address of its own."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import is_key
from indicators.choices import IntakeAnswer, PeriodState, SubmissionState
from indicators.models import Actual, Baseline, Intake, ReportingPeriod, Result, Submission, Target
from indicators.waiting import LONG, awaited
from library.choices import Settlement
from library.models import Discrepancy

#: Periods that a filter offers, the latest first.
MOST_PERIODS = 24

DUE, OVERDUE, REVIEW, LONG_REVIEW = "due", "overdue", "review", "long_review"
PARTNER, PARTS, SOURCES, UNUSUAL, NO_BASELINE = "partner", "parts", "sources", "unusual", "no_baseline"

LABELS: dict[str, Any] = {
    DUE: _("due"),
    OVERDUE: _("overdue"),
    REVIEW: _("waiting for review"),
    LONG_REVIEW: _("waiting for review for two weeks"),
    PARTNER: _("waits for the partner"),
    PARTS: _("parts that do not add up"),
    SOURCES: _("sources that disagree"),
    UNUSUAL: _("unusual values"),
    NO_BASELINE: _("targets without baseline"),
}

Condition = Callable[[date], Any]


def disputed_actuals() -> QuerySet[Any]:
    """Primary keys of the actuals about which sources disagree, not settled yet."""
    unsettled = Discrepancy.objects.filter(settlement=Settlement.OPEN)
    return Actual.objects.filter(
        Q(discrepancies__in=unsettled) | Q(citations__discrepancies__in=unsettled) | Q(is_contested=True)
    ).values("pk")


class SavedFilter(admin.SimpleListFilter):
    """The questions that a kind of record answers; ``?look=overdue`` in the address."""

    title = _("what to look at")
    parameter_name = "look"
    #: What each word stands for, on a day.
    conditions: dict[str, Condition] = {}

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(word, LABELS[word]) for word in self.conditions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = self.conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition(timezone.localdate()))


def _of(model: Any, path: str, outer: str = "pk") -> Any:
    return model.objects.filter(**{path: OuterRef(outer)})


def _long_ago() -> datetime:
    return timezone.now() - LONG


def line_filter(path: str) -> type[SavedFilter]:
    """Of series, or of indicators: ``path`` leads from a series to the listed record."""
    prefix = f"series__{path}".removesuffix("__pk")

    def awaits(*, is_overdue: bool) -> Condition:
        return lambda today: Exists(awaited(_of(Result, prefix), today, is_overdue=is_overdue))

    class Lines(SavedFilter):
        conditions = {
            DUE: awaits(is_overdue=False),
            OVERDUE: awaits(is_overdue=True),
            REVIEW: lambda today: Exists(_of(Submission, prefix).filter(state=SubmissionState.SUBMITTED)),
            PARTNER: lambda today: Exists(_of(Submission, prefix).filter(state=SubmissionState.RETURNED)),
            PARTS: lambda today: Exists(_of(Result, prefix).filter(is_incomplete=True)),
            SOURCES: lambda today: Exists(_of(Actual, prefix).filter(pk__in=disputed_actuals())),
            UNUSUAL: lambda today: Exists(_of(Submission, prefix).open().filter(is_confirmed=True)),
            NO_BASELINE: lambda today: Exists(
                _of(Target, prefix).filter(~Exists(Baseline.objects.filter(series=OuterRef("series"))), is_current=True)
            ),
        }

    return Lines


SeriesLook = line_filter("pk")
IndicatorLook = line_filter("indicator")


class ReportLook(SavedFilter):
    """A report is due or overdue while it is with its project."""

    conditions = {
        DUE: lambda today: Q(
            state__in=(SubmissionState.DRAFT, SubmissionState.RETURNED),
            period__state=PeriodState.OPEN,
            period__due_on__gte=today,
        ),
        OVERDUE: lambda today: Q(
            state__in=(SubmissionState.DRAFT, SubmissionState.RETURNED),
            period__state=PeriodState.OPEN,
            period__due_on__lt=today,
        ),
        REVIEW: lambda today: Q(state=SubmissionState.SUBMITTED),
        LONG_REVIEW: lambda today: Q(state=SubmissionState.SUBMITTED, submitted_at__lt=_long_ago()),
        PARTNER: lambda today: (
            Q(state=SubmissionState.RETURNED) | Exists(_of(Intake, "report").exclude(answer=IntakeAnswer.CONFIRMED))
        ),
    }


class SubmissionLook(SavedFilter):
    conditions = {
        REVIEW: lambda today: Q(state=SubmissionState.SUBMITTED),
        LONG_REVIEW: lambda today: Q(state=SubmissionState.SUBMITTED, submitted_at__lt=_long_ago()),
        OVERDUE: lambda today: Q(
            state__in=(SubmissionState.DRAFT, SubmissionState.RETURNED),
            period__state=PeriodState.OPEN,
            period__due_on__lt=today,
        ),
        PARTNER: lambda today: Q(state=SubmissionState.RETURNED) | Q(intake__answer=IntakeAnswer.DISPUTED),
        UNUSUAL: lambda today: Q(is_confirmed=True) & ~Q(state=SubmissionState.APPROVED),
    }


class ActualLook(SavedFilter):
    conditions = {
        PARTS: lambda today: Exists(_of(Result, "actual_record").filter(is_incomplete=True)),
        SOURCES: lambda today: Q(pk__in=disputed_actuals()),
        REVIEW: lambda today: Exists(
            Submission.objects.filter(
                series=OuterRef("series"), period=OuterRef("period"), state=SubmissionState.SUBMITTED
            )
        ),
    }


class ResultLook(SavedFilter):
    conditions = {
        DUE: lambda today: Q(pk__in=awaited(Result.objects.all(), today, is_overdue=False).values("pk")),
        OVERDUE: lambda today: Q(pk__in=awaited(Result.objects.all(), today, is_overdue=True).values("pk")),
        PARTS: lambda today: Q(is_incomplete=True),
        SOURCES: lambda today: Q(actual_record__in=disputed_actuals()),
        NO_BASELINE: lambda today: Q(target_record__isnull=False, baseline_record__isnull=True),
    }


class TargetLook(SavedFilter):
    conditions = {
        NO_BASELINE: lambda today: Q(is_current=True) & ~Exists(Baseline.objects.filter(series=OuterRef("series"))),
    }


class MissingIn(admin.SimpleListFilter):
    """Expected series of which a period has no approved figure and none under review; ``?missing=7``."""

    title = _("not reported in")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        periods = ReportingPeriod.objects.filter(due_on__isnull=False).order_by("-starts_on", "pk")
        return [(str(period.pk), period.name) for period in periods[:MOST_PERIODS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None or not is_key(chosen):
            return queryset
        lines = Result.objects.for_staff().filter(
            series=OuterRef("pk"), period=chosen, actual_record__isnull=True, is_not_applicable=False
        )
        handed_in = Submission.objects.filter(series=OuterRef("pk"), period=chosen, state=SubmissionState.SUBMITTED)
        return queryset.filter(Exists(lines), ~Exists(handed_in), is_expected=True)

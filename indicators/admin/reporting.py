"""Reports, what is proposed in them, and its review."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import (
    AutocompleteFilter,
    ReadOnlyAdmin,
    ReadOnlyRows,
    RecordAdmin,
    StackedRows,
    TabularRows,
    in_languages,
    save_rows,
)
from indicators.actions import (
    approve,
    approve_report,
    discard,
    narrate,
    open_report,
    propose,
    return_report,
    return_submission,
    submit,
    submit_report,
)
from indicators.actions.evidence import may_alter_evidence, remove_evidence, save_evidence
from indicators.actions.figures import SAID, STATED
from indicators.actions.reports import NARRATED
from indicators.actions.submissions import EDITABLE
from indicators.admin.figures import NUMBER, OF_SERIES, SHARE, VALUE, FigureRows
from indicators.admin.saved import ReportLook, SubmissionLook
from indicators.choices import SubmissionState
from indicators.forms import ReturnActionForm, ReviewActionForm
from indicators.models import Evidence, Intake, Reminder, Report, ResultNarrative, Review, Submission

#: What the name of a submission is made of.
NAME_OF_SUBMISSION = (
    "submission__period",
    *(f"submission__series__{part}" for part in ("indicator", "project", "country", "partner", "forum", "breakdown")),
)


class NarrativesOfReport(StackedRows):
    """Written while the report is in the making, as on the page of the workspace."""

    model = ResultNarrative

    def has_add_permission(self, request: HttpRequest, obj: Report | None) -> bool:
        return _is_in_the_making(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return _is_in_the_making(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return _is_in_the_making(obj) and super().has_delete_permission(request, obj)


def _is_in_the_making(report: Report | None) -> bool:
    """What was handed in is read by its reviewer, and what was approved by everybody, as it then stood."""
    return report is None or report.state in EDITABLE


class SubmissionsOfReport(FigureRows):
    model = Submission
    fields = (VALUE, SHARE, "qualifier", "state", "author", "submitted_at")


class SteppedAdmin(RecordAdmin):
    """What is handed in by whoever may change it, and sent back or approved by reviewers, from the list."""

    actions = ("submit", "send_back", "approve")

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("indicators.review_submission")

    def reasons(self, request: HttpRequest) -> dict[str, str]:
        """Why it is approved in spite of something, as the form above the list asks for it."""
        exception = request.POST.get("exception_reason", "")
        return {
            "own_reason": request.POST.get("change_reason", ""),
            "mismatch_reason": exception,
            "dispute_reason": exception,
        }


@admin.register(Report)
class ReportAdmin(SteppedAdmin):
    """A report is opened for a project and a period; its steps are taken from the list."""

    list_display = ("project", "period", "state", "submitted_by", "submitted_at", "approved_by", "approved_at")
    list_filter = (ReportLook, "project__programme", "period", "state", ("project", AutocompleteFilter))
    list_select_related = ("project", "period", "submitted_by", "approved_by")
    search_fields = ("project__code", "project__title", *in_languages("period__name"))
    inlines = (NarrativesOfReport, SubmissionsOfReport)
    action_form = ReviewActionForm

    def get_readonly_fields(self, request: HttpRequest, obj: Report | None = None) -> tuple[str, ...]:
        steps = ("state", "submitted_by", "submitted_at", "approved_by", "approved_at", "own_approval_reason")
        return ("project", "period", *steps) if obj else steps

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, request: HttpRequest, record: Report, form: Any) -> Report:
        return open_report(project=record.project, period=record.period)

    @admin.action(description=_("Hand in"), permissions=["change"])
    def submit(self, request: HttpRequest, reports: Any) -> None:
        self.do_to_each(
            request,
            reports,
            lambda report: submit_report(report=report, by=request.user),  # type: ignore[arg-type]
            lambda number: ngettext("%(number)s report handed in.", "%(number)s reports handed in.", number),
        )

    @admin.action(description=_("Send back"), permissions=["review"])
    def send_back(self, request: HttpRequest, reports: Any) -> None:
        self.do_to_each(
            request,
            reports,
            lambda report: return_report(report=report, by=request.user),  # type: ignore[arg-type]
            lambda number: ngettext("%(number)s report sent back.", "%(number)s reports sent back.", number),
        )

    @admin.action(description=_("Approve"), permissions=["review"])
    def approve(self, request: HttpRequest, reports: Any) -> None:
        reasons = self.reasons(request)
        self.do_to_each(
            request,
            reports,
            lambda report: approve_report(report=report, by=request.user, **reasons),  # type: ignore[arg-type]
            lambda number: ngettext("%(number)s report approved.", "%(number)s reports approved.", number),
        )


@admin.register(ResultNarrative)
class ResultNarrativeAdmin(RecordAdmin):
    list_display = ("report", "expected_result", "narrative")
    list_filter = ("report__period", ("report", AutocompleteFilter))
    list_select_related = ("report__project", "report__period", "expected_result")
    search_fields = ("report__project__code", "expected_result__code", *in_languages("narrative", "variance"))

    def get_readonly_fields(self, request: HttpRequest, obj: ResultNarrative | None = None) -> tuple[str, ...]:
        return ("report", "expected_result") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: ResultNarrative | None = None) -> bool:
        return _is_in_the_making(None if obj is None else obj.report) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ResultNarrative | None = None) -> bool:
        return _is_in_the_making(None if obj is None else obj.report) and super().has_delete_permission(request, obj)

    def write(self, request: HttpRequest, record: ResultNarrative, form: Any) -> ResultNarrative:
        return narrate(
            report=record.report,
            expected_result=record.expected_result,
            version=record.version if record.pk else None,
            **{name: getattr(record, name) for name in NARRATED},
        )


class ReviewsOfSubmission(ReadOnlyRows):
    model = Review
    fields = ("made_at", "author", "decision", "reason", "text")
    readonly_fields = ("made_at",)
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return Review.objects.select_related("author", *NAME_OF_SUBMISSION)


class EvidenceOfSubmission(TabularRows):
    model = Evidence


@admin.register(Submission)
class SubmissionAdmin(SteppedAdmin):
    """A proposal is changed while it is a draft or returned; its steps are taken from the list."""

    list_display = ("series", "period", "number", VALUE, SHARE, "state", "route", "author", "submitted_at")
    list_filter = (
        SubmissionLook,
        "series__indicator__programme",
        "period",
        "state",
        "route",
        ("series__reporter", AutocompleteFilter),
        ("series", AutocompleteFilter),
        ("report", AutocompleteFilter),
    )
    ordering = ("series__indicator__code", "series", "period", "number")
    search_fields = OF_SERIES
    inlines = (EvidenceOfSubmission, ReviewsOfSubmission)
    action_form = ReturnActionForm
    fieldsets = (
        (None, {"fields": ("series", "period", "report", "as_of")}),
        NUMBER,
        (_("How it came in"), {"fields": ("route", "channel", "received_on", "author")}),
        (_("Where it stands"), {"fields": ("number", "state", "submitted_at", "actual")}),
        (_("For the team only"), {"fields": ("internal_comment",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Submission | None = None) -> tuple[str, ...]:
        kept = ("author", "number", "state", "submitted_at", "actual")
        return ("series", "period", *kept) if obj else kept

    def has_change_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state in EDITABLE)

    def has_delete_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        is_draft = obj is not None and obj.state == SubmissionState.DRAFT and obj.submitted_at is None
        return is_draft and super().has_delete_permission(request, obj)

    def write(self, request: HttpRequest, record: Submission, form: Any) -> Submission:
        given = (*STATED, *SAID, "as_of", "channel", "received_on", "report", "route")
        return propose(
            series=record.series,
            period=record.period,
            author=request.user,  # type: ignore[arg-type]
            version=record.version if record.pk else None,
            **{name: getattr(record, name) for name in given},
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        save_rows(request, formset, save=save_evidence, remove=remove_evidence)

    def erase(self, request: HttpRequest, record: Submission) -> None:
        discard(submission=record, by=request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Hand in"), permissions=["change"])
    def submit(self, request: HttpRequest, submissions: Any) -> None:
        self.do_to_each(
            request,
            submissions,
            lambda each: submit(submission=each, by=request.user),  # type: ignore[arg-type]
            lambda number: ngettext("%(number)s figure handed in.", "%(number)s figures handed in.", number),
        )

    @admin.action(description=_("Send back, with a reason"), permissions=["review"])
    def send_back(self, request: HttpRequest, submissions: Any) -> None:
        reason = request.POST.get("return_reason", "")
        text = request.POST.get("change_reason", "")
        self.do_to_each(
            request,
            submissions,
            lambda each: return_submission(submission=each, by=request.user, reason=reason, text=text),  # type: ignore[arg-type]
            lambda number: ngettext("%(number)s figure sent back.", "%(number)s figures sent back.", number),
        )

    @admin.action(description=_("Approve"), permissions=["review"])
    def approve(self, request: HttpRequest, submissions: Any) -> None:
        reasons = self.reasons(request)
        self.do_to_each(
            request,
            submissions,
            lambda each: approve(submission=each, by=request.user, **reasons),  # type: ignore[arg-type]
            lambda number: ngettext("%(number)s figure approved.", "%(number)s figures approved.", number),
        )


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "submission", "decision", "reason", "author")
    list_filter = ("decision", "reason")
    list_select_related = ("author", *NAME_OF_SUBMISSION)
    search_fields = ("text", "author__email", "submission__series__indicator__code")


@admin.register(Evidence)
class EvidenceAdmin(RecordAdmin):
    list_display = ("code", "title", "submission", "is_on_request", "has_personal_data", "delete_on")
    list_filter = (
        "is_on_request",
        "has_personal_data",
        "submission__period",
        "submission__state",
        ("submission__series__project", AutocompleteFilter),
    )
    list_select_related = NAME_OF_SUBMISSION
    search_fields = ("code", "title", "submission__series__indicator__code")
    readonly_fields = ("file_deleted_at",)

    def has_change_permission(self, request: HttpRequest, obj: Evidence | None = None) -> bool:
        return self._may_alter(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Evidence | None = None) -> bool:
        return self._may_alter(request, obj) and super().has_delete_permission(request, obj)

    def _may_alter(self, request: HttpRequest, evidence: Evidence | None) -> bool:
        """What a figure was approved on stays beside it, unless somebody who corrects figures says why."""
        return evidence is None or may_alter_evidence(request.user, evidence)  # type: ignore[arg-type]

    def write(self, request: HttpRequest, record: Evidence, form: Any) -> Evidence:
        return save_evidence(record=record)

    def erase(self, request: HttpRequest, record: Evidence) -> None:
        remove_evidence(record=record)


@admin.register(Intake)
class IntakeAdmin(ReadOnlyAdmin):
    """What staff entered on behalf of a partner, and what it answers; entered on the report's own page."""

    list_display = ("report", "partner", "channel", "received_on", "entered_by", "answer", "answered_at")
    list_filter = (
        "answer",
        "channel",
        "report__project__programme",
        ("report__period", AutocompleteFilter),
        ("partner", AutocompleteFilter),
    )
    search_fields = ("report__project__code", "partner__name", "partner__acronym", "answer_text")
    # Whoever has its code may answer in the partner's place: it is in no page.
    exclude = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Intake]:
        return (
            super()
            .get_queryset(request)
            .select_related("report__project", "report__period", "partner", "entered_by", "file")
            .defer("file__content")
        )


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ("sent_at", "user", "period", "kind", "due_on")
    list_filter = ("kind", ("period", AutocompleteFilter), ("user", AutocompleteFilter))
    list_select_related = ("user", "period")
    search_fields = ("user__email", "user__name", *in_languages("period__name"))

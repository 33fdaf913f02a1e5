"""How figures are reported: a project's report for a period, its submissions, their review and evidence."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.models import Record, StoredFile, User, choices_constraint
from indicators.choices import (
    OPEN_SUBMISSION_STATES,
    Channel,
    IntakeAnswer,
    ReminderKind,
    ReturnReason,
    ReviewDecision,
    Route,
    SubmissionState,
)
from indicators.models.figures import SERIES_KEY, Actual, Figure, Series
from indicators.models.framework import ExpectedResult, ReportingPeriod
from indicators.querysets import ReportQuerySet, SubmissionQuerySet
from partners.models import Partner
from projects.models import Project


class Report(Record):
    """A project's submission for a period: its figures and its narrative, forwarded by the lead."""

    natural_key_fields = ("project__slug", "period__slug")

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="reports")
    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("period"), on_delete=models.PROTECT, related_name="reports"
    )
    state = models.CharField(_("state"), max_length=9, choices=SubmissionState, default=SubmissionState.DRAFT)
    submitted_by = models.ForeignKey(
        User,
        verbose_name=_("submitted by"),
        on_delete=models.PROTECT,
        related_name="submitted_reports",
        null=True,
        blank=True,
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        related_name="approved_reports",
        null=True,
        blank=True,
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    own_approval_reason = models.TextField(
        _("reason for approving one's own report"),
        blank=True,
        help_text=_("Needed when author and approver are one person."),
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("period", "project")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "period"],
                name="report_is_one_of_its_project_and_period",
                violation_error_message=_("The project already has a report for this period."),
            ),
            models.CheckConstraint(
                condition=~Q(state=SubmissionState.APPROVED) | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="report_approved_says_by_whom",
                violation_error_message=_("An approved report says who approved it and when."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(approved_by=F("submitted_by"))
                | ~Q(own_approval_reason=""),
                name="report_is_approved_by_another_or_with_a_reason",
                violation_error_message=_("Somebody other than the author approves a report, or a reason is stated."),
            ),
            choices_constraint("state", SubmissionState, name="report_state_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.project} · {self.period}"

    def clean(self) -> None:
        """Project and period are of one programme."""
        if self.project_id and self.period_id and self.project.programme_id != self.period.programme_id:
            raise ValidationError({"period": _("The period belongs to another programme than the project.")})


class ResultNarrative(Record):
    """What a report says in words about one expected result: what happened, and why it differs from the plan."""

    natural_key_fields = (
        "report__project__slug",
        "report__period__slug",
        "expected_result__programme__slug",
        "expected_result__code",
    )

    report = models.ForeignKey(Report, verbose_name=_("report"), on_delete=models.CASCADE, related_name="narratives")
    expected_result = models.ForeignKey(
        ExpectedResult, verbose_name=_("expected result"), on_delete=models.PROTECT, related_name="narratives"
    )
    narrative = TranslatedField(models.TextField(_("narrative"), blank=True), attrgetter=fallback_to_any)
    variance = TranslatedField(
        models.TextField(_("variance"), blank=True, help_text=_("Why the actual differs from the target.")),
        attrgetter=fallback_to_any,
    )

    class Meta:
        verbose_name = _("narrative of a result")
        verbose_name_plural = _("narratives of results")
        ordering = ("report", "expected_result")
        constraints = (
            models.UniqueConstraint(
                fields=["report", "expected_result"],
                name="narrative_is_one_of_its_report_and_result",
                violation_error_message=_("The report already has a narrative for this expected result."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.report} · {self.expected_result.code}"


class Intake(Record):
    """What a partner sent or said for a report, and staff entered on its behalf; the partner is shown it and answers."""

    natural_key_fields = ("code",)

    code = models.CharField(
        _("code"), max_length=43, unique=True, help_text=_("Random; the address of the partner's answer ends in it.")
    )
    report = models.ForeignKey(Report, verbose_name=_("report"), on_delete=models.PROTECT, related_name="intakes")
    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="intakes",
        help_text=_("The institution whose figures they are."),
    )  # fmt: skip
    channel = models.CharField(_("channel"), max_length=7, choices=Channel, help_text=_("How it came in."))
    received_on = models.DateField(_("received on"))
    email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("Where the partner's summary is sent; never shown in public.")
    )
    file = models.ForeignKey(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="intakes", null=True, blank=True,
        help_text=_("What came in: the mail, the scan, the workbook."),
    )  # fmt: skip
    note = models.TextField(_("note"), blank=True, help_text=_("Never shown outside the team."))
    entered_by = models.ForeignKey(
        User, verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="intakes", null=True, blank=True
    )
    summary_sent_at = models.DateTimeField(_("summary sent at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=9, choices=IntakeAnswer, default=IntakeAnswer.AWAITED)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer_text = models.TextField(_("what the partner writes"), blank=True)

    class Meta:
        verbose_name = _("entry on behalf of a partner")
        verbose_name_plural = _("entries on behalf of partners")
        ordering = ("report", "received_on", "pk")
        constraints = (
            choices_constraint("channel", Channel, name="intake_channel_is_known"),
            choices_constraint("answer", IntakeAnswer, name="intake_answer_is_known"),
            models.CheckConstraint(
                condition=Q(answer=IntakeAnswer.AWAITED, answered_at__isnull=True)
                | (~Q(answer=IntakeAnswer.AWAITED) & Q(answered_at__isnull=False)),
                name="intake_answered_says_when",
                violation_error_message=_("An answer says when it was given."),
            ),
            models.CheckConstraint(
                condition=~Q(answer=IntakeAnswer.DISPUTED) | ~Q(answer_text=""),
                name="intake_disputed_says_what",
                violation_error_message=_("Say what is wrong, so that it can be corrected."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.report} · {self.partner} · {self.received_on}"


class Submission(Figure):
    """A proposed actual. Approval copies it to ``Actual``; until then the public sees nothing of it."""

    natural_key_fields = (*(f"series__{part}" for part in SERIES_KEY), "period__slug", "number")

    series = models.ForeignKey(Series, verbose_name=_("series"), on_delete=models.PROTECT, related_name="submissions")
    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("period"), on_delete=models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField(
        _("number"),
        default=1,
        help_text=_("1 for the first proposal of the series and period, one more for each later one."),
    )
    report = models.ForeignKey(
        Report, verbose_name=_("report"), on_delete=models.PROTECT, related_name="submissions", null=True, blank=True
    )
    state = models.CharField(_("state"), max_length=9, choices=SubmissionState, default=SubmissionState.DRAFT)
    route = models.CharField(_("route"), max_length=16, choices=Route, default=Route.WORKSPACE)
    author = models.ForeignKey(
        User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="submissions", null=True, blank=True
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True, help_text=_("The day that the figure describes."))
    channel = models.CharField(
        _("channel"),
        max_length=7,
        choices=Channel,
        blank=True,
        help_text=_("How it came in, when staff enter it on behalf of a partner."),
    )
    received_on = models.DateField(_("received on"), null=True, blank=True)
    intake = models.ForeignKey(
        Intake,
        verbose_name=_("entered on behalf"),
        on_delete=models.PROTECT,
        related_name="submissions",
        null=True,
        blank=True,
        help_text=_("What it was entered from, when staff did so for a partner."),
    )
    is_not_yet = models.BooleanField(
        _("not available yet"), default=False, help_text=_("Asked for, and to be known later: it is no zero.")
    )
    is_confirmed = models.BooleanField(
        _("unusual value confirmed"),
        default=False,
        help_text=_("The author was asked about a value far from earlier ones, and keeps it."),
    )
    actual = models.ForeignKey(
        Actual,
        verbose_name=_("approved as"),
        on_delete=models.PROTECT,
        related_name="submissions",
        null=True,
        blank=True,
        help_text=_("The actual that its approval wrote."),
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta(Figure.Meta):
        abstract = False
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        permissions = (("review_submission", _("Can return and approve what is reported")),)
        constraints = (
            # The first rule of figures, with one answer more: "not yet".
            models.CheckConstraint(
                condition=Figure.Meta.constraints[0].condition | Q(is_not_yet=True),  # type: ignore[operator]
                name="%(class)s_says_something",
                violation_error_message=_(
                    "Give a value, a share, a text, or say that it is not applicable or not known yet."
                ),
            ),
            *Figure.Meta.constraints[1:],
            models.CheckConstraint(
                condition=Q(is_not_yet=False)
                | Q(
                    value__isnull=True,
                    share__isnull=True,
                    numerator__isnull=True,
                    denominator__isnull=True,
                    is_not_applicable=False,
                ),
                name="submission_not_yet_has_no_value",
                violation_error_message=_("What is not available yet has no value."),
            ),
            models.UniqueConstraint(
                fields=["series", "period", "number"],
                name="submission_number_is_unique",
                violation_error_message=_("The series already has a submission with this number for the period."),
            ),
            models.UniqueConstraint(
                fields=["series", "period"],
                condition=Q(state__in=[str(state) for state in OPEN_SUBMISSION_STATES]),
                name="submission_in_progress_is_one",
                violation_error_message=_("A submission for this series and period is already in progress."),
            ),
            models.CheckConstraint(
                condition=~Q(state=SubmissionState.APPROVED) | Q(actual__isnull=False) | Q(is_not_yet=True),
                name="submission_approved_names_its_actual",
                violation_error_message=_("An approved submission names the actual that it became."),
            ),
            models.CheckConstraint(
                condition=~Q(route=Route.ON_BEHALF) | (~Q(channel="") & Q(received_on__isnull=False)),
                name="submission_on_behalf_says_how_and_when",
                violation_error_message=_("What is entered on behalf of a partner says how and when it came in."),
            ),
            choices_constraint("state", SubmissionState, name="submission_state_is_known"),
            choices_constraint("route", Route, name="submission_route_is_known"),
            choices_constraint("channel", Channel, name="submission_channel_is_known", blank=True),
        )

    def __str__(self) -> str:
        return f"{self.series} · {self.period} · {self.get_state_display()}"


class Review(models.Model):
    """One step in a submission's thread of questions and answers; never changed, never deleted."""

    submission = models.ForeignKey(
        Submission, verbose_name=_("submission"), on_delete=models.PROTECT, related_name="reviews"
    )
    author = models.ForeignKey(User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(_("decision"), max_length=8, choices=ReviewDecision)
    reason = models.CharField(_("reason"), max_length=10, choices=ReturnReason, blank=True)
    text = models.TextField(_("text"), blank=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("submission", "made_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(decision=ReviewDecision.RETURN) | ~Q(reason=""),
                name="review_that_returns_says_why",
                violation_error_message=_("A returned figure needs a reason."),
            ),
            choices_constraint("decision", ReviewDecision, name="review_decision_is_known"),
            choices_constraint("reason", ReturnReason, name="review_reason_is_known", blank=True),
        )

    def __str__(self) -> str:
        return f"{self.submission} · {self.get_decision_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to rewrite the thread.

        Raises:
            ValidationError: when the step already exists.
        """
        if not self._state.adding:
            raise ValidationError(_("A review is never changed: add another."))
        super().save(*args, **kwargs)


class Reminder(models.Model):
    """A mail that told somebody of a deadline; kept so that nobody is told twice."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="reminders")
    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("period"), on_delete=models.CASCADE, related_name="reminders"
    )
    kind = models.CharField(_("kind"), max_length=7, choices=ReminderKind)
    due_on = models.DateField(_("due on"), help_text=_("The deadline that it told of: a moved one is told again."))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-sent_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "period", "kind", "due_on"], name="reminder_is_sent_once_for_a_deadline"
            ),
            choices_constraint("kind", ReminderKind, name="reminder_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.period} · {self.get_kind_display()}"

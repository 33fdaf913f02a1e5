"""What a report says in words about each expected result: what happened, and why it differs from the plan."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import StaleRecord, change
from accounts.choices import Door
from accounts.models import User
from dashboards.access import for_members
from dashboards.places import place_called
from dashboards.views.review import READ, clean
from epe_ap.pages import unknown_names
from indicators.actions import door_of, may_forward, narrate, open_report
from indicators.choices import SubmissionState
from indicators.models import ExpectedResult, Report, ReportingPeriod, ResultNarrative
from indicators.tables import reader_language
from projects.models import Project

ENTER = "indicators.add_submission"
KINDS = ("narrative", "variance")
#: Longer than any report says about one result; a longer text is refused, never cut.
LONGEST = 20_000


@dataclass
class Text:
    """One field of the page, with what another person saved meanwhile, when they did."""

    name: str
    kind: str
    language: str
    language_name: str
    text: str
    current: str | None = None


@dataclass
class Told:
    """An expected result with its texts, the reader's own language first."""

    result: ExpectedResult
    version: int
    texts: list[Text]

    @property
    def own(self) -> list[Text]:
        return [text for text in self.texts if text.language == reader_language()]

    @property
    def others(self) -> list[Text]:
        return [text for text in self.texts if text.language != reader_language()]

    @property
    def number_of_others(self) -> int:
        return sum(1 for text in self.others if text.text)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_members(READ, ENTER)
def report_narrative(request: HttpRequest, project: str, period: str) -> HttpResponse:
    """Write the narrative of a report."""
    assert isinstance(request.user, User)
    of, at = place_called(project, period, request.user)
    if not may_forward(request.user, of):
        raise PermissionDenied(_("The leads of the institution that leads the project write the narrative."))
    after = reverse("report_review" if request.user.is_staff else "report_grid", args=[of.slug, at.slug])
    report = Report.objects.filter(project=of, period=at).first()
    refused: list[str] = []
    stale = False
    if request.method == "POST":
        try:
            save(of, at, request.POST, request.user)
        except ValidationError as error:
            refused = error.messages
        except StaleRecord:
            stale = True
            refused = [
                _("Somebody else saved a text while you were writing, so nothing was saved. Compare, then save again.")
            ]
        else:
            messages.success(request, _("The narrative is saved."))
            return redirect(after)
    told = texts_of(of, at, typed=request.POST if request.method == "POST" else None)
    return render(
        request,
        "dashboards/narrative.html",
        {
            "project": of,
            "period": at,
            "programme": of.programme,
            "report": report,
            "told": told,
            "refused": refused,
            "is_stale": stale,
            "is_closed": report is not None and report.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED),
            "problems": unknown_names(request.GET),
            "breadcrumbs": [
                {"label": _("Workspace"), "url": reverse("workspace")},
                {"label": f"{of.code}, {at.name}", "url": after},
            ],
        },
    )


def narrated_results(project: Project, period: ReportingPeriod) -> list[ExpectedResult]:
    """The expected results that a project reports on, and those that its report tells of already."""
    return list(
        ExpectedResult.objects.filter(
            Q(pk__in=project.series.filter(is_expected=True).values("indicator__expected_result"))
            | Q(
                pk__in=ResultNarrative.objects.filter(report__project=project, report__period=period).values(
                    "expected_result"
                )
            )
        ).order_by("order", "code")
    )


def texts_of(project: Project, period: ReportingPeriod, *, typed: Any = None) -> list[Told]:
    """The texts as they stand, or as they were typed: then beside them what somebody else saved meanwhile."""
    stored = {
        each.expected_result_id: each
        for each in ResultNarrative.objects.filter(report__project=project, report__period=period)
    }
    told = []
    for result in narrated_results(project, period):
        record = stored.get(result.pk)
        version = record.version if record else 0
        is_stale = typed is not None and typed.get(f"version-{result.pk}") not in (None, str(version))
        texts = []
        for language, language_name in _languages():
            for kind in KINDS:
                name = f"{kind}_{language}"
                now = getattr(record, name) if record else ""
                text = clean(typed.get(f"{name}-{result.pk}", now)) if typed is not None else now
                current = now if is_stale and text != now else None
                texts.append(Text(f"{name}-{result.pk}", kind, language, language_name, text, current))
        told.append(Told(result, version, texts))
    return told


def save(project: Project, period: ReportingPeriod, data: Any, by: User) -> None:
    """Save the texts that say something else than before, all or none.

    Raises:
        StaleRecord: when somebody else saved one of them meanwhile.
        ValidationError: when a text is too long, or the report is not in the making.
    """
    stored = {
        each.expected_result_id: each
        for each in ResultNarrative.objects.filter(report__project=project, report__period=period)
    }
    changed: list[tuple[ExpectedResult, int, dict[str, str]]] = []
    for result in narrated_results(project, period):
        record = stored.get(result.pk)
        words = {}
        for language, _name in settings.LANGUAGES:
            for kind in KINDS:
                name = f"{kind}_{language}"
                text = clean(data.get(f"{name}-{result.pk}", getattr(record, name) if record else ""))
                if len(text) > LONGEST:
                    raise ValidationError(
                        _("%(result)s: a text has at most %(number)s characters.")
                        % {"result": result.code, "number": LONGEST}
                    )
                if text != (getattr(record, name) if record else ""):
                    words[name] = text
        seen = data.get(f"version-{result.pk}", "")
        if words:
            if not (seen.isascii() and seen.isdecimal() and len(seen) < 10):
                raise ValidationError(_("The page was incomplete: load it again."))
            changed.append((result, int(seen), words))
    if not changed:
        return
    with change(door=door_of(by, Door.GRID), by=by):
        report = open_report(project=project, period=period)
        for result, seen_version, words in changed:
            narrate(report=report, expected_result=result, version=seen_version, **words)


def _languages() -> list[tuple[str, str]]:
    """The reader's own language first."""
    return sorted(settings.LANGUAGES, key=lambda each: each[0] != reader_language())

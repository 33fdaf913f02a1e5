"""The pages of projects and themes as printed sheets (PDF)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from epe_ap.sheets import public_sheet
from projects.demonstrations import asked_for, query_of
from projects.models import Theme
from projects.views import project_context, projects_shown, theme_context


@require_safe
def project_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    demonstration = asked_for(request)
    project = get_object_or_404(projects_shown(demonstration).for_page(), slug=slug)
    is_demonstration = project.programme.is_demonstration
    return public_sheet(
        request,
        "projects/project_sheet.html",
        lambda: project_context(project, demonstration) | {"is_demonstration": is_demonstration},
        name=project.slug,
        page=f"{project.get_absolute_url()}{query_of(project.programme)}",
        is_demonstration=is_demonstration,
    )


@require_safe
def theme_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    theme = get_object_or_404(Theme.objects.real().select_related("programme"), slug=slug)
    return public_sheet(
        request,
        "projects/theme_sheet.html",
        lambda: theme_context(theme),
        name=theme.slug,
        page=theme.get_absolute_url(),
    )

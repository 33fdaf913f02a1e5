"""The first page of the workspace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.access import for_staff


@for_staff()
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/overview.html")

"""Pages of the whole site: the first one, and those that explain it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, OrderBy, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.folding import bytewise
from epe_ap.samples import style_context
from epe_ap.templatetags.figures import number as written
from forums.models import Forum
from forums.rules import by_year
from indicators.actions import thresholds
from indicators.choices import ChangeUnit, Direction, Nature, Qualifier, Status, UnitOfAnalysis, Verification
from indicators.models import Category, Result
from indicators.rules import Quantity, Thresholds, change_between, count_from_share, percentage, progress, status
from indicators.selections import widest
from indicators.tables import FigureRow, Names, figure_rows
from library.models import Discrepancy
from opendata.columns import COLUMNS
from opendata.links import downloads
from opendata.meanings import column_meanings
from partners.models import Country
from projects.models import Programme, Project, Theme, WorkPlan


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    programmes = list(Programme.objects.real().for_home())
    programme = programmes[0] if programmes else None
    themes = list(Theme.objects.for_list().filter(programme=programme))
    figures, campaigns = headlines(programme, themes) if programme else ([], [])
    projects = Project.objects.real().filter(programme=programme).numbers_by_country_and_theme()
    crossing = Crossing(programme, themes, list(Country.objects.for_list()), projects)
    return render(
        request,
        "epe_ap/home.html",
        {
            "programme": programme,
            "programmes": programmes,
            "other_programmes": programmes[1:],
            "work_plans": WorkPlan.objects.real().order_by("slug"),
            "headlines": figures,
            "campaigns": campaigns,
            "crossing": crossing,
            "themes": themes,
            "forums": by_year(Forum.objects.real().filter(programme=programme).for_cards()),
            "number_of_discrepancies": Discrepancy.objects.public().filter(programme=programme).count(),
        },
    )


def headlines(
    programme: Programme, themes: list[Theme]
) -> tuple[list[FigureRow], list[tuple[FigureRow, list[FigureRow]]]]:
    """The chosen figures of a programme, outcomes before outputs; apart from them contacts reached, each by country."""
    names = Names.of(themes, Category.objects.select_related("dimension"))
    results = (
        Result.objects.for_pages()
        .filter(indicator__headline_rank__isnull=False, programme=programme)
        .order_by(
            Case(When(nature=Nature.OUTCOME, then=Value(0)), default=Value(1)),
            "indicator__headline_rank",
            OrderBy(bytewise("country__code"), nulls_first=True),
            bytewise("key"),
        )
    )
    [rows] = figure_rows(results, names=names)
    chosen = list(widest(rows).values())
    people = [row for row in chosen if row.indicator.unit_of_analysis != UnitOfAnalysis.CONTACTS]
    campaigns = [
        (row, [other for other in rows if other.indicator_id == row.indicator_id and is_of_a_country(other)])
        for row in chosen
        if row.indicator.unit_of_analysis == UnitOfAnalysis.CONTACTS
    ]
    return people, campaigns


def is_of_a_country(row: FigureRow) -> bool:
    """Whether the row is the figure of a country as a whole, and not a target alone."""
    return row.country is not None and row.actual is not None and row.project is None and row.partner is None


#: How many of the rows have a stated target; of how many of these it was exceeded, and how many have no result.
COUNTED_TARGETS: dict[str, Any] = {
    "stated": Count("pk", filter=Q(has_target=True)),
    "exceeded": Count("pk", filter=Q(has_target=True, status=Status.EXCEEDED)),
    "unreported": Count("pk", filter=Q(has_target=True, status__in=(Status.NOT_REPORTED, Status.NOT_DUE))),
}


@dataclass
class StatedTargets:
    """How the figures stand that have a stated target."""

    stated: int = 0
    exceeded: int = 0
    unreported: int = 0

    def add(self, stated: int, exceeded: int, unreported: int) -> None:
        self.stated += stated
        self.exceeded += exceeded
        self.unreported += unreported

    def __str__(self) -> str:
        """ "9 figures have a stated target: 4 exceeded, 5 without a printed result." """
        others = self.stated - self.exceeded - self.unreported
        parts = [
            ngettext("%(number)s exceeded", "%(number)s exceeded", self.exceeded) % {"number": written(self.exceeded)},
            ngettext("%(number)s not exceeded", "%(number)s not exceeded", others) % {"number": written(others)},
            ngettext("%(number)s without a printed result", "%(number)s without a printed result", self.unreported)
            % {"number": written(self.unreported)},
        ]
        counts = (self.exceeded, others, self.unreported)
        return ngettext(
            "%(number)s figure has a stated target: %(parts)s.",
            "%(number)s figures have a stated target: %(parts)s.",
            self.stated,
        ) % {
            "number": written(self.stated),
            "parts": ", ".join(part for part, count in zip(parts, counts, strict=True) if count),
        }


class Crossing:
    """How many figures and projects of a programme each country has under each theme.

    The figures are outcomes and outputs, as the results page shows them. ``lines`` are the places, with their cells;
    ``rows`` the same cells by theme, and last those of all themes together.
    """

    def __init__(
        self,
        programme: Programme | None,
        themes: list[Theme],
        countries: list[Any],
        projects: Mapping[tuple[int, int], int],
    ) -> None:
        self.programme = programme
        slugs = {theme.code: theme.slug for theme in themes}
        numbers: dict[tuple[int | None, str], int] = defaultdict(int)
        self.number = 0
        self.targets = StatedTargets()
        results = Result.objects.for_pages().results().filter(programme=programme).with_target().order_by()
        counted = results.values_list("country", "themes").annotate(number=Count("pk"), **COUNTED_TARGETS)
        for country, codes, number, *targets in counted:
            self.number += number
            self.targets.add(*targets)
            numbers[country, ""] += number
            for code in codes.split(";") if codes else ():
                numbers[country, slugs.get(code, code)] += number
        self.columns = themes
        self._numbers, self._projects = numbers, projects
        places = [(country, country.pk, country.code) for country in countries]
        self.lines = [
            self._line(country, key, code)
            for country, key, code in [*places, (None, None, "regional")]
            if country is None or country.is_pacific_alliance or numbers[key, ""]
        ]
        most = max((cell["number"] for line in self.lines for cell in line["cells"]), default=0)
        for cell in (cell for line in self.lines for cell in line["cells"]):
            # A quarter of the greatest number for each step; the number itself stands in the cell.
            cell["weight"] = -(-4 * cell["number"] // most) if cell["number"] else 0
        self.rows = [(theme, [line["cells"][place] for line in self.lines]) for place, theme in enumerate(themes)]

    def _line(self, country: Any, key: int | None, code: str) -> dict[str, Any]:
        def cell(theme: Theme | None) -> dict[str, Any]:
            query = {"country": code, **({"theme": theme.slug} if theme else {})}
            if self.programme is not None:
                query = {"programme": self.programme.slug, **query}
            return {
                "number": self._numbers[key, theme.slug if theme else ""],
                "url": reverse("results", query=query),
                "projects": self._projects.get((key, theme.pk), 0) if key is not None and theme else 0,
                "country": country,
            }

        return {"country": country, "cells": [cell(theme) for theme in self.columns], "total": cell(None)}


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    meanings = status_meanings()
    points = change_between(before=Decimal(49), after=Decimal(57), unit=ChangeUnit.POINTS)
    relative = change_between(before=Decimal(49), after=Decimal(57), unit=ChangeUnit.RELATIVE)
    return render(
        request,
        "epe_ap/method.html",
        {
            "thresholds": thresholds(),
            "worked": worked_figures(thresholds()),
            "statuses": [(word, label, meanings[word]) for word, label in Status.choices],
            "verifications": list(Verification),
            "glossary": glossary(),
            "percentage": percentage(numerator=Decimal(1 + 99), denominator=Decimal(2 + 100)),
            "plain_mean": (Decimal(50) + Decimal(99)) / 2,
            "share": count_from_share(share=Decimal(54), total=Quantity(Decimal(3006))),
            "points": points,
            "relative": relative,
            "targets": StatedTargets(**Result.objects.for_pages().with_target().aggregate(**COUNTED_TARGETS)),
        },
    )


@dataclass
class WorkedFigure:
    """An example of the method page, calculated by the rules themselves; components show it like a row of results."""

    sentence: str
    baseline: Decimal | None
    target: Decimal | None
    actual: Decimal | None
    thresholds: Thresholds
    direction: Direction = Direction.INCREASE
    qualifier: Qualifier = Qualifier.EXACT
    measure: str = "count"
    unit: str = ""
    share: Decimal | None = None
    is_not_applicable: bool = False

    def __post_init__(self) -> None:
        baseline, target = (None if value is None else Quantity(value) for value in (self.baseline, self.target))
        actual = None if self.actual is None else Quantity(self.actual, self.qualifier)
        found = status(
            actual=actual, target=target, baseline=baseline, direction=self.direction, thresholds=self.thresholds
        )
        along = progress(baseline=baseline, target=target, actual=actual)
        self.status = found.status
        self.get_status_display = Status(found.status).label
        self.progress = along.value
        self.achievement = found.value if along.value is None else None


def worked_figures(limits: Thresholds) -> list[WorkedFigure]:
    """One example of each status that a figure can come to."""

    def figure(
        sentence: str, baseline: int | None, target: int | None, actual: int | None, **more: Any
    ) -> WorkedFigure:
        stated = [None if number is None else Decimal(number) for number in (baseline, target, actual)]
        return WorkedFigure(sentence, stated[0], stated[1], stated[2], limits, **more)

    return [
        figure(_("213 actors were involved; the target was 40."), None, 40, 213),
        figure(_("40 of 40: the target, to the unit."), None, 40, 40),
        figure(_("From a baseline of 20 to a target of 60, 57 were reached."), 20, 60, 57),
        figure(_("What should fall from 30 to 10 weeks fell to 20."), 30, 10, 20, direction=Direction.DECREASE),
        figure(_("What should fall from 30 to 10 weeks rose to 36."), 30, 10, 36, direction=Direction.DECREASE),
        figure(_("A reported zero is a zero: 0 of 25."), None, 25, 0),
        figure(_("“At least 35” of 40 may be less or more than 40."), None, 40, 35, qualifier=Qualifier.AT_LEAST),
        figure(_("3,006 people, and no document states a target."), None, None, 3006),
        figure(_("A target without a figure is not zero."), None, 60, None),
    ]


def status_meanings() -> dict[str, str]:
    """What each status says, in a sentence."""
    return {
        Status.EXCEEDED: _("More was reached than the target."),
        Status.ACHIEVED: _("The target was reached."),
        Status.ON_TRACK: _("The target is not reached yet, but the figure is near it (see the thresholds)."),
        Status.BEHIND: _("The figure is further from the target than that."),
        Status.REGRESSED: _("The figure is worse than its baseline."),
        Status.UNDECIDED: _("The figure is not exact enough to say: “at least 35” of 40."),
        Status.RECORDED: _("There is a figure, and the sources state no target."),
        Status.NO_TARGET: _("The programme's staff confirm that no target was set."),
        Status.NOT_DUE: _("The day for reporting has not come yet."),
        Status.NOT_REPORTED: _("A figure was awaited and is missing. It is not a zero."),
        Status.NOT_APPLICABLE: _("The question does not arise."),
        Status.NOT_MEASURABLE: _("The figure is in words, or its meaning is not stated: there is nothing to compare."),
        Status.SUPPRESSED: _("The figure is about so few people that they could be recognised."),
    }


def glossary() -> list[tuple[str, str]]:
    """The words of results-based management that these pages use."""
    return [
        (_("Logic model"), _("What a programme was to change, from what it delivers up to people's lives.")),
        (
            _("Performance measurement framework"),
            _("The table of what is measured for each expected result, with baseline, target and who reports."),
        ),
        (_("Expected result"), _("A change that the programme was to bring about, or what it was to deliver.")),
        (_("Ultimate outcome"), _("The change in people's lives at the end of the chain.")),
        (_("Intermediate outcome"), _("What people and institutions do differently.")),
        (_("Immediate outcome"), _("What they know, can or have access to.")),
        (_("Output"), _("What the programme made or delivered itself: people trained, programmes, tools.")),
        (_("Activity"), _("What was done to deliver it: hours, missions, workshops.")),
        (_("Input"), _("What was put in, such as money.")),
        (_("Indicator"), _("What is counted or measured, without saying how much it should be.")),
        (_("Baseline"), _("Where things stood before.")),
        (_("Target"), _("What was to be reached.")),
        (_("Actual"), _("What was reached.")),
        (_("Progress"), _("The part of the way from baseline to target, in percent.")),
        (_("Achievement"), _("Actual divided by target, in percent.")),
        (_("Disaggregation"), _("Splitting a figure, for example into women and men.")),
        (_("Share"), _("A part in percent of its total.")),
        (_("Percentage point"), _("The difference of two percentages: from 49 % to 57 % is 8 points.")),
        (_("Coverage"), _("How many of the awaited figures were reported.")),
        (_("Discrepancy"), _("Two statements of the sources that do not fit together.")),
        (_("Institutional partnership"), _("Canadian colleges and an institution of the region working together.")),
        (_("Technical assistance project"), _("Advice to governments of the region.")),
        (_("Cross-cutting dimension"), _("A subject that runs through all themes.")),
        (_("TVET"), _("Technical and vocational education and training.")),
    ]


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "epe_ap/about.html")


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    meanings = column_meanings()
    whole = {"nature": "all", "sex": "all", "period": "all"}
    programmes = list(Programme.objects.real().prefetch_related("countries").order_by("code"))
    return render(
        request,
        "epe_ap/data.html",
        {
            "downloads": downloads(whole),
            "programmes": programmes,
            "of_one": [(each, downloads({"programme": each.slug, **whole})) for each in programmes]
            if len(programmes) > 1
            else [],
            "columns": [(name, meanings[name]) for name in COLUMNS],
        },
    )


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """What pages are made of, for whoever works on them."""
    return render(request, "style.html", style_context())

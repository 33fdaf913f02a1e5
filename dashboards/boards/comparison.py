"""The public figures of other projects beside those of one: never a ranking, and only where somebody asks for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from dashboards.boards.drawings import written
from dashboards.boards.lines import Line
from epe_ap.templatetags.figures import percent
from indicators.models import Result
from projects.models import Project

#: As many other projects as a table has room for, in the order of their codes.
MOST_PROJECTS = 8


@dataclass(frozen=True)
class Compared:
    """An indicator with the public figure of each project, in the order of ``codes``; empty where it has none."""

    line: Line
    cells: list[str]


@dataclass(frozen=True)
class Comparison:
    codes: list[str]
    rows: list[Compared]
    are_all: bool


def comparison_of(project: Project, lines: Sequence[Line]) -> Comparison:
    """Public figures of the common indicators of this project in it and in others, by code. One query."""
    common = {
        line.indicator.pk: line
        for line in lines
        if line.indicator.project_id is None and line.row.breakdown == "" and line.indicator.is_public
    }
    programme = project.programme
    public = (
        Result.objects.public(demonstrations=[programme] if programme.is_demonstration else ())
        .filter(programme=programme, indicator__in=common, breakdown_key="", project__isnull=False)
        .filter(partner__isnull=True, forum__isnull=True)
        .exclude(actual__isnull=True, share__isnull=True)
    )
    if not programme.is_demonstration:
        # Of a demonstration the latest is the latest of all that there is, published or not.
        public = public.filter(is_latest=True)
    others = public.exclude(project=project).order_by("project__code").values("project").distinct()[: MOST_PROJECTS + 1]
    found: dict[str, dict[int, tuple[Decimal | None, Decimal | None]]] = defaultdict(dict)
    for code, indicator, actual, share in (
        public.filter(Q(project__in=others) | Q(project=project))
        .order_by("project__code", "period__ends_on", "key")
        .values_list("project__code", "indicator", "actual", "share")
    ):
        found[code][indicator] = (actual, share)
    known = [code for code in found if code != project.code]
    codes = sorted([project.code, *known[:MOST_PROJECTS]])
    compared = [
        Compared(line, [_cell(line, found.get(code, {}).get(pk)) for code in codes])
        for pk, line in common.items()
        if any(pk in found[code] for code in codes if code != project.code)
    ]
    return Comparison(codes, compared, are_all=len(known) <= MOST_PROJECTS)


def _cell(line: Line, value: tuple[Decimal | None, Decimal | None] | None) -> str:
    if value is None:
        return ""
    actual, share = value
    return written(line, actual) if actual is not None else percent(share)

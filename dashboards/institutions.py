"""What the sources say about an institution and what it answers, as the pages about it show it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.actions.verification import lacks_base, lacks_split
from indicators.choices import Settlement
from indicators.histories import Said, said_by
from indicators.models import Actual, Category, Confirmation, VerificationRound
from indicators.querysets import WRITERS
from indicators.tables import Names, reader_language
from library.models import Citation, Discrepancy, Finding, Publication
from partners.models import Membership, Partner
from projects.demonstrations import query_of
from projects.models import Partnership, Programme, Project


@dataclass
class Figure:
    """A figure of the institution's page.

    Attributes:
        round: in which the institution answers about it now; None when none is open.
        answers: what the institution answered in this round and in earlier ones, the latest first.
        citations: where it is printed, the adopted statement first.
    """

    actual: Actual
    names: Names
    round: VerificationRound | None = None
    answers: list[Confirmation] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.actual.pk

    @property
    def indicator(self) -> Any:
        return self.actual.series.indicator

    @cached_property
    def said(self) -> Said:
        return said_by(self.actual, self.indicator)

    @property
    def breakdown(self) -> str:
        return self.names.breakdown(self.actual.series.breakdown.key)

    @property
    def scope(self) -> list[str]:
        """What it is about beside its project: the institution or unit, a forum, a country."""
        series = self.actual.series
        forum = "" if series.forum is None else _("forum %(number)s") % {"number": series.forum.number}
        country = "" if series.country is None or series.partner is not None else series.country.name
        return [label for label in (series.partner and series.partner.short_name, forum, country) if label]

    @property
    def url(self) -> str:
        """Of the public page of its indicator; empty where it has none."""
        if not self.indicator.is_public:
            return ""
        return f"{self.indicator.get_absolute_url()}{query_of(self.indicator.programme)}"

    @property
    def answer(self) -> Confirmation | None:
        """Of the round that is open."""
        return next((each for each in self.answers if self.round and each.round_id == self.round.pk), None)

    @property
    def is_settled(self) -> bool:
        return self.answer is not None and self.answer.settlement != Settlement.PENDING

    @property
    def lacks_split(self) -> bool:
        return lacks_split(self.actual)

    @property
    def lacks_base(self) -> bool:
        return lacks_base(self.actual)

    @property
    def disagreement(self) -> str:
        """Why the sources disagree about it; empty where they do not."""
        return getattr(self.actual, "disagreement", None) or ""


@dataclass
class Progress:
    """How far an institution got in a round that is open."""

    round: VerificationRound
    figures: list[Figure]

    @property
    def total(self) -> int:
        return len(self.figures)

    @property
    def answered(self) -> int:
        return sum(1 for each in self.figures if each.answer is not None)

    def after(self, pk: int = 0) -> Figure | None:
        """The next figure without an answer, beginning again at the first after the last."""
        places = [place for place, each in enumerate(self.figures) if each.pk == pk]
        start = places[0] + 1 if places else 0
        rest = [*self.figures[start:], *self.figures[:start]]
        return next((each for each in rest if each.answer is None and each.pk != pk), None)

    def place(self, pk: int) -> int:
        return next((place for place, each in enumerate(self.figures, start=1) if each.pk == pk), 0)


class Institution:
    """An institution with its figures, as a person sees them.

    Attributes:
        may_answer: whether the person answers for it.
        figures: by project, then by indicator; of a demonstration, too.
    """

    def __init__(self, user: User, slug: str, today: date) -> None:
        self.user, self.today = user, today
        self.partner = partner_called(user, slug)
        self.may_answer = getattr(self.partner, "role", None) in WRITERS
        actuals = list(self._actuals())
        programmes = {each.series.indicator.programme_id for each in actuals}
        rounds = open_rounds(programmes, today)
        answers: dict[int, list[Confirmation]] = defaultdict(list)
        for answer in self._answers():
            answers[answer.actual_id].append(answer)
        names = Names.of([], Category.objects.select_related("dimension"))
        self.figures = [
            Figure(each, names, rounds.get(each.series.indicator.programme_id), answers[each.pk]) for each in actuals
        ]

    @classmethod
    def with_sources(cls, user: User, slug: str, today: date) -> "Institution":
        """The same with what the sources print of its figures and of itself."""
        institution = cls(user, slug, today)
        institution.add_citations(institution.figures)
        return institution

    @property
    def family(self) -> list[Partner]:
        return [self.partner, *self.partner.units.all()]

    @property
    def groups(self) -> list[tuple[Programme, Project | None, list[Figure]]]:
        """The figures under their projects; those of no project first."""
        ordered = groupby(self.figures, key=lambda each: (each.indicator.programme, each.actual.series.project))
        return [(programme, project, list(figures)) for (programme, project), figures in ordered]

    @property
    def has_periods(self) -> bool:
        """Whether its figures are of more periods than one, so that each says of which."""
        return len({each.actual.period_id for each in self.figures}) > 1

    @property
    def rounds(self) -> list[Progress]:
        """The rounds in which it answers now."""
        found: dict[int, Progress] = {}
        for figure in self.figures:
            if figure.round is not None:
                found.setdefault(figure.round.pk, Progress(figure.round, [])).figures.append(figure)
        return list(found.values())

    def figure(self, pk: int) -> Figure:
        """One of its figures.

        Raises:
            Http404: when it has no such figure that the person sees.
        """
        found = next((each for each in self.figures if each.pk == pk), None)
        if found is None:
            raise Http404
        return found

    def progress_of(self, figure: Figure) -> Progress | None:
        return next((each for each in self.rounds if each.round == figure.round), None)

    def add_citations(self, figures: Iterable[Figure]) -> None:
        """Where these figures are printed, and in the same query what is said of the institution itself."""
        by_actual: dict[int, list[Citation]] = defaultdict(list)
        self.own_citations: list[Citation] = []
        shown = {figure.pk: figure for figure in figures}
        own = Q(partner=self.partner) | Q(partnership__partner__in=self.family)
        public = Citation.objects.public().filter(own).values("pk")
        citations = Citation.objects.filter(Q(actual__in=shown) | Q(pk__in=public)).select_related(
            "document", "partnership__project"
        )
        for citation in citations.order_by("document__order", "order", "code"):
            if citation.actual_id is None:
                self.own_citations.append(citation)
            else:
                by_actual[citation.actual_id].append(citation)
        for pk, figure in shown.items():
            figure.citations = sorted(by_actual[pk], key=lambda each: (each.order, each.code))

    @cached_property
    def partnerships(self) -> list[Partnership]:
        """Its parts in projects and those of its units; contested ones, too, of what is real."""
        parts = Partnership.objects.filter(partner__in=self.family).select_related("project__programme", "partner")
        visible = parts.filter(Q(is_adopted=True) | Q(project__programme__is_demonstration=False))
        found = list(visible.order_by("project__programme__code", "project__code", "-is_adopted"))
        for part in found:
            part.cited = [each for each in getattr(self, "own_citations", ()) if each.partnership_id == part.pk]  # type: ignore[attr-defined]
        return found

    @property
    def named_citations(self) -> list[Citation]:
        """What the sources say of the institution itself."""
        return [each for each in self.own_citations if each.partner_id is not None]

    @cached_property
    def publications(self) -> list[Publication]:
        return list(Publication.objects.filter(projects__in=self._projects).distinct().order_by("kind", "title"))

    @cached_property
    def findings(self) -> list[Finding]:
        findings = Finding.objects.filter(project__in=self._projects).select_related("project", "document")
        return list(findings.order_by("project__code", "kind", "order", "code"))

    @property
    def _projects(self) -> QuerySet[Project]:
        adopted = Partnership.objects.filter(partner__in=self.family, is_adopted=True)
        return Project.objects.filter(pk__in=adopted.values("project"))

    def _actuals(self) -> QuerySet[Actual]:
        return (
            Actual.objects.of_institution(self.partner)
            .for_user(self.user)
            .with_series()
            .with_split()
            .select_related("period", "series__indicator__programme", "series__reporter")
            .annotate(
                disagreement=Subquery(
                    disagreements(self.user).values(f"explanation_{reader_language()}").order_by("code")[:1]
                )
            )
            .order_by(
                "series__indicator__programme__is_demonstration",
                "series__indicator__programme__code",
                "series__project__code",
                f"series__indicator__name_{reader_language()}",
                "series__indicator",
                "period__starts_on",
                "series__breakdown__key",
                "pk",
            )
        )

    def _answers(self) -> QuerySet[Confirmation]:
        answers = Confirmation.objects.for_user(self.user).filter(partner=self.partner)
        return (
            answers.select_related("round", "answered_by").prefetch_related("evidence").order_by("-answered_at", "-pk")
        )


def partner_called(user: User, slug: str) -> Partner:
    """An institution of the person, with its units, all names, and the person's ``role`` in it; any for staff.

    Raises:
        Http404: for whatever is not theirs, whether it exists or not.
    """
    role = Membership.objects.filter(user=user, user__is_active=True, partner=OuterRef("pk")).values("role")[:1]
    partners = Partner.objects.all() if user.is_staff else Partner.objects.for_user(user)
    found = (
        partners.annotate(role=Subquery(role))
        .select_related("country", "part_of")
        .prefetch_related(Prefetch("units", queryset=Partner.objects.order_by("name")))
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise Http404
    prefetch_related_objects([found, *found.units.all()], "aliases")
    return found


def open_rounds(programmes: Iterable[int], today: date) -> dict[int, VerificationRound]:
    """The round in which institutions answer on that day, of each of the programmes that has one: the latest."""
    rounds = VerificationRound.objects.filter(programme__in=list(programmes), opens_on__lte=today, closes_on__gte=today)
    return {each.programme_id: each for each in rounds.order_by("opens_on", "code")}


def rounds_for(user: User, today: date) -> list[VerificationRound]:
    """The rounds in which the institutions of a person answer on that day: of programmes in which they or their units
    take part."""
    institutions = Membership.objects.filter(user=user, user__is_active=True).values("partner")
    parts = Partnership.objects.filter(
        Q(partner__in=institutions) | Q(partner__part_of__in=institutions),
        is_adopted=True,
        project__programme=OuterRef("programme"),
    )
    rounds = VerificationRound.objects.filter(Exists(parts), opens_on__lte=today, closes_on__gte=today)
    return list(rounds.select_related("programme").order_by("closes_on", "code"))


def disagreements(user: User) -> QuerySet[Discrepancy]:
    """Discrepancies of the actual of an outer query; for members those that the public sees."""
    seen = Discrepancy.objects.all() if user.is_staff else Discrepancy.objects.public()
    return seen.filter(Q(actuals=OuterRef("pk")) | Q(citations__actual=OuterRef("pk")))

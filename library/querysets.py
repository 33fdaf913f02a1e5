"""Questions that are asked about sources, publications and findings."""

from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OrderBy, OuterRef, Prefetch, Q, QuerySet, When

from accounts.folding import bytewise, fold, folded, starting
from accounts.querysets import RecordQuerySet
from forums.models import Forum
from indicators.models import Indicator, Result
from library.choices import DiscrepancyKind, FindingKind, PublicationKind, Severity
from partners.models import Country, Partner
from projects.models import Programme, Project, Theme

#: What a citation may be about, as paths to the programme that it belongs to.
PROGRAMMES_OF_CITED_RECORDS = (
    "programme",
    "theme__programme",
    "project__programme",
    "partnership__project__programme",
    "forum__programme",
    "publication__programme",
    "expected_result__programme",
)


def shown_actuals() -> QuerySet:
    """Primary keys of the actuals that public pages show: public, of a real programme, and not withheld."""
    return (
        Result.objects.public().real().filter(is_suppressed=False, actual_record__isnull=False).values("actual_record")
    )


def withheld_baselines() -> QuerySet:
    """Primary keys of the baselines that stand in the table of results without their number."""
    return Result.objects.filter(baseline__isnull=True, baseline_record__value__isnull=False).values("baseline_record")


class DocumentQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        """Sources with the number of what they state in public; a source of hidden records alone is left out."""
        citations = self.model._meta.get_field("citations").related_model.objects
        return (
            self.annotate(
                number_of_citations=Count(
                    "citations", filter=Q(citations__in=citations.public().values("pk")), distinct=True
                )
            )
            .filter(Q(number_of_citations__gt=0) | ~Exists(citations.filter(document=OuterRef("pk"))))
            .order_by("order", "slug")
        )

    def for_admin(self) -> Self:
        return self.annotate(number_of_citations=Count("citations", distinct=True))


class CitationQuerySet(RecordQuerySet):
    def public(self) -> Self:
        """Citations of what public pages show.

        Left out is what a source states about a demonstration programme, a partner or indicator that is not public, or
        a figure that is withheld: its printed value would give it away.
        """
        condition = Q(actual__isnull=True) | Q(actual__in=shown_actuals())
        indicators = Indicator.objects.public().values("pk")
        for figure in ("target", "baseline"):
            condition &= Q(**{f"{figure}__isnull": True}) | Q(**{f"{figure}__series__indicator__in": indicators})
        condition &= Q(baseline__isnull=True) | ~Q(baseline__in=withheld_baselines())
        for programme in PROGRAMMES_OF_CITED_RECORDS:
            condition &= ~Q(**{f"{programme}__is_demonstration": True})
        return self.filter(condition & ~Q(partner__is_public=False) & ~Q(partnership__partner__is_public=False))

    def with_subjects(self) -> Self:
        """Citations with their source and whatever they are about."""
        return self.select_related(
            "document",
            *(
                f"{figure}__series__{part}"
                for figure in ("actual", "target", "baseline")
                for part in ("indicator", "project", "country", "partner", "forum", "breakdown")
            ),
            "programme",
            "theme",
            "project",
            "partner",
            "forum",
            "publication",
            "expected_result__programme",
            "partnership__project",
            "partnership__partner",
        )

    def for_source_page(self) -> Self:
        """Public citations with what they are about, by the section in which they stand."""
        discrepancies = self.model._meta.get_field("discrepancies").related_model.objects
        return (
            self.public()
            .with_subjects()
            .prefetch_related(Prefetch("discrepancies", queryset=discrepancies.public()))
            .order_by(bytewise(folded("section")), "order", bytewise("code"))
        )

    def of_indicator(self, indicator: Indicator) -> Self:
        """What sources state about an indicator's figures, the adopted statement of each figure first."""
        return (
            self.public()
            .with_subjects()
            .filter(
                Q(actual__series__indicator=indicator)
                | Q(target__series__indicator=indicator)
                | Q(baseline__series__indicator=indicator)
            )
            .order_by("actual", "target", "baseline", "order", bytewise("code"))
        )

    def about_programme(self, programme: Programme) -> Self:
        return self._about(Q(programme=programme))

    def of_result(self, result: Result) -> Self:
        """What sources state about the figures of one result: its actual, then its target and its baseline."""
        figures = {name: getattr(result, f"{name}_record_id") for name in ("actual", "target", "baseline")}
        condition = Q(pk__in=())
        for name, key in figures.items():
            if key is not None:
                condition |= Q(**{name: key})
        return (
            self.public()
            .with_subjects()
            .filter(condition)
            .order_by(*(OrderBy(F(name), nulls_last=True) for name in figures), "order", bytewise("code"))
        )

    def about_theme(self, theme: Theme) -> Self:
        return self._about(Q(theme=theme))

    def about_project(self, project: Project) -> Self:
        """What sources state about a project and who takes part in it."""
        return self._about(Q(project=project) | Q(partnership__project=project))

    def about_partner(self, partner: Partner) -> Self:
        """What sources state about a partner and what it takes part in."""
        return self._about(Q(partner=partner) | Q(partnership__partner=partner))

    def about_forum(self, forum: Forum) -> Self:
        return self._about(Q(forum=forum))

    def _about(self, condition: Q) -> Self:
        return (
            self.public()
            .filter(condition)
            .select_related("document", "partnership__project", "partnership__partner")
            .order_by("document__order", "order", bytewise("code"))
        )

    def for_admin(self) -> Self:
        return self.select_related("document")


class DiscrepancyQuerySet(RecordQuerySet):
    def public(self) -> Self:
        """Discrepancies between statements all of which the public sees: the explanation names what disagrees."""
        citations = self.model._meta.get_field("citations").related_model.objects
        actuals = self.model._meta.get_field("actuals").related_model.objects
        return self.filter(
            ~Exists(citations.filter(discrepancies=OuterRef("pk")).exclude(pk__in=citations.public().values("pk"))),
            ~Exists(actuals.filter(discrepancies=OuterRef("pk")).exclude(pk__in=shown_actuals())),
            programme__is_demonstration=False,
        )

    def for_list(self) -> Self:
        """Public discrepancies, the gravest first."""
        return self.public().order_by(
            # The gravest first: the words are stored from the least to the most.
            _place("severity", Severity).desc(),
            _place("kind", DiscrepancyKind),
            bytewise("code"),
        )

    def with_statements(self) -> Self:
        """Discrepancies with the citations and figures that disagree, and what these are about."""
        citations = self.model._meta.get_field("citations").related_model.objects
        actuals = self.model._meta.get_field("actuals").related_model.objects
        return self.prefetch_related(
            Prefetch("citations", queryset=citations.with_subjects().order_by("order", bytewise("code"))),
            Prefetch("actuals", queryset=actuals.with_series().order_by("pk")),
        )

    def about_programme(self, programme: Programme) -> Self:
        """Where sources disagree about a programme itself: its name, dates, budget."""
        return self._about(Q(citations__programme=programme))

    def about_theme(self, theme: Theme) -> Self:
        return self._about(Q(citations__theme=theme))

    def about_project(self, project: Project) -> Self:
        """Where sources disagree about a project, its partners or its figures."""
        return self._about(
            Q(citations__project=project)
            | Q(citations__partnership__project=project)
            | Q(citations__actual__series__project=project)
            | Q(citations__target__series__project=project)
            | Q(actuals__series__project=project)
        )

    def about_partner(self, partner: Partner) -> Self:
        return self._about(
            Q(citations__partner=partner)
            | Q(citations__partnership__partner=partner)
            | Q(citations__actual__series__partner=partner)
            | Q(actuals__series__partner=partner)
        )

    def about_country(self, country: Country) -> Self:
        """Where sources disagree about a country's own figures."""
        return self._about(Q(citations__actual__series__country=country) | Q(actuals__series__country=country))

    def about_forum(self, forum: Forum) -> Self:
        return self._about(
            Q(citations__forum=forum) | Q(citations__actual__series__forum=forum) | Q(actuals__series__forum=forum)
        )

    def of_document(self, document: models.Model) -> Self:
        """Where a source disagrees with itself or with another one."""
        return self._about(Q(citations__document=document))

    def about_indicator(self, indicator: Indicator) -> Self:
        return self._about(
            Q(citations__actual__series__indicator=indicator)
            | Q(citations__target__series__indicator=indicator)
            | Q(citations__baseline__series__indicator=indicator)
            | Q(actuals__series__indicator=indicator)
        )

    def about_result(self, result: Result) -> Self:
        """Where sources disagree about the figures of one result, or these do not fit with others."""
        condition = Q(pk__in=())
        for name in ("actual", "target", "baseline"):
            key = getattr(result, f"{name}_record_id")
            if key is not None:
                condition |= Q(**{f"citations__{name}": key})
        if result.actual_record_id is not None:
            condition |= Q(actuals=result.actual_record_id)
        return self._about(condition)

    def _about(self, condition: Q) -> Self:
        # By primary key, so that several matching citations do not repeat the row.
        return self.filter(pk__in=self.model._base_manager.filter(condition).values("pk")).for_list()

    def for_admin(self) -> Self:
        return self.annotate(number_of_citations=Count("citations", distinct=True))


class PublicationQuerySet(RecordQuerySet):
    def real(self) -> Self:
        """Publications of programmes that are not a demonstration."""
        return self.filter(programme__is_demonstration=False)

    def for_cards(self) -> Self:
        """Publications by kind and title."""
        return self.real().order_by(_place("kind", PublicationKind), bytewise(folded("title")), bytewise("slug"))

    def for_list(self) -> Self:
        """Publications with all that they belong to."""
        return (
            self.for_cards().select_related("programme").prefetch_related("themes", "projects", "forums", "countries")
        )

    def mentioning(self, words: str) -> Self:
        """Publications whose title or summary holds every one of the words, whatever their case and accents."""
        return mentioning(self, words, "title", "translated_title", "summary")


class FindingQuerySet(RecordQuerySet):
    def real(self) -> Self:
        """Findings of programmes that are not a demonstration."""
        return self.filter(programme__is_demonstration=False)

    def about_theme(self, theme: Theme) -> Self:
        """What was learned under a theme, and the unexpected results of its projects."""
        of_project = Q(kind=FindingKind.UNEXPECTED_RESULT, project__project_themes__theme=theme)
        return self._matching(Q(theme=theme) | of_project)

    def about_country(self, country: Country) -> Self:
        """What was learned in the projects of a country."""
        return self._matching(Q(project__countries=country))

    def _matching(self, condition: Q) -> Self:
        # By primary key, so that several matching themes or countries do not repeat the row.
        return self.filter(pk__in=self.model._base_manager.filter(condition).values("pk"))

    def for_list(self) -> Self:
        """Findings by kind, with what they are of."""
        return self.for_section().select_related("programme", "theme", "project", "forum", "document")

    def for_section(self) -> Self:
        """Findings by kind, with where they were read: of one record, on its page."""
        return (
            self.real()
            .select_related("document")
            .order_by(_place("kind", FindingKind), "programme__code", "order", bytewise("code"))
        )

    def mentioning(self, words: str) -> Self:
        """Findings whose text holds every one of the words, whatever their case and accents."""
        return mentioning(self, words, "text")


def _place(field: str, words: type[models.TextChoices]) -> Case:
    """The place of a stored word in the order in which its choices stand."""
    return Case(*(When(**{field: word}, then=place) for place, word in enumerate(words)), default=len(list(words)))


def mentioning(records: Any, words: str, *fields: str) -> Any:
    """Records one of whose texts, in any language, has words that start with each of these."""
    columns = []
    known = {field.name for field in records.model._meta.get_fields()}
    for field in fields:
        columns += [field] if field in known else [f"{field}_{language}" for language in ("fr", "es", "en")]
    records = records.alias(**{f"folded_{column}": folded(column) for column in columns})
    for word in fold(words).split():
        condition = Q()
        for column in columns:
            condition |= Q(**{f"folded_{column}__regex": starting(word)})
        records = records.filter(condition)
    return records

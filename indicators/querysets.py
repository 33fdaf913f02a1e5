"""Questions that are asked about the logic model, the indicators and their figures."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OrderBy,
    OuterRef,
    Prefetch,
    Q,
    TextField,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Concat, Replace

from accounts.folding import bytewise, folded, naming
from accounts.models import User
from accounts.querysets import RecordQuerySet
from indicators.choices import (
    OPEN_SUBMISSION_STATES,
    ConfirmationAnswer,
    Family,
    Nature,
    PeriodKind,
    PeriodState,
    Route,
    Settlement,
    Status,
)
from partners.choices import MembershipRole
from partners.models import Membership
from projects.choices import PartnershipRole
from projects.models import Project

if TYPE_CHECKING:
    from indicators.models import Breakdown, Category, ReportingPeriod, Result
    from partners.models import Partner
    from projects.models import Programme, Theme

#: What a list shows unless its reader asks for more.
MAIN_NATURES = (Nature.OUTCOME, Nature.OUTPUT)

#: From what changed to what was put in.
NATURE_ORDER = (Nature.OUTCOME, Nature.OUTPUT, Nature.ACTIVITY, Nature.INPUT, Nature.CONTEXT)

#: Parts of a result's scope, from the widest; none of them set is the whole programme.
SCOPE = ("project", "country", "partner", "forum")


#: How the key of a result may end: as it was reported, as a computed total, or as what is kept for the public until a
#: reported one is published. Whichever it is, it stands under one address.
ROW_KINDS = ("", "/computed", "/awaited")


def _wrapped(key: str) -> Case:
    """The key of a breakdown with a mark before, between and behind its categories: ``;`` for the total."""
    marked = Concat(Value(";"), key, Value(";"), output_field=TextField())
    return Case(When(**{key: ""}, then=Value(";")), default=marked, output_field=TextField())


#: What a public page says beside an actual, and a search finds.
NOTES = tuple(f"{field}_{language}" for field in ("note", "text") for language in ("fr", "es", "en"))
#: Few of a million actuals have any: they stand in an index of their own, and a search reads no others.
HAS_NOTES = ~Q(**dict.fromkeys(NOTES, ""))


#: A target of its period, or a final one, is stated.
HAS_TARGET = Q(target__isnull=False) | Q(target_final__isnull=False)


#: Roles of a person in an institution that enter figures.
WRITERS = (MembershipRole.CONTRIBUTOR, MembershipRole.LEAD)


def seen_by(user: User, path: str = "", *, roles: Iterable[MembershipRole] = tuple(MembershipRole)) -> Q:
    """The condition that a series is one of a person's: reported by an institution for which they have one of these
    roles, or reported by any institution in a project that an institution of theirs leads, where they are its lead.

    Args:
        path: to the series, with its underscores.
    """
    mine = Membership.objects.filter(user=user, user__is_active=True)
    led = mine.filter(
        role=MembershipRole.LEAD,
        partner__partnerships__role=PartnershipRole.LEAD,
        partner__partnerships__is_adopted=True,
        partner__partnerships__project=OuterRef(f"{path}project"),
    )
    own = mine.filter(role__in=list(roles), partner=OuterRef(f"{path}reporter"))
    return Exists(own) | (Q(**{f"{path}reporter__isnull": False}) & Exists(led))


@dataclass(frozen=True)
class Sight:
    """What :func:`seen_by` says of the series of one project, for a page that has read them: one query for the person
    instead of a condition of four tables in each query.

    Attributes:
        own: institutions of the person.
        writing: those of them that the person enters figures for.
        is_lead: the person is lead of an institution that leads the project.
    """

    own: frozenset[int]
    writing: frozenset[int]
    is_lead: bool

    @classmethod
    def of(cls, user: User, project: Project) -> Self:
        led = project.partnerships.filter(
            role=PartnershipRole.LEAD, is_adopted=True, partner=OuterRef("partner"), project=project
        )
        rows = list(
            Membership.objects.filter(user=user, user__is_active=True)
            .annotate(leads=Exists(led))
            .values_list("partner", "role", "leads")
        )
        return cls(
            frozenset(partner for partner, _role, _leads in rows),
            frozenset(partner for partner, role, _leads in rows if role in WRITERS),
            any(leads and role == MembershipRole.LEAD for _partner, role, leads in rows),
        )

    def sees(self, reporter: int | None) -> bool:
        """Whether a series of this reporter is one of the person's."""
        return reporter is not None and (self.is_lead or reporter in self.own)

    def writes(self, reporter: int | None) -> bool:
        """Whether the person enters its figures."""
        return reporter is not None and (self.is_lead or reporter in self.writing)


def folded_words(*fields: str) -> Any:
    """All these texts, each on a line of its own, in small letters without accents."""
    texts = [part for field in fields for part in (F(field), Value("\n"))]
    return folded(Concat(*texts, output_field=TextField()))


class IndicatorQuerySet(RecordQuerySet):
    def public(self) -> Self:
        """Indicators that anybody may see."""
        return self.filter(is_public=True, programme__is_demonstration=False)

    def for_page(self, demonstration: "Programme | None" = None) -> Self:
        """Public indicators with all that the method sheet names: of real programmes, or of one demonstration."""

        def shown(indicators: Self) -> Self:
            if demonstration is None:
                return indicators.public()
            return indicators.filter(is_public=True, programme=demonstration)

        return (
            shown(self)
            .select_related("programme", "expected_result__programme", "project", "contributes_to", "replaced_by")
            .prefetch_related(
                "themes",
                "goals",
                "dimensions",
                Prefetch("contributors", queryset=shown(self.model.objects.all())),
                Prefetch("replaces", queryset=shown(self.model.objects.all())),
            )
        )

    def for_admin(self) -> Self:
        return self.select_related("programme", "project", "expected_result").annotate(
            number_of_series=Count("series", distinct=True)
        )


class BreakdownQuerySet(RecordQuerySet):
    def for_categories(self, categories: Iterable["Category"]) -> "Breakdown":
        """The one breakdown of exactly these categories, made when it is new; of none: the total."""
        chosen = sorted(categories, key=lambda category: category.dimension.code)
        breakdown: Breakdown
        breakdown, is_new = self.get_or_create(key=self.model.key_of(chosen))
        if is_new:
            breakdown.categories.set(chosen)
        return breakdown


class ReportingPeriodQuerySet(RecordQuerySet):
    def whole(self) -> Self:
        return self.filter(kind=PeriodKind.WHOLE)

    def published(self) -> Self:
        return self.filter(state=PeriodState.PUBLISHED)

    def for_admin(self) -> Self:
        return self.select_related("programme")


class SeriesQuerySet(RecordQuerySet):
    def for_user(self, user: User) -> Self:
        """The series whose unpublished figures a person sees: of their institutions, and of the projects they lead; all
        of them for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        return self.filter(seen_by(user))

    def reported_by(self, user: User) -> Self:
        """Those of them that the person enters figures of; ``indicators.actions.reported_by`` is the rule itself."""
        return self.filter(seen_by(user, roles=WRITERS))

    def with_writable(self, user: User) -> Self:
        """With ``is_writable``: whether somebody of an institution enters figures of it, as :meth:`reported_by`; and with
        ``is_own``: whether it is their own institution that reports it."""
        own = Membership.objects.filter(user=user, user__is_active=True, role__in=WRITERS, partner=OuterRef("reporter"))
        return self.annotate(
            is_writable=ExpressionWrapper(seen_by(user, roles=WRITERS), output_field=BooleanField()),
            is_own=Exists(own),
        )

    def expected_in(self, period: "ReportingPeriod") -> Self:
        """Series that a figure is awaited of for a period: expected ones, of indicators that are active in it.

        None is awaited of the programme as a whole: its figure follows from those of the periods.
        """
        if period.kind == PeriodKind.WHOLE:
            return self.none()
        return self.filter(
            Q(indicator__active_from__isnull=True) | Q(indicator__active_from__lte=period.ends_on),
            Q(indicator__active_to__isnull=True) | Q(indicator__active_to__gte=period.starts_on),
            is_expected=True,
            indicator__programme=period.programme_id,
        )

    def for_admin(self) -> Self:
        return self.with_scope()

    def with_scope(self) -> Self:
        return self.select_related("indicator", "project", "country", "partner", "forum", "breakdown", "reporter")


class FigureQuerySet(RecordQuerySet):
    """Baselines, targets and actuals."""

    def with_series(self) -> Self:
        return self.select_related(
            *(f"series__{part}" for part in ("indicator", "project", "country", "partner", "forum", "breakdown"))
        )

    def for_admin(self) -> Self:
        return self.with_series()


class TargetQuerySet(FigureQuerySet):
    def current(self) -> Self:
        """Targets as they stand; earlier versions left out."""
        return self.filter(is_current=True)

    def superseded(self) -> Self:
        """Earlier versions of targets, with what they were for."""
        return self.filter(is_current=False).with_series().select_related("period").order_by("series", "revision")

    def for_admin(self) -> Self:
        return self.with_series().select_related("period")


class ActualQuerySet(FigureQuerySet):
    def published(self) -> Self:
        """Actuals that anybody may see: of a published period, or printed in a published source."""
        return self.filter(
            Q(period__state=PeriodState.PUBLISHED) | Q(route=Route.PUBLISHED_SOURCE), series__indicator__is_public=True
        )

    def for_user(self, user: User) -> Self:
        """Actuals that a person sees: those that the public sees, of a demonstration those that it would, and whatever
        stands in the series that they see; all of them for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        return self.filter(seen_by(user, "series__") | self._is_shown())

    def open_to(self, partner: "Partner") -> Self:
        """Actuals that say something of an institution and that all of its people see: public, or reported by it."""
        return self.of_institution(partner).filter(Q(series__reporter=partner) | self._is_shown())

    def _is_shown(self) -> Any:
        """The condition that the public sees an actual with its number, or would if a demonstration were real."""
        would_be = Q(period__state=PeriodState.PUBLISHED, indicator__is_public=True, programme__is_demonstration=True)
        results = self.model._meta.get_field("results").related_model._base_manager
        return Exists(results.filter(Q(is_public=True) | would_be, actual_record=OuterRef("pk"), is_suppressed=False))

    def of_institution(self, partner: "Partner") -> Self:
        """Actuals that say something of an institution: of a series that is about it or about one of its units, or that
        one of them reports; and those of the projects in which it takes part that name it in their note or in a citation.

        Args:
            partner: its units and other names are read, unless they are at hand (``Partner.objects.with_names()``).
        """
        family = [partner, *partner.units.all()]
        part = Q(
            project__partnerships__partner__in=family,
            project__partnerships__is_adopted=True,
            pk=OuterRef("series"),
        )
        in_its_projects = self.model._meta.get_field("series").related_model._base_manager.filter(part)
        pattern = naming(name for each in family for name in each.every_name)
        citations = self.model._meta.get_field("citations").related_model._base_manager
        named = (
            citations.filter(actual=OuterRef("pk"))
            .alias(words=folded_words("section", "printed_value", "note_fr", "note_es", "note_en"))
            .filter(words__regex=pattern)
        )
        return self.alias(words=folded_words("note_fr", "note_es", "note_en")).filter(
            Q(series__partner__in=family)
            | Q(series__reporter__in=family)
            | (Q(series__partner=None) & Exists(in_its_projects) & (Q(words__regex=pattern) | Exists(named)))
        )

    def with_split(self) -> Self:
        """With ``has_split``: whether anything is stated of women or men beside it; and ``has_whole``: whether the total
        is stated that a share is one of. Both in the same scope and period."""
        own = _wrapped("series__breakdown__key")
        parts = self._beside().filter(series__breakdown__categories__dimension__code="sex")
        of_sex = Concat(Value(";sex="), F("series__breakdown__categories__code"), Value(";"), output_field=TextField())
        # The key of a part, without its sex, is the key of what it is a part of.
        parts = parts.alias(
            rest=Replace(_wrapped("series__breakdown__key"), of_sex, Value(";"), output_field=TextField()),  # type: ignore[arg-type]
            own=OuterRef("own_key"),
        ).filter(rest=F("own"))
        wholes = self._beside().filter(series__breakdown__key="", value__isnull=False)
        return self.alias(own_key=own).annotate(has_split=Exists(parts), has_whole=Exists(wholes))

    def _beside(self) -> Any:
        """Actuals of the same indicator, scope and period as the actual of an outer query."""
        found = self.model._base_manager.filter(
            series__indicator=OuterRef("series__indicator"), period=OuterRef("period")
        )
        for part in SCOPE:
            # Empty equals empty here: both are the wider scope.
            found = found.alias(**{f"same_{part}": Coalesce(f"series__{part}_id", 0)}).filter(
                **{f"same_{part}": Coalesce(OuterRef(f"series__{part}_id"), 0)}
            )
        return found

    def for_admin(self) -> Self:
        return self.with_series().select_related("period")


class SubmissionQuerySet(FigureQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_SUBMISSION_STATES)

    def for_user(self, user: User) -> Self:
        """Submissions of the series that a person sees; all of them for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        return self.filter(seen_by(user, "series__"))

    def for_admin(self) -> Self:
        return self.with_series().select_related("period", "author")


class ReportQuerySet(RecordQuerySet):
    def for_user(self, user: User) -> Self:
        """Reports of the projects that a person sees."""
        return self.filter(project__in=Project.objects.for_user(user))


class ConfirmationQuerySet(RecordQuerySet):
    def for_user(self, user: User) -> Self:
        """What the institutions of a person answered; all of it for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        return self.filter(
            Exists(Membership.objects.filter(user=user, user__is_active=True, partner=OuterRef("partner")))
        )

    def to_settle(self) -> Self:
        """Answers that ask the staff for something: another figure, evidence, a split or a base."""
        asks = Q(answer__in=(ConfirmationAnswer.CORRECTED, ConfirmationAnswer.EVIDENCE))
        for told in ("women", "men", "base"):
            asks |= Q(**{f"{told}__isnull": False})
        return self.filter(asks, settlement=Settlement.PENDING)

    def for_admin(self) -> Self:
        return self.select_related(
            "round",
            "partner",
            "answered_by",
            "actual__period",
            *(
                f"actual__series__{part}"
                for part in ("indicator", "project", "country", "partner", "forum", "breakdown")
            ),
        )


class EvidenceQuerySet(RecordQuerySet):
    def for_user(self, user: User) -> Self:
        """What supports figures that a person sees before they are published, and answers of their institutions; all of
        it for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        mine = Membership.objects.filter(user=user, user__is_active=True, partner=OuterRef("confirmation__partner"))
        return self.filter(
            (Q(submission__isnull=False) & seen_by(user, "submission__series__"))
            | (Q(confirmation__isnull=False) & Exists(mine))
        )

    def to_delete(self, today: date) -> Self:
        """Those whose file is to be gone by that day."""
        return self.filter(delete_on__lte=today, file__isnull=False)


class NotificationQuerySet(models.QuerySet):
    def for_user(self, user: User) -> Self:
        """What a person is told of, the latest first; nobody reads another's, nor what an institution that they left
        was told."""
        own = self.filter(user=user)
        if user.is_staff and user.is_active:
            return own
        theirs = {"user": user, "user__is_active": True, "partner__partnerships__is_adopted": True}
        of_project = Membership.objects.filter(**theirs, partner__partnerships__project=OuterRef("project"))
        of_programme = Membership.objects.filter(
            **theirs, partner__partnerships__project__programme=OuterRef("period__programme")
        )
        return own.filter(Exists(of_project) | (Q(project__isnull=True) & Exists(of_programme)))

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class ResultQuerySet(models.QuerySet):
    """The flat table of results, as pages and downloads ask for it.

    A *row* of a page is an indicator in one scope and period. Its total is the row; its breakdowns are the parts inside
    it. Where the sources give a part alone (women only, say), the part is a row of its own.
    """

    def public(self, *, demonstrations: Iterable["Programme | int"] = ()) -> Self:
        """Results that anybody may see; and those of demonstration programmes, where somebody asks for them by name."""
        named = list(demonstrations)
        if not named:
            return self.filter(is_public=True)
        # Nothing of a demonstration is marked public: what would be, were it real, is told by its period.
        would_be = Q(period__state=PeriodState.PUBLISHED) | Q(actual_record__isnull=True, actual__isnull=True)
        return self.filter(Q(is_public=True) | (Q(programme__in=named, indicator__is_public=True) & would_be))

    def for_user(self, user: User, *, demonstrations: Iterable["Programme | int"] = ()) -> Self:
        """What the public sees, and what is not published yet of the series that a person sees; for staff, all of it.

        Of a series whose figure waits to be published, a person finds two rows: that figure, and what the public sees.
        """
        if user.is_staff and user.is_active:
            return self.for_staff()
        return self.public(demonstrations=demonstrations) | self.filter(seen_by(user, "series__"))

    def real(self) -> Self:
        """Without the fictitious figures of demonstration programmes."""
        return self.filter(programme__is_demonstration=False)

    def for_staff(self) -> Self:
        """One row for each series and period: without those that keep what the public sees until an actual is published."""
        actuals = self.model._meta.get_field("actual_record").related_model._base_manager
        answered = actuals.filter(series=OuterRef("series"), period=OuterRef("period"))
        return self.exclude(Exists(answered), actual_record=None)

    def results(self) -> Self:
        """Outcomes and outputs: what a list shows unless its reader asks for more."""
        return self.filter(nature__in=MAIN_NATURES)

    def latest(self) -> Self:
        return self.filter(is_latest=True)

    def at(self, slug: str, key: str) -> Self:
        """The rows whose page stands under the slug of an indicator and ``Result.figure_key``; what is withheld has none."""
        # No column of a database keeps a null byte, and no address says how a figure came about.
        if "\x00" in key or any(key.endswith(kind) for kind in ROW_KINDS if kind):
            return self.none()
        return self.filter(key__in=[f"{slug}/{key}{kind}" for kind in ROW_KINDS], is_suppressed=False)

    def of_same_scope(self, row: "Result") -> Self:
        """The total and the parts that stand beside a row: of its indicator, scope and period."""
        same = {f"{part}_id": getattr(row, f"{part}_id") for part in SCOPE}
        return self.filter(
            indicator_id=row.indicator_id, period_id=row.period_id, is_public=row.is_public, **same
        ).exclude(pk=row.pk)

    def regional(self) -> Self:
        """Figures of no single country."""
        return self.filter(country__isnull=True)

    def of_themes(self, themes: Iterable["Theme | int"]) -> Self:
        """Figures whose indicator belongs to one of these themes or dimensions."""
        indicators = self.model._meta.get_field("indicator").related_model._base_manager
        # By subquery, so that an indicator of two of the themes does not repeat its rows.
        return self.filter(indicator__in=indicators.filter(themes__in=list(themes)).values("pk"))

    def for_pages(self, demonstration: "Programme | None" = None) -> Self:
        """Rows of the pages of a country, theme, project, partner, forum or goal: public, real, of the latest period.

        Args:
            demonstration: its rows instead, of its public indicators.
        """
        if demonstration is None:
            return self.public().real().latest().rows()
        return self.public(demonstrations=[demonstration]).filter(programme=demonstration).latest().rows()

    def on(self, today: date) -> Self:
        """With ``status_today``, the status as ``rules.due`` reads it on that day."""
        return self.annotate(
            status_today=Case(
                When(status=Status.NOT_REPORTED, due_on__gte=today, then=Value(Status.NOT_DUE)),
                default=F("status"),
                output_field=CharField(),
            )
        )

    def rows(self) -> Self:
        """Totals, and parts that have none."""
        return self.filter(is_row=True)

    def with_target(self) -> Self:
        """With ``has_target``: a target of its period, or a final one, is stated."""
        return self.annotate(has_target=HAS_TARGET)

    def parts_of(self, rows: Iterable["Result"]) -> Self:
        """Breakdowns that may stand inside these rows; ``Result.row_key`` says in which."""
        of_countries: dict[int | None, list[Result]] = defaultdict(list)
        for row in rows:
            if row.breakdown_key == "":
                of_countries[row.country_id].append(row)
        # A country's own rows and the regional ones beside them are about other indicators and projects: what crosses
        # them would be read in vain.
        inside = Q(pk__in=[])
        for totals in of_countries.values():
            within = Q(
                is_public__in={row.is_public for row in totals},
                indicator__in={row.indicator_id for row in totals},
                period__in={row.period_id for row in totals},
            )
            for part in SCOPE:
                found = {getattr(row, f"{part}_id") for row in totals}
                within &= Q(**{f"{part}__in": found - {None}}) | (Q(**{part: None}) if None in found else Q(pk__in=[]))
            inside |= within
        return self.filter(inside, ~Q(breakdown_key="")).order_by(bytewise("breakdown_key"), bytewise("key"))

    def in_order(self, *, group: str, sort: str, language: str, is_one_place: bool = False) -> Self:
        """In the order of the results page.

        First what has a stated target, then by group (``family``, ``result``, ``theme``, ``country`` or ``nature``), then by ``sort``: ``name``, ``value``,
        ``achievement``, ``country`` or ``project``, after ``-`` for the other way round. What lacks it comes last both
        ways. The last words make the order the same each time and on both databases.

        Args:
            is_one_place: all of these rows have a target or none has, and they are of one group; in the order of names,
                they are of one name as well. What they have in common is not compared.
        """
        name = folded(f"indicator__name_{language}")
        columns: dict[str, Any] = {
            "name": bytewise(name),
            "value": Coalesce("actual", "share"),
            "achievement": F("achievement"),
            "country": bytewise("country__code"),
            "project": bytewise("project__code"),
        }
        by = sort.removeprefix("-")
        chosen = OrderBy(columns[by], descending=sort.startswith("-"), nulls_last=True)
        leading = [] if is_one_place else ["-has_target", *self._group_order(group)]
        return self.with_target().order_by(
            *leading,
            *([] if is_one_place and by == "name" else [chosen, bytewise(name)]),
            OrderBy(bytewise("country__code"), nulls_first=True),
            OrderBy(bytewise("project__code"), nulls_first=True),
            OrderBy(bytewise("partner__slug"), nulls_first=True),
            OrderBy(F("forum__number"), nulls_first=True),
            "period__starts_on",
            "period__ends_on",
            bytewise("breakdown_key"),
            bytewise("key"),
        )

    def for_results_page(self) -> Self:
        """With everything that a row names, on a page or in a file, but its parts and its citations."""
        return self.select_related(
            "programme", "indicator__expected_result", "period", "actual_record", "target_record", *SCOPE
        )

    def for_figure_page(self) -> Self:
        """With everything that the page of one figure names of itself."""
        return self.for_results_page().select_related("indicator__project", "baseline_record")

    def add_citations(self, results: list["Result"]) -> None:
        """Give these results the citations of their actuals, in one query; and those of targets without one, in one."""
        # Reached through the relation: sources belong to an app that knows figures, and not the other way round.
        actual = self.model._meta.get_field("actual_record").related_model
        citations = actual._meta.get_field("citations").related_model.objects.select_related("document")
        prefetch_related_objects(results, Prefetch("actual_record__citations", queryset=citations))
        targets = [result for result in results if result.actual_record_id is None]
        prefetch_related_objects(targets, Prefetch("target_record__citations", queryset=citations))

    def _group_order(self, group: str) -> list[Any]:
        if group == "theme":
            return [Case(When(themes="", then=Value(1)), default=Value(0)), bytewise("themes")]
        if group == "country":
            return [OrderBy(bytewise("country__code"), nulls_last=True)]
        if group == "result":
            return [
                OrderBy(bytewise("programme__code")),
                OrderBy(F("indicator__expected_result__order"), nulls_last=True),
                OrderBy(bytewise("indicator__expected_result__code"), nulls_last=True),
            ]
        words = NATURE_ORDER if group == "nature" else list(Family)
        places = [When(**{group: word}, then=Value(place)) for place, word in enumerate(words)]
        return [Case(*places, default=Value(len(places)), output_field=IntegerField())]

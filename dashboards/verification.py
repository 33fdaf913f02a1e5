"""A round of verification as the staff see it: how far each institution got, and what waits to be settled."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from accounts.actions.bulk import batches
from accounts.models import User
from dashboards.institutions import Figure, disagreements
from indicators.choices import ConfirmationAnswer, Settlement
from indicators.models import Actual, Category, Confirmation, VerificationRound
from indicators.tables import Names, reader_language
from library.models import Citation
from partners.models import Membership, Partner

#: Institutions asked about in one statement: a database joins no more than some hundreds.
AT_ONCE = 100


@dataclass
class Line:
    """How far an institution got in a round."""

    partner: Partner
    total: int
    answered: int
    to_settle: int
    has_people: bool


def rounds_for_list() -> QuerySet[VerificationRound]:
    """Rounds with the numbers of ``answers`` and of those ``waiting`` to be settled, the latest first."""
    waiting = Q(confirmations__in=Confirmation.objects.to_settle().values("pk"))
    return (
        VerificationRound.objects.select_related("programme")
        .annotate(
            answers=Count("confirmations", distinct=True),
            waiting=Count("confirmations", filter=waiting, distinct=True),
        )
        .order_by("-opens_on", "code")
    )


def lines_of(round: VerificationRound) -> list[Line]:
    """The institutions that have figures in a round and somebody to answer, and those that answered."""
    answered = Counter(Confirmation.objects.filter(round=round).order_by().values_list("partner", flat=True))
    waiting = Counter(Confirmation.objects.filter(round=round).to_settle().order_by().values_list("partner", flat=True))
    people = Membership.objects.filter(partner=OuterRef("pk"), user__is_active=True)
    partners = (
        Partner.objects.annotate(has_people=Exists(people))
        .filter(Q(has_people=True) | Q(pk__in=list(answered)))
        .with_names()
        .order_by("name")
    )
    found = list(partners)
    totals = _totals(round, found)
    return [
        Line(each, totals[each.pk], answered[each.pk], waiting[each.pk], each.has_people)
        for each in found
        if totals[each.pk] or answered[each.pk]
    ]


def _totals(round: VerificationRound, partners: Sequence[Partner]) -> Counter[int]:
    """How many figures each of them is asked about."""
    totals: Counter[int] = Counter()
    for some in batches(partners, AT_ONCE):
        first, *rest = [
            Actual.objects.open_to(each)
            .filter(series__indicator__programme=round.programme_id)
            .order_by()
            .annotate(institution=Value(each.pk, output_field=IntegerField()))
            .values_list("institution", flat=True)
            for each in some
        ]
        totals.update(first.union(*rest, all=True))
    return totals


def answers_of(round: VerificationRound, partner: Partner | None = None) -> QuerySet[Confirmation]:
    """Answers in the order in which they need somebody: corrections, evidence, splits and bases; unknown; the rest."""
    answers = Confirmation.objects.filter(round=round)
    if partner is not None:
        answers = answers.filter(partner=partner)
    is_open = Q(settlement=Settlement.PENDING)
    place = Case(
        When(is_open & Q(answer=ConfirmationAnswer.CORRECTED), then=0),
        When(pk__in=Confirmation.objects.filter(round=round).to_settle().values("pk"), then=1),
        When(is_open & Q(answer=ConfirmationAnswer.UNKNOWN), then=2),
        When(is_open, then=3),
        default=4,
        output_field=IntegerField(),
    )
    return (
        answers.for_admin()
        .select_related("settled_by", "actual__series__indicator__programme")
        .prefetch_related("evidence")
        .annotate(place=place)
        .order_by("place", "answered_at", "pk")
    )


def as_figures(answers: Sequence[Confirmation]) -> list[Figure]:
    """Each answer under the figure that it is about."""
    names = Names.of([], Category.objects.select_related("dimension"))
    return [Figure(each.actual, names, answers=[each]) for each in answers]


def figure_of(answer: Confirmation, user: User) -> Figure:
    """The figure that an answer is about, with all that the sources say of it and what others answer."""
    [figure] = as_figures([answer])
    citations = Citation.objects.filter(actual=answer.actual_id).select_related("document")
    figure.citations = list(citations.order_by("order", "code"))
    said = disagreements(user).values_list(f"explanation_{reader_language()}", flat=True)
    actual = Actual.objects.filter(pk=answer.actual_id).annotate(said=said.order_by("code")[:1])
    figure.actual.disagreement = actual.values_list("said", flat=True).first()  # type: ignore[attr-defined]
    return figure

"""Many records at once are checked and saved as each alone would be."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import change, save_record
from accounts.actions.bulk import StaleRecords, check_many, save_many
from accounts.choices import Door
from accounts.models import Change, NoChangeOpen
from accounts.rules import NotUnderstood, holds
from indicators.choices import Route
from indicators.models import Actual, Series, Submission
from partners.models import Partner
from tests import factories as make

AMOUNTS = st.none() | st.sampled_from([Decimal(-1), Decimal(0), Decimal(5), Decimal(101)])
FIGURES = st.fixed_dictionaries(
    {
        "value": AMOUNTS,
        "share": AMOUNTS,
        "numerator": AMOUNTS,
        "denominator": AMOUNTS,
        "is_not_applicable": st.booleans(),
        "is_not_yet": st.booleans(),
        "text_fr": st.sampled_from(["", "words"]),
        "route": st.sampled_from(["grid", "on_behalf"]),
        "channel": st.sampled_from(["", "phone", "pigeon"]),
        "state": st.sampled_from(["draft", "approved"]),
    }
)


@pytest.mark.django_db
@settings(max_examples=40)
@given(FIGURES)
def test_a_condition_holds_where_the_database_says_so(fields: dict[str, Any]) -> None:
    record = Submission(**fields)
    for constraint in Submission._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            expected = True
            try:
                constraint.validate(Submission, record)
            except ValidationError:
                expected = False
            assert (holds(constraint.condition, record) is not False) == expected, constraint.name


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        (Q(value=5), None),
        (~Q(value=5), True),
        (Q(value=5) | Q(share__gte=3), True),
        (Q(value=5) & Q(share__gte=3), None),
        (Q(value=5) & Q(share__lt=3), False),
        (Q(share=F("numerator")), None),
        (Q(share__gt=F("denominator")), True),
        (Q(share=4) ^ Q(denominator=2), False),
        (Q(text_fr__regex="^w"), True),
    ],
)
def test_unknown_is_neither_true_nor_false(condition: Q, truth: bool | None) -> None:
    record = Actual(value=None, share=Decimal(4), denominator=Decimal(2), text_fr="words")
    assert holds(condition, record) is truth


@pytest.mark.parametrize("condition", [Q(series__indicator=1), Q(value__year=1), Q(nothing=1), Q(value=F("value") + 1)])
def test_what_only_the_database_knows_is_not_guessed(condition: Q) -> None:
    with pytest.raises(NotUnderstood):
        holds(condition, Actual(value=Decimal(1)))


@pytest.mark.django_db
def test_each_record_is_told_what_it_would_be_told_alone(django_assert_num_queries: Any) -> None:
    taken = make.partner(slug="taken")
    country = make.country()
    records = [
        Partner(slug="good", name="Good", language="es", kind="ministry", country=country),
        Partner(slug="taken", name="Twin", language="es", kind="ministry"),
        Partner(slug="", name="", language="xx", kind="ministry"),
        Partner(slug="pair", name="One", language="es", kind="ministry"),
        Partner(slug="pair", name="Two", language="es", kind="ministry"),
        Partner(slug="lost", name="Lost", language="es", kind="ministry", country_id=987654),
        taken,
    ]
    with django_assert_num_queries(2):  # the slugs that are taken, the country that is named by its key
        found = check_many(records)
    assert {place: sorted(error.message_dict) for place, error in found.items()} == {
        1: ["slug"],
        2: ["language", "name", "slug"],
        4: ["slug"],
        5: ["country"],
    }


@pytest.mark.django_db
def test_one_row_more_costs_no_query_more(django_assert_num_queries: Any) -> None:
    period = make.period()
    series = [make.series(indicator=make.indicator(programme=period.programme)) for _ in range(4)]
    for rows in (series[:1], series[1:]):
        fresh = list(Series.objects.filter(pk__in=[each.pk for each in rows]).with_scope())
        records = [Actual(series=each, period=period, route="published_source", value=Decimal(3)) for each in fresh]
        with change(door=Door.IMPORT):
            with django_assert_num_queries(1):
                assert check_many(records) == {}
            with django_assert_num_queries(4):  # two savepoint steps, the rows, their history
                save_many(records)
    assert Actual.objects.count() == 4


@pytest.mark.django_db
def test_new_and_altered_records_get_their_version_and_history() -> None:
    old = make.partner(name="Before")
    untouched = make.partner()
    old.name = "After"
    new = Partner(slug="new", name="New", language="es", kind="ministry")
    with change(door=Door.IMPORT, reason="A file") as made:
        save_many([old, new])
    assert (new.pk is not None, new.version, old.version) == (True, 1, 2)
    assert Partner.objects.get(pk=old.pk).name == "After"
    assert [
        (row.history_type, row.name, row.version) for row in Partner.history.filter(change=made).order_by("pk")
    ] == [
        ("~", "After", 2),
        ("+", "New", 1),
    ]
    assert Partner.objects.get(pk=untouched.pk).version == 1


@pytest.mark.django_db
def test_very_many_new_records_are_written_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    period = make.period()
    series = [make.series(indicator=make.indicator(programme=period.programme)) for _ in range(3)]

    def some() -> list[Actual]:
        said = {"period": period, "route": Route.PUBLISHED_SOURCE, "as_of": date(2025, 6, 30), "note_fr": "À\t\\N\n«x»"}
        return [Actual(series=each, value=Decimal("3.25"), **said) for each in series]

    def as_kept() -> list[dict[str, Any]]:
        rows = [*Actual.objects.order_by("series"), *Actual.history.order_by("series_id")]
        left_out = ("_state", "id", "history_id", "history_date", "change_id")
        return [{name: value for name, value in vars(row).items() if name not in left_out} for row in rows]

    with change(door=Door.IMPORT), transaction.atomic():
        save_many(some())
        few = as_kept()
        transaction.set_rollback(True)
    monkeypatch.setattr("accounts.actions.bulk.FEW", 1)
    records = some()
    with change(door=Door.IMPORT):
        save_many(records)
        assert as_kept() == few
        assert [(each.pk, each._state.adding) for each in records] == [
            (pk, False) for pk in Actual.objects.order_by("pk").values_list("pk", flat=True)
        ]
        with pytest.raises(ValidationError):
            save_many(some())
    assert Actual.objects.count() == 3


@pytest.mark.django_db
def test_a_record_that_somebody_saved_meanwhile_stops_all() -> None:
    mine, other = make.partner(name="Mine"), make.partner()
    theirs = Partner.objects.get(pk=mine.pk)
    theirs.name = "Theirs"
    with change(door=Door.ADMIN):
        save_many([theirs])
    mine.name, other.name = "Mine again", "Other again"
    with pytest.raises(StaleRecords) as caught, change(door=Door.IMPORT):
        save_many([other, mine])
    assert list(caught.value.current) == [mine.pk]
    assert sorted(Partner.objects.values_list("name", flat=True)) == sorted(["Theirs", f"Institute {other.slug[8:]}"])
    assert not Change.objects.filter(door="import").exists()


@pytest.mark.django_db
def test_nothing_is_saved_outside_a_change() -> None:
    with pytest.raises(NoChangeOpen):
        save_many([Partner(slug="new", name="New", language="es", kind="ministry")])
    assert not Partner.objects.exists()


@pytest.mark.usefixtures("in_english")
@pytest.mark.django_db
@pytest.mark.parametrize("many", [False, True])
def test_two_first_saves_at_the_same_instant_end_in_a_sentence(monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    """Both were checked before either was written."""
    series = make.series()
    period = make.period(programme=series.indicator.programme)
    first, second = (Actual(series=series, period=period, value=n, route="published_source") for n in (1, 2))
    answers = [{}]

    def early(records: Any) -> Any:
        """Asked before the other one was there, and again afterwards."""
        return answers.pop() if answers else check_many(records)

    monkeypatch.setattr("accounts.actions.check_many", early)
    with change(door=Door.COMMAND):
        first.save()
        with pytest.raises(ValidationError, match="already has an actual for this period"):
            save_many([second]) if many else save_record(record=second)
    assert list(Actual.objects.values_list("value", flat=True)) == [1]

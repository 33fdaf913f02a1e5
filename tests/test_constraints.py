"""Every constraint of the data model, refused by the database itself.

A row is made valid, then altered past every Python check (``QuerySet.update``), or written twice.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Change, User
from indicators.models import Result
from partners.models import Country, Partner
from projects.models import Programme
from tests import factories

pytestmark = pytest.mark.django_db

APPS = ("accounts", "partners", "projects", "forums", "indicators", "library")


def change_row() -> Change:
    return Change.objects.create(door="command")


def result_row(**fields: Any) -> Result:
    """A valid row of the flat table; tests alone write one by hand."""
    of = factories.series()
    row = {
        "key": f"row-{factories.number()}",
        "origin": "reported",
        "programme": of.indicator.programme,
        "indicator": of.indicator,
        "series": of,
        "period": factories.period(programme=of.indicator.programme),
        "breakdown": of.breakdown,
        "nature": "output",
        "family": "tools",
        "measure": "count",
        "cumulation": "stock",
        "period_kind": "interim",
        "status": "recorded",
        "status_final": "recorded",
        "rules_version": "test",
        **fields,
    }
    return Result.objects.create(**row)


FACTORIES: dict[str, Callable[..., Any]] = {
    "change": change_row,
    "import": factories.import_made,
    "result": result_row,
}


def made(model: type[models.Model], **fields: Any) -> Any:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
    return (FACTORIES.get(name) or getattr(factories, {"reporting_period": "period"}.get(name, name)))(**fields)


def constraints() -> dict[str, tuple[type[models.Model], Any]]:
    found = {}
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            if not model.__name__.startswith("Historical"):
                found.update({constraint.name: (model, constraint) for constraint in model._meta.constraints})
    return found


KNOWN_WORDS = sorted(name for name in constraints() if name.endswith("_is_known"))


# Rows for which no other constraint speaks first.
ALONE: dict[str, Callable[[], dict[str, Any]]] = {
    "actual_route_is_known": lambda: {"approved_at": timezone.now()},
    "expected_result_level_is_known": lambda: {
        "level": "intermediate",
        "programme": (programme := factories.programme()),
        "parent": factories.expected_result(programme=programme),
    },
}
# The second constraint of a pair forbids the same row for another reason; a database names either.
OVERLAPS = {
    "confirmation_settlement_is_known": "confirmation_settled_says_when",
    "import_state_is_known": "import_names_its_changes",
    "intake_answer_is_known": "intake_answered_says_when",
    "result_origin_is_known": "result_is_of_a_series_or_computed",
    "target_not_applicable_has_no_value": "target_is_applicable",
}


def refusal(name: str) -> str:
    return f"{name}|{OVERLAPS[name]}" if name in OVERLAPS else name


@pytest.mark.parametrize("name", KNOWN_WORDS)
def test_column_keeps_to_its_words(name: str) -> None:
    model, constraint = constraints()[name]
    field = next(iter(constraint.condition.flatten())).children[0][0].removesuffix("__in")
    row = made(model, **ALONE.get(name, dict)())
    with pytest.raises(IntegrityError, match=refusal(name)), transaction.atomic():
        model._base_manager.filter(pk=row.pk).update(**{field: "?"})


# What a row is turned into, past every Python check, and must not become.
UPDATES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # constraint: (how the valid row is made, what it is turned into)
    "country_code_is_iso_alpha_2": ({}, {"code": "c1"}),
    "country_numeric_code_has_three_digits": ({}, {"numeric_code": "x1"}),
    "partner_has_a_name": ({}, {"name": ""}),
    "partner_is_not_part_of_itself": ({}, {"part_of": F("id")}),
    "programme_ends_after_it_starts": ({}, {"starts_on": date(2023, 1, 1), "ends_on": date(2016, 1, 1)}),
    "programme_budget_has_a_currency": ({}, {"budget": Decimal(5), "currency": ""}),
    "project_ends_after_it_starts": ({}, {"starts_on": date(2023, 1, 1), "ends_on": date(2016, 1, 1)}),
    "work_plan_ends_after_it_starts": ({}, {"starts_on": date(2023, 1, 1), "ends_on": date(2016, 1, 1)}),
    "activity_ends_after_it_starts": ({}, {"planned_from": date(2023, 1, 1), "planned_to": date(2016, 1, 1)}),
    "forum_that_is_virtual_has_no_place": ({"city": "Santiago"}, {"mode": "virtual"}),
    "goal_is_one_of_seventeen": ({}, {"number": 18}),
    "expected_result_has_a_parent_unless_ultimate": ({}, {"level": "output"}),
    "indicator_of_change_says_its_unit": ({}, {"measure": "change"}),
    "indicator_of_money_says_its_currency": ({}, {"measure": "currency"}),
    "indicator_sums_only_what_can_be_added": ({"measure": "percentage"}, {"roll_up": "sum"}),
    "indicator_adds_periods_only_of_counts_and_money": ({"measure": "score"}, {"cumulation": "per_period"}),
    "indicator_does_not_contribute_to_itself": ({}, {"contributes_to": F("id")}),
    "indicator_ends_after_it_starts": ({}, {"active_from": date(2023, 1, 1), "active_to": date(2016, 1, 1)}),
    "reporting_period_ends_after_it_starts": ({}, {"ends_on": date(2016, 1, 1)}),
    "reporting_period_is_due_after_it_starts": ({}, {"due_on": date(2016, 1, 1)}),
    "target_revision_has_a_reason": ({}, {"replaces": F("id")}),
    "target_is_applicable": ({}, {"value": None, "is_not_applicable": True}),
    "actual_is_approved_or_published": ({}, {"route": "workspace"}),
    "actual_that_is_contested_has_its_range": ({}, {"is_contested": True}),
    "report_approved_says_by_whom": ({}, {"state": "approved"}),
    "submission_approved_names_its_actual": ({}, {"state": "approved"}),
    "submission_not_yet_has_no_value": ({}, {"is_not_yet": True}),
    "intake_answered_says_when": ({}, {"answered_at": timezone.now()}),
    "intake_disputed_says_what": ({}, {"answer": "disputed", "answered_at": timezone.now()}),
    "import_names_its_changes": ({}, {"state": "applied"}),
    "submission_on_behalf_says_how_and_when": ({}, {"route": "on_behalf"}),
    "review_that_returns_says_why": ({}, {"decision": "return"}),
    "verification_round_closes_after_it_opens": ({}, {"closes_on": date(2016, 1, 1)}),
    "confirmation_that_corrects_says_what": ({}, {"answer": "corrected"}),
    "confirmation_settled_says_when": ({}, {"settlement": "adopted"}),
    "confirmation_counts_from_zero": ({}, {"women": Decimal(-1)}),
    "invitation_accepted_says_by_whom": ({}, {"accepted_at": timezone.now()}),
    "evidence_is_of_one_thing": ({}, {"submission": None}),
    "evidence_that_is_public_is_a_link": ({"link": "", "is_on_request": True}, {"is_public": True}),
    "evidence_can_be_found": ({}, {"link": ""}),
    "evidence_with_personal_data_is_deleted_some_day": ({}, {"has_personal_data": True}),
    "result_is_of_a_series_or_computed": ({}, {"origin": "computed"}),
    "result_suppressed_shows_no_value": ({"actual": Decimal(3)}, {"is_suppressed": True}),
    "citation_is_about_one_thing": ({}, {"programme": None}),
    "citation_names_its_section": ({}, {"section": ""}),
}
FIGURES = ("baseline", "target", "actual", "submission")
for _figure in FIGURES:
    UPDATES |= {
        f"{_figure}_says_something": ({}, {"value": None}),
        f"{_figure}_not_applicable_has_no_value": ({}, {"is_not_applicable": True}),
        f"{_figure}_has_a_value_or_a_share": ({}, {"share": Decimal(40)}),
        f"{_figure}_share_is_a_percentage": ({"value": None, "share": Decimal(40)}, {"share": Decimal(101)}),
        f"{_figure}_denominator_is_positive": ({}, {"numerator": Decimal(0), "denominator": Decimal(0)}),
        f"{_figure}_denominator_has_a_numerator": ({}, {"denominator": Decimal(4)}),
    }


@pytest.mark.parametrize("name", sorted(UPDATES))
def test_row_may_not_become_this(name: str) -> None:
    model, _ = constraints()[name]
    valid, broken = UPDATES[name]
    row = made(model, **valid)
    with pytest.raises(IntegrityError, match=refusal(name)), transaction.atomic():
        model._base_manager.filter(pk=row.pk).update(**broken)


def _twice(factory: Callable[..., Any], *shared: str, **fields: Any) -> Callable[[], None]:
    """Write a second row that has the same values in ``shared`` as the first."""

    def write() -> None:
        first = factory(**fields)
        factory(**{**fields, **{name: getattr(first, name) for name in shared}})

    return write


def _report_approved_by_its_author() -> None:
    author = factories.user(is_staff=True)
    factories.report(
        state="approved", submitted_by=author, approved_by=author, approved_at=timezone.now(), own_approval_reason=""
    )


def _two_leads() -> None:
    of = factories.project()
    for _ in range(2):
        factories.partnership(project=of, role="lead")


def _email_in_another_case() -> None:
    first = factories.user()
    User.objects.filter(pk=factories.user().pk).update(email=first.email.upper())


def _two_targets_in_force() -> None:
    first = factories.target()
    factories.target(series=first.series, period=first.period, revision=2)


def _two_submissions_with_a_number() -> None:
    first = factories.submission()
    actual = factories.actual(series=first.series, period=first.period)
    factories.submission(series=first.series, period=first.period, state="approved", actual=actual)


def _two_submissions_in_progress() -> None:
    first = factories.submission()
    factories.submission(series=first.series, period=first.period, number=2, state="returned")


def _invited_twice() -> None:
    first = factories.invitation()
    factories.invitation(partner=first.partner, email=first.email.upper())


TWICE: dict[str, Callable[[], None]] = {
    "reminder_is_sent_once_for_a_deadline": _twice(factories.reminder, "user", "period"),
    "user_email_is_unique": _email_in_another_case,
    "partner_alias_is_listed_once": _twice(factories.partner_alias, "partner", "name"),
    "membership_is_listed_once": _twice(factories.membership, "user", "partner"),
    "invitation_that_is_open_is_one": _invited_twice,
    "confirmation_is_one_of_its_figure": _twice(factories.confirmation, "round", "partner", "actual"),
    "programme_iati_identifier_is_unique": _twice(factories.programme, iati_identifier="XX-1"),
    "theme_number_is_unique_in_its_programme": _twice(factories.theme, "programme", "number"),
    "theme_code_is_unique_in_its_programme": _twice(factories.theme, "programme", "code"),
    "project_code_is_unique_in_its_programme": _twice(factories.project, "programme", "code"),
    "project_iati_identifier_is_unique": _twice(factories.project, iati_identifier="XX-1"),
    "project_stands_once_in_a_theme": _twice(factories.project_theme, "project", "theme"),
    "partner_stands_once_in_a_project": _twice(factories.partnership, "project", "partner"),
    "project_has_one_lead": _two_leads,
    "area_number_is_unique_in_its_plan": _twice(factories.area, "work_plan", "number"),
    "objective_number_is_unique_in_its_area": _twice(factories.objective, "area", "number"),
    "activity_number_is_unique_in_its_area": _twice(factories.activity, "area", "number"),
    "deliverable_number_is_unique_in_its_area": _twice(factories.deliverable, "area", "number"),
    "forum_number_is_unique_in_its_programme": _twice(factories.forum, "programme", "number"),
    "forum_day_is_listed_once": _twice(factories.forum_day, "forum", "day"),
    "expected_result_code_is_unique_in_its_programme": _twice(factories.expected_result, "programme", "code"),
    "category_code_is_unique_in_its_dimension": _twice(factories.category, "dimension", "code"),
    "indicator_code_is_unique_in_its_programme": _twice(factories.indicator, "programme", "code"),
    "indicator_headline_rank_is_taken_once": _twice(factories.indicator, "programme", headline_rank=1),
    "programme_has_one_whole_period": _twice(
        lambda **fields: factories.period(**{"ends_on": date(2020, 1, factories.number() % 28 + 1), **fields}),
        "programme",
        kind="whole",
    ),
    "reporting_period_is_listed_once": _twice(factories.period, "programme", "kind", "starts_on", "ends_on"),
    "series_is_listed_once": _twice(factories.series, "indicator"),
    "target_revision_is_listed_once": _twice(factories.target, "series", "period", is_current=False),
    "target_in_force_is_one": _two_targets_in_force,
    "actual_is_one_of_its_series_and_period": _twice(factories.actual, "series", "period"),
    "report_is_one_of_its_project_and_period": _twice(factories.report, "project", "period"),
    "report_is_approved_by_another_or_with_a_reason": _report_approved_by_its_author,
    "narrative_is_one_of_its_report_and_result": _twice(factories.result_narrative, "report", "expected_result"),
    "submission_number_is_unique": _two_submissions_with_a_number,
    "submission_in_progress_is_one": _two_submissions_in_progress,
    "finding_is_of_one_thing": lambda: factories.finding(theme=factories.theme(), forum=factories.forum()),
}


@pytest.mark.parametrize("name", sorted(TWICE))
def test_row_may_not_be_written(name: str) -> None:
    assert name in constraints()
    with pytest.raises(IntegrityError, match=_says(name)), transaction.atomic():
        TWICE[name]()


def _says(name: str) -> str:
    """What a database says of a constraint: PostgreSQL its name, SQLite for a unique one its columns only."""
    _, constraint = constraints()[name]
    return f"{name}|UNIQUE constraint failed" if isinstance(constraint, models.UniqueConstraint) else name


def test_no_constraint_is_left_untested() -> None:
    assert sorted(constraints()) == sorted({*KNOWN_WORDS, *UPDATES, *TWICE})


def test_no_two_constraints_share_a_name() -> None:
    names = [
        constraint.name
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
        for constraint in model._meta.constraints
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("make", "scope"),
    [
        pytest.param(lambda: factories.country("CL"), "country", id="country"),
        pytest.param(lambda: factories.partner(), "partner", id="partner"),
    ],
)
def test_series_key_tells_scopes_apart(make: Callable[[], Any], scope: str) -> None:
    """The generated key is the same text on both databases, whichever parts of the scope are empty."""
    owner = make()
    whole = factories.series()
    part = factories.series(indicator=whole.indicator, **{scope: owner})
    for row in (whole, part):
        row.refresh_from_db()
    letter = {"country": "c", "partner": "o"}[scope]
    assert whole.grain == ""
    assert part.grain == letter
    assert part.scope_key == whole.scope_key.replace(f"-{letter}-", f"-{letter}{owner.pk}-")


def test_protected_records_cannot_be_deleted() -> None:
    actual = factories.actual()
    with pytest.raises(models.ProtectedError):
        actual.series.delete()
    with pytest.raises(models.ProtectedError):
        actual.period.programme.delete()
    assert Programme.objects.filter(pk=actual.period.programme_id).exists()
    assert (Country.objects.count(), Partner.objects.count()) == (0, 0)

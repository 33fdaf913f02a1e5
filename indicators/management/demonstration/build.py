"""Makes the demonstration programme: its records, and its figures through the same actions as everybody's."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.actions import change, ensure_roles, save_record
from accounts.choices import Door
from accounts.models import User
from indicators import actions
from indicators.actions.generate import names_of
from indicators.choices import Channel, IntakeAnswer, ReturnReason, Route
from indicators.management.demonstration import story
from indicators.management.demonstration.definitions import DEFINITIONS
from indicators.management.demonstration.measured import INDICATORS
from indicators.management.demonstration.rounds import make_round
from indicators.management.demonstration.story import REASON, three
from indicators.models import (
    Category,
    Dimension,
    ExpectedResult,
    Indicator,
    Report,
    ReportingPeriod,
    Series,
    Submission,
)
from indicators.rules.calendar import Span
from partners.models import Country, Membership, Partner
from projects.models import Partnership, Programme, Project, ProjectTheme, Theme

#: How many days after today the open period is due.
DUE_IN = 15

Where = tuple[str, str]


@dataclass
class Made:
    """What was made, by the short names of the story; and the password of all its people, which is kept nowhere."""

    programme: Programme
    today: date
    partners: dict[str, Partner] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    password: str = ""
    periods: dict[str, ReportingPeriod] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    series: dict[Where, Series] = field(default_factory=dict)
    submissions: dict[tuple[Where, str], Submission] = field(default_factory=dict)


def make_programme(*, today: date | None = None, with_accounts: bool) -> Made:
    """The demonstration programme around a day, in one transaction.

    Args:
        today: the day that its half-years are computed from; this day when left out.
        with_accounts: let its people sign in. Otherwise they are kept without a password, not active, as the authors
            of what they reported.
    """
    with change(door=Door.COMMAND, reason=REASON), actions.one_refresh():
        made = Made(
            _programme(), today or timezone.localdate(), password=secrets.token_urlsafe(12) if with_accounts else ""
        )
        _people(made)
        _projects(made)
        _periods(made, made.today)
        _indicators(made)
        _plans(made)
        _first_periods(made)
        _open_period(made)
        make_round(
            programme=made.programme,
            today=made.today,
            partners=made.partners,
            users=made.users,
            figures={where: (series, made.periods["1"]) for where, series in made.series.items()},
        )
        if not with_accounts:
            User.objects.filter(pk__in=[user.pk for user in made.users.values()]).update(is_active=False)
    return made


# --- What everything hangs on ----------------------------------------------------------------------------------------


def _country(code: str) -> Country:
    number, name, is_member = story.COUNTRIES[code]
    return Country.objects.filter(code=code).first() or save_record(
        record=Country(code=code, numeric_code=number, is_pacific_alliance=is_member, **three("name", name))
    )


def _programme() -> Programme:
    programme: Programme = save_record(
        record=Programme(
            slug=story.SLUG,
            code=story.CODE,
            is_demonstration=True,
            budget=Decimal(1_000_000),
            currency="CAD",
            **three("name", story.NAME),
            **three("summary", story.SUMMARY),
        )
    )
    programme.countries.set([_country(code) for code in story.COUNTRIES if code != "CA"])
    return programme


def _people(made: Made) -> None:
    """Institutions, which no public list shows, and the people who act for them."""
    for short, each in story.INSTITUTIONS.items():
        made.partners[short] = save_record(
            record=Partner(
                slug=f"demonstration-{short}",
                name=each.name,
                acronym=each.acronym,
                language=each.language,
                kind=each.kind,
                country=_country(each.country),
                website=f"https://{short}.example.org/",
                is_public=False,
            )
        )
    groups = ensure_roles()
    # Hashed once for all of them: that takes longest of all.
    password = make_password(made.password or None)
    for short, account in story.ACCOUNTS.items():
        made.users[short] = user = User.objects.create(
            email=f"demo.{short}@example.org",
            password=password,
            name=account.name,
            language=account.language,
            time_zone=account.time_zone,
            is_staff=not account.partner,
            is_demonstration=True,
        )
        if account.partner:
            save_record(record=Membership(user=user, partner=made.partners[account.partner], role=account.role))
        else:
            user.groups.set([groups[account.role]])


def _projects(made: Made) -> None:
    themes = {
        code: save_record(
            record=Theme(
                programme=made.programme,
                slug=f"{story.CODE}-{code}",
                code=code,
                kind="theme",
                number=number,
                **three("name", name),
            )
        )
        for number, (code, name) in enumerate(story.THEMES.items(), start=1)
    }
    for short, plan in story.PROJECTS.items():
        project: Project = save_record(
            record=Project(
                programme=made.programme,
                slug=f"{story.CODE}-{short}",
                code=f"{story.CODE}-{short}",
                kind="institutional_partnership",
                title=plan.title,
                language="fr",
                **three("translated_title", plan.translated),
                **three("summary", plan.summary),
            )
        )
        made.projects[short] = project
        project.countries.set([_country(story.INSTITUTIONS[partner].country) for partner in plan.partners])
        for code in plan.themes:
            save_record(record=ProjectTheme(project=project, theme=themes[code], title=plan.title, language="fr"))
        for partner, role in [("lead", "lead"), *((partner, "local_partner") for partner in plan.partners)]:
            save_record(record=Partnership(project=project, partner=made.partners[partner], role=role))


# --- Periods ---------------------------------------------------------------------------------------------------------


def _month_after(day: date, months: int) -> date:
    """The first day of the month so many months after that of a day."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _periods(made: Made, today: date) -> None:
    """Five half-years around today: the last but one ended with last month and is due in 15 days; and the whole."""
    starts = [_month_after(today, months) for months in (-24, -18, -12, -6, 0, 6)]
    for number, (start, after) in enumerate(pairwise(starts)):
        ends = after - timedelta(days=1)
        made.periods[f"{number}"] = _period(
            made,
            slug=f"{story.SLUG}-{start:%Y-%m}",
            starts_on=start,
            ends_on=ends,
            due_on=today + timedelta(days=DUE_IN) if number == 3 else ends + timedelta(days=45),
            kind="interim",
        )
    last = starts[-1] - timedelta(days=1)
    made.periods["whole"] = _period(
        made,
        slug=f"{story.SLUG}-whole",
        starts_on=starts[0],
        ends_on=last,
        due_on=last + timedelta(days=45),
        kind="whole",
    )
    made.programme.starts_on, made.programme.ends_on = starts[0], last
    save_record(record=made.programme)


def _period(made: Made, *, starts_on: date, ends_on: date, **fields: Any) -> ReportingPeriod:
    period: ReportingPeriod = save_record(
        record=ReportingPeriod(
            programme=made.programme,
            starts_on=starts_on,
            ends_on=ends_on,
            **{f"name_{language}": name for language, name in names_of(Span(starts_on, ends_on)).items()},
            **fields,
        )
    )
    return period


# --- What is measured ------------------------------------------------------------------------------------------------


def _sexes() -> dict[str, Category]:
    dimension = Dimension.objects.filter(code="sex").first() or save_record(
        record=Dimension(code="sex", **three("name", ("Sexe", "Sexo", "Sex")))
    )
    known = {category.code: category for category in Category.objects.filter(dimension=dimension)}
    for order, (code, name) in enumerate(story.SEXES.items(), start=1):
        if code not in known:
            known[code] = save_record(
                record=Category(dimension=dimension, code=code, order=order, **three("name", name))
            )
    return known


def _indicators(made: Made) -> None:
    results: dict[str, ExpectedResult] = {}
    for order, (code, (level, parent, statement)) in enumerate(story.RESULTS.items(), start=1):
        results[code] = save_record(
            record=ExpectedResult(
                programme=made.programme,
                code=code,
                level=level,
                parent=results.get(parent),
                order=order,
                basis="reconstructed",
                **three("statement", statement),
            )
        )
    sexes = _sexes()
    themes = {theme.code: theme for theme in Theme.objects.filter(programme=made.programme)}
    for number, (short, each) in enumerate(INDICATORS.items(), start=1):
        fields = dict(each.fields)
        result, by_sex = fields.pop("result"), fields.pop("by_sex", False)
        indicator: Indicator = save_record(
            record=Indicator(
                programme=made.programme,
                slug=f"{story.SLUG}-{short}",
                code=f"{story.CODE}-{number:02}",
                expected_result=results[result],
                frequency="half_yearly",
                **three("name", each.name),
                **three("unit", each.unit),
                **three("definition", DEFINITIONS.get(short, ("", "", ""))),
                **fields,
            )
        )
        made.indicators[short] = indicator
        indicator.themes.set([themes["T2" if result == "1120" else "T1"]])
        if by_sex:
            indicator.dimensions.set([next(iter(sexes.values())).dimension])
        for place in [*each.actuals, *(place for place in each.targets if place not in each.actuals)]:
            made.series[short, place] = _series(made, indicator, place, sexes)


def _series(made: Made, indicator: Indicator, place: str, sexes: Mapping[str, Category]) -> Series:
    scope, _, sex = place.partition("|")
    project, _, partner = scope.partition("/")
    return actions.open_series(
        indicator=indicator,
        project=made.projects[project],
        partner=made.partners[partner] if partner else None,
        categories=[sexes[sex]] if sex else [],
        reporter=made.partners[partner or story.PROJECTS[project].partners[0]],
    )


def _plans(made: Made) -> None:
    """Baselines and targets; one target is revised, which published reports do not follow."""
    for short, each in INDICATORS.items():
        for place, written in each.baselines.items():
            actions.set_baseline(series=made.series[short, place], **figure(written))
        for place, targets in each.targets.items():
            for period, written in targets.items():
                target = actions.set_target(
                    series=made.series[short, place], period=made.periods[period], **figure(written)
                )
                if (short, place, period) == story.REVISED[:3]:
                    actions.revise_target(target=target, reason=story.REVISION_REASON, **figure(story.REVISED[3]))


def figure(written: Any) -> dict[str, Any]:
    """The fields of a figure as the story writes it."""
    if isinstance(written, dict):
        return written
    if isinstance(written, tuple):
        return {"numerator": Decimal(written[0]), "denominator": Decimal(written[1])}
    return {"value": Decimal(written)}


# --- What is reported ------------------------------------------------------------------------------------------------


def _figures(project: str, period: str) -> Iterator[tuple[Where, Any]]:
    """What the story tells of a project in a period."""
    for short, each in INDICATORS.items():
        for place, actuals in each.actuals.items():
            if place.startswith(project) and period in actuals:
                yield (short, place), actuals[period]


def _propose(made: Made, project: str, period: str) -> Report:
    """A project's figures for a period, as drafts in its report, by those who report them; some by staff for them."""
    stated = dict(_figures(project, period))
    for partner in story.PROJECTS[project].partners:
        own = {where: each for where, each in stated.items() if made.series[where].reporter == made.partners[partner]}
        sent_in = story.ON_BEHALF.get((project, period))
        of_intake = {where: own.pop(where) for where in list(own) if sent_in and where[0] in sent_in.indicators}
        with change(door=Door.WORKSPACE, by=made.users[partner], reason=REASON):
            _enter(made, period, own, made.users[partner], route=Route.WORKSPACE)
        if sent_in is not None:
            _enter_on_behalf(made, project, period, partner, sent_in, of_intake)
    return Report.objects.get(project=made.projects[project], period=made.periods[period])


def _enter(made: Made, period: str, stated: Mapping[Where, Any], author: User, **beside: Any) -> None:
    entries = [
        actions.Entry(made.series[where], {"is_confirmed": True, **figure(written)})
        for where, written in stated.items()
    ]
    entered = actions.propose_many(period=made.periods[period], author=author, entries=entries, **beside)
    if not entered.is_complete:
        raise ValueError(f"The story breaks a rule: {entered.refused or entered.unusual}")
    for where in stated:
        made.submissions[where, period] = entered.saved[made.series[where].pk]


def _enter_on_behalf(
    made: Made, project: str, period: str, partner: str, sent_in: story.SentIn, stated: Mapping[Where, Any]
) -> None:
    """What came by phone or mail, entered by staff; and what the institution answers to its summary."""
    staff = made.users["staff"]
    with change(door=Door.ON_BEHALF, by=staff, reason=REASON):
        report = actions.open_report(project=made.projects[project], period=made.periods[period])
        intake = actions.open_intake(
            report=report,
            partner=made.partners[partner],
            channel=Channel(sent_in.channel),
            received_on=min(made.today, timezone.localdate()),
            by=staff,
            email=made.users[partner].email,
        )
        _enter(made, period, stated, staff, intake=intake)
        intake = actions.mark_summary_sent(intake=intake)
    if sent_in.answer != IntakeAnswer.AWAITED:
        with change(door=Door.WORKSPACE, reason=REASON):
            actions.answer_intake(intake=intake, answer=IntakeAnswer(sent_in.answer), text=sent_in.text)


def _hand_in(made: Made, project: str, period: str) -> Report:
    report = _propose(made, project, period)
    with change(door=Door.WORKSPACE, by=made.users["lead"], reason=REASON):
        return actions.submit_report(report=report, by=made.users["lead"])


def _first_periods(made: Made) -> None:
    """The two published half-years, of all three projects; and the locked one, of which project B said nothing."""
    reviewer = made.users["specialist"]
    for period, projects in (("0", "ABC"), ("1", "ABC"), ("2", "AC")):
        for project in projects:
            report = _hand_in(made, project, period)
            with change(door=Door.ADMIN, by=reviewer, reason=REASON):
                actions.approve_report(report=report, by=reviewer)
        with change(door=Door.ADMIN, by=reviewer, reason=REASON):
            made.periods[period] = actions.lock_period(period=made.periods[period])
            if period != "2":
                made.periods[period] = actions.publish_period(period=made.periods[period])


def _open_period(made: Made) -> None:
    """A waits for review with one figure approved early, B is still a draft, C was returned with reasons."""
    reviewer = made.users["specialist"]
    _hand_in(made, "A", "3")
    with change(door=Door.ADMIN, by=reviewer, reason=REASON):
        actions.approve(submission=made.submissions[story.APPROVED_EARLY, "3"], by=reviewer)
    _propose(made, "B", "3")
    report = _hand_in(made, "C", "3")
    with change(door=Door.ADMIN, by=reviewer, reason=REASON):
        cells = [
            actions.Returned(made.submissions[(short, place), "3"], ReturnReason(reason), text)
            for short, place, reason, text in story.RETURNED
        ]
        actions.return_cells(report=report, by=reviewer, cells=cells)

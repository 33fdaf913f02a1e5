"""One valid record of every model, made in a line; what a test is about is passed in, the rest does not matter.

Each function opens its own change, so that a test never hides a view that forgot to open one.
"""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils import timezone

from accounts.actions import change, ensure_roles
from accounts.choices import Door
from accounts.following import unfollowed
from accounts.models import Import, StoredFile, User, open_change
from forums.models import Forum, ForumDay
from indicators.models import (
    Actual,
    Baseline,
    Breakdown,
    Category,
    Confirmation,
    Dimension,
    Evidence,
    ExpectedResult,
    Goal,
    Indicator,
    Intake,
    Notification,
    Reminder,
    Report,
    ReportingPeriod,
    ResultNarrative,
    Review,
    Series,
    Submission,
    Target,
    VerificationRound,
)
from library.models import Citation, Discrepancy, Document, Finding, Publication
from partners.models import Country, Invitation, Membership, Partner, PartnerAlias
from projects.models import (
    Activity,
    Area,
    Deliverable,
    Objective,
    Partnership,
    Programme,
    Project,
    ProjectTheme,
    Sector,
    Theme,
    WorkPlan,
)

_numbers = count(1)


def three(field: str, text: str) -> dict[str, str]:
    """One text for the three language columns of a translated field."""
    return {f"{field}_{language}": text for language in ("fr", "es", "en")}


def save(model: type[models.Model], **fields: Any) -> Any:
    """A saved record, without ``full_clean``: tests of constraints need the database to refuse."""
    record = model(**fields)
    if open_change() is not None:
        record.save()
    else:
        # Hundreds of records of every test are never searched for: a test of the search makes its table itself.
        with unfollowed(), change(door=Door.COMMAND, reason="test"):
            record.save()
    return record


def number() -> int:
    return next(_numbers)


def user(**fields: Any) -> User:
    n = number()
    password = fields.pop("password", "a-password-of-a-test")
    return User.objects.create_user(
        **{"email": f"person{n}@example.org", "name": f"Person {n}", **fields}, password=password
    )


def staff(role: str, **fields: Any) -> User:
    """A colleague in one of the roles of ``accounts.roles``."""
    made = user(is_staff=True, **fields)
    # A test that commits takes the groups away with all else when it ends.
    made.groups.add(Group.objects.filter(name=role).first() or ensure_roles()[role])
    return made


def permitted(*permissions: str, **fields: Any) -> User:
    """A member of staff with exactly these permissions, such as ``indicators.add_submission``."""
    made = user(**{"is_staff": True, **fields})
    for permission in permissions:
        app, _, codename = permission.partition(".")
        made.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return made


def enterer(**fields: Any) -> User:
    """Somebody of the staff who enters figures and reviews none."""
    return permitted("indicators.add_submission", **fields)


def reviewer(**fields: Any) -> User:
    """Somebody of the staff who enters figures and reviews those of others."""
    return permitted("indicators.add_submission", "indicators.review_submission", **fields)


def specialist(**fields: Any) -> User:
    """Somebody of the staff who also closes periods, and corrects what they hold."""
    return permitted(
        *("indicators.add_submission", "indicators.review_submission"),
        *("indicators.publish_reportingperiod", "indicators.correct_reportingperiod"),
        **fields,
    )


def country(code: str = "", **fields: Any) -> Country:
    n = number()
    code = code or f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}"
    return save(
        Country, **{"code": code, "numeric_code": f"{n % 1000:03}", **three("name", f"Country {code}"), **fields}
    )


def partner(**fields: Any) -> Partner:
    n = number()
    return save(
        Partner,
        **{"slug": f"partner-{n}", "name": f"Institute {n}", "language": "es", "kind": "tvet_institution", **fields},
    )


def partner_alias(**fields: Any) -> PartnerAlias:
    return save(
        PartnerAlias, **{"partner": fields.get("partner") or partner(), "name": f"Spelling {number()}", **fields}
    )


def membership(**fields: Any) -> Membership:
    return save(
        Membership,
        **{
            "user": fields.get("user") or user(),
            "partner": fields.get("partner") or partner(),
            "role": "contributor",
            **fields,
        },
    )


def invitation(**fields: Any) -> Invitation:
    n = number()
    return save(
        Invitation,
        **{
            "partner": fields.get("partner") or partner(),
            "email": f"invited-{n}@example.org",
            "role": "contributor",
            "language": "es",
            "digest": f"{n:064}",
            "expires_at": timezone.now() + timedelta(days=14),
            **fields,
        },
    )


def programme(**fields: Any) -> Programme:
    n = number()
    return save(
        Programme, **{"slug": f"programme-{n}", "code": f"PROG-{n}", **three("name", f"Programme {n}"), **fields}
    )


def theme(**fields: Any) -> Theme:
    n = number()
    return save(
        Theme,
        **{
            "programme": fields.get("programme") or programme(),
            "slug": f"T{n}",
            "code": f"T{n}",
            "kind": "theme",
            "number": n % 30000,
            **three("name", f"Theme {n}"),
            **fields,
        },
    )


def sector(**fields: Any) -> Sector:
    n = number()
    return save(Sector, **{"slug": f"sector-{n}", **three("name", f"Sector {n}"), **fields})


def project(**fields: Any) -> Project:
    n = number()
    return save(
        Project,
        **{
            "programme": fields.get("programme") or programme(),
            "slug": f"P{n}",
            "code": f"P{n}",
            "kind": "institutional_partnership",
            "title": f"Projet {n}",
            "language": "fr",
            **fields,
        },
    )


def project_theme(**fields: Any) -> ProjectTheme:
    chosen = fields.get("project") or project()
    return save(
        ProjectTheme,
        **{
            "project": chosen,
            "theme": fields.get("theme") or theme(programme=chosen.programme),
            "title": chosen.title,
            "language": "fr",
            **fields,
        },
    )


def partnership(**fields: Any) -> Partnership:
    return save(
        Partnership,
        **{
            "project": fields.get("project") or project(),
            "partner": fields.get("partner") or partner(),
            "role": "local_partner",
            **fields,
        },
    )


def work_plan(**fields: Any) -> WorkPlan:
    n = number()
    return save(WorkPlan, **{"slug": f"plan-{n}", "title": f"Plan de travail {n}", "language": "fr", **fields})


def area(**fields: Any) -> Area:
    n = number()
    return save(
        Area,
        **{
            "work_plan": fields.get("work_plan") or work_plan(),
            "number": n % 30000,
            **three("name", f"Area {n}"),
            **fields,
        },
    )


def objective(**fields: Any) -> Objective:
    return save(
        Objective, **{"area": fields.get("area") or area(), "number": 1, **three("text", "Objective"), **fields}
    )


def activity(**fields: Any) -> Activity:
    return save(
        Activity,
        **{
            "area": fields.get("area") or area(),
            "number": 1,
            **three("text", "Activity"),
            "confirmation": "to_be_confirmed",
            **fields,
        },
    )


def deliverable(**fields: Any) -> Deliverable:
    return save(
        Deliverable, **{"area": fields.get("area") or area(), "number": 1, **three("text", "Deliverable"), **fields}
    )


def forum(**fields: Any) -> Forum:
    n = number()
    return save(
        Forum,
        **{
            "programme": fields.get("programme") or programme(),
            "slug": f"forum-{n}",
            "number": n % 30000,
            "title": f"Forum {n}",
            "language": "fr",
            "mode": "in_person",
            **fields,
        },
    )


def forum_day(**fields: Any) -> ForumDay:
    return save(ForumDay, **{"forum": fields.get("forum") or forum(), "day": date(2019, 3, 21), **fields})


def goal(**fields: Any) -> Goal:
    return save(Goal, **{"number": 4, **three("name", "Quality education"), **fields})


def expected_result(**fields: Any) -> ExpectedResult:
    n = number()
    return save(
        ExpectedResult,
        **{
            "programme": fields.get("programme") or programme(),
            "code": f"{1000 + n}",
            "level": "ultimate",
            **three("statement", f"Something improved {n}"),
            "basis": "reconstructed",
            **fields,
        },
    )


def dimension(**fields: Any) -> Dimension:
    n = number()
    return save(Dimension, **{"code": f"dimension-{n}", **three("name", f"Dimension {n}"), **fields})


def category(**fields: Any) -> Category:
    n = number()
    return save(
        Category,
        **{
            "dimension": fields.get("dimension") or dimension(),
            "code": f"category-{n}",
            **three("name", f"Category {n}"),
            **fields,
        },
    )


def breakdown(key: str = "") -> Breakdown:
    """The breakdown of a canonical key such as ``sex=women``, with its dimensions and categories."""
    found = Breakdown.objects.filter(key=key).first()
    if found is not None:
        return found
    with change(door=Door.COMMAND, reason="test"):
        categories = []
        for pair in filter(None, key.split(";")):
            name, value = pair.split("=")
            of, _ = Dimension.objects.get_or_create(code=name, defaults=three("name", name.capitalize()))
            chosen, _ = Category.objects.get_or_create(
                dimension=of, code=value, defaults=three("name", value.capitalize())
            )
            categories.append(chosen)
        return Breakdown.objects.for_categories(categories)


def indicator(**fields: Any) -> Indicator:
    n = number()
    return save(
        Indicator,
        **{
            "programme": fields.get("programme")
            or (fields["project"].programme if fields.get("project") else programme()),
            "slug": f"indicator-{n}",
            "code": f"IND-{n}",
            **three("name", f"Indicator {n}"),
            "nature": "output",
            "family": "people_trained",
            "measure": "count",
            **three("unit", "people"),
            "unit_of_analysis": "persons",
            **fields,
        },
    )


def period(**fields: Any) -> ReportingPeriod:
    n = number()
    return save(
        ReportingPeriod,
        **{
            "programme": fields.get("programme") or programme(),
            "slug": f"period-{n}",
            **three("name", f"Period {n}"),
            "starts_on": date(2020, 1, 1),
            "ends_on": date(2020, 12, 31),
            **fields,
        },
    )


def series(**fields: Any) -> Series:
    key = fields.pop("key", "")
    chosen = fields.get("project")
    return save(
        Series,
        **{
            "indicator": fields.get("indicator") or indicator(**({"programme": chosen.programme} if chosen else {})),
            "breakdown": fields.get("breakdown") or breakdown(key),
            **fields,
        },
    )


def baseline(**fields: Any) -> Baseline:
    return save(Baseline, **{"series": fields.get("series") or series(), "value": Decimal(10), **fields})


def target(**fields: Any) -> Target:
    of = fields.get("series") or series()
    return save(
        Target,
        **{
            "series": of,
            "period": fields.get("period") or period(programme=of.indicator.programme),
            "value": Decimal(100),
            **fields,
        },
    )


def actual(**fields: Any) -> Actual:
    of = fields.get("series") or series()
    return save(
        Actual,
        **{
            "series": of,
            "period": fields.get("period") or period(programme=of.indicator.programme),
            "value": Decimal(50),
            "route": "published_source",
            **fields,
        },
    )


def report(**fields: Any) -> Report:
    of = fields.get("project") or project()
    return save(Report, **{"project": of, "period": fields.get("period") or period(programme=of.programme), **fields})


def result_narrative(**fields: Any) -> ResultNarrative:
    of = fields.get("report") or report()
    return save(
        ResultNarrative,
        **{
            "report": of,
            "expected_result": fields.get("expected_result") or expected_result(programme=of.project.programme),
            **fields,
        },
    )


def intake(**fields: Any) -> Intake:
    return save(
        Intake,
        **{
            "code": f"intake-{number()}",
            "report": fields.get("report") or report(),
            "partner": fields.get("partner") or partner(),
            "channel": "phone",
            "received_on": date(2021, 7, 1),
            **fields,
        },
    )


def reminder(**fields: Any) -> Reminder:
    return save(
        Reminder,
        **{
            "user": fields.get("user") or user(),
            "period": fields.get("period") or period(),
            "kind": "due",
            "due_on": date(2021, 7, 31),
            **fields,
        },
    )


def stored_file(**fields: Any) -> StoredFile:
    content = fields.get("content", b"a file")
    return save(
        StoredFile,
        **{
            "name": "file.xlsx",
            "content_type": "application/octet-stream",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            **fields,
            "content": content,
        },
    )


def import_made(**fields: Any) -> Import:
    return save(Import, **{"kind": "partners", "file": fields.get("file") or stored_file(), **fields})


def submission(**fields: Any) -> Submission:
    of = fields.get("series") or series()
    return save(
        Submission,
        **{
            "series": of,
            "period": fields.get("period") or period(programme=of.indicator.programme),
            "value": Decimal(50),
            **fields,
        },
    )


def review(**fields: Any) -> Review:
    return save(
        Review,
        **{
            "submission": fields.get("submission") or submission(),
            "author": fields.get("author") or user(is_staff=True),
            "decision": "comment",
            **fields,
        },
    )


def verification_round(**fields: Any) -> VerificationRound:
    n = number()
    return save(
        VerificationRound,
        **{
            "code": f"round-{n}",
            "programme": fields.get("programme") or programme(),
            **three("name", f"Round {n}"),
            "opens_on": date(2024, 1, 1),
            "closes_on": date(2024, 3, 31),
            **fields,
        },
    )


def confirmation(**fields: Any) -> Confirmation:
    of = fields.get("actual") or actual()
    return save(
        Confirmation,
        **{
            "code": f"confirmation-{number()}",
            "round": fields.get("round") or verification_round(programme=of.series.indicator.programme),
            "partner": fields.get("partner") or partner(),
            "actual": of,
            "answer": "confirmed",
            **fields,
        },
    )


def notification(**fields: Any) -> Notification:
    return save(
        Notification,
        **{
            "user": fields.get("user") or user(),
            "kind": "returned",
            "period": fields.get("period") or period(),
            **fields,
        },
    )


def evidence(**fields: Any) -> Evidence:
    n = number()
    return save(
        Evidence,
        **{
            "code": f"evidence-{n}",
            "submission": None if "confirmation" in fields else fields.get("submission") or submission(),
            "title": f"Evidence {n}",
            "link": "https://example.org/evidence",
            **fields,
        },
    )


def document(**fields: Any) -> Document:
    n = number()
    return save(
        Document,
        **{
            "slug": f"document-{n}",
            "title": f"Document {n}",
            **three("short_title", f"Document {n}"),
            "language": "fr",
            "kind": "report",
            **fields,
        },
    )


def publication(**fields: Any) -> Publication:
    n = number()
    return save(
        Publication,
        **{
            "slug": f"publication-{n}",
            "kind": "report",
            "title": f"Rapport {n}",
            "language": "fr",
            "programme": fields.get("programme") or programme(),
            **fields,
        },
    )


def finding(**fields: Any) -> Finding:
    n = number()
    return save(
        Finding,
        **{
            "code": f"finding-{n}",
            "kind": "lesson",
            **three("text", f"Lesson {n}"),
            "programme": fields.get("programme") or programme(),
            **fields,
        },
    )


def citation(**fields: Any) -> Citation:
    n = number()
    cited = {name for name, field in fields.items() if isinstance(field, models.Model) and name != "document"}
    return save(
        Citation,
        **{
            "code": f"citation-{n}",
            "document": fields.get("document") or document(),
            "section": "Results",
            **({} if cited else {"programme": programme()}),
            **fields,
        },
    )


def discrepancy(**fields: Any) -> Discrepancy:
    n = number()
    return save(
        Discrepancy,
        **{
            "code": f"discrepancy-{n}",
            "programme": fields.get("programme") or programme(),
            "kind": "value",
            "severity": "minor",
            **three("explanation", "Two places disagree."),
            **fields,
        },
    )

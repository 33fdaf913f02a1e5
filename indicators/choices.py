"""Stored words of the indicators app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Levels of the funder's logic model, from the widest change to what the implementer delivers."""

    ULTIMATE = "ultimate", _("ultimate outcome")
    INTERMEDIATE = "intermediate", _("intermediate outcome")
    IMMEDIATE = "immediate", _("immediate outcome")
    OUTPUT = "output", _("output")


class Basis(models.TextChoices):
    """Where an expected result's wording comes from."""

    OFFICIAL = "official", _("official")
    STATED = "stated", _("stated in a source")
    RECONSTRUCTED = "reconstructed", _("reconstructed")


class Nature(models.TextChoices):
    """What kind of thing an indicator counts."""

    INPUT = "input", _("input")
    ACTIVITY = "activity", _("activity")
    OUTPUT = "output", _("output")
    OUTCOME = "outcome", _("outcome")
    CONTEXT = "context", _("context")


class Family(models.TextChoices):
    """Indicators that a reader would look for together."""

    PEOPLE_TRAINED = "people_trained", _("people trained")
    SERVICE_USERS = "service_users", _("people using services")
    ENROLMENT = "enrolment", _("enrolment")
    SATISFACTION = "satisfaction", _("satisfaction and perception")
    POLICIES = "policies", _("policies and good practices")
    AGREEMENTS = "agreements", _("agreements and partnerships")
    TRAINING_PROGRAMMES = "training_programmes", _("training programmes")
    TOOLS = "tools", _("tools and publications")
    EQUIPMENT = "equipment", _("centres and equipment")
    BUSINESS = "business", _("firms and jobs")
    CAMPAIGNS = "campaigns", _("campaigns")
    EVENTS = "events", _("events")


class Measure(models.TextChoices):
    """How an indicator is measured."""

    COUNT = "count", _("count")
    CURRENCY = "currency", _("amount of money")
    PERCENTAGE = "percentage", _("percentage")
    CHANGE = "change", _("change")
    SCORE = "score", _("score")
    QUALITATIVE = "qualitative", _("qualitative")


class ChangeUnit(models.TextChoices):
    """What a change of, say, +8 % means."""

    POINTS = "points", _("percentage points")
    RELATIVE = "relative", _("relative to the start")
    AS_PRINTED = "as_printed", _("as printed (meaning not stated)")


class UnitOfAnalysis(models.TextChoices):
    """What one counted unit is; persons are never added to participations or contacts."""

    PERSONS = "persons", _("persons")
    PARTICIPATIONS = "participations", _("participations")
    CONTACTS = "contacts", _("contacts reached")
    FAMILIES = "families", _("families")
    INSTITUTIONS = "institutions", _("institutions")
    FIRMS = "firms", _("firms")
    JOBS = "jobs", _("jobs")
    POLICIES = "policies", _("policies and practices")
    AGREEMENTS = "agreements", _("agreements")
    PROGRAMMES = "programmes", _("training programmes")
    EVENTS = "events", _("events")
    PRODUCTS = "products", _("products")
    HOURS = "hours", _("hours")
    MONEY = "money", _("money")
    OTHER = "other", _("other")


class Direction(models.TextChoices):
    INCREASE = "increase", _("increase")
    DECREASE = "decrease", _("decrease")
    MAINTAIN = "maintain", _("maintain")


class Cumulation(models.TextChoices):
    """How the actuals of several periods make one."""

    PER_PERIOD = "per_period", _("per period, added up")
    RUNNING_TOTAL = "running_total", _("running total, the latest counts")
    STOCK = "stock", _("stock, the latest counts")


class RollUp(models.TextChoices):
    """How the figures of several scopes make one."""

    SUM = "sum", _("sum")
    WEIGHTED_MEAN = "weighted_mean", _("mean weighted by the number of people")
    MAXIMUM = "maximum", _("maximum")
    LATEST = "latest", _("latest")
    NONE = "none", _("not rolled up")


class NoTargetReason(models.TextChoices):
    """Why an indicator has no target."""

    NONE_SET = "none_set", _("no target was set")
    NOT_STATED = "not_stated", _("the sources state none")


class Frequency(models.TextChoices):
    ONCE = "once", _("once")
    MONTHLY = "monthly", _("monthly")
    QUARTERLY = "quarterly", _("quarterly")
    HALF_YEARLY = "half_yearly", _("half-yearly")
    YEARLY = "yearly", _("yearly")
    END = "end", _("at the end")


class PeriodKind(models.TextChoices):
    INTERIM = "interim", _("interim")
    POINT = "point", _("point in time")
    WHOLE = "whole", _("whole programme")


class PeriodState(models.TextChoices):
    OPEN = "open", _("open")
    LOCKED = "locked", _("locked")
    PUBLISHED = "published", _("published")


class Qualifier(models.TextChoices):
    """How exactly a source states a number."""

    EXACT = "exact", _("exactly")
    MORE_THAN = "more_than", _("more than")
    AT_LEAST = "at_least", _("at least")
    ABOUT = "about", _("about")
    PLANNED = "planned", _("planned")
    ESTIMATED = "estimated", _("estimated")


class TargetBasis(models.TextChoices):
    APPROVED = "approved", _("approved")
    STATED = "stated", _("stated in a source")


class Route(models.TextChoices):
    """How an actual came into the system."""

    PUBLISHED_SOURCE = "published_source", _("published source")
    WORKSPACE = "workspace", _("partner workspace")
    GRID = "grid", _("entry grid")
    IMPORT = "import", _("spreadsheet import")
    ON_BEHALF = "on_behalf", _("entered on behalf of the partner")


class Verification(models.TextChoices):
    """How far an actual was checked."""

    AS_PUBLISHED = "as_published", _("as published")
    CONFIRMED = "confirmed", _("confirmed by the partner")
    EVIDENCE = "evidence", _("evidence on file")
    ASSESSED = "assessed", _("externally assessed")


class SubmissionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned for correction")
    APPROVED = "approved", _("approved")


OPEN_SUBMISSION_STATES = (SubmissionState.DRAFT, SubmissionState.SUBMITTED, SubmissionState.RETURNED)


class ReviewDecision(models.TextChoices):
    COMMENT = "comment", _("comment")
    SUBMIT = "submit", _("submitted")
    RETURN = "return", _("returned for correction")
    APPROVE = "approve", _("approved")


class ReturnReason(models.TextChoices):
    """Why a figure goes back to whoever reported it."""

    MISMATCH = "mismatch", _("the parts do not add up to the total")
    OUTLIER = "outlier", _("the value is far from earlier ones")
    EVIDENCE = "evidence", _("evidence is missing or unclear")
    DEFINITION = "definition", _("it does not fit the indicator's definition")
    PERIOD = "period", _("it belongs to another period")
    DUPLICATE = "duplicate", _("the same people or things seem to be counted twice")
    OTHER = "other", _("other, see the text")


class Channel(models.TextChoices):
    """How a figure entered on behalf of a partner reached the staff."""

    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("telephone")
    PAPER = "paper", _("paper")
    MEETING = "meeting", _("meeting")
    FILE = "file", _("file")


class Origin(models.TextChoices):
    REPORTED = "reported", _("reported")
    COMPUTED = "computed", _("computed")


class Status(models.TextChoices):
    """How an actual stands against its target."""

    EXCEEDED = "exceeded", _("exceeded")
    ACHIEVED = "achieved", _("achieved")
    ON_TRACK = "on_track", _("on track")
    BEHIND = "behind", _("behind")
    REGRESSED = "regressed", _("regressed")
    UNDECIDED = "undecided", _("undecided")
    RECORDED = "recorded", _("recorded, target not stated")
    NO_TARGET = "no_target", _("no target set")
    NOT_DUE = "not_due", _("not due yet")
    NOT_REPORTED = "not_reported", _("not reported")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    NOT_MEASURABLE = "not_measurable", _("not measurable")
    SUPPRESSED = "suppressed", _("withheld, too few people")

"""Stored words of the indicators app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    CHANGE = "change", pgettext_lazy("kind of measure", "change")
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
    ABOUT = "about", pgettext_lazy("before a figure", "about")
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
    UNCONFIRMED = "unconfirmed", _("not confirmed by the partner yet")
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
    WITHDRAW = "withdraw", _("asked back")


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


class ConfirmationAnswer(models.TextChoices):
    """What an institution says of a figure that the sources state about it."""

    CONFIRMED = "confirmed", _("it is right")
    CORRECTED = "corrected", _("it should be another one")
    EVIDENCE = "evidence", _("we have evidence")
    UNKNOWN = "unknown", _("we do not know")


class Settlement(models.TextChoices):
    """What the staff made of an institution's answer."""

    PENDING = "pending", _("not looked at yet")
    ADOPTED = "adopted", _("adopted")
    KEPT = "kept", _("the figure stays as it is")


class NotificationKind(models.TextChoices):
    """What somebody is told of."""

    DUE = "due", _("due soon")
    SUBMITTED = "submitted", _("handed in")
    RETURNED = "returned", _("returned for correction")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("asked back")


class IntakeAnswer(models.TextChoices):
    """What a partner answers to the summary of what staff entered on its behalf."""

    AWAITED = "awaited", _("not answered yet")
    CONFIRMED = "confirmed", _("confirmed by the partner")
    DISPUTED = "disputed", _("disputed by the partner")


class ReminderKind(models.TextChoices):
    DUE = "due", _("due soon")
    OVERDUE = "overdue", _("overdue")


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


class Reason(models.TextChoices):
    """Why a rule came out as it did: the sentence that a page unfolds beside a status or a missing number."""

    COMPARED = "compared", _("compared with its target")
    TARGET_NOT_STATED = "target_not_stated", _("the sources state no target")
    NO_TARGET_SET = "no_target_set", _("staff confirm that no target was set")
    NOT_REPORTED = "not_reported", _("no figure was reported")
    NOT_APPLICABLE = "not_applicable", _("the question does not arise here")
    NOT_DUE = "not_due", _("the target is not due yet")
    PLANNED = "planned", _("a planned figure is never compared nor added")
    QUALITATIVE = "qualitative", _("described in words, not in numbers")
    MEANING_NOT_STATED = "meaning_not_stated", _("the source does not say what the change is measured in")
    SHARE_AND_VALUE = "share_and_value", _("one is a share and the other is not")
    BASELINE_MISSING = "baseline_missing", _("without a baseline the distance covered is not known")
    TARGET_EQUALS_BASELINE = "target_equals_baseline", _("the aim is to stay at the baseline")
    TARGET_NOT_POSITIVE = "target_not_positive", _("nothing can be divided by a target of zero or less")
    NOT_INCREASING = "not_increasing", _("only what should rise is measured as a part of its target")
    NOT_A_COUNT = "not_a_count", _("only counts and amounts are measured as a part of their target")
    DIRECTION_DIFFERS = "direction_differs", _("target and baseline point the other way than the indicator says")
    BOUND_ONLY = "bound_only", _("only a bound is stated, and it does not decide")
    ABOUT_ONLY = "about_only", _("only a rounded figure is stated, and it does not decide")
    BOUND_DECIDES = "bound_decides", _("only a bound is stated, and it decides")
    BOUND_TURNED = "bound_turned", _("a lower bound of a falling figure bounds nothing below")
    NOT_ALL_REPORTED = "not_all_reported", _("not everything that is expected was reported")
    CUMULATED = "cumulated", _("added up over the periods reported so far")
    BASE_NOT_STATED = "base_not_stated", _("the number of people it was measured on is not stated")
    NOT_ROLLED_UP = "not_rolled_up", _("this indicator is not added up")
    MIXED_GRAINS = "mixed_grains", _("the figures are of different scopes and cannot be added")
    ONE_PART = "one_part", _("there is only one part")
    NOTHING_TO_ADD = "nothing_to_add", _("there is nothing to add")
    NO_DATE = "no_date", _("no date says which is the latest")
    MAY_COUNT_TWICE = "may_count_twice", _("the same person may be counted more than once")
    ADDED = "added", _("added up")
    AVERAGED = "averaged", _("weighted by the number of people")
    LARGEST = "largest", _("the largest")
    LATEST = "latest", _("the latest")
    TOO_LARGE = "too_large", _("the number is too large to be kept")
    TOO_FEW = "too_few", _("about too few people")
    COMPLEMENT = "complement", _("it would tell another one that is about too few people")


class YearStart(models.IntegerChoices):
    """Which month the years of a reporting calendar are counted from."""

    JANUARY = 1, _("January to December")
    APRIL = 4, _("April to March (Canadian fiscal year)")


class TargetManner(models.TextChoices):
    """How targets of several periods are made from one."""

    COPY = "copy", _("the same target for each period")
    SPREAD = "spread", _("spread evenly over the periods, adding up to it exactly")


class ReporterOf(models.TextChoices):
    """Who reports the series that are opened together."""

    STAFF = "staff", _("the staff")
    LEAD = "lead", _("the institution that leads the project")
    PARTNER = "partner", _("the partner that the series is about")

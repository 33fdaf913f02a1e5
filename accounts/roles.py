"""What each role of the programme's staff may do, as data.

The database keeps the roles as groups under these names. A migration makes them; one that comes later and brings a new
kind of record, or a new right, gives it to the roles with its own rows. :func:`accounts.actions.ensure_roles` does the
same for a database whose groups were lost, and a test compares both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

ADMINISTRATORS: Final = gettext_noop("Administrators")
SPECIALISTS: Final = gettext_noop("Monitoring specialists")
DATA_ENTRY: Final = gettext_noop("Data-entry staff")
READERS: Final = gettext_noop("Readers")

BUSINESS_APPS = ("partners", "projects", "forums", "indicators", "library")
WRITING = ("add", "change", "delete")
#: What is measured and when: kept by monitoring specialists, read by all staff.
FRAMEWORK = (
    *("goal", "expectedresult", "dimension", "category", "breakdown", "indicator", "reportingperiod"),
    "verificationround",
)
#: Written by the system alone, or never altered once written.
READ_ONLY = ("result", "review", "notification")
#: Rights that are more than writing a record: return and approve; lock and publish; correct what is closed.
REVIEWING = ("review_submission", "publish_reportingperiod", "correct_reportingperiod")
#: Whoever corrects what is closed also decides about what colleagues have imported.
OVERSEEING: Final = "indicators.correct_reportingperiod"
#: Nobody deletes an account, an import or a file that came with one: what was done stays on record.
LOOKING_UP = ("accounts.view_change", "accounts.view_import")
ENTERING = (
    *LOOKING_UP,
    "accounts.view_user",
    "accounts.add_import",
    "accounts.change_import",
    "accounts.view_storedfile",
    "accounts.add_storedfile",
)
MANAGING_ACCOUNTS = ("accounts.add_user", "accounts.change_user", "auth.view_group")


@dataclass(frozen=True)
class Role:
    """A group of staff.

    Attributes:
        name: of the group in the database, in English; pages show its translation.
        writes: whether its people write partners, projects, forums, figures, reports and sources.
        decides: whether they also write the logic model, indicators and periods, and review, publish and correct.
        rights: what else they may do, as ``app.codename``.
    """

    name: str
    writes: bool = False
    decides: bool = False
    rights: tuple[str, ...] = ()

    def holds(self, app: str, model: str, codename: str) -> bool:
        """Whether the role has this right; ``model`` in lower case, as content types have it."""
        if app not in BUSINESS_APPS:
            return f"{app}.{codename}" in self.rights
        # Histories are shown with their record and have no pages of their own.
        if model.startswith("historical"):
            return False
        action = codename.partition("_")[0]
        if action == "view":
            return True
        if codename in REVIEWING:
            return self.decides
        return self.writes and action in WRITING and model not in READ_ONLY and (self.decides or model not in FRAMEWORK)


ROLES = (
    Role(ADMINISTRATORS, writes=True, decides=True, rights=(*ENTERING, *MANAGING_ACCOUNTS)),
    Role(SPECIALISTS, writes=True, decides=True, rights=ENTERING),
    Role(DATA_ENTRY, writes=True, rights=ENTERING),
    Role(READERS, rights=LOOKING_UP),
)


def rights_of(role: Role, known: Iterable[tuple[int, str, str, str]]) -> list[int]:
    """Primary keys of the permissions that a role holds, out of (key, app, model, codename) of all there are."""
    return [key for key, app, model, codename in known if role.holds(app, model, codename)]

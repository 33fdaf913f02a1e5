"""The page of one import: what it would change, or what it changed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.imports import decides
from accounts.actions.previews import Outcome
from accounts.choices import ImportState
from accounts.models import Import, User
from dashboards.forms import ReasonForm
from dashboards.kinds import may_take_back, name_of
from dashboards.looks import Look
from epe_ap.pages import few, page_numbers, page_of, unknown_names, unknown_value

ROWS_ON_A_PAGE = 50
#: What a page may show of the rows.
PROBLEMS, CHANGED, NEW = "problems", "changed", "new"


class ImportPage:
    """Everything that the page of one import shows."""

    def __init__(self, request: HttpRequest, made: Import, look: Look | None, refusals: list[str]) -> None:
        self.request, self.made, self.look, self.refusals = request, made, look, refusals
        assert isinstance(request.user, User)
        self.user = request.user
        self.is_open = made.state == ImportState.PREVIEWED
        self.decides = self.is_open and decides(self.user, made)
        self.problems = unknown_names(request.GET, ["show", "page"])

    def context(self) -> dict[str, Any]:
        pk, look = self.made.pk, self.look
        return {
            "breadcrumbs": [workspace_crumb(), imports_crumb()],
            "made": self.made,
            "heading": self.heading,
            "lede": self.lede,
            "is_demonstration": self.is_demonstration,
            "refusals": self.refusals,
            "facts": self.facts(),
            "can_apply": self.decides and look is not None and look.is_readable and look.writes > 0,
            "can_discard": self.decides,
            "decider": self.made.made_by if self.is_open and not self.decides else None,
            "good": look.writes if look else 0,
            "refused": self.made.rows_refused,
            "seen": look.digest if look else "",
            "apply_url": reverse("import_apply", args=[pk]),
            "discard_url": reverse("import_discard", args=[pk]),
            "undo_url": reverse("import_undo", args=[pk]),
            "marked_url": reverse("import_marked", args=[pk]) if look and look.problems else "",
            "again_url": reverse("import_kind", args=[self.made.kind]) if look and look.problems else "",
            "undo_form": ReasonForm() if may_take_back(self.made, self.user) else None,
            **self.rows(),
            "problems": few(self.problems),
        }

    @property
    def is_demonstration(self) -> bool:
        """Whether its rows name a demonstration programme, or named one before they were written."""
        return bool(self.made.options.get("is_demonstration")) or (self.look is not None and self.look.is_demonstration)

    @property
    def heading(self) -> str:
        if self.is_open:
            return _("What would change")
        return _("Import undone") if self.made.state == ImportState.UNDONE else _("Import applied")

    @property
    def lede(self) -> str:
        made = self.made
        if self.is_open and self.look is not None and not self.look.is_readable:
            return _("The headings are wrong: correct them and send the file again. Nothing was written.")
        parts = [
            ngettext("%(number)s new", "%(number)s new", made.rows_new) % {"number": made.rows_new},
            ngettext("%(number)s changed", "%(number)s changed", made.rows_changed) % {"number": made.rows_changed},
            ngettext("%(number)s unchanged", "%(number)s unchanged", made.rows_unchanged)
            % {"number": made.rows_unchanged},
            ngettext("%(number)s refused", "%(number)s refused", made.rows_refused) % {"number": made.rows_refused},
        ]
        counts = _("Rows: %(counts)s.") % {"counts": ", ".join(parts)}
        if not self.is_open:
            return counts
        if made.rows_new + made.rows_changed:
            return f"{counts} {_('Nothing was written yet.')}"
        if made.rows_refused:
            return f"{counts} {_('There is no row that could be applied.')}"
        return f"{counts} {_('The database says all of this already: there is nothing to apply.')}"

    def facts(self) -> list[dict[str, str]]:
        """Who sent what, when and why, and what became of it."""
        made, user = self.made, self.user
        may_have_file = user.has_perm("accounts.view_storedfile")
        facts = [
            {"label": _("Kind"), "text": str(capfirst(name_of(made.kind)))},
            {
                "label": _("File"),
                "text": f"{made.file.name} ({filesizeformat(made.file.size)})",
                "url": reverse("import_file", args=[made.pk]) if may_have_file else "",
            },
            {"label": _("SHA-256 of the file"), "text": made.file.sha256},
            {"label": _("Sent"), "text": _by_and_at(made.made_by, made.made_at)},
            {"label": _("Reason"), "text": str(made.options.get("reason") or "–")},
        ]
        for label, change in ((_("Applied"), made.change), (_("Undone"), made.undone_by)):
            if change is not None:
                address = reverse("admin:accounts_change_change", args=[change.pk])
                may_see = user.has_perm("accounts.view_change")
                said = [_by_and_at(change.made_by, change.made_at)]
                if change.reason and change.reason != made.options.get("reason"):
                    said.append(change.reason)
                facts.append({"label": label, "text": " · ".join(said), "url": address if may_see else ""})
        twin = _twin(made)
        if twin is not None:
            facts.append(
                {
                    "label": _("The same file was applied before"),
                    "text": _by_and_at(twin.made_by, twin.made_at),
                    "url": reverse("import_page", args=[twin.pk]),
                }
            )
        return facts

    def rows(self) -> dict[str, Any]:
        """The rows of one tab, page by page."""
        if self.look is None:
            return {}
        look, counts = self.look, self.look.counts
        numbers = {
            PROBLEMS: len(look.problems) + look.problems_left_out,
            **({CHANGED: counts[Outcome.CHANGED], NEW: counts[Outcome.NEW]} if self.is_open else {}),
        }
        offered = {name: number for name, number in numbers.items() if number}
        if not offered:
            return {}
        asked = self.request.GET.get("show", "")
        if asked and asked not in offered:
            self.problems.append(unknown_value("show", asked, offered))
        current = asked if asked in offered else next(iter(offered))
        labels = {PROBLEMS: _("Problems"), CHANGED: _("Changed rows"), NEW: _("New rows")}
        found: list[Any]
        if current == PROBLEMS:
            found = list(look.problems)
        else:
            wanted = Outcome.CHANGED if current == CHANGED else Outcome.NEW
            found = [row for row in look.rows if row.outcome == wanted]
        page, problems = page_of(
            found, asked=self.request.GET.get("page", ""), number=len(found), per_page=ROWS_ON_A_PAGE
        )
        self.problems += problems
        return {
            "tabs": [
                {"label": labels[name], "number": number, "url": f"?show={name}", "current": name == current}
                for name, number in offered.items()
            ],
            "faults": list(page) if current == PROBLEMS else [],
            "differences": list(page) if current != PROBLEMS else [],
            "left_out": offered[current] - len(found),
            "page_obj": page,
            "page_numbers": page_numbers(page),
        }


def _twin(made: Import) -> Import | None:
    """The last import of an equal file that was applied."""
    twins = Import.objects.filter(file__sha256=made.file.sha256, kind=made.kind, state=ImportState.APPLIED)
    return twins.exclude(pk=made.pk).select_related("made_by").order_by("-made_at").first()


def _by_and_at(user: User | None, moment: datetime) -> str:
    at = date_format(localtime(moment), "DATETIME_FORMAT")
    return f"{at} · {user}" if user is not None else at


def workspace_crumb() -> dict[str, str]:
    return {"label": _("Workspace"), "url": reverse("workspace")}


def imports_crumb() -> dict[str, str]:
    return {"label": _("Import and export"), "url": reverse("imports")}

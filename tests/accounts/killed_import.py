"""An import that dies in the middle; run by a test as a process of its own, with the database in DATABASE_URL."""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from accounts.actions.imports import apply, keep, preview  # noqa: E402
from accounts.models import User  # noqa: E402
from partners.models import Partner  # noqa: E402
from partners.resources import PartnerResource  # noqa: E402
from tests.accounts.test_imports import HEADINGS, Sheet  # noqa: E402


class Dying(PartnerResource):
    def save_lines(self, lines: Sequence[Any]) -> None:
        super().save_lines(lines)
        if Partner.objects.count() > 2_000:
            print("half-written", flush=True)  # noqa: T201 the test reads it
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if "--migrate" in sys.argv:
        call_command("migrate", verbosity=0)
    by = User.objects.create_superuser(email="killed@example.org", name="Killed", password="password")
    sheet = Sheet([HEADINGS, *((f"p-{n}", f"Partner {n}", "es", "tvet_institution") for n in range(5_000))])
    seen = preview(resource=PartnerResource(by=by), sheet=sheet)
    record = keep(resource=Dying(by=by), preview=seen, name="p.csv", content=b"", content_type="text/csv", by=by)
    apply(record=record, resource=Dying(by=by), sheet=sheet, by=by)

"""Imports beside each other, and one that is killed: nothing is interleaved, nothing half-written."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils.translation import override

from accounts.actions import imports
from accounts.actions.imports import Refused, apply
from accounts.choices import ImportState
from accounts.models import Change, Import
from epe_ap.environment import BASE_DIR
from partners.models import Partner
from partners.resources import PartnerResource
from tests.accounts.test_imports import DUOC, HEADINGS, Sheet, kept, staff

__all__ = ["staff"]

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="On SQLite the second transaction itself waits for the first."
)


def beside(work: Callable[[], None]) -> None:
    """Run something on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_import_waits_for_another_and_says_so_when_that_takes_too_long(
    staff: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PATIENCE", "100ms")
    sheet = Sheet([HEADINGS, DUOC])
    record = kept(sheet, staff)  # type: ignore[arg-type]
    said: list[str] = []

    def second() -> None:
        with override("en"):
            try:
                apply(record=record, resource=PartnerResource(), sheet=sheet, by=staff)  # type: ignore[arg-type]
            except Refused as refused:
                said.append(refused.sentence)

    with transaction.atomic():
        imports.wait_for_turn()
        beside(second)
    assert said == ["Another import or another save is still being written: wait a minute and apply it again."]
    beside(second)
    assert (said[1:], Partner.objects.count()) == ([], 1)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_preview_write_once(staff: object) -> None:
    sheet = Sheet([HEADINGS, DUOC])
    records = [kept(sheet, staff), kept(sheet, staff)]  # type: ignore[arg-type]
    said: list[str] = []

    def one(record: Import) -> Callable[[], None]:
        def work() -> None:
            try:
                with override("en"):
                    apply(record=record, resource=PartnerResource(), sheet=sheet, by=staff)  # type: ignore[arg-type]
            except Refused as refused:
                said.append(refused.sentence)
            finally:
                connection.close()

        return work

    threads = [Thread(target=one(record)) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Partner.objects.count(), Partner.history.count(), len(said)) == (1, 1, 1)
    assert said[0].startswith("The data changed since you looked at this import")
    assert sorted(Import.objects.values_list("state", flat=True)) == ["applied", "previewed"]


def killed(database: str, *options: str) -> str:
    environment = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "epe_ap.test_settings"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.accounts.killed_import", *options],
        cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    return done.stdout


@pytest.mark.long
@pytest.mark.skipif(connection.vendor != "sqlite", reason="The same on PostgreSQL is below.")
def test_a_killed_import_leaves_nothing_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "killed.sqlite3"
    assert killed(f"sqlite:///{path}", "--migrate") == "half-written\n"
    with sqlite3.connect(path) as found:
        counts = [
            found.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("partners_partner", "partners_historicalpartner", "accounts_change")
        ]
        states = found.execute("SELECT state, change_id FROM accounts_import").fetchall()
    assert (counts, states) == ([0, 0, 0], [("previewed", None)])


@pytest.mark.long
@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_on_postgresql() -> None:
    of = connection.settings_dict
    address = f"postgres://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT'] or 5432}/{of['NAME']}"
    changes = Change.objects.count()
    assert killed(address) == "half-written\n"
    assert (Partner.objects.count(), Partner.history.count(), Change.objects.count()) == (0, 0, changes)
    assert list(Import.objects.values_list("state", "change")) == [(ImportState.PREVIEWED, None)]

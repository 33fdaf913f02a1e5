import warnings
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection


class Command(BaseCommand):
    help = "Says in one sentence why the database cannot be used; with DEBUG on, creates a PostgreSQL database not there yet."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        problem = self.problem()
        if problem and settings.DEBUG and connection.vendor == "postgresql" and self.create_if_absent():
            problem = self.problem()
        if problem:
            raise CommandError(
                f"The database in DATABASE_URL cannot be used ({problem}): start it, or set DATABASE_URL."
            )

    def problem(self) -> str:
        """Empty, or what the driver says, which names host and database but no password."""
        try:
            connection.ensure_connection()
        except (DatabaseError, InterfaceError) as error:
            return str(error).strip().splitlines()[-1].strip().rstrip(".")
        finally:
            connection.close()
        return ""

    def create_if_absent(self) -> bool:
        name = connection.settings_dict["NAME"]
        try:
            # Django's own way to the server beside the database, as its test runner uses it.
            with warnings.catch_warnings(action="ignore"), connection._nodb_cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone():
                    return False
                cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
        except (DatabaseError, InterfaceError):
            # No right to create one, or no server: the first problem stays the one to tell.
            return False
        self.stdout.write(f"Database {name} created.")
        return True

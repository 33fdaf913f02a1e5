"""Whether the database can be used, and whether an error means that it cannot."""

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

# SQLite's primary result codes: busy, read-only, input/output error, corrupt, full, cannot open, not a database.
SQLITE_DOWN = {5, 8, 10, 11, 13, 14, 26}
# PostgreSQL's classes of SQLSTATE: connection, resources, operator intervention, system and configuration
# errors, authorisation, no such database; and the one code for a table that is not there (not migrated).
POSTGRES_DOWN = ("08", "53", "57P", "58", "F0", "28", "3D", "42P01")


def means_database_down(error: BaseException | None) -> bool:
    """True for an error that no change of the request could avoid: nothing answers, or no tables are there.

    A deadlock, a time-out of one statement or a missing column is a fault of ours and stays an error 500.
    """
    while error is not None and not isinstance(error, DatabaseError | InterfaceError):
        # A template wraps what its variables raise.
        error = error.__cause__
    if error is None:
        return False
    driver_error = error.__cause__
    sqlite_code = getattr(driver_error, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code & 0xFF in SQLITE_DOWN or str(error).startswith("no such table")
    sqlstate = getattr(driver_error, "sqlstate", None)
    if sqlstate is not None:
        return str(sqlstate).startswith(POSTGRES_DOWN)
    # Without a code the driver never reached a server, or lost it.
    return isinstance(error, OperationalError | InterfaceError)


def what_is_missing() -> str:
    """Empty when the database answers and has all its tables; else a sentence without secrets."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "Migrations are missing: run manage.py migrate."
    except (DatabaseError, InterfaceError):
        return "The database does not answer."
    return ""

"""Prints the address of a PostgreSQL server that the tests may use; exits with 1 and a reason where there is none."""

import getpass
import sys

import environ
import psycopg

from epe_ap import environment

LOCAL = "127.0.0.1:5432"


def refusal(url: str) -> str:
    """Empty when a test database can be made there, else why not."""
    try:
        config = environ.Env.db_url_config(url)
        with psycopg.connect(
            host=config["HOST"] or None,
            port=config["PORT"] or None,
            user=config["USER"] or None,
            password=config["PASSWORD"] or None,
            dbname=config["NAME"] or "postgres",
            connect_timeout=3,
        ) as connection:
            row = connection.execute(
                "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except (psycopg.Error, ValueError, KeyError) as error:
        return str(error).strip().splitlines()[-1]
    return "" if row and row[0] else "its user may not create databases"


def main() -> None:
    try:
        wanted = environment.read_one(
            environment.BY_NAME["TEST_POSTGRES_URL"], environment.with_file(environment.os.environ)
        )
    except environment.EnvironmentProblem as problem:
        sys.exit(str(problem))
    if wanted:
        reason = refusal(wanted)
        if reason:
            sys.exit(f"The server in TEST_POSTGRES_URL cannot be used: {reason}")
        sys.stdout.write(wanted + "\n")
        return
    reason = ""
    for user in dict.fromkeys([getpass.getuser(), "postgres"]):
        url = f"postgres://{user}@{LOCAL}/postgres"
        reason = refusal(url)
        if not reason:
            sys.stdout.write(url + "\n")
            return
    sys.exit(f"No PostgreSQL server can be used on {LOCAL} ({reason}): start one, or set TEST_POSTGRES_URL.")


if __name__ == "__main__":
    main()

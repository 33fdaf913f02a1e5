"""Settings of the tests: those of a server, except where a test would be slow or need a build step."""

import os
import zlib

from epe_ap import environment
from epe_ap.catalogues import catalogues, compile_catalogue

# A developer's own .env and variables must not decide what a test says. The database alone may be chosen.
for _variable in environment.VARIABLES:
    if _variable.name != "DATABASE_URL" and _variable.group != environment.TESTS:
        os.environ.pop(_variable.name, None)
os.environ["ENV_FILE"] = ""
os.environ["SECRET_KEY"] = "tests-only-" + "0123456789abcdef" * 4
os.environ["HTTPS"] = "off"
os.environ["LOG_LEVEL"] = "WARNING"

from epe_ap.settings import *  # noqa: E402, F403
from epe_ap.settings import BASE_DIR, DATABASES, MIDDLEWARE, STORAGES  # noqa: E402

# Tests read pages and mails in each language. Django reads a catalogue once, as soon as anything is translated.
for _catalogue in catalogues(BASE_DIR / "locale"):
    compile_catalogue(_catalogue)

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# No collectstatic before the tests; the browser tests run a server with the real storage.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]

# Hashing a password slowly is its purpose, and 300 ms for each user of each test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Hundreds of tests are about what staff do once they are in. Those about coming in switch it on: tests/accounts/test_sign_in.py.
STAFF_SECOND_FACTOR = False

_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.postgresql":
    # The pool keeps connections open that the test runner has to close before it drops the database.
    _database["OPTIONS"].pop("pool", None)
    # What a server asks of the database would hide what the tests ask of it.
    _database["OPTIONS"]["options"] += " " + os.environ.get("PGOPTIONS", "")
    # Two checkouts tested at once on one server must not share a database.
    _checkout = zlib.crc32(str(BASE_DIR).encode())
    _database["TEST"] = {"NAME": f"test_epe_ap_{_checkout:08x}"}

"""Settings. What differs between installations comes from the environment: see epe_ap/environment.py."""

import sys
from pathlib import Path

from epe_ap import environment

env = environment.read_or_exit()

BASE_DIR: Path = environment.BASE_DIR
DEBUG: bool = env["DEBUG"]
SECRET_KEY: str = env["SECRET_KEY"]
ALLOWED_HOSTS: list[str] = env["ALLOWED_HOSTS"]

# --- Parts of the system -------------------------------------------------------------------------

INSTALLED_APPS = [
    # First, so that its compilemessages (which needs no GNU gettext) stands before Django's.
    "epe_ap.apps.ResultsConfig",
    # Before accounts, which replaces what they show in the administration.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts",
    "partners",
    "projects",
    "forums",
    "indicators",
    "library",
    "dashboards",
    "opendata",
    "search",
    "epe_ap.apps.ResultsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    # Outermost: a probe must not depend on the host name, https, a session or the database.
    "epe_ap.middleware.HealthMiddleware",
    "epe_ap.middleware.DatabaseDownMiddleware",
    "django.middleware.security.SecurityMiddleware",
    *([] if DEBUG else ["whitenoise.middleware.WhiteNoiseMiddleware"]),
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside of all that needs to know who asks or what for: a page that did not change is answered here.
    "epe_ap.revisits.RevisitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # After the session, before anything that writes a text or an address.
    "django.middleware.locale.LocaleMiddleware",
    # Answers in the reader's language, before anything reads the address.
    "epe_ap.middleware.ReadableAddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "epe_ap.middleware.CollisionMiddleware",
    # Asked only where a page was not found.
    "epe_ap.former_addresses.FormerAddressMiddleware",
]

ROOT_URLCONF = "epe_ap.urls"
WSGI_APPLICATION = "epe_ap.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "epe_ap.context_processors.languages",
                "epe_ap.context_processors.problems",
                "epe_ap.context_processors.person",
            ],
        },
    },
]

# --- Database and cache --------------------------------------------------------------------------

DATABASES = {"default": env["DATABASE_URL"]}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_database = DATABASES["default"]
_options = _database.setdefault("OPTIONS", {})
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for a writer, and a writer waits up to 20 seconds for another one. IMMEDIATE
    # takes the write lock when a transaction begins: asking for it half-way fails without waiting.
    _options.setdefault("transaction_mode", "IMMEDIATE")
    _options.setdefault("timeout", 20)
    _options.setdefault(
        "init_command",
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    )
    # The pragmas run again for each connection, so a connection is kept.
    _database.setdefault("CONN_MAX_AGE", 600)
else:
    # A page that says 503 after five seconds is worth more than one that hangs.
    _options.setdefault("connect_timeout", 5)
    # Compiling what a page asks takes longer than answering it; and where nothing turns, a row costs the same wherever it
    # stands. The database takes neither for granted, and reads thousands of rows in the order of the disk instead of few by an index.
    _options.setdefault("options", "-c jit=off -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0")
    # Connections that died with the server are replaced before they meet a visitor.
    _database.setdefault("CONN_HEALTH_CHECKS", True)
    if DEBUG:
        # With the pool a mistyped database name shows as a time-out instead of its own message.
        _database.setdefault("CONN_MAX_AGE", 600)
    else:
        _options.setdefault("pool", {"min_size": 1, "max_size": env["DATABASE_POOL_SIZE"], "timeout": 5})

CACHES = {"default": env["CACHE_URL"]}
#: How many processes serve the site; see accounts/checks.py.
WEB_PROCESSES: int = env["WEB_PROCESSES"]

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.SessionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"

# Accounts are made by administrators. Addresses are in accounts/urls.py, behaviour in accounts/adapters.py.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.SignInForm",
    "request_login_code": "accounts.sign_in.MailedCodeRequestForm",
    "confirm_login_code": "accounts.sign_in.MailedCodeForm",
    "reset_password": "accounts.sign_in.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.sign_in.NewPasswordForm",
    "change_password": "accounts.sign_in.PasswordForm",
    "set_password": "accounts.sign_in.FirstPasswordForm",
    "reauthenticate": "accounts.sign_in.PasswordAgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# An administrator types the address, and the person who reads its mail sets the password.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_PREVENT_ENUMERATION = True
# The session ends with the browser, and after a long working day in any case; SESSION_COOKIE_AGE is in seconds.
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 12 * 60 * 60
# A link to set a password is good for a day.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
# Nobody needs a password: a code comes by mail, good for ten minutes in the browser that asked for it.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"length": 8, "numeric": True, "dashed": True}
# What an address without an account is told is this site's own: accounts/views.py.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/5m/key",
    # Mails to one address; with three attempts each, a code of eight digits is safe for a hundred years.
    "request_login_code": "20/m/ip,5/15m/key",
    # Of one code, however many are sent at the same moment; the number of ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS.
    "login_code": "3/15m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env["TRUST_PROXY"] else 0

MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.sign_in.CodeForm",
    "reauthenticate": "accounts.sign_in.CodeAgainForm",
    "activate_totp": "accounts.sign_in.SetUpForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Addresses are not verified here at all, see above.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# The clock of a telephone may be half a minute off; a code is good once all the same (accounts/second_factor.py).
MFA_TOTP_TOLERANCE = 1
#: Staff do nothing before they have set up and shown a second factor. Tests that are about other things switch it off.
STAFF_SECOND_FACTOR = True

# --- Mail ----------------------------------------------------------------------------------------

_mail: dict = env["EMAIL_URL"] or (environment.mail("consolemail://" if DEBUG else "smtp://localhost"))
EMAIL_BACKEND: str = _mail["EMAIL_BACKEND"]
EMAIL_HOST: str = _mail.get("EMAIL_HOST", "localhost")
EMAIL_PORT: int = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER: str = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS: bool = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _mail.get("EMAIL_USE_SSL", False)
# A mail server that does not answer must not hold a page, or a command, for minutes.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env["DEFAULT_FROM_EMAIL"]
#: Without a slash at its end; pages take the address from the request, commands have none.
SITE_URL: str = env["SITE_URL"]

# --- Languages and formats -----------------------------------------------------------------------

LANGUAGE_CODE = "fr"
# Each in its own words: a reader looks for the language they know.
LANGUAGES = [("fr", "Français"), ("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["epe_ap.formats"]
USE_I18N = True
# On, it would also group years and codes (2 023, 1 110); templates ask for groups where they want them.
USE_THOUSAND_SEPARATOR = False
USE_TZ = True
TIME_ZONE: str = env["TIME_ZONE"]

# --- Static files --------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env["STATIC_ROOT"]
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Safety --------------------------------------------------------------------------------------

# The name and the form of Django 6, so that the upgrade deletes only the line that hands it to django-csp.
SECURE_CSP = {
    "default-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": SECURE_CSP}

_https: bool = env["HTTPS"] and not DEBUG
SECURE_SSL_REDIRECT = _https
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS: int = env["HSTS_SECONDS"] if _https else 0
# W005, W021: sub-domains and preload lists bind more than this site; whoever owns the domain decides that at the proxy.
# W040: SQLite does without the columns that PostgreSQL's indexes carry along.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "models.W040"]
if env["TRUST_PROXY"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS: list[str] = env["CSRF_TRUSTED_ORIGINS"]
# The grid of a large report, by sex and country, with numerators and denominators, has more than ten thousand fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# A grid whose form is refused keeps what was typed in it.
CSRF_FAILURE_VIEW = "dashboards.views.grid.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- Import and export ---------------------------------------------------------------------------

# A cell that begins with = + - @ would run as a formula in a spreadsheet.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_USE_TRANSACTIONS = True
#: The largest spreadsheet that the workspace reads.
UPLOAD_MEGABYTES: int = env["UPLOAD_MEGABYTES"]
#: The command that looks for viruses in evidence, and its arguments; none when empty.
EVIDENCE_SCANNER: list[str] = env["EVIDENCE_SCANNER"]

# --- Thresholds of the programme (method page) ---------------------------------------------------

EPE_AP_SMALL_CELL: int = env["EPE_AP_SMALL_CELL"]
EPE_AP_SMALL_CELL_SENSITIVE: int = env["EPE_AP_SMALL_CELL_SENSITIVE"]
#: A Decimal in percent points: 85 means 85 %.
EPE_AP_ON_TRACK_THRESHOLD = env["EPE_AP_ON_TRACK_THRESHOLD"]

# --- Messages to whoever runs it -----------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env["LOG_LEVEL"]},
    # Django's own handlers would write each message a second time, or mail it.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}

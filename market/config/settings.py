"""Django settings, all derived from the typed environment (`environment.py`). See docs/configuration.md."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from market.config.environment import data_folder, read_environment
from market.config.people import *  # noqa: F403 - every name in it is a setting
from market.config.servers import bucket, bucket_hosts, cache, database
from market.config.wiring import MARKET_CARRIER_APIS as MARKET_CARRIER_APIS
from market.config.wiring import MARKET_CARRIERS as MARKET_CARRIERS
from market.config.wiring import MARKET_DEADLINE_HANDLERS as MARKET_DEADLINE_HANDLERS
from market.config.wiring import MARKET_EVENT_RECEIVERS as MARKET_EVENT_RECEIVERS
from market.config.wiring import MARKET_PATIENT_TOPICS as MARKET_PATIENT_TOPICS
from market.config.wiring import MARKET_SMS_SENDERS as MARKET_SMS_SENDERS
from market.config.wiring import MARKET_WORKER_STEPS as MARKET_WORKER_STEPS

ENV = read_environment()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = ENV.DATA_DIR if ENV.DATA_DIR.is_absolute() else BASE_DIR / ENV.DATA_DIR

SECRET_KEY = ENV.secret_key(DATA_DIR)
DEBUG = ENV.DEBUG
PUBLIC_URL = ENV.PUBLIC_URL
ALLOWED_HOSTS = ENV.host_names
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "market.config.urls"
WSGI_APPLICATION = "market.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ADMIN_PATH = ENV.ADMIN_PATH
APPEND_SLASH = True

INSTALLED_APPS = [
    "market.common",
    "market.common.outbox",
    "market.common.audit",
    "market.common.deadlines",
    "market.common.sms",
    "market.regions",
    "market.accounts",
    "market.enterprises",
    "market.channels",
    "market.compliance",
    "catalog.products",
    "catalog.pricing",
    "catalog.stock",
    "catalog.lots",
    "catalog.trace",
    "catalog.imports",
    "search.products",
    "orders.orders",
    "orders.ledger",
    "orders.cart",
    "orders.payments",
    "orders.shipments",
    "orders.claims",
    "orders.quotes",
    "orders.reviews",
    "orders.recalls",
    "orders.inbox",
    "orders.pickups",
    "orders.outbound",
    "orders.documents",
    "market.prices",
    "market.public_services",
    "market.storefront",
    "market.portal",
    "market.office",
    "market.drivers",
    "market.api",
    "market.config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "ninja",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "market.common.middleware.HooksGoStraight",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "market.api.errors.ApiErrors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "market.accounts.middleware.NextIsAnAddress",
    "market.accounts.middleware.RateLimitMiddleware",
    "market.common.middleware.NothingHasNul",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "market.common.forms.FieldRenderer"

# --- database -------------------------------------------------------------------------------------------------------

if ENV.DATABASE_URL is None:
    with data_folder(DATA_DIR):  # SQLite makes its file, not the folder
        pass
_DATABASE_URL = ENV.DATABASE_URL.get_secret_value() if ENV.DATABASE_URL else f"sqlite:///{DATA_DIR}/tuanji.sqlite3"

DATABASES: dict[str, dict[str, Any]] = {"default": database(_DATABASE_URL, prepare=ENV.DATABASE_PREPARE)}
# Which of them public lists are read from (`market.common.databases`).
MARKET_LISTS_DATABASE = "default"
if ENV.DATABASE_REPLICA_URL:
    MARKET_LISTS_DATABASE = "replica"
    _REPLICA_URL = ENV.DATABASE_REPLICA_URL.get_secret_value()
    DATABASES["replica"] = database(_REPLICA_URL, prepare=ENV.DATABASE_PREPARE) | {"TEST": {"MIRROR": "default"}}

# --- search, work, cache, files, mail -------------------------------------------------------------------------------

SEARCH_URL = ENV.SEARCH_URL.get_secret_value() if ENV.SEARCH_URL else f"tantivy://{DATA_DIR}/search"
# An embedded index beside a server's, kept by the worker of this host: it answers when the server is away.
SEARCH_FALLBACK_URL = ENV.SEARCH_FALLBACK_URL.get_secret_value() if ENV.SEARCH_FALLBACK_URL else ""
SEARCH_INDEX_PREFIX = ENV.SEARCH_INDEX_PREFIX
SEARCH_INDEX_REPLICAS = 1
# Count what is searched and what is not found, without anybody's name.
MARKET_SEARCH_LOG = True
# A factory `(url, schema) -> SearchEngine`; every engine passes tests/search/engines/contract.py.
MARKET_SEARCH_ENGINE = "search.products.engine.make_engine"

CELERY_BROKER_URL = ENV.CELERY_BROKER_URL.get_secret_value() if ENV.CELERY_BROKER_URL else ""

_CACHE_URL = ENV.CACHE_URL.get_secret_value() if ENV.CACHE_URL else f"file://{DATA_DIR}/cache"

# Counters of the inbox: shared where the cache is Redis, else each process counts its own.
CACHES = {"default": cache(_CACHE_URL), "limits": cache(_CACHE_URL if "redis" in _CACHE_URL else "locmem:")}
SESSION_ENGINE = (
    "django.contrib.sessions.backends.cached_db" if "redis" in _CACHE_URL else "django.contrib.sessions.backends.db"
)

_FILES: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": DATA_DIR / "media", "base_url": "/media/"},
}
_PICTURE_HOSTS: list[str] = []
if ENV.S3_BUCKET and ENV.S3_ACCESS_KEY_ID and ENV.S3_SECRET_ACCESS_KEY:
    _FILES, _PICTURE_HOSTS = bucket(ENV), bucket_hosts(ENV)
STORAGES = {
    "default": _FILES,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENV.is_https
        # Compressing takes most of a minute on a small machine, and nobody gains by it on the same machine.
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
MEDIA_ROOT, MEDIA_URL = DATA_DIR / "media", "/media/"
STATIC_ROOT, STATIC_URL = DATA_DIR / "static", "/static/"
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

_EMAIL = urlsplit(ENV.EMAIL_URL.get_secret_value() if ENV.EMAIL_URL else f"file://{DATA_DIR}/mail")
DEFAULT_FROM_EMAIL = ENV.EMAIL_FROM
SERVER_EMAIL = ENV.EMAIL_FROM
if _EMAIL.scheme in ("smtp", "smtps"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _EMAIL.hostname or "localhost"
    EMAIL_PORT = _EMAIL.port or (465 if _EMAIL.scheme == "smtps" else 25)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_EMAIL.username or ""), unquote(_EMAIL.password or "")
    EMAIL_USE_SSL = _EMAIL.scheme == "smtps"
    EMAIL_TIMEOUT = 15
elif _EMAIL.scheme == "console":
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = _EMAIL.path

SMS_URL = ENV.SMS_URL.get_secret_value() if ENV.SMS_URL else "file:"  # in DATA_DIR/sms
# Name under which messages go, and template by kind, where a provider asks for them.
SMS_SIGN, SMS_TEMPLATES = ENV.SMS_SIGN, ENV.sms_templates

# --- languages ------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "market" / "common" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_COOKIE_NAME = "language"

# --- security -------------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = ENV.is_https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if ENV.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.is_https
SECURE_HSTS_PRELOAD = ENV.is_https
SESSION_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENV.TRUSTED_PROXY:
    MIDDLEWARE.insert(0, "market.common.middleware.AddressBehindProxy")
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_PICTURE_HOSTS],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- extension points: dotted paths, each with a protocol and a shared contract test; more in `wiring.py` -------------

SANDBOX_PAYMENTS = ENV.SANDBOX_PAYMENTS
STRIPE_SECRET_KEY = ENV.STRIPE_SECRET_KEY.get_secret_value() if ENV.STRIPE_SECRET_KEY else ""
STRIPE_PUBLISHABLE_KEY = ENV.STRIPE_PUBLISHABLE_KEY
STRIPE_WEBHOOK_SECRET = ENV.STRIPE_WEBHOOK_SECRET.get_secret_value() if ENV.STRIPE_WEBHOOK_SECRET else ""
STRIPE_API_BASE = ENV.STRIPE_API_BASE
MARKET_PAYMENT_GATEWAYS = {
    **({"sandbox": "orders.payments.gateways.sandbox.SandboxGateway"} if SANDBOX_PAYMENTS else {}),
    "bank_transfer": "orders.payments.gateways.bank_transfer.BankTransferGateway",
    **({"stripe": "orders.payments.gateways.stripe.StripeGateway"} if STRIPE_SECRET_KEY else {}),
}
# Where bank transfers go; shown with the reference of each purchase.
MARKET_BANK_ACCOUNT = {
    "holder": ENV.BANK_HOLDER,
    "bank": ENV.BANK_NAME,
    "number": ENV.BANK_ACCOUNT,
}
# What makes files of papers (`orders.documents.renderers.base`); PDF needs `pip install .[pdf]`, Pango and fonts.
MARKET_DOCUMENT_RENDERER = {
    "page": "orders.documents.renderers.print_page.PrintPage",
    "pdf": "orders.documents.renderers.pdf.PdfRenderer",
}[ENV.DOCUMENTS]
# So long a shipment may be silent before its partner is asked; the second for partners that do not try a message again.
MARKET_ASK_HOURS = ENV.ASK_HOURS
MARKET_ASK_HOURS_UNRETRIED = ENV.ASK_HOURS_UNRETRIED
# `address:port` pairs the guard of outgoing calls lets through though they are not public. For tests: a receiver that
# stands on this machine. Never from the environment.
MARKET_OPEN_ADDRESSES: frozenset[str] = frozenset()
# Called after commit with the name of the step to wake; None leaves it to the polling worker.
MARKET_WAKE: str | None = "market.config.celery.wake" if CELERY_BROKER_URL else None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "market.common.quiet_log.QuietFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV.LOG_LEVEL},
    # Its line for each request that fails says nothing that the breaker and the outbox do not say once.
    # Nor do those of the renderer for each sign without a font: the paper is refused, with the first ten.
    "loggers": {name: {"level": "ERROR"} for name in ("django.request", "elastic_transport", "weasyprint")},
}

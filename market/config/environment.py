"""Environment in, typed values out. Read once, by `settings.py`.

Every variable has an embedded default, so an empty environment runs the whole marketplace. A wrong or half-set
value stops the start with a message that names the variable; secret values are never part of a message.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

SEARCH_SCHEMES = ("tantivy", "http", "https", "database")
CACHE_SCHEMES = ("file", "locmem", "database", "redis", "rediss")
BROKER_SCHEMES = ("redis", "rediss", "amqp", "amqps")
EMAIL_SCHEMES = ("file", "console", "smtp", "smtps")
SMS_SCHEMES = ("file", "http", "https", "aliyun")


def _scheme(value: str, allowed: tuple[str, ...]) -> str:
    scheme = urlsplit(value).scheme
    if scheme not in allowed:
        raise ValueError(f"must start with one of {', '.join(s + ':' for s in allowed)}")
    return value


def _server(value: str) -> None:
    """Whether a client can be made of it, or each search would fail."""
    parts = urlsplit(value)
    try:
        is_server = parts.hostname is not None and parts.port != 0
    except ValueError:
        is_server = False
    if parts.scheme in ("http", "https") and not is_server:
        raise ValueError("must name a host, and no port or one between 1 and 65535")


def _pairs(value: str) -> list[tuple[str, str, str]]:
    return [pair.partition("=") for pair in value.split(",") if pair.strip()]


class Environment(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, validate_default=True)

    DATA_DIR: Path = Path("var")
    PUBLIC_URL: str = "http://127.0.0.1:8000"
    ALLOWED_HOSTS: str = ""
    DEBUG: bool = False
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    SECRET_KEY: SecretStr | None = None
    TRUSTED_PROXY: bool = False

    DATABASE_URL: SecretStr | None = None
    DATABASE_REPLICA_URL: SecretStr | None = None
    DATABASE_PREPARE: bool = True
    SEARCH_URL: SecretStr | None = None
    SEARCH_INDEX_PREFIX: str = Field(default="tuanji", pattern=r"^[a-z0-9][a-z0-9-]*$")
    SEARCH_FALLBACK_URL: SecretStr | None = None
    CELERY_BROKER_URL: SecretStr | None = None
    CACHE_URL: SecretStr | None = None
    EMAIL_URL: SecretStr | None = None
    EMAIL_FROM: str = "Tuanji <no-reply@tuanji.example>"
    SMS_URL: SecretStr | None = None
    SMS_SIGN: str = ""
    SMS_TEMPLATES: str = ""

    S3_BUCKET: str = ""
    S3_ENDPOINT_URL: str = ""
    S3_REGION: str = "us-east-1"
    S3_ACCESS_KEY_ID: SecretStr | None = None
    S3_SECRET_ACCESS_KEY: SecretStr | None = None

    STRIPE_SECRET_KEY: SecretStr | None = None
    STRIPE_PUBLISHABLE_KEY: str = ""
    STRIPE_WEBHOOK_SECRET: SecretStr | None = None
    STRIPE_API_BASE: str = ""

    BANK_HOLDER: str = "团集示范市场 (示例账户)"
    BANK_NAME: str = "示范银行"
    BANK_ACCOUNT: str = "0000 0000 0000 0000"

    DOCUMENTS: Literal["page", "pdf"] = "page"

    ASK_HOURS: int = Field(default=24, ge=1, le=720)
    ASK_HOURS_UNRETRIED: int = Field(default=12, ge=1, le=720)

    SANDBOX_PAYMENTS: bool = True
    ADMIN_PATH: str = Field(default="control-room/", pattern=r"^[a-z0-9-]+/$")

    @field_validator("PUBLIC_URL", "S3_ENDPOINT_URL", "STRIPE_API_BASE")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
            raise ValueError("must be an address such as https://market.example.org")
        return value.rstrip("/")

    @field_validator("DATABASE_URL", "DATABASE_REPLICA_URL")
    @classmethod
    def _database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _scheme(value.get_secret_value(), ("postgres", "postgresql", "sqlite"))
        return value

    @field_validator("SEARCH_URL")
    @classmethod
    def _search(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _server(_scheme(value.get_secret_value(), SEARCH_SCHEMES))
        return value

    @field_validator("SEARCH_FALLBACK_URL")
    @classmethod
    def _search_fallback(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _scheme(value.get_secret_value(), ("tantivy",))
        return value

    @field_validator("CELERY_BROKER_URL")
    @classmethod
    def _broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _scheme(value.get_secret_value(), BROKER_SCHEMES)
        return value

    @field_validator("CACHE_URL")
    @classmethod
    def _cache(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _scheme(value.get_secret_value(), CACHE_SCHEMES)
        return value

    @field_validator("EMAIL_URL")
    @classmethod
    def _email(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _scheme(value.get_secret_value(), EMAIL_SCHEMES)
        return value

    @field_validator("SMS_URL")
    @classmethod
    def _sms(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(_scheme(value.get_secret_value(), SMS_SCHEMES))
            _server(value.get_secret_value())
            if parts.scheme == "aliyun" and not (parts.username and parts.password and parts.hostname):
                raise ValueError("must read aliyun://KEY_ID:SECRET@dysmsapi.aliyuncs.com")
        return value

    @field_validator("SMS_TEMPLATES")
    @classmethod
    def _templates(cls, value: str) -> str:
        if any(not name.strip() or not code.strip() for name, _, code in _pairs(value)):
            raise ValueError("must read code=SMS_1,order_paid=SMS_2")
        return value

    @model_validator(mode="after")
    def _whole_groups(self) -> Self:
        self._require_together("S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", trigger="S3_ENDPOINT_URL")
        self._require_together("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
        if self.SMS_URL is not None and self.SMS_URL.get_secret_value().startswith("aliyun:"):
            self._require_together("SMS_URL", "SMS_SIGN", "SMS_TEMPLATES")
            if "code" not in self.sms_templates:
                raise ValueError("SMS_TEMPLATES must name a template of kind code, or nobody can sign up by telephone")
        if self.DATABASE_URL is not None and self.SECRET_KEY is None:
            raise ValueError("SECRET_KEY must be set when DATABASE_URL is set")
        if self.SECRET_KEY is not None and len(self.SECRET_KEY.get_secret_value()) < 50:
            raise ValueError("SECRET_KEY must have at least 50 characters")
        return self

    def _require_together(self, *names: str, trigger: str = "") -> None:
        """Either all of `names` are set or none; `trigger` set alone asks for all of them too."""
        missing = [name for name in names if not getattr(self, name)]
        anything = len(missing) < len(names) or bool(trigger and getattr(self, trigger))
        if missing and anything:
            raise ValueError(f"{', '.join(missing)} must be set too: {', '.join(names)} belong together")

    @property
    def is_https(self) -> bool:
        return self.PUBLIC_URL.startswith("https://")

    @property
    def sms_templates(self) -> dict[str, str]:
        return {name.strip(): code.strip() for name, _, code in _pairs(self.SMS_TEMPLATES)}

    @property
    def host_names(self) -> list[str]:
        listed = [name.strip() for name in self.ALLOWED_HOSTS.split(",") if name.strip()]
        own = urlsplit(self.PUBLIC_URL).hostname or "127.0.0.1"
        local = [] if self.is_https else ["127.0.0.1", "localhost", "[::1]"]
        return list(dict.fromkeys([*listed, own, *local]))

    def secret_key(self, folder: Path) -> str:
        """The configured key, or one made once and kept in `folder`, beside the embedded database, readable by its
        owner only. Raises ImproperlyConfigured where none can be kept."""
        if self.SECRET_KEY is not None:
            return self.SECRET_KEY.get_secret_value()
        path = folder / "secret_key"
        with data_folder(folder):
            if not path.exists():
                path.touch(mode=0o600)
                path.write_text(secrets.token_urlsafe(64), encoding="ascii")
            return path.read_text(encoding="ascii")


@contextmanager
def data_folder(folder: Path) -> Iterator[None]:
    """There is one, for what is done in it. Raises ImproperlyConfigured where it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise ImproperlyConfigured(f"Environment: DATA_DIR: name a folder that can be written: {error}") from None


def read_environment() -> Environment:
    """Raises ImproperlyConfigured that names each wrong variable and says what it should be, never its value."""
    try:
        return Environment.model_validate(dict(os.environ))
    except ValidationError as error:
        problems = []
        for item in error.errors(include_input=False, include_url=False, include_context=False):
            name = ".".join(str(part) for part in item["loc"])
            text = item["msg"].removeprefix("Value error, ")
            problems.append(f"{name}: {text}" if name else text)
        raise ImproperlyConfigured("Environment: " + "; ".join(problems)) from None

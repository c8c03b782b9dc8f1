"""An address of the environment as Django's settings want it."""

from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from market.config.environment import Environment


def database(url: str, *, prepare: bool) -> dict[str, Any]:
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600))
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            " PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364; PRAGMA cache_size=4000;",
        }
    elif prepare:
        # Planning costs PostgreSQL more than running most of our statements: after the fifth time it keeps the plan.
        config["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 5} | config.get("OPTIONS", {})
    return config


def cache(url: str) -> dict[str, Any]:
    match urlsplit(url).scheme:
        case "redis" | "rediss":
            return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
        case "database":
            return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}
        case "file":
            return {
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": urlsplit(url).path,
                "OPTIONS": {"MAX_ENTRIES": 10000},
            }
        case _:
            return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


def bucket_hosts(env: Environment) -> list[str]:
    """Where browsers load pictures from."""
    amazon = _amazon(env)
    return [env.S3_ENDPOINT_URL] if env.S3_ENDPOINT_URL else [f"https://{amazon}", f"https://*.{amazon}"]


def bucket(env: Environment) -> dict[str, Any]:
    """Of an environment that has its keys."""
    assert env.S3_ACCESS_KEY_ID is not None
    assert env.S3_SECRET_ACCESS_KEY is not None
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.S3_BUCKET,
            "access_key": env.S3_ACCESS_KEY_ID.get_secret_value(),
            "secret_key": env.S3_SECRET_ACCESS_KEY.get_secret_value(),
            "region_name": env.S3_REGION,
            "endpoint_url": env.S3_ENDPOINT_URL or f"https://{_amazon(env)}",
            "addressing_style": "path" if env.S3_ENDPOINT_URL else "auto",
            "signature_version": "s3v4",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }


def _amazon(env: Environment) -> str:
    return f"s3.{env.S3_REGION}.amazonaws.com"

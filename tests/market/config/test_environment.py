import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from market.config.environment import Environment, read_environment

SECRET = "k7Qp-" * 12
PRODUCTION = {
    "PUBLIC_URL": "https://market.example.org",
    "SECRET_KEY": SECRET,
    "DATABASE_URL": "postgres://tuanji:hush-hush@db.example.org/tuanji",
    "CACHE_URL": "redis://cache.example.org:6379/0",
    "EMAIL_URL": "smtps://mail:hush-hush@mail.example.org",
    "SMS_URL": "aliyun://LTAI5t:hush-hush@dysmsapi.aliyuncs.com",
    "SMS_SIGN": "团集",
    "SMS_TEMPLATES": "code=SMS_154950909, shipment=SMS_154950910",
    "SANDBOX_PAYMENTS": "false",
}


def clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of a developer, or of running services, are not part of the case."""
    for name in Environment.model_fields:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DATABASE_URL": "mysql://u:hush-hush@h/d", "SECRET_KEY": SECRET}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://u:hush-hush@h/d"}, "SECRET_KEY"),
        ({"SECRET_KEY": "hush-hush"}, "SECRET_KEY"),
        ({"SEARCH_URL": "ftp://u:hush-hush@h"}, "SEARCH_URL"),
        ({"SEARCH_URL": "https://u:hush-hush@"}, "SEARCH_URL"),
        ({"SEARCH_URL": "https://u:hush-hush@h:port"}, "SEARCH_URL"),
        ({"SEARCH_URL": "https://u:hush-hush@h:99999"}, "SEARCH_URL"),
        ({"CELERY_BROKER_URL": "kafka://u:hush-hush@h"}, "CELERY_BROKER_URL"),
        ({"CACHE_URL": "memcached://u:hush-hush@h"}, "CACHE_URL"),
        ({"EMAIL_URL": "imap://u:hush-hush@h"}, "EMAIL_URL"),
        ({"SMS_URL": "smpp://u:hush-hush@h"}, "SMS_URL"),
        ({"SMS_URL": "https://u:hush-hush@"}, "SMS_URL"),
        ({"SMS_URL": "aliyun://hush-hush@dysmsapi.aliyuncs.com"}, "SMS_URL"),
        ({"SMS_URL": "aliyun://u:hush-hush@h", "SMS_TEMPLATES": "code=SMS_1"}, "SMS_SIGN"),
        (
            {"SMS_URL": "aliyun://u:hush-hush@h", "SMS_SIGN": "团集", "SMS_TEMPLATES": "claim_ended=SMS_1"},
            "SMS_TEMPLATES",
        ),
        ({"SMS_TEMPLATES": "SMS_1"}, "SMS_TEMPLATES"),
        ({"PUBLIC_URL": "market.example.org"}, "PUBLIC_URL"),
        ({"S3_BUCKET": "goods"}, "S3_ACCESS_KEY_ID"),
        ({"S3_ENDPOINT_URL": "http://127.0.0.1:9260"}, "S3_BUCKET"),
        ({"STRIPE_SECRET_KEY": "hush-hush"}, "STRIPE_WEBHOOK_SECRET"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"ADMIN_PATH": "/../"}, "ADMIN_PATH"),
        ({"SEARCH_INDEX_PREFIX": "_all,*"}, "SEARCH_INDEX_PREFIX"),
    ],
)
def test_read_environment_wrong_value_names_the_variable_and_hides_the_secret(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    clear(monkeypatch)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment()

    assert named in str(refused.value)
    assert "hush-hush" not in str(refused.value)


def test_read_environment_empty_gives_the_embedded_column(monkeypatch: pytest.MonkeyPatch) -> None:
    clear(monkeypatch)

    environment = read_environment()

    assert (environment.DATABASE_URL, environment.SEARCH_URL, environment.CELERY_BROKER_URL) == (None, None, None)
    assert not environment.is_https


def test_environment_printed_hides_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    clear(monkeypatch)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)

    printed = repr(read_environment())

    assert "hush-hush" not in printed
    assert SECRET not in printed


def test_check_deploy_with_production_variables_is_clean() -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DATA_DIR") if name in os.environ}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(command, env=kept | PRODUCTION, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_every_variable_stands_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert [name for name in Environment.model_fields if f"`{name}`" not in text] == []


def test_secret_key_is_made_once_in_the_folder_it_is_told_wherever_the_command_is_called_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the folder of whoever calls: what one key has sealed no other one opens."""
    clear(monkeypatch)
    keys = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        keys.append(read_environment().secret_key(tmp_path / "var"))

    assert keys[0] == keys[1]
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "here",
        "there",
        "var",
        "var/secret_key",
    ]


def test_secret_key_that_can_be_kept_nowhere_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear(monkeypatch)
    (tmp_path / "file").write_text("")

    with pytest.raises(ImproperlyConfigured, match="DATA_DIR: name a folder that can be written"):
        read_environment().secret_key(tmp_path / "file" / "var")

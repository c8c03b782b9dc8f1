import logging

import pytest
from django.db import IntegrityError, transaction

from market.common.quiet_log import QuietFormatter, said, without_keys
from orders.inbox.models import Endpoint
from tests.builders import NOW

SECRETS = [
    ("key whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD is old", "whsec_C2FV"),
    ("GET /zh-hans/d/Hq3xZk9vQm2LrT8w/ failed", "Hq3xZk9v"),
    ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "eyJhbGci"),
    ("Authorization: Basic dXNlcjpwYXNzd29yZDE=", "dXNlcjpw"),
    ("webhook-signature v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=", "K5oZfzN9"),
    ("https://x.example/?token=abcdefgh12345&x=1", "abcdefgh"),
    ("stripe sk_test_4eC39HqLyjWDarjtT1zdp7dc", "4eC39HqL"),
]


@pytest.mark.parametrize(("line", "secret"), SECRETS)
def test_keys_are_in_no_line(line: str, secret: str) -> None:
    assert secret not in logged(line)
    assert secret not in logged("failed", error=ValueError(line))
    assert without_keys(line).split()[0] == line.split()[0] or line.startswith("https")


def test_ordinary_lines_stand_as_they_are() -> None:
    line = "order TJ-2026-000123 of 2026-11-26T10:00:00Z: 3 lines, 1,250.00 CNY, waybill SF1234567890"

    assert line in logged(line)


def logged(line: str, *, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    return QuietFormatter().format(logging.LogRecord("market", logging.ERROR, __file__, 1, line, (), info))


PERSON, PHONE, MAIL = "13800138000 Wang Wu", "+86 138 0013 8000", "wang.wu@example.org"


@pytest.mark.django_db
def test_a_database_error_tells_its_constraint_and_no_row() -> None:
    Endpoint.objects.create(id="same", adapter="standard", name=PERSON, created_at=NOW)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Endpoint.objects.create(id="same", adapter="standard", name=PERSON, created_at=NOW)

    text = logged("could not be stored", error=caught.value)
    assert not [word for word in ("Wang Wu", "DETAIL", "Key (") if word in text]
    assert [word for word in ("IntegrityError", "Traceback", "test_quiet_log.py") if word not in text] == []
    assert said(caught.value).split()[0] == "IntegrityError"


def test_people_are_not_told_by_an_error_and_its_causes() -> None:
    try:
        try:
            int(PHONE)
        except ValueError as cause:
            raise RuntimeError(f"mail to {MAIL}") from cause
    except RuntimeError as error:
        text = logged("failed", error=error)

    assert not [word for word in (PHONE, MAIL) if word in text]
    assert text.index("ValueError") < text.index("RuntimeError: mail to •••")


def test_an_error_that_is_its_own_context_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__context__, second.__context__ = second, first

    assert logged("failed", error=first).count("ValueError") == 2

"""Whoever opens the portal's pages in tests."""

from typing import Any

from django.test import Client

from market.enterprises.models import Enterprise
from tests.builders import make_member

SELL = "/en/sell/"


def staff_of(enterprise: Enterprise, role: str = "owner") -> Client:
    client = Client()
    client.force_login(make_member(enterprise, role))
    return client


def read(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path if path.startswith("/") else SELL + path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def send(client: Client, path: str, fields: dict[str, Any], *, status: int = 302) -> str:
    answer = client.post(path if path.startswith("/") else SELL + path, fields)
    assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-2500:])
    return answer.content.decode()

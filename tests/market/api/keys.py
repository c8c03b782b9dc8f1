"""Keys of programs in tests."""

from typing import Any

from django.test import Client

from market.accounts.actions.keep_api_key import create_api_key
from market.enterprises.models import Enterprise
from tests.builders import NOW, make_member

ALL = ["catalogue:write", "stock:write", "orders:read", "orders:write"]


def key_for(enterprise: Enterprise, *scopes: str, role: str = "owner") -> dict[str, str]:
    """Headers of a program that works for the enterprise; no scopes named: all of them."""
    _key, secret = create_api_key(
        make_member(enterprise, role),
        name="program",
        scopes=scopes or ALL,
        now=NOW,
        enterprise_number=enterprise.number,
    )
    return {"Authorization": f"Bearer {secret}"}


def call(method: str, path: str, body: Any = None, *, key: dict[str, str]) -> Any:
    sender = getattr(Client(), method)
    if method == "get":
        return sender(f"/api/v1{path}", body or {}, headers=key)
    return sender(f"/api/v1{path}", body or {}, content_type="application/json", headers=key)

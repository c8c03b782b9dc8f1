from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from market.common.http import Answer
from market.common.sealing import seal
from orders.inbox import handshake
from orders.inbox.actions import create_endpoint
from orders.inbox.models import InboxEvent
from tests.builders import NOW
from tests.orders.shipments.carriers.bodies import encode

pytestmark = pytest.mark.django_db
ASKED = "https://api-eu.dhl.com/tracking/push/v1/subscription/sub-1"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    made: list[tuple[Any, ...]] = []

    def fake(method: str, url: str, *, headers: dict[str, str]) -> Answer:
        made.append((method, url, headers))
        return Answer(204, b"")

    monkeypatch.setattr(handshake, "call", fake)
    monkeypatch.setenv("DHL_API_KEY", "our-key")
    return made


def asked(address: str, scope: str = "subscription.validate") -> str:
    endpoint, _ = create_endpoint("dhl_unified_push", "DHL", now=NOW)
    raw = encode("dhl_unified_push", {"scope": scope, "self": address, "secret": "theirs"})
    InboxEvent.objects.create(
        endpoint=endpoint, key="k", sealed=seal(raw), received_at=NOW, due_at=NOW, state="done", outcome="control"
    )
    return endpoint.pk


def test_secret_goes_back_to_dhls_own_address_of_the_subscription(calls: list[tuple[Any, ...]]) -> None:
    out = StringIO()

    call_command("confirm_dhl", asked(ASKED), stdout=out)

    assert calls == [("POST", ASKED, {"DHL-API-Key": "our-key", "DHL-API-Hook-Secret": "theirs"})]
    assert out.getvalue().strip() == "confirmed"


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("https://evil.example/tracking/push/v1/subscription/sub-1", "subscription.validate"),
        ("https://api-eu.dhl.com.evil.example/tracking/push/v1/subscription/x", "subscription.validate"),
        (f"{ASKED}/../../x", "subscription.validate"),
        (ASKED.replace("https", "http"), "subscription.validate"),
        (ASKED, "subscription.ready"),
    ],
)
def test_secret_goes_nowhere_else(calls: list[tuple[Any, ...]], address: str, scope: str) -> None:
    with pytest.raises(CommandError):
        call_command("confirm_dhl", asked(address, scope))

    assert calls == []

"""The world outside a machine: a seller's program, a buyer with a browser, a carrier. They speak HTTP only."""

import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import requests

CHECKOUT = {
    "buyer": {"name": "李买家"},
    "address": {"recipient": "李", "phone": "+8613800138000", "province": "四川", "city": "成都", "street": "1"},
}


@dataclass
class Program:
    """Calls the REST API; `key` is a seller's."""

    address: str
    key: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        answer = self.session.request(method, f"{self.address}/api/v1{path}", json=body, headers=sent, timeout=60)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text[:2000])
        return answer.json()

    def list_product(self, name: str, on_hand: int = 10) -> Any:
        price = {"tiers": [{"from_quantity": 1, "amount": "30"}]}
        packing = {"sku": name[:40], "net_kg": 5, "gross_kg": 6, "on_hand": on_hand, "prices": [price]}
        harvest = {"harvested_from": "2026-10-01", "harvested_to": "2026-10-09"}
        packing |= {"lot": harvest | {"number": f"L{uuid4().hex[:12]}"}} if on_hand else {}
        product = {"category": "jujube", "name_zh": f"灰枣 {name}", "name_en": f"Jujubes {name}", "variants": [packing]}
        return self.call("POST", "/products", product | {"publish_in": ["domestic"]}, status=201)

    def found(self, words: str) -> list[int]:
        return [item["id"] for item in self.call("GET", f"/products?q={words}")["items"]]

    def order(self, variant: int, quantity: int = 1, *, status: int = 201) -> Any:
        """A guest's way from an empty cart to a purchase."""
        cart = self.call("POST", "/carts", {}, status=201)
        mine = {"X_Cart_Token": cart["token"]}
        self.call("POST", f"/carts/{cart['id']}/lines", {"variant": variant, "quantity": quantity}, status=201, **mine)
        path = f"/carts/{cart['id']}/checkout"
        return self.call("POST", path, CHECKOUT, status=status, Idempotency_Key=f"k{cart['id']}", **mine)

    def show(self, placed: Any) -> Any:
        return self.call("GET", f"/purchases/{placed['purchase_number']}", X_Purchase_Token=placed["access_token"])

    def pay(self, placed: Any) -> None:
        """By the sandbox: the API opens the payment, its page is pressed as a browser would."""
        token = {"X_Purchase_Token": placed["access_token"]}
        payment = self.call("POST", f"/purchases/{placed['purchase_number']}/pay", {"gateway": "sandbox"}, **token)
        self.press(f"/en/pay/sandbox/{payment['next_action']['ref']}/?token={placed['access_token']}", "succeed")

    def accept(self, placed: Any, order: str) -> None:
        number = placed["purchase_number"]
        shown = f"/en/orders/{number}/?token={placed['access_token']}"
        self.press(f"/en/orders/{number}/accept/{order}/?token={placed['access_token']}", "accept", form_at=shown)

    def press(self, path: str, outcome: str, form_at: str = "") -> None:
        page = self.session.get(f"{self.address}{form_at or path}", timeout=60)
        assert page.ok, (path, page.status_code)
        csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert csrf is not None, page.text
        fields = {"csrfmiddlewaretoken": csrf.group(1), "outcome": outcome}
        answer = self.session.post(f"{self.address}{path}", fields, timeout=60, allow_redirects=False)
        assert answer.status_code == 302, (path, answer.status_code, answer.text[:2000])


def scan(number: str, status: str, *, hours_ago: int = 2) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    return {"id": f"{number}-{status}", "occurred_at": at.isoformat(), "status": status}


def post_report(address: str, shop: dict[str, Any], message: str, waybill: str, *scans: dict[str, Any]) -> int:
    """A carrier's signed message in the native format."""
    data = {"tracking_number": waybill, "events": list(scans)}
    body = json.dumps({"type": "shipment.updated", "data": data}).encode()
    stamp = str(int(time.time()))
    key = base64.b64decode(shop["signing"].removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256)).decode()
    headers = {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
    return requests.post(f"{address}/hooks/{shop['endpoint']}/", body, headers=headers, timeout=60).status_code

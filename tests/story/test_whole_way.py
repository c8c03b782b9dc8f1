"""The whole way once, through the pages, as seller, officer, buyer and carrier press and post them."""

import base64
import hashlib
import hmac
import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from market.accounts.models import User
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from market.enterprises.models import Enterprise
from orders.inbox.actions import create_endpoint
from orders.inbox.tasks import process_inbox
from orders.orders.models import Purchase, SellerOrder
from tests.builders import make_category, make_officer, make_regiment, make_user

pytestmark = pytest.mark.django_db
BUYER_FORM = {
    "recipient": "李买家",
    "phone": "138 0013 8000",
    "email": "",
    "province": "四川省",
    "city": "成都市",
    "district": "",
    "street": "示范路 1 号",
    "reference": "",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def send(client: Client, path: str, fields: dict[str, Any], *, status: int = 302) -> Any:
    answer = client.post(path, fields)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer


def test_whole_way() -> None:
    regiment, category = make_regiment("0108"), make_category()
    seller, officer = signed_in(make_user()), signed_in(make_officer(regiment))
    buyer, stranger = Client(), Client()

    # The firm registers, fills in, hands in; the officer of its regiment returns it once and then approves.
    firm = {"name_zh": "示范枣业", "credit_code": "91110000600037341L", "unit": regiment.pk}
    send(seller, "/en/sell/onboarding/", firm | {"credit_code": "91110000600037341X"}, status=422)
    send(seller, "/en/sell/onboarding/", firm)
    details = {"contact_name": "王", "contact_phone": "13900139000", "address": "示范团 1 连"}
    company = {"name_zh": "示范枣业", "address": details.pop("address")}
    send(seller, "/en/sell/onboarding/company/", company)
    send(seller, "/en/sell/onboarding/hand-in/", {})
    assert "Still missing: Contact person, Contact phone." in page(seller, "/en/sell/onboarding/")
    send(seller, "/en/sell/onboarding/contact/", details)
    send(seller, "/en/sell/onboarding/hand-in/", {})
    enterprise = Enterprise.objects.get()
    other = signed_in(make_officer(make_regiment("0909")))
    page(other, f"/zh-hans/ops/sellers/{enterprise.number}/", status=404)
    decide = f"/zh-hans/ops/sellers/{enterprise.number}/"
    send(officer, decide, {"to": "returned", "reason": ""}, status=422)
    send(officer, decide, {"to": "returned", "reason": "地址不完整"})
    assert "地址不完整" in page(seller, "/zh-hans/sell/onboarding/")
    send(seller, "/en/sell/onboarding/hand-in/", {})
    send(officer, decide, {"to": "approved"})

    # It lists a product in one page; a bad form loses nothing and writes nothing.
    listing = {
        "name_zh": "若羌灰枣",
        "name_en": "Ruoqiang jujubes",
        "category": category.pk,
        "origin": regiment.pk,
        "publish": "1",
        "grade": "first",
        "sku": "HZ-5",
        "unit": "XBX",
        "net_kg": "5",
        "gross_kg": "5.4",
        "price": "30",
        "moq": "2",
        "lot_number": "L1",
        "quantity": "10",
        "harvested_from": "2026-10-01",
        "harvested_to": "2026-10-12",
    }
    answer = send(seller, "/en/sell/products/new/", listing | {"gross_kg": "4"}, status=422)
    assert "must not be below the net weight" in answer.content.decode()
    send(seller, "/en/sell/products/new/", listing)
    drain_outbox(read_clock())

    # A visitor finds it in each language, is told the minimum, orders and pays in the sandbox.
    for language, word in (("zh-hans", "灰枣"), ("en", "jujube"), ("ru", "huizao")):
        found = page(buyer, f"/{language}/search/?q={word}")
    match = re.search(r'href="(/ru/p/[^"]+)"', found)
    assert match is not None
    shown = page(buyer, match.group(1))
    variant = re.search(r'name="variant" value="(\d+)"', shown)
    assert variant is not None
    assert "CN-XJ" in shown
    assert 'name="quantity" value="2"' in shown
    send(buyer, "/en/cart/put/", {"variant": variant.group(1), "quantity": "1"}, status=422)
    send(buyer, "/en/cart/put/", {"variant": variant.group(1), "quantity": "4"})
    assert "CN¥600.00" in page(buyer, "/en/cart/")
    key = re.search(r'name="key" value="([^"]+)"', page(buyer, "/en/checkout/"))
    assert key is not None
    answer = send(buyer, "/en/checkout/", BUYER_FORM | {"key": key.group(1), "phone": "138"}, status=422)
    assert "示范路 1 号" in answer.content.decode()
    placed = send(buyer, "/en/checkout/", BUYER_FORM | {"key": key.group(1)})
    purchase = Purchase.objects.get()
    page(stranger, placed.url, status=404)
    paying = send(buyer, f"/en/orders/{purchase.number}/pay/", {"gateway": "sandbox"})
    page(stranger, paying.url, status=404)
    page(buyer, paying.url)
    send(buyer, paying.url, {"outcome": "succeed"})

    # The seller packs and ships; the carrier reports, delivered first; the buyer accepts; the money is available.
    order = SellerOrder.objects.get()
    page(signed_in(make_user()), f"/en/sell/orders/{order.number}/", status=404)
    assert "held until acceptance" in page(seller, f"/en/sell/orders/{order.number}/")
    field = re.search(r'name="(pack_[0-9_]+)" value="4"', page(seller, f"/en/sell/orders/{order.number}/"))
    assert field is not None
    parcel = {"carrier": "truck", "waybill": "WB 1"}
    send(seller, f"/en/sell/orders/{order.number}/", parcel | {field.group(1): "0"}, status=422)
    send(seller, f"/en/sell/orders/{order.number}/", parcel | {field.group(1): "4"})
    endpoint, secret = create_endpoint("standard", "truck", now=read_clock())
    now = read_clock()
    for number, (at, status) in enumerate([(now, "delivered"), (now - timedelta(hours=1), "picked_up")]):
        event = {"id": f"e{number}", "occurred_at": at.isoformat(), "status": status}
        body = json.dumps({"type": "shipment.updated", "data": {"tracking_number": "WB1", "events": [event]}}).encode()
        assert post_signed(endpoint.pk, secret, f"m{number}", body) == 202
    process_inbox(read_clock())
    assert "Accept the goods" in page(buyer, placed.url)
    send(buyer, f"/en/orders/{purchase.number}/accept/{order.number}/", {})
    order.refresh_from_db()
    assert order.state == "completed"
    assert "available" in page(seller, f"/en/sell/orders/{order.number}/")


def post_signed(endpoint: str, secret: str, identifier: str, body: bytes) -> int:
    stamp = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256)).decode()
    headers = {"webhook-id": identifier, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
    answer = Client().post(f"/hooks/{endpoint}/", body, content_type="application/json", headers=headers)
    return int(answer.status_code)


def test_office_does_not_exist_for_people_without_a_post() -> None:
    nobody = signed_in(make_user())

    for path in ("", "destinations/", "inbox/", "transfers/"):
        page(nobody, f"/en/ops/{path}", status=404)


def test_only_a_compliance_officer_opens_a_destination() -> None:
    regiment = make_regiment()
    fields = {"country": "KZ", "status": "open", "reason": "checked"}

    send(signed_in(make_officer(regiment)), "/en/ops/destinations/", fields, status=404)
    compliance = signed_in(make_officer(regiment, "compliance"))
    send(compliance, "/en/ops/destinations/", fields)

    assert "KZ" in page(compliance, "/en/ops/destinations/")

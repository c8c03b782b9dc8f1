"""Whatever a program sends: one shape of error, never a 500, and nothing written by what was refused."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from market.accounts.models import User
from market.api.paging import write_cursor
from orders.cart.actions.change_cart import create_cart, put_line
from orders.cart.models import Cart
from orders.checkout.place_order import access_token
from orders.quotes.actions.make_enquiry import enquiry_token
from tests.builders import (
    NOW,
    domestic,
    know_owners,
    make_enquiry_of,
    make_export_cart,
    make_placed,
    make_variant,
    offer_for_export,
)
from tests.market.api.keys import key_for

pytestmark = pytest.mark.django_db

NUMBERS = ("NaN", "-1", "0", "1e400", "0.0001", 1e308, 2**63, 10**40)
TEXTS = ("", "x" * 300, "a\x00b", "\x1b[2J\r\nX: y", "\ud800", "' OR 1=1 --%s{0}")
SHAPES: tuple[Any, ...] = (None, True, [[[]]], {"a": {"b": []}}, "2026-13-45")
EVIL = (*NUMBERS, *TEXTS, *SHAPES)


class Stage:
    """Rows of every kind, so that each address has something real to be asked for."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self.variant = make_variant(on_hand=50)
        placed = make_placed((self.variant, 1))
        enquiry = make_enquiry_of(make_variant())
        self.cart, token = create_cart(domestic(), user=None, now=NOW)
        abroad = make_export_cart((offer_for_export(self.variant), 1))
        Cart.objects.filter(pk=abroad.pk).update(token_digest=self.cart.token_digest)
        put_line(self.cart, self.variant.pk, Decimal(1), now=NOW)
        know_owners(self.variant.product.enterprise)
        self.key = key_for(self.variant.product.enterprise)
        self.headers = self.key | {
            "X-Cart-Token": token,
            "X-Purchase-Token": access_token(Cart.objects.get(pk=placed.purchase.cart_id)),
            "X-Enquiry-Token": enquiry_token(enquiry.cart_id),
            "Idempotency-Key": "a key",
        }
        self.values: dict[str, Any] = {
            "product_id": self.variant.product_id,
            "variant_id": self.variant.pk,
            "/enquiry": abroad.pk,
            "/carts/": self.cart.pk,
            "/purchases/": placed.purchase.number,
            "/enquiries/": enquiry.number,
            "/seller/orders/": placed.seller_orders[0].number,
        }

    def path(self, template: str, wrong: dict[str, str] | None = None) -> str:
        for name in ("product_id", "variant_id", "cart_id", "number"):
            place = "{" + name + "}"
            if place in template:
                good = self.values.get(name) or next(
                    (v for k, v in self.values.items() if k in template and "/" in k), "none"
                )
                template = template.replace(place, (wrong or {}).get(name, str(good)))
        return template


def operations() -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    whole = Client().get("/api/v1/openapi.json").json()
    schemas = whole["components"]["schemas"]
    for path, methods in whole["paths"].items():
        for method, facts in methods.items():
            yield method, path, facts, schemas


def sample(schema: dict[str, Any], schemas: dict[str, Any], variant: int, name: str = "") -> Any:
    """A body of the right shape, with values that pass where we know some."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, variant, name)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], schemas, variant, name)
    match schema.get("type"):
        case "object":
            return {key: sample(part, schemas, variant, key) for key, part in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema["items"], schemas, variant, name)]
        case "integer":
            return variant
        case "number":
            return 1
        case "boolean":
            return False
    if "enum" in schema:
        return schema["enum"][0]
    known = {"gateway": "sandbox", "country": "KZ", "onward_country": "KZ", "incoterm": "DAP", "phone": "13800138000"}
    known |= {"quantity": "1", "email": "a@example.org", "category": "jujube", "hs_code": "081340", "unit": "XBX"}
    if name in known:
        return known[name]
    dates = {"date": "2026-11-24", "date-time": "2026-11-24T04:00:00Z"}
    return schema.get("default") or dates.get(schema.get("format", ""), "domestic")


def bent(body: Any) -> Iterator[Any]:
    """The body with one value after the other replaced by each evil one."""
    yield from EVIL
    if isinstance(body, dict):
        yield body | {"unknown": "field"}
        for name, value in body.items():
            yield {key: part for key, part in body.items() if key != name}
            for other in (*EVIL, *(bent(value) if isinstance(value, dict | list) else ())):
                yield body | {name: other}
    if isinstance(body, list) and body:
        for other in bent(body[0]):
            yield [other]


def problem(answer: Any) -> str:
    """Empty, or what is wrong with this answer."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.content[:200]!r}"
    if answer.status_code < 400:
        return ""
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} in another shape: {answer.content[:80]!r}"
    return "" if set(error) == {"code", "message", "details"} else f"{answer.status_code} {sorted(error)}"


def send(stage: Stage, method: str, path: str, body: Any = None) -> Any:
    """Undone afterwards, so that each call finds the same rows."""
    stage.client.cookies.clear()
    content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    with transaction.atomic():
        answer = getattr(stage.client, method)(path, headers=stage.headers, **content)
        transaction.set_rollback(True)
    return answer


def test_bodies_that_no_person_would_send_are_refused_in_one_shape() -> None:
    stage = Stage()
    found = set()
    for method, template, facts, schemas in operations():
        if "requestBody" not in facts:
            continue
        ((_kind, described),) = facts["requestBody"]["content"].items()  # a file is no JSON, and is refused as none
        schema = described["schema"]
        for body in bent(sample(schema, schemas, stage.variant.pk)):
            wrong = problem(send(stage, method, stage.path(template), body))
            if wrong:
                found.add(f"{method} {template} {json.dumps(body)[:300]}: {wrong}")

    assert sorted(found) == []


def test_queries_and_paths_that_no_person_would_send_are_refused_in_one_shape() -> None:
    stage = Stage()
    found = set()
    for method, template, facts, _schemas in operations():
        for evil in (*NUMBERS, *TEXTS, write_cursor(2**70), write_cursor(-1), "WzFd:x"):
            text = quote(str(evil).encode("utf-8", "surrogatepass"), safe="")
            for parameter in facts.get("parameters", []):
                if parameter["in"] == "path":
                    path = stage.path(template, {parameter["name"]: text})
                else:
                    path = f"{stage.path(template)}?{parameter['name']}={text}"
                wrong = problem(send(stage, method, path, {} if method != "get" else None))
                if wrong:
                    found.add(f"{method} {path[:200]}: {wrong}")

    assert sorted(found) == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe{", 400),
        (b"[" * 100_000, 400),
        (b'{"channel": ' + b"9" * 5000 + b"}", 400),
        (b"{}" + b" " * (1024 * 1024), 413),
    ],
)
def test_body_that_is_no_json_is_refused_and_makes_no_cart(content: bytes, status: int) -> None:
    answer = Client(raise_request_exception=False).post("/api/v1/carts", content, content_type="application/json")

    assert (answer.status_code, problem(answer)) == (status, "")
    assert not Cart.objects.exists()


@pytest.mark.parametrize("header", ["Authorization", "X-Cart-Token", "X-Purchase-Token", "Idempotency-Key"])
@pytest.mark.parametrize("value", ["Bearer %00", "Bearer " + "x" * 9000, "ünï", "Basic Zm9v", " "])
def test_headers_that_nobody_issued_are_refused_in_one_shape(header: str, value: str) -> None:
    stage = Stage()
    people = User.objects.count()
    stage.headers[header] = value
    answers = [
        send(stage, "get", stage.path("/api/v1/purchases/{number}")),
        send(stage, "get", "/api/v1/seller/orders"),
        send(stage, "post", stage.path("/api/v1/carts/{cart_id}/lines"), {"variant": stage.variant.pk, "quantity": 1}),
        send(
            stage,
            "post",
            stage.path("/api/v1/carts/{cart_id}/checkout"),
            {
                "buyer": {"name": "n"},
                "address": {"recipient": "r", "phone": "1", "province": "p", "city": "c", "street": "s"},
            },
        ),
    ]

    assert [problem(answer) for answer in answers] == [""] * 4
    assert User.objects.count() == people


@pytest.mark.parametrize("path", ["/api/v1/seller/imports", "/api/v1/purchases/P1/claims/C1/photos"])
def test_form_that_is_none_is_refused_in_one_shape(path: str) -> None:
    client = Client(raise_request_exception=False)
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    answers = [
        client.generic("POST", path, b"no form", content_type="multipart/form-data"),
        client.generic("POST", path, b"no form", content_type="multipart/form-data; boundary=" + "x" * 5_000),
        client.generic("POST", path, part * 2_000 + b"--x--\r\n", content_type="multipart/form-data; boundary=x"),
    ]

    assert [(answer.status_code, problem(answer)) for answer in answers] == [(400, "")] * 3

"""What people do, in small steps. Found by role or the form's own field names, so that they outlive a redesign."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import APIRequestContext, Page, Request

from tests.browser.market import PASSWORD

QUIET_MS = 100
GIVE_UP_SECONDS = 90  # a hang, not a slow machine


def arrive(page: Page, address: str) -> None:
    """Opens it and waits until nothing is on its way: no request for a tenth of a second, where Playwright's
    "networkidle" would take half a second of every page."""
    under_way, begun = set[Request](), 0

    def begins(request: Request) -> None:
        nonlocal begun
        begun += 1
        under_way.add(request)

    def ends(request: Request) -> None:
        under_way.discard(request)

    page.on("request", begins)
    page.on("requestfinished", ends)
    page.on("requestfailed", ends)
    page.goto(address)
    deadline, seen = time.monotonic() + GIVE_UP_SECONDS, -1
    while under_way or seen != begun:
        assert time.monotonic() < deadline, f"{address} never stops loading {[one.url for one in under_way]}"
        seen = begun
        page.wait_for_timeout(QUIET_MS)
    page.remove_listener("request", begins)
    page.remove_listener("requestfinished", ends)
    page.remove_listener("requestfailed", ends)


def fill(page: Page, values: dict[str, str]) -> None:
    """Fields of the page's main part by name; a field that is not there is left out."""
    for name, value in values.items():
        control = page.locator(f"main [name='{name}']:not([type=hidden])")
        if not control.count():
            continue
        if control.first.evaluate("one => one.tagName") == "SELECT":
            control.first.select_option(value)
        elif control.first.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f"main [name='{name}'][value='{value}']").check()
        else:
            control.first.fill(value)


@dataclass
class Visitor:
    page: Page
    base: str
    language: str = "en"

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base}/{self.language}{path}")
        self.page.wait_for_load_state("networkidle")

    def submit(self, name: str | re.Pattern[str]) -> None:
        self.page.locator("main").get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state("networkidle")

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        self.go("/accounts/login/")
        fill(self.page, {"login": login, "password": password})
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url("**/account/")

    def sign_up(self, phone: str, read_code: Callable[[str], str]) -> None:
        """By mobile number, with the code of the short message."""
        self.go("/accounts/signup/")
        fill(self.page, {"phone": phone, "password1": PASSWORD})
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url("**/verify/")
        fill(self.page, {"code": read_code(phone)})
        self.page.locator("main form button.wide").click()
        self.page.wait_for_url("**/account/")

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


@dataclass
class Shopper(Visitor):
    """Works in every language: presses by the names of fields and buttons, not by their words."""

    address: dict[str, str] = field(
        default_factory=lambda: {
            "recipient": "李买家",
            "phone": "138 0013 8000",
            "province": "四川省",
            "city": "成都市",
            "street": "示范路 1 号",
        }
    )

    def open_first_product(self, path: str = "/c/grapes/?stock=1") -> None:
        self.go(path)
        self.page.locator(".card a").first.click()
        self.page.wait_for_url("**/p/**")
        self.page.wait_for_load_state("networkidle")

    def put(self, quantity: str = "") -> None:
        """Into the cart; without a quantity, the one the page offers."""
        if quantity:
            self.page.locator("#quantity").fill(quantity)
        self._send("form[action$='/cart/put/'] button:not([name]):not([type=button])")

    def place(self, fields: dict[str, str]) -> None:
        fill(self.page, fields)
        self._send("main form button.wide")

    def pay_by(self, gateway: str) -> None:
        self._send(f"button[name=gateway][value={gateway}]")

    def press(self, outcome: str) -> None:
        self._send(f"button[name=outcome][value={outcome}]")

    def _send(self, button: str) -> None:
        """Until the server has answered: a page is idle before its form has left, too."""
        self.page.wait_for_load_state("networkidle")
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.locator(button).click()
        self.page.wait_for_load_state("networkidle")


@dataclass
class Carrier:
    """Posts events as a partner's system does: a signed body, over HTTP (docs/partners)."""

    request: APIRequestContext
    hook: str
    secret: str

    def report(self, waybill: str, at: str, status: str) -> int:
        event = {"id": f"{waybill}-{status}", "occurred_at": at, "status": status}
        data = {"tracking_number": waybill, "events": [event]}
        return self.post(json.dumps({"type": "shipment.updated", "data": data}).encode(), f"m-{waybill}-{status}")

    def post(self, body: bytes, identifier: str, secret: str = "") -> int:
        stamp = str(int(time.time()))
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        signed = hmac.digest(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }
        return self.request.post(self.hook, data=body, headers=headers).status


@dataclass
class Seller(Visitor):
    def register(self, name: str, credit_code: str, regiment: str) -> None:
        """Registers the firm and fills in every part of its data, but does not hand it in."""
        self.go("/sell/onboarding/")
        self.page.locator("select[name=unit]").select_option(label=regiment)
        fill(self.page, {"name_zh": name, "credit_code": credit_code})
        self.submit(re.compile("Register|Save"))

    def complete(self, details: dict[str, str]) -> None:
        self.go("/sell/onboarding/")
        parts = self.page.locator("ol.steps a")
        addresses = [parts.nth(place).get_attribute("href") for place in range(parts.count())]
        for address in [a for a in addresses if a] or [f"/{self.language}/sell/onboarding/"]:
            self.page.goto(f"{self.base}{address}")
            if self.page.locator("main form button").count():
                fill(self.page, details)
                self.submit("Save")

    def hand_in(self) -> None:
        self.go("/sell/onboarding/")
        self.submit(re.compile("hand in|hand-in|Hand in", re.IGNORECASE))

    def list_product(self, category: str, fields: dict[str, str]) -> None:
        self.go("/sell/products/new/")
        self.page.locator("select[name=category]").select_option(label=category)
        fill(self.page, fields)
        self.submit(re.compile("publish", re.IGNORECASE))

    def ship(self, order: str, carrier: str, waybill: str) -> None:
        self.go(f"/sell/orders/{order}/")
        fill(self.page, {"carrier": carrier, "waybill": waybill})
        self.submit(re.compile("^Ship"))


@dataclass
class Officer(Visitor):
    def open_application(self, firm: str) -> None:
        self.go("/ops/admissions/")
        if not self.page.locator("main").get_by_role("link", name=firm).count():
            self.go("/ops/")
        self.page.locator("main").get_by_role("link", name=firm).first.click()
        self.page.wait_for_url("**/ops/sellers/**")

    def decide(self, to: str, reason: str = "") -> None:
        fill(self.page, {"reason": reason} if reason else {})
        button = self.page.locator(f"main button[name=to][value={to}]")
        if button.count():
            button.click()
        else:
            fill(self.page, {"to": to})
            self.submit("Record the decision")
        self.page.wait_for_load_state("networkidle")

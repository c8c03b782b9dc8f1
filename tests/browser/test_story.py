"""The whole way once, in a real browser against web and worker as `make run` starts them: a firm is admitted, lists,
sells to somebody with a phone, ships, the carrier reports by signed webhook, the buyer accepts."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page
from stdnum.cn import uscc

from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.market import Market
from tests.browser.steps import Carrier, Officer, Seller, Shopper

pytestmark = pytest.mark.browser
WAIT_SECONDS = 180  # the worker hangs, not: the machine is busy


def eventually(page: Page, is_so: Callable[[], bool], what: str) -> None:
    """Reloads until the worker has done its part."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: not within {WAIT_SECONDS} s\n{page.locator('main').inner_text()}"
        time.sleep(0.5)
        page.reload()


@pytest.fixture
def firm() -> tuple[str, str]:
    """Name and unified social credit code, new in each run."""
    stamp = f"{time.time_ns() // 1000 % 10**9:09}"
    body = f"91659{stamp[:3]}{stamp}"
    return f"示范枣业{stamp}", body + uscc.calc_check_digit(body)


@pytest.fixture
def carrier(market: Market, open_page: OpenPage) -> Carrier:
    printed = market.manage("create_endpoint", "standard", f"truck {time.time_ns()}", "--any-carrier")
    hook = re.search(r"http://\S+", printed)
    secret = re.search(r"secret: (\S+)", printed)
    assert hook is not None
    assert secret is not None
    return Carrier(open_page(DESK).request, hook.group(0), secret.group(1))


def test_whole_way(market: Market, open_page: OpenPage, firm: tuple[str, str], carrier: Carrier) -> None:
    name, credit_code = firm
    seller = Seller(open_page(DESK), market.base)
    officer = Officer(open_page(DESK), market.base)
    buyer = Shopper(open_page(PHONE), market.base)
    product = f"Whole way jujubes {credit_code[-6:]}"

    # The firm registers, hands in, is returned once with a reason, hands in again and is admitted.
    seller.sign_up(f"139{time.time_ns() // 1000 % 10**8:08}", market.code_sent_to)
    seller.register(name, credit_code, "Sample Tamarisk Regiment")
    seller.complete({"contact_name": "王", "contact_phone": "13900139000", "address": "样例团 1 连"})
    seller.hand_in()
    officer.sign_in("officer@season.example")
    officer.open_application(name)
    officer.decide("returned", "地址不完整")
    seller.go("/sell/onboarding/")
    assert "地址不完整" in seller.text
    seller.complete({"address": "样例团 1 连 8 号"})
    seller.hand_in()
    officer.open_application(name)
    officer.decide("approved")

    # It lists a product with price and harvest on one page.
    seller.list_product(
        "Jujubes",
        {
            "name_zh": f"若羌灰枣{credit_code[-6:]}",
            "name_en": product,
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
        },
    )

    # Somebody with a phone finds it, is told the minimum, orders without an account and pays at the second try.
    buyer.go(f"/search/?q={product.replace(' ', '+')}")
    card = buyer.page.locator(".card").get_by_role("link", name=product)
    eventually(buyer.page, lambda: card.count() > 0, "the product is found")
    card.click()
    buyer.page.wait_for_url("**/p/**")
    buyer.put("1")
    assert "minimum order is 2" in buyer.text
    buyer.put("4")
    buyer.go("/cart/")
    assert "CN¥600.00" in buyer.text
    buyer.page.get_by_role("button", name="Check out").click()
    buyer.page.wait_for_url("**/checkout/")
    buyer.place(buyer.address | {"phone": "138"})
    assert "you typed 3" in buyer.text
    buyer.place({"phone": buyer.address["phone"]})
    order_page = buyer.page.url
    purchase = order_page.rstrip("/").rsplit("/", 1)[1]
    buyer.pay_by("sandbox")
    buyer.press("fail")
    assert "nothing was taken" in buyer.text
    buyer.pay_by("sandbox")
    buyer.press("succeed")
    assert "waiting for the seller" in buyer.text

    # The seller ships; the carrier reports delivery before pickup, once more, and once with a forged signature.
    waybill = f"WB{credit_code[-8:]}"
    seller.ship(f"{purchase}-1", "truck", waybill)
    an_hour_ago, two_hours_ago = ((datetime.now(UTC) - timedelta(hours=hours)).isoformat() for hours in (1, 2))
    assert carrier.report(waybill, an_hour_ago, "delivered") == 202
    assert carrier.report(waybill, two_hours_ago, "picked_up") == 202
    assert carrier.report(waybill, two_hours_ago, "picked_up") in (200, 202)
    assert carrier.post(b"{}", "forged", "whsec_" + "A" * 43 + "=") == 401

    # The buyer sees the journey and the lot, and accepts; a stranger sees nothing.
    eventually(buyer.page, lambda: "Accept the goods" in buyer.text, "the delivery arrives")
    assert "delivered" in buyer.text
    assert "L1" in buyer.text
    assert open_page(PHONE).request.get(order_page).status == 404
    buyer.submit("Accept the goods")
    assert "the goods are accepted" in buyer.text
    seller.go(f"/sell/orders/{purchase}-1/")
    assert "available" in seller.text


def test_cart_of_a_visitor_follows_them_into_their_account(market: Market, open_page: OpenPage) -> None:
    phone, desk = open_page(PHONE), open_page(DESK)
    at_desk = Shopper(desk, market.base)
    at_desk.sign_in("buyer@season.example")
    at_desk.open_first_product("/c/grapes/?stock=1")
    at_desk.put()
    on_phone = Shopper(phone, market.base)
    on_phone.open_first_product("/c/melons/?stock=1")
    on_phone.put()

    on_phone.sign_in("buyer@season.example")

    assert "1 product you had put aside earlier was added to your cart." in on_phone.text
    at_desk.go("/cart/")
    assert desk.locator(".cart-line").count() == 2
    for _ in range(2):
        desk.get_by_role("button", name="Remove").first.click()
        desk.wait_for_load_state("networkidle")


def test_guest_finds_the_order_again_by_number_and_phone(market: Market, open_page: OpenPage) -> None:
    guest = Shopper(open_page(PHONE), market.base)
    guest.open_first_product()
    guest.put()
    guest.go("/checkout/")
    guest.place(guest.address)
    number = guest.page.url.rstrip("/").rsplit("/", 1)[1]
    elsewhere = Shopper(open_page(PHONE), market.base)

    elsewhere.go("/orders/find/")
    elsewhere.place({"number": number.lower(), "phone": "8000"})

    assert number in elsewhere.text

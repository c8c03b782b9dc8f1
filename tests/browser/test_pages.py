"""How the shop's pages behave in a real browser: weight, focus, filters, cart, without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.checks import Watch, hidden_focus, weight
from tests.browser.conftest import DESK, PHONE, WIDTHS, OpenPage
from tests.browser.market import Market
from tests.browser.steps import Seller, Shopper

pytestmark = pytest.mark.browser
KILO = 1024


@pytest.mark.parametrize(("address", "limit"), [("/", 120), ("/c/grapes/", 120), ("/p/", 100)])
def test_first_view_on_a_phone_is_light(market: Market, open_page: OpenPage, address: str, limit: int) -> None:
    page = open_page(PHONE)
    watch = Watch()
    if address == "/p/":
        address = product_path(page, market)
    watch(page)
    page.goto(f"{market.base}/zh-hans{address}", wait_until="networkidle")

    pictures = [r for r in watch.loaded if "image/webp" in r.headers.get("content-type", "")]
    assert weight(watch) <= limit * KILO
    assert weight(watch, lambda r: "html" in r.headers.get("content-type", "")) <= 15 * KILO
    assert weight(watch, lambda r: "javascript" in r.headers.get("content-type", "")) <= 16 * KILO
    assert len(watch.loaded) <= 20
    assert all(len(picture.body()) <= 40 * KILO for picture in pictures)
    assert page.evaluate("document.querySelectorAll('*').length") <= 1000


def product_path(page: Page, market: Market) -> str:
    page.goto(f"{market.base}/zh-hans/c/grapes/")
    href = page.locator(".card a").first.get_attribute("href")
    assert href is not None
    page.goto("about:blank")
    return href.removeprefix("/zh-hans")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_bar_hides_what_has_the_focus(market: Market, open_page: OpenPage, width: int) -> None:
    page = open_page(width)
    shopper = Shopper(page, market.base, "ru")  # the longest words
    shopper.open_first_product()
    found = {"product": hidden_focus(page)}
    shopper.put()
    for name, address in (("cart", "/cart/"), ("checkout", "/checkout/"), ("list", "/c/grapes/")):
        shopper.go(address)
        found[name] = hidden_focus(page)

    assert found == {"product": [], "cart": [], "checkout": [], "list": []}


def test_buy_button_of_a_phone_is_in_sight_without_scrolling(market: Market, open_page: OpenPage) -> None:
    page = open_page(PHONE)
    Shopper(page, market.base, "en").open_first_product()

    box = page.get_by_role("button", name="Add to cart").bounding_box()

    assert box is not None
    assert box["y"] + box["height"] <= 740


def test_filter_panel_stands_beside_the_list_on_a_desk_and_behind_a_button_on_a_phone(
    market: Market, open_page: OpenPage
) -> None:
    phone, desk = open_page(PHONE), open_page(DESK)
    for page in (phone, desk):
        page.goto(f"{market.base}/en/c/grapes/", wait_until="networkidle")

    assert desk.get_by_label("In stock").is_visible()
    assert not phone.get_by_label("In stock").is_visible()
    phone.get_by_role("link", name="Filter").click()
    assert phone.get_by_label("In stock").is_visible()
    phone.get_by_label("In stock").check()
    button = phone.get_by_role("button", name=re.compile(r"Show \d+ products"))
    button.click()
    phone.wait_for_url("**/en/c/grapes/?*stock=1*")
    assert not phone.get_by_label("In stock").is_visible()
    assert phone.locator(".card").first.is_visible()


def test_filter_keeps_the_focus_on_its_box_and_says_how_many_are_left(market: Market, open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto(f"{market.base}/en/search/", wait_until="networkidle")
    before = page.get_by_role("status").inner_text()

    tick(page, "#f-org-S101")

    assert page.evaluate("document.activeElement.id") == "f-org-S101"
    assert page.get_by_role("status").inner_text() != before
    assert page.locator("#f-org-S101").is_checked()


def tick(page: Page, selector: str) -> None:
    with page.expect_response(lambda response: "HX-Request" not in response.url and "/en/" in response.url):
        page.locator(selector).check()
    page.wait_for_function("() => !document.querySelector('#results[aria-busy]')")
    page.wait_for_load_state("networkidle")


def test_back_after_filters_shows_the_whole_page_with_the_right_boxes(market: Market, open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto(f"{market.base}/en/search/", wait_until="networkidle")
    tick(page, "#f-org-S101")
    tick(page, "#f-stock")
    page.locator(".card a").first.click()
    page.wait_for_url("**/p/**")

    page.go_back()
    wait_for_boxes(page, org=True, stock=True)
    page.go_back()
    wait_for_boxes(page, org=True, stock=False)
    page.go_back()
    wait_for_boxes(page, org=False, stock=False)
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("sessionStorage.getItem('htmx-history-cache')") is None  # no copy of a page stays behind


def wait_for_boxes(page: Page, *, org: bool, stock: bool) -> None:
    """The whole page stands, with these boxes ticked and cards in the list."""
    page.wait_for_function(
        """([org, stock]) => {
          const boxes = [document.getElementById('f-org-S101'), document.getElementById('f-stock')];
          return boxes.every(Boolean) && boxes[0].checked === org && boxes[1].checked === stock
            && document.querySelectorAll('header.site').length === 1 && document.querySelector('.card');
        }""",
        arg=[org, stock],
    )


def test_lost_connection_keeps_the_list_and_says_so(market: Market, open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto(f"{market.base}/en/search/", wait_until="networkidle")
    page.context.set_offline(True)

    page.locator("#f-stock").check()

    page.get_by_role("alert").wait_for()
    assert "still on this page" in page.get_by_role("alert").inner_text()
    assert page.locator(".card").first.is_visible()


def test_refused_quantity_is_told_where_a_phone_shows_it(market: Market, open_page: OpenPage) -> None:
    page = open_page(PHONE)
    shopper = Shopper(page, market.base, "ru")
    shopper.open_first_product()
    trouble = page.locator("#quantity-trouble")

    page.locator("#quantity").fill("99999")
    page.locator("#quantity").dispatch_event("change")
    trouble.wait_for()
    shopper.put("0")

    box = trouble.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 740 - box["height"]
    assert "например 10" in trouble.inner_text()


def test_button_pressed_twice_does_once(market: Market, open_page: OpenPage) -> None:
    page = open_page(PHONE)
    seller = Seller(page, market.base)
    seller.sign_in("seller@season.example")
    seller.go("/sell/keys/")
    page.get_by_label("read orders").check()
    page.locator("main [name=name]").fill("pressed twice")
    press = "() => { const it = document.querySelector('main .wide'); it.click(); setTimeout(() => it.click(), 20) }"

    page.evaluate(press)
    page.get_by_text("This is the key").wait_for()

    seller.go("/sell/keys/")
    assert page.locator("td.lead", has_text="pressed twice").count() == 1


def test_ladder_is_reckoned_by_the_server_while_the_page_stays(market: Market, open_page: OpenPage) -> None:
    page = open_page(PHONE)
    Shopper(page, market.base, "en").open_first_product()
    total, least = page.locator("#total").inner_text(), int(page.locator("#quantity").input_value())

    page.get_by_role("button", name="More").click()
    page.wait_for_function("before => document.querySelector('#total').textContent !== before", arg=total)

    assert page.locator("#quantity").input_value() == str(
        least + int(page.locator("#quantity").get_attribute("data-multiple") or 0)
    )


def test_cart_changes_without_reloading_and_the_header_agrees(market: Market, open_page: OpenPage) -> None:
    page = open_page(DESK)
    shopper = Shopper(page, market.base, "en")
    shopper.open_first_product()
    shopper.put()
    shopper.go("/cart/")
    total = page.locator(".total-bar .price").inner_text()

    page.get_by_role("button", name="More").first.click()
    page.wait_for_function("before => document.querySelector('.total-bar .price').textContent !== before", arg=total)
    page.get_by_role("button", name="Remove").first.click()
    page.get_by_text("Your cart is empty.").wait_for()

    page.wait_for_load_state("networkidle")
    assert page.locator("#cart-count").inner_text() == ""


@pytest.mark.parametrize("width", WIDTHS)
def test_without_script_one_filters_orders_and_pays(market: Market, open_page: OpenPage, width: int) -> None:
    page = open_page(width, script=False)
    shopper = Shopper(page, market.base, "en")
    shopper.go("/c/grapes/")
    if width == PHONE:
        page.get_by_role("link", name="Filter").click()
    page.get_by_label("In stock").check()
    page.get_by_role("button", name=re.compile(r"Show \d+ products")).click()
    assert "stock=1" in page.url

    page.locator(".card a").first.click()
    least = int(page.locator("#quantity").input_value())
    shopper.put()
    shopper.go("/cart/")
    page.locator("input[name^=quantity-]").fill(str(3 * least))
    page.get_by_role("button", name="Update the cart").last.click()
    assert page.locator("input[name^=quantity-]").input_value() == str(3 * least)
    page.get_by_role("button", name="Check out").click()
    page.wait_for_url("**/checkout/")
    shopper.place(shopper.address | {"phone": "138"})
    assert "you typed 3" in page.locator(".errors").inner_text()
    shopper.place({"phone": "138 0013 8000"})
    shopper.pay_by("sandbox")
    shopper.press("succeed")

    assert "waiting for the seller" in page.locator("main").inner_text()


def test_language_switch_keeps_page_and_query_and_is_remembered(market: Market, open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto(f"{market.base}/en/search/?stock=1", wait_until="networkidle")

    page.locator("details.menu summary").click()
    page.get_by_role("link", name="Русский").click()
    page.wait_for_url("**/ru/search/?stock=1")
    page.goto(f"{market.base}/")

    assert page.url == f"{market.base}/ru/"


@pytest.mark.parametrize("address", ["/", "/c/grapes/", "/cart/", "/accounts/login/", "/nope/"])
def test_every_page_sends_the_content_rules(market: Market, open_page: OpenPage, address: str) -> None:
    answer = open_page().request.get(f"{market.base}/en{address}")

    rules = answer.headers["content-security-policy"]
    assert "default-src 'self'" in rules
    assert "unsafe" not in rules


def test_four_hundred_per_cent_zoom_is_one_column(market: Market, open_page: OpenPage) -> None:
    page = open_page(320)
    found: dict[str, Callable[[], object] | int] = {}
    for address in ("/", "/c/grapes/", "/cart/", "/accounts/login/"):
        page.goto(f"{market.base}/ru{address}", wait_until="networkidle")
        found[address] = page.evaluate("document.documentElement.scrollWidth")

    assert found == dict.fromkeys(found, 320)

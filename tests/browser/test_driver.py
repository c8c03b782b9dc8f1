"""The driver's phone: large buttons in three languages, and a day without network."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import Watch, problems
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.market import PASSWORD, Market
from tests.browser.test_pages import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(market: Market, browser: object) -> str:
    """As a seller of the season makes it, for a shipment that is on its way."""
    page: Page = browser.new_context(viewport={"width": DESK, "height": 900}).new_page()  # type: ignore[attr-defined]
    page.set_default_timeout(90_000)
    page.goto(f"{market.base}/en/accounts/login/")
    page.fill("[name=login]", "seller@season.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/account/**")
    page.goto(f"{market.base}/en/sell/orders/?state=on-the-way")
    page.locator("main a", has_text=re.compile(r"^P\d{6}-")).first.click()
    page.locator("a[href$='/driver/']").first.click()
    page.fill("[name=name]", "新A12345")
    page.locator("main form button", has_text="Make the address").click()
    made = page.locator("p.secret").inner_text()
    assert problems(page, DESK, "en") == []
    page.context.close()
    return made


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_sound(address: str, open_page: OpenPage, language: str, width: int) -> None:
    page = open_page(width)
    watch = Watch()(page)
    page.goto(address.replace("/d/", f"/{language}/d/") + "/", wait_until="networkidle")
    for box in page.locator("summary", has_text="…").all():
        box.click()

    buttons = [box.bounding_box() for box in page.locator("button.press:visible, summary:visible").all()]
    assert all(box is not None and box["height"] >= 44 for box in buttons)
    assert watch.complaints + problems(page, width, language) == []


def test_pressed_without_network_goes_later_once_and_the_page_opens_without_it(
    address: str, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(address.replace("/d/", "/en/d/") + "/", wait_until="networkidle")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.reload(wait_until="networkidle")
    page.context.set_offline(True)

    page.get_by_role("button", name="Out for delivery").click()
    page.locator("summary", has_text="Delivered").click()
    page.get_by_role("button", name="Report delivery").click()  # nobody named: it stays where it is
    page.fill("[name=signed_by]", "Wang")
    page.get_by_role("button", name="Report delivery").click()
    expect(page.locator("#kept li")).to_have_count(2)
    page.reload()
    expect(page.locator("#kept li")).to_have_count(2)
    page.context.set_offline(False)

    expect(page.locator("#sent")).to_have_text("Taken: Delivered.", timeout=60_000)
    expect(page.locator("#kept")).to_be_hidden()
    for _ in range(30):  # the worker comes round every second
        page.reload(wait_until="networkidle")
        if page.locator(".status").inner_text() == "delivered":
            break
    assert page.locator(".journey li", has_text="delivered").count() == 1


def test_without_script_the_buttons_are_a_plain_form(address: str, open_page: OpenPage) -> None:
    page = open_page(script=False)
    page.goto(address.replace("/d/", "/en/d/") + "/")

    page.locator("summary", has_text="Problem").click()
    page.get_by_role("button", name="Delayed").click()

    expect(page.locator(".notice.success").first).to_contain_text("Taken: Delayed.")

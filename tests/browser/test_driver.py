"""The driver's phone: large buttons in three languages, and a day without network."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import Watch, problems
from tests.browser.conftest import DESK, LANGUAGES, PHONE, OpenPage
from tests.browser.market import PASSWORD, Market

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
    delivered = page.locator(".journey li", has_text="delivered")
    before, parcels = delivered.count(), max(1, page.locator("#id_waybill option").count() - 1)
    page.context.set_offline(True)

    page.get_by_role("button", name="Out for delivery").dblclick()  # a thumb that trembles
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
        if delivered.count() > before:
            break
    assert delivered.count() == before + parcels


def test_without_script_the_buttons_are_a_plain_form(address: str, open_page: OpenPage) -> None:
    page = open_page(script=False)
    page.goto(address.replace("/d/", "/en/d/") + "/")

    page.locator("summary", has_text="Problem").click()
    page.get_by_role("button", name="Delayed").click()

    expect(page.locator(".notice.success").first).to_contain_text("Taken: Delayed.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_is_looked_at_and_taken_on_a_phone_without_script(
    market: Market, browser: object, open_page: OpenPage, language: str
) -> None:
    officer: Page = browser.new_context(viewport={"width": DESK, "height": 900}).new_page()  # type: ignore[attr-defined]
    officer.set_default_timeout(90_000)
    officer.goto(f"{market.base}/en/accounts/login/")
    officer.fill("[name=login]", "officer@season.example")
    officer.fill("[name=password]", PASSWORD)
    officer.locator("main form button").first.click()
    officer.wait_for_url("**/account/**")
    officer.goto(f"{market.base}/en/ops/partners/")
    officer.locator("main a", has_text="样例冷链车队").first.click()
    officer.locator("a[href$='/links/']").click()
    officer.fill("[name=name]", "Trucks")
    officer.fill("[name=carriers]", "样例冷链")
    officer.locator("main form button", has_text="Make the address").click()
    address = officer.locator("p.secret").inner_text().replace("/d/", f"/{language}/d/") + "/file/"
    assert problems(officer, DESK, "en") == []
    officer.context.close()
    sample = open_page().request.get(f"{market.base}/{language}/d/sample.csv").body()
    broken = sample + b"W9,flown,yesterday,,,,\r\n"
    page = open_page(script=False)

    page.goto(address)
    page.set_input_files("[name=file]", {"name": "t.csv", "mimeType": "text/csv", "buffer": broken})
    page.locator("form[enctype] button").click()
    expect(page.locator(".notice.warning li")).to_have_count(1)
    page.locator("form:has([name=look]) button").click()

    expect(page.locator(".notice.success")).to_be_visible()
    with_script = open_page()
    with_script.goto(address, wait_until="networkidle")
    with_script.locator("summary", has_text=re.compile("Columns|列|Столбцы")).click()
    assert problems(with_script, PHONE, language) == []

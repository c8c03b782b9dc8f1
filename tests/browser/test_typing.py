"""What somebody types in a real browser: suggestions by the keyboard, quantities and the button right after."""

import pytest

from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.market import PASSWORD, Market
from tests.browser.steps import Shopper, Visitor, fill

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("quantity", ["0.001", "3000"])
def test_button_pressed_slowly_right_after_typing_a_quantity_is_heard(
    market: Market, open_page: OpenPage, quantity: str, width: int
) -> None:
    """What the new quantity costs is fetched meanwhile, and may move the button from under the finger."""
    page = open_page(width)
    Shopper(page, market.base, "en").open_first_product()
    page.locator("#quantity").fill(quantity)

    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=10_000):
        page.locator("form[action$='/cart/put/'] button:not([name]):not([type=button])").click(delay=200)


def test_suggestions_are_walked_by_arrows_put_away_and_taken(market: Market, open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto(f"{market.base}/en/")
    field, offered = page.locator("#q"), page.locator("#suggestions a")
    field.press_sequentially("juju")
    offered.first.wait_for()

    field.press("ArrowDown")
    assert offered.nth(0).evaluate("link => link === document.activeElement")
    page.keyboard.press("ArrowDown")
    assert offered.nth(1).evaluate("link => link === document.activeElement")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.press("Escape")
    assert offered.count() == 0
    assert field.input_value() == "juju"

    field.press_sequentially("b")
    offered.first.wait_for()
    goal = offered.first.get_attribute("href")
    field.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{market.base}{goal}")


def test_what_was_sent_after_the_session_had_ended_is_there_again_once_signed_in(
    market: Market, open_page: OpenPage
) -> None:
    page = open_page(PHONE)
    seller = Visitor(page, market.base)
    seller.sign_in("seller@season.example")
    seller.go("/sell/products/new/")
    fill(page, {"name_zh": "长表单的枣", "description_zh": "晒了四十天", "grade": "second", "season_months": "9"})
    page.context.clear_cookies(name="sessionid")

    seller.submit("Save as draft")
    assert "was not saved" in page.locator("body").inner_text()
    fill(page, {"login": "seller@season.example", "password": PASSWORD})
    seller.submit("Sign in")

    page.wait_for_url("**/sell/products/new/")
    assert page.locator("[name=name_zh]").input_value() == "长表单的枣"
    assert page.locator("[name=description_zh]").input_value() == "晒了四十天"
    assert page.locator("[name=grade]").input_value() == "second"
    assert page.locator("[name=season_months][value='9']").is_checked()
    page.reload()
    assert page.locator("[name=name_zh]").input_value() == ""

"""Every page is sound: width, languages, one heading, what axe finds. Three languages, phone and desk."""

import pytest

from tests.browser.checks import Watch, problems
from tests.browser.conftest import DESK, LANGUAGES, PHONE, WIDTHS, OpenPage
from tests.browser.market import Market
from tests.browser.steps import Shopper, arrive

pytestmark = pytest.mark.browser
ADDRESSES = {
    "home": "/",
    "search": "/search/?stock=1&org=S101&pmin=5",
    "category": "/c/grapes/",
    "nothing found": "/search/?q=zzzzqqqq&pmin=99999",
    "filters": "/c/grapes/#filters",
    "help": "/help/",
    "market prices": "/prices/",
    "price of a good": "/prices/grey-jujube/",
    "services": "/services/",
    "service": "/services/cold-store-support/",
    "no service": "/services/?q=zzzz",
    "empty cart": "/cart/",
    "find order": "/orders/find/",
    "enquiry": "/enquiry/",
    "enquiries": "/enquiries/",
    "sign in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "forgotten password": "/accounts/password/reset/",
    "a code": "/search/?q=F001-04-5BX",
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_are_sound(market: Market, open_page: OpenPage, language: str, width: int) -> None:
    page = open_page(width)
    watch = Watch()(page)
    found = {}
    for name, address in ADDRESSES.items():
        if name == "filters" and width == DESK:
            continue
        arrive(page, f"{market.base}/{language}{address}")
        complaints = list(watch.complaints)
        found[name] = complaints + problems(page, width, language)
        watch.complaints.clear()

    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_on_the_way_to_an_order_are_sound(market: Market, open_page: OpenPage, language: str, width: int) -> None:
    page = open_page(width)
    watch = Watch()(page)
    shopper = Shopper(page, market.base, language)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        complaints = [c for c in watch.complaints if "status of 422" not in c]  # refused on purpose
        found[name] = complaints + problems(page, width, language)
        watch.complaints.clear()

    shopper.open_first_product()
    look("product")
    least, seller = page.locator("#quantity").input_value(), page.locator("main a[href*='/s/']").first
    seller.click()
    page.wait_for_url("**/s/**")
    look("seller")
    page.go_back()
    shopper.put("0.001")
    look("product, quantity refused")
    shopper.put(least)
    look("product, in the cart")
    shopper.go("/cart/")
    look("cart")
    shopper.go("/checkout/")
    look("checkout")
    shopper.place({})
    look("checkout, nothing filled in")
    shopper.place(shopper.address | {"street": "x" * 150})  # a word no line holds
    look("order to pay")
    shopper.pay_by("bank_transfer")
    look("order, bank transfer")
    shopper.pay_by("sandbox")
    look("sandbox")
    shopper.press("succeed")
    look("order paid")

    assert {name: what for name, what in found.items() if what} == {}


ACCOUNTS_PAGES = ["/account/", "/orders/", "/orders/?state=to-pay", "/accounts/logout/", "/accounts/password/change/"]
ACCOUNTS_PAGES += ["/accounts/phone/change/"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_an_account_are_sound(market: Market, open_page: OpenPage, language: str, width: int) -> None:
    page = open_page(width)
    watch = Watch()(page)
    shopper = Shopper(page, market.base, language)
    shopper.sign_in("buyer@season.example")
    found = {}
    for name in ACCOUNTS_PAGES:
        arrive(page, f"{market.base}/{language}{name}")
        complaints = list(watch.complaints)
        found[name] = complaints + problems(page, width, language)
        watch.complaints.clear()

    assert {name: what for name, what in found.items() if what} == {}


SELLERS_PAGES = ["", "onboarding/", "products/", "products/1/", "products/1/edit/", "stock/", "lots/", "orders/"]
SELLERS_PAGES += [
    "certificates/",
    "certificates/new/",
    "warehouses/",
    "enquiries/",
    "claims/",
    "reviews/",
    "reviews/1/",
    "payouts/",
    "payouts/?tab=paid-out",
    "payouts/account/",
    "staff/",
    "webhooks/",
    "keys/",
    "products/1/preview/",
    "../services/applications/",
    "../services/organic-fee/start/",
]
OFFICERS_PAGES = ["", "admissions/", "sellers/", "orders/", "destinations/", "decisions/", "transfers/", "refunds/"]
OFFICERS_PAGES += [
    "certificates/",
    "claims/",
    "reviews/",
    "reviews/1/",
    "reviews/6/",
    "inbox/",
    "partners/",
    "owners/",
    "parked/",
    "payout-accounts/",
    "payout-accounts/1/",
    "payouts/",
    "posts/",
    "posts/new/",
    "prices/",
    "prices/new/",
    "prices/table/",
    "prices/goods/",
    "short-messages/",
    "applications/",
    "applications/?whose=all",
    "services/",
    "services/new/",
    "services/cold-store-support/",
    "work-days/",
    "search/",
    "search/concepts/",
    "search/choices/",
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_reviews_are_sound(market: Market, open_page: OpenPage, language: str, width: int) -> None:
    """The season's buyer has an accepted order with reviews of both its products."""
    page = open_page(width)
    watch = Watch()(page)
    shopper = Shopper(page, market.base, language)
    shopper.sign_in("buyer@season.example")
    found = {}

    def look(name: str) -> None:
        complaints = [c for c in watch.complaints if "status of 422" not in c]  # refused on purpose
        found[name] = complaints + problems(page, width, language)
        watch.complaints.clear()

    shopper.go("/search/?sort=rating&stars=4")
    look("list by rating")
    shopper.open_first_product()
    look("product with reviews")
    page.goto(f"{page.url.partition('?')[0]}reviews/")
    look("all reviews of it")
    shopper.go("/orders/?state=done")
    page.locator("main a[href*='/orders/P']").first.click()
    page.locator("a[href*='/review/']").first.wait_for()
    look("order with reviews")
    page.locator("a[href*='/review/']").first.click()
    page.locator("#id_text").wait_for()
    look("own review")
    page.locator("#id_text").fill("x" * 2001)
    page.locator("main form button").click()
    page.locator(".errors").wait_for()
    look("own review, too long")
    page.locator("a[href$='/withdraw/']").click()
    page.wait_for_url("**/withdraw/")
    look("withdrawing")

    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_claims_are_sound(market: Market, open_page: OpenPage, language: str, width: int) -> None:
    """The season's buyer has claimed of an accepted order, and can claim of one that arrived."""
    page = open_page(width)
    watch = Watch()(page)
    shopper = Shopper(page, market.base, language)
    shopper.sign_in("buyer@season.example")
    found = {}

    def look(name: str) -> None:
        complaints = [c for c in watch.complaints if "status of 422" not in c]  # refused on purpose
        found[name] = complaints + problems(page, width, language)
        watch.complaints.clear()

    shopper.go("/orders/?state=done")
    page.locator("main a[href*='/orders/P']").first.click()
    page.locator("[id^=claim-] summary").first.click()
    look("order with a claim")
    shopper.go("/orders/?state=to-receive")
    for address in page.locator("main a[href*='/orders/P']").evaluate_all("links => links.map(link => link.href)"):
        page.goto(address)
        if page.locator("main a[href*='/claim/']").count():
            break
    page.locator("main a[href*='/claim/']").click()
    page.locator("#id_text").wait_for()
    look("claim")
    page.locator("main form[method=post] button").last.click()
    page.locator(".errors").wait_for()
    look("claim, nothing filled in")

    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("who", "site", "pages"), [("seller", "/sell/", SELLERS_PAGES), ("officer", "/ops/", OFFICERS_PAGES)]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_seller_and_officer_are_sound_on_a_phone(
    market: Market, open_page: OpenPage, language: str, who: str, site: str, pages: list[str]
) -> None:
    page = open_page(PHONE)
    watch = Watch()(page)
    visitor = Shopper(page, market.base, language)
    visitor.sign_in(f"{who}@season.example")
    found = {}
    for address in pages:
        watch.complaints.clear()
        arrive(page, f"{market.base}/{language}{site}{address}")
        complaints = list(watch.complaints)
        found[address] = complaints + problems(page, PHONE, language)

    assert {name: what for name, what in found.items() if what} == {}

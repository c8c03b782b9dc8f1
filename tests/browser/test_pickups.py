"""Pickups, labels, waybills and load sheets in a real browser: three languages, phone and desk, paper."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.checks import Watch, problems
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.market import Market
from tests.browser.steps import Shopper, arrive

pytestmark = pytest.mark.browser
A4, A6 = (595, 842), (298, 420)  # points


def orders_of(page: Page, base: str, language: str) -> str:
    """The query that names all orders to ship."""
    page.goto(f"{base}/{language}/sell/orders/")
    numbers = page.eval_on_selector_all("input[name=order]", "boxes => boxes.map(box => box.value)")
    return "&".join(f"order={number}" for number in numbers)


def found_on(page: Page, watch: Watch, base: str, paths: list[str], language: str, width: int) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        arrive(page, f"{base}/{language}/{path}")
        found[path] = list(watch.complaints) + problems(page, width, language)
        watch.complaints.clear()
    return {path: what for path, what in found.items() if what}


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_sellers_and_officers_pages_are_sound(market: Market, open_page: OpenPage, language: str, width: int) -> None:
    seller, officer = open_page(width), open_page(width)
    watch, other = Watch()(seller), Watch()(officer)
    Shopper(seller, market.base, language).sign_in("seller@season.example")
    Shopper(officer, market.base, language).sign_in("officer@season.example")
    chosen = orders_of(seller, market.base, language)
    seller.goto(f"{market.base}/{language}/sell/pickups/")
    job = seller.locator("main td a").first.inner_text()
    officer.goto(f"{market.base}/{language}/ops/pickups/{job}/")
    partner = officer.locator(".crumbs a").last.get_attribute("href") or ""
    partner = partner.removeprefix(f"/{language}/").removesuffix("pickups/")

    selling = ["sell/pickups/", f"sell/pickups/{job}/", f"sell/pickups/new/?{chosen}", "sell/orders/"]
    papers = [f"sell/labels/?{chosen}", f"sell/labels/?{chosen}&size=a4", f"sell/waybills/?{chosen}"]
    office = [f"ops/pickups/{job}/", f"{partner}pickups/?state=accepted", f"{partner}load-sheet/"]

    assert found_on(seller, watch, market.base, [*selling, *papers], language, width) == {}
    assert found_on(officer, other, market.base, office, language, width) == {}


def test_labels_and_waybills_fit_their_sheets(market: Market, open_page: OpenPage) -> None:
    page = open_page(DESK)
    Shopper(page, market.base, "zh-hans").sign_in("seller@season.example")
    chosen = orders_of(page, market.base, "zh-hans")
    base, sheets = f"{market.base}/zh-hans/sell", {}

    for name, path in (("a6", "labels"), ("a4", "labels"), ("waybills", "waybills")):
        page.goto(f"{base}/{path}/?{chosen}&size={name}", wait_until="networkidle")
        boxes = page.locator(".box-label, .waybill").count()
        raw = page.pdf(prefer_css_page_size=True)
        sizes = {tuple(round(float(side)) for side in size.split()[2:]) for size in _media_boxes(raw)}
        sheets[name] = (boxes, len(re.findall(rb"/Type\s*/Page[^s]", raw)), sizes)

    labels, pages, sizes = sheets["a6"]
    assert (pages, sizes) == (labels, {A6})
    assert sheets["a4"] == (labels, -(-labels // 4), {A4})
    orders, pages, sizes = sheets["waybills"]
    assert (pages, sizes) == (orders, {A4})


def _media_boxes(raw: bytes) -> list[str]:
    return [found.decode() for found in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", raw)]

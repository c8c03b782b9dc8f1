"""One browser and one marketplace for all tests of this folder; each test gets a window of its own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.market import Market, build_season, start_market
from tests.migrated import one_at_a_time

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    # One process draws every page: a new one would load the fonts and compile the scripts again. A window keeps its
    # own cookies and storage all the same.
    "--renderer-process-limit=1",
    "--disable-site-isolation-trials",
]
PHONE, DESK = 360, 1280
WIDTHS = [PHONE, DESK]
LANGUAGES = ["zh-hans", "en", "ru"]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the first of the processes that test side by side."""
    if os.environ.get("BROWSER_DATA"):
        return Path(os.environ["BROWSER_DATA"])
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "season"
    whole = shared / "whole"
    with one_at_a_time(shared):
        return whole if whole.exists() else build_season(shared / "begun").rename(whole)


@pytest.fixture(scope="session")
def market(season: Path) -> Iterator[Market]:
    running = start_market(season)
    yield running
    running.stop()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a window of a width, with or without script; everything is closed after the test."""
    contexts = []

    def opened(width: int = PHONE, *, script: bool = True) -> Page:
        is_phone = width < 600
        context = browser.new_context(
            viewport={"width": width, "height": 740 if is_phone else 900},
            device_scale_factor=2 if is_phone else 1,
            is_mobile=is_phone,
            has_touch=is_phone,
            java_script_enabled=script,
        )
        context.set_default_timeout(90_000)  # a hang, not a slow machine
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()

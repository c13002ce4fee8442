"""A real browser against a running server, and the cast at noon."""

import os
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from tests.browser.traffic import Traffic
from tests.conftest import CHROMIUM

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
HEIGHTS = {360: 740, 1280: 900}


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium():
    """One browser for a file. Playwright keeps an event loop in this thread, which Django would take for async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def county(live_server, cast, monkeypatch, settings):
    """The cast, at noon, behind a running server; a village may ask often."""
    settings.RATE_LIMITS = False
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: import_module("tests.cast").NOON)
    return cast


@pytest.fixture
def at(county, chromium, live_server):
    """`at(360)` is somebody's screen; `at(1280, as_="li")` is Li Min's, signed in. No page may end in an error."""
    opened, wrong = [], []

    def screen(width, *, language="zh-hans", as_=None, javascript=True, scheme="light") -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS[width]},
            java_script_enabled=javascript,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if as_ is not None:
            cookies[settings.SESSION_COOKIE_NAME] = import_module("tests.browser.people").session_of(
                county.officials[as_]
            )
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.traffic = Traffic(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        opened.append(context)
        return page

    yield screen
    for context in opened:
        context.close()
    assert wrong == [], "the browser complained"


@pytest.fixture
def keep():
    """`keep(page, "receipt")` keeps a picture of the whole page where WEIMIN_ARTEFACTS says: see bin/pictures."""
    asked = os.environ.get("WEIMIN_ARTEFACTS")

    def picture(page, name, *, whole=True):
        if asked:
            Path(asked).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(asked) / f"{name}.png", full_page=whole)

    return picture


@pytest.fixture
def faults():
    """What axe finds on a page that keeps somebody out: rule, element, why."""

    def found(page) -> list[str]:
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{page.url} {fault['id']}: {node['target']} {node.get('failureSummary', '')}"
            for fault in result["violations"]
            if fault["impact"] in {"serious", "critical"}
            for node in fault["nodes"]
        ]

    return found

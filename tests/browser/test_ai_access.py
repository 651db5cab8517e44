"""In the browser: the page on which a person allows an AI client to ask, and the way on to the client."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect

from lifetracker.models import ApiToken
from tests.ai_access.flow import Program, close
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "size", [(1280, 800, False), (390, 844, True)], ids=["desktop light", "phone dark"]
)
def test_a_person_allows_a_client(
    visit: Callable[..., Visit],
    live_server: Any,
    settings: Any,
    size: tuple[int, int, bool],
) -> None:
    width, height, dark = size
    settings.MCP_OAUTH = True
    cache.clear()
    # Another origin than that of the page, which answers as well.
    here, there = ("localhost", "127.0.0.1")
    if there in live_server.url:
        here, there = there, here
    program = Program(live_server.url, "Claude", live_server.url.replace(here, there) + "/offline")
    close()
    browser = visit(width, height, dark=dark)
    page = browser.log_in()
    browser.go(program.address())
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Give this application access to your data?"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"ai-access-{width}.png", full_page=True)
    page.get_by_label("Weight").check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{program.callback}?**")
    assert "code=mcp_" in page.url
    assert {one.partition("?")[0] for one in browser.elsewhere} >= {program.callback}
    browser.elsewhere.clear()
    token = ApiToken.objects.get()
    assert (token.scope, token.domains, token.name) == (
        "read",
        ["weight"],
        "Claude (this computer)",
    )
    page = browser.go("/settings/tokens/")
    expect(page.get_by_role("heading", name="Claude (this computer)")).to_be_visible()
    if folder:
        page.screenshot(path=Path(folder) / f"ai-access-tokens-{width}.png", full_page=True)

"""Without the network: one page of ours, and nothing of a person's is kept for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lifetracker.web import offline
from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
KEPT = """async () => {
  const names = await caches.keys();
  const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys())));
  return all.flat().map((one) => new URL(one.url).pathname).sort();
}"""
UPDATE = "async () => { await (await navigator.serviceWorker.ready).update(); }"


def with_worker(visit: Visiting) -> Visit:
    """Return a window in which the worker is at work."""
    window = visit(workers="allow")
    page = window.come_home()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return window


def kept(page: Page) -> list[str]:
    return list(page.evaluate(KEPT))


def test_offline_there_is_a_page_with_a_way_to_try_again(visit: Visiting) -> None:
    scenes.full()
    window = with_worker(visit)
    window.context.set_offline(True)
    page = window.go("/fasting/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(page.get_by_role("link", name="Try again")).to_have_css("min-height", "32px")
    assert page.get_by_text("robin").count() == 0
    window.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fasting")
    window.complaints.clear()


def test_nothing_of_a_person_is_kept(visit: Visiting) -> None:
    scenes.full()
    window = with_worker(visit)
    for path in ("/fasting/", "/whoop/", "/api/docs", "/settings/account/"):
        window.go(path)
    files = [f"/static/lifetracker/{name}" for name in offline.FILES]
    assert kept(window.page) == sorted(["/offline", *files])


def test_a_new_version_takes_the_place_of_the_older(
    visit: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = with_worker(visit)
    before = kept(window.page)
    monkeypatch.setattr(offline, "FILES", (*offline.FILES, "charts.css"))
    monkeypatch.setattr(offline, "page", lambda: "newer")
    expected = sorted([*before, "/static/lifetracker/charts.css"])
    window.page.evaluate(UPDATE)
    window.page.wait_for_function(
        f"async (expected) => (await ({KEPT})()).join() === expected", arg=",".join(expected)
    )


def test_logging_out_takes_it_away(visit: Visiting) -> None:
    window = with_worker(visit)
    window.log_out()
    page = window.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert kept(page) == []
    page.reload()
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )

"""Connecting in a real browser: consent, the whole history as it comes, and a login that has ended."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from lifetracker import tasks
from lifetracker.models import Lease, SyncRun, SyncState
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.runs import LEASE
from lifetracker.sync.streams import sources
from tests.browser import scenes
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.test_browser import fits, in_two_windows
from tests.conftest import MODELS, use

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


@pytest.fixture
def services(sandbox: Any, settings: Any, live_server: Any) -> Any:
    """WHOOP set up in .env and not connected."""
    sandbox.clock.set(scenes.NOW)
    use(settings, sandbox)
    back = f"{live_server.url}/oauth/whoop/callback"
    sandbox.whoop.redirect_uris.append(back)
    settings.WHOOP_CLIENT_ID = sandbox.whoop.client_id
    settings.WHOOP_CLIENT_SECRET = sandbox.whoop.client_secret
    settings.WHOOP_REDIRECT_URI = back
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"] = [*policy["DIRECTIVES"]["form-action"], sandbox.url]
    settings.CONTENT_SECURITY_POLICY = policy
    return sandbox


@in_two_windows
def test_consent_begins_the_work(
    visit: Visiting, services: Any, size: tuple[int, int, bool]
) -> None:
    width, height, dark = size
    window = visit(width, height, dark=dark)
    page = window.log_in()
    page.goto(f"{window.address}/connections/")
    card = page.get_by_role("region", name="WHOOP", exact=True)
    expect(card).to_contain_text("not connected")
    steps = page.get_by_role("region", name="WHOOP before the first connection")
    expect(steps).to_contain_text(f"{window.address}/oauth/whoop/callback")
    card.get_by_role("button", name="Connect WHOOP").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{window.address}/connections/#whoop")
    assert all(url.startswith(services.url) for url in window.elsewhere)
    window.elsewhere.clear()
    # The consent page is the stand-in's, which has no icon.
    window.complaints[:] = [one for one in window.complaints if services.url not in one]
    expect(page.locator(".messages")).to_contain_text("reads its whole history now")
    expect(card).to_contain_text("The whole history waits for its turn.")
    expect(steps).to_have_count(0)
    run = SyncRun.objects.get()
    read_half(run)
    # Without a reload: the page asks by itself.
    expect(card).to_contain_text("1,270 records so far.")
    expect(card).to_contain_text("Cycles: 850, back to September 2025.")
    fits(window, "connections-history")
    window.shape(width, height, dark)
    SyncState.objects.all().delete()
    SyncRun.objects.update(status="queued", counts={})
    assert tasks.execute_run(run.pk) == "success"
    assert all(MODELS[kind].objects.exists() for kind in ("cycle", "sleep", "recovery"))
    expect(card).to_contain_text("connected")
    expect(card.get_by_role("button", name="Read all again")).to_be_visible()
    expect(page.locator("#sentence")).to_contain_text("Everything is read to")
    expect(page.locator("#newest-runs")).to_contain_text("after consent")
    fits(window, "connections-history-done")
    window.shape(width, height, dark)
    asked = count_requests(page)
    page.wait_for_timeout(4500)
    assert not asked, "nothing runs, so nothing is asked"
    page.goto(f"{window.address}/")
    expect(page.get_by_role("region", name="Recovery")).to_be_visible()


def read_half(run: SyncRun) -> None:
    """Let the run have read a part of the history, as its worker would have stored it."""
    back_to = scenes.NOW.replace(year=2025)
    SyncRun.objects.filter(pk=run.pk).update(
        status="running",
        progress_done=1270,
        counts={"cycle": {"seen": 850}, "sleep": {"seen": 420}},
    )
    for stream in ("cycle", "sleep"):
        SyncState.objects.create(
            source="Whoop", stream=stream, verified_from=back_to, verified_to=scenes.NOW,
            full_from=back_to,
        )  # fmt: skip


def count_requests(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_a_sync_without_a_script(visit: Visiting, settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    window = visit(1280, 900, scripts=False)
    page = window.log_in()
    page.goto(f"{window.address}/connections/")
    card = page.get_by_role("region", name="GitHub", exact=True)
    card.get_by_role("button", name="Read now").click()
    page.wait_for_url(f"{window.address}/connections/#github")
    expect(card).to_contain_text("It waits for its turn.")
    assert page.locator('meta[http-equiv="refresh"]').count() == 1
    page.get_by_role("link", name="Stop reloading").click()
    page.wait_for_url("**/connections/?still=yes")
    assert page.locator('meta[http-equiv="refresh"]').count() == 0
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    card.get_by_role("button", name="Stop").click()
    page.wait_for_url(f"{window.address}/connections/#github")
    expect(card.get_by_role("status")).to_contain_text("the sync has been stopped")
    expect(card).to_contain_text("You stopped this sync. What was read stays")
    expect(card.get_by_role("button", name="Read now")).to_be_visible()


def test_by_keys_alone(visit: Visiting, settings: Any) -> None:
    """From the page of today to a sync, to its run and back, without a pointer."""
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    window = visit(1280, 900)
    page = window.log_in()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{window.address}/connections/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("Read now"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"{window.address}/connections/#github")
    run = SyncRun.objects.get()
    for _ in range(60):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.getAttribute('href')")
            == f"/connections/runs/{run.pk}"
        ):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"{window.address}/connections/runs/{run.pk}")
    how = page.get_by_role("region", name="How it went")
    expect(how).to_contain_text("by hand")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Stop this sync":
            break
    page.keyboard.press("Enter")
    expect(how).to_contain_text("stopped")
    expect(page.get_by_role("region", name="What it said")).to_contain_text("You stopped this sync")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_a_sync_that_is_followed_is_stopped_from_two_browsers(
    visit: Visiting, settings: Any
) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    run = tasks.enqueue(sources["GitHub"], SyncRequest())
    SyncRun.objects.filter(pk=run.pk).update(status="running", progress_done=7)
    # Its worker is alive.
    assert Lease.objects.acquire("sync:GitHub", LEASE)
    windows = [visit(390, 844), visit(1280, 900)]
    for window in windows:
        window.take_session()
        window.go("/connections/")
    cards = [one.page.get_by_role("region", name="GitHub", exact=True) for one in windows]
    for card, words in zip(cards, ["stops after what is being read", "already"], strict=True):
        expect(card).to_contain_text("7 records so far.")
        card.get_by_role("button", name="Stop").click()
        expect(card.get_by_role("status")).to_contain_text(words)
        expect(card).to_contain_text("It stops after what is being read now.")
        expect(card).to_be_in_viewport()
        expect(card.get_by_role("button", name="Stop")).to_have_count(0)
    assert SyncRun.objects.active().mark_stopped() == 1
    for card in cards:
        # Without a reload: the page asks by itself.
        expect(card).to_contain_text("You stopped this sync. What was read stays")
        expect(card.get_by_role("button", name="Read now")).to_be_visible()


def test_a_login_that_ends_during_a_sync(visit: Visiting, settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    window = visit(1280, 900)
    page = window.log_in()
    tasks.enqueue(sources["GitHub"], SyncRequest())
    page.goto(f"{window.address}/connections/")
    expect(page.get_by_role("region", name="GitHub", exact=True)).to_contain_text("its turn")
    Session.objects.all().delete()
    page.wait_for_url(f"{window.address}/login/?next=/connections/")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


@in_two_windows
def test_a_button_after_the_login_has_ended(
    visit: Visiting, settings: Any, size: tuple[int, int, bool]
) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    width, height, dark = size
    window = visit(width, height, dark=dark)
    page = window.log_in()
    page.goto(f"{window.address}/connections/")
    row = page.get_by_role("region", name="GitHub", exact=True)
    Session.objects.all().delete()
    row.get_by_role("button", name="Read now").click()
    page.wait_for_url(re.compile("/login/"))
    expect(page.get_by_role("status")).to_contain_text("so nothing was changed")
    fits(window, "login-after")
    window.shape(width, height, dark)
    page.get_by_label("Username").fill("robin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{window.address}/connections/")
    expect(row.get_by_role("button", name="Read now")).to_be_visible()
    assert not SyncRun.objects.exists()
    page.goto(f"{window.address}/sync/github")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page cannot be opened directly")
    fits(window, "not-a-page")
    window.shape(width, height, dark)
    page.get_by_role("link", name="Go to the home page").click()
    page.wait_for_url(f"{window.address}/")

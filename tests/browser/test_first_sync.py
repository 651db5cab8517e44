"""Connecting in a real browser: consent, the whole history as it comes, and a login that has ended."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from lifetracker import tasks
from lifetracker.models import SyncRun, SyncState
from tests.browser import scenes
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.test_browser import each_window, picture, width_of_content
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


@each_window
def test_consent_begins_the_work(
    visit: Visiting, services: Any, size: tuple[int, int, bool]
) -> None:
    width, height, dark = size
    name = f"{width}-{'dark' if dark else 'light'}"
    window = visit(width, height, dark=dark)
    page = window.log_in()
    row = page.get_by_role("region", name="WHOOP", exact=True)
    expect(row).to_contain_text("Then your whole history is synced")
    row.get_by_role("button", name="Connect WHOOP").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{window.address}/")
    assert all(url.startswith(services.url) for url in window.elsewhere)
    window.elsewhere.clear()
    # The consent page is the stand-in's, which has no icon.
    window.complaints[:] = [one for one in window.complaints if services.url not in one]
    expect(page.get_by_role("status")).to_contain_text("reads its whole history now")
    expect(row).to_contain_text("The sync of your whole history requested just now")
    run = SyncRun.objects.get()
    back_to = scenes.NOW.replace(year=2025)
    SyncRun.objects.update(
        status="running",
        progress_done=1270,
        counts={"cycle": {"seen": 850}, "sleep": {"seen": 420}},
    )
    for stream in ("cycle", "sleep"):
        SyncState.objects.create(
            source="Whoop", stream=stream, verified_from=back_to, verified_to=scenes.NOW,
            full_from=back_to,
        )  # fmt: skip
    page.reload()
    expect(row).to_contain_text("cycle: 850, back to September 2025")
    expect(row).to_contain_text("1,270 records so far.")
    assert page.locator('meta[http-equiv="refresh"]').count() == 1
    picture(window, f"home-history-{name}")
    assert width_of_content(window) <= width
    page.get_by_role("link", name="Stop reloading").click()
    page.wait_for_url("**/?still=yes#sources")
    assert page.locator('meta[http-equiv="refresh"]').count() == 0
    SyncState.objects.all().delete()
    SyncRun.objects.update(status="queued", counts={})
    assert tasks.execute_run(run.pk) == "success"
    assert all(MODELS[kind].objects.exists() for kind in ("cycle", "sleep", "recovery"))
    page.goto(f"{window.address}/")
    expect(row.get_by_role("button", name="Sync everything again")).to_be_visible()
    picture(window, f"home-history-done-{name}")
    assert width_of_content(window) <= width


@each_window
def test_a_button_after_the_login_has_ended(
    visit: Visiting, settings: Any, size: tuple[int, int, bool]
) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    width, height, dark = size
    name = f"{width}-{'dark' if dark else 'light'}"
    window = visit(width, height, dark=dark)
    page = window.log_in()
    row = page.get_by_role("region", name="GitHub", exact=True)
    Session.objects.all().delete()
    row.get_by_role("button", name="Sync now").click()
    page.wait_for_url(re.compile("/login/"))
    expect(page.get_by_role("status")).to_contain_text("so nothing was changed")
    picture(window, f"login-after-{name}")
    page.get_by_label("Username").fill("robin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{window.address}/")
    expect(row.get_by_role("button", name="Sync now")).to_be_visible()
    assert not SyncRun.objects.exists()
    page.goto(f"{window.address}/sync/github")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page cannot be opened directly")
    picture(window, f"not-a-page-{name}")
    page.get_by_role("link", name="Go to the home page").click()
    page.wait_for_url(f"{window.address}/")

"""The pages of GitHub in a real browser: a refresh that is followed, the table, and one repository."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from github_projects.models import Repository
from lifetracker import tasks
from lifetracker.models import SyncRun
from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def test_a_refresh_is_followed_and_takes_no_number_away(
    visit: Visiting, github: Any, sandbox: Any, at: Callable[[datetime], None]
) -> None:
    """Up to the numbers of all that was read, by git, from the stand-in."""
    at(scenes.NOW)
    sandbox.clock.set(scenes.NOW)
    scenes.full()
    known = Repository.objects.count()
    window = visit()
    page = window.log_in()
    window.go("/github/?range=30d")
    commits = page.locator("dl.keys > div").first.locator(".big")
    before = commits.inner_text()
    page.get_by_role("button", name="Refresh").click()
    live = page.get_by_role("region", name="Reading GitHub")
    expect(live.get_by_role("status")).to_contain_text("waits for its turn")
    expect(commits).to_have_text(before)
    run = SyncRun.objects.get(status="queued")
    assert tasks.execute_run(run.pk) == "success"
    # Without a reload: the page asks by itself.
    done = page.get_by_role("region", name="GitHub", exact=True)
    expect(done.get_by_role("status")).to_contain_text(re.compile("Read: [1-9]"))
    done.get_by_role("link", name="Show the numbers of now").click()
    expect(page.get_by_role("region", name="Repositories")).to_be_visible()
    assert Repository.objects.count() > known
    expect(commits).not_to_have_text(before)


def test_the_table_sorts_by_its_heads_and_opens_a_repository(visit: Visiting) -> None:
    scenes.code()
    scenes.github_run()
    window = visit(390, 844, scripts=False)
    window.log_in()
    page = window.go("/github/?range=30d")
    table = page.get_by_role("region", name="Repositories")
    names = table.locator("tbody th a")
    table.get_by_role("link", name="Lines of code").click()
    page.wait_for_url(re.compile("sort="))
    most = Repository.objects.counted().order_by("-loc")[0]
    expect(names.first).to_have_text(most.name)
    table.get_by_role("link", name=re.compile("^Forks")).click()
    expect(names).to_have_text(["django"])
    window.go("/github/?range=30d")
    window.follow(names.filter(has_text="reader"))
    expect(page.get_by_role("heading", level=1)).to_have_text("reader")
    assert page.url.endswith("/github/robin/reader?range=30d")

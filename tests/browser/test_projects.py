"""Projects in a real browser: one is added, a repository and a Toggl project are joined, and what was done is undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from projects.models import Project
from tests import makers
from tests.browser import scenes
from tests.browser.conftest import Visit
from tests.browser.test_every_page import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_repository_and_a_toggl_project_are_joined(
    visit: Visiting, width: int, *, scripts: bool
) -> None:
    scenes.code(2)
    times = makers.toggl_project(501, name="Audio guide", client="Hafenmuseum")
    scenes.entry(30, 90, project="Audio guide", client="Hafenmuseum", project_ref="501")
    window = visit(width, scripts=scripts)
    window.take_session()
    page = window.go("/projects/")
    window.follow(page.get_by_role("link", name="Add a project").first)
    page.get_by_label("Name").fill("Guide")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.locator(".say")).to_have_text("Nothing belongs to this project yet.")
    for label, name in (
        ("Add a Toggl project", "Audio guide (Hafenmuseum)"),
        ("Add a repository", "robin/audio-guide"),
    ):
        form = page.locator("form.join").filter(has=page.get_by_label(label))
        page.get_by_label(label).select_option(name)
        window.follow(form.get_by_role("button", name="Add"))
    expect(page.locator(".say")).to_contain_text("1 h 30 and ")
    expect(page.locator(".keys")).to_contain_text("1 h 30")
    made = Project.objects.get()
    assert (made.toggl_project_ids, len(made.repository_ids)) == ([times.pk], 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    window.follow(page.get_by_role("link", name="All projects"))
    expect(page.locator("li.of-project").first).to_contain_text("1 h 30")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_deletion_is_undone(visit: Visiting) -> None:
    scenes.everything()
    window = visit()
    window.take_session()
    page = window.go("/projects/")
    window.follow(page.locator("li.of-project").get_by_role("link", name="Shop relaunch"))
    window.follow(page.get_by_role("link", name="Edit").first)
    window.follow(page.get_by_role("link", name="Delete this project"))
    window.follow(page.get_by_role("button", name="Delete"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop relaunch was deleted")
    assert not Project.objects.live().exists()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.locator(".messages")).to_have_text("Shop relaunch is back.")
    assert barriers(page) == []
    expect(page.locator("main")).to_contain_text("robin/shop-relaunch")


def test_a_suggestion_is_refused_and_the_refusal_taken_back(visit: Visiting) -> None:
    scenes.everything()
    window = visit()
    window.take_session()
    page = window.go("/projects/")
    card = page.get_by_role("region", name="May belong together")
    expect(card.get_by_role("button", name="Join")).to_have_count(1)
    window.follow(card.get_by_role("button", name="Refuse"))
    expect(card.get_by_role("button", name="Join")).to_have_count(0)
    window.follow(card.get_by_role("button", name="Take back"))
    window.follow(card.get_by_role("button", name="Join"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Audio guide")

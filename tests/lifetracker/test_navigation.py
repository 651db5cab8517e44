"""The way from page to page: what the rail and the tab bar show, and what the check refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from lifetracker import urls  # noqa: F401 - with which the pages are found
from lifetracker.days import ONE_DAY, today
from lifetracker.web import navigation, page_checks
from lifetracker.web.navigation import Group, Navigation, Page

BROWSER = {"accept": "text/html"}
FASTING = navigation.pages["fasting"]


def seen_at(rf: Any, path: str, *, is_staff: bool = True) -> Navigation:
    request: HttpRequest = rf.get(path)
    request.user = User(is_staff=is_staff) if is_staff else AnonymousUser()
    return navigation.navigation(request)


def current(shown: Navigation) -> dict[str, str]:
    entries = [entry for part in [*shown.parts, shown.foot] for entry in part.entries]
    return {entry.page.title: entry.current for entry in entries if entry.current}


def problems(*declared: Page) -> list[str | None]:
    found = list(page_checks.check_declared(list(declared), page_checks.symbols()))
    assert all(one.hint for one in found), "each says how to mend it"
    return [one.id for one in found]


def test_what_is_declared_is_sound() -> None:
    assert page_checks.check_pages() == []
    call_command("check", tags=["urls"])


@pytest.mark.parametrize(
    ("change", "id_"),
    [
        ({"url_name": "nowhere"}, "lifetracker.E050"),
        ({"url_name": "fasting-edit"}, "lifetracker.E050"),
        ({"icon": "unicorn"}, "lifetracker.E051"),
        ({"icon": ""}, "lifetracker.E051"),
        ({"key": "fa"}, "lifetracker.E052"),
    ],
)
def test_an_entry_that_leads_nowhere_is_refused(change: dict[str, Any], id_: str) -> None:
    assert problems(replace(FASTING, **change)) == [id_]


def test_two_pages_have_no_key_in_common() -> None:
    account = navigation.pages["settings"]
    assert problems(FASTING, account) == []
    assert problems(FASTING, replace(account, key="f")) == ["lifetracker.E052"] * 2


def test_the_open_page_is_marked(rf: Any) -> None:
    assert current(seen_at(rf, "/")) == {"Today": "page"}
    assert current(seen_at(rf, "/fasting/")) == {"Fasting": "page"}
    assert current(seen_at(rf, "/fasting/new")) == {"Fasting": "true"}
    assert current(seen_at(rf, "/nowhere")) == {}


WHOOP, TIME, TODAY = "/whoop/", "/time/", "/"
CHOSEN = {
    "?range=90d": "?range=90d",
    "?range=all&page=3": "?range=all",
    "?from=2026-03-03&to=2026-03-18": "?from=2026-03-03&to=2026-03-18",
    "": "",
    "?range=fortnight": "",
    "?range=7d&from=2026-03-03": "",
    "?from=2026-03-03": "",
    "?from=2026-03-18&to=2026-03-03": "",
    "?from=yesterday&to=today": "",
    "?from=2026-03-03&to=2026-03-03": "",
    "?from=2199-01-01&to=2199-02-01": "",
}


@pytest.mark.parametrize(("query", "kept"), CHOSEN.items())
def test_the_chosen_range_goes_along_from_page_to_page(rf: Any, query: str, kept: str) -> None:
    shown = seen_at(rf, WHOOP + query)
    led = {entry.page.url_name: entry.url for entry in shown.entries}
    assert led["time"] == TIME + kept
    assert led["whoop"] == WHOOP + kept
    # These show no range, and lead on to pages that do.
    assert led["home"] == TODAY + kept
    assert led["goals"] == reverse("goals") + kept
    assert led["settings"] == reverse("settings")
    assert current(shown) == {"WHOOP": "page"}


@pytest.mark.django_db
def test_today_leads_to_its_neighbours_and_on_with_the_chosen_range(client: Client) -> None:
    client.force_login(User.objects.create_user("robin"))
    entry = '<a href="/whoop/?range=90d" data-key="w">'
    for path in ("/?range=90d", "/?day=2026-09-14&range=90d"):
        page = client.get(path).text
        assert entry in page
        assert '<a class="brand" href="/?range=90d">' in page
    page = client.get("/?day=2026-09-14&range=90d").context["steps"]
    assert (page.before.url, page.after.url) == (
        "/?day=2026-09-13&range=90d",
        "/?day=2026-09-15&range=90d",
    )
    yesterday = client.get(f"/?day={today() - ONE_DAY}&range=90d").context["steps"]
    assert yesterday.after.url == "/?range=90d"


@pytest.mark.django_db
def test_each_page_with_ranges_is_declared_as_one(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    shown = {
        name
        for name, page in navigation.pages.items()
        if page.icon and 'class="ranges"' in client.get(reverse(name), headers=BROWSER).text
    }
    assert shown == {name for name, page in navigation.pages.items() if page.has_ranges}
    assert {"whoop", "time", "github"} <= shown


def test_a_phone_reaches_every_page_once(rf: Any) -> None:
    shown = seen_at(rf, "/fasting/")
    bar = [*shown.tabs, *(entry for sheet in shown.sheets for entry in sheet.entries)]
    rail = [entry for part in [*shown.parts, shown.foot] for entry in part.entries]
    assert set(bar) == set(rail)
    assert len(bar) == len(rail) == len(navigation.pages)
    assert [sheet.title for sheet in shown.sheets if sheet.is_current] == ["Body"]


def test_only_staff_sees_what_is_for_staff(rf: Any) -> None:
    def titles(*, is_staff: bool) -> set[str]:
        foot = seen_at(rf, "/", is_staff=is_staff).foot
        return {entry.page.title for entry in foot.entries}

    assert titles(is_staff=True) - titles(is_staff=False) == {"Admin"}


def test_a_page_appears_by_being_declared(rf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {Group.TODAY, Group.BODY, Group.FOOT}
    others = {name: one for name, one in navigation.pages.items() if one.group in kept}
    monkeypatch.setattr(navigation, "pages", others)
    assert [part.title for part in seen_at(rf, "/").parts] == ["", "Body"]
    navigation.register_page(Page("Token work", "tokens", Group.WORK, order=1, icon="time"))
    assert [part.title for part in seen_at(rf, "/").parts] == ["", "Body", "Work"]
    assert [sheet.title for sheet in seen_at(rf, "/").sheets] == ["Body", "Work", "More"]


@pytest.mark.django_db
def test_visitors_see_no_way_to_the_pages(client: Client) -> None:
    assert reverse("fasting") not in client.get("/login/").text
    client.force_login(User.objects.create_user("robin"))
    page = client.get("/nowhere").text
    assert page.count(f'href="{reverse("fasting")}"') == 2


# The pages on which something can be typed in, and what the key `n` leads to there: a link, or a form of the page.
NEW = {
    "weight": '<a class="button small" data-new href="/weight/new',
    "workouts": '<a class="button small" data-new href="/workouts/new"',
    "fasting": '<a class="button small" data-new href="/fasting/new"',
    "time": '<a class="button small" data-new href="/time/entries/new"',
    "time-entries": '<a class="button small" data-new href="/time/entries/new"',
    "projects": '<a class="button small" data-new href="/projects/new"',
    "nutrition": '<form class="quick" id="quick" data-new ',
    "goals": '<form class="sentence goal-sentence" data-new ',
    "experiments": '<a class="button small" data-new href="/experiments/new"',
    "tokens": 'class="fields" data-new>',
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NEW)
def test_a_key_leads_to_what_can_be_typed_in_anew(client: Client, name: str) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    page = client.get(reverse(name), headers=BROWSER).text
    assert page.count("data-new") == 1
    assert NEW[name] in page
    assert "<dt>Something new, where it is typed in</dt><dd><kbd>n</kbd></dd>" in page

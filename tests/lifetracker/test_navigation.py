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
from lifetracker.web import navigation, page_checks
from lifetracker.web.navigation import Group, Navigation, Page

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
    account = navigation.pages["account"]
    assert problems(FASTING, account) == []
    assert problems(FASTING, replace(account, key="f")) == ["lifetracker.E052"] * 2


def test_the_open_page_is_marked(rf: Any) -> None:
    assert current(seen_at(rf, "/")) == {"Today": "page"}
    assert current(seen_at(rf, "/fasting/")) == {"Fasting": "page"}
    assert current(seen_at(rf, "/fasting/new")) == {"Fasting": "true"}
    assert current(seen_at(rf, "/nowhere")) == {}


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
    monkeypatch.setattr(navigation, "pages", dict(navigation.pages))
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

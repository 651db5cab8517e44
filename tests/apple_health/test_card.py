"""The card of the steps on Today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from tests import makers
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Client:
    settings.TIME_ZONE = "Europe/Berlin"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(User.objects.create_user("robin"))
    return client


def card(person: Client, address: str = "/") -> str:
    page = person.get(address).text
    _, _, rest = page.partition('aria-labelledby="movement"')
    return " ".join(rest.partition("</section>")[0].replace("\N{NO-BREAK SPACE}", " ").split())


def test_without_steps_there_is_no_card(person: Client) -> None:
    scenes.full()
    assert card(person) == ""


def test_steps_stand_beside_what_is_usual(person: Client) -> None:
    for back in range(20):
        makers.apple_day(back, steps=8_000 if back else 9_500, mindful_min=None if back else 12)
    shown = card(person)
    assert ">9,500</a>" in shown
    assert "Usual 8,000. Mindful 12 min." in shown
    assert f"{TODAY:%A} {TODAY.day} {TODAY:%B}: 9,500 steps" in shown
    assert "9,500 steps" in person.get("/").text


def test_what_the_day_has_so_far_is_called_so(person: Client) -> None:
    makers.apple_day(0, steps=1_200, reported_at=NOW - timedelta(hours=1))
    assert ">1,200</a><small> so far</small>" in card(person)


def test_a_day_without_a_report_shows_the_newest_one(person: Client) -> None:
    makers.apple_day(2, steps=7_000)
    shown = card(person)
    assert ">7,000</a>" in shown
    assert f'datetime="{TODAY - timedelta(days=2)}"' in shown
    assert "unknown" in shown
    # A past day is that day alone, of which nothing is known here.
    assert card(person, f"/?day={TODAY - timedelta(days=1)}") == ""
    makers.apple_night(1)
    assert "Not known" in card(person, f"/?day={TODAY - timedelta(days=1)}")


def strain(person: Client, address: str = "/") -> str:
    page = person.get(address).text
    _, _, rest = page.partition('aria-labelledby="strain"')
    return " ".join(rest.partition("</section>")[0].split())


def test_a_day_has_one_number_of_steps_whatever_sources_there_are(person: Client) -> None:
    for back in range(3):
        scenes.cycle(back, step_count=9_342 + back)
    assert "9,342 steps." in strain(person)
    assert card(person) == ""
    makers.apple_day(0, steps=7_000)
    makers.apple_day(2, steps=6_000, reported_at=makers.MORNING - timedelta(days=2))
    shown = card(person)
    assert ">7,000</a>" in shown
    assert "Counted by Apple Health." in shown
    assert 'href="/apple-health/"' in shown
    assert "of 21" in strain(person)
    assert "steps" not in strain(person)
    # Of yesterday only WHOOP knows any, and of the day before only WHOOP knows all.
    for back, words in ((1, "9,343"), (2, "9,344")):
        day = TODAY - timedelta(days=back)
        assert f"{day:%A} {day.day} {day:%B}: {words} steps by WHOOP" in shown
        past = card(person, f"/?day={day}")
        assert f'href="/whoop/{day}">{words}</a>' in past
        assert "Counted by WHOOP." in past
        assert "steps" not in strain(person, f"/?day={day}")


def test_a_newer_day_of_whoop_is_shown_before_an_older_one_of_apple_health(person: Client) -> None:
    makers.apple_day(2, steps=7_000)
    scenes.cycle(0)
    shown = card(person)
    assert ">9,342</a><small> so far</small>" in shown
    assert "Counted by WHOOP." in shown
    assert "steps" not in strain(person)


def test_a_night_is_told_where_whoop_has_none(person: Client) -> None:
    makers.apple_day(0, steps=7_000)
    night = makers.apple_night(0)
    assert "Asleep 7 h 30." in card(person)
    scenes.sleep(0)
    night.refresh_from_db()
    assert "Asleep" not in card(person)


def test_the_card_costs_no_statement(
    person: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scenes.full()
    with CaptureQueriesContext(connection) as without:
        person.get("/")
    for back in range(30):
        makers.apple_day(back)
        makers.apple_night(back)
    with django_assert_num_queries(len(without)):
        assert card(person)

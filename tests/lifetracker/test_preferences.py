"""What the owner chose is read once, with the session, and followed by pages, sentences of the API and commands."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lifetracker.management.command import QuickCommand
from lifetracker.models import Preferences, preferences
from lifetracker.models.preferences import DEFAULTS, hold, read_once, shown_with
from tests import makers

pytestmark = pytest.mark.django_db


def choose(**values: Any) -> None:
    Preferences(pk=1, **values).save()


def statements_of_preferences(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return [
        query["sql"]
        for query in asked.captured_queries
        if "lifetracker_preferences" in query["sql"]
    ]


def test_nothing_is_asked_outside_of_a_request(django_assert_num_queries: Any) -> None:
    choose(mass="lb")
    with django_assert_num_queries(0):
        assert preferences().mass == "kg"
    with read_once(), django_assert_num_queries(1):
        assert preferences().mass == preferences().mass == "lb"
    assert preferences() is DEFAULTS


def test_without_a_row_there_are_defaults() -> None:
    with read_once():
        found = preferences()
    assert (found.mass, found.distance, found.first_weekday) == ("kg", "km", 0)
    assert (found.clock, found.theme) == (24, "system")
    with read_once():
        hold(None)
        assert preferences() is DEFAULTS


def test_there_is_one_row() -> None:
    choose()
    with pytest.raises(IntegrityError):
        Preferences(pk=2).save()


def test_they_come_with_the_session(person: Client) -> None:
    choose(theme="dark", clock=12)
    (sql,) = statements_of_preferences(person, "/")
    assert "django_session" in sql
    assert '<html lang="en" data-theme="dark">' in person.get("/").text
    assert '<meta name="color-scheme" content="dark">' in person.get("/").text


def test_a_page_for_strangers_has_the_theme_of_their_device() -> None:
    choose(theme="dark")
    page = Client().get("/login/").text
    assert '<html lang="en">' in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_what_is_shown_may_be_said(person: Client) -> None:
    with shown_with(Preferences(mass="lb")):
        assert preferences().mass == "lb"
    assert preferences().mass == "kg"


def test_today_follows_them(person: Client) -> None:
    makers.weigh_in(kg=65.3)
    assert "65.3" in person.get("/").text
    choose(mass="lb", clock=12)
    page = person.get("/").text
    assert "144.0" in page
    assert "<small> lb trend</small>" in page
    assert " kg" not in page


def test_a_command_reads_them(capsys: pytest.CaptureFixture[str]) -> None:
    choose(mass="lb")

    class Command(QuickCommand):
        def handle(self, *args: object, **options: object) -> None:
            self.stdout.write(preferences().mass)

    call_command(Command())
    assert capsys.readouterr().out == "lb\n"

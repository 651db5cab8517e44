"""With pounds, miles, a clock of 12 hours and weeks from Sunday, every page follows."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.models import Preferences
from tests import makers
from tests.addresses import own_pages, with_ranges
from tests.browser import scenes
from workouts.models import Workout

pytestmark = pytest.mark.django_db

# What is written as it was sent or is to be typed, what may be chosen, and what is for programs.
LEFT_OUT = re.compile(
    r"<(pre|code|option|script|style|textarea)\b.*?</\1>|\sdatetime=\"[^\"]*\"|\svalue=\"[^\"]*\"",
    re.S,
)
# Made-up examples of every component, and the page of Swagger UI.
OF_PROGRAMS = {"/design/", "/api/docs"}
METRIC = re.compile(r"\d\s?(?:kg|km)\b|\((?:kg|km)\)")
TWENTY_FOUR = re.compile(r"(?<![\d:.])\d{1,2}:\d\d(?!\d|:\d\d|\s?[ap]m)(?::\d\d(?!\d|\s?[ap]m))?")


def said(client: Client, path: str) -> str:
    """Return all that a page says, also what it says of pictures and to who points at something."""
    text = LEFT_OUT.sub(" ", client.get(path).text)
    text = re.sub(r"(?:aria-label|title|data-words)=\"([^\"]*)\"", r">\1<", text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", text)))


def found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [text[max(0, one.start() - 40) : one.end() + 20] for one in pattern.finditer(text)]


@pytest.mark.one_database
def test_every_page_follows(person: Client) -> None:
    User.objects.update(is_staff=True)
    scenes.everything()
    scenes.goals()
    makers.goal(name="Weight", metric="weight.trend", kind="reach", target=63)
    Workout.objects.update(distance_meters=5150)
    pages = [path for path in with_ranges(own_pages(person), person) if path not in OF_PROGRAMS]
    assert {"/", "/whoop/", "/whoop/2026-09-16", "/fasting/", "/connections/"} <= set(pages)
    before = {path: said(person, path) for path in pages}
    assert any(found(METRIC, text) for text in before.values()), "they are looked for rightly"
    assert any(found(TWENTY_FOUR, text) for text in before.values())
    Preferences(pk=1, mass="lb", distance="mi", clock=12, first_weekday=6).save()
    after = {path: said(person, path) for path in pages}
    for pattern in (METRIC, TWENTY_FOUR):
        left = {path: found(pattern, text) for path, text in after.items()}
        assert {path: some for path, some in left.items() if some} == {}
    assert re.search(r"\d lb\b", after["/"])
    assert re.search(r"\d:\d\d [ap]m\b", after["/"])

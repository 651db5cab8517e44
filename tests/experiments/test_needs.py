"""Experiments whose outcome, or what checks their days, was deleted: what they say at once, and what is said before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from experiments.acts import finish
from experiments.models import Experiment
from experiments.review import NOTHING_TO_RECKON, line_of
from journal.metrics import key_of as journal_key
from lifetracker.days import ONE_DAY
from own_metrics.metrics import key_of as own_key
from own_metrics.models import OwnMetric
from tests import makers
from tests.experiments.lives import START, planned, running
from tests.experiments.test_course import at
from tests.experiments.test_pages import later, words

pytestmark = pytest.mark.django_db
OVER = START + timedelta(days=40)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, START + 5 * ONE_DAY)


@pytest.fixture
def mood() -> OwnMetric:
    return makers.own_metric("Mood")


def lost(one: Experiment, visitor: Client) -> tuple[str, str, list[str]]:
    """Return what its page says, the list, and the warnings of the API."""
    secret = makers.api_token().secret
    answer = visitor.get(
        f"/api/experiments/{one.pk}/schedule", HTTP_AUTHORIZATION=f"Bearer {secret}"
    )
    page, listed = visitor.get(f"/experiments/{one.pk}/"), visitor.get("/experiments/")
    return words(page), words(listed), answer.json()["warnings"]


GONE = "Its outcome is gone: Mood (deleted). Without it there is no result. Bring it back, or stop the experiment."


def test_what_lost_its_outcome_says_so_at_once(visitor: Client, mood: OwnMetric) -> None:
    one = running(outcome=own_key(mood.pk))
    visitor.post(reverse("own-metric-delete", args=[mood.pk]))
    page, listed, warnings = lost(one, visitor)
    assert GONE in page
    assert GONE in listed
    assert warnings == [GONE]
    back = reverse("own-metric-deleted", args=[mood.pk])
    assert (
        f'href="{back}">Bring back Mood (deleted)</a>'
        in visitor.get(f"/experiments/{one.pk}/").text
    )
    visitor.post(reverse("own-metric-restore", args=[mood.pk]))
    for address in (f"/experiments/{one.pk}/", "/experiments/"):
        assert "Its outcome is gone" not in words(visitor.get(address))


def test_after_its_end_no_button_offers_what_cannot_be_done(
    visitor: Client, mood: OwnMetric, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = running(outcome=own_key(mood.pk))
    later(visitor, monkeypatch, OVER)
    assert "Reckon the result" in words(visitor.get(f"/experiments/{one.pk}/"))
    mood.mark_deleted()
    page, listed, warnings = lost(one, visitor)
    assert "Reckon the result" not in page
    assert "Stop the experiment" in page
    for said in (page, listed):
        assert f"Its days are over, and there is nothing to reckon. {GONE}" in said
        assert "can be reckoned" not in said
    assert warnings == [GONE]
    assert line_of(one).text.endswith(NOTHING_TO_RECKON)


def test_what_was_deleted_for_good_cannot_be_brought_back(visitor: Client) -> None:
    one = running(outcome="own.4711")
    page, _, (warning,) = lost(one, visitor)
    assert warning in page
    assert warning.endswith(
        "Without it there is no result. It cannot come back: stop the experiment."
    )
    assert "Bring back" not in page


def test_what_lost_its_check_can_go_on(visitor: Client) -> None:
    wine = makers.behaviour("Wine")
    one = running(action=journal_key(wine.pk), try_at_least=1)
    wine.mark_deleted()
    said = "What checks its days is gone: Wine (deleted). Nobody knows any more on which days you kept to it"
    page, listed, (warning,) = lost(one, visitor)
    assert [said in each for each in (page, listed, warning)] == [True] * 3
    assert (
        reverse("journal-behaviour-deleted", args=[wine.pk])
        in visitor.get(f"/experiments/{one.pk}/").text
    )


def test_a_plan_without_its_outcome_offers_no_beginning(visitor: Client, mood: OwnMetric) -> None:
    one = planned(outcome=own_key(mood.pk))
    mood.mark_deleted()
    page = visitor.get(f"/experiments/{one.pk}/")
    assert reverse("experiment-start", args=[one.pk]) not in page.text
    assert "Bring it back, or choose another one before it begins." in words(page)


def test_the_page_of_a_deletion_names_what_needs_it(visitor: Client, mood: OwnMetric) -> None:
    wine, cider = makers.behaviour("Wine"), makers.behaviour("Cider")
    running(question="Better mood?", outcome=own_key(mood.pk))
    running(question="No wine?", action=journal_key(wine.pk), try_below=1)
    planned(question="Later?", outcome=own_key(mood.pk))
    needs_mood = "The experiment “Better mood?” runs and measures it"
    page = words(visitor.get(reverse("own-metric-delete", args=[mood.pk])))
    assert needs_mood in page
    assert "Later?" not in page
    needs_wine = "The experiment “No wine?” runs and checks its days by it"
    page = words(visitor.get(reverse("journal-behaviour-delete", args=[wine.pk])))
    assert needs_wine in page
    assert "Better mood?" not in page
    archived = visitor.post(reverse("journal-behaviour-archive", args=[wine.pk]), follow=True)
    assert needs_wine in words(archived)
    assert "runs and" not in words(
        visitor.get(reverse("journal-behaviour-delete", args=[cider.pk]))
    )
    wine.refresh_from_db()
    wine.merged_into = cider
    wine.save()
    assert needs_wine in words(visitor.get(reverse("journal-behaviour-delete", args=[cider.pk])))


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("planned", "The experiment has not begun."),
        ("ended", "The result is reckoned already."),
        ("stopped", "The experiment was stopped, so that nothing is reckoned."),
    ],
)
def test_what_has_no_result_to_come_says_why(
    monkeypatch: pytest.MonkeyPatch, state: Any, says: str
) -> None:
    one = running(state=state)
    at(monkeypatch, OVER)
    with pytest.raises(ValidationError, match=says):
        finish(one)

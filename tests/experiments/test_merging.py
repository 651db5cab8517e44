"""A plan follows the behaviour that it is about, into another one and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from experiments.models import Experiment
from experiments.reading import days_of
from journal.merging import merge, take_apart
from journal.models import Behaviour
from lifetracker.days import today
from tests import makers
from tests.experiments.lives import planned, running

pytestmark = pytest.mark.django_db


def key(one: Behaviour) -> str:
    return f"journal.{one.pk}"


@pytest.fixture
def tea() -> Behaviour:
    return makers.behaviour("Tea")


@pytest.fixture
def cup() -> Behaviour:
    return makers.behaviour("A cup of tea")


def about(one: Behaviour, **fields: Any) -> Experiment:
    rule = {"try_at_least": 0.5, "usual_below": 0.5}
    return running(**{"action": key(one), "start": today()} | rule | fields)


def read(one: Experiment) -> Experiment:
    one.refresh_from_db()
    return one


def test_it_follows_the_action_and_comes_back(tea: Behaviour, cup: Behaviour) -> None:
    one, ended = about(cup), about(cup, state="ended")
    makers.answer(cup, 1, date=today())
    kept = days_of(one)[0].is_kept
    assert kept is not None
    moved = merge(cup, tea)
    for row in (one, ended):
        assert read(row).action == key(tea)
        assert days_of(row)[0].is_kept is kept
    cup.refresh_from_db()
    take_apart(cup, moved)
    assert read(one).action == read(ended).action == key(cup)
    assert one.before_merging == {}


def test_it_follows_outcomes_once_each(tea: Behaviour, cup: Behaviour) -> None:
    both = [key(cup), key(tea), "whoop.strain"]
    one = planned(outcome=key(cup), secondary=["whoop.strain"])
    other = planned(secondary=both)
    third = planned(outcome=key(tea), secondary=[key(cup), "whoop.strain"])
    merge(cup, tea)
    assert (read(one).outcome, one.secondary) == (key(tea), ["whoop.strain"])
    assert read(other).secondary == [key(tea), "whoop.strain"]
    assert read(third).secondary == ["whoop.strain"]
    cup.refresh_from_db()
    take_apart(cup, [])
    assert read(one).outcome == key(cup)
    assert read(other).secondary == both
    assert read(third).secondary == [key(cup), "whoop.strain"]


def test_it_follows_from_one_to_the_next(tea: Behaviour, cup: Behaviour) -> None:
    drink, one = makers.behaviour("A drink"), about(cup)
    merge(cup, tea)
    tea.refresh_from_db()
    moved = merge(tea, drink)
    assert read(one).action == key(drink)
    tea.refresh_from_db()
    take_apart(tea, moved)
    assert read(one).action == key(tea)
    cup.refresh_from_db()
    take_apart(cup, [])
    assert read(one).action == key(cup)


def test_what_was_chosen_since_stays(tea: Behaviour, cup: Behaviour) -> None:
    one, other = planned(action=key(cup)), planned(action=key(tea))
    merge(cup, tea)
    read(one).action = "whoop.bedtime"
    one.save()
    cup.refresh_from_db()
    take_apart(cup, [])
    assert (read(one).action, read(other).action) == ("whoop.bedtime", key(tea))


def test_what_one_tries_and_measures_is_not_merged(tea: Behaviour, cup: Behaviour) -> None:
    one = about(cup, outcome=key(tea))
    with pytest.raises(ValidationError, match="tries the one and measures the other"):
        merge(cup, tea)
    cup.refresh_from_db()
    assert (read(one).action, cup.merged_into) == (key(cup), None)


def test_the_api_refuses_it_by_field(client: Client, tea: Behaviour, cup: Behaviour) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    about(cup, outcome=key(tea))
    path = f"/api/journal/behaviours/{cup.pk}"
    answer = client.patch(path, {"merged_into": tea.pk}, "application/json")
    assert answer.status_code == 400
    assert "measures the other" in str(answer.json())

"""A plan goes on where a behaviour that it is about is merged into another, and goes back when they are taken apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from experiments.acts import begin, can_be_stopped, finish, stop, warnings_of
from experiments.forms import ExperimentForm
from experiments.models import Experiment
from experiments.reading import days_of
from experiments.reckoning import result_of
from experiments.words import GONE
from journal.merging import merge, take_apart
from journal.models import Behaviour
from lifetracker.days import today
from tests import makers
from tests.experiments.lives import planned, running

pytestmark = pytest.mark.django_db
RULE: dict[str, Any] = {"try_at_least": 0.5, "usual_below": 0.5}


def key(one: Behaviour) -> str:
    return f"journal.{one.pk}"


@pytest.fixture
def tea() -> Behaviour:
    return makers.behaviour("Tea")


@pytest.fixture
def cup() -> Behaviour:
    return makers.behaviour("A cup of tea")


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def about(one: Behaviour, **fields: Any) -> Experiment:
    return running(**{"action": key(one), "start": today()} | RULE | fields)


def over(**fields: Any) -> Experiment:
    """Return one that runs, and whose days are over."""
    return running(today() - timedelta(days=40), **fields)


def read(one: Experiment | Behaviour) -> Any:
    one.refresh_from_db()
    return one


def is_kept(one: Experiment) -> bool | None:
    return days_of(read(one))[0].is_kept


def test_it_is_judged_by_what_its_action_counts_for(tea: Behaviour, cup: Behaviour) -> None:
    one = about(cup)
    makers.answer(cup, 1, date=today())
    kept = is_kept(one)
    assert kept is not None
    moved = merge(cup, tea)
    assert is_kept(one) is kept
    makers.answer(tea, 0, date=today())
    assert is_kept(one) is not kept, "the newer answer of the two counts"
    take_apart(read(cup), moved)
    assert is_kept(one) is kept


def test_it_goes_on_from_one_to_the_next(tea: Behaviour, cup: Behaviour) -> None:
    drink, one = makers.behaviour("A drink"), about(cup)
    makers.answer(drink, 1, date=today())
    merge(cup, tea)
    assert is_kept(one) is None
    moved = merge(read(tea), drink)
    assert is_kept(one) is not None
    take_apart(read(tea), moved)
    assert is_kept(one) is None


def test_its_pages_name_what_counts(person: Client, tea: Behaviour, cup: Behaviour) -> None:
    one = about(cup)
    merge(cup, tea)
    page = person.get(reverse("experiment", args=[one.pk])).text
    assert "<dt>Checked by</dt><dd>Tea</dd>" in page


def test_each_metric_is_looked_at_once(person: Client, tea: Behaviour, cup: Behaviour) -> None:
    both = [key(cup), key(tea), "whoop.strain"]
    one = over(secondary=both)
    other = over(outcome=key(tea), secondary=[key(cup), "whoop.strain"])
    merge(cup, tea)
    for row, wanted in ((one, [key(tea), "whoop.strain"]), (other, ["whoop.strain"])):
        assert [each["metric"] for each in result_of(read(row))["secondary"]] == wanted  # type: ignore[attr-defined]
    page = person.get(reverse("experiment", args=[one.pk])).text
    assert "<dt>Other metrics</dt><dd>Tea, Strain</dd>" in page
    take_apart(read(cup), [])
    assert read(one).others == both


# --- Several that run -----------------------------------------------------------------------------


def test_two_of_one_action_do_not_begin(tea: Behaviour, cup: Behaviour) -> None:
    about(cup, question="One cup?", outcome="whoop.strain")
    other = planned(action=key(tea), **RULE)
    assert warnings_of(other) == []
    merge(cup, tea)
    assert "asks for something else of the same" in warnings_of(other)[0]
    with pytest.raises(ValidationError, match="judged by the same metric"):
        begin(other, today())


def test_two_of_one_outcome_warn(tea: Behaviour, cup: Behaviour) -> None:
    running(outcome=key(cup), action="", start=today())
    other = planned(outcome=key(tea), action="")
    assert warnings_of(other) == []
    merge(cup, tea)
    assert "has the same outcome" in warnings_of(other)[0]


# --- What it tries becomes what it measures -------------------------------------------------------


def test_nothing_is_reckoned_where_both_are_one(tea: Behaviour, cup: Behaviour) -> None:
    one = over(action=key(cup), outcome=key(tea), **RULE)
    merge(cup, tea)
    (warning,) = warnings_of(read(one))
    assert "are one metric now" in warning
    with pytest.raises(ValidationError, match="are one metric now"):
        finish(one)
    assert can_be_stopped(one)
    take_apart(read(cup), [])
    assert not can_be_stopped(read(one))
    finish(one)
    assert one.state == "ended"


def test_such_a_plan_does_not_begin(tea: Behaviour, cup: Behaviour) -> None:
    one = planned(action=key(cup), outcome=key(tea), **RULE)
    merge(cup, tea)
    with pytest.raises(ValidationError, match="Tea and Tea are computed from the same records"):
        begin(read(one), today())


def test_it_can_be_stopped_then(tea: Behaviour, cup: Behaviour) -> None:
    one = over(action=key(cup), outcome=key(tea), **RULE)
    merge(cup, tea)
    stop(read(one), "Merged.")
    assert read(one).state == "stopped"


def test_merging_shows_nothing_of_the_outcome(tea: Behaviour, cup: Behaviour) -> None:
    one = about(cup, outcome=key(tea))
    makers.answer(tea, 1, date=today())
    merge(cup, tea)
    assert is_kept(one) is None


# --- The form -------------------------------------------------------------------------------------


def test_a_plan_is_changed_and_taken_apart(person: Client, tea: Behaviour, cup: Behaviour) -> None:
    one = planned(action=key(cup), **RULE)
    merge(cup, tea)
    form = ExperimentForm(None, instance=read(one))
    assert form["action"].value() == key(tea)
    address = reverse("experiment-change", args=[one.pk])
    assert GONE not in person.get(address).text.casefold()
    sent = {each.name: "" if each.value() is None else each.value() for each in form}
    person.post(address, sent | {"notes": "Green tea."})
    assert (read(one).notes, one.action) == ("Green tea.", key(cup)), "as it was planned"
    limits = {"try_at_least": "16", "usual_below": "14"}
    person.post(address, sent | {"action": "fasting.longest"} | limits)
    assert read(one).action == "fasting.longest"


def test_the_admin_names_what_counts(person: Client, tea: Behaviour, cup: Behaviour) -> None:
    one = planned(action=key(cup), **RULE)
    merge(cup, tea)
    page = person.get(reverse("admin:experiments_experiment_change", args=[one.pk])).text
    assert f'<option value="{key(cup)}" selected>Tea</option>' in page
    assert GONE not in page.casefold()

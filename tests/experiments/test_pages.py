"""The pages of experiments, from the plan to the result."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from experiments.acts import finish
from experiments.models import Experiment
from tests import makers
from tests.experiments.lives import START, live, planned, running
from tests.experiments.test_course import at, fast_on, plain
from tests.lifetracker.test_two_windows import form_of
from whoop.models import WhoopRecovery

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    day = START + timedelta(days=5)
    at(monkeypatch, day)
    return day


@pytest.fixture
def person(client: Client, today: date) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def words(answer: Any) -> str:
    """Return what a page says, without markup."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", answer.content.decode())).split())


def later(person: Client, monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    at(monkeypatch, day)
    person.force_login(User.objects.get())


def test_without_any_the_page_says_how_to_begin(person: Client) -> None:
    page = person.get("/experiments/")
    assert "Plan an experiment" in words(page)
    assert page.content.decode().count("data-new") == 1


PLAN = {
    "question": "Does tea help?",
    "try_words": "drink tea",
    "usual_words": "drink none",
    "outcome": "whoop.hrv",
    "better": "higher",
    "pairs": "6",
    "block_days": "2",
    "washout_days": "0",
    "action": "fasting.longest",
    "try_at_least": "17:30",
    "usual_below": "16,5",
    "worth": "2.5",
    "secondary": ["whoop.resting_heart_rate"],
}


def test_a_plan_is_made_begun_and_stopped(person: Client, today: date) -> None:
    live(planned(start=today), 0)
    Experiment.objects.all().delete()
    assert person.get("/experiments/new").status_code == 200
    answer = person.post("/experiments/new", PLAN)
    one = Experiment.objects.get()
    assert answer["Location"] == f"/experiments/{one.pk}/"
    assert (one.try_at_least, one.usual_below, one.worth) == (17.5, 16.5, 2.5)
    assert (one.secondary, one.outcome_lag, one.state) == (
        ["whoop.resting_heart_rate"],
        1,
        "planned",
    )
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "With 6 pairs of 2 days you will see an effect of" in page
    assert "in 4 of 5 cases" in page
    assert "from 17.5 h" in page
    refused = person.post(f"/experiments/{one.pk}/start", {"start": "2026-01-01"})
    assert "Choose a day from today" in words(refused)
    person.post(f"/experiments/{one.pk}/start", {"start": today.isoformat()})
    one.refresh_from_db()
    assert (one.state, one.start, one.power["known"]) == ("running", today, 120)
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "Day 1 of 24, the first of 2 of its block" in page
    assert "Said before the start: With 6 pairs" in page
    assert "Enter" not in page
    assert "This field is required" in words(
        person.post(f"/experiments/{one.pk}/stop", {"reason": ""})
    )
    person.post(f"/experiments/{one.pk}/stop", {"reason": "A cold."})
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "Not decided" in page
    assert "A cold." in page


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"pairs": "5"}, "at least 6 pairs"),
        ({"outcome": "fasting.fasted_16_hours"}, "same records"),
        ({"worth": "much"}, "Enter a number"),
        ({"try_at_least": "long"}, "Enter hours"),
        ({"usual_below": "18"}, "both arms"),
        ({"outcome": "whoop.gone"}, "Select a valid choice"),
        ({"secondary": ["whoop.hrv"]}, "not the outcome again"),
    ],
)
def test_a_plan_that_cannot_work_says_why_at_its_field(
    person: Client, changed: dict[str, Any], says: str
) -> None:
    answer = person.post("/experiments/new", PLAN | changed)
    assert answer.status_code == 200
    assert says in words(answer)
    assert "Does tea help?" in answer.content.decode(), "nothing that was typed is lost"
    assert not Experiment.objects.exists()


def test_of_what_has_begun_only_the_words_are_changed(person: Client) -> None:
    one = running()
    page = person.get(f"/experiments/{one.pk}/change").content.decode()
    assert 'name="pairs"' not in page
    assert 'name="try_words"' not in page
    sent = form_of(person.get(f"/experiments/{one.pk}/change"))
    person.post(f"/experiments/{one.pk}/change", sent | {"question": "Another?", "pairs": "12"})
    one.refresh_from_db()
    assert (one.question, one.pairs) == ("Another?", 6)


def test_the_blocks_say_what_was_kept_and_that_unknown_is_not_broken(person: Client) -> None:
    one = running()
    fast_on(START, 18)
    page = words(person.get(f"/experiments/{one.pk}/"))
    arm = one.arm_on(START)
    assert f"1 June: {'kept' if arm == 'a' else 'not kept'}" in page
    assert "2 June: not known" in page
    assert "6 June: not known yet" in page
    assert "7 June: to come" in page


def test_no_page_tells_the_outcome_while_it_runs(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of the experiment are the same whatever the mornings are, also when its days are over."""
    one = running()
    other = planned(question="Another one?")
    addresses = [f"/experiments/{one.pk}/", "/experiments/", f"/experiments/{one.pk}/change"]
    for day in (START + timedelta(days=20), START + timedelta(days=26)):
        later(person, monkeypatch, day)
        seen = []
        for effect in (0, 40):
            WhoopRecovery.objects.all().delete()
            live(one, effect)
            seen.append([plain(person.get(path).content.decode()) for path in addresses])
        assert seen[0] == seen[1]
    assert person.get(f"/experiments/{other.pk}/").status_code == 200


def test_the_result_is_told_in_full(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    one = running(secondary=["whoop.resting_heart_rate"])
    live(one, 8)
    later(person, monkeypatch, START + timedelta(days=25))
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "Reckon the result" in page
    person.post(f"/experiments/{one.pk}/finish")
    answer = person.get(f"/experiments/{one.pk}/")
    page, effect = words(answer), Experiment.objects.get().result["effect"]
    assert "Keep it" in page
    assert f"+{effect['estimate']:.1f} ms" in page
    assert f"+{effect['low']:.1f} ms to +{effect['high']:.1f} ms" in page
    assert "3 of 100" in page
    assert "Resting heart rate" in page
    assert answer.content.decode().count('class="f-ink"') == 6
    assert "would have been seen in 4 of 5 cases" in page
    assert "Keep it" in words(person.get("/experiments/"))


def test_a_result_with_an_unknown_pair(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    one = running()
    live(one, 8, unknown={0, 1})
    later(person, monkeypatch, START + timedelta(days=25))
    finish(one)
    answer = person.get(f"/experiments/{one.pk}/")
    assert "Undecided" in words(answer)
    assert "only 5 pairs of blocks are known, and six are needed" in words(answer)
    assert 'class="unknown-pair"' in answer.content.decode()


def test_nothing_known_at_all(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    one = running()
    later(person, monkeypatch, START + timedelta(days=25))
    finish(one)
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "nothing can be said" in page


def test_today_has_the_arm_of_the_day(person: Client, today: date) -> None:
    one = running()
    page = words(person.get("/"))
    assert f"{one.words_of(one.arm_on(today))} Does a long fast lift my HRV?" in page
    before = words(person.get("/?day=2026-06-01"))
    assert "The day's experiment" in before
    assert "experiment" not in words(person.get("/?day=2026-05-31")).replace("Experiments", "")
    Experiment.objects.filter(pk=one.pk).update(state="stopped", stopped_on=today)
    assert "Today's experiment" not in words(person.get("/"))


def test_a_deleted_one_comes_back(person: Client) -> None:
    one = running()
    person.post(f"/experiments/{one.pk}/delete")
    assert one.question not in words(person.get("/experiments/"))
    assert one.question in words(person.get("/experiments/?show=deleted"))
    assert "was deleted" in words(person.get(f"/experiments/{one.pk}/", follow=True))
    person.post(f"/experiments/{one.pk}/restore")
    assert one.question in words(person.get("/experiments/"))


def test_search_finds_it_by_its_question(person: Client) -> None:
    one = makers.experiment()
    assert f'href="/experiments/{one.pk}/"' in person.get("/search/?q=long+fast").content.decode()


def test_the_list_costs_as_much_for_many(
    person: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        makers.experiment(question=f"{number}?")
    with django_assert_max_num_queries(12):
        person.get("/experiments/")
    one = running()
    with django_assert_max_num_queries(14):
        person.get(f"/experiments/{one.pk}/")


def test_the_form_says_the_unit_of_each_metric_and_the_title_of_each_domain(person: Client) -> None:
    text = words(person.get("/experiments/new"))
    assert "HRV (ms)" in text
    assert "Steps" in text
    page = unescape(person.get("/experiments/new").content.decode())
    assert 'label="Apple Health"' in page
    assert '_health"' not in page.casefold()
    assert [one in text for one in ("---------", "Automatic", "Not checked")] == [False, True, True]

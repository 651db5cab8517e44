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
from experiments.forms import BEGUN_SINCE
from experiments.models import Experiment
from experiments.words import tomorrow_words
from fasting.models import FastingPeriod
from lifetracker.days import at_hour, midnight
from lifetracker.models import DayMark
from own_metrics.metrics import key_of
from own_metrics.models import OwnMetric
from projects.models import Project
from tests import makers
from tests.experiments.lives import START, ended, live, planned, running
from tests.experiments.test_course import at, fast_on, plain
from tests.lifetracker.test_two_windows import form_of
from tests.nutrition.eating import complete, eat
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
    assert "Only if the true difference is" in page
    assert "or more, 6 pairs of 2 days are likely to notice it, in 4 of 5 cases" in page
    assert "To say that it is the 2.5 ms that you ask for" in page
    assert "What matters 2.5 ms or more" in page
    assert "No days are left out between blocks" in page
    assert "from 17.5 h" in page
    assert (
        f'max="{today + timedelta(days=60)}"'
        in person.get(f"/experiments/{one.pk}/").content.decode()
    )
    refused = person.post(f"/experiments/{one.pk}/start", {"start": "2026-01-01"})
    assert "Choose a day from today to 5 August 2026." in words(refused)
    person.post(f"/experiments/{one.pk}/start", {"start": today.isoformat()})
    one.refresh_from_db()
    assert (one.state, one.start, one.power["known"]) == ("running", today, 120)
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "Day 1 of 24, the first of 2 of its block" in page
    assert "Said before the start: Only if" in page
    assert "Enter" not in page
    assert "This field is required" in words(
        person.post(f"/experiments/{one.pk}/stop", {"reason": ""})
    )
    person.post(f"/experiments/{one.pk}/stop", {"reason": "A cold."})
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "Not decided" in page
    assert "You stopped because: A cold." in page
    assert "to come" not in page


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"pairs": "5"}, "at least 6 pairs"),
        ({"outcome": "fasting.fasted_16_hours"}, "same records"),
        ({"outcome": "weight.trend"}, "made of many days"),
        ({"worth": "much"}, "Enter a number"),
        ({"try_at_least": "long"}, "Enter hours"),
        ({"usual_below": "18"}, "on days of A and of B"),
        ({"usual_words": "Drink tea"}, "A and B are the same"),
        ({"question": "?" * 201}, "at most 200 characters (it has 201)"),
        ({"try_at_least": "", "usual_below": ""}, "from or below which value"),
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
    page = answer.content.decode()
    assert changed.get("question", "Does tea help?") in page, "nothing that was typed is lost"
    assert page.count('class="field-error"') == 1, "each fault is told once"
    assert "Nothing is saved yet. Please change:" in words(answer)
    assert not Experiment.objects.exists()


def test_of_what_has_begun_only_the_words_are_changed(person: Client) -> None:
    one = running()
    page = person.get(f"/experiments/{one.pk}/change").content.decode()
    assert 'name="pairs"' not in page
    assert 'name="try_words"' not in page
    sent = form_of(person.get(f"/experiments/{one.pk}/change"))
    said = person.post(f"/experiments/{one.pk}/change", sent | {"question": "One?"}, follow=True)
    assert "The change is saved." in words(said)
    late = sent | {"question": "Another?", "pairs": "12"}
    said = person.post(f"/experiments/{one.pk}/change", late, follow=True)
    assert "The change is saved." not in words(said)
    assert BEGUN_SINCE in words(said)
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


def test_a_day_is_marked_from_the_page_and_one_marked_later_stays_in(
    person: Client, today: date
) -> None:
    one = running()
    address = f"/admin/lifetracker/daymark/add/?date={today}"
    page = person.get(f"/experiments/{one.pk}/")
    assert f'<a href="{address}">Mark the day</a>' in page.content.decode()
    assert f'value="{today}"' in person.get(address).content.decode()
    assert "too late" not in words(page)
    DayMark.objects.create(date=today, kind="sick")
    DayMark.objects.create(date=START, kind="travel")
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "6 June: marked as sick" in page
    assert "1 June: not known, marked as travel too late, and counts" in page
    assert "1 day was marked as illness, travel or holiday only when the outcome" in page


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
    likely = f"{effect['low']:.1f} to {effect['high']:.1f} ms higher"
    found = (
        f"HRV was {effect['estimate']:.1f} ms higher on days of “fast for 17 hours” than on days of"
    )
    assert f"{found} “eat as usual” (likely {likely}). Keep it: you wanted it higher" in page
    assert "What came of it Keep it" in page
    assert f"Likely range {likely}" in page
    assert "By chance alone 3 of 100" in page
    assert "than its days of B, in ms." in page
    assert (
        "the mean difference between the days of A and of B as you lived them; what lasts" in page
    )
    assert "when you rated it" not in page, "it is measured"
    assert "no advice on medicines" in page
    assert "Resting heart rate" in page
    assert answer.content.decode().count('class="f-ink"') == 6
    assert "so many pairs notice a true difference of" in page
    listed = words(person.get("/experiments/"))
    assert found in listed
    assert "seldom brings as much. Keep it" in listed, "the list says the same"


def test_a_result_with_an_unknown_pair(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    one = running()
    live(one, 8, unknown={0, 1})
    later(person, monkeypatch, START + timedelta(days=25))
    finish(one)
    answer = person.get(f"/experiments/{one.pk}/")
    assert "What came of it Not decided" in words(answer)
    assert "Not decided: only 5 pairs of blocks are known, and six are needed" in words(answer)
    assert words(person.get("/experiments/")).count("Not decided") == 2
    assert 'class="unknown-pair"' in answer.content.decode()


def test_what_is_not_tested_says_so_once(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    one = running()
    live(one, 8)
    fast_on(START, 12 if one.arm_on(START) == "a" else 18)
    later(person, monkeypatch, START + timedelta(days=25))
    finish(one)
    answer = person.get(f"/experiments/{one.pk}/")
    assert answer.content.decode().count('<td rowspan="2">not tested</td>') == 1
    assert "By chance alone 3 of 100 Known pairs" in words(answer)


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


def test_today_says_what_tomorrow_asks_for_and_a_day_of_before_does_not(
    person: Client, today: date
) -> None:
    one = running()
    said = tomorrow_words(one, today)
    assert said.startswith("Tomorrow is a day of ")
    assert said in words(person.get("/"))
    assert said in words(person.get("/experiments/"))
    assert "Tomorrow" not in words(person.get("/?day=2026-06-01"))


def test_what_will_hardly_be_decided_is_said_first(person: Client, today: date) -> None:
    """In the plan, where more pairs can help, and while it runs."""
    live(planned(start=today), 0)
    Experiment.objects.all().delete()
    one = planned(worth=2)
    page = words(person.get(f"/experiments/{one.pk}/"))
    told = "if the true difference is the 2 ms that you ask for: only one of about"
    assert f"let it begin. This will most likely end undecided {told}" in page
    assert page.count(told) == 1
    assert page.index(told) < page.index("What it will be able to notice")
    assert "Take more pairs" in page
    assert "It takes 24 days: if it begins today, until 29 June 2026." in page
    person.post(f"/experiments/{one.pk}/start", {"start": today.isoformat()})
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert page.index(told) < page.index("The blocks")
    assert "Take more pairs" not in page
    assert "It takes" not in page


def test_a_plan_says_that_b_may_be_the_same(person: Client) -> None:
    told = "B (“eat as usual”) has no limit"
    half = planned(usual_below=None)
    assert told in words(person.get(f"/experiments/{half.pk}/"))
    for other in (planned(), planned(action="", try_at_least=None, usual_below=None)):
        assert told not in words(person.get(f"/experiments/{other.pk}/"))


def test_a_time_of_day_is_typed_as_on_a_clock(person: Client) -> None:
    for back in range(1, 30):
        day = START - timedelta(days=back)
        eat(at_hour(day, 20) + timedelta(minutes=30), kcal=500)
        complete(day)
    seen = {"action": "nutrition.last_meal", "outcome": "whoop.hrv", "difference": "-5.7"}
    page = person.get("/experiments/new", seen)
    sent = form_of(page)
    assert (sent["try_words"], sent["try_below"]) == ("Last meal: before 20:30", "20:30")
    assert "Filled in from the insight: half of the difference" in words(page)
    assert "Filled in" not in words(person.get("/experiments/new"))
    for typed, hour in (
        ("20:30", 20.5),
        ("9 pm", 21),
        ("12:15 am", 0.25),
        ("22", 22),
        ("7h05 p.m.", 19 + 5 / 60),
    ):
        person.post("/experiments/new", sent | {"try_below": typed})
        assert Experiment.objects.latest("pk").try_below == pytest.approx(hour), typed
    number = Experiment.objects.count()
    for typed in ("20.5", "25:00", "13 pm", "0 am", "late", "90 min"):
        refused = person.post("/experiments/new", sent | {"try_below": typed})
        assert "Enter a time of day, such as 22:30." in words(refused), typed
    assert Experiment.objects.count() == number


def test_of_a_metric_that_was_deleted_no_page_tells_the_key(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one that was deleted for good, not even its name is known."""
    one = ended("own.4", checked_by="own.5", beside="own.6")
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "A metric that was deleted was 1.2 higher on days of" in page
    for path in (f"/experiments/{one.pk}/", "/experiments/", "/search/?q=long+fast"):
        assert "own." not in words(person.get(path))


def test_of_a_metric_that_was_deleted_its_name_and_unit_stay(person: Client) -> None:
    iron = OwnMetric.objects.create(name="Iron", unit="µg/l")
    walks = makers.behaviour("Walks", kind="amount")
    shop = Project.objects.create(name="Shop")
    keys = [key_of(iron.pk), f"journal.{walks.pk}", f"projects.{shop.pk}.hours"]
    one = ended(keys[0], checked_by=keys[1], beside=keys[2])
    for each in (iron, walks, shop):
        each.mark_deleted()
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "Iron (deleted) was 1.2 µg/l higher on days of" in page
    assert "Checked by Walks (deleted)" in page
    assert "Time on Shop (deleted)" in page
    plan = planned(outcome=keys[0], action=keys[1], secondary=[keys[2]])
    form = words(person.get(f"/experiments/{plan.pk}/change"))
    assert all(f"{name} (deleted)" in form for name in ("Iron", "Walks", "Time on Shop"))
    assert not any(key in form for key in keys)


def test_a_plan_offers_no_metric_that_was_deleted_as_a_day(person: Client) -> None:
    form = words(person.get(f"/experiments/{planned().pk}/change"))
    assert "Automatic the same day the day after" in form
    assert "A metric that was deleted" not in form


def test_the_plan_says_what_is_held_back(person: Client) -> None:
    held = "Insights leave out what goes with the metric that checks your days."
    unheld = planned(action="", try_at_least=None, usual_below=None)
    assert held in words(person.get(f"/experiments/{planned().pk}/"))
    assert held not in words(person.get(f"/experiments/{unheld.pk}/"))


def test_a_deleted_one_comes_back(person: Client) -> None:
    one = running()
    assert "To delete it is to stop it" in words(person.get(f"/experiments/{one.pk}/"))
    person.post(f"/experiments/{one.pk}/delete")
    assert one.question not in words(person.get("/experiments/"))
    assert one.question in words(person.get("/experiments/?show=deleted"))
    said = words(person.get(f"/experiments/{one.pk}/", follow=True))
    assert "was deleted" in said
    assert "it comes back as stopped" in said
    person.post(f"/experiments/{one.pk}/restore")
    assert one.question in words(person.get("/experiments/"))
    assert "It was deleted while it ran." in words(person.get(f"/experiments/{one.pk}/"))


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


def test_a_result_asks_once_for_each_metric_of_its_own(
    person: Client, django_assert_max_num_queries: Any
) -> None:
    mood, wine, calm = (
        key_of(OwnMetric.objects.create(name=one).pk) for one in ("Mood", "Wine", "Calm")
    )
    one = ended(mood, checked_by=wine, beside=calm)
    with django_assert_max_num_queries(14):
        page = words(person.get(f"/experiments/{one.pk}/"))
    assert "Mood was 1.2 higher" in page


def test_the_form_says_the_unit_of_each_metric_and_the_title_of_each_domain(person: Client) -> None:
    text = words(person.get("/experiments/new"))
    assert "HRV (ms)" in text
    assert "Steps" in text
    page = unescape(person.get("/experiments/new").content.decode())
    assert 'label="Apple Health"' in page
    assert '_health"' not in page.casefold()
    assert [one in text for one in ("---------", "Automatic", "Not checked")] == [False, True, True]


def test_a_day_that_nothing_judges_is_not_checked_and_not_unknown(person: Client) -> None:
    one = running(action="", try_at_least=None, usual_below=None)
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "2 June: not checked" in page
    assert "Whether you keep to it is not checked." in page
    assert "not known" not in page
    half = running(usual_below=None)
    page = words(person.get(f"/experiments/{half.pk}/"))
    assert "Days of B are not checked." in page
    assert "B is kept not checked" in page


def test_many_days_that_were_not_kept_are_said(person: Client) -> None:
    one = running()
    for back in range(5):
        fast_on(START + timedelta(days=back), 12)
    page = words(person.get(f"/experiments/{one.pk}/"))
    days = sum(one.arm_on(START + timedelta(days=back)) == "a" for back in range(5))
    said = "(“fast for 17 hours”) that count so far you did not keep to it"
    assert f"On {days} of the {days} days of A {said}. These days stay in" in page
    assert "days of B (“eat as usual”)" not in page
    last_of_a = max(day for at in range(5) if one.arm_on(day := START + timedelta(days=at)) == "a")
    FastingPeriod.objects.filter(date=last_of_a).delete()
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert f"On {days - 1} of the {days} days of A {said}, and of 1 it is not known." in page


def test_days_that_do_not_count_are_none_that_were_not_kept(person: Client) -> None:
    """On the first of each block, and before a mark that was made in time, nobody has to keep to anything."""
    one = running(block_days=3, washout_days=1, seed=1)
    assert [one.arm_on(START + timedelta(days=at)) for at in range(3)] == ["a"] * 3
    for back in range(3):
        fast_on(START + timedelta(days=back), 12)
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "On 2 of the 2 days of A (“fast for 17 hours”) that count so far" in page
    DayMark.objects.create(
        date=START + timedelta(days=3), kind="travel", confirmed_at=midnight(START)
    )
    page = words(person.get(f"/experiments/{one.pk}/"))
    assert "that count so far" not in page, "the outcome of the third day is that of a marked one"
    assert "3 June: not kept, does not count: the day of its outcome is marked" in page
    assert "Round days do not count" in page


def test_an_answer_of_yes_or_no_judges_a_day(person: Client) -> None:
    behaviour = makers.behaviour("Alcohol")
    key = f"journal.{behaviour.pk}"
    limits = {"try_at_least": "", "usual_below": "", "action": key}
    neither = person.post("/experiments/new", PLAN | limits)
    assert "Say with which answer days of A, or of B, are kept." in words(neither)
    same = person.post(
        "/experiments/new", PLAN | limits | {"try_answer": "no", "usual_answer": "no"}
    )
    assert "Choose the other answer" in words(same)
    assert same.content.decode().count('class="field-error"') == 1
    person.post("/experiments/new", PLAN | limits | {"try_answer": "no"})
    one = Experiment.objects.get()
    assert (one.try_at_least, one.try_below, one.usual_at_least, one.usual_below) == (
        None,
        1,
        None,
        None,
    )
    assert "A is kept if it is no" in words(person.get(f"/experiments/{one.pk}/"))
    page = person.get(f"/experiments/{one.pk}/change")
    assert '<option value="no" selected>No</option>' in page.content.decode()
    sent = form_of(page)
    person.post(f"/experiments/{one.pk}/change", sent | {"try_answer": "yes", "usual_answer": "no"})
    one.refresh_from_db()
    assert (one.try_at_least, one.try_below, one.usual_below) == (1, None, 1)


def test_a_difference_that_was_seen_fills_in_the_plan(person: Client) -> None:
    behaviour = makers.behaviour("Alcohol")
    seen = {
        "action": f"journal.{behaviour.pk}",
        "outcome": "whoop.recovery_score",
        "difference": "-11.24",
    }
    page = person.get("/experiments/new", seen)
    sent = form_of(page)
    assert sent["question"] == "Does “Alcohol: no” change my Recovery?"
    assert (sent["try_words"], sent["usual_words"]) == ("Alcohol: no", "as usual")
    assert (sent["worth"], sent["better"]) == ("11.2", "higher")
    assert (sent["try_answer"], sent["usual_answer"]) == ("no", "")
    assert person.post("/experiments/new", sent).status_code == 302
    one = Experiment.objects.get()
    assert (one.worth, one.try_below) == (11.2, 1)
    # Of a lower heart rate one is glad, and a fast from its usual length on is one of A.
    for back in range(1, 30):
        fast_on(START - timedelta(days=back), 12 + back % 5)
    longer = {
        "action": "fasting.longest",
        "outcome": "whoop.resting_heart_rate",
        "difference": "-1.5",
    }
    sent = form_of(person.get("/experiments/new", longer))
    assert (sent["try_words"], sent["usual_words"]) == (
        "Longest fast: 14 h or more",
        "Longest fast: less than 14 h",
    )
    assert (sent["try_at_least"], sent["usual_below"], sent["better"]) == ("14", "14", "lower")
    assert person.post("/experiments/new", sent).status_code == 302


@pytest.mark.parametrize("difference", ["much", "nan", "inf", "0", ""])
def test_an_address_that_says_nothing_of_use_fills_in_what_it_can(
    person: Client, difference: str
) -> None:
    asked = {"question": "Why?", "action": "fasting.longest", "outcome": "whoop.gone"}
    page = person.get("/experiments/new", asked | {"difference": difference})
    assert page.status_code == 200
    assert 'value="Why?"' in page.content.decode()


def test_what_is_over_cannot_be_thrown_away(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = running()
    for days, can_be in ((23, True), (24, False), (26, False)):
        later(person, monkeypatch, START + timedelta(days=days))
        assert ("Stop early" in words(person.get(f"/experiments/{one.pk}/"))) is can_be

"""The page of insights, its card on Today, and the same as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from insights.chart import dot_plot, halves_words
from insights.groups import Group, groups_alone, groups_of
from insights.hiding import hide_with_hidden
from insights.models import Finding, InsightRun
from insights.page_words import instead_words, line_words, worth_knowing
from insights.sentences import amount, bound_words, sentence, state_words, when
from insights.tools import group_facts
from lifetracker.metrics.registry import metric_of
from lifetracker.metrics.verified import Verified
from tests import makers
from tests.insights.conftest import NOW, text

pytestmark = pytest.mark.django_db
SAID = (
    "Bedtime 30 minutes later: your recovery the next morning was 3 points lower on average (likely between 1 and 5 points), "
    "comparing days of the same weekday and season."
)


def points(count: int = 60) -> list[list[Any]]:
    day = NOW.date()
    return [
        [str(day - timedelta(days=number)), 22 + number / 20, 70 - number / 3]
        for number in range(count)
    ]


def test_before_the_first_look(page: Client) -> None:
    said = text(page)
    assert "Your days have not been looked at yet." in said
    assert "A first look needs 120 days" in said
    assert f'<a href="{reverse("experiment-new")}">plan an experiment</a>' in said
    assert "data-key" in said


def test_too_few_days(page: Client) -> None:
    InsightRun.objects.create(
        last_day=NOW.date(),
        version=1,
        seed=1,
        tested=0,
        found=0,
        confirmed=0,
        withdrawn=0,
        left_out={"weight.kg": 31},
    )
    said = text(page)
    assert "There are too few days to test anything yet." in said
    assert "A first look needs 120 days" in said
    assert "The longest series has 31 known days." in said


def test_a_finding_with_its_size_days_and_limits(page: Client) -> None:
    makers.finding(points=points())
    said = text(page)
    assert "1 pair goes together in your days.<" in said
    assert "420 comparisons were made." in said
    assert "again in newer ones that had not been used to find it" in said
    assert said.count("in 95 of 100 such cases") == 1, "what a range means is said once"
    assert SAID in said
    assert "51 days later than usual, 57 earlier." in said
    assert "It does not say that one causes the other" in said
    assert said.count("<circle") == 60
    assert "seen again, 3 points lower, 108 days." in said
    assert reverse("insight-hide", args=[Finding.objects.get().pk]) in said


@pytest.mark.parametrize(
    "fields", [{"state": "candidate"}, {"state": "not confirmed"}, {"is_large": False}]
)
def test_what_may_not_be_said_is_nowhere(page: Client, fields: dict[str, Any]) -> None:
    makers.finding(**fields)
    assert SAID not in text(page)
    assert SAID not in text(page, "home")
    assert page.get("/api/insights").json()["insights"] == []
    pk = Finding.objects.get().pk
    assert page.post(reverse("insight-hide", args=[pk])).status_code == 404
    assert page.post(f"/api/insights/{pk}/hide").status_code == 404


def test_what_was_once_said_stays_listed(page: Client) -> None:
    makers.finding(state="withdrawn")
    said = text(page)
    assert "Nothing goes together in your days so surely that it may be said." in said
    assert "What we once said" in said
    assert SAID in said
    answer = page.get("/api/insights").json()
    assert answer["insights"] == []
    assert [one["text"] for one in answer["once_said"]] == [SAID]


def test_what_is_one_thing_in_several_numbers_is_told_once(page: Client) -> None:
    sure = {"effect": -2.04, "low": -2.5, "high": -1.58, "unit": "ms", "lag": 1}
    load = {
        "action": "workouts.load",
        "action_name": "Training load",
        "step_words": "50 points higher",
    }
    hrv = {"outcome": "whoop.hrv", "outcome_name": "HRV"}
    told = makers.finding(**sure, **load, **hrv)
    makers.finding(action="workouts.minutes", action_name="Workout time", **hrv, unit="ms")
    makers.finding(action="workouts.trained", action_name="Trained", is_yes_no=True, lag=1)
    makers.finding(action="whoop.bedtime", **hrv, unit="ms")
    said = text(page)
    assert "2 pairs go together" in said
    assert said.count("Try an experiment") == 2
    assert (
        "Could just as well be: workout time and “Trained”. Your days cannot tell them apart."
        in said
    )
    assert "Seen in recovery, too." in said
    assert "The others in numbers (2)" in said
    assert "was 2.0 ms lower on average (likely between 1.6 and 2.5 ms), comparing" in said
    asked = "action=workouts.load&amp;outcome=whoop.hrv&amp;difference=-2.0"
    assert f"{reverse('experiment-new')}?{asked}" in said
    page.post(reverse("insight-hide", args=[told.pk]))
    assert "1 pair goes together" in text(page), "what is hidden hides the same in other numbers"


def test_actions_on_the_same_days_cannot_be_told_apart(db: None) -> None:
    def drawn(*values: float) -> list[list[Any]]:
        return [[f"{NOW.date() - timedelta(days=at)}", x, 60.0] for at, x in enumerate(values)]

    strain = [float(at * 7 % 11) for at in range(60)]
    eaten = [2000 + 50 * x + at * 3 % 5 for at, x in enumerate(strain)]
    other = [float(at % 2) for at in range(60)]
    makers.finding(action="whoop.strain", points=drawn(*strain))
    makers.finding(action="nutrition.kcal", points=drawn(*eaten), low=-9.0)
    makers.finding(action="own.999", points=drawn(*other), low=-8.0)
    makers.finding(action="own.998", points=drawn(*([1.0] * 60)), low=-8.5)
    groups = groups_of(Finding.objects.all())
    assert [one.strongest.action for one in groups] == ["whoop.strain", "own.999", "own.998"]
    assert [other.action for other in groups[0].others] == ["nutrition.kcal"]


def test_hiding_and_undoing(page: Client) -> None:
    finding = makers.finding()
    address = reverse("insight-hide", args=[finding.pk])
    said = page.post(address, follow=True).text
    undo = reverse("insight-unhide", args=[finding.pk])
    assert said.count(f'action="{undo}"') == 2, "beside the message, and in the list of hidden ones"
    assert page.get("/api/insights").json()["insights"] == []
    assert SAID not in text(page, "home")
    page.post(undo)
    assert [one["text"] for one in page.get("/api/insights").json()["insights"]] == [SAID]
    assert page.get(address).status_code == 405


def alike(number: int, **fields: Any) -> Finding:
    """One of several findings that are one thing: of what is one action in other numbers, with HRV."""
    load = {"action": f"workouts.{('load', 'minutes', 'count')[number]}", "outcome": "whoop.hrv"}
    return makers.finding(**load, action_name=f"Load {number}", low=-5.0 + number / 10, **fields)


def test_what_it_could_just_as_well_be_is_said_everywhere(page: Client) -> None:
    told, other, apart = alike(1), alike(0), makers.finding(4, effect=None, low=None, high=None)
    clause = "weekday and season. Could just as well be: load 0.</p>"
    assert clause in text(page, "home")
    listed = page.get("/api/insights").json()["insights"]
    named = {one["id"]: one["could_just_as_well_be"] for one in listed}
    names = {"action_name": "Load 0", "outcome_name": "Recovery"}
    keys = {"action": "workouts.load", "outcome": "whoop.hrv"}
    assert named[told.pk] == [{"id": other.pk, **keys, **names}]
    assert [one["action"] for one in named[other.pk]] == ["workouts.minutes"]
    assert named[apart.pk] == []
    answer = page.post(f"/api/insights/{told.pk}/hide").json()
    assert answer["could_just_as_well_be"] == named[told.pk]
    # What is hidden is named nowhere.
    assert "Could just as well be" not in text(page, "home")


def test_what_is_one_thing_is_the_same_on_the_page_in_the_api_and_for_ai_clients(
    page: Client,
) -> None:
    chance = np.random.default_rng(7)
    load = np.maximum(chance.standard_normal(180), 0)
    trained = (load > 0) * (chance.random(180) < 0.8)
    recovery = -0.9 * load + 0.5 * chance.standard_normal(180)

    def drawn(x: Any) -> list[list[Any]]:
        days = [NOW.date() - timedelta(days=180 - at) for at in range(180)]
        return [[f"{day}", float(a), float(b)] for day, a, b in zip(days, x, recovery, strict=True)]

    told = makers.finding(action="workouts.load", lag=1, low=-3.4, points=drawn(load))
    minutes = {"action": "workouts.minutes", "action_name": "Workout time", "lag": 1}
    along = makers.finding(**minutes, low=-4.0, points=drawn(load))
    hrv = {"outcome": "whoop.hrv", "outcome_name": "HRV", "low": -4.5}
    makers.finding(**minutes, **hrv, points=drawn(load))
    own = makers.finding(action="workouts.load", lag=1, **hrv, points=drawn(load))
    less = {"action": "workouts.trained", "action_name": "Trained", "is_yes_no": True, "lag": 1}
    apart = makers.finding(**less, points=drawn(trained))
    assert (
        "Could just as well be: workout time. Your days cannot tell the two apart. Seen with “Trained”, too, but hardly among "
        "days with the same bedtime. Seen in HRV, too."
    ) in text(page)
    named = {one["id"]: one for one in page.get("/api/insights").json()["insights"]}
    said = ("could_just_as_well_be", "hardly_seen_beside_it", "also_seen_in")

    def ids(pk: int) -> list[list[int]]:
        return [[one["id"] for one in named[pk][name]] for name in said]

    assert ids(told.pk) == [[along.pk], [apart.pk], [own.pk]]
    assert [one["action"] for one in named[own.pk]["could_just_as_well_be"]] == ["workouts.minutes"]
    assert ids(apart.pk) == [[], [], []]
    (facts,) = (group_facts(one, Verified()) for one in groups_of(Finding.objects.all()))
    assert [facts[name] for name in said] == [
        ["workouts.minutes with whoop.recovery_score"],
        ["workouts.trained with whoop.recovery_score"],
        ["workouts.load with whoop.hrv"],
    ]


def test_what_is_told_is_named_by_those_it_could_be(db: None) -> None:
    sure, told, third = alike(2), alike(1), alike(0)
    apart = makers.finding(4)
    groups = groups_alone([sure, told, third, apart])
    assert groups[sure.pk].others == [told, third]
    assert groups[told.pk].others == [sure, third]
    assert groups[apart.pk].others == []


def test_what_is_hidden_is_hidden_everywhere(page: Client) -> None:
    told, other = alike(0), alike(1)
    apart = makers.finding(4)
    page.post(reverse("insight-hide", args=[told.pk]))
    for said in (text(page, "home"), page.get("/api/insights").text):
        assert "Load" not in said
    assert apart.action_name in said
    assert "And 1 more that could just as well be it." in text(page)
    page.post(reverse("insight-unhide", args=[told.pk]))
    assert not Finding.objects.filter(hidden_at__isnull=False).exists()
    page.post(f"/api/insights/{other.pk}/hide")
    assert set(Finding.objects.visible()) == {apart}


def test_what_is_confirmed_later_and_one_thing_with_what_is_hidden_is_hidden(db: None) -> None:
    alike(0, hidden_at=NOW)
    later, apart = alike(1), makers.finding(4)
    assert hide_with_hidden(InsightRun.objects.get()) == 1
    later.refresh_from_db()
    assert later.hidden_at
    assert set(Finding.objects.visible()) == {apart}


def test_a_straight_line_is_called_one_and_a_larger_step_named(page: Client) -> None:
    line = "A straight line through all days: it need not be the same everywhere."
    last_meal = {"action": "nutrition.last_meal", "action_name": "Last meal"}
    told = makers.finding(**last_meal, step_words="1 hour later", effect=-6.0, low=-7.0, high=-5.0)
    said = text(page)
    assert f'<p class="note">{line}</p>' in said
    late = {"action": "nutrition.late_meal", "action_name": "Late meal", "is_yes_no": True}
    step = makers.finding(**late, effect=-10.2, low=-13.0, high=-7.0)
    assert f"{line} “Late meal” answered yes: 10 points lower." in text(page)
    assert line not in text(page, "home")
    step.effect = -5.0
    assert line_words(Group(told, [step])) == line, "none that is smaller"
    assert line_words(Group(step, [told])) == "", "it is the days with yes"


def test_parts_of_one_sum_are_one_thing(db: None) -> None:
    makers.finding(action="nutrition.fat")
    makers.finding(action="nutrition.carbohydrate")
    makers.finding(action="nutrition.caffeine_mg")
    assert [len(one.others) for one in groups_of(Finding.objects.all())] == [1, 0]


def test_how_many_there_are(page: Client) -> None:
    one = makers.finding(state="fading")
    assert "1 pair went together in your days, and fades." in text(page)
    two = makers.finding(2)
    assert "1 pair goes together in your days, and 1 more fades." in text(page)
    one.state = "holding"
    one.save()
    assert "2 pairs go together in your days.<" in text(page)
    page.post(reverse("insight-hide", args=[one.pk]))
    said = text(page)
    assert "1 pair goes together in your days.<" in said
    assert "You have hidden 1 more." in said
    page.post(reverse("insight-hide", args=[two.pk]))
    said = text(page)
    assert "You have hidden all 2 pairs that go together in your days." in said
    two.delete()
    assert "You have hidden the only pair that goes together in your days." in text(page)


def test_the_card_of_today_hides_and_leads_on(page: Client) -> None:
    one = makers.finding()
    said = text(page, "home")
    assert f'href="{reverse("insights")}#insight-{one.pk}"' in said
    assert f'id="insight-{one.pk}"' in text(page)
    assert "action=whoop.bedtime&amp;outcome=whoop.recovery_score&amp;difference=-3.2" in said
    address = reverse("insight-hide", args=[one.pk])
    assert f'action="{address}"' in said
    assert page.post(address, {"next": "/"}).url == "/"
    assert "Newly confirmed" not in text(page, "home")


def test_the_card_of_today_is_there_on_the_day_after_a_look(page: Client) -> None:
    makers.finding()
    assert "Newly confirmed" in text(page, "home")
    InsightRun.objects.update(last_day=NOW.date() - timedelta(days=2))
    assert "Newly confirmed" not in text(page, "home")


def test_many_cost_as_many_statements(page: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(page)
        return len(queries)

    # Of metrics that are declared, because one of the journal is read for its name.
    actions = ["whoop.bedtime", "whoop.waking_time", "whoop.steps", "nutrition.kcal"]
    for number, action in enumerate(actions[:2]):
        makers.finding(number + 1, action=action)
    few = cost()
    for number, action in enumerate(actions[2:]):
        makers.finding(number + 3, action=action)
    assert cost() == few


# --- Words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "said"),
    [
        (-3.2, "%", 0, "3 points"),
        (0.4, "ms", 0, "0.4 ms"),
        (1.2, "ms", 0, "1.2 ms"),
        (0.25, "h", 0, "15 min"),
        (0.004, "h", 0, "0.2 min"),
        (1234.0, "kcal", 0, "1,234 kcal"),
        (2.0, "of 5", 1, "2.0 points"),
    ],
)
def test_amounts(value: float, unit: str, decimals: int, said: str) -> None:
    assert amount(value, unit, decimals) == said


@pytest.mark.parametrize(
    ("action", "outcome", "lag", "said"),
    [
        ("whoop.bedtime", "whoop.hrv", 0, "the next morning"),
        ("whoop.bedtime", "whoop.hrv", 1, "two mornings later"),
        ("whoop.steps", "whoop.hrv", 1, "the next morning"),
        ("whoop.sleep_hours", "time.deep_hours", 0, "that day"),
        ("whoop.steps", "github.commits", 2, "two days later"),
    ],
)
def test_when(action: str, outcome: str, lag: int, said: str) -> None:
    assert when(metric_of(action), metric_of(outcome), lag) == said


@pytest.mark.parametrize(("effect", "worth"), [(-14.0, -7.0), (6.0, 5.0), (-3.2, -3.2)])
def test_an_experiment_is_asked_for_a_part_of_the_effect(effect: float, worth: float) -> None:
    """Five points of recovery are what matters."""
    assert worth_knowing(effect, "whoop.recovery_score") == worth
    assert worth_knowing(effect, "own.999") == effect / 2


def test_what_fits_the_days_where_no_difference_was_seen() -> None:
    bound = {
        "action": "whoop.steps",
        "outcome": "whoop.hrv",
        "lag": 1,
        "days": 1412,
        "step_words": "500 more",
    }
    said = bound_words(bound | {"low": -1.2, "high": 6.1})
    assert said == (
        "Steps and HRV the next morning: no difference was seen in your 1,412 days. For 500 more, by a straight line, anything "
        "between 1 ms lower and 6 ms higher fits them."
    )
    little = {"low": -0.01, "high": 0.3}
    ends = "between 0.0 ms lower and 0.3 ms higher fits them"
    assert bound_words(bound | little).endswith(f"{ends}."), "as looks before kept it"
    assert bound_words(bound | little | {"over_span": 2.0}).endswith(f"{ends}.")
    assert bound_words(bound | little | {"over_span": 1.9}).endswith(
        f"{ends}. Over the middle nine tenths of your days it is less than 2 ms, the least that is shown."
    )
    counted = bound_words(bound | {"outcome": "github.commits", "low": -3, "high": 3})
    assert "between 3 fewer and 3 more fits" in counted
    sleep = {"outcome": "whoop.sleep_hours", "low": -0.004, "high": 0.018, "over_span": 0.2}
    said = bound_words(bound | sleep)
    assert "between 0.2 min shorter and 1.1 min longer fits them. Over" in said
    assert said.endswith("it is less than 15 min, the least that is shown.")
    assert bound_words(bound | {"outcome": "own.999", "low": -3, "high": 3}) == ""


def test_what_fits_the_days_of_a_yes_or_no_and_of_an_own_metric(db: None) -> None:
    fits = {"lag": 1, "days": 300, "low": -0.3, "high": 1.4}
    late = {"action": "nutrition.late_meal", "step_words": ""}
    assert bound_words({**fits, **late, "outcome": "whoop.hrv"}) == (
        "“Late meal” answered yes, HRV the next morning: no difference was seen in your 300 days. Anything between 0.3 ms lower "
        "and 1.4 ms higher fits them: less than 2 ms, the least that is shown."
    )
    own = makers.own_metric("Energy")
    said = bound_words({**fits, **late, "outcome": f"own.{own.pk}", "high": 0.4, "over_span": 0.4})
    assert said.endswith("fits them."), "nobody knows what matters in it"


def test_what_cannot_be_tested_any_more_is_not_said_to_hold(page: Client) -> None:
    day = NOW.date()
    finding = makers.finding(state="holding", tested_on=day - timedelta(days=42))
    finding.confirmed_on = day - timedelta(days=400)
    assert state_words(finding).startswith("The newest 120 days still show it. Last tested")
    finding.tested_on = day - timedelta(days=43)
    assert "too few days are known to test it again. Last tested with" in state_words(finding)


def test_what_is_nothing_beside_a_surer_habit_is_named_as_that() -> None:
    surer = makers.finding(points=points())
    other = makers.finding(action="nutrition.fat", action_name="Fat")
    said = instead_words(Group(surer, [other], [other]))
    assert said == "Seen with fat, too, but hardly among days with the same bedtime."


def test_a_metric_that_is_gone_keeps_its_words() -> None:
    finding = makers.finding(action="own.999", action_name="Coffee", step_words="1 cup more")
    assert sentence(finding).startswith(
        "Coffee 1 cup more: your recovery that morning was 3 points"
    )


def test_both_halves_are_as_many_days_as_were_counted() -> None:
    said = halves_words(makers.finding(points=points(60), more_days=20, other_days=40, days=60))
    assert "40 days earlier than usual (22:58 on average): recovery" in said
    assert "20 days later than usual (00:28 on average): recovery" in said
    assert said.endswith("The size that is given is for 30 minutes later.")


def test_yes_and_no_stand_apart_in_the_chart() -> None:
    days = [[str(NOW.date()), float(number % 2), 60.0 + number] for number in range(20)]
    drawn = dot_plot(makers.finding(is_yes_no=True, points=days))
    assert drawn.count("<circle") == 20
    assert drawn.count('class="half"') == 2
    assert (
        "Of the newest 20 of 108 days: 10 days with no: recovery 69.0 % on average; 10 days with yes: recovery 70.0 % on"
        in drawn
    )
    assert all(f">{one}</text>" in drawn for one in ("no", "yes", "65", "Recovery, %"))
    assert dot_plot(makers.finding(1)) == ""


def test_who_hides_the_card_of_today_sees_no_other_one_before_the_next_look(page: Client) -> None:
    surest, next_one = makers.finding(low=-4.0), makers.finding(2, action_name="Late meal")
    InsightRun.objects.update(started_at=NOW - timedelta(hours=1))
    page.post(reverse("insight-hide", args=[next_one.pk]))
    assert SAID[:27] in text(page, "home"), "it was another one that was hidden"
    page.post(reverse("insight-unhide", args=[next_one.pk]))
    page.post(reverse("insight-hide", args=[surest.pk]))
    said = text(page, "home")
    assert "Late meal" not in said
    assert SAID[:27] not in said
    page.post(reverse("insight-unhide", args=[surest.pk]))
    assert SAID[:27] in text(page, "home")
    # What the look itself has hidden was on no card.
    surest.refresh_from_db()
    makers.finding(action="whoop.sleep_onset", hidden_at=NOW - timedelta(days=9), low=-9.0)
    InsightRun.objects.update(started_at=NOW + timedelta(hours=1))
    Finding.objects.filter(pk=surest.pk).update(hidden_at=NOW + timedelta(hours=1))
    assert "Late meal" in text(page, "home")


def test_the_card_of_today_says_the_surest(page: Client) -> None:
    makers.finding(low=-6.4, high=0.0)
    makers.finding(action="whoop.steps", action_name="Steps", low=-4.0, high=-2.4)
    makers.finding(action="nutrition.kcal", action_name="Energy", effect=None, low=None, high=None)
    said = text(page, "home")
    assert "Steps 30 minutes later: your recovery" in said
    assert "Bedtime 30 minutes later" not in said

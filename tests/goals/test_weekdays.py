"""Goals for some days of the week: other days ask for nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goals.card_words import target_words
from goals.changes import lines_of, wanted_of
from goals.course_chart import line_on
from goals.models import Goal
from goals.plan import Direction, Kind, Per, Plan, Rule, Span
from goals.progress import ANOTHER_WEEKDAY, Status, past_of
from goals.reading import Standing
from goals.row_words import hard_of
from goals.tally import Measured, Tally
from goals.weekdays import check_weekdays, stored_as, weekday_words, weekdays_of
from nutrition.targets import targets_between
from tests import makers
from tests.goals.test_admin import FORM, made, page_of
from tests.goals.test_api import JSON, make, progress
from tests.goals.test_examples import MONDAY, START, SUNDAY, WEDNESDAY, plan, stand
from tests.goals.test_pages import WISH

WORKDAYS = frozenset(range(5))
FRIDAY, SATURDAY = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)


def daily(target: float = 8, **values: Any) -> Plan:
    return plan(target=target, per=Per.DAY, **{"weekdays": WORKDAYS} | values)


def limit(target: float = 2200, **values: Any) -> Plan:
    return daily(target, direction=Direction.AT_MOST, **values)


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("12345", "Mon-Fri"),
        ("67", "Sat and Sun"),
        ("1", "Mon"),
        ("135", "Mon, Wed and Fri"),
        ("1235", "Mon-Wed and Fri"),
        ("12567", "Mon, Tue and Fri-Sun"),
        ("123456", "Mon-Sat"),
        ("", ""),
        ("1234567", ""),
    ],
)
def test_days_of_the_week_are_said_in_short(stored: str, words: str) -> None:
    assert weekday_words(weekdays_of(stored)) == words


def test_days_are_stored_in_their_order() -> None:
    assert stored_as(["5", "1", "1"]) == "15"
    assert stored_as("7654321") == ""
    for wrong in ("21", "8", "11", "mon", "1,2"):
        with pytest.raises(ValidationError, match="such as 12345 for Monday to Friday"):
            check_weekdays(wrong)


@pytest.mark.parametrize(
    ("goal", "unit", "words"),
    [
        (limit(), "kcal", "at most 2,200 kcal a day on Mon-Fri"),
        (daily(), "h", "8 h a day on Mon-Fri"),
        (daily(7.5, kind=Kind.MEAN), "h", "7 h 30 a day on Mon-Fri"),
        (daily(weekdays=frozenset()), "h", "8 h a day"),
    ],
)
def test_a_target_names_its_days(goal: Plan, unit: str, words: str) -> None:
    found = stand(goal, WEDNESDAY, [1.0] * 60)
    assert target_words(goal, found, unit) == words
    assert lines_of(goal, found, unit, [START])[0].words == words


def test_a_counted_day_names_its_days() -> None:
    goal = daily(1, kind=Kind.DAYS, rules=(Rule(START, 1, None, 3.0),))
    found = stand(goal, WEDNESDAY, [4.0] * 60)
    standing = Standing(Goal(name="Focus", unit="days"), goal, found, False, {})
    assert wanted_of(standing, "h") == "each day on Mon-Fri 3 h or more"


# --- Where it stands ------------------------------------------------------------------------------


@pytest.mark.parametrize("goal", [daily(), limit(8), daily(kind=Kind.MEAN)], ids=str)
def test_another_day_of_the_week_asks_for_nothing(goal: Plan) -> None:
    found = stand(goal, SATURDAY, [9.0] * 60)
    assert (found.status, found.reason) == (Status.FREE, ANOTHER_WEEKDAY)


def test_a_day_that_is_set_free_says_so() -> None:
    found = stand(daily(free=(Span(MONDAY, SUNDAY),)), WEDNESDAY, [9.0] * 60)
    assert (found.status, found.reason) == (Status.FREE, "The whole period is free.")


def test_a_day_of_the_week_asks_for_all_of_it() -> None:
    found = stand(daily(), WEDNESDAY, [*[8.0] * 59, 5.0])
    assert (found.value, found.target, found.due_today) == (5, 8, 3)
    assert found.known_days == 1


def test_what_is_due_next_is_due_on_the_next_of_its_days() -> None:
    found = stand(daily(), FRIDAY, [8.0] * 60)
    assert found.status is Status.REACHED
    assert found.slack_days == 2
    assert found.next_due
    assert (found.next_due.day, found.next_due.amount) == (MONDAY + timedelta(days=7), 8)
    standing = Standing(Goal(name="Work", unit="h"), daily(), found, False, {})
    assert " ".join(hard_of(standing)) == "Nothing until Monday"
    every = daily(weekdays=frozenset())
    standing = Standing(
        Goal(name="Work", unit="h"), every, stand(every, FRIDAY, [8.0] * 60), False, {}
    )
    assert " ".join(hard_of(standing)) == "Nothing until tomorrow"


def test_the_usual_rate_is_that_of_its_days() -> None:
    """On weekends it is nine times as much, which says nothing of a Wednesday."""
    first = WEDNESDAY - timedelta(days=59)
    eaten = [1000.0 if (first + timedelta(days=at)).weekday() < 5 else 9000.0 for at in range(59)]
    found = stand(limit(), WEDNESDAY, [*eaten, 0.0])
    assert (found.budget_left, found.slack_days) == (2200, 2)


def test_earlier_days_of_the_week_are_no_periods_of_it() -> None:
    goal = limit()
    tally = Tally(goal, Measured(MONDAY, [2000.0, 2300.0, 2000, 2000, 2000, 5000, 5000]), SUNDAY)
    days = [MONDAY + timedelta(days=at) for at in range(7)]
    found = [past_of(goal, tally, Span(day, day), None) for day in days]
    assert [one and one.is_reached for one in found] == [True, False, True, True, True, None, None]


def test_a_goal_that_ends_on_another_day_ended_on_its_last_one() -> None:
    goal = daily(end=SUNDAY)
    assert goal.last_day == FRIDAY
    assert daily(end=WEDNESDAY).last_day == WEDNESDAY
    assert daily(start=SATURDAY, end=SUNDAY).last_day == SATURDAY
    found = stand(goal, SUNDAY, [8.0] * 60)
    assert (found.day, found.status) == (FRIDAY, Status.REACHED)


def test_the_chart_has_no_line_on_other_days() -> None:
    goal = limit(free=(Span(MONDAY, MONDAY),))
    days = [FRIDAY, SATURDAY, SUNDAY, MONDAY]
    assert [line_on(goal, day) for day in days] == [2200, None, None, 0]
    assert [goal.is_set_free(day) for day in days] == [False, False, False, True]


# --- What is typed in -----------------------------------------------------------------------------

DAILY = {"per": "day", "target": 6}


def chosen_in(html: str) -> int:
    """Return how many days of the week are chosen on a page."""
    return len(re.findall(r'name="weekdays"[^>]* checked', html))


@pytest.mark.django_db
def test_the_api_takes_days_of_the_week(person: Client) -> None:
    goal = make(person, **DAILY, weekdays="12345")
    assert goal["weekdays"] == "12345"
    assert make(person, **DAILY)["weekdays"] == ""
    weekend = make(person, **DAILY, weekdays="67")
    found = progress(person, weekend)
    assert (found["status"], found["reason"]) == ("free", ANOTHER_WEEKDAY)
    refused = person.patch(f"/api/goals/{goal['id']}", {"weekdays": "1"}, JSON)
    assert "Create another goal instead." in refused.json()["weekdays"][0]
    assert person.patch(f"/api/goals/{goal['id']}", {"target": 7}, JSON).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"weekdays": "12345"}, "Only a goal for each day has days of the week."),
        (DAILY | {"weekdays": "51"}, "Enter days of the week in order"),
        (DAILY | {"weekdays": "12345678"}, "no more than 7 characters"),
    ],
    ids=str,
)
def test_the_api_says_what_is_wrong(person: Client, values: dict[str, Any], words: str) -> None:
    body = {"name": "Work", "metric": "time.hours", "kind": "total", "per": "week", "target": 6}
    answer = person.post("/api/goals", body | values, JSON)
    assert answer.status_code == 400
    assert any(words in text for text in answer.json()["weekdays"])


@pytest.mark.django_db
def test_the_sentence_takes_days_of_the_week(person: Client) -> None:
    wish = WISH | {"how": "total.day", "amount": "6", "weekdays": ["5", "1"]}
    look = person.post("/goals/new", wish | {"look": "yes"}).text
    assert chosen_in(look) == 2
    assert "You did that in" in look or "How often you did that" in look
    person.post("/goals/new", wish)
    goal = Goal.objects.get()
    assert goal.weekdays == "15"
    assert (
        "a day on Mon and Fri" in person.get("/goals/").text + person.get("/goals/?show=free").text
    )
    assert "weekdays" not in person.get("/goals/new?how=total.week").text


@pytest.mark.django_db
def test_what_was_chosen_stays_while_the_sentence_is_not_whole(person: Client) -> None:
    wish = WISH | {"how": "total.day", "amount": "", "weekdays": ["1", "2"], "look": "yes"}
    assert chosen_in(person.post("/goals/new", wish).text) == 2


@pytest.mark.django_db
def test_a_goal_of_other_days_rests_today(person: Client) -> None:
    """Today is a Wednesday."""
    makers.goal(name="On weekends", per="day", target=6, weekdays="67")
    makers.goal(name="At work", per="day", target=6, weekdays="12345")
    page = person.get("/goals/").text
    assert "At work" in page
    assert "On weekends" not in page
    assert "On weekends" in person.get("/goals/?show=free").text
    makers.entry()
    today = person.get("/").text
    assert "At work" in today
    assert "On weekends" not in today


@pytest.mark.django_db
def test_the_admin_takes_days_of_the_week(person: Client) -> None:
    person.force_login(User.objects.create_superuser("ada"))
    staff = person
    goal = made(staff, per="day", target="6", weekdays=["1", "2", "3", "4", "5"])
    assert goal.weekdays == "12345"
    assert (
        "at least 6 h per day on Mon-Fri" in staff.get(reverse("admin:goals_goal_changelist")).text
    )
    assert staff.post(page_of(goal), FORM | {"name": "Enough"}).status_code == 302
    goal.refresh_from_db()
    assert (goal.name, goal.weekdays) == ("Enough", "12345")
    assert made(staff, per="day", target="6").weekdays == ""


@pytest.mark.django_db
def test_a_target_of_the_diary_holds_on_its_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: makers.MORNING)
    makers.goal(
        metric="nutrition.kcal",
        per="day",
        target=2200,
        direction="at_most",
        weekdays="12345",
        start=MONDAY,
    )
    makers.goal(
        metric="nutrition.kcal",
        per="day",
        target=2600,
        direction="at_most",
        weekdays="67",
        start=MONDAY,
    )
    found = targets_between(MONDAY, SUNDAY)
    assert [one["kcal"].amount for one in found.values()] == [2200] * 5 + [2600] * 2

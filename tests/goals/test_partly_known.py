"""Days that are over and of which only a part is known: neither reached nor missed, unless the least of them decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from goals import card_words
from goals.card_words import words_of
from goals.models import FreePeriod, Goal
from goals.plan import Direction, Kind, Per, Rule
from goals.progress import Moment, Past, Progress, Status, past_of, progress_of
from goals.reading import Standing, standing_of
from goals.row_words import past_value
from goals.sentences import opening_of_goal
from goals.tally import Measured, Tally
from journal.merging import merge
from journal.models import Behaviour
from tests import makers
from tests.goals.test_api import make
from tests.goals.test_examples import plan
from tests.nutrition.eating import complete, eat

pytestmark = pytest.mark.django_db
TODAY = makers.MORNING.date()
LIMIT = {"direction": "at_most", "target": 2100, "metric": "nutrition.kcal"}
PROTEIN = {"direction": "at_least", "target": 85, "metric": "nutrition.protein"}
UNKNOWN = (None, None, 1)


def day_before(number: int) -> date:
    return TODAY - timedelta(days=number)


def eaten(number: int, **values: Any) -> None:
    eat(f"{day_before(number)}T12:00", **values)


def history(person: Client, **values: Any) -> list[tuple[float | None, bool | None, int]]:
    """Return value, outcome and unknown days of the days before today, newest first."""
    goal = make(person, per="day", start=f"{day_before(6)}", **values)
    found = person.get(f"/api/goals/{goal['id']}/history").json()["periods"]
    return [(one["value"], one["reached"], one["unknown_days"]) for one in found]


@pytest.fixture
def _week() -> None:
    """Three days that are not marked complete, two that are, and one without anything."""
    eaten(1, kcal=1500, protein=60)
    eaten(2, kcal=2270, protein=90)
    eaten(3, kcal=2000, protein=90)
    eaten(4, kcal=2270, protein=60)
    eaten(6)
    complete(day_before(3), day_before(4))


@pytest.mark.usefixtures("_week")
def test_a_limit_on_days_that_are_not_complete(person: Client) -> None:
    assert history(person, **LIMIT) == [
        (1500, None, 1),
        (2270, False, 1),
        (2000, True, 0),
        (2270, False, 0),
        UNKNOWN,
        UNKNOWN,
    ]


@pytest.mark.usefixtures("_week")
def test_an_amount_to_come_to_on_days_that_are_not_complete(person: Client) -> None:
    assert history(person, **PROTEIN) == [
        (60, None, 1),
        (90, True, 1),
        (90, True, 0),
        (60, False, 0),
        UNKNOWN,
        UNKNOWN,
    ]


@pytest.fixture
def _something_unknown() -> None:
    """Complete days, on each of which one thing was eaten of which nobody knows what it holds."""
    for number, kcal, protein in ((1, 1500, 60), (2, 2300, 120)):
        eaten(number, kcal=kcal, protein=protein)
        eaten(number)
    eaten(3)
    complete(*(day_before(number) for number in (1, 2, 3)))


@pytest.mark.usefixtures("_something_unknown")
def test_the_known_part_of_a_complete_day_decides_where_it_can(person: Client) -> None:
    assert history(person, **LIMIT)[:3] == [(1500, None, 1), (2300, False, 1), UNKNOWN]
    assert history(person, **PROTEIN)[:3] == [(60, None, 1), (120, True, 1), UNKNOWN]


@pytest.mark.usefixtures("_something_unknown")
def test_each_nutrient_is_known_by_itself(person: Client) -> None:
    eaten(4, kcal=1500, protein=90)
    eaten(4, kcal=300)
    complete(day_before(4))
    assert history(person, **LIMIT)[3] == (1800, True, 0)
    assert history(person, **PROTEIN)[3] == (90, True, 1)
    # A mean leaves out what is known in part.
    days = [goal["value"] for goal in means(person, "nutrition.protein")]
    assert days[0] is None
    assert means(person, "nutrition.kcal")[0]["value"] == 1800


def means(person: Client, metric: str) -> Any:
    asked = {"metric": metric, "kind": "mean", "per": "rolling", "rolling_days": 6}
    goal = make(person, start=f"{day_before(6)}", target=85, direction="at_least", **asked)
    progress = person.get(f"/api/goals/{goal['id']}/progress").json()
    assert progress["at_least"] is False
    return [progress]


@pytest.mark.usefixtures("_something_unknown")
def test_the_page_says_at_least_of_a_complete_day(person: Client) -> None:
    goal = make(person, per="day", start=f"{day_before(6)}", **LIMIT)
    page = person.get(f"/goals/{goal['id']}/")
    rows = [(one.value, one.apart, one.state) for one in page.context["past"][:3]]
    assert rows == [
        ("at least 1,500 kcal", "", "Not known"),
        ("at least 2,300 kcal", "+200 kcal", "Missed"),
        ("not known", "", "Not known"),
    ]


def test_the_api_says_why_such_a_day_is_not_known(person: Client) -> None:
    for number in (1, 2):
        eaten(number, kcal=1500)
        eaten(number)
    complete(day_before(1))
    query = {"start_date": f"{day_before(2)}", "end_date": f"{day_before(1)}"}
    answer = person.get("/api/metrics/nutrition.kcal", query).json()
    assert [day["so_far"] for day in answer["buckets"]] == [1500, 1500]
    reasons = [one["reason"] for one in answer["missing"]]
    assert reasons == ["Not marked complete.", "A part of it is not known."]


@pytest.mark.usefixtures("_week")
def test_the_page_says_at_least_and_never_0_for_not_known(person: Client) -> None:
    goal = make(person, per="day", start=f"{day_before(6)}", **LIMIT)
    page = person.get(f"/goals/{goal['id']}/")
    rows = [(one.value, one.apart, one.state) for one in page.context["past"]]
    assert rows == [
        ("at least 1,500 kcal", "", "Not known"),
        ("at least 2,270 kcal", "+170 kcal", "Missed"),
        ("2,000 kcal", "\N{MINUS SIGN}100 kcal", "Reached"),
        ("2,270 kcal", "+170 kcal", "Missed"),
        ("not known", "", "Not known"),
        ("not known", "", "Not known"),
    ]


# --- The rule itself ------------------------------------------------------------------------------


def measured(*values: float | None, partly: int) -> Measured:
    """Return days before today, of which the one at a position is known in part."""
    first = TODAY - timedelta(days=len(values))
    days = frozenset([first + timedelta(days=partly)])
    return Measured(first, list(values), days, days, grows=True)


def ended(kind: Kind, one: Measured, **values: Any) -> Past:
    goal = plan(kind, start=one.first, per=Per.ROLLING, rolling_days=2, **values)
    found = past_of(goal, Tally(goal, one, TODAY), one.span, None)
    assert found
    return found


def test_a_total_of_two_days_says_what_there_is_at_least() -> None:
    found = ended(Kind.TOTAL, measured(3, 4, partly=1), target=10)
    assert (found.value, found.is_reached, found.is_least) == (7, None, True)
    assert (found.known_days, found.unknown_days) == (1, 1)
    assert past_value(found, "h") == "at least 7 h"
    assert ended(Kind.TOTAL, measured(3, 4, partly=1), target=7).is_reached


def test_nothing_so_far_is_no_value() -> None:
    one = measured(0, partly=0)
    goal = plan(start=one.first, per=Per.DAY, target=2)
    found = past_of(goal, Tally(goal, one, TODAY), one.span, None)
    assert found
    assert (found.value, found.is_reached) == (None, None)
    assert past_value(found, "h") == "not known"


def test_a_mean_leaves_such_a_day_out() -> None:
    found = ended(Kind.MEAN, measured(3, 4, partly=1), target=3)
    assert (found.value, found.is_reached, found.is_least) == (3, True, False)


@pytest.mark.parametrize(
    ("low", "high", "added"),
    [(2.0, None, 1.0), (5.0, None, None), (None, 5.0, None), (None, 2.0, 0.0), (1.0, 5.0, None)],
)
def test_a_day_counts_or_not_where_the_least_of_it_decides(
    low: float | None, high: float | None, added: float | None
) -> None:
    one = measured(4, partly=0)
    goal = plan(Kind.DAYS, rules=(Rule(one.first, 1, None, low, high),), start=one.first)
    assert Tally(goal, one, TODAY).added(one.first) == added


@pytest.mark.parametrize(("target", "status"), [(5, Status.UNKNOWN), (3, Status.BEHIND)])
def test_a_goal_that_is_over(target: float, status: Status) -> None:
    one = measured(4, partly=0)
    goal = plan(
        start=one.first, end=one.first, per=Per.DAY, target=target, direction=Direction.AT_MOST
    )
    found = progress_of(goal, one, Moment(today=TODAY))
    assert (found.status, found.value, found.unknown_days) == (status, 4, 1)


# --- Today ----------------------------------------------------------------------------------------


def standing(person: Client, **values: Any) -> Standing:
    goal = make(person, per="day", start=f"{day_before(6)}", **values)
    return standing_of(Goal.objects.get(pk=goal["id"]))


@pytest.mark.parametrize(
    ("kcal", "hard", "state"),
    [
        (
            1500,
            "at most 600 kcal left today",
            "Within the limit. At least 1,500 kcal used. 1 day not known yet.",
        ),
        (
            2300,
            "at least 200 kcal over",
            "Over the limit by at least 200 kcal. At least 2,300 kcal used. 1 day not known yet.",
        ),
    ],
)
def test_today_says_at_least_of_a_limit(person: Client, kcal: int, hard: str, state: str) -> None:
    eaten(0, kcal=kcal)
    words = words_of(standing(person, **LIMIT), is_past=False)
    assert "at " not in words.hard
    eaten(0)
    words = words_of(standing(person, **LIMIT), is_past=False)
    assert (words.hard, words.state) == (hard, state)


def test_today_says_at_most_of_what_is_left(person: Client) -> None:
    eaten(0, protein=60)
    eaten(0)
    one = standing(person, **PROTEIN)
    assert words_of(one, is_past=False).hard == "at most 25 g today"
    assert words_of(one, is_past=False).state.startswith("Due today: up to 25 g more.")
    assert one.summary == "Due today: up to 25 g more."
    assert opening_of_goal(one) == "At most 25 g due today."
    assert person.get(f"/api/goals/{one.goal.pk}/progress").json()["at_least"] is True


def test_the_api_has_no_digits_that_nothing_was_measured_with(person: Client) -> None:
    eaten(0, salt=0.1)
    eaten(0, salt=0.2)
    assert 0.1 + 0.2 != 0.3
    goal = make(person, metric="nutrition.salt", per="day", direction="at_most", target=1)
    found = person.get(f"/api/goals/{goal['id']}/progress").json()
    assert (found["value"], found["budget_left"]) == (0.3, 0.7)


@pytest.mark.usefixtures("_something_unknown")
def test_an_earlier_day_is_not_called_within_the_limit(person: Client) -> None:
    make(person, per="day", start=f"{day_before(6)}", **LIMIT)
    page = person.get("/", {"day": f"{day_before(1)}"}).text
    assert "Not known. At least 1,500 kcal used." in page
    assert "Within the limit." not in page
    page = person.get("/", {"day": f"{day_before(2)}"}).text
    assert "Over the limit by at least 200 kcal." in page


def test_today_is_as_unknown_as_its_metric_says(person: Client) -> None:
    eaten(0, kcal=300)
    eaten(0)
    complete(TODAY)
    query = {"start_date": f"{TODAY}", "end_date": f"{TODAY}"}
    (bucket,) = person.get("/api/metrics/nutrition.kcal", query).json()["buckets"]
    assert (bucket["value"], bucket["so_far"]) == (None, 300)
    found = standing(person, **LIMIT).progress
    assert (found.value, found.known_days, found.unknown_days) == (300, 0, 1)


# --- Days without an answer -----------------------------------------------------------------------


def asked_of(behaviour: Behaviour, **values: Any) -> Progress:
    """Return where a goal stands on the answers of the seven days up to today."""
    asked = {"kind": "total", "per": "rolling", "rolling_days": 7, "start": day_before(30)}
    return standing_of(makers.goal(metric=f"journal.{behaviour.pk}", **asked | values)).progress


def answers(*given: float | None) -> Behaviour:
    """Return a behaviour with these answers, today's last; None is none."""
    behaviour = makers.behaviour(f"Alcohol {Behaviour.objects.count()}")
    for number, value in enumerate(reversed(given)):
        if value is not None:
            makers.answer(behaviour, value, days_ago=number)
    return behaviour


@pytest.mark.usefixtures("person")
def test_a_goal_on_a_behaviour_goes_on_where_that_is_merged() -> None:
    wording = answers(None, 1, None, None, 0, 0, 0)
    merge(wording, answers(1, None, 1, 0, None, None, None))
    found = asked_of(wording)
    assert (found.value, found.known_days, found.unknown_days) == (3, 7, 0)


LESS: dict[str, Any] = {"direction": "at_most", "target": 2}
DAYS_OF_YES: dict[str, Any] = {"kind": "days", "day_at_least": 1}


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("kind", [{}, DAYS_OF_YES], ids=["total", "days"])
def test_a_day_without_an_answer_is_no_no(kind: dict[str, Any]) -> None:
    behaviour = answers(0, 1, None, 0, None, 0, 0)
    found = asked_of(behaviour, **LESS, **kind)
    assert (found.value, found.is_least) == (1, True)
    words = card_words.limit_words(found, "days", is_past=False)
    assert words == "Within the limit."
    assert card_words.so_far(found, "days") == "at least 1 day"
    # Today adds to a total what it has so far. Whether it is one of the days, nobody knows before it is over.
    assert found.unknown_days == (3 if kind else 2)
    enough = asked_of(behaviour, **kind, direction="at_least", target=3)
    assert (enough.value, enough.is_least) == (1, True)


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("kind", [{}, DAYS_OF_YES], ids=["total", "days"])
def test_where_each_day_is_answered_there_is_no_more(kind: dict[str, Any]) -> None:
    assert not asked_of(answers(0, 1, 0, 0, 1, 0, 0), **LESS, **kind).is_least
    # Today is not over.
    found = asked_of(answers(0, 1, 0, 0, 1, 0, None), **LESS, **kind)
    assert (found.value, found.is_least) == (2, False)


@pytest.mark.usefixtures("person")
def test_free_days_need_no_answer() -> None:
    behaviour = answers(0, 1, None, 0, 0, 0, 0)
    FreePeriod.objects.create(start=day_before(4), end=day_before(4))
    assert not asked_of(behaviour, **LESS).is_least


@pytest.mark.usefixtures("person")
def test_a_mean_is_that_of_its_answers() -> None:
    found = asked_of(answers(0, 1, None, 1, None, 0, 0), kind="mean", target=1)
    assert (found.value, found.is_least) == (0.5, False)

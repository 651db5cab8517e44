"""Days that are over and of which only a part is known: neither reached nor missed, unless the least of them decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from goals.plan import Direction, Kind, Per, Rule
from goals.progress import Moment, Past, Status, past_of, progress_of
from goals.row_words import past_value
from goals.tally import Measured, Tally
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


def test_a_complete_day_with_something_of_unknown_energy_is_not_known(person: Client) -> None:
    eaten(1, kcal=1500)
    eaten(1)
    complete(day_before(1))
    assert history(person, **LIMIT)[0] == UNKNOWN


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

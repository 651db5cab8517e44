"""What became of insights in a week, a month or a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from insights.models import Finding, FindingTest, InsightRun
from insights.review import insights_of, lead_of
from review.periods import Period
from review.sections import Content, Look
from tests import makers

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 21)
#: Makes findings of a look at the days up to 15 September, a Tuesday.
WEEK = "2026-W38"
SAID = (
    "Bedtime 30 minutes later: your recovery the next morning was 3 points lower on average (likely between 1 and 5 points), "
    "comparing days of the same weekday and season."
)


def said(name: str = WEEK, today: date = TODAY) -> Content:
    return insights_of(Look(Period.named(name), today))


def looked_at(finding: Finding, state: str, day: date, **fields: Any) -> FindingTest:
    counts = {"seed": 1, "tested": 420, "found": 0, "confirmed": 0, "withdrawn": 0}
    run = InsightRun.objects.create(last_day=day, version=1, **counts)
    stretch = {"first_day": day - timedelta(days=119), "last_day": day}
    numbers = {"days": 108, "effective_days": 90, "r": -0.3, "p": 0.01}
    finding.state = state
    finding.save()
    return FindingTest.objects.create(
        **{"finding": finding, "run": run, "state": state} | stretch | numbers | fields
    )


def test_where_nothing_was_looked_at_there_is_nothing_to_say() -> None:
    assert not said()
    makers.finding()
    assert not said("2026-W37")


def test_a_look_that_could_test_nothing_says_nothing() -> None:
    looked_at(makers.finding(), "holding", date(2026, 9, 27))
    InsightRun.objects.update(tested=0)
    assert not said("2026-W39", date(2026, 10, 1))


def test_what_was_confirmed_is_told() -> None:
    makers.finding()
    content = said()
    (line,) = content.lines
    assert line.text == f"Confirmed: {SAID}"
    assert line.url == "/insights/"
    assert content.lead == "1 confirmed. The days up to 15 September 2026 were looked at."
    assert content.note.startswith("This goes together.")


def test_what_it_could_just_as_well_be_is_named() -> None:
    makers.finding(action="workouts.load", action_name="Training load")
    makers.finding(action="workouts.minutes", action_name="Workout time", low=-6.0)
    content = said()
    (line,) = content.lines
    assert line.text.startswith("Confirmed: Training load 30 minutes later: your recovery")
    assert line.text.endswith("weekday and season. Could just as well be: workout time.")


def test_what_was_withdrawn_later_is_told_of_its_own_week() -> None:
    one = makers.finding()
    looked_at(one, "withdrawn", date(2026, 9, 20), effect=-0.4, low=-2.1, high=1.3)
    content = said("2026-09", date(2026, 10, 1))
    assert [line.text[:10] for line in content.lines] == ["Withdrawn:"]
    assert content.lines[0].text.endswith(
        "and season. By the days as they are known now, it is gone or much smaller."
    )
    assert "0.4 points lower on average (likely between −1 and 2 points)" in content.lines[0].text
    assert content.lead == "1 withdrawn. The days up to 20 September 2026 were looked at."


def test_what_was_confirmed_and_still_held_is_news() -> None:
    one = makers.finding()
    looked_at(one, "holding", date(2026, 9, 20))
    assert [line.text for line in said("2026-09", date(2026, 10, 1)).lines] == [
        f"Confirmed: {SAID}"
    ]


def test_what_fades_says_why() -> None:
    one = makers.finding()
    looked_at(one, "fading", date(2026, 9, 20))
    (line,) = said().lines
    assert line.text == (
        f"Fades: {SAID} The newest days are too uncertain to say whether it still holds."
    )


def test_a_look_that_found_nothing_says_so() -> None:
    one = makers.finding()
    looked_at(one, "holding", date(2026, 9, 27))
    content = said("2026-W39", date(2026, 10, 1))
    assert content.lead == (
        "Nothing new was found. 1 insight still holds. The days up to 27 September 2026 were looked at."
    )
    assert (content.lines, content.note) == ([], "")


@pytest.mark.parametrize("fields", [{"is_large": False}, {"hidden_at": "2026-09-16T00:00Z"}])
def test_what_is_not_said_elsewhere_is_not_said_here(fields: dict[str, Any]) -> None:
    makers.finding(**fields)
    content = said()
    assert (content.lines, content.lead[:10]) == ([], "Nothing ne")


def test_many_are_cut() -> None:
    for number in range(1, 9):
        makers.finding(number, action_name=f"Habit {number}")
    content = said()
    assert [line.text for line in content.lines][5:] == ["3 more on the page of insights."]
    assert content.lead.startswith("8 confirmed.")


def test_what_changed_is_told_in_the_week_that_confirmed_it() -> None:
    makers.metric_change()
    content = said()
    assert [line.text for line in content.lines] == [
        "Changed: Your resting heart rate has been 3 bpm lower since around 5 August 2026 (likely between 2 and 4 bpm): 52 (28 days) "
        "against 55 (56 days before)."
    ]
    assert content.lead == "1 metric changed. The days up to 15 September 2026 were looked at."
    assert content.note.startswith("It says that something changed, and not why.")
    assert not said("2026-W37")


def test_what_went_back_says_so() -> None:
    makers.metric_change(state="over", confirmed_on=date(2026, 8, 1))
    (line,) = said().lines
    assert line.text.startswith("Went back: Your resting heart rate was 3 bpm lower from around")


@pytest.mark.parametrize("fields", [{"state": "maybe", "confirmed_on": None}, {"is_large": False}])
def test_what_may_have_changed_is_not_told(fields: dict[str, Any]) -> None:
    makers.metric_change(**fields)
    assert not said().lines


@pytest.mark.parametrize(
    ("numbers", "holding", "lead"),
    [
        (["1 confirmed", "2 withdrawn"], 0, "1 confirmed and 2 withdrawn."),
        ([], 3, "Nothing new was found. 3 insights still hold."),
    ],
)
def test_the_lead_counts(numbers: list[str], holding: int, lead: str) -> None:
    assert lead_of(numbers, holding) == lead


def test_it_takes_four_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    makers.finding()
    for name in (WEEK, "2026"):
        look = Look(Period.named(name), TODAY)
        with django_assert_num_queries(4):
            insights_of(look)

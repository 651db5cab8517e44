"""What cannot be: goals that ask for more than a period has, and periods that are lost before they are over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from goals.card_words import words_of
from goals.forms import metric_choices
from goals.models import Goal
from goals.plan import Direction, Kind, Per, Plan
from goals.progress import Moment, Progress, Status, progress_of
from goals.reading import LONGEST_SLEEP, Standing, day_holds_of
from goals.row_words import hard_of, slack_of
from goals.sentences import opening
from goals.tally import Measured
from goals.words import amount
from lifetracker.metrics.registry import metric_of
from tests.goals.test_examples import MONDAY, plan
from time_logs.metrics import project_metric
from whoop.metrics import sleep_hours

pytestmark = pytest.mark.django_db
DAY = (0.0, 24.0)
SATURDAY = MONDAY + timedelta(days=5)


def stand(goal: Plan, *values: float, holds: tuple[float | None, float | None] = DAY) -> Progress:
    """Return where a goal stands on Saturday morning, when the five days before are known."""
    measured = Measured(MONDAY, [*values, None], frozenset([SATURDAY]))
    return progress_of(goal, measured, Moment(today=SATURDAY, day_holds=holds))


def standing(goal: Plan, found: Progress) -> Standing:
    return Standing(Goal(pk=1, name="Sleep", unit="h"), goal, found, False, {})


def test_a_mean_that_needs_more_than_two_days_have_is_lost() -> None:
    goal = plan(Kind.MEAN, 12)
    found = stand(goal, 5, 5, 5, 5, 5)
    # 84 hours less 25 are 59: two days have 48.
    assert found.is_lost
    assert found.status is Status.BEHIND
    words = words_of(standing(goal, found), is_past=False)
    assert words.hard == "out of reach"
    assert words.band == "low"
    assert "This week can no longer be reached." in words.state
    assert hard_of(standing(goal, found)) == ("Out of reach", "this week")
    assert slack_of(standing(goal, found)) == ("", "")
    assert opening([standing(goal, found)]) == "Sleep, out of reach this week."
    summary = standing(goal, found).summary
    assert summary == "The mean is 5 h, the goal 12 h. This week can no longer be reached."


def test_what_the_days_can_still_hold_is_not_lost() -> None:
    goal = plan(Kind.MEAN, 7.5)
    # 52.5 hours less 32.5 are 20, or 10 a day.
    found = stand(goal, 6.5, 6.5, 6.5, 6.5, 6.5, holds=(0, LONGEST_SLEEP))
    assert not found.is_lost
    # 22.5 less: 11.25 a day is more than anybody sleeps, but for those who did.
    assert stand(goal, 6, 6, 6, 6, 6, holds=(0, LONGEST_SLEEP)).is_lost
    assert not stand(goal, 5, 5, 5, 3, 12, holds=(0, LONGEST_SLEEP)).is_lost


def test_a_total_and_a_limit_on_a_mean() -> None:
    # 90 hours less 40 are more than Saturday and Sunday have.
    total = plan(target=90)
    assert stand(total, 8, 8, 8, 8, 8).is_lost
    assert not stand(total, 9, 9, 9, 9, 6).is_lost
    at_most = plan(Kind.MEAN, 2, direction=Direction.AT_MOST)
    assert stand(at_most, 4, 4, 4, 4, 4).is_lost
    assert not stand(at_most, 2, 2, 2, 2, 3).is_lost


def test_a_mean_is_never_green_while_it_is_missed() -> None:
    goal = plan(Kind.MEAN, 7.5)
    found = stand(goal, 7, 7, 7, 7, 7)
    assert words_of(standing(goal, found), is_past=False).band != "high"


def test_the_day_of_each_metric_holds_what_it_can() -> None:
    assert day_holds_of(metric_of("time.hours")) == (0, 24)
    assert day_holds_of(sleep_hours) == (0, 11)
    assert day_holds_of(metric_of("workouts.minutes")) == (0, 1440)
    assert day_holds_of(metric_of("fasting.longest")) == (0, None)
    assert day_holds_of(metric_of("whoop.steps")) == (0, None)


def test_large_numbers_have_marks_and_no_digits_after_the_point() -> None:
    assert amount(8365.5, "") == "8,366"
    assert amount(13566.6, "kcal") == "13,567 kcal"
    assert amount(218.77, "kcal") == "219 kcal"
    assert amount(1234567.0, "") == "1,234,567"
    assert amount(999.25, "") == "999.25"


def test_projects_stand_by_themselves_and_twins_are_told_apart() -> None:
    found = metric_choices(
        [sleep_hours, metric_of("time.hours"), *(project_metric(ref, "Twin") for ref in "12")]
    )
    assert found == [
        ("Time", [("time.hours", "Tracked time")]),
        (
            "Toggl projects",
            [
                ("time.project-1", "Time on Twin (Toggl project), id 1"),
                ("time.project-2", "Time on Twin (Toggl project), id 2"),
            ],
        ),
        ("WHOOP", [("whoop.sleep_hours", "Sleep")]),
    ]


def test_a_daily_goal_counts_days() -> None:
    goal = plan(target=1, per=Per.DAY)
    found = progress_of(
        goal, Measured(MONDAY - timedelta(days=200), [2.0] * 205), Moment(today=SATURDAY)
    )
    assert found.pace is not None
    assert (found.pace.windows, found.pace.noun, found.pace.weeks) == (26, "day", 26)


def test_metrics_stand_below_the_title_of_their_domain() -> None:
    titles = [
        title
        for title, _ in metric_choices(
            [metric_of("apple_health.steps"), metric_of("github.commits")]
        )
    ]
    assert titles == ["Apple Health", "GitHub"]

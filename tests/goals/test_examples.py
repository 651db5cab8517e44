"""The examples that were computed by hand: lines, slack, pace, what a change does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from goals.models import first_day, is_easier
from goals.odds import DayValue, Habit, drawn_sums, odds_of
from goals.plan import Direction, Kind, Per, Plan, Rule, Span, merged
from goals.progress import Moment, Progress, Status, progress_of
from goals.tally import Measured
from goals.words import summary_of

MONDAY = date(2026, 9, 14)
WEDNESDAY, THURSDAY, SUNDAY = (MONDAY + timedelta(days=ahead) for ahead in (2, 3, 6))
START = MONDAY - timedelta(weeks=8)


def plan(kind: Kind = Kind.TOTAL, target: float = 20, **values: Any) -> Plan:
    start = values.pop("start", START)
    rules = values.pop("rules", (Rule(start, target, values.pop("end", None)),))
    made = {"direction": Direction.AT_LEAST, "per": None if kind is Kind.REACH else Per.WEEK}
    return Plan(kind=kind, start=start, rules=rules, **{**made, **values})


def stand(
    goal: Plan, day: date, values: list[float | None], verified: Span | None = None
) -> Progress:
    """Return where a goal stands on a day whose value is the last one, and settled."""
    measured = Measured(day - timedelta(days=len(values) - 1), values)
    return progress_of(goal, measured, Moment(today=day, seed="a seed"), verified)


def week(*hours: float) -> list[float | None]:
    """Return the values of this week, after one of nothing."""
    return [0.0] * 7 + list(hours)


# --- At least -------------------------------------------------------------------------------------


def test_twenty_hours_a_week_on_wednesday_with_ten() -> None:
    found = stand(plan(), WEDNESDAY, week(4, 4, 2))
    assert plan().line(WEDNESDAY) == pytest.approx(8.571, abs=0.001)
    assert plan().line(THURSDAY) == pytest.approx(11.429, abs=0.001)
    assert (found.value, found.target, found.slack_days, found.due_today) == (10, 20, 0, 0)
    assert found.status is Status.DUE
    assert found.next_due
    assert found.next_due.day == THURSDAY
    assert found.next_due.amount == pytest.approx(1.43, abs=0.005)


def test_twenty_hours_a_week_on_wednesday_with_twelve() -> None:
    found = stand(plan(), WEDNESDAY, week(4, 4, 4))
    assert plan().line(WEDNESDAY + timedelta(days=2)) == pytest.approx(14.286, abs=0.001)
    assert (found.slack_days, found.status) == (1, Status.ON_TRACK)
    # Four days are left, and each needs two hours.
    assert found.pace
    assert (found.days_left, found.pace.needed) == (4, 2)


def test_with_eight_hours_something_is_due_today_and_with_five_it_was_yesterday() -> None:
    due, behind = (stand(plan(), WEDNESDAY, week(4, hours, 0)) for hours in (4, 1))
    assert (due.status, due.slack_days) == (Status.DUE, -1)
    assert due.due_today == pytest.approx(0.571, abs=0.001)
    assert (behind.status, behind.slack_days) == (Status.BEHIND, -1)
    assert behind.due_today == pytest.approx(3.571, abs=0.001)


def test_what_was_missing_yesterday_and_is_done_today_is_due_and_not_behind() -> None:
    # 5.71 hours were due on Tuesday, of which 5 were there; 8.57 are due today.
    assert stand(plan(), WEDNESDAY, week(4, 1, 1)).status is Status.DUE
    assert stand(plan(), WEDNESDAY, week(4, 1, 0.5)).status is Status.BEHIND
    rolling = plan(per=Per.ROLLING, rolling_days=7, target=10)
    # The window of yesterday had 9, and that of today has lost one of them.
    days: list[float | None] = [0, 1, 2, 2, 2, 2, 0, 0]
    assert stand(rolling, SUNDAY, [*days, 1.5]).status is Status.DUE
    assert stand(rolling, SUNDAY, [*days, 0.5]).status is Status.BEHIND


def test_a_week_that_is_done() -> None:
    found = stand(plan(), WEDNESDAY, week(10, 6, 4))
    assert (found.status, found.slack_days, found.next_due) == (
        Status.REACHED,
        4,
        found.next_due,
    )
    # On Monday a new week begins, of which nothing is done.
    assert found.next_due
    assert found.next_due.day == SUNDAY + timedelta(days=1)
    assert found.next_due.amount == pytest.approx(20 / 7)


def test_a_window_that_rolls_forgets_its_first_day() -> None:
    goal = plan(per=Per.ROLLING, rolling_days=7, target=10)
    # Tomorrow the window begins after the day with 2 hours, and holds 10; the day after, 5.
    found = stand(goal, SUNDAY, [0, 0, 0, 0, 2, 5, 4, 0, 0, 0, 1])
    assert (found.value, found.slack_days, found.status) == (12, 1, Status.ON_TRACK)
    assert found.next_due
    assert (found.next_due.day, found.next_due.amount) == (SUNDAY + timedelta(days=2), 5)
    found = stand(goal, SUNDAY, [0, 0, 0, 0, 2, 5, 4, 0, 0, 0, 0, 1])
    assert (found.value, found.slack_days, found.status) == (10, 0, Status.DUE)


def test_a_count_of_days_asks_for_whole_days() -> None:
    goal = plan(Kind.DAYS, rules=(Rule(START, 5, None, 7, None),))
    lines = [goal.line(MONDAY + timedelta(days=ahead)) for ahead in range(7)]
    assert lines == [0, 1, 2, 2, 3, 4, 5]
    found = stand(goal, THURSDAY, week(7.2, 6.9, 7, 8))
    assert (found.value, found.target, found.slack_days) == (3, 5, 1)


# --- Reach ----------------------------------------------------------------------------------------


def weight(day: int, trend: float) -> Progress:
    start = MONDAY - timedelta(days=day)
    goal = plan(
        Kind.REACH, 78, start=start, end=start + timedelta(days=80),
        direction=Direction.AT_MOST, start_value=82.0,
    )  # fmt: skip
    assert goal.line(start) == 82
    assert goal.line(start + timedelta(days=20)) == pytest.approx(81)
    assert goal.line(start + timedelta(days=80)) == 78
    return stand(goal, MONDAY, [82.0] * 30 + [trend])


def test_from_82_to_78_kg_in_80_days() -> None:
    found = weight(20, 80.6)
    assert (found.slack_days, found.status) == (8, Status.AHEAD)
    assert found.line == pytest.approx(81)
    assert found.pace
    assert found.pace.needed == pytest.approx(-2.6 / 60)
    assert (weight(20, 80.65).slack_days, weight(20, 80.65).status) == (7, Status.AHEAD)
    assert (weight(20, 80.7).slack_days, weight(20, 80.7).status) == (6, Status.ON_TRACK)
    assert weight(20, 81.0).slack_days == 0
    assert weight(20, 81.02).status is Status.DUE
    assert weight(20, 81.2).status is Status.BEHIND
    assert weight(20, 78.0).status is Status.REACHED


def test_a_value_that_is_older_than_four_weeks_says_nothing() -> None:
    goal = plan(
        Kind.REACH, 78, start=START, end=SUNDAY, direction=Direction.AT_MOST, start_value=82
    )
    found = stand(goal, MONDAY, [80.0] + [None] * 29)
    assert (found.status, found.reason) == (
        Status.UNKNOWN,
        "There is no value of the last four weeks.",
    )
    assert stand(goal, MONDAY, [80.0] + [None] * 28).value == 80


# --- At most --------------------------------------------------------------------------------------


def test_a_limit_lasts_as_long_as_usual_days_leave_of_it() -> None:
    goal = plan(direction=Direction.AT_MOST, target=10)
    found = stand(goal, WEDNESDAY, [1.0] * 26 + [2, 2, 2])
    # 28 days with 30 hours: 1.071 a day, and 4 are left.
    assert found.budget_left == 4
    assert (found.slack_days, found.status) == (3, Status.ON_TRACK)
    assert stand(goal, WEDNESDAY, [1.0] * 26 + [3, 3, 4]).status is Status.DUE
    over = stand(goal, WEDNESDAY, [1.0] * 26 + [3, 3, 5])
    assert (over.status, over.slack_days, over.budget_left) == (Status.BEHIND, -1, -1)


def test_a_mean_holds_until_usual_days_have_used_up_what_is_in_hand() -> None:
    goal = plan(Kind.MEAN, 7.5)
    # The usual is 7 hours, half an hour too little; three hours are in hand.
    found = stand(goal, WEDNESDAY, [7.0] * 26 + [9, 7.5, None])
    assert found.value == 8.25
    usual = (26 * 7 + 9 + 7.5 - 14) / 26
    assert found.slack_days == int(1.5 / (7.5 - usual))
    found = stand(goal, WEDNESDAY, [7.0] * 26 + [8, 6.5, None])
    assert (found.status, found.due_today) == (Status.BEHIND, 8)
    found = stand(goal, WEDNESDAY, [7.0] * 26 + [8, 8, 6])
    assert (found.status, found.due_today) == (Status.DUE, None)


# --- Free days, unknown days ----------------------------------------------------------------------


def test_in_a_free_period_the_line_is_flat() -> None:
    free = (Span(WEDNESDAY, THURSDAY),)
    goal = plan(free=free)
    lines = [goal.line(MONDAY + timedelta(days=ahead)) for ahead in range(7)]
    assert lines == pytest.approx([20 / 7 * days for days in (1, 2, 2, 2, 3, 4, 5)])
    assert stand(goal, MONDAY + timedelta(days=1), week(4, 2)).slack_days == 2
    start = MONDAY - timedelta(days=1)
    reach = plan(
        Kind.REACH, 10, start=start, end=start + timedelta(days=7), start_value=0.0, free=free
    )
    lines = [reach.line(MONDAY + timedelta(days=ahead)) for ahead in range(7)]
    # A seventh a day, and what is left then by the three days after it: planned free days move no line that was.
    before, after = 10 / 7, 50 / 7 / 3
    assert lines == pytest.approx(
        [before, 2 * before, 2 * before, 2 * before, *(2 * before + n * after for n in (1, 2)), 10]
    )
    without = plan(Kind.REACH, 10, start=start, end=start + timedelta(days=7), start_value=0.0)
    assert [without.line(MONDAY + timedelta(days=ahead)) for ahead in range(2)] == lines[:2]


def test_what_is_done_on_a_free_day_helps_and_is_not_held_against_its_owner() -> None:
    free = (Span(MONDAY, MONDAY + timedelta(days=1)),)
    helped = stand(plan(free=free), WEDNESDAY, week(5, 5, 0))
    limited = stand(plan(free=free, direction=Direction.AT_MOST), WEDNESDAY, week(5, 5, 0))
    averaged = stand(plan(Kind.MEAN, 3, free=free), WEDNESDAY, week(5, 5, 0))
    assert (helped.value, limited.value, averaged.value) == (10, 0, 0)


def test_of_a_week_that_is_all_free_nothing_is_asked_for() -> None:
    free = (Span(MONDAY, SUNDAY),)
    # What is done then helps, and is not held against a limit.
    for goal, value in ((plan(free=free), 1), (plan(free=free, direction=Direction.AT_MOST), 0)):
        found = stand(goal, WEDNESDAY, week(1, 0, 0))
        assert (found.status, found.value, found.budget_left) == (Status.FREE, value, None)
        assert summary_of(goal, found, "h", is_over=False) == "The whole period is free."
    mean = stand(plan(Kind.MEAN, 3, free=free), WEDNESDAY, week(1, 0, 0))
    assert (mean.status, mean.due_today) == (Status.FREE, None)
    six = (Span(MONDAY, SUNDAY - timedelta(days=1)),)
    assert stand(plan(free=six), WEDNESDAY, week(1, 0, 0)).status is Status.ON_TRACK


def test_the_pace_of_a_value_to_reach_leaves_out_planned_free_days() -> None:
    goal = plan(
        Kind.REACH, 10, start=MONDAY - timedelta(days=1), end=SUNDAY, start_value=0.0,
        free=(Span(THURSDAY, THURSDAY),),
    )  # fmt: skip
    found = stand(goal, WEDNESDAY, [0.0, 1.0, 2.0, 4.0])
    # Six are missing, and Friday to Sunday are left.
    assert (found.days_left, found.pace and found.pace.needed) == (3, 2)


def test_unknown_is_not_behind() -> None:
    until_monday = Span(START, MONDAY)
    found = stand(plan(), WEDNESDAY, week(1, 0, 0), until_monday)
    assert (found.status, found.value, found.due_today) == (Status.UNKNOWN, 1, None)
    assert "not complete" in found.reason
    assert stand(plan(), WEDNESDAY, week(1, 0, 0), Span(START, WEDNESDAY)).status is Status.BEHIND
    # What is reached is reached, and what is used up is used up, whatever is still to be read.
    assert stand(plan(), WEDNESDAY, week(20, 0, 0), until_monday).status is Status.REACHED
    limit = plan(direction=Direction.AT_MOST, target=10)
    assert stand(limit, WEDNESDAY, week(11, 0, 0), until_monday).status is Status.BEHIND
    assert stand(limit, WEDNESDAY, week(5, 0, 0), until_monday).status is Status.UNKNOWN
    # The week was read from its second day on alone.
    late = Span(MONDAY + timedelta(days=1), WEDNESDAY)
    assert stand(plan(), WEDNESDAY, week(1, 0, 0), late).status is Status.UNKNOWN


def test_a_goal_that_is_over_says_how_it_ended() -> None:
    goal = plan(end=THURSDAY)
    assert goal.line(SUNDAY) == pytest.approx(80 / 7)
    for hours, status in ((3, Status.REACHED), (2, Status.BEHIND)):
        values: list[float | None] = [0.0] * 7 + [hours] * 4
        measured = Measured(MONDAY - timedelta(days=7), values)
        found = progress_of(goal, measured, Moment(today=SUNDAY))
        assert (found.day, found.status, found.slack_days) == (THURSDAY, status, None)


@pytest.mark.parametrize(
    ("direction", "values", "status"),
    [
        (Direction.AT_LEAST, [4, 4, None, 3], Status.UNKNOWN),
        (Direction.AT_LEAST, [4, 4, None, 4], Status.REACHED),
        (Direction.AT_MOST, [4, 4, None, 3], Status.UNKNOWN),
        (Direction.AT_MOST, [4, 4, None, 4], Status.BEHIND),
    ],
)
def test_a_goal_that_is_over_is_unknown_where_a_day_could_change_it(
    direction: Direction, values: list[float | None], status: Status
) -> None:
    # Four days of a week of 20 hours: 11.43 hours.
    goal = plan(end=THURSDAY, direction=direction)
    measured = Measured(MONDAY - timedelta(days=7), [0.0] * 7 + values)
    found = progress_of(goal, measured, Moment(today=SUNDAY))
    assert (found.status, "not known" in found.reason) == (status, status is Status.UNKNOWN)


@pytest.mark.parametrize("kind", [Kind.TOTAL, Kind.MEAN, Kind.DAYS, Kind.REACH])
@pytest.mark.parametrize("direction", list(Direction))
def test_before_its_start_nothing_is_due(kind: Kind, direction: Direction) -> None:
    goal = plan(
        kind, 5, start=SUNDAY, direction=direction, start_value=3.0, end=SUNDAY + timedelta(weeks=8)
    )
    found = stand(goal, WEDNESDAY, [2.0] * 60)
    assert (found.status, found.reason) == (Status.UNKNOWN, "The goal has not begun yet.")
    assert (found.slack_days, found.due_today, found.next_due, found.pace) == (None,) * 4
    assert (found.budget_left, found.odds.percent) == (None, None)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_mean_of_no_known_day_is_unknown(direction: Direction) -> None:
    goal = plan(Kind.MEAN, 3, direction=direction)
    found = stand(goal, MONDAY, [2.0] * 60 + [None])
    assert (found.status, found.slack_days, found.due_today) == (Status.UNKNOWN, None, None)
    assert found.reason == "No day of this period is known yet."


# --- Changes --------------------------------------------------------------------------------------

OLD = Rule(START, 20)
EASED = MONDAY + timedelta(days=7)


def begins(*rules: Rule, target: float, kind: Kind = Kind.TOTAL, **values: Any) -> date:
    return first_day(kind, Direction.AT_LEAST, rules, Rule(MONDAY, target, **values))


def test_what_is_easier_waits_seven_days_and_what_is_harder_begins_at_once() -> None:
    assert begins(OLD, target=25) == MONDAY
    assert begins(OLD, target=15) == EASED
    assert begins(OLD, target=25, end=SUNDAY) == EASED
    changed = plan(rules=(OLD, Rule(EASED, 15)))
    assert (changed.line(SUNDAY), changed.line(EASED + timedelta(days=6))) == (
        pytest.approx(20),
        pytest.approx(15),
    )


def test_a_change_that_waits_is_taken_back_by_a_later_one() -> None:
    waiting = Rule(MONDAY + timedelta(days=3), 10)
    # Less than what holds now, and more than what waits: it begins when that would have.
    assert begins(OLD, waiting, target=15) == waiting.begins
    assert begins(OLD, waiting, target=5) == EASED
    assert begins(OLD, waiting, target=22) == MONDAY
    assert plan(rules=(OLD, waiting, Rule(MONDAY, 22))).rule_on(SUNDAY).target == 22


@pytest.mark.parametrize(
    ("kind", "direction", "changes", "easier"),
    [
        (Kind.TOTAL, Direction.AT_MOST, {"target": 21}, True),
        (Kind.TOTAL, Direction.AT_MOST, {"target": 19}, False),
        (Kind.TOTAL, Direction.AT_LEAST, {"end": date(2027, 1, 1)}, True),
        (Kind.REACH, Direction.AT_LEAST, {"end": date(2027, 1, 1)}, False),
        (Kind.DAYS, Direction.AT_LEAST, {"day_at_least": 6.5}, True),
        (Kind.DAYS, Direction.AT_LEAST, {"day_at_least": 7.5}, False),
        (Kind.DAYS, Direction.AT_MOST, {"day_at_least": 7.5}, True),
        (Kind.DAYS, Direction.AT_LEAST, {"day_at_most": 9}, False),
        (Kind.DAYS, Direction.AT_MOST, {"day_at_most": 9}, True),
    ],
)
def test_what_is_easier(
    kind: Kind, direction: Direction, changes: dict[str, Any], easier: bool
) -> None:
    old = Rule(START, 20, None, 7, None)
    assert is_easier(kind, direction, old._replace(**changes), old) is easier


def test_a_later_end_makes_a_value_to_reach_easier() -> None:
    old = Rule(START, 20, SUNDAY)
    later = old._replace(end=EASED)
    assert is_easier(Kind.REACH, Direction.AT_LEAST, later, old)
    assert not is_easier(Kind.REACH, Direction.AT_LEAST, old, later)


# --- Pace and odds --------------------------------------------------------------------------------


def test_the_own_pace_is_that_of_the_same_days_of_26_weeks() -> None:
    # Six of the 26 weeks had two hours on each day from Thursday on, the others one.
    weeks = [[1.0] * 3 + [2.0] * 4 if number % 5 == 0 else [1.0] * 7 for number in range(26)]
    values: list[float | None] = [value for days in weeks for value in days]
    found = stand(plan(), WEDNESDAY, [*values, 4, 4, 4])
    assert found.pace
    assert (found.pace.needed, found.pace.windows, found.pace.reached) == (2, 26, 6)
    assert found.pace.own == pytest.approx(32 / 26)


def test_weeks_that_are_not_known_are_not_compared() -> None:
    values: list[float | None] = [1.0] * (26 * 7)
    values[-1] = None
    found = stand(plan(), WEDNESDAY, [*values, 4, 4, 4])
    assert found.pace
    assert found.pace.windows == 25


def test_odds_are_the_same_again_and_come_in_steps_of_ten() -> None:
    values: list[float | None] = [float(number % 5) for number in range(91)]
    first, again = (stand(plan(), WEDNESDAY, [*values, 2, 4, 4]) for _ in range(2))
    assert first.odds == again.odds
    assert first.odds.percent is not None
    assert first.odds.percent % 10 == 0
    assert stand(plan(target=80), WEDNESDAY, [*values, 2, 4, 4]).odds.percent == 0
    assert stand(plan(target=10), WEDNESDAY, [*values, 2, 4, 4]).odds.percent == 100


def test_with_41_days_there_are_no_odds() -> None:
    few = stand(plan(), WEDNESDAY, [1.0] * 41)
    assert (few.odds.percent, few.odds.reason) == (None, "Not enough days yet (41 of 42).")
    assert stand(plan(), WEDNESDAY, [1.0] * 42).odds.percent == 0


def habit(*values: float) -> Habit:
    return Habit([DayValue(MONDAY + timedelta(days=at), one) for at, one in enumerate(values)])


def test_draws_are_of_blocks_of_seven_days() -> None:
    # Each day of the week was once 1 lower and once 1 higher than its usual, but for the first one.
    usual = habit(*(10 + sign for sign in (-1, 1) for _ in range(7)))
    assert usual.differences == [-1] * 7 + [1] * 7
    ahead = [SUNDAY + timedelta(days=at) for at in range(10)]
    assert set(drawn_sums(usual, ahead[:7], "a")) == {63, 65, 67, 69, 71, 73, 75, 77}
    assert set(drawn_sums(usual, ahead[:2], "a")) == {18, 20, 22}
    assert set(drawn_sums(usual, ahead[:1], "a", begun=0.5)) == {4.5, 5.5}
    first, again, other = (drawn_sums(usual, ahead, seed) for seed in "aab")
    assert first == again != other
    assert odds_of([1, 2, 3, 4], 3, 1) == 50
    assert odds_of([1, 2, 3, 4], 3, -1) == 80


def test_nobody_is_promised_the_hours_of_a_friday_for_a_sunday() -> None:
    weeks = habit(*[8, 8, 8, 8, 8, 0, 0] * 8)
    assert set(drawn_sums(weeks, [SUNDAY], "a")) == {0}
    assert set(drawn_sums(weeks, [SUNDAY, SUNDAY + timedelta(days=1)], "a")) == {8}


def test_spans_are_merged() -> None:
    days = [MONDAY + timedelta(days=ahead) for ahead in range(10)]
    spans = [Span(days[3], days[4]), Span(days[0], days[1]), Span(days[5], days[6])]
    spans += [Span(days[1], days[1]), Span(days[9], days[8])]
    assert merged(spans) == (Span(days[0], days[1]), Span(days[3], days[6]))

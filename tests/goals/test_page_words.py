"""What the pages of goals say and draw: rules, by progress that was computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from goals.amounts import amount_of, typed_amount
from goals.card_words import a_week, rounded
from goals.changes import lines_of, pending_rule, wanted_of
from goals.course_chart import course_drawn, held_rules, line_before
from goals.models import Goal
from goals.plan import Direction, Kind, Per, Plan, Rule, Span
from goals.progress import Moment, Past, Progress, Status, past_of, periods_before, progress_of
from goals.reading import Standing
from goals.row_words import (
    cells_of,
    hard_of,
    near_day,
    periods_sentence,
    slack_of,
    state_of,
)
from goals.sentences import opening, opening_of_goal
from goals.tally import Measured, Tally
from lifetracker.models.preferences import Preferences, shown_with
from lifetracker.web.charts.aim import Aim, aim_chart
from lifetracker.web.charts.periods import PeriodCell, period_cells
from tests.goals.test_examples import MONDAY, START, SUNDAY, THURSDAY, WEDNESDAY, plan, stand, week

MINUS = "\N{MINUS SIGN}"
POUNDS = Preferences(mass="lb")
AT_MOST = Direction.AT_MOST


def standing(
    goal: Plan,
    found: Progress,
    name: str = "Work",
    unit: str = "h",
    *,
    is_over: bool = False,
    past: Sequence[Past | None] = (),
) -> Standing:
    return Standing(Goal(name=name, unit=unit), goal, found, is_over, {}, past)


def of_work(*hours: float, target: float = 28, name: str = "Work", **values: Any) -> Standing:
    """Return where a goal of hours a week stands on Wednesday."""
    goal = plan(target=target, **values)
    return standing(goal, stand(goal, WEDNESDAY, week(*hours)), name)


def of_weight(value: float, **values: Any) -> Standing:
    """Return where the way from 82 to 78 kg in 80 days stands on its 20th day."""
    goal = plan(
        Kind.REACH, 78, direction=AT_MOST, start=WEDNESDAY - timedelta(days=20), start_value=82.0,
        end=WEDNESDAY + timedelta(days=60),
    )  # fmt: skip
    return standing(goal, stand(goal, WEDNESDAY, [value] * 40), "Lighter", "kg", **values)


# --- The sentence ---------------------------------------------------------------------------------


def test_the_sentence_counts_what_asks_today_and_names_the_most_urgent() -> None:
    due, behind = of_work(4, 4, 2.5, name="Due"), of_work(1, 1, 2, name="Late")
    safe = of_work(4, 4, 5, name="Safe")
    assert opening([behind]) == "Late, 8 h due today."
    assert opening([due, safe]) == (
        "One of two goals is behind or due today: Due, 1 h 30 due today."
    )
    assert opening([behind, due, safe]) == (
        "Two of three goals are behind or due today. Most urgent: Late, 8 h due today."
    )


def test_where_nothing_is_due_the_sentence_says_what_is_next() -> None:
    safe, later = of_work(4, 4, 5, name="Safe"), of_work(10, 10, 2, name="Later")
    assert opening([safe, later]) == (
        "No goal asks for anything today. Next is Safe: 3 h by tomorrow."
    )
    assert opening([of_work(10, 10, 9)]) == (
        "No goal asks for anything today. Next is Work: 4 h by Monday."
    )


def test_unknown_goals_are_counted_and_not_called_behind() -> None:
    unknown = standing(
        plan(), Progress(day=WEDNESDAY, period=Span(MONDAY, SUNDAY), status=Status.UNKNOWN)
    )
    assert opening([unknown]) == "Nothing is known of today yet."
    assert opening([of_work(1, 1, 2), unknown]) == (
        "One of two goals is behind or due today: Work, 8 h due today. One is not known."
    )
    assert opening([unknown, unknown]) == "Nothing is known of today yet. All two are not known."
    assert opening([]) == "Say what you want to come to, and see each day what that asks for."


def test_values_limits_and_means_say_what_is_missing_in_their_own_words() -> None:
    assert opening([of_weight(81.5)]) == "Lighter, 0.5 kg above its line."
    limit = plan(target=10, direction=AT_MOST)
    over = standing(limit, stand(limit, WEDNESDAY, week(6, 4, 2)), "Less")
    assert opening([over]) == "Less, 2 h over its limit."
    mean = plan(Kind.MEAN, 7.5)
    under = standing(mean, stand(mean, WEDNESDAY, week(7, 7, 7)), "Sleep")
    assert opening([under]) == "Sleep, 30 min below the mean it asks for."


def test_a_goal_of_its_own_begins_with_how_it_stands() -> None:
    assert opening_of_goal(of_work(1, 1, 2)) == "8 h due today."
    assert opening_of_goal(of_work(4, 4, 5)) == "Nothing is due today, and 3 h by tomorrow."
    assert opening_of_goal(of_work(10, 10, 9)) == "Reached: 29 h."
    assert opening_of_goal(of_weight(80.6)) == f"On its line: {MINUS}0.3 kg a week from now on."
    limit = plan(target=10, direction=AT_MOST)
    kept = standing(limit, stand(limit, WEDNESDAY, week(1, 1, 1)))
    assert opening_of_goal(kept) == "7 h may still be used."


# --- A row ----------------------------------------------------------------------------------------


def test_a_row_says_what_is_due_by_when_and_for_how_long_nothing_is() -> None:
    assert hard_of(of_work(1, 1, 2)) == ("8 h", "today")
    assert slack_of(of_work(1, 1, 2)) == ("0 days", "of slack")
    assert hard_of(of_work(4, 4, 5)) == ("3 h", "by tomorrow")
    assert slack_of(of_work(4, 4, 9)) == ("1 day", "of slack")
    assert hard_of(of_work(10, 10, 9)) == ("Nothing", "until Monday")
    assert hard_of(of_weight(81.5)) == (f"{MINUS}0.41 kg a week", "from today on")
    assert slack_of(of_weight(81.5)) == ("0.5 kg", "above the line")
    assert slack_of(of_weight(80.6)) == ("8 days", "of slack")


def test_a_row_of_a_limit_and_of_a_mean() -> None:
    limit = plan(target=20, direction=AT_MOST)
    days: list[float | None] = [2.0] * 60
    kept = standing(limit, stand(limit, WEDNESDAY, days))
    assert hard_of(kept) == ("14 h", "left until Sunday")
    assert slack_of(kept) == ("7 days", "of slack at your usual rate")
    mean = plan(Kind.MEAN, 3)
    asked = standing(mean, stand(mean, WEDNESDAY, days))
    assert hard_of(asked) == ("3 h 45", "a day, for the 4 days left") or hard_of(asked) == (
        "3 h 45 a day",
        "for the 4 days left",
    )
    late = stand(mean, SUNDAY - timedelta(days=1), days)
    assert hard_of(standing(mean, late)) == ("9 h", "tomorrow")


def test_a_row_of_a_goal_that_is_unknown_free_or_over() -> None:
    unknown = standing(
        plan(), Progress(day=WEDNESDAY, period=Span(MONDAY, SUNDAY), status=Status.UNKNOWN)
    )
    assert (hard_of(unknown), slack_of(unknown)) == (
        ("Not known", ""),
        ("Not known", "how much slack"),
    )
    free = plan(free=(Span(MONDAY, SUNDAY),))
    resting = standing(free, stand(free, WEDNESDAY, week(0, 0, 0)))
    assert (hard_of(resting), slack_of(resting)) == (("Nothing", "free"), ("", ""))
    over = standing(plan(), stand(plan(), WEDNESDAY, week(0, 0, 0)), is_over=True)
    assert hard_of(over) == ("Over", "since 17 September")


def test_the_state_begins_with_what_matters() -> None:
    assert state_of(of_work(1, 1, 2)) == ("Behind by 8 h.", "4 h done.", "low")
    assert state_of(of_work(4, 4, 2.5)) == ("Due today:", "1 h 30. 10 h 30 done.", "mid")
    assert state_of(of_work(4, 4, 5)) == ("On pace.", "13 h done.", "high")
    assert state_of(of_weight(80.6))[0] == "Ahead."


def test_days_near_by_have_names() -> None:
    assert near_day(WEDNESDAY, WEDNESDAY) == "today"
    assert near_day(THURSDAY, WEDNESDAY) == "tomorrow"
    assert near_day(WEDNESDAY + timedelta(days=6), WEDNESDAY) == "Tuesday"
    assert near_day(WEDNESDAY + timedelta(days=7), WEDNESDAY) == "23 September"


def past(value: float | None, is_reached: bool | None, back: int = 1) -> Past:
    first = MONDAY - timedelta(weeks=back)
    return Past(
        period=Span(first, first + timedelta(days=6)), value=value, target=28.0, is_reached=is_reached,
        known_days=7, unknown_days=0,
    )  # fmt: skip


def test_earlier_periods_have_cells_with_words() -> None:
    found = [past(30, True), None, past(10, False, 3), past(None, None, 4)]
    cells = cells_of(standing(plan(), stand(plan(), WEDNESDAY, week(1, 1, 1)), past=found))
    assert cells == [
        ("unknown", "week from 17 August: not known, not known"),
        ("missed", "week from 24 August: 10 h, missed"),
        ("free", "free"),
        ("reached", "week from 7 September: 30 h, reached"),
    ]
    assert periods_sentence([one.state for one in cells], "week") == (
        "1 of 2 weeks reached, 1 free, 1 not known"
    )
    assert periods_sentence([], "week") == ""
    assert periods_sentence(["free"], "week") == "1 free"


def test_a_rolling_total_that_was_reached_needs_no_other_day() -> None:
    goal = plan(per=Per.ROLLING, rolling_days=7, target=10)
    values: list[float | None] = [None, 6, 6, None, None, None, None, *[1.0] * 3]
    measured = Measured(WEDNESDAY - timedelta(days=9), values)
    tally = Tally(goal, measured, WEDNESDAY)
    window = Span(WEDNESDAY - timedelta(days=9), WEDNESDAY - timedelta(days=3))
    found = past_of(goal, tally, window, None)
    assert found
    assert (found.value, found.is_reached, found.unknown_days) == (12, True, 5)
    missed = past_of(plan(per=Per.ROLLING, rolling_days=7, target=20), tally, window, None)
    assert missed
    assert missed.is_reached is True or missed.is_reached is None


def test_a_value_whose_later_end_does_not_hold_yet_asks_for_nothing() -> None:
    ended = Rule(START, 78, WEDNESDAY - timedelta(days=2))
    later = Rule(WEDNESDAY + timedelta(days=5), 78, WEDNESDAY + timedelta(days=60))
    goal = plan(Kind.REACH, direction=AT_MOST, start_value=82.0, rules=(ended, later))
    found = stand(goal, WEDNESDAY, [81.0] * 60)
    assert (found.status, found.reason) == (
        Status.FREE,
        "The goal has ended, and is asked for again once its change holds.",
    )
    again = stand(goal, WEDNESDAY + timedelta(days=6), [81.0] * 70)
    assert again.status is not Status.FREE


# --- What a goal asks for, and how its lines came about ------------------------------------------


def test_what_is_asked_for_is_said_in_full() -> None:
    def said(goal: Plan, unit: str = "h") -> str:
        return wanted_of(standing(goal, stand(goal, WEDNESDAY, week(1, 1, 1)), unit=unit), "h")

    assert said(plan(target=25)) == "25 h a week"
    assert said(plan(target=10, direction=AT_MOST)) == "at most 10 h a week"
    assert said(plan(Kind.MEAN, 7.5)) == "7 h 30 a day, mean of a week"
    assert (
        said(plan(Kind.MEAN, 7.5, per=Per.ROLLING, rolling_days=10))
        == "7 h 30 a day, mean of 10 days"
    )
    days = plan(Kind.DAYS, rules=(Rule(START, 4, None, 3.0, None),))
    assert said(days, "days") == "4 days a week with 3 h or more"
    between = plan(Kind.DAYS, rules=(Rule(START, 1, None, 7.0, 9.0),))
    assert said(between, "days") == "1 day a week with 7 h to 9 h"


def test_a_change_waits_until_it_holds_and_one_that_was_taken_back_is_called_so() -> None:
    first = Rule(START, 28)
    easier = Rule(WEDNESDAY + timedelta(days=7), 20)
    back = Rule(WEDNESDAY, 28)
    assert pending_rule((first, easier), WEDNESDAY) == easier
    assert pending_rule((first, easier, back), WEDNESDAY) is None
    assert pending_rule((Rule(THURSDAY, 28),), WEDNESDAY) is None
    assert held_rules((first, easier, back)) == (first,)
    goal = plan(rules=(first, easier, back))
    made = [START, WEDNESDAY, WEDNESDAY]
    assert lines_of(goal, stand(goal, WEDNESDAY, week(1, 1, 1)), "h", made) == [
        ("16 September", "28 h a week"),
        ("23 September", "20 h a week, asked for on 16 September, taken back"),
        ("20 July", "28 h a week"),
    ]


# --- The chart ------------------------------------------------------------------------------------


def drawn(goal: Plan, values: list[float | None]) -> Any:
    measured = Measured(WEDNESDAY - timedelta(days=len(values) - 1), values)
    tally = Tally(goal, measured, WEDNESDAY)
    found = progress_of(goal, measured, Moment(today=WEDNESDAY, seed="a seed"))
    one = Standing(Goal(name="Work", unit="h"), goal, found, False, {}, (), tally)
    return course_drawn(one, tally)


def test_a_week_is_drawn_as_sums_up_to_today_and_unknown_days_are_gaps() -> None:
    course = drawn(plan(target=28), [0.0] * 60 + [4, None, 5])
    assert course.days == [MONDAY + timedelta(days=at) for at in range(7)]
    assert course.aim.own == [4, None, 9, None, None, None, None]
    assert course.aim.line == [4, 8, 12, 16, 20, 24, 28]
    assert (course.aim.today, course.aim.now) == (2, 9)
    low, high = course.aim.ends
    assert 9 <= low <= high


def test_most_draws_end_between_the_two_ends() -> None:
    """Each day of the last 90 added 2 or 4 hours by turns: four days more add about 12."""
    values: list[float | None] = [2.0 + 2 * (at % 2) for at in range(120)]
    course = drawn(plan(target=28), values)
    low, high = course.aim.ends
    so_far = sum(values[-3:])  # type: ignore[arg-type]  # all are known
    assert so_far + 4 * 2 <= low <= so_far + 12 <= high <= so_far + 4 * 4


def test_the_line_before_a_change_is_drawn_from_there_on() -> None:
    goal = plan(rules=(Rule(START, 14), Rule(WEDNESDAY, 28)))
    course = drawn(goal, week(2, 2, 2))
    assert course.changed == WEDNESDAY
    assert course.aim.line == [2, 4, 8, 12, 16, 20, 24]
    assert course.aim.before == [None, 4, 6, 8, 10, 12, 14]
    assert line_before(plan(), [MONDAY], [1.0]) == (None, [])


def test_free_days_are_shaded_and_long_ways_have_a_point_for_each_week() -> None:
    goal = plan(target=28, free=(Span(MONDAY, MONDAY), Span(THURSDAY, SUNDAY)))
    assert drawn(goal, week(1, 1, 1)).aim.free == [(0, 0), (3, 6)]
    way = plan(Kind.REACH, 60, direction=AT_MOST, start_value=80.0, start=WEDNESDAY - timedelta(days=300),
               end=WEDNESDAY + timedelta(days=300))  # fmt: skip
    course = drawn(way, [70.0] * 301)
    assert 85 <= len(course.days) <= 88
    assert course.aim.own[course.aim.today] == 70
    assert course.aim.own[course.aim.today + 1] is None


def test_a_chart_has_each_of_its_parts() -> None:
    days = [MONDAY + timedelta(days=at) for at in range(4)]
    aim = Aim(own=[1, None, 2, None], line=[1, 2, 3, 4], before=[None, 2, 2.5, 3], free=((1, 1),), today=2,
              ends=(3, 5), now=2)  # fmt: skip
    html = aim_chart(aim, days, sentence="A line")
    for name in ("odds", "asked-before", "asked", "trend", "asked-end"):
        assert html.count(f'<path class="{name}"') == 1
    assert 'aria-label="A line"' in html
    assert re.search('<path class="trend" d="M1 \\d+h0M5 \\d+h0"/>', html)
    assert '<rect class="f-sunken" x="25%" width="25%"' in html
    assert ">free</text>" in html
    assert '<line class="now-line" x1="62.5%"' in html
    bare = aim_chart(Aim(own=[None] * 4, line=[None] * 4), days, sentence="Nothing")
    assert "Nothing is known of these days." in bare
    with pytest.raises(ValueError, match="got 2 values"):
        aim_chart(Aim(own=[1, 2], line=[1, 2, 3, 4]), days, sentence="Too short")


def test_cells_are_told_apart_without_colours() -> None:
    cells = [
        PeriodCell("reached", "a"),
        PeriodCell("missed", "b"),
        PeriodCell("free", "c"),
        PeriodCell("unknown", "<d>"),
    ]
    html = period_cells(cells, sentence="Four weeks")
    assert html.count('class="pip"') == 1
    assert re.findall(r'class="(f-[\w-]+)"', html) == [
        "f-high",
        "f-low",
        "f-part-6",
        "f-none",
    ]
    assert "<title>&lt;d&gt;</title>" in html
    assert 'role="img" aria-label="Four weeks"' in html


# --- Amounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("25", "h", 25), ("7.5", "h", 7.5), ("7,5", "h", 7.5), ("7:30", "h", 7.5), ("7 h 30", "h", 7.5),
        ("7h", "h", 7), ("1 h 05 min", "h", 1 + 5 / 60), ("90 min", "h", 1.5), (" 3 ", "", 3),
        ("1,000", "", 1000), ("1,000.5", "", 1000.5), ("2.000", "", 2), ("80 %", "%", 80),
        ("-3", "", -3), (f"{MINUS}3", "", -3), ("63,5 kg", "kg", 63.5), ("140 lb", "kg", 63.503),
    ],
)  # fmt: skip
def test_amounts_are_taken_as_people_type_them(text: str, unit: str, value: float) -> None:
    assert amount_of(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", ""),
        ("many", ""),
        ("nan", ""),
        ("inf", ""),
        ("1_0", ""),
        ("7:99", "h"),
        ("25 kg", "h"),
        ("1e999", ""),
        ("heavy", "kg"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, unit: str) -> None:
    with pytest.raises(ValidationError):
        amount_of(text, unit)


def test_amounts_are_shown_and_typed_in_the_chosen_unit() -> None:
    assert typed_amount(7.5, "h") == "7.5"
    assert typed_amount(20.0, "h") == "20"
    assert typed_amount(63.0, "kg") == "63"
    assert rounded(1.66, "kg") == "1.7 kg"
    assert (rounded(65.34, "kg"), rounded(0.504, "kg"), rounded(6.9, "h")) == (
        "65.3 kg",
        "0.5 kg",
        "6 h 54",
    )
    with shown_with(POUNDS):
        assert typed_amount(63.5029, "kg") == "140"
        assert amount_of("140", "kg") == pytest.approx(63.503, abs=0.001)
        assert rounded(65.34, "kg") == "144.1 lb"
        assert a_week(-0.1, "kg") == f"{MINUS}1.54 lb"
        assert opening([of_weight(81.5)]) == "Lighter, 1.1 lb above its line."


def test_windows_that_roll_follow_one_another_without_a_gap() -> None:
    goal = plan(per=Per.ROLLING, rolling_days=14)
    found = periods_before(goal, SUNDAY, 3)
    assert [one.last for one in found] == [SUNDAY - timedelta(days=14 * back) for back in (1, 2, 3)]
    assert [len(one) for one in found] == [14, 14, 14]


def test_a_goal_to_come_and_one_that_is_over_say_so() -> None:
    goal = plan(start=WEDNESDAY + timedelta(days=9))
    later = standing(goal, stand(goal, WEDNESDAY, week(1, 1, 1)))
    assert opening_of_goal(later) == "Begins on 25 September."
    assert state_of(later) == ("Not begun.", "It begins on 25 September.", None)
    assert hard_of(later) == ("25 September", "is the first day")
    assert slack_of(later) == ("", "")
    reached = standing(plan(), stand(plan(), WEDNESDAY, week(10, 10, 2)), is_over=True)
    assert opening_of_goal(reached) == "Reached with 22 h."
    assert state_of(reached)[:2] == ("Reached.", "22 h at the end.")

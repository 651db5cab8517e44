"""The card of Today that says what goals ask for."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from goals import card_words, cards
from goals.cards import GoalsCard, goals_card
from goals.models import FreePeriod, Goal, GoalLine
from goals.pace import Pace
from goals.plan import Direction, Kind, Per, Plan, Span
from goals.progress import Progress, Status
from goals.reading import Standing, standing_of, standings_of
from lifetracker.metrics.verified import Verified
from lifetracker.web.cards import Visit
from lifetracker.web.source_status import source_statuses
from tests import makers
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY
from tests.goals.test_examples import MONDAY, SUNDAY, WEDNESDAY, plan, stand, week

pytestmark = pytest.mark.django_db

MINUS = "\N{MINUS SIGN}"
AT_MOST = Direction.AT_MOST
# Goals with their lines, free periods, and one for all kinds of rows; to ask what the syncs have read takes three more: the
# states of streams, and whether each service with a consent is set up.
QUERIES, OF_SYNCS = 3, 3


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""
    settings.WHOOP_CLIENT_ID = settings.WITHINGS_CLIENT_ID = ""


def visit(day: date = TODAY) -> Visit:
    statuses = {status.name: status for status in source_statuses()}
    return Visit(NOW, TODAY, day, statuses)


def card(day: date = TODAY) -> GoalsCard:
    return goals_card(visit(day))


def said(
    goal: Plan, found: Progress, unit: str = "h", *, is_past: bool = False
) -> tuple[str, str, str]:
    """Return what the card says of a goal: target, number, state."""
    standing = Standing(Goal(name="A goal", unit=unit), goal, found, False, {})
    words = card_words.words_of(standing, is_past=is_past)
    return words.target, words.hard, words.state


def band(goal: Plan, found: Progress) -> str | None:
    standing = Standing(Goal(name="A goal", unit="h"), goal, found, False, {})
    return card_words.words_of(standing, is_past=False).band


# --- A total --------------------------------------------------------------------------------------


def test_a_total_that_is_due_today() -> None:
    goal = plan(target=28)
    found = stand(goal, WEDNESDAY, week(4, 4, 2.5))
    assert said(goal, found) == (
        "28 h a week",
        "17 h 30 by Sunday",
        "Due today: 1 h 30. 10 h 30 done.",
    )
    assert band(goal, found) == "mid"
    standing = Standing(Goal(unit="h"), goal, found, False, {})
    words = card_words.words_of(standing, is_past=False)
    assert (words.share, words.pace) == (pytest.approx(10.5 / 28), pytest.approx(12 / 28))


def test_a_total_that_is_behind() -> None:
    goal = plan(target=28)
    found = stand(goal, WEDNESDAY, week(1, 1, 2))
    assert said(goal, found)[1:] == ("24 h by Sunday", "Behind by 8 h. 4 h done.")
    assert band(goal, found) == "low"


def test_a_total_on_pace_ahead_and_reached() -> None:
    goal = plan(target=28)
    on_pace = stand(goal, WEDNESDAY, week(4, 4, 5))
    assert said(goal, on_pace)[1:] == ("15 h by Sunday", "On pace. 13 h done.")
    assert band(goal, on_pace) == "high"
    reached = stand(goal, WEDNESDAY, week(10, 10, 9))
    assert said(goal, reached)[1:] == ("reached", "Reached. 29 h done.")
    month = plan(target=60, per=Per.MONTH)
    ahead = stand(month, date(2026, 9, 2), [30, 14])
    assert said(month, ahead) == (
        "60 h a month",
        "16 h by 30 September",
        "Ahead by 40 h. 44 h done.",
    )


def test_other_periods_end_in_other_words() -> None:
    daily = plan(target=2, per=Per.DAY)
    assert said(daily, stand(daily, WEDNESDAY, week(1, 1, 0.5)))[:2] == (
        "2 h a day",
        "1 h 30 today",
    )
    rolling = plan(target=14, per=Per.ROLLING, rolling_days=7)
    assert said(rolling, stand(rolling, WEDNESDAY, [1.0] * 10))[:2] == (
        "14 h in 7 days",
        "7 h today",
    )
    goal = plan(target=28)
    assert said(goal, stand(goal, SUNDAY, week(4, 4, 4, 4, 4, 4, 2)))[1] == "2 h today"


def test_a_count_of_days_has_its_singular() -> None:
    goal = plan(Kind.DAYS, 4)
    rule = goal.rules[0]._replace(day_at_least=3)
    goal = plan(Kind.DAYS, 4, rules=(rule,))
    found = stand(goal, WEDNESDAY, week(4, 4, 4))
    assert said(goal, found, "days") == (
        "4 days a week",
        "1 day by Sunday",
        "On pace. 3 days done.",
    )


# --- A limit --------------------------------------------------------------------------------------


def test_a_limit_says_what_is_left() -> None:
    goal = plan(target=10, direction=AT_MOST)
    found = stand(goal, WEDNESDAY, week(1, 1, 1))
    assert said(goal, found) == (
        "at most 10 h a week", "7 h left until Sunday", "Within the limit. 3 h used.",
    )  # fmt: skip
    over = stand(goal, WEDNESDAY, week(6, 6, 0))
    assert said(goal, over)[1:] == ("2 h over", "Over the limit by 2 h. 12 h used.")
    assert band(goal, over) == "low"


# --- A mean ---------------------------------------------------------------------------------------


def test_a_mean_says_what_the_days_need() -> None:
    goal = plan(Kind.MEAN, 7.5)
    found = stand(goal, WEDNESDAY, week(7, 7, 7))
    assert found.pace is not None
    target, hard, state = said(goal, found)
    assert target == "7 h 30 a day"
    assert hard == f"{card_words.hours_words(found.pace.needed)} a day"
    assert state == "30 min under. 7 h on average so far."
    good = stand(goal, WEDNESDAY, week(8, 8, 8))
    assert said(goal, good)[2] == "On pace. 8 h on average so far."
    last = stand(goal, SUNDAY - timedelta(days=1), week(7, 7, 7, 7, 7, 7))
    assert said(goal, last)[1].endswith(" on Sunday")


def test_a_mean_that_is_too_much() -> None:
    goal = plan(Kind.MEAN, 2, direction=AT_MOST)
    found = stand(goal, WEDNESDAY, week(3, 3, 3))
    assert said(goal, found)[::2] == (
        "at most 2 h a day",
        "1 h over. 3 h on average so far.",
    )


# --- A value to reach -----------------------------------------------------------------------------


def reach(values: list[float | None], **made: Any) -> tuple[Plan, Progress]:
    goal = plan(
        Kind.REACH, 63, start=MONDAY - timedelta(days=20), end=MONDAY + timedelta(days=100),
        start_value=66.0, direction=AT_MOST, **made,
    )  # fmt: skip
    return goal, stand(goal, WEDNESDAY, values)


def test_a_value_to_reach_has_its_pace_a_week() -> None:
    goal, found = reach([66 + at / 100 for at in range(220)])
    assert found.pace is not None
    assert found.pace.own == pytest.approx(0.01)
    target, hard, state = said(goal, found, "kg")
    assert target == "63 kg by 23 December"
    assert hard == f"{MINUS}{round(-found.pace.needed * 7, 2):g} kg a week"
    assert state == "Behind: your pace is +0.07 kg a week over 31 weeks. 68.2 kg."


def test_a_value_that_is_ahead_or_reached() -> None:
    goal, found = reach([64.0] * 220)
    assert said(goal, found, "kg")[2] == "Ahead: your pace is 0 kg a week over 31 weeks. 64 kg."
    goal, found = reach([62.0] * 220)
    assert said(goal, found, "kg")[1:] == ("reached", "Reached. 62 kg.")
    goal, found = reach([65.7])
    assert found.pace == Pace(found.pace.needed if found.pace else 0, None, 0, 0)
    assert said(goal, found, "kg")[2].startswith("Behind. 65.7 kg.")


def test_a_target_of_another_year_says_the_year() -> None:
    rule = plan(Kind.REACH, 63).rules[0]._replace(end=date(2027, 3, 1))
    goal = plan(Kind.REACH, rules=(rule,), start_value=66.0)
    assert said(goal, stand(goal, WEDNESDAY, [66.0] * 30), "kg")[0] == "63 kg by 1 Mar 2027"
    endless = plan(Kind.REACH, 63, start_value=66.0)
    assert said(endless, stand(endless, WEDNESDAY, [66.0] * 30), "kg")[0] == "63 kg"


# --- What is not known ----------------------------------------------------------------------------


def test_what_is_not_known_is_said() -> None:
    goal = plan(Kind.MEAN, 7.5)
    found = stand(goal, WEDNESDAY, week()[:5] + [None] * 5)
    assert said(goal, found)[1:] == (
        "not known",
        "No day of this period is known yet. 3 days not known yet.",
    )
    assert band(goal, found) is None
    total = plan(target=28)
    partly = stand(total, WEDNESDAY, [*week(4, 4), None])
    assert said(total, partly)[2].endswith("8 h done. 1 day not known yet.")
    assert said(total, partly, is_past=True)[2].endswith("1 day not known.")
    reached = stand(total, WEDNESDAY, [*week(20, 20), None])
    assert said(total, reached)[2] == "Reached. 40 h done."


def test_a_free_period_asks_for_nothing() -> None:
    goal = plan(target=28, free=(Span(MONDAY, SUNDAY),))
    found = stand(goal, WEDNESDAY, week(0, 0, 0))
    assert found.status is Status.FREE
    assert said(goal, found)[1:] == ("free", "The whole period is free.")


def test_a_day_that_is_over_asks_for_nothing_more() -> None:
    goal = plan(target=28)
    found = stand(goal, WEDNESDAY, week(4, 4, 2.5))
    assert said(goal, found, is_past=True)[1:] == ("10 h 30", "Behind by 1 h 30. 10 h 30 done.")


# --- The card -------------------------------------------------------------------------------------


def test_numbers_are_those_of_the_api(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    makers.goal(start=TODAY - timedelta(weeks=3))
    scenes.entry(30, 90)
    (row,) = card().rows
    found = client.get(f"/api/goals/{Goal.objects.get().pk}/progress").json()
    assert row.words.share == pytest.approx(found["value"] / found["target"])
    assert row.words.pace == pytest.approx(found["line"] / found["target"])
    left = found["target"] - found["value"]
    # Monday was not read, so that there may be more.
    assert found["at_least"] is True
    assert row.words.hard == f"at most {card_words.hours_words(left)} by Sunday"
    due = card_words.hours_words(found["due_today"])
    assert row.words.state == (
        f"Behind by at most {due}. At least 1 h 30 done. 2 days not known yet."
    )


def test_many_goals_are_read_as_each_alone() -> None:
    scenes.goals()
    makers.goal(metric="weight.trend", kind=Kind.MEAN, target=70, name="Steady")
    makers.goal(metric="time.naps", name="Gone")
    makers.goal(start=TODAY - timedelta(days=40), end=TODAY - timedelta(days=9), name="Over")
    for back in range(0, 60, 2):
        scenes.weigh_in(back, weight_kg=72 + back / 50)
        scenes.entry(24 * back + 3, 200)
    FreePeriod.objects.create(start=TODAY - timedelta(days=20), mark="illness")
    together = standings_of(GoalLine.objects.by_goal())
    assert len(together) == 5
    for one in together:
        alone = standing_of(Goal.objects.get(pk=one.goal.pk))
        assert one.progress == alone.progress
        assert one.summary == alone.summary


def test_the_most_urgent_comes_first_and_four_are_shown() -> None:
    # From this Monday on; of the weeks before nothing is asked.
    for name, target, at_most in (
        ("reached", 1, False), ("behind", 28, False), ("limit", 20, True), ("passed", 1, True),
        ("later", 4, False),
    ):  # fmt: skip
        direction = Direction.AT_MOST if at_most else Direction.AT_LEAST
        makers.goal(name=name, target=target, direction=direction, start=MONDAY)
    scenes.entry(28, 120)
    found = card()
    assert [row.name for row in found.rows][:2] == ["behind", "passed"]
    assert (len(found.rows), found.others) == (4, 1)
    assert "reached" not in [row.name for row in found.rows]


def test_goals_that_are_not_on_are_left_out(client: Client) -> None:
    makers.goal(name="later", start=TODAY + timedelta(days=1))
    makers.goal(name="over", start=TODAY - timedelta(days=9), end=TODAY - timedelta(days=1))
    makers.goal(name="deleted", deleted_at=NOW)
    found = card()
    assert (found.rows, found.has_goals) == ([], True)
    client.force_login(makers.robin())
    assert "No goal asks for anything today." in client.get("/").text
    assert [row.name for row in card(TODAY - timedelta(days=2)).rows] == ["over"]


def test_an_earlier_day_is_looked_at_from_its_end() -> None:
    makers.goal(start=MONDAY - timedelta(weeks=3))
    scenes.entry(28, 120)
    scenes.entry(3, 60)
    before = card(TODAY - timedelta(days=1))
    assert before.title == "What the day asked"
    assert [row.words.hard for row in before.rows] == ["at least 2 h"]
    assert [row.words.hard for row in card().rows] == ["at most 17 h by Sunday"]


def test_no_goals_say_where_to_set_one(client: Client) -> None:
    client.force_login(User.objects.create_user("robin"))
    text = client.get("/").text
    assert "No goals yet." in text
    assert '<a href="/goals/new">Set a goal</a>' in text


def test_the_card_leads_to_each_goal(client: Client) -> None:
    client.force_login(User.objects.create_user("robin"))
    goal = makers.goal(name="<b>Work</b>")
    text = client.get("/").text
    assert f'<a href="/goals/{goal.pk}/"><bdi>&lt;b&gt;Work' in text
    assert '<a class="more" href="/goals/">All goals</a>' in text
    assert "The mark is where you would be on an even pace." in unescape(text)
    assert re.search(r'<svg class="bullet" height="12" aria-hidden="true">', text)


def test_goals_cost_the_same_however_many_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def fill(number: int) -> None:
        for at in range(number):
            makers.goal(metric="workouts.count", name=f"{at}", start=TODAY - timedelta(weeks=at))
            makers.goal(
                metric="weight.trend", kind=Kind.REACH, per="", target=60 + at, name=f"w{at}",
                start=TODAY - timedelta(weeks=at), end=TODAY + timedelta(weeks=9),
            )  # fmt: skip
            FreePeriod.objects.create(goal=Goal.objects.first(), start=TODAY, end=TODAY)

    fill(1)
    with django_assert_num_queries(QUERIES + OF_SYNCS):
        standings_of(GoalLine.objects.by_goal())
    fill(12)
    with django_assert_num_queries(QUERIES + OF_SYNCS):
        standings_of(GoalLine.objects.by_goal())
    seen = visit()
    with django_assert_num_queries(QUERIES):
        # What the syncs have read is known to the page already.
        goals_card(seen)
    assert isinstance(seen.verified, Verified)


def test_every_status_has_its_urgency() -> None:
    assert set(cards.URGENCY) == set(Status)

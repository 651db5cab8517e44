"""Looks at days that are stored, and what is kept of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from insights import inputs, looking
from insights.inputs import Inputs, read_inputs, takes_part
from insights.looking import LEASE, find_insights, is_due, looked_at_before
from insights.models import Finding, FindingTest, InsightRun
from insights.sentences import NO_CAUSE, sentence, sides, state_words
from insights.states import State
from insights.views import test_words as words_of
from journal.models import Answer, Behaviour
from lifetracker.metrics.registry import all_metrics
from lifetracker.models import BEGINNING, DayMark, Lease, LeaseLost, SyncState
from own_metrics.models import OwnMetric, OwnValue
from tests import makers

LAST = date(2026, 9, 15)
DAYS = 365
LATE, SCORE = "Late meal", "Score"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 9, 16, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)


def live(cost: float = 6.0, days: int = DAYS, seed: int = 1) -> tuple[str, str]:
    """Store days on which a late meal lowers the score of the next day by `cost`, and return the keys of both."""
    chance = np.random.default_rng(seed)
    late = Behaviour.objects.create(name=LATE)
    score = OwnMetric.objects.create(name=SCORE, unit="%", decimals=0)
    did = chance.random(days) < 0.3
    values = 60 + 5 * chance.standard_normal(days)
    values[1:] -= cost * did[:-1]
    first = LAST - timedelta(days=days - 1)
    for number in range(days):
        day = first + timedelta(days=number)
        Answer.objects.create(behaviour=late, date=day, value=float(did[number]))
        OwnValue.objects.create(metric=score, date=day, value=float(values[number]))
    return f"journal.{late.pk}", f"own.{score.pk}"


def rows(inputs: Inputs) -> dict[str, Any]:
    return dict(zip(inputs.panel.keys, inputs.panel.values, strict=True))


def test_a_late_meal_that_costs_is_found_and_said() -> None:
    action, outcome = live()
    run = find_insights()
    assert run
    assert run.last_day == LAST
    assert set(run.series) == {action, outcome}
    assert run.tested == 2, "a day and two days later"
    assert run.confirmed == 1
    one = Finding.objects.shown().get()
    assert (one.action, one.outcome, one.lag, one.state) == (action, outcome, 1, State.CONFIRMED)
    assert one.found_on + timedelta(days=1) == one.first_day
    assert one.low
    assert one.high
    assert one.low < -6 < one.high < 0
    said = sentence(one)
    assert said.startswith("“Late meal” answered yes: your score the next day was ")
    assert " points lower (likely between " in said
    assert sides(one) == f"{one.more_days} days with yes, {one.other_days} with no."
    assert "cause" not in said
    assert "does not say that one causes the other" in NO_CAUSE
    assert [one.state for one in FindingTest.objects.order_by("pk")] == ["candidate", "confirmed"]


def test_what_is_unrelated_is_not_said_and_what_could_have_been_seen_is() -> None:
    action, outcome = live(cost=0)
    run = find_insights()
    assert run
    assert not Finding.objects.shown().exists()
    [bound] = run.bounds
    assert (bound["action"], bound["outcome"], bound["lag"]) == (action, outcome, 1)
    # With 5 points from day to day and three of ten days: 2 x 1.96 x 5 / sqrt(364 x 0.3 x 0.7) = 2.2.
    assert bound["high"] - bound["low"] == pytest.approx(2.2, abs=0.35)
    assert bound["low"] < 0 < bound["high"]
    assert bound["days"] == DAYS - 1


def test_a_small_effect_is_kept_and_not_said() -> None:
    live(cost=3.0)
    OwnMetric.objects.update(decimals=0)
    find_insights()
    found = Finding.objects.get()
    found.is_large = False
    found.save()
    assert not Finding.objects.shown().exists()


def test_what_was_not_kept_yet_is_no_zero() -> None:
    SyncState.objects.create(
        source="Toggl", stream="entry", verified_from=BEGINNING, verified_to=timezone.now()
    )
    for number in range(100):
        if number % 3:
            makers.entry(days_ago=number)
    found = read_inputs(LAST)
    assert found.panel.first == LAST - timedelta(days=97)
    hours = rows(found)["time.hours"]
    assert (hours == 0).sum() == 32


def test_a_few_days_that_differ_decide_nothing() -> None:
    row = np.zeros(200)
    row[:7] = range(1, 8)
    assert not takes_part(row, is_yes_no=False)
    row[7] = 1
    assert takes_part(row, is_yes_no=False)


def test_few_days_take_no_part() -> None:
    action, outcome = live(days=59)
    run = find_insights()
    assert run
    assert (run.tested, run.series) == (0, {})
    assert {key: days for key, days in run.left_out.items() if days} == {action: 59, outcome: 59}
    assert is_due(LAST), "nothing was looked at"


def test_a_deleted_record_changes_its_own_day_alone() -> None:
    _, outcome = live()
    before = rows(read_inputs(LAST))[outcome]
    OwnValue.objects.filter(date=LAST - timedelta(days=100)).first().mark_deleted()
    after = rows(read_inputs(LAST))[outcome]
    changed = np.flatnonzero(~((before == after) | (np.isnan(before) & np.isnan(after))))
    assert changed.tolist() == [DAYS - 101]
    assert np.isnan(after[DAYS - 101])


def test_days_of_illness_travel_and_holiday_are_unknown() -> None:
    live()
    for number, kind in enumerate(["sick", "travel", "holiday", "other"]):
        DayMark.objects.create(date=LAST - timedelta(days=10 + number), kind=kind)
    DayMark.objects.create(date=LAST - timedelta(days=20), kind="sick", state="proposed")
    values = read_inputs(LAST).panel.values
    unknown = np.flatnonzero(np.isnan(values).all(axis=0))
    assert unknown.tolist() == [DAYS - 13, DAYS - 12, DAYS - 11]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_time_zone_changes_nothing(zone: str, settings: Any) -> None:
    live()
    here = read_inputs(LAST).panel
    settings.TIME_ZONE = zone
    there = read_inputs(LAST).panel
    assert np.array_equal(here.values, there.values, equal_nan=True)
    assert (here.first, here.keys) == (there.first, there.keys)


def test_the_order_in_which_metrics_come_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    live()
    here = read_inputs(LAST)
    turned = all_metrics()[::-1]
    monkeypatch.setattr(inputs, "all_metrics", lambda: turned)
    there = read_inputs(LAST)
    assert here.panel.keys == there.panel.keys
    assert np.array_equal(here.panel.values, there.panel.values, equal_nan=True)


def test_what_stood_out_once_is_not_called_unseen_in_later_looks() -> None:
    action, outcome = live()
    find_insights(LAST - timedelta(days=7))
    assert Finding.objects.get().state == State.CONFIRMED
    later = find_insights()
    assert later
    assert not FindingTest.objects.filter(run=later).exists(), "it is not tested again that soon"
    assert later.bounds == [], (action, outcome)


def test_two_looks_at_the_same_days_say_the_same() -> None:
    live()
    find_insights()
    first = list(Finding.objects.values_list("state", "effect", "low", "high", "tested_on"))
    find_insights()
    assert list(Finding.objects.values_list("state", "effect", "low", "high", "tested_on")) == first
    assert FindingTest.objects.count() == 2, "nothing is tested twice on the same days"


def test_days_without_a_record_are_no_test() -> None:
    live()
    find_insights()
    for week in range(1, 6):
        find_insights(LAST + timedelta(weeks=week))
    one = Finding.objects.get()
    assert (one.state, one.tested_on, one.tests.count()) == (State.CONFIRMED, LAST, 2)
    with_records(LAST + timedelta(days=1), 30)
    find_insights(LAST + timedelta(weeks=6))
    one.refresh_from_db()
    assert (one.state, one.tested_on) == (State.HOLDING, LAST + timedelta(days=30))
    assert state_words(one).endswith("Last tested with the days up to 15 October 2026.")
    (newest, *_) = one.tests.all()
    assert newest.last_day == LAST + timedelta(days=30)


def with_records(first: date, days: int) -> None:
    """Store more days on which a late meal costs six points."""
    for number in range(days):
        day = first + timedelta(days=number)
        Answer.objects.create(behaviour=Behaviour.objects.get(), date=day, value=number % 3 == 0)
        value = 60 - 6 * (number % 3 == 1) + number % 2
        OwnValue.objects.create(metric=OwnMetric.objects.get(), date=day, value=value)


def test_the_numbers_of_an_insight_are_without_the_days_that_were_marked_since() -> None:
    live()
    find_insights()
    before = Finding.objects.get()
    marked = [before.first_day + timedelta(days=10 + number) for number in range(30)]
    for day in marked:
        DayMark.objects.create(date=day, kind="sick")
    run = find_insights(LAST + timedelta(days=7))
    assert run
    assert run.confirmed == 0, "it is no news"
    after = Finding.objects.get()
    # The score of the first day belongs to the meal of the day before.
    assert after.days == before.days - 31
    assert after.more_days + after.other_days == after.days
    assert (after.effect, after.low, after.high) != (before.effect, before.low, before.high)
    assert {str(day) for day in marked} & {point[0] for point in before.points}
    assert not {str(day) for day in marked} & {point[0] for point in after.points}
    same = ("state", "first_day", "last_day", "confirmed_on", "tested_on", "step", "found_on")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    (newest, *_) = after.tests.all()
    assert (newest.state, newest.days, newest.effect) == ("corrected", after.days, after.effect)
    assert ": as these days are known by now, " in words_of(newest, after)
    find_insights(LAST + timedelta(days=14))
    assert after.tests.count() == 3, "they are measured once"


def test_what_the_days_that_are_left_do_not_confirm_is_withdrawn_at_the_next_look() -> None:
    live()
    find_insights()
    before = Finding.objects.get()
    # Of late meals nothing is left but those on which the score was usual.
    late = {point[0] for point in before.points if point[1] and point[2] < 60}
    for day in late:
        DayMark.objects.create(date=day, kind="sick")
    run = find_insights(LAST + timedelta(days=7))
    assert run
    assert run.withdrawn == 1
    (after,) = Finding.objects.once_said()
    assert (after.effect, after.days) == (before.effect, before.days), "as it was said"
    assert after.tests.all()[0].state == State.WITHDRAWN


def test_of_days_that_are_too_old_to_be_read_none_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live()
    find_insights()
    monkeypatch.setattr(inputs, "MOST_DAYS", 121)
    find_insights(LAST + timedelta(days=7))
    assert Finding.objects.get().state == State.CONFIRMED
    assert FindingTest.objects.count() == 2


def test_after_the_first_look_pairs_are_not_split_again() -> None:
    action, outcome = live()
    assert not looked_at_before(read_inputs(LAST).panel)
    find_insights()
    assert (action, outcome) in looked_at_before(read_inputs(LAST).panel)
    Finding.objects.all().delete()
    find_insights()
    assert Finding.objects.get().state == State.CANDIDATE, "it waits for days to come"
    assert not Finding.objects.shown().exists()


def test_what_may_not_be_tested_any_more_is_not_said_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live()
    find_insights()
    assert Finding.objects.shown().exists()
    monkeypatch.setattr(looking, "allowed_pairs", lambda _: np.zeros((3, 2, 2), dtype=bool))
    find_insights()
    assert not Finding.objects.exists()


def test_of_years_that_no_look_has_seen_days_of_illness_are_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live()
    asked: list[tuple[date, date]] = []
    monkeypatch.setattr(looking, "propose_day_marks", lambda *days: asked.append(days))
    find_insights(LAST - timedelta(days=7))
    first = LAST - timedelta(days=DAYS - 1)
    assert asked == [(first, LAST - timedelta(days=7))]
    find_insights()
    assert len(asked) == 1, "after a sync the newest days are asked about"
    OwnValue.objects.create(
        metric=OwnMetric.objects.get(), date=first - timedelta(days=400), value=60
    )
    find_insights()
    assert asked[1:] == [(first - timedelta(days=400), LAST)]


def test_an_import_of_many_years_is_a_first_look() -> None:
    live(days=400)
    run = find_insights()
    assert run
    run.series = {
        key: [(LAST - timedelta(days=125)).isoformat(), last, 120]
        for key, (_, last, _) in run.series.items()
    }
    run.save()
    assert not looked_at_before(read_inputs(LAST).panel), "most of these days nobody has seen"


def test_the_command_and_when_it_is_due() -> None:
    live()
    out = StringIO()
    call_command("find_insights", "--if-due", stdout=out)
    assert out.getvalue() == (
        "2 tests of 2 metrics, days up to 2026-09-15: 1 stood out, 1 confirmed, 0 withdrawn.\nShown: 1.\n"
    )
    assert not is_due(LAST + timedelta(days=6))
    assert is_due(LAST + timedelta(days=7))
    call_command("find_insights", "--if-due", stdout=out)
    assert out.getvalue().endswith("The last look was less than a week ago.\n")
    assert InsightRun.objects.count() == 1


def test_two_do_not_look_at_once() -> None:
    assert Lease.objects.acquire(LEASE, timedelta(minutes=1))
    assert find_insights() is None
    with pytest.raises(CommandError, match="Another process is looking"):
        call_command("find_insights")


def test_who_lost_the_right_to_look_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    live()
    monkeypatch.setattr(looking, "bounds_of", lambda *_: Lease.objects.update(holder="another"))
    with pytest.raises(LeaseLost):
        find_insights()
    assert not InsightRun.objects.exists()
    assert not Finding.objects.exists()


@pytest.mark.parametrize("is_deleted", [True, False])
def test_what_is_left_of_no_day_is_withdrawn(is_deleted: bool) -> None:
    """With its answers, or with the behaviour itself."""
    live()
    find_insights()
    assert Finding.objects.shown().exists()
    Answer.objects.all().delete()
    if is_deleted:
        Behaviour.objects.all().delete()
    run = find_insights()
    assert run
    assert run.withdrawn == 1
    assert not Finding.objects.shown().exists()
    (one,) = Finding.objects.once_said()
    assert one.tested_on == LAST


def test_the_command_counts_nothing_of_what_is_tried() -> None:
    action, _ = live()
    find_insights()
    makers.experiment(action=action, state="running")
    out = StringIO()
    call_command("find_insights", stdout=out)
    assert out.getvalue().endswith("Shown: 0.\n")

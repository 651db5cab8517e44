"""How records come, grow and settle as time passes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import NOON, Caller

Record = dict[str, Any]
MOMENT = timedelta(milliseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def find(sandbox: Sandbox, kind: str, record: Record) -> Record | None:
    key = "cycle_id" if kind == "recovery" else "id"
    return next((r for r in sandbox.whoop.records(kind) if r[key] == record[key]), None)


@pytest.mark.parametrize("kind", ["sleep", "recovery", "workout"])
def test_a_record_is_pending_for_some_seconds_after_it_appears(sandbox: Sandbox, kind: str) -> None:
    scored = [
        record
        for record in sandbox.whoop.records(kind)[3:20]
        if record["score"]
        and at(record["updated_at"]) - at(record["created_at"]) < timedelta(minutes=1)
    ]
    record = scored[0]
    created, updated = at(record["created_at"]), at(record["updated_at"])
    sandbox.clock.set(created - MOMENT)
    assert find(sandbox, kind, record) is None
    sandbox.clock.set(created)
    pending = find(sandbox, kind, record)
    assert pending is not None
    assert (pending["score_state"], pending["score"]) == ("PENDING_SCORE", None)
    sandbox.clock.set(updated - MOMENT)
    assert find(sandbox, kind, record) == pending
    sandbox.clock.set(updated)
    assert find(sandbox, kind, record) == record
    assert timedelta(seconds=3) <= updated - created <= timedelta(seconds=20)


def test_the_newest_cycle_is_open_and_its_strain_grows(sandbox: Sandbox) -> None:
    seen = []
    for _ in range(6):
        cycle = sandbox.whoop.records("cycle")[0]
        assert (cycle["end"], cycle["score_state"]) == (None, "SCORED")
        seen.append(cycle)
        sandbox.clock.advance(timedelta(hours=1, minutes=30))
    assert len({cycle["id"] for cycle in seen}) == 1
    for name in ("strain", "kilojoule"):
        values = [cycle["score"][name] for cycle in seen]
        assert values == sorted(values)
        assert values[0] < values[-1]
    assert seen[0]["step_count"] < seen[-1]["step_count"]
    assert seen[0]["updated_at"] < seen[-1]["updated_at"]


def test_a_day_has_no_less_strain_than_any_of_its_workouts(sandbox: Sandbox) -> None:
    """The day is counted while it runs: a workout of the morning has the most of it by then."""
    begun, compared = sandbox.clock.now(), 0
    for hours in range(0, 14 * 24, 3):
        sandbox.clock.set(begun + timedelta(hours=hours))
        cycle = sandbox.whoop.records("cycle")[0]
        since = [
            one for one in sandbox.whoop.records("workout")[:5] if one["start"] > cycle["start"]
        ]
        strains = [one["score"]["strain"] for one in since if one["score"]]
        assert all(one <= cycle["score"]["strain"] for one in strains), hours
        compared += len(strains)
    assert compared > 10


def test_an_open_cycle_is_counted_anew_every_five_minutes(sandbox: Sandbox) -> None:
    first = sandbox.whoop.records("cycle")[0]
    sandbox.clock.advance(timedelta(minutes=4))
    assert sandbox.whoop.records("cycle")[0] == first
    sandbox.clock.advance(timedelta(minutes=1))
    assert sandbox.whoop.records("cycle")[0] != first


def test_the_next_cycle_closes_the_one_before_after_waking(sandbox: Sandbox) -> None:
    newest, before = sandbox.whoop.records("cycle")[:2]
    sandbox.clock.set(at(newest["created_at"]) - MOMENT)
    still_open = sandbox.whoop.records("cycle")[0]
    assert (still_open["id"], still_open["end"]) == (before["id"], None)
    assert at(newest["start"]) < sandbox.clock.now(), "nobody knows yet of the new night"
    sandbox.clock.set(at(newest["created_at"]))
    now_open, closed = sandbox.whoop.records("cycle")[:2]
    assert now_open["id"] == newest["id"]
    assert closed == before
    assert closed["end"] == now_open["start"]
    assert closed["updated_at"] > still_open["updated_at"]
    assert closed["score"]["strain"] >= still_open["score"]["strain"]


def test_some_nights_are_seen_once_before_they_are_over(sandbox: Sandbox) -> None:
    whole = next(
        sleep
        for sleep in sandbox.whoop.records("sleep")
        if at(sleep["created_at"]) < at(sleep["end"])
    )
    sandbox.clock.set(at(whole["created_at"]))
    early = find(sandbox, "sleep", whole)
    assert early is not None
    assert early["score_state"] == "SCORED"
    assert early["start"] == whole["start"]
    assert early["end"] < whole["end"]
    assert at(early["end"]) < sandbox.clock.now()
    stage = "total_light_sleep_time_milli"
    assert early["score"]["stage_summary"][stage] < whole["score"]["stage_summary"][stage]
    recovery = {"cycle_id": whole["cycle_id"]}
    assert find(sandbox, "recovery", recovery) is None, "a recovery comes with the whole night"
    sandbox.clock.set(at(whole["updated_at"]))
    assert find(sandbox, "sleep", whole) == whole


def test_an_early_end_decides_what_overlaps(sandbox: Sandbox, caller: Caller) -> None:
    whole = next(s for s in sandbox.whoop.records("sleep") if at(s["created_at"]) < at(s["end"]))
    sandbox.clock.set(at(whole["created_at"]))
    caller.use(sandbox.whoop.issue_tokens())
    later = (sandbox.clock.now() - timedelta(minutes=1)).isoformat()
    assert caller.page("sleep", start=later)["records"] == []


def test_time_brings_new_nights_and_takes_nothing(sandbox: Sandbox) -> None:
    before = {kind: sandbox.whoop.records(kind) for kind in ("recovery", "sleep", "workout")}
    sandbox.clock.advance(timedelta(days=9))
    for kind, records in before.items():
        now = sandbox.whoop.records(kind)
        assert now[-len(records) :] == records
        assert len(now) - len(records) >= 5


def test_by_default_history_ends_now() -> None:
    sandbox = Sandbox(days=10)
    newest = sandbox.whoop.records("cycle")[0]
    age = datetime.now(UTC) - at(newest["start"])
    assert timedelta(0) < age < timedelta(hours=60)


def test_the_first_four_recoveries_are_calibrating() -> None:
    sandbox = Sandbox(days=45, now=NOON)
    scores = [r["score"] for r in sandbox.whoop.records("recovery") if r["score"]]
    assert [score["user_calibrating"] for score in scores[-5:]] == [False, True, True, True, True]
    assert all(score["spo2_percentage"] is None for score in scores[-4:])
    assert all(score["skin_temp_celsius"] is None for score in scores[-4:])
    assert scores[0]["spo2_percentage"] is not None
    sandbox.clock.set(NOON - timedelta(days=60))
    sandbox.clock.set(NOON)
    scores = [r["score"] for r in sandbox.whoop.records("recovery") if r["score"]]
    assert sum(score["user_calibrating"] for score in scores) == 4, "only where history begins"

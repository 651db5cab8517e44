"""What can be done to the records while the sandbox runs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import NOON, PATHS, Caller


@pytest.fixture
def night(sandbox: Sandbox) -> dict[str, Any]:
    """A scored sleep in the middle of the history."""
    sleeps = [s for s in sandbox.whoop.records("sleep")[8:] if s["score"] and not s["nap"]]
    return sleeps[0]


def by_id(caller: Caller, kind: str, record_id: str) -> dict[str, Any]:
    answer = caller.get(f"{PATHS[kind]}/{record_id}")
    assert answer.status_code == 200
    return answer.json()


def test_an_edit_changes_the_record_and_moves_updated_at(
    caller: Caller, night: dict[str, Any]
) -> None:
    changed = caller.sandbox.whoop.edit("sleep", night["id"], timezone_offset="+05:30")
    assert changed == by_id(caller, "sleep", night["id"])
    assert changed == night | {
        "timezone_offset": "+05:30",
        "updated_at": "2026-03-18T12:00:30.000Z",
    }
    again = caller.sandbox.whoop.edit("sleep", night["id"], timezone_offset="Z")
    assert again["updated_at"] > changed["updated_at"], "it moves although the clock stands still"


def test_an_edited_score_is_merged(caller: Caller, night: dict[str, Any]) -> None:
    score = {"respiratory_rate": 20.5, "stage_summary": {"disturbance_count": 99}}
    changed = caller.sandbox.whoop.edit("sleep", night["id"], score=score)["score"]
    expected = night["score"] | {"respiratory_rate": 20.5}
    expected["stage_summary"] = expected["stage_summary"] | {"disturbance_count": 99}
    assert changed == expected
    assert caller.sandbox.whoop.edit("sleep", night["id"], score=None)["score"] is None


def test_a_moved_sleep_is_filed_by_its_new_time_with_its_recovery(
    sandbox: Sandbox, caller: Caller, night: dict[str, Any]
) -> None:
    day = timedelta(days=100)
    start, end = (
        (datetime.fromisoformat(night[name]) - day).isoformat() for name in ("start", "end")
    )
    sandbox.whoop.edit("sleep", night["id"], start=start, end=end)
    assert caller.walk("sleep")[-1]["id"] == night["id"]
    assert caller.walk("recovery")[-1]["sleep_id"] == night["id"]
    assert caller.page("sleep", end=end)["records"][0]["id"] == night["id"]


def test_rescoring_a_recovery(caller: Caller, night: dict[str, Any]) -> None:
    whoop = caller.sandbox.whoop
    old = caller.get(f"/v2/cycle/{night['cycle_id']}/recovery").json()
    new = whoop.rescore("recovery", night["cycle_id"], recovery_score=1.0)
    assert new["score"] == old["score"] | {"recovery_score": 1.0}
    assert new["updated_at"] > old["updated_at"]
    assert caller.get(f"/v2/cycle/{night['cycle_id']}/recovery").json() == new
    assert whoop.rescore("recovery", night["id"], recovery_score=2.0)["score"] != new["score"]


@pytest.mark.parametrize(
    ("verb", "state"), [("make_pending", "PENDING_SCORE"), ("withdraw_score", "UNSCORABLE")]
)
def test_a_score_can_be_taken_away_and_come_back(
    caller: Caller, night: dict[str, Any], verb: str, state: str
) -> None:
    getattr(caller.sandbox.whoop, verb)("sleep", night["id"])
    blank = by_id(caller, "sleep", night["id"])
    assert (blank["score_state"], blank["score"]) == (state, None)
    caller.sandbox.whoop.rescore("sleep", night["id"])
    back = by_id(caller, "sleep", night["id"])
    assert (back["score_state"], back["score"]) == ("SCORED", night["score"])


def test_deleting_a_sleep_takes_its_recovery_and_restoring_brings_both(
    sandbox: Sandbox, caller: Caller, night: dict[str, Any]
) -> None:
    paths = [
        f"/v2/activity/sleep/{night['id']}",
        f"/v2/cycle/{night['cycle_id']}/sleep",
        f"/v2/cycle/{night['cycle_id']}/recovery",
    ]
    before = {kind: caller.walk(kind) for kind in ("sleep", "recovery")}
    sandbox.whoop.delete("sleep", night["id"])
    assert [caller.get(path).status_code for path in paths] == [404] * 3
    assert len(caller.walk("sleep")) == len(before["sleep"]) - 1
    assert len(caller.walk("recovery")) == len(before["recovery"]) - 1
    assert caller.get(f"/v2/cycle/{night['cycle_id']}").status_code == 200
    sandbox.whoop.restore("sleep", night["id"])
    assert {kind: caller.walk(kind) for kind in before} == before


def test_deleting_a_nap_leaves_the_recovery(sandbox: Sandbox, caller: Caller) -> None:
    nap = next(sleep for sleep in sandbox.whoop.records("sleep") if sleep["nap"])
    sandbox.whoop.delete("sleep", nap["id"])
    assert caller.get(f"/v2/activity/sleep/{nap['id']}").status_code == 404
    assert caller.get(f"/v2/cycle/{nap['cycle_id']}/recovery").status_code == 200


def test_a_nap_can_be_merged_into_the_night(sandbox: Sandbox, caller: Caller) -> None:
    nap = next(sleep for sleep in sandbox.whoop.records("sleep") if sleep["nap"])
    sandbox.whoop.merge_nap(nap["id"])
    main = caller.get(f"/v2/cycle/{nap['cycle_id']}/sleep").json()
    assert main["end"] == nap["end"]
    assert caller.get(f"/v2/activity/sleep/{nap['id']}").status_code == 404
    with pytest.raises(ValueError, match="no nap"):
        sandbox.whoop.merge_nap(main["id"])


@pytest.mark.parametrize("kind", ["cycle", "recovery", "sleep", "workout"])
@pytest.mark.parametrize("record", [{}, {"id": "odd", "start": "not a time", "score": 5}])
def test_a_malformed_record_can_be_added(caller: Caller, kind: str, record: dict[str, Any]) -> None:
    before = caller.walk(kind)
    added = caller.sandbox.whoop.add(kind, record)
    caller.sandbox.clock.advance(timedelta(seconds=1))
    after = caller.walk(kind)
    assert record in after
    assert len(after) == len(before) + 1
    caller.sandbox.whoop.delete(kind, added)
    assert record not in caller.walk(kind)


def test_an_added_record_is_filed_by_its_start(sandbox: Sandbox, caller: Caller) -> None:
    model = sandbox.whoop.records("workout")[0]
    moment = "2026-03-01T02:00:00.000Z"
    mine = model | {"id": "7d2e0000-0000-4000-8000-000000000001", "start": moment, "end": moment}
    sandbox.whoop.add("workout", mine)
    assert caller.page("workout", start=moment, end="2026-03-01T02:00:01Z")["records"] == [mine]
    assert caller.get(f"/v2/activity/workout/{mine['id']}").json() == mine
    with pytest.raises(ValueError, match="already"):
        sandbox.whoop.add("workout", mine)


def test_a_record_can_be_replaced_by_anything(caller: Caller, night: dict[str, Any]) -> None:
    before = caller.walk("sleep")
    odd = {"id": night["id"], "start": None, "score": "high"}
    caller.sandbox.whoop.replace("sleep", night["id"], odd)
    expected = [odd if record == night else record for record in before]
    assert caller.walk("sleep") == expected


def test_what_does_not_exist_cannot_be_changed(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="no sleep 123"):
        sandbox.whoop.edit("sleep", "123", nap=True)
    with pytest.raises(ValueError, match="no kind 'sleeps'"):
        sandbox.whoop.delete("sleeps", "123")


def test_records_are_copies(sandbox: Sandbox) -> None:
    sandbox.whoop.records("workout")[0]["sport_name"] = "changed"
    sandbox.whoop.records("workout")[0]["score"]["strain"] = -1
    record = sandbox.whoop.records("workout")[0]
    assert record["sport_name"] != "changed"
    assert record["score"]["strain"] > 0


def test_a_change_stays_in_its_own_sandbox(night: dict[str, Any]) -> None:
    one, other = (Sandbox(seed=1, days=45, now=NOON).whoop for _ in range(2))
    before = other.records("sleep")
    one.rescore("sleep", night["id"], stage_summary={"disturbance_count": 99})
    one.delete("sleep", before[0]["id"])
    assert one.records("sleep") != before
    assert other.records("sleep") == before


def test_edits_stay_when_the_clock_is_set_back_beyond_the_history(
    sandbox: Sandbox, caller: Caller, night: dict[str, Any]
) -> None:
    sandbox.whoop.edit("sleep", night["id"], timezone_offset="+09:00")
    sandbox.clock.set(NOON - timedelta(days=200))
    caller.use(sandbox.whoop.issue_tokens())
    long_ago = caller.walk("sleep")
    assert len(long_ago) >= 40
    assert all(record["created_at"] < "2025-08-31" for record in long_ago)
    sandbox.clock.set(NOON)
    caller.use(sandbox.whoop.issue_tokens())
    assert by_id(caller, "sleep", night["id"])["timezone_offset"] == "+09:00"

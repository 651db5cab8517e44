"""The paged collections, as WHOOP documents them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import KINDS, NOON, PATHS, Caller

Record = dict[str, Any]
FAR = datetime(2100, 1, 1, tzinfo=UTC)


def at(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else FAR


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def span(sandbox: Sandbox, kind: str, record: Record) -> tuple[datetime, datetime]:
    """A recovery has the time of its sleep."""
    if kind == "recovery":
        sleeps = sandbox.whoop.records("sleep")
        record = next(sleep for sleep in sleeps if sleep["id"] == record["sleep_id"])
    return at(record["start"]), at(record["end"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_history_newest_first(sandbox: Sandbox, caller: Caller, kind: str) -> None:
    records = caller.walk(kind, limit=25)
    assert records == sandbox.whoop.records(kind)
    starts = [span(sandbox, kind, record)[0] for record in records]
    assert starts == sorted(starts, reverse=True)
    assert len(records) > 30


def test_a_page_has_10_records_unless_told_and_25_at_most(caller: Caller) -> None:
    assert len(caller.page("cycle")["records"]) == 10
    assert len(caller.page("cycle", limit=25)["records"]) == 25
    assert len(caller.page("cycle", limit=1)["records"]) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hours", [0, 5, 14, 20])
def test_the_filter_is_overlap(sandbox: Sandbox, caller: Caller, kind: str, hours: int) -> None:
    end = NOON - timedelta(days=5, hours=hours)
    start = end - timedelta(days=3)
    expected = [
        record
        for record in sandbox.whoop.records(kind)
        for first, last in [span(sandbox, kind, record)]
        if last >= start and first < end
    ]
    assert expected
    assert caller.walk(kind, start=text(start), end=text(end)) == expected


def test_start_is_inclusive_and_end_exclusive(sandbox: Sandbox, caller: Caller) -> None:
    record = sandbox.whoop.records("workout")[3]
    touching = caller.page("workout", start=record["end"])["records"]
    assert touching[-1] == record
    before = caller.page("workout", end=record["start"])["records"]
    assert before[0] == sandbox.whoop.records("workout")[4]


def test_the_open_cycle_overlaps_whatever_is_later(sandbox: Sandbox, caller: Caller) -> None:
    query = {"start": text(NOON + timedelta(days=30)), "end": text(NOON + timedelta(days=31))}
    assert caller.page("cycle", **query)["records"] == sandbox.whoop.records("cycle")[:1]
    assert caller.page("sleep", **query)["records"] == []


def test_times_may_have_an_offset_or_none(caller: Caller) -> None:
    utc = caller.page("cycle", end="2026-03-10T12:00:00.000Z")["records"]
    assert caller.page("cycle", end="2026-03-10T14:00:00+02:00")["records"] == utc
    assert caller.page("cycle", end="2026-03-10T12:00:00")["records"] == utc
    assert len(utc) == 10


@pytest.mark.parametrize(
    "query",
    [
        "limit=26",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "start=yesterday",
        "start=2026-03-10",
        "end=",
        "end=2026-03-10T14:00:00+02:00",  # an unencoded plus is a space
        "nextToken=",
        "nextToken=MTIzOjEyMzEyMw",
        "nextToken=%C3%A4",
    ],
)
def test_a_bad_parameter_gets_an_empty_400(caller: Caller, query: str) -> None:
    for path in PATHS.values():
        answer = caller.get(f"{path}?{query}")
        assert (answer.status_code, answer.content) == (400, b"")


def test_a_limit_above_25_can_be_clamped(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.options.over_limit = "clamp"
    assert len(caller.page("cycle", limit=100)["records"]) == 25


def test_a_token_is_bound_to_its_query(caller: Caller) -> None:
    query = {"limit": 5, "start": "2026-02-20T00:00:00Z", "end": "2026-03-15T00:00:00Z"}
    token = caller.page("cycle", **query)["next_token"]
    assert caller.get(PATHS["cycle"], nextToken=token, **query).status_code == 200
    for differing in (
        {"limit": 6},
        {"start": "2026-02-21T00:00:00Z"},
        {"end": "2026-03-14T00:00:00Z"},
    ):
        answer = caller.get(PATHS["cycle"], nextToken=token, **{**query, **differing})
        assert answer.status_code == 400, differing
    assert caller.get(PATHS["sleep"], nextToken=token, **query).status_code == 400
    assert caller.get(PATHS["cycle"], nextToken=token).status_code == 400


def test_a_forged_token_is_refused(caller: Caller) -> None:
    token = caller.page("cycle")["next_token"]
    forged = ("A" if token[0] != "A" else "B") + token[1:]
    assert caller.get(PATHS["cycle"], nextToken=forged).status_code == 400


def test_a_token_alone_can_be_allowed_to_carry_the_query(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.options.paging_alone = "carry"
    whole = caller.page("cycle", limit=4)["records"]
    token = caller.page("cycle", limit=2)["next_token"]
    assert caller.page("cycle", nextToken=token)["records"] == whole[2:]


def test_the_snake_case_name_is_ignored(caller: Caller) -> None:
    first = caller.page("cycle", limit=2)
    assert caller.page("cycle", limit=2, next_token=first["next_token"]) == first


def test_the_last_page_says_so_in_three_ways(sandbox: Sandbox, caller: Caller) -> None:
    query = {"start": text(NOON - timedelta(days=2))}
    assert caller.page("cycle", **query)["next_token"] is None
    sandbox.whoop.options.last_page = "empty"
    assert caller.page("cycle", **query)["next_token"] == ""
    sandbox.whoop.options.last_page = "absent"
    assert caller.page("cycle", **query).keys() == {"records"}
    assert caller.page("cycle")["next_token"]


def test_pages_do_not_shift_when_a_night_arrives_between_them(
    sandbox: Sandbox, caller: Caller
) -> None:
    first = caller.page("sleep", limit=3)
    sandbox.clock.advance(timedelta(days=2))
    caller.use(sandbox.whoop.issue_tokens())
    second = caller.page("sleep", limit=3, nextToken=first["next_token"])
    records = sandbox.whoop.records("sleep")
    position = records.index(first["records"][-1])
    assert position > 2
    assert second["records"] == records[position + 1 : position + 4]


def test_nothing_in_range_is_an_empty_page(caller: Caller) -> None:
    empty = {"records": [], "next_token": None}
    assert caller.page("sleep", end="2001-01-01T00:00:00Z") == empty
    turned = {"start": text(NOON), "end": text(NOON - timedelta(days=1))}
    assert caller.page("workout", **turned) == empty


def test_optional_fields_can_be_absent(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.withdraw_score("sleep", sandbox.whoop.records("sleep")[0]["id"])
    assert caller.page("sleep")["records"][0]["score"] is None
    sandbox.whoop.options.optional_fields = "absent"
    sleep, cycle = caller.page("sleep")["records"][0], caller.page("cycle")["records"][0]
    assert not sleep.keys() & {"score", "v1_id"}
    assert "end" not in cycle
    assert "None" not in str(caller.page("workout", limit=25))


def test_sport_id_and_step_count_can_be_left_out(sandbox: Sandbox, caller: Caller) -> None:
    assert "sport_id" in caller.page("workout")["records"][0]
    assert "step_count" in caller.page("cycle")["records"][0]
    sandbox.whoop.options.sport_id = sandbox.whoop.options.step_count = False
    assert "sport_id" not in caller.page("workout")["records"][0]
    assert "step_count" not in caller.page("cycle")["records"][0]


def test_an_unknown_option_or_value_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no option"):
        sandbox.whoop.options.rotations = "single"
    with pytest.raises(ValueError, match="must be one of"):
        sandbox.whoop.options.rotation = "none"

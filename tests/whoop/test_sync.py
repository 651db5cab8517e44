"""The main job over real HTTP: what is upstream is in the database, whatever happens on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from lifetracker.errors import TryLater
from lifetracker.models import BEGINNING, Lease, RejectedItem, SyncRun, SyncState
from lifetracker.sync import job as machinery
from lifetracker.sync.mapping import FieldMapping
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.runs import LeaseKeeper, Listener
from tests import databases
from tests.conftest import (
    DAYS,
    MODELS,
    NOW,
    assert_equals_upstream,
    run,
    stored,
    total,
    upstream,
)
from tests.whoop.test_webhooks import read_everything
from whoop.models import WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep, WhoopWorkout
from whoop.streams import source
from workouts.models import Workout

SLEEPS = "/developer/v2/activity/sleep"
COLLECTIONS = ("/v2/cycle", "/v2/recovery", "/v2/activity/sleep", "/v2/activity/workout")


def collection_requests(sandbox: Any) -> list[str]:
    return [r.path for r in sandbox.requests if r.path.endswith(COLLECTIONS)]


def states() -> dict[str, SyncState]:
    return {state.stream: state for state in SyncState.objects.all()}


def newest(service: Any, kind: str, **having: Any) -> dict[str, Any]:
    """The newest record upstream that has these values."""
    records = service.records(kind)
    return next(r for r in records if all(r.get(k) == v for k, v in having.items()))


def test_a_first_run_reads_thirty_days(whoop: Any) -> None:
    record = run()
    assert record.status == SyncRun.Status.SUCCESS, record.error
    expected = {
        key: r
        for key, r in upstream(whoop, "workout").items()
        if r["end"] >= (NOW - timedelta(days=30)).isoformat()
    }
    assert stored("workout") == expected
    assert {s.verified_from for s in states().values()} == {NOW - timedelta(days=30)}
    assert {s.verified_to for s in states().values()} == {NOW}


def test_a_second_run_changes_nothing_and_reads_only_the_lookback(whoop: Any, sandbox: Any) -> None:
    databases.once(read_everything)
    before = {kind: dict(m.objects.values_list("pk", "updated_at")) for kind, m in MODELS.items()}
    sandbox.requests.clear()
    record = run()
    assert total(record, "created", "updated", "deleted", "rejected") == (0, 0, 0, 0)
    assert record.total("unchanged") > 0
    assert len(collection_requests(sandbox)) <= 4
    after = {kind: dict(m.objects.values_list("pk", "updated_at")) for kind, m in MODELS.items()}
    assert before == after
    assert_equals_upstream(whoop)


def test_what_is_stored_is_compared_without_reading_payloads(whoop: Any) -> None:
    databases.once(read_everything)
    with CaptureQueriesContext(connection) as queries:
        run(full=True)
    reads = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    tables = [model._meta.db_table for model in MODELS.values()]
    ours = [sql for sql in reads if any(table in sql for table in tables)]
    assert ours
    assert not [sql for sql in ours if '"raw"' in sql]


def test_full_verifies_the_whole_history(whoop: Any) -> None:
    record = run(full=True)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert_equals_upstream(whoop)
    assert len(stored("cycle")) > DAYS - 5
    for state in states().values():
        assert state.whole_history
        assert state.full_from is None


def test_full_reads_the_newest_ninety_days_of_all_streams_first(whoop: Any, sandbox: Any) -> None:
    run(full=True)
    starts = [r.query.get("start") for r in sandbox.requests if r.path.endswith(COLLECTIONS)]
    ninety = (NOW - timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    last_of_newest = max(i for i, start in enumerate(starts) if start == ninety)
    assert {starts[i] for i in range(last_of_newest)} == {ninety}
    assert starts[-1] is None, "the oldest part is asked for without a start"


def test_a_page_that_fails_loses_nothing_and_verifies_nothing(whoop: Any, sandbox: Any) -> None:
    run(days=14)
    before = states()["sleep"].verified_from
    doomed = upstream(whoop, "sleep").keys() & stored("sleep").keys()
    whoop.delete("sleep", sorted(doomed)[0])
    sandbox.faults.add(match=SLEEPS, nth=3, times=None, kind="status", status=500)

    record = run(days=DAYS)

    assert record.status == SyncRun.Status.PARTIAL
    assert "sleep" in record.error
    assert "500" in record.error
    assert record.counts["sleep"]["seen"] == 50, "two pages came and are stored"
    assert states()["sleep"].verified_from == before
    assert WhoopSleep.objects.filter(deleted_at__isnull=False).count() == 0
    assert states()["workout"].verified_from == NOW - timedelta(days=DAYS), "the others went on"

    sandbox.faults.clear()
    assert run(full=True).status == SyncRun.Status.SUCCESS
    assert_equals_upstream(whoop)


@pytest.mark.parametrize("kind", ["cut", "drop", "garbage"])
def test_a_broken_answer_is_no_end_of_a_list(whoop: Any, sandbox: Any, kind: str) -> None:
    databases.once(read_everything)
    sandbox.faults.add(match=SLEEPS, times=None, kind=kind)
    record = run(days=20)
    assert record.status == SyncRun.Status.PARTIAL
    assert record.counts["sleep"]["error"]
    assert_equals_upstream(whoop)


def test_one_broken_answer_is_asked_for_again(whoop: Any, sandbox: Any) -> None:
    for kind in ("cut", "drop"):
        sandbox.faults.add(match=SLEEPS, kind=kind)
    assert run().status == SyncRun.Status.SUCCESS


def test_a_list_without_an_end_is_an_error(whoop: Any, sandbox: Any) -> None:
    databases.once(read_everything)
    sandbox.faults.add(match=SLEEPS, times=None, kind="loop")
    record = run(days=60)
    assert record.status == SyncRun.Status.PARTIAL
    assert "no end" in record.error
    assert len([p for p in collection_requests(sandbox) if p.endswith(SLEEPS)]) < 20
    assert_equals_upstream(whoop)


def test_an_outage_of_sixty_days_heals_with_a_plain_run(whoop: Any, at: Any) -> None:
    at(NOW - timedelta(days=60))
    run(full=True)
    assert_equals_upstream(whoop)
    at(NOW)
    whoop_tokens_expired = run()
    assert whoop_tokens_expired.status == SyncRun.Status.SUCCESS, whoop_tokens_expired.error
    assert_equals_upstream(whoop)
    assert all(s.whole_history and s.verified_to == NOW for s in states().values())


def test_a_short_run_after_an_outage_does_not_hide_the_gap(whoop: Any, at: Any) -> None:
    at(NOW - timedelta(days=60))
    run(full=True)
    at(NOW)
    run(days=2)
    assert states()["cycle"].verified_to == NOW - timedelta(days=60)
    run()
    assert_equals_upstream(whoop)


def test_a_plain_run_after_a_short_first_one_fills_the_thirty_days(whoop: Any) -> None:
    run(days=2)
    assert states()["cycle"].verified_from == NOW - timedelta(days=2)
    run()
    assert states()["cycle"].verified_from == NOW - timedelta(days=30)


def test_an_interrupted_history_goes_on_where_it_stopped(
    whoop: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second chunk fails after the first was verified."""
    sandbox.faults.add(match=SLEEPS, nth=5, times=None, kind="status", status=503)
    assert run(full=True).status == SyncRun.Status.PARTIAL
    assert states()["sleep"].full_from == NOW - timedelta(days=90)
    assert not states()["sleep"].whole_history
    sandbox.faults.clear()
    sandbox.requests.clear()
    run(full=True)
    lookback = (NOW - timedelta(days=14)).strftime("%Y-%m-%d")
    starts = [r.query.get("start", "")[:10] for r in sandbox.requests if r.path.endswith(SLEEPS)]
    ninety = (NOW - timedelta(days=90)).strftime("%Y-%m-%d")
    assert ninety not in starts, "a verified chunk is not read again"
    assert lookback in starts
    assert_equals_upstream(whoop)
    assert states()["sleep"].verified_from == BEGINNING


def test_a_night_follows_what_happens_upstream(whoop: Any) -> None:
    run()
    night = newest(whoop, "recovery", score_state="SCORED")
    rows = WhoopRecovery.objects.filter(source_id=str(night["cycle_id"]))

    whoop.rescore("recovery", night["cycle_id"], recovery_score=12.0)
    assert total(run(), "updated") == (1,)
    assert rows.get().recovery_score == 12.0

    whoop.make_pending("recovery", night["cycle_id"])
    run()
    assert (rows.get().recovery_score, rows.get().score_state) == (None, "PENDING_SCORE")

    whoop.rescore("recovery", night["cycle_id"], **night["score"])
    run()
    assert rows.get().recovery_score == night["score"]["recovery_score"]

    whoop.withdraw_score("recovery", night["cycle_id"])
    run()
    assert (rows.get().hrv_rmssd, rows.get().score_state) == (None, "UNSCORABLE")


def test_a_workout_is_deleted_and_comes_back(whoop: Any) -> None:
    run()
    key = whoop.records("workout")[2]["id"]
    rows = WhoopWorkout.objects.filter(source_id=key)
    first = rows.get()

    whoop.delete("workout", key)
    assert total(run(), "deleted") == (1,)
    assert rows.get().deleted_at == NOW
    assert not rows.live().exists()

    assert total(run(), "deleted") == (0,), "buried once"
    whoop.restore("workout", key)
    assert total(run(), "created", "updated") == (0, 1)
    assert rows.live().get().pk == first.pk


def test_a_deleted_sleep_takes_its_recovery_along(whoop: Any) -> None:
    run()
    night = newest(whoop, "sleep", nap=False, score_state="SCORED")
    whoop.delete("sleep", night["id"])
    record = run()
    assert record.counts["sleep"]["deleted"] == 1
    assert record.counts["recovery"]["deleted"] == 1


def test_a_workout_that_was_typed_in_is_no_concern_of_the_sync(whoop: Any) -> None:
    typed = Workout.objects.create(
        date=NOW.date(),
        start=NOW - timedelta(hours=3),
        end=NOW - timedelta(hours=2),
        sport_name="Running",
        duration_min=60,
    )
    run()
    typed.refresh_from_db()
    assert typed.deleted_at is None
    assert not WhoopWorkout.objects.filter(pk=typed.pk).exists()


def test_one_malformed_record_does_not_stop_the_others(
    whoop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = whoop.records("sleep")[3]
    whoop.replace("sleep", broken["id"], {**broken, "start": "yesterday"})

    record = run(days=20)

    counts = record.counts["sleep"]
    assert counts["rejected"] == 1
    assert counts["created"] == counts["seen"] - 1
    item = RejectedItem.objects.get()
    assert '"start": "yesterday"' in item.payload
    assert "start" in item.reason
    assert item.item_key == broken["id"]
    assert SyncState.objects.get(stream="sleep").verified_to == NOW

    run(days=20)
    assert RejectedItem.objects.count() == 1, "listed once"


def test_a_rejected_item_is_stored_once_the_mapping_is_mended(
    whoop: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = stream_named("sleep")
    broken = {**stream.fields, "respiratory_rate": lambda item: item["breath"]}
    mended = stream.mapping
    monkeypatch.setitem(vars(stream), "mapping", FieldMapping(stream.model, broken))
    record = run(days=10)
    rejected = record.counts["sleep"]["rejected"]
    assert rejected > 5
    monkeypatch.setitem(vars(stream), "mapping", mended)
    sandbox.requests.clear()

    retried = machinery.retry_rejected(source)

    assert retried.counts["sleep"]["created"] == rejected
    assert RejectedItem.objects.count() == 0
    assert list(sandbox.requests) == []


def test_a_rejected_item_is_not_taken_for_a_deleted_one(whoop: Any) -> None:
    run()
    good = whoop.records("workout")[1]
    whoop.replace("workout", good["id"], {**good, "start": None})
    record = run()
    assert total(record, "rejected", "deleted") == (1, 0)
    whoop.replace("workout", good["id"], {**good, "id": None})
    record = run()
    assert total(record, "rejected", "deleted") == (1, 0), "an item without an id could be any row"


def test_a_good_version_of_a_rejected_item_takes_it_off_the_list(whoop: Any) -> None:
    good = whoop.records("sleep")[1]
    whoop.replace("sleep", good["id"], {**good, "nap": "perhaps"})
    run()
    assert RejectedItem.objects.count() == 1
    whoop.replace("sleep", good["id"], good)
    run()
    assert RejectedItem.objects.count() == 0
    assert_lookback_equals_upstream(whoop)


def assert_lookback_equals_upstream(service: Any) -> None:
    for kind in MODELS:
        theirs = upstream(service, kind)
        assert all(theirs[key] == raw for key, raw in stored(kind).items())


def test_recoveries_heal_when_their_sleeps_come_late(
    whoop: Any, sandbox: Any, settings: Any
) -> None:
    """Without its sleep a recovery has neither its own date nor the time by which it is listed."""
    settings.TIME_ZONE = "Pacific/Kiritimati"
    sandbox.faults.add(match=SLEEPS, times=None, kind="status", status=500)
    assert run().status == SyncRun.Status.PARTIAL
    assert WhoopRecovery.objects.filter(start_time=None).count() > 10
    sandbox.faults.clear()
    assert run().status == SyncRun.Status.SUCCESS
    assert_recoveries_are_on_their_sleeps_days()
    doomed = whoop.records("recovery")[20]
    whoop.delete("recovery", doomed["cycle_id"])
    assert total(run(days=30), "deleted") == (1,)


def assert_recoveries_are_on_their_sleeps_days() -> None:
    wakings = {s.sleep_id: (s.date, s.start_time) for s in WhoopSleep.objects.live()}
    found = [(r.sleep_id, r.date, r.start_time) for r in WhoopRecovery.objects.live()]
    assert len(found) > 20
    assert [row for row in found if wakings.get(row[0]) != row[1:]] == []


def test_a_recovery_heals_when_its_rejected_sleep_is_mended(
    whoop: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"
    stream = stream_named("sleep")
    mended = stream.mapping
    broken = {**stream.fields, "nap": lambda item: item["no such key"]}
    monkeypatch.setitem(vars(stream), "mapping", FieldMapping(stream.model, broken))
    run()
    monkeypatch.setitem(vars(stream), "mapping", mended)
    machinery.retry_rejected(source)
    assert_recoveries_are_on_their_sleeps_days()


def test_a_rejected_item_that_was_deleted_since_is_not_brought_back(whoop: Any, at: Any) -> None:
    run()
    good = whoop.records("workout")[1]
    whoop.replace("workout", good["id"], {**good, "start": None})
    run()
    whoop.delete("workout", good["id"])
    at(NOW + timedelta(seconds=1))
    assert total(run(), "deleted") == (1,)
    whoop_row = WhoopWorkout.objects.filter(source_id=good["id"])
    RejectedItem.objects.update(payload=json.dumps(good))
    machinery.retry_rejected(source)
    assert not whoop_row.live().exists()
    assert RejectedItem.objects.count() == 1, "it is kept all the same"


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("workout", {"id": "\ud800"}),
        ("workout", {"id": "a\x00b"}),
        ("recovery", {"sleep_id": "\ud800"}),
        ("recovery", {"sleep_id": "a\x00b"}),
        ("cycle", {"end": "9999-12-31T23:59:59-12:00"}),
        ("workout", {"end": "9999-12-31T23:59:59-12:00"}),
        ("sleep", {"end": "0001-01-01T00:00:00+14:00"}),
    ],
)
def test_no_record_however_odd_stops_the_others(
    whoop: Any, canned_page: Any, kind: str, change: dict[str, Any]
) -> None:
    good, other = whoop.records(kind)[2:4]
    canned_page(kind, [{**good, **change}, other])
    record = run()
    # One without an id could be any: nothing may be claimed of where it was.
    claimed = "id" not in change
    expected = SyncRun.Status.SUCCESS if claimed else SyncRun.Status.PARTIAL
    assert record.status == expected, record.error
    assert (record.counts[kind]["rejected"], record.counts[kind]["created"]) == (1, 1)
    assert SyncState.objects.filter(source="Whoop", stream=kind).exists() is claimed


@pytest.fixture
def canned_page(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Serves just these records as the only page of a stream, byte for byte as JSON has them."""

    def serve(kind: str, records: list[dict[str, Any]]) -> None:
        stream = stream_named(kind)
        monkeypatch.setitem(
            vars(stream), "read", lambda *_: iter([json.loads(json.dumps(records))])
        )

    return serve


def test_pages_that_never_end(whoop: Any, requests_mock: Any, settings: Any) -> None:
    settings.WHOOP_API_URL = "https://whoop.example"
    base = "https://whoop.example/developer/v2"
    count = iter(range(1000))
    page: dict[str, list[Any]] = {"records": []}
    requests_mock.get(f"{base}/user/profile/basic", json=whoop.data.profile)
    requests_mock.get(f"{base}/user/measurement/body", status_code=404)
    for path in ("cycle", "recovery", "activity/workout"):
        requests_mock.get(f"{base}/{path}", json={"records": []})
    requests_mock.get(
        f"{base}/activity/sleep", json=lambda *_: {**page, "next_token": f"t{next(count)}"}
    )
    sleep = whoop.records("sleep")[1]
    for records in ([], [sleep, sleep], [{"id": None}], [sleep]):
        page["records"] = records
        record = run()
        assert "endless" in record.counts["sleep"]["error"]
        assert record.requests < 20


def test_a_last_page_of_what_was_read_already_is_a_last_page(
    whoop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that is inserted while paging moves the last one of a page onto the next."""
    sleeps = whoop.records("sleep")[:25]
    stream = stream_named("sleep")
    monkeypatch.setitem(vars(stream), "read", lambda *_: iter([sleeps, sleeps[-1:]]))
    record = run()
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert record.counts["sleep"]["created"] == 25


def test_a_clock_that_was_ahead_hides_no_outage(whoop: Any) -> None:
    databases.once(read_everything)
    SyncState.objects.update(verified_to=NOW + timedelta(days=300))
    for model in MODELS.values():
        model.objects.all().delete()
    assert run().status == SyncRun.Status.SUCCESS
    assert_equals_upstream(whoop)
    assert {state.verified_to for state in SyncState.objects.all()} == {NOW}


def test_a_run_that_lost_its_lease_moves_no_state(
    whoop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last page is read, and somebody else takes over before the window is called verified."""
    stream = stream_named("cycle")

    def read(*_: Any) -> Any:
        yield []
        Lease.objects.update(holder="somebody else")

    monkeypatch.setitem(vars(stream), "read", read)
    run()
    assert not SyncState.objects.filter(stream="cycle").exists()


def test_a_long_wait_keeps_the_lease(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lease = machinery.take_lease(source, Listener(), timedelta(0))
    keeper = LeaseKeeper(lease, "Whoop", Listener())
    ends = Lease.objects.get(name="sync:Whoop").expires_at
    later = NOW + timedelta(seconds=30)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    keeper.on_wait(5)
    assert Lease.objects.get(name="sync:Whoop").expires_at == ends, "not for each pulse"
    monkeypatch.setattr(keeper, "_renewed", keeper._renewed - 20)
    keeper.on_wait(5)
    assert Lease.objects.get(name="sync:Whoop").expires_at > ends


def test_what_the_database_refuses_is_rejected_alone(whoop: Any) -> None:
    """A constraint that no mapping knows: the end before the start."""
    odd = whoop.records("workout")[2]
    whoop.replace("workout", odd["id"], {**odd, "end": odd["start"], "start": odd["end"]})
    nul = whoop.records("workout")[4]
    whoop.replace("workout", nul["id"], {**nul, "sport_name": "run\x00ning"})
    record = run(days=20)
    rejected = {item.item_key: item.reason for item in RejectedItem.objects.all()}
    assert odd["id"] in rejected
    counts = record.counts["workout"]
    assert counts["created"] + counts["rejected"] == counts["seen"]
    assert counts["rejected"] <= 2


def test_the_profile_is_one_row_with_the_body(whoop: Any) -> None:
    run()
    profile = WhoopProfile.objects.get()
    assert profile.email == whoop.data.profile["email"]
    assert profile.weight_kilogram == whoop.data.body["weight_kilogram"]


def test_a_member_without_body_measures_has_a_profile_all_the_same(
    whoop: Any, sandbox: Any
) -> None:
    sandbox.faults.add(match="/measurement/body", kind="status", status=404)
    assert run().status == SyncRun.Status.SUCCESS
    assert WhoopProfile.objects.get().weight_kilogram is None


def test_a_scope_that_was_not_granted_stops_one_stream_only(whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(match=SLEEPS, times=None, kind="status", status=403)
    record = run()
    assert record.status == SyncRun.Status.PARTIAL
    assert "permission" in record.counts["sleep"]["error"]
    assert WhoopCycle.objects.exists()
    assert not any(r.path.endswith("/token") for r in sandbox.requests), (
        "403 is no reason to refresh"
    )


def test_two_runs_of_a_source_do_not_overlap(whoop: Any) -> None:
    with (
        machinery.take_lease(source, Listener(), timedelta(0)),
        pytest.raises(TryLater, match="Another sync"),
    ):
        machinery.sync(source, SyncRequest(), patience=timedelta(seconds=0.1))
    assert run().status == SyncRun.Status.SUCCESS


def test_a_run_that_lost_its_lease_writes_nothing_more(whoop: Any, sandbox: Any) -> None:
    """Another process takes over, as it would after this one had been frozen for a minute."""

    class Thief(Listener):
        def progress(self, *_: Any) -> None:
            Lease.objects.update(holder="somebody else")

    record = machinery.sync(source, SyncRequest(days=30), Thief())
    assert record.status in {SyncRun.Status.PARTIAL, SyncRun.Status.FAILED}
    assert "took over this work" in record.error
    assert not WhoopCycle.objects.exists()


def test_a_fault_of_ours_surfaces_and_is_in_the_ledger(
    whoop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("lifetracker.sync.verifier.ids_of", broken)
    with pytest.raises(ZeroDivisionError):
        run()
    record = SyncRun.objects.get()
    assert record.status != SyncRun.Status.SUCCESS
    assert record.finished_at is not None
    assert "ZeroDivisionError" in record.error
    assert "secret detail" not in record.error


def test_every_record_is_on_its_own_local_day(whoop: Any) -> None:
    """Independent of the mapping: from the raw payloads, by the offset that stands in them."""
    databases.once(read_everything)
    for row in WhoopSleep.objects.live():
        assert row.date == local(row.end_time, row.raw["timezone_offset"])
    for row in Workout.objects.live():
        assert row.date == local(row.start, row.raw["timezone_offset"])
    wakings = dict(WhoopSleep.objects.values_list("sleep_id", "date"))
    for row in WhoopRecovery.objects.live():
        assert row.date == wakings[row.sleep_id]


def local(instant: Any, offset: str) -> Any:
    sign = -1 if offset.startswith("-") else 1
    hours, minutes = (0, 0) if offset == "Z" else map(int, offset[1:].split(":"))
    return (instant + sign * timedelta(hours=hours, minutes=minutes)).date()


def test_the_ledger_says_what_was_done(whoop: Any, sandbox: Any) -> None:
    record = run(kind=SyncRun.Kind.FULL, full=True)
    assert record.requests == len([r for r in sandbox.requests if "/developer/" in r.path])
    assert record.kind == "full"
    assert record.window_start == BEGINNING
    assert record.window_end == NOW
    assert record.progress_done == sum(len(whoop.records(kind)) for kind in MODELS) + 1 + overlap(
        record
    )


def overlap(record: SyncRun) -> int:
    """Items that lie in two windows are seen twice, and stored once."""
    return record.total("unchanged")


def stream_named(name: str) -> Any:
    return next(stream for stream in source.streams if stream.name == name)


def test_models_of_the_tests_are_those_of_the_streams() -> None:
    streams = {s.name: s.model for s in source.streams}
    assert {**MODELS, "profile": WhoopProfile} == streams
    assert all(issubclass(m, models.Model) for m in streams.values())

"""Every sample payload through the real declarations."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from lifetracker.errors import SyncError
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync.http import RateLimit
from lifetracker.sync.mapping import Unmappable
from lifetracker.sync.writer import mapped_view
from oauth_integration.consent import code_of
from tests.conftest import run
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep, WhoopWorkout
from whoop.sports import SPORTS, display_name
from whoop.streams import cycles, recoveries, sleeps, source, workouts

PAYLOADS = Path(__file__).parent.parent / "payloads" / "whoop"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def mapped(stream: Any, item: Any) -> dict[str, Any]:
    row = stream.mapping.row(mapped_view(stream, item, {}))
    return dict(zip(stream.mapping.columns, row, strict=True))


def test_cycle() -> None:
    row = mapped(cycles, payload("official_cycle"))
    assert row == {
        "source_id": "93845",
        "cycle_id": 93845,
        "date": date(2022, 4, 24),
        "start_time": datetime(2022, 4, 24, 2, 25, 44, 774000, UTC),
        "end_time": datetime(2022, 4, 24, 10, 25, 44, 774000, UTC),
        "utc_offset_min": -300,
        "strain": 5.2951527,
        "kilojoules": 8288.297,
        "average_heart_rate": 68,
        "max_heart_rate": 141,
        "step_count": 8234,
        "score_state": "SCORED",
    }


def test_sleep() -> None:
    row = mapped(sleeps, payload("official_sleep"))
    assert row["source_id"] == row["sleep_id"] == "ecfc6a15-4661-442f-a9a4-f160dd7afae8"
    assert row["cycle_id"] == 93845
    assert row["date"] == date(2022, 4, 24)
    # 14905851 + 6630370 + 5879573 ms
    assert row["total_sleep_hours"] == pytest.approx(7.6155, abs=1e-4)
    assert row["light_sleep_min"] == pytest.approx(248.431, abs=1e-3)
    assert row["deep_sleep_min"] == pytest.approx(110.506, abs=1e-3)
    assert row["rem_sleep_min"] == pytest.approx(97.993, abs=1e-3)
    assert row["awake_min"] == pytest.approx(23.392, abs=1e-3)
    assert row["in_bed_min"] == pytest.approx(504.546, abs=1e-3)
    assert row["need_from_nap_min"] == pytest.approx(-0.205, abs=1e-3)
    assert (row["sleep_performance"], row["sleep_consistency"]) == (98.0, 90.0)
    assert (row["sleep_cycle_count"], row["disturbance_count"]) == (3, 12)
    assert row["respiratory_rate"] == 16.11328125
    assert row["nap"] is False


def test_recovery() -> None:
    row = mapped(recoveries, payload("official_recovery"))
    assert row["source_id"] == "93845"
    assert row["sleep_id"] == "123e4567-e89b-12d3-a456-426614174000"
    assert row["recovery_score"] == 44.0
    assert row["hrv_rmssd"] == 31.813562
    assert row["resting_heart_rate"] == 64.0
    assert (row["spo2_percentage"], row["skin_temp_celsius"]) == (95.6875, 33.7)
    assert row["user_calibrating"] is False
    assert row["start_time"] is None, "its sleep is not stored"


def test_workout() -> None:
    row = mapped(workouts, payload("official_workout"))
    assert row["sport_name"] == "running"
    assert row["calories"] == pytest.approx(1569.34033203125 / 4.184, abs=0.01)
    assert row["percent_recorded"] == 100.0
    assert row["distance_meters"] == 1772.77035916
    assert row["duration_min"] == 480.0
    assert [row[f"zone_{n}_min"] for n in range(6)] == [5, 10, 15, 15, 10, 5]
    assert row["date"] == date(2022, 4, 23), "it began the evening before, at UTC-5"


def with_score(name: str, path: str, value: Any) -> Any:
    """The payload with another value at `path` in its score."""
    item = payload(name)
    *way, last = path.split(".")
    place = item["score"]
    for step in way:
        place = place[step]
    place[last] = value
    return item


NEVER_ZERO = [
    (recoveries, "official_recovery", "resting_heart_rate", "resting_heart_rate"),
    (recoveries, "official_recovery", "hrv_rmssd_milli", "hrv_rmssd"),
    (recoveries, "official_recovery", "spo2_percentage", "spo2_percentage"),
    (recoveries, "official_recovery", "skin_temp_celsius", "skin_temp_celsius"),
    (cycles, "official_cycle", "kilojoule", "kilojoules"),
    (cycles, "official_cycle", "average_heart_rate", "average_heart_rate"),
    (cycles, "official_cycle", "max_heart_rate", "max_heart_rate"),
    (sleeps, "official_sleep", "respiratory_rate", "respiratory_rate"),
    (workouts, "official_workout", "average_heart_rate", "average_heart_rate"),
    (workouts, "official_workout", "max_heart_rate", "max_heart_rate"),
    (workouts, "official_workout", "kilojoule", "calories"),
    (workouts, "official_workout", "distance_meter", "distance_meters"),
]


@pytest.mark.parametrize(("stream", "name", "sent", "column"), NEVER_ZERO)
@pytest.mark.parametrize("filler", [0, 0.0, -1])
def test_a_filler_is_no_measure(
    stream: Any, name: str, sent: str, column: str, filler: float
) -> None:
    assert mapped(stream, payload(name))[column] is not None
    assert mapped(stream, with_score(name, sent, filler))[column] is None


MAY_BE_ZERO = [
    (recoveries, "official_recovery", "recovery_score", "recovery_score"),
    (cycles, "official_cycle", "strain", "strain"),
    (sleeps, "official_sleep", "sleep_performance_percentage", "sleep_performance"),
    (sleeps, "official_sleep", "sleep_efficiency_percentage", "sleep_efficiency"),
    (sleeps, "official_sleep", "sleep_consistency_percentage", "sleep_consistency"),
    (sleeps, "official_sleep", "stage_summary.disturbance_count", "disturbance_count"),
    (sleeps, "official_sleep", "stage_summary.total_rem_sleep_time_milli", "rem_sleep_min"),
    (workouts, "official_workout", "strain", "strain"),
    (workouts, "official_workout", "percent_recorded", "percent_recorded"),
    (workouts, "official_workout", "zone_durations.zone_zero_milli", "zone_0_min"),
]


@pytest.mark.parametrize(("stream", "name", "sent", "column"), MAY_BE_ZERO)
def test_a_zero_that_can_be_measured_stays(stream: Any, name: str, sent: str, column: str) -> None:
    assert mapped(stream, with_score(name, sent, 0))[column] == 0
    assert mapped(stream, with_score(name, sent, -1))[column] is None


def test_no_steps_are_none_and_not_unknown() -> None:
    cycle = payload("official_cycle")
    assert mapped(cycles, {**cycle, "step_count": 0})["step_count"] == 0
    assert mapped(cycles, {**cycle, "step_count": -1})["step_count"] is None


@pytest.mark.parametrize("filler", [0, -1])
def test_a_sleep_without_a_minute_in_bed_has_no_stages(filler: int) -> None:
    sent = with_score("official_sleep", "stage_summary.total_in_bed_time_milli", filler)
    row = mapped(sleeps, sent)
    assert {row["in_bed_min"], row["total_sleep_hours"], row["rem_sleep_min"]} == {None}
    assert {row["awake_min"], row["disturbance_count"]} == {None}
    assert row["respiratory_rate"] == 16.11328125


def test_hours_of_sleep_are_unknown_where_a_part_is() -> None:
    sent = with_score("official_sleep", "stage_summary.total_rem_sleep_time_milli", -1)
    assert mapped(sleeps, sent)["total_sleep_hours"] is None


def test_a_millisecond_less_of_needed_sleep_is_a_number() -> None:
    sent = with_score("official_sleep", "sleep_needed.need_from_recent_nap_milli", -1)
    assert mapped(sleeps, sent)["need_from_nap_min"] == 0


@pytest.mark.parametrize(
    ("sent", "slug"),
    [
        ({"sport_id": 63}, "walking"),
        ({"sport_id": -1}, "activity"),
        ({"sport_id": 99_999}, "sport-99999"),
        ({"sport_id": 2**40, "sport_name": "moon-walking"}, "moon-walking"),
    ],
)
def test_no_sport_is_refused(sent: dict[str, Any], slug: str) -> None:
    item = {
        name: value for name, value in payload("official_workout").items() if "sport" not in name
    }
    row = mapped(workouts, item | sent)
    assert (row["sport_name"], row["sport_id"]) == (slug, sent["sport_id"])


def test_a_state_of_any_name_is_kept() -> None:
    state = "PENDING_MANUAL_CORRECTION_OF_A_MEMBER"
    row = mapped(cycles, payload("official_cycle") | {"score_state": state})
    assert (row["score_state"], row["strain"]) == (state, None)


def test_open_unscored_and_plain_cycles() -> None:
    running, plain, unscorable, _ = (
        mapped(cycles, c) for c in payload("cycle_collection")["records"]
    )
    assert running["end_time"] is None
    assert running["date"] == date(2026, 9, 16)
    assert running["strain"] == 4.117301
    assert plain["step_count"] == 11204
    assert (unscorable["strain"], unscorable["step_count"]) == (None, None)
    assert unscorable["score_state"] == "UNSCORABLE"


def test_a_closing_cycle_keeps_its_date() -> None:
    running = payload("cycle_collection")["records"][0]
    closed = {**running, "end": "2026-09-17T03:50:00.000Z"}
    assert mapped(cycles, running)["date"] == mapped(cycles, closed)["date"]


def test_step_count_may_be_absent() -> None:
    item = payload("official_cycle")
    del item["step_count"], item["end"]
    assert mapped(cycles, item)["step_count"] is None


def test_pending_nap_and_unscorable_sleeps() -> None:
    pending, nap, scored, unscorable, _ = (
        mapped(sleeps, s) for s in payload("sleep_collection")["records"]
    )
    for row in (pending, unscorable):
        assert row["total_sleep_hours"] is None
        assert row["rem_sleep_min"] is None
        assert row["end_time"]
    assert nap["nap"] is True
    assert nap["sleep_performance"] is None
    assert nap["rem_sleep_min"] == 0, "a measured zero is no NULL"
    assert scored["sleep_performance"] == 81.0


def test_a_sleep_that_was_completed_has_every_column_of_the_second_reading() -> None:
    both = payload("sleep_partial_then_completed")
    first, second = mapped(sleeps, both["first_fetch"]), mapped(sleeps, both["second_fetch"])
    assert first["source_id"] == second["source_id"]
    changed = {name for name in first if first[name] != second[name]}
    assert {"end_time", "total_sleep_hours", "awake_min", "sleep_performance"} <= changed


def test_recoveries_of_a_collection() -> None:
    pending, scored, unscorable, calibrating = (
        mapped(recoveries, r) for r in payload("recovery_collection")["records"]
    )
    assert pending["recovery_score"] is None
    assert scored["recovery_score"] == 72.0
    assert unscorable["user_calibrating"] is None
    assert calibrating["user_calibrating"] is True
    assert calibrating["spo2_percentage"] is None


def test_workouts_of_a_collection() -> None:
    pending, tennis, running, lifting = (
        mapped(workouts, w) for w in payload("workout_collection")["records"]
    )
    assert (pending["strain"], pending["sport_name"]) == (None, "cycling")
    assert tennis["distance_meters"] is None, (
        "without GPS there is no distance, not a distance of 0"
    )
    assert tennis["percent_recorded"] == 100
    assert running["percent_recorded"] == pytest.approx(99.999595)
    assert lifting["sport_name"] == "weightlifting_msk"
    assert lifting["percent_recorded"] == pytest.approx(98)


def test_the_sport_by_its_id_alone() -> None:
    item = payload("official_workout")
    del item["sport_name"]
    assert mapped(workouts, item)["sport_name"] == "cycling"
    item["sport_id"] = 9999
    assert mapped(workouts, item)["sport_name"] == "sport-9999"
    del item["sport_id"]
    with pytest.raises(Unmappable, match="sport"):
        mapped(workouts, item)


def test_an_unknown_sport_is_kept_as_it_is() -> None:
    item = {**payload("official_workout"), "sport_name": "underwater-hockey"}
    assert mapped(workouts, item)["sport_name"] == "underwater-hockey"
    assert display_name("underwater-hockey") == "Underwater Hockey"
    assert display_name("weightlifting_msk") == "Strength Trainer"


def test_the_table_of_sports_is_the_official_one() -> None:
    official = payload("sports")["sports"]
    assert {s["sport_id"]: (s["sport_name"], s["name"]) for s in official} == SPORTS


def test_an_unknown_state_counts_as_not_scored() -> None:
    item = {**payload("official_recovery"), "score_state": "RECOMPUTING"}
    row = mapped(recoveries, item)
    assert (row["score_state"], row["recovery_score"]) == ("RECOMPUTING", None)


@pytest.mark.parametrize(
    ("stream", "name", "change", "says"),
    [
        (cycles, "official_cycle", {"score": None}, "score"),
        (cycles, "official_cycle", {"id": None}, "id"),
        (cycles, "official_cycle", {"id": 2**63}, "above"),
        (cycles, "official_cycle", {"start": "2022-04-24T02:25:44"}, "zone"),
        (cycles, "official_cycle", {"start": 1650767144}, "start"),
        (cycles, "official_cycle", {"timezone_offset": "CET"}, "offset"),
        (cycles, "official_cycle", {"timezone_offset": None}, "timezone_offset"),
        (cycles, "official_cycle", {"step_count": "many"}, "step_count"),
        (cycles, "official_cycle", {"step_count": -2}, "below"),
        (sleeps, "official_sleep", {"nap": "no"}, "nap"),
        (sleeps, "official_sleep", {"score": {}}, "score"),
        (sleeps, "official_sleep", {"score": []}, "score"),
        (sleeps, "official_sleep", {"score": {"stage_summary": {}}}, "stage_summary|light"),
        (recoveries, "official_recovery", {"score": "good"}, "score"),
        (recoveries, "official_recovery", {"sleep_id": "x" * 100}, "longer"),
        (workouts, "official_workout", {"end": None}, "end"),
    ],
)
def test_what_does_not_map_is_refused_with_its_place(
    stream: Any, name: str, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(Unmappable, match=says):
        mapped(stream, {**payload(name), **change})


@pytest.mark.parametrize("name", ["official_sleep", "official_cycle", "official_workout"])
def test_a_measured_value_must_be_a_finite_number(name: str) -> None:
    stream = {"official_sleep": sleeps, "official_cycle": cycles}.get(name, workouts)
    item = payload(name)
    key = "respiratory_rate" if stream is sleeps else "strain"
    for wrong in (float("nan"), float("inf"), "5", True, [], -3):
        with pytest.raises(Unmappable, match=key):
            mapped(stream, {**item, "score": {**item["score"], key: wrong}})


@pytest.mark.parametrize("item", [None, 7, "text", [], {}])
def test_what_is_no_record_at_all_is_refused(item: Any) -> None:
    for stream in source.streams:
        with pytest.raises(Unmappable):
            mapped(stream, item)


# --- The samples as answers of a service ----------------------------------------------------------


@pytest.fixture
def canned(settings: Any, whoop: Any, requests_mock: Any) -> Any:
    """WHOOP's documented answers, byte for byte, in the place of the sandbox's."""
    settings.WHOOP_API_URL = "https://whoop.example"
    base = "https://whoop.example/developer"
    requests_mock.get(f"{base}/v2/user/profile/basic", json=payload("profile"))
    requests_mock.get(f"{base}/v2/user/measurement/body", json=payload("body"))
    for path in ("cycle", "recovery", "activity/sleep", "activity/workout"):
        requests_mock.get(f"{base}/v2/{path}", json=payload("empty_collection"))
    return requests_mock


def answer(canned: Any, path: str, *names: str) -> None:
    canned.get(
        f"https://whoop.example/developer/v2/{path}", [{"json": payload(name)} for name in names]
    )


def test_all_collections_and_their_last_pages(canned: Any) -> None:
    answer(canned, "cycle", "cycle_collection", "cycle_collection_last_page")
    answer(canned, "activity/sleep", "sleep_collection")
    answer(canned, "recovery", "recovery_collection")
    answer(canned, "activity/workout", "workout_collection", "empty_collection")
    record = run()
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert RejectedItem.objects.count() == 0
    assert WhoopCycle.objects.count() == 5
    assert WhoopSleep.objects.filter(nap=True).count() == 1
    assert WhoopWorkout.objects.count() == 4
    pending = WhoopRecovery.objects.get(cycle_id=1204000004)
    assert pending.date == date(2026, 9, 16)
    assert pending.start_time == datetime(2026, 9, 16, 3, 34, 4, 120000, UTC)
    pages = [r for r in canned.request_history if r.path.endswith("/v2/cycle")]
    assert "nexttoken" not in pages[0].qs
    assert pages[1].qs["nexttoken"] == ["mtizojeymzeymw"]
    assert pages[0].qs["start"] == pages[1].qs["start"]
    assert pages[0].qs["end"] == pages[1].qs["end"]


def test_errors_without_a_body(canned: Any) -> None:
    for name in ("error_api_400", "error_api_404", "error_api_403"):
        error = payload(name)
        canned.get(
            "https://whoop.example/developer/v2/cycle",
            status_code=error["status"],
            headers=error["headers"],
        )
        record = run()
        assert record.status == SyncRun.Status.PARTIAL
        assert "cycle" in record.error


def test_a_429_waits_as_its_headers_say(canned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", lambda seconds: waits.append(seconds) or skip(seconds))
    moved = [0.0]
    monotonic = __import__("time").monotonic
    monkeypatch.setattr("time.monotonic", lambda: monotonic() + moved[0])

    def skip(seconds: float) -> None:
        moved[0] += seconds

    refused = payload("error_api_429")
    canned.get(
        "https://whoop.example/developer/v2/cycle",
        [
            {"status_code": refused["status"], "headers": refused["headers"]},
            {"json": payload("cycle_collection_last_page")},
        ],
    )
    record = run()
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert sum(waits) >= 3
    assert sum(waits) < 10


def test_the_limit_headers_of_a_good_answer_are_understood() -> None:
    response = requests.Response()
    response.headers.update(payload("ratelimit_headers_ok")["headers"])
    limit = RateLimit(100, 1)
    limit.learn(response)
    assert (limit.limit, limit.window) == (100, 60)
    assert limit.delay() == 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("error_token_invalid_grant", "whoop_auth"),
        ("error_token_invalid_client", "WHOOP_CLIENT_SECRET"),
        ("error_token_invalid_request", "invalid_request"),
    ],
)
def test_errors_of_the_token_endpoint(canned: Any, whoop: Any, name: str, says: str) -> None:
    error = payload(name)
    canned.post(
        "https://whoop.example/oauth/oauth2/token",
        status_code=error["status"],
        json=error["body"],
    )
    canned.get("https://whoop.example/developer/v2/user/profile/basic", status_code=401)
    record = run()
    assert says in record.error
    assert error["body"]["error_description"] not in record.error


def test_the_answers_of_the_token_endpoint(canned: Any, whoop: Any) -> None:
    client = source.client()
    canned.post("https://whoop.example/oauth/oauth2/token", json=payload("token"))
    client.refresh_access_token()  # type: ignore[attr-defined]
    sent = canned.request_history[-1]
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "scope=offline" in sent.text
    credential = client.credential  # type: ignore[attr-defined]
    assert credential.refresh_token == "the-value-of-the-new-refresh-token"
    assert "read:body_measurement" in credential.scopes

    canned.post("https://whoop.example/oauth/oauth2/token", json=payload("token_without_offline"))
    client.refresh_access_token()  # type: ignore[attr-defined]
    credential.refresh_from_db()
    assert credential.access_token == "an-access-token"
    assert credential.refresh_token == "the-value-of-the-new-refresh-token", "the old one stands"


def test_refusals_of_the_authorization_page() -> None:
    said = {name: name for name in ("invalid_scope", "invalid_state")}
    said["access_denied"] = "You did not give your consent"
    for name, words in said.items():
        query = payload(f"error_authorize_{name}")["location_query"]
        with pytest.raises(SyncError, match=words):
            code_of(query, query["state"])


def test_empty_and_odd_envelopes(canned: Any) -> None:
    url = "https://whoop.example/developer/v2/cycle"
    for body in ({}, [], 5, {"records": None}, {"records": {}}, "text"):
        canned.get(url, json=body)
        record = run()
        assert record.status == SyncRun.Status.PARTIAL
        assert "records" in record.counts["cycle"]["error"]
    for last in ({"next_token": None}, {"next_token": ""}, {}):
        canned.get(url, json={"records": [], **last})
        assert run().status == SyncRun.Status.SUCCESS

"""Ten years of the invented life: the same every time, as many as promised, and plausible."""

import json
import statistics
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lifetracker.sandbox.life import Life
from lifetracker.sandbox.server import Sandbox

from .conftest import KINDS, NOON

Record = dict[str, Any]
PAYLOADS = Path(__file__).parents[2] / "payloads" / "whoop"


@pytest.fixture(scope="module")
def ten_years() -> dict[str, list[Record]]:
    sandbox = Sandbox(seed=1, days=3650, now=NOON)
    return {kind: sandbox.whoop.records(kind) for kind in KINDS}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def offset(record: Record) -> timedelta:
    text = record["timezone_offset"]
    if text == "Z":
        return timedelta(0)
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:]))
    return size if text[0] == "+" else -size


def scores(records: list[Record], name: str) -> list[Any]:
    return [record["score"][name] for record in records if record["score"]]


def nights(ten_years: dict[str, list[Record]]) -> list[Record]:
    return [sleep for sleep in ten_years["sleep"] if not sleep["nap"]]


def test_the_counts_that_the_benchmarks_are_made_for(ten_years: dict[str, list[Record]]) -> None:
    counts = [len(records) for records in ten_years.values()]
    assert sum(counts) == pytest.approx(15_700, rel=0.01)
    assert sum(-(-count // 25) for count in counts) == pytest.approx(631, rel=0.01)


def test_a_day_is_the_same_whatever_the_days_and_the_time() -> None:
    short = Sandbox(seed=4, days=20, now=NOON)
    later = Sandbox(seed=4, days=300, now=NOON + timedelta(days=80, hours=5))
    for kind in KINDS:
        # Without the open cycle and what is calibrating.
        expected = short.whoop.records(kind)[3:-6]
        there = later.whoop.records(kind)
        assert len(expected) >= 8
        assert all(record in there for record in expected)


def test_another_seed_is_another_life() -> None:
    one, other = (Sandbox(seed=seed, days=20, now=NOON).whoop for seed in (1, 2))
    assert one.records("sleep")[4]["start"] != other.records("sleep")[4]["start"]


def test_ids_are_unique_and_cycles_count_upwards(ten_years: dict[str, list[Record]]) -> None:
    ids = [record["id"] for kind in ("sleep", "workout") for record in ten_years[kind]]
    assert len(ids) == len(set(ids))
    cycles = [record["id"] for record in ten_years["cycle"]]
    assert cycles == sorted(cycles, reverse=True)
    assert 10**9 < cycles[-1] < cycles[0] < 2 * 10**9


def test_consecutive_cycles_touch_and_only_the_newest_is_open(
    ten_years: dict[str, list[Record]],
) -> None:
    cycles = ten_years["cycle"]
    assert [cycle["end"] for cycle in cycles].count(None) == 1
    assert all(older["end"] == newer["start"] for newer, older in pairwise(cycles))


def test_nobody_trains_asleep(ten_years: dict[str, list[Record]]) -> None:
    spans = sorted(
        (at(r["start"]), at(r["end"])) for k in ("sleep", "workout") for r in ten_years[k]
    )
    assert all(start < end for start, end in spans)
    assert all(former[1] <= later[0] for former, later in pairwise(spans))


def test_records_belong_together(ten_years: dict[str, list[Record]]) -> None:
    cycles = {cycle["id"]: cycle for cycle in ten_years["cycle"]}
    sleeps = {sleep["id"]: sleep for sleep in nights(ten_years)}
    for sleep in sleeps.values():
        assert sleep["start"] == cycles[sleep["cycle_id"]]["start"]
    for recovery in ten_years["recovery"]:
        assert sleeps[recovery["sleep_id"]]["cycle_id"] == recovery["cycle_id"]
    for nap in ten_years["sleep"]:
        cycle = cycles[nap["cycle_id"]]
        assert cycle["start"] <= nap["start"] < (cycle["end"] or "9")
    assert len(sleeps) == len(ten_years["recovery"])


def test_rare_things_happen(ten_years: dict[str, list[Record]]) -> None:
    cycles, sleeps = ten_years["cycle"], ten_years["sleep"]
    with_sleep = {sleep["cycle_id"] for sleep in sleeps}
    strapless = [cycle for cycle in cycles[1:] if cycle["id"] not in with_sleep]
    assert 20 <= len(strapless) <= 60
    assert all(cycle["step_count"] is None for cycle in strapless)
    assert 200 < sum(sleep["nap"] for sleep in sleeps) < 500
    assert 20 < sum(sleep["score_state"] == "UNSCORABLE" for sleep in sleeps) < 90
    assert any(at(c["end"]) - at(c["start"]) > timedelta(hours=40) for c in cycles[1:])
    starts = Counter((at(cycle["start"]) + offset(cycle)).date() for cycle in cycles)
    assert max(starts.values()) == 2


def test_the_person_lives_in_berlin_and_travels(ten_years: dict[str, list[Record]]) -> None:
    offsets = Counter(sleep["timezone_offset"] for sleep in ten_years["sleep"])
    assert offsets.keys() == {"+01:00", "+02:00", "-04:00", "-05:00", "+05:30", "Z"}
    assert offsets["+01:00"] + offsets["+02:00"] > 0.9 * offsets.total()
    july = [s for s in nights(ten_years) if s["end"][5:7] == "07"]
    january = [s for s in nights(ten_years) if s["end"][5:7] == "01"]
    assert not [s for s in july if s["timezone_offset"] == "+01:00"]
    assert not [s for s in january if s["timezone_offset"] == "+02:00"]


def test_weekends_are_later_and_longer(ten_years: dict[str, list[Record]]) -> None:
    home = [sleep for sleep in nights(ten_years) if sleep["timezone_offset"][0] == "+"]
    woken: dict[bool, list[float]] = {True: [], False: []}
    lengths: dict[bool, list[float]] = {True: [], False: []}
    for sleep in home:
        end = at(sleep["end"]) + offset(sleep)
        free = end.weekday() >= 5
        woken[free].append(end.hour + end.minute / 60)
        lengths[free].append((at(sleep["end"]) - at(sleep["start"])).total_seconds() / 3600)
    assert statistics.mean(woken[True]) > statistics.mean(woken[False]) + 1
    assert statistics.mean(lengths[True]) > statistics.mean(lengths[False]) + 0.5
    before_midnight = [s for s in home if (at(s["start"]) + offset(s)).hour > 12]
    assert 0.2 < len(before_midnight) / len(home) < 0.95


def test_values_go_together_as_in_life(ten_years: dict[str, list[Record]]) -> None:
    recovery = {
        r["cycle_id"]: r["score"]["recovery_score"] for r in ten_years["recovery"] if r["score"]
    }
    hard = [
        (older["score"]["strain"], recovery[newer["id"]])
        for newer, older in pairwise(ten_years["cycle"])
        if older["score"] and newer["id"] in recovery
    ]
    assert statistics.correlation(*zip(*hard, strict=True)) < -0.3
    pulse = scores(ten_years["recovery"], "resting_heart_rate")
    variability = scores(ten_years["recovery"], "hrv_rmssd_milli")
    assert statistics.correlation(pulse, variability) < -0.5


def test_an_illness_a_year_lowers_recovery_and_stops_training() -> None:
    life = Life(seed=1)
    for year in range(2018, 2026):
        days = [life.day(date(year, 1, 1) + timedelta(days=n)) for n in range(364)]
        ill = [day for day in days if day.ill > 0.15]
        assert 3 <= len(ill) <= 10
        assert not [bout for day in ill for bout in day.bouts]
    sandbox = Sandbox(days=364, now=datetime(2025, 12, 31, 12, tzinfo=NOON.tzinfo))
    worst = max(days, key=lambda day: day.ill)
    by_end = {s["end"][:10]: s["id"] for s in sandbox.whoop.records("sleep") if not s["nap"]}
    recoveries = {r["sleep_id"]: r["score"] for r in sandbox.whoop.records("recovery")}
    score = recoveries[by_end[worst.wake.date().isoformat()]]
    assert score["recovery_score"] < 45
    assert score["resting_heart_rate"] > 53


def test_training_comes_in_blocks_with_a_taper() -> None:
    life = Life(seed=1)
    days = [life.day(date(2025, 1, 6) + timedelta(days=n)) for n in range(16 * 7 * 3)]
    hard = [day.load for day in days if day.block >= 0.85]
    easy = [day.load for day in days if day.block <= 0.4]
    assert statistics.mean(hard) > 1.3 * statistics.mean(easy)


@pytest.mark.parametrize(
    ("kind", "name", "low", "high"),
    [
        ("cycle", "strain", 0, 21),
        ("cycle", "kilojoule", 3000, 25_000),
        ("cycle", "average_heart_rate", 45, 100),
        ("recovery", "recovery_score", 0, 100),
        ("recovery", "resting_heart_rate", 38, 75),
        ("recovery", "hrv_rmssd_milli", 15, 150),
        ("workout", "strain", 0, 21),
        ("workout", "percent_recorded", 0.5, 1),
        ("workout", "max_heart_rate", 80, 190),
        ("sleep", "respiratory_rate", 12, 20),
        ("sleep", "sleep_efficiency_percentage", 50, 100),
    ],
)
def test_values_are_within_bounds(
    ten_years: dict[str, list[Record]], kind: str, name: str, low: float, high: float
) -> None:
    values = scores(ten_years[kind], name)
    assert low <= min(values) < max(values) <= high
    assert len(set(values)) > 10


def test_zones_sum_to_about_the_duration(ten_years: dict[str, list[Record]]) -> None:
    for workout in filter(lambda workout: workout["score"], ten_years["workout"]):
        length = (at(workout["end"]) - at(workout["start"])) / timedelta(milliseconds=1)
        zones = sum(workout["score"]["zone_durations"].values())
        recorded = workout["score"]["percent_recorded"]
        assert zones == pytest.approx(length * recorded, abs=2)


def test_the_stages_of_a_night_fill_it(ten_years: dict[str, list[Record]]) -> None:
    for sleep in filter(lambda sleep: sleep["score"], ten_years["sleep"]):
        stages = sleep["score"]["stage_summary"]
        parts = (
            sum(value for name, value in stages.items() if "time" in name)
            - stages["total_in_bed_time_milli"]
        )
        assert parts == stages["total_in_bed_time_milli"]


def test_distances_only_where_gps_goes(ten_years: dict[str, list[Record]]) -> None:
    distances: dict[str, list[float | None]] = {}
    for workout in filter(lambda workout: workout["score"], ten_years["workout"]):
        distances.setdefault(workout["sport_name"], []).append(workout["score"]["distance_meter"])
    assert set(distances["weightlifting_msk"]) == {None}
    running = [metres for metres in distances["running"] if metres is not None]
    assert 3000 < statistics.mean(running) < 20_000
    assert None in distances["running"]


def test_sports_are_whoops_with_now_and_then_an_unknown_one(
    ten_years: dict[str, list[Record]],
) -> None:
    known = {
        s["sport_name"]: s["sport_id"]
        for s in json.loads((PAYLOADS / "sports.json").read_text())["sports"]
    }
    seen = Counter(workout["sport_name"] for workout in ten_years["workout"])
    unknown = [slug for slug in seen if slug not in known]
    assert len(seen) >= 10
    assert len(unknown) == 1
    assert 0 < seen[unknown[0]] < 60
    assert seen["weightlifting_msk"] > 100
    for workout in ten_years["workout"]:
        slug = workout["sport_name"]
        assert slug in unknown or workout["sport_id"] == known[slug]

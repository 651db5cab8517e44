"""Three years of work: the same every time, quickly made, and plausible."""

import statistics
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.server import Sandbox
from lifetracker.sandbox.toggl.service import Toggl

from .conftest import MORNING, Item

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def toggl() -> Toggl:
    return Sandbox(seed=1, days=1095, now=MORNING).toggl


@pytest.fixture(scope="module")
def entries(toggl: Toggl) -> list[Item]:
    return [entry for entry in toggl.entries() if entry["stop"]]


def start(entry: Item) -> datetime:
    return datetime.fromisoformat(entry["start"])


def stop(entry: Item) -> datetime:
    return datetime.fromisoformat(entry["stop"])


def test_three_years_are_made_in_a_second() -> None:
    began = time.process_time()
    sandbox = Sandbox(seed=11, days=1095, now=MORNING)
    made = time.process_time()
    Toggl(sandbox, life=sandbox.life, days=1095)
    assert time.process_time() - made < 0.1, "nothing is made before somebody asks"
    sandbox.toggl.entries()
    assert time.process_time() - began < 4


def test_a_day_is_the_same_whatever_the_days_and_the_time() -> None:
    short = Sandbox(seed=4, days=20, now=MORNING).toggl.entries()
    later = Sandbox(seed=4, days=300, now=MORNING + timedelta(days=80, hours=5)).toggl.entries()
    settled = [entry for entry in short if start(entry) < MORNING - 5 * DAY]
    assert len(settled) > 40
    there = {entry["id"]: entry for entry in later}
    same = [entry for entry in settled if there.get(entry["id"]) == entry]
    assert len(same) > 0.95 * len(settled), "but for what was edited or deleted meanwhile"


def test_another_seed_is_another_life() -> None:
    one, other = (Sandbox(seed=seed, days=20, now=MORNING).toggl for seed in (1, 2))
    assert one.api_token != other.api_token
    assert one.entries()[5]["start"] != other.entries()[5]["start"]


def test_numbers_of_a_year(entries: list[Item]) -> None:
    for year in (2024, 2025):
        assert 1500 < sum(start(entry).year == year for entry in entries) < 2100
    days = Counter(start(entry).astimezone(BERLIN).date() for entry in entries)
    working = [count for day, count in days.items() if day.weekday() < 5]
    free = [count for day, count in days.items() if day.weekday() >= 5]
    assert 6 <= statistics.median(working) <= 9
    assert sum(6 <= count <= 9 for count in working) > 0.7 * len(working)
    assert sum(free) < 0.05 * sum(working)


def test_ids_are_unique_rising_and_long(entries: list[Item]) -> None:
    timers = sorted(entry["id"] for entry in entries)
    assert len(timers) == len(set(timers))
    assert 2**31 < timers[0] < 3_800_000_000
    by_start = [entry["id"] for entry in sorted(entries, key=start)]
    falls = sum(later < former for former, later in pairwise(by_start))
    assert 0 < falls < 0.05 * len(entries), "only what was typed in by hand is out of order"


def test_days_have_a_shape(entries: list[Item]) -> None:
    months = {(start(entry).year, start(entry).month) for entry in entries}
    assert len(months) == 37
    hours = Counter(start(entry).astimezone(BERLIN).hour for entry in entries)
    assert sum(hours[hour] for hour in range(7, 18)) > 0.85 * len(entries)
    lengths = Counter[object]()
    for entry in entries:
        lengths[start(entry).astimezone(BERLIN).date()] += entry["duration"]
    office = [length for day, length in lengths.items() if day.weekday() < 5]
    assert 6 < statistics.median(office) / 3600 < 8.5
    christmas = [e for e in entries if start(e).astimezone(BERLIN).strftime("%m-%d") == "12-25"]
    assert not [entry for entry in christmas if entry["billable"]]


def test_times_agree_with_lengths(entries: list[Item]) -> None:
    assert all((stop(e) - start(e)).total_seconds() == e["duration"] for e in entries)


def test_nobody_works_while_ill_or_asleep(entries: list[Item]) -> None:
    life = life_of(1)
    # The timer of a server move runs along through the night.
    awake = [entry for entry in entries if entry["tags"] != ["deploy"]]
    for entry in awake:
        day = life.day(start(entry).astimezone(BERLIN).date())
        assert day.ill <= 0.1
        asleep = day.slept and start(entry) < day.wake and stop(entry) > day.bed
        assert day.away or not asleep
    for entry in awake:
        typed = entry["duration"] % 900 == 0
        bouts = life.day(start(entry).astimezone(BERLIN).date()).bouts
        assert typed or not [b for b in bouts if start(entry) < b.end and stop(entry) > b.start]


def test_nights_of_work_lead_over_midnight(entries: list[Item]) -> None:
    overnight = [
        entry
        for entry in entries
        if start(entry).astimezone(BERLIN).date() < stop(entry).astimezone(BERLIN).date()
    ]
    assert 15 < len(overnight) < 90
    changes = [
        entry
        for entry in overnight
        if start(entry).astimezone(BERLIN).utcoffset() != stop(entry).astimezone(BERLIN).utcoffset()
    ]
    assert len(changes) >= 4
    assert {start(entry).month for entry in changes} == {3, 10}


def test_rare_things_happen(entries: list[Item]) -> None:
    ordered = sorted(entries, key=start)
    overlaps = sum(stop(former) > start(later) for former, later in pairwise(ordered))
    touching = sum(stop(former) == start(later) for former, later in pairwise(ordered))
    assert 20 < overlaps < 0.03 * len(entries)
    assert 0.1 * len(entries) < touching < 0.4 * len(entries)
    assert 3 < sum(entry["duration"] == 0 for entry in entries) < 60
    texts = Counter(entry["description"] for entry in entries)
    assert texts[None] > 100
    assert texts[""] > 100
    assert sum(entry["project_id"] is None for entry in entries) > 150
    assert 0.3 < sum(entry["billable"] for entry in entries) / len(entries) < 0.8


def test_projects_clients_and_tags(toggl: Toggl, entries: list[Item]) -> None:
    projects = {project["id"]: project for project in toggl.projects()}
    used: dict[int, list[datetime]] = {project: [] for project in projects}
    for entry in entries:
        if entry["project_id"]:
            used[entry["project_id"]].append(start(entry))
            assert projects[entry["project_id"]]["workspace_id"] == entry["workspace_id"]
    assert 12 <= len(projects) <= 16
    assert len(toggl.clients()) == 4
    assert len(toggl.tags()) == 8
    assert None in {project["client_id"] for project in projects.values()}
    by_name = {project["name"]: project for project in projects.values()}
    early = by_name["Trade fair 2023"]
    assert (early["active"], early["status"]) == (False, "archived")
    assert max(used[early["id"]]) < MORNING - 800 * DAY
    archived = by_name["Trade fair 2024"]
    assert archived["at"] < (MORNING - 365 * DAY).isoformat()
    assert {tag for entry in entries for tag in entry["tags"]} >= {"deploy", "meeting", "travel"}
    private = [entry for entry in entries if entry["workspace_id"] == toggl.workspace_ids[1]]
    assert len(private) > 60
    assert {projects[entry["project_id"]]["is_private"] for entry in private} == {True}


def test_a_running_entry_in_working_hours() -> None:
    sandbox = Sandbox(seed=1, days=5, now=datetime(2026, 3, 4, 1, tzinfo=UTC))
    running = []
    for _ in range(24 * 2):
        sandbox.clock.advance(timedelta(minutes=30))
        hour = sandbox.clock.now().astimezone(BERLIN).hour
        running += [hour for entry in sandbox.toggl.entries() if entry["stop"] is None]
    assert len(running) >= 9
    assert all(7 <= hour < 22 for hour in running)

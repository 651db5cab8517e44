"""Six years on the scale: the same every time, as often as promised, and plausible."""

import statistics
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from lifetracker.sandbox.body import NEW_SCALE_FROM, body, weighings
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.server import Sandbox

from ..conftest import NOON
from .conftest import Record, of_type, real

DAYS = 2190
ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def groups() -> list[Record]:
    return Sandbox(seed=1, days=DAYS, now=NOON).withings.groups()


@pytest.fixture(scope="module")
def hers(groups: list[Record]) -> list[Record]:
    """What a scale knows to be her weight."""
    return [group for group in of_type(groups, 1) if group["attrib"] in (0, 8)]


@pytest.fixture(scope="module")
def days() -> list[date]:
    return [NOON.date() - n * ONE_DAY for n in range(DAYS)]


def day_of(group: Record) -> date:
    return datetime.fromtimestamp(group["date"], UTC).date()


def test_a_day_is_the_same_whatever_the_days_and_the_time() -> None:
    short = Sandbox(seed=4, days=20, now=NOON).withings.groups()
    later = Sandbox(seed=4, days=300, now=NOON + timedelta(days=80, hours=5)).withings.groups()
    expected = [group for group in short if not of_type([group], 4)]
    assert len(expected) > 25
    assert all(group in later for group in expected)


def test_another_seed_is_another_body() -> None:
    one, other = (Sandbox(seed=seed, days=20, now=NOON).withings for seed in (1, 2))
    assert [g["measures"] for g in one.groups()] != [g["measures"] for g in other.groups()]
    assert one.groups()[5]["deviceid"] != other.groups()[5]["deviceid"]


def test_ids_are_unique_and_have_ten_digits(groups: list[Record]) -> None:
    ids = {group["grpid"] for group in groups}
    assert len(ids) == len(groups)
    assert {len(str(grpid)) for grpid in ids} == {10}


def test_she_steps_on_the_scale_on_about_five_of_seven_days(hers: list[Record]) -> None:
    counts = Counter(day_of(group) for group in hers)
    assert 0.6 < len(counts) / DAYS < 0.78
    assert sum(count > 1 for count in counts.values()) > 50
    times = sorted(group["date"] for group in hers)
    minutes = [(later - former) / 60 for former, later in pairwise(times)]
    assert sum(gap < 5 for gap in minutes) > 20


def test_she_does_so_after_waking_and_mostly_at_home_and_well(days: list[date]) -> None:
    life = Life(seed=1)
    seen: dict[str, list[bool]] = {"away": [], "ill": [], "else": []}
    for on in days:
        day = life.day(on)
        kind = "away" if day.away else "ill" if day.ill > 0.15 else "else"
        mine = [w for w in weighings(life, on) if not w.visitor and not w.by_hand]
        seen[kind].append(bool(mine))
        assert all(weighing.at > day.wake for weighing in mine)
    assert not any(seen["away"])
    assert statistics.mean(seen["ill"]) < 0.5
    assert statistics.mean(seen["else"]) > 0.7


def test_one_weighing_is_several_groups_of_one_date(
    groups: list[Record], hers: list[Record]
) -> None:
    together: dict[int, list[Record]] = {}
    for group in groups:
        together.setdefault(group["date"], []).append(group)
    sizes = {True: Counter[int](), False: Counter[int]()}
    for group in hers:
        sizes[day_of(group) >= NEW_SCALE_FROM][len(together[group["date"]])] += 1
    assert sizes[False].keys() == {1, 2}
    assert sizes[True].keys() == {1, 3}
    assert sizes[False][2] > 10 * sizes[False][1]


def test_the_new_scale_measures_the_pulse_wave(groups: list[Record]) -> None:
    models = {group["model"]: set[date]() for group in groups}
    for group in groups:
        models[group["model"]].add(day_of(group))
    assert models.keys() == {"Smart Body Analyzer", "Body Cardio", "BPM Connect", None}
    assert max(models["Smart Body Analyzer"]) < NEW_SCALE_FROM <= min(models["Body Cardio"])
    waves = of_type(groups, 91)
    assert {group["model"] for group in waves} == {"Body Cardio"}
    assert all(5 < real(group, 91) < 9 for group in waves)


def test_units_and_attributions_vary(groups: list[Record], hers: list[Record]) -> None:
    units = {kind: Counter[int]() for kind in (1, 11)}
    for group in groups:
        for measure in group["measures"]:
            if measure["type"] in units:
                units[measure["type"]][measure["unit"]] += 1
    assert units[1].keys() == {-2, -3, -4}
    assert min(units[1].values()) > 50
    assert units[11].keys() == {0, -2}
    attribs = Counter(group["attrib"] for group in groups)
    assert attribs.keys() == {0, 1, 2, 4, 8}
    assert 0.15 < attribs[8] / len(groups) < 0.25
    assert 10 < attribs[1] < 60
    assert 5 < attribs[2] < 60
    usual = statistics.mean(real(group, 1) for group in hers)
    strangers = [real(group, 1) for group in groups if group["attrib"] == 1]
    assert all(abs(weight - usual) > 3.5 for weight in strangers)
    for group in groups:
        typed = group["attrib"] in (2, 4)
        assert (group["deviceid"] is None) == (group["modelid"] is None) == typed


def test_her_height_is_noted_at_the_beginning(groups: list[Record]) -> None:
    [height] = of_type(groups, 4)
    assert real(height, 4) == pytest.approx(1.727)
    assert day_of(height) == NOON.date() - DAYS * ONE_DAY


def test_blood_pressure_is_a_group_of_its_own(groups: list[Record]) -> None:
    pressures = of_type(groups, 10)
    assert 80 < len(pressures) < 250
    for group in pressures:
        assert [one["type"] for one in group["measures"]] == [9, 10, 11]
        assert 55 < real(group, 9) < real(group, 10) - 20 < 125


def test_some_uploads_are_weeks_late(groups: list[Record]) -> None:
    late = [(group["created"] - group["date"]) / 86_400 for group in groups]
    assert all(days > 0 for days in late)
    assert 10 < sum(days > 9 for days in late) < 120
    assert max(late) < 60
    assert statistics.median(late) < 1 / 24
    assert all(group["modified"] == group["created"] for group in groups)


def test_a_late_upload_is_not_there_before(groups: list[Record]) -> None:
    late = next(g for g in groups[::-1] if g["created"] - g["date"] > 9 * 86_400)
    arrives = datetime.fromtimestamp(late["created"], UTC)
    sandbox = Sandbox(seed=1, days=90, now=arrives - timedelta(seconds=1))
    assert late not in sandbox.withings.groups()
    sandbox.clock.set(arrives)
    assert late in sandbox.withings.groups()


def test_weights_move_slowly_with_noise_from_day_to_day(hers: list[Record]) -> None:
    weights = [real(group, 1) for group in sorted(hers, key=lambda group: group["date"])]
    assert 60 < min(weights) < max(weights) < 75
    steps = [abs(later - former) for former, later in pairwise(weights)]
    assert 0.1 < statistics.median(steps) < 0.8
    months = [statistics.mean(weights[n : n + 25]) for n in range(0, len(weights) - 25, 25)]
    assert 1.5 < max(months) - min(months) < 7


def test_winters_are_heavier_and_training_makes_lighter(days: list[date]) -> None:
    life = Life(seed=1)
    weights = {on: body(life, on).weight for on in days}
    winter = statistics.mean(weight for on, weight in weights.items() if on.month in (12, 1, 2))
    summer = statistics.mean(weight for on, weight in weights.items() if on.month in (6, 7, 8))
    assert winter > summer + 0.8
    blocks = [statistics.mean(life.day(on - n * ONE_DAY).block for n in range(42)) for on in days]
    assert statistics.correlation(blocks, list(weights.values())) < -0.1


def test_the_composition_adds_up(hers: list[Record]) -> None:
    for group in hers:
        assert [one["type"] for one in group["measures"]] == [1, 8, 76, 77, 88, 6, 5]
        weight, fat, lean = real(group, 1), real(group, 8), real(group, 5)
        assert fat + lean == pytest.approx(weight, abs=0.02)
        assert real(group, 6) == pytest.approx(100 * fat / weight, abs=0.02)
        assert real(group, 76) + real(group, 88) == pytest.approx(lean, abs=0.02)
        assert 0.45 < real(group, 77) / weight < 0.65
        assert 18 < real(group, 6) < 32

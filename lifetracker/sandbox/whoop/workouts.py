"""From a bout of training to WHOOP's workout."""

import math
from random import Random

from lifetracker.sandbox.instants import MINUTE, SECOND, iso, to_ms
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.training import Bout
from lifetracker.sandbox.whoop.entries import Entry, Record
from lifetracker.sandbox.whoop.nights import Night, offset, uuid
from lifetracker.sandbox.whoop.shapes import (
    MAX_HEART_RATE,
    PENDING,
    USER_ID,
    clamp,
    strain_of,
)

# WHOOP's numbers; the odd sport is newer than every list.
SPORT_IDS = {
    "running": 0,
    "cycling": 1,
    "swimming": 33,
    "tennis": 34,
    "yoga": 44,
    "weightlifting": 45,
    "hiking-rucking": 52,
    "mountain-biking": 57,
    "walking": 63,
    "commuting": 89,
    "hiit": 96,
    "weightlifting_msk": 123,
    "stretching": 128,
    "sauna": 233,
    "stair-race": 301,
}
ZONES = ("zero", "one", "two", "three", "four", "five")


def workouts(life: Life, night: Night) -> list[Entry]:
    """Return those of the day after this night; none are seen without the strap."""
    rng = life.stream("whoop-workouts", night.day.date)
    if not night.day.strap:
        return []
    return [_workout(rng, bout, night.day.zone) for bout in night.day.bouts]


def _workout(rng: Random, bout: Bout, zone: str) -> Entry:
    start, end = to_ms(bout.start), to_ms(bout.end)
    created = end + int(rng.uniform(1, 6) * MINUTE)
    scored = created + rng.randint(3 * SECOND, 20 * SECOND)
    score = _score(rng, bout, end - start)
    unscorable = rng.random() < 0.004
    record: Record = {
        "id": uuid(rng),
        "v1_id": None,
        "user_id": USER_ID,
        "created_at": iso(created),
        "updated_at": iso(scored),
        "start": iso(start),
        "end": iso(end),
        "timezone_offset": offset(bout.start, zone),
        "sport_name": bout.sport.slug,
        "score_state": "UNSCORABLE" if unscorable else "SCORED",
        "score": None if unscorable else score,
        "sport_id": SPORT_IDS[bout.sport.slug],
    }
    pending = {**PENDING, "updated_at": iso(created)}
    return Entry(
        "workout",
        record["id"],
        start,
        end,
        record,
        score,
        appears=created,
        settles=scored,
        phase=lambda _now: pending,
    )


def _score(rng: Random, bout: Bout, length: int) -> Record:
    average = 88 + 82 * bout.effort + rng.gauss(0, 4)
    recorded = _recorded(rng)
    metres = bout.km * 1000 if bout.km is not None else None
    climb = None if metres is None else metres / 1000 * bout.sport.climb * rng.uniform(0.6, 1.4)
    return {
        "strain": strain_of(bout),
        "average_heart_rate": round(average),
        "max_heart_rate": round(clamp(average + rng.uniform(14, 36), average + 3, MAX_HEART_RATE)),
        "kilojoule": round(bout.minutes * (12 + 38 * bout.effort) + rng.random(), 4),
        "percent_recorded": recorded,
        "distance_meter": None if metres is None else round(metres, 4),
        "altitude_gain_meter": None if climb is None else round(climb, 5),
        "altitude_change_meter": None if climb is None else round(rng.gauss(0, 4), 6),
        "zone_durations": _zones(rng, bout.effort, int(length * recorded)),
    }


def _recorded(rng: Random) -> float:
    """Return a fraction, though the specification speaks of percent."""
    kind = rng.random()
    if kind < 0.6:
        return 1.0
    return round(1 - rng.random() * 1e-5, 8) if kind < 0.9 else round(rng.uniform(0.7, 0.99), 4)


def _zones(rng: Random, effort: float, length: int) -> Record:
    """Return time in each zone, most of it around the effort; the zones sum to the length."""
    weights = [
        math.exp(-(((zone / 5 - 0.95 * effort) / 0.24) ** 2)) * rng.uniform(0.7, 1.3)
        for zone in range(len(ZONES))
    ]
    times = [int(length * weight / sum(weights)) for weight in weights]
    times[weights.index(max(weights))] += length - sum(times)
    return {f"zone_{name}_milli": time for name, time in zip(ZONES, times, strict=True)}

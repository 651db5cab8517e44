"""What Withings made of one day of a life: the groups of its weighings, as they are served."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from random import Random

from lifetracker.sandbox.body import (
    HEIGHT,
    NEW_SCALE_FROM,
    WANTED_WEIGHT,
    Body,
    Weighing,
    pressure,
    weighings,
)
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.messages import JsonObject

Record = JsonObject
WEIGHT, HEIGHT_TYPE, FAT_FREE, FAT_RATIO, FAT_MASS = 1, 4, 5, 6, 8
DIASTOLIC, SYSTOLIC, PULSE = 9, 10, 11
MUSCLE, HYDRATION, BONE, PULSE_WAVE, VASCULAR_AGE = 76, 77, 88, 91, 155
HOUR, DAY = 3600, 86_400
PLACES = 40  # groups of one day; each weighing takes up to three of them
JOINING = 36  # the first place of what is noted once, on joining


@dataclass(frozen=True, slots=True)
class Device:
    """`fm`: undocumented, and different for scales and for what is typed in."""

    model: str
    modelid: int
    fm: int
    waves: bool = False

    def id(self, seed: int) -> str:
        return hashlib.sha256(f"{seed}/{self.model}".encode()).hexdigest()[:40]


OLD_SCALE = Device("Smart Body Analyzer", 4, 3)
CARDIO = Device("Body Cardio", 6, 131, waves=True)
CUFF = Device("BPM Connect", 45, 128)


def scale_of(on: date) -> Device:
    return CARDIO if on >= NEW_SCALE_FROM else OLD_SCALE


def measure(type: int, value: float, unit: int, fm: int = 131) -> Record:
    return {"value": round(value / 10.0**unit), "type": type, "unit": unit, "algo": 0, "fm": fm}


def composition(body: Body, unit: int, fm: int = 131) -> list[Record]:
    """Return weight in steps of 10 g, and all that follows from the resistance of the body."""
    return [
        measure(WEIGHT, round(body.weight, 2), unit, fm),
        measure(FAT_MASS, body.fat, -2, fm),
        measure(MUSCLE, body.muscle, -2, fm),
        measure(HYDRATION, body.water, -2, fm),
        measure(BONE, body.bone, -2, fm),
        measure(FAT_RATIO, body.fat_ratio, -3, fm),
        measure(FAT_FREE, body.fat_free, -3, fm),
    ]


# A test run starts hundreds of sandboxes with the same few lives.
@lru_cache(maxsize=8192)
def groups(life: Life, on: date) -> tuple[Record, ...]:
    """Shared: never change one in place."""
    rng = life.stream("withings", on)
    found = []
    for number, weighing in enumerate(weighings(life, on)):
        parts = [_typed(weighing)] if weighing.by_hand else _parts(rng, weighing, scale_of(on))
        device = None if weighing.by_hand else scale_of(on)
        created = _uploaded(rng, weighing.at, typed=weighing.by_hand)
        for place, (attrib, measures) in enumerate(parts, start=3 * number):
            found.append(
                group(
                    grpid(on, place, rng),
                    _seconds(weighing.at),
                    measures,
                    created=created + 2 * (place - 3 * number),
                    attrib=attrib,
                    device=device,
                    seed=life.seed,
                )
            )
    return (*found, *_pressures(life, on, rng))


def joining(life: Life, on: date) -> tuple[Record, ...]:
    """Typed in with the account: the height, and the weight that is wanted, which is a goal."""
    rng = life.stream("withings-joining", on)
    at = _seconds(life.day(on).wake) + HOUR
    height, goal = (grpid(on, JOINING + place, rng) for place in range(2))
    return (
        group(height, at, [measure(HEIGHT_TYPE, HEIGHT, -3, 128)], created=at + 1, attrib=4),
        group(
            goal, at, [measure(WEIGHT, WANTED_WEIGHT, -3)], created=at + 60, attrib=2, category=2
        ),
    )


def grpid(on: date, place: int, rng: Random) -> int:
    """Ten digits, rising, with room for other people's groups; unique by day and place."""
    return 2_000_000_000 + (on.toordinal() - 730_000) * 300_000 + place * 7500 + rng.randrange(7500)


def group(
    id: int,
    at: int,
    measures: list[Record],
    *,
    created: int,
    attrib: int = 0,
    category: int = 1,
    device: Device | None = None,
    seed: int = 0,
) -> Record:
    """Without a device it was typed in."""
    device_id = device.id(seed) if device else None
    return {
        "grpid": id,
        "attrib": attrib,
        "date": at,
        "created": created,
        "modified": created,
        "category": category,
        "deviceid": device_id,
        "hash_deviceid": device_id,
        "measures": measures,
        "modelid": device.modelid if device else None,
        "model": device.model if device else None,
        "comment": None,
    }


def _typed(weighing: Weighing) -> tuple[int, list[Record]]:
    return 2, [measure(WEIGHT, round(weighing.body.weight, 1), -3, 128)]


def _parts(rng: Random, weighing: Weighing, scale: Device) -> list[tuple[int, list[Record]]]:
    """One weighing is several groups: attrib and measures of each."""
    unit = rng.choices((-3, -2, -4), (7, 2, 1))[0]
    attrib = 1 if weighing.visitor else _attrib(rng)
    parts = [(attrib, composition(weighing.body, unit, scale.fm))]
    if weighing.visitor:
        return parts
    if rng.random() < 0.94:  # the pulse needs her to stand still for longer
        unit = -2 if scale.waves else 0
        parts.append((_attrib(rng), [measure(PULSE, round(weighing.pulse), unit, scale.fm)]))
        if scale.waves:
            wave, age = weighing.pulse_wave, 8 + 4.1 * weighing.pulse_wave
            waves = [measure(PULSE_WAVE, wave, -3), measure(VASCULAR_AGE, age, -1)]
            parts.append((_attrib(rng), waves))
    return parts


def _attrib(rng: Random) -> int:
    """8 means the same as 0, and a fifth of all groups has it."""
    return 8 if rng.random() < 0.2 else 0


def _uploaded(rng: Random, at: datetime, *, typed: bool = False) -> int:
    """Mostly at once, some hours later when the network was down, and a few weeks later."""
    chance, seconds = rng.random(), rng.randint(4, 70)
    if typed:
        seconds = 1
    elif chance < 0.012:
        seconds = rng.randint(9 * DAY, 59 * DAY)
    elif chance < 0.08:
        seconds = rng.randint(HOUR, 20 * HOUR)
    return _seconds(at) + seconds


def _pressures(life: Life, on: date, rng: Random) -> tuple[Record, ...]:
    taken = pressure(life, on)
    if taken is None:
        return ()
    measures = [
        measure(DIASTOLIC, round(taken.diastolic), -2, CUFF.fm),
        measure(SYSTOLIC, round(taken.systolic), -2, CUFF.fm),
        measure(PULSE, round(taken.pulse), -2, CUFF.fm),
    ]
    return (
        group(
            grpid(on, JOINING - 1, rng),
            _seconds(taken.at),
            measures,
            created=_uploaded(rng, taken.at),
            device=CUFF,
            seed=life.seed,
        ),
    )


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())

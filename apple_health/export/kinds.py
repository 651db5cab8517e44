"""Which records of an export are read, and what their values are in."""

from __future__ import annotations

import enum
from typing import NamedTuple

from apple_health.export import units


class Kind(enum.IntEnum):
    """What a sample measures, as it stands in the scratch file."""

    STEPS = 1
    ACTIVE_ENERGY = 2
    RESTING_HEART_RATE = 3
    SDNN = 4
    WRIST_TEMPERATURE = 5
    MINDFUL = 6
    DIETARY_ENERGY = 7
    PROTEIN = 8
    CARBS = 9
    FAT = 10
    FIBER = 11
    WEIGHT = 12
    BODY_FAT = 13
    SLEEP = 14


class Sleep(enum.IntEnum):
    IN_BED = 0
    UNSPECIFIED = 1
    CORE = 2
    DEEP = 3
    REM = 4
    AWAKE = 5


STAGES = frozenset({Sleep.CORE, Sleep.DEEP, Sleep.REM})
ASLEEP = STAGES | {Sleep.UNSPECIFIED}

SLEEP_VALUES = {
    f"HKCategoryValueSleepAnalysis{name}": value
    for name, value in {
        "InBed": Sleep.IN_BED,
        # Until iOS 15.
        "Asleep": Sleep.UNSPECIFIED,
        "AsleepUnspecified": Sleep.UNSPECIFIED,
        "AsleepCore": Sleep.CORE,
        "AsleepDeep": Sleep.DEEP,
        "AsleepREM": Sleep.REM,
        "Awake": Sleep.AWAKE,
    }.items()
}


def sleep_value(text: str, unit: str) -> float:
    found = SLEEP_VALUES.get(text)
    if found is None:
        raise units.Unreadable(f"the sleep value {units.shown(text)} is not known")
    return found


def none_at_all(text: str, unit: str) -> float:
    """Return 0: its length is all that a sample of this kind says."""
    return 0


class Reads(NamedTuple):
    """How a kind of record is read. `most`: no value is higher. `longest`: no sample lasts longer, in seconds."""

    kind: Kind
    value: units.Convert
    most: float
    longest: int


HOUR, DAY = 3600, 86400
GRAMS, KILOCALORIES = units.in_unit(units.GRAMS), units.in_unit(units.KILOCALORIES)
QUANTITY = "HKQuantityTypeIdentifier"
READS = {
    f"{QUANTITY}StepCount": Reads(Kind.STEPS, units.in_unit(units.COUNTS), 500_000, 2 * DAY),
    f"{QUANTITY}ActiveEnergyBurned": Reads(Kind.ACTIVE_ENERGY, KILOCALORIES, 50_000, 2 * DAY),
    f"{QUANTITY}RestingHeartRate": Reads(
        Kind.RESTING_HEART_RATE, units.in_unit(units.BEATS), 400, 2 * DAY
    ),
    f"{QUANTITY}HeartRateVariabilitySDNN": Reads(
        Kind.SDNN, units.in_unit(units.MILLISECONDS), 10_000, DAY
    ),
    f"{QUANTITY}AppleSleepingWristTemperature": Reads(
        Kind.WRIST_TEMPERATURE, units.celsius, 60, 2 * DAY
    ),
    "HKCategoryTypeIdentifierMindfulSession": Reads(Kind.MINDFUL, none_at_all, 0, DAY),
    f"{QUANTITY}DietaryEnergyConsumed": Reads(Kind.DIETARY_ENERGY, KILOCALORIES, 100_000, 2 * DAY),
    f"{QUANTITY}DietaryProtein": Reads(Kind.PROTEIN, GRAMS, 10_000, 2 * DAY),
    f"{QUANTITY}DietaryCarbohydrates": Reads(Kind.CARBS, GRAMS, 10_000, 2 * DAY),
    f"{QUANTITY}DietaryFatTotal": Reads(Kind.FAT, GRAMS, 10_000, 2 * DAY),
    f"{QUANTITY}DietaryFiber": Reads(Kind.FIBER, GRAMS, 10_000, 2 * DAY),
    f"{QUANTITY}BodyMass": Reads(Kind.WEIGHT, units.in_unit(units.KILOGRAMS), 999, 2 * DAY),
    f"{QUANTITY}BodyFatPercentage": Reads(Kind.BODY_FAT, units.percent, 100, 2 * DAY),
    "HKCategoryTypeIdentifierSleepAnalysis": Reads(Kind.SLEEP, sleep_value, Sleep.AWAKE, 2 * DAY),
}
#: What nobody can be without.
ABOVE_ZERO = frozenset({Kind.RESTING_HEART_RATE, Kind.SDNN, Kind.WEIGHT})

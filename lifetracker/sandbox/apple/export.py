"""What Health exports of the invented life: a zip of one large XML, which is written as a stream.

It has what WHOOP and Withings measured, as their apps write it into Health, and the phone's and the watch's own: steps that both
count, nights with stages, workouts, heart rate, food of another app.
"""

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from lifetracker.sandbox.instants import from_ms, parse
from lifetracker.sandbox.life import HOME, ONE_DAY, Life
from lifetracker.sandbox.whoop.export import Shown
from lifetracker.sandbox.withings.export import seen, values_of
from lifetracker.sandbox.withings.history import FAT_MASS, WEIGHT

QUANTITY = "HKQuantityTypeIdentifier"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
WATCH, PHONE, FOOD = "Mara’s Apple Watch", "Mara’s iPhone", "MyFitnessPal"
DEVICES = {
    WATCH: "<<HKDevice: 0x283e0>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,2, software:9.1>",
    PHONE: "<<HKDevice: 0x283e1>, name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:iPhone14,2, software:16.1>",
}
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData locale CDATA #REQUIRED>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
]>
<HealthData locale="en_DE">
"""
STAGES = (
    ("light_sleep", "AsleepCore"),
    ("slow_wave_sleep", "AsleepDeep"),
    ("rem_sleep", "AsleepREM"),
)
POUND = 0.45359237
#: Where Apple's names are not made of the slug.
ACTIVITIES = {
    "weightlifting": "TraditionalStrengthTraining",
    "weightlifting_msk": "TraditionalStrengthTraining",
    "functional-fitness": "FunctionalStrengthTraining",
    "hiit": "HighIntensityIntervalTraining",
    "activity": "Other",
    "hiking-rucking": "Hiking",
}
#: Minutes of a day with steps: how many there are, how much that varies, and how many there are at least.
ACTIVE_MINUTES, VARIES, LEAST_MINUTES = 90, 25, 20
#: Steps that the watch counts in one of them.
LEAST_STEPS, MOST_STEPS = 40, 115


def write_export(
    folder: Path,
    life: Life,
    days: int,
    now: datetime,
    *,
    own: bool = True,
    heart_rates: int = 24,
) -> Path:
    """Write what the phone exports at this moment, and return the zip. `own`: whether WHOOP's and Withings' apps are named as
    those that wrote what they measured; else it is the watch. `heart_rates`: as of `chunks`."""
    path = folder / f"apple_health_{'own' if own else 'watch'}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("apple_health_export/export.xml", "w", force_zip64=True) as file:
            for text in chunks(life, days, now, own=own, heart_rates=heart_rates):
                file.write(text.encode())
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
    return path


def chunks(
    life: Life, days: int, now: datetime, *, own: bool = True, heart_rates: int = 24
) -> Iterator[str]:
    """Yield the XML. `heart_rates`: how many records of the heart rate each day has, which no importer reads one by one."""
    yield HEAD
    yield f' <ExportDate value="{stamp(now, now)}"/>\n'
    yield ' <Me HKCharacteristicTypeIdentifierDateOfBirth="1988-03-05"/>\n'
    whoop, withings = ("WHOOP", "Withings") if own else (WATCH, WATCH)
    shown = Shown(life, days, now)
    for sleep in shown.of("sleep"):
        yield night(sleep, whoop, now)
    for workout in shown.of("workout"):
        yield bout(workout, whoop, now)
    for group in seen(life, days, now):
        yield weighing(
            values_of(group),
            datetime.fromtimestamp(group["date"], UTC),
            withings,
            now,
        )
    today = now.astimezone(ZoneInfo(HOME)).date()
    for back in range(days, -1, -1):
        yield "".join(day(life, today - back * ONE_DAY, now, heart_rates))
    yield "</HealthData>\n"


def stamp(moment: datetime, now: datetime) -> str:
    """Return a moment as the phone writes it: with the offset that it has at the export."""
    return f"{moment.astimezone(now.astimezone(ZoneInfo(HOME)).tzinfo):%Y-%m-%d %H:%M:%S} {offset(now)}"


def offset(now: datetime) -> str:
    return f"{now.astimezone(ZoneInfo(HOME)):%z}"


class Phone:
    """Writes records of what is over at the export."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._zone = now.astimezone(ZoneInfo(HOME)).utcoffset() or timedelta(0)
        self._offset = offset(now)

    def at(self, moment: datetime) -> str:
        return f"{moment + self._zone:%Y-%m-%d %H:%M:%S} {self._offset}"

    def record(
        self, kind: str, value: Any, unit: str, start: datetime, minutes: float, *, source: str
    ) -> str:
        """Return a record; nothing where its end is still ahead."""
        if start + timedelta(minutes=minutes) > self._now:
            return ""
        name = kind if kind.startswith("HK") else QUANTITY + kind
        made = f" device={quoteattr(DEVICES[source])}" if source in DEVICES else ""
        begun, ended = self.at(start), self.at(start + timedelta(minutes=minutes))
        return (
            f' <Record type="{name}" sourceName={quoteattr(source)} sourceVersion="9.1"{made} unit="{unit}" '
            f'creationDate="{ended}" startDate="{begun}" endDate="{ended}" value="{value}"/>\n'
        )


def night(sleep: dict[str, Any], source: str, now: datetime) -> str:
    """Return a night as its stages, one after the other."""
    phone, start, end = Phone(now), from_ms(parse(sleep["start"])), from_ms(parse(sleep["end"]))
    length = (end - start).total_seconds() / 60
    made = phone.record(
        SLEEP, "HKCategoryValueSleepAnalysisInBed", "", start, length, source=source
    )
    stages = (sleep["score"] or {}).get("stage_summary") or {}
    for name, value in STAGES:
        minutes = stages.get(f"total_{name}_time_milli", 0) / 60_000
        if minutes:
            said = f"HKCategoryValueSleepAnalysis{value}"
            made += phone.record(SLEEP, said, "", start, minutes, source=source)
            start += timedelta(minutes=minutes)
    return made


def bout(workout: dict[str, Any], source: str, now: datetime) -> str:
    phone, score = Phone(now), workout["score"] or {}
    start, end = from_ms(parse(workout["start"])), from_ms(parse(workout["end"]))
    slug = str(workout["sport_name"])
    kind = ACTIVITIES.get(slug) or slug.replace("-", " ").title().replace(" ", "")
    energy = (
        f'<WorkoutStatistics type="{QUANTITY}ActiveEnergyBurned" sum="{score["kilojoule"]}" unit="kJ"/>'
        if score
        else ""
    )
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityType{kind}" duration="{(end - start).total_seconds() / 60:.4f}" '
        f'durationUnit="min" sourceName={quoteattr(source)} startDate="{phone.at(start)}" endDate="{phone.at(end)}">{energy}'
        "</Workout>\n"
    )


def weighing(values: dict[int, float], at: datetime, source: str, now: datetime) -> str:
    """Return a weight, in pounds, and the body fat as a fraction."""
    if not (kg := values.get(WEIGHT)):
        return ""
    phone = Phone(now)
    made = phone.record("BodyMass", f"{kg / POUND:.2f}", "lb", at, 0, source=source)
    if fat := values.get(FAT_MASS):
        made += phone.record("BodyFatPercentage", f"{fat / kg:.4f}", "%", at, 0, source=source)
    return made


def day(life: Life, on: date, now: datetime, heart_rates: int) -> Iterator[str]:
    """Yield what the watch, the phone and an app of food wrote on a day."""
    phone, lived = Phone(now), life.day(on)
    rng = life.stream("apple", on)
    wake = lived.wake.astimezone(UTC)
    yield phone.record(
        "RestingHeartRate",
        round(62 - 8 * lived.fitness + 6 * lived.ill),
        "count/min",
        wake,
        600,
        source=WATCH,
    )
    for _ in range(4):
        at = wake - timedelta(minutes=rng.randint(10, 300))
        yield phone.record(
            "HeartRateVariabilitySDNN", round(rng.gauss(52, 8), 2), "ms", at, 1, source=WATCH
        )
    yield from walked(phone, rng, wake, lived.ill)
    if rng.random() < 0.3:
        kind, value = "HKCategoryTypeIdentifierMindfulSession", "HKCategoryValueNotApplicable"
        yield phone.record(kind, value, "", wake + timedelta(minutes=30), 10, source=PHONE)
    for hour in (1, 6, 12):
        at = wake + timedelta(hours=hour)
        yield phone.record(
            "DietaryEnergyConsumed", rng.randint(350, 900), "Cal", at, 0, source=FOOD
        )
        yield phone.record("DietaryProtein", rng.randint(15, 45), "g", at, 0, source=FOOD)
    for number in range(heart_rates):
        at = wake + timedelta(minutes=number * 900 / heart_rates)
        yield phone.record("HeartRate", rng.randint(50, 130), "count/min", at, 0, source=WATCH)


def walked(phone: Phone, rng: Random, wake: datetime, ill: float) -> Iterator[str]:
    """Yield steps that the watch and the phone both count, and some that one of them does alone. `ill`: 0 well, 1 worst."""
    minutes = max(LEAST_MINUTES, round(rng.gauss(ACTIVE_MINUTES, VARIES) * (1 - 0.6 * ill)))
    for minute in sorted(rng.sample(range(840), minutes)):
        at, steps = wake + timedelta(minutes=minute), rng.randint(LEAST_STEPS, MOST_STEPS)
        carried = rng.random()
        if carried < 0.9:
            yield phone.record("StepCount", steps, "count", at, 1, source=WATCH)
            yield phone.record(
                "ActiveEnergyBurned", round(steps * 0.04, 3), "Cal", at, 1, source=WATCH
            )
        if carried > 0.4:
            yield phone.record("StepCount", max(1, steps - 3), "count", at, 1, source=PHONE)

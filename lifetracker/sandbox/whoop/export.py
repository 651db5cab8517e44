"""What WHOOP's app exports of the invented life: a zip of four tables, in the language of the account."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lifetracker.sandbox.instants import parse, to_ms
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.whoop.entries import Record
from lifetracker.sandbox.whoop.export_words import COLUMNS, FILES, QUESTIONS, title
from lifetracker.sandbox.whoop.history import ONE_DAY, entries

Cells = dict[str, object]
KCAL = 4.184
ZONES = ("one", "two", "three", "four", "five")
#: Where the name that the app shows is not made of the slug.
NAMES = {
    "weightlifting_msk": "Strength Trainer",
    "hiking-rucking": "Hiking/Rucking",
    "hiit": "HIIT",
}


def write_export(folder: Path, life: Life, days: int, now: datetime, language: str = "en") -> Path:
    """Write all that the app exports at this moment, and return the zip."""
    path = folder / f"my_whoop_data_{now:%Y_%m_%d}_{language}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables(life, days, now, language).items():
            archive.writestr(f"my_whoop_data_{now:%Y_%m_%d}/{name}", text)
    return path


def tables(life: Life, days: int, now: datetime, language: str = "en") -> dict[str, str]:
    """Return the tables by the names of their files, newest row first."""
    shown = Shown(life, days, now)
    rows = {
        "cycles": list(shown.cycles()),
        "sleeps": list(shown.sleeps()),
        "workouts": list(shown.workouts()),
        "journal": list(journal(life, shown, language)),
    }
    return {
        name: as_csv(kind, rows[kind], language)
        for kind, name in zip(COLUMNS, FILES[language], strict=True)
    }


def as_csv(kind: str, rows: list[Cells], language: str) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(title(column, language) for column in COLUMNS[kind])
    for row in reversed(rows):
        table.writerow(text(row.get(column)) for column in COLUMNS[kind])
    return written.getvalue()


def text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class Shown:
    """What can be seen of the history at one moment."""

    def __init__(self, life: Life, days: int, now: datetime) -> None:
        at = to_ms(now)
        self._kinds: dict[str, list[Record]] = {}
        for back in range(days, -2, -1):
            for one in entries(life, now.date() - back * ONE_DAY):
                if one.visible(at):
                    self._kinds.setdefault(one.kind, []).append(one.at(at))
        self._recoveries = {one["cycle_id"]: one for one in self.of("recovery")}
        self._nights = {one["cycle_id"]: one for one in self.of("sleep") if not one["nap"]}
        self._cycles = {one["id"]: one for one in self.of("cycle")}

    def of(self, kind: str) -> list[Record]:
        return self._kinds.get(kind, [])

    def cycles(self) -> Iterator[Cells]:
        for cycle in self.of("cycle"):
            # Of the day that is not over there are no scores.
            score = (cycle["score"] if cycle["end"] else None) or {}
            recovery = (self._recoveries.get(cycle["id"]) or {}).get("score") or {}
            night = self._nights.get(cycle["id"])
            yield {
                **within(cycle),
                "recovery": whole(recovery.get("recovery_score")),
                "resting": whole(recovery.get("resting_heart_rate")),
                "hrv": whole(recovery.get("hrv_rmssd_milli")),
                "skin": rounded(recovery.get("skin_temp_celsius"), 2),
                "oxygen": rounded(recovery.get("spo2_percentage"), 2),
                "strain": rounded(score.get("strain"), 1),
                "energy": kilocalories(score.get("kilojoule")),
                "max_hr": score.get("max_heart_rate"),
                "mean_hr": score.get("average_heart_rate"),
                **(sleep_cells(night, cycle) if night else {}),
            }

    def sleeps(self) -> Iterator[Cells]:
        for sleep in self.of("sleep"):
            if cycle := self._cycles.get(sleep["cycle_id"]):
                yield {**within(cycle), **sleep_cells(sleep, cycle), "nap": sleep["nap"]}

    def workouts(self) -> Iterator[Cells]:
        starts = sorted(self._cycles.values(), key=lambda one: str(one["start"]))
        for workout in self.of("workout"):
            before = [one for one in starts if one["start"] <= workout["start"]]
            if before:
                yield {**within(before[-1]), **workout_cells(workout)}


def within(cycle: Record) -> Cells:
    offset = str(cycle["timezone_offset"])
    return {
        "start": on_the_wall(cycle["start"], offset),
        "end": cycle["end"] and on_the_wall(cycle["end"], offset),
        "zone": f"UTC{offset}",
    }


def on_the_wall(instant: str, offset: str) -> str:
    """Return the clock of the place, in whole seconds."""
    minutes = 0
    if offset != "Z":
        sign = -1 if offset[0] == "-" else 1
        minutes = sign * (int(offset[1:3]) * 60 + int(offset[4:6]))
    moment = datetime.fromtimestamp(parse(instant) // 1000, UTC) + timedelta(minutes=minutes)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def sleep_cells(sleep: Record, cycle: Record) -> Cells:
    score = sleep["score"] or {}
    stages, need = score.get("stage_summary") or {}, score.get("sleep_needed") or {}
    parts = ("light_sleep", "slow_wave_sleep", "rem_sleep")
    times: list[int | None] = [stages.get(f"total_{part}_time_milli") for part in parts]
    offset = str(sleep["timezone_offset"] if sleep["nap"] else cycle["timezone_offset"])
    return {
        "onset": on_the_wall(sleep["start"], offset),
        "wake": on_the_wall(sleep["end"], offset),
        "performance": whole(score.get("sleep_performance_percentage")),
        "respiratory": rounded(score.get("respiratory_rate"), 1),
        "asleep": minutes(sum(time or 0 for time in times) if stages else None),
        "in_bed": minutes(stages.get("total_in_bed_time_milli")),
        "light": minutes(times[0]),
        "deep": minutes(times[1]),
        "rem": minutes(times[2]),
        "awake": minutes(stages.get("total_awake_time_milli")),
        "need": minutes(sum(need.values()) if need else None),
        "debt": minutes(need.get("need_from_sleep_debt_milli")),
        "efficiency": whole(score.get("sleep_efficiency_percentage")),
        "consistency": whole(score.get("sleep_consistency_percentage")),
    }


def workout_cells(workout: Record) -> Cells:
    """Return a workout by its own clock on the wall: only the offset beside it is that of the cycle."""
    score, offset = workout["score"] or {}, str(workout["timezone_offset"])
    length = parse(workout["end"]) - parse(workout["start"])
    zones = score.get("zone_durations") or {}
    slug = str(workout["sport_name"])
    return {
        "workout_start": on_the_wall(workout["start"], offset),
        "workout_end": on_the_wall(workout["end"], offset),
        "duration": minutes(length),
        "activity": NAMES.get(slug) or slug.replace("-", " ").title(),
        "workout_strain": rounded(score.get("strain"), 1),
        "energy": kilocalories(score.get("kilojoule")),
        "max_hr": score.get("max_heart_rate"),
        "mean_hr": score.get("average_heart_rate"),
        **{
            f"zone_{n}": round(100 * zones[f"zone_{word}_milli"] / length) if zones else None
            for n, word in enumerate(ZONES, start=1)
        },
        "gps": score.get("distance_meter") is not None,
        "distance": rounded(score.get("distance_meter"), 1),
        "gain": rounded(score.get("altitude_gain_meter"), 1),
        "change": rounded(score.get("altitude_change_meter"), 1),
    }


def minutes(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else round(milliseconds / 60_000)


def kilocalories(kilojoules: float | None) -> int | None:
    return None if kilojoules is None else round(kilojoules / KCAL)


def whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


# --- The journal ----------------------------------------------------------------------------------


def journal(life: Life, shown: Shown, language: str) -> Iterator[Cells]:
    """Yield what was answered on waking up, about the day before; on some mornings nothing was."""
    nights = {one["cycle_id"]: one for one in shown.of("sleep") if not one["nap"]}
    for cycle in shown.of("cycle"):
        night = nights.get(cycle["id"])
        if night is None:
            continue
        woken = date.fromisoformat(on_the_wall(night["end"], str(cycle["timezone_offset"]))[:10])
        for number, said in answers(life, woken - ONE_DAY).items():
            note = "A glass of wine, with friends" if said and number == 0 else None
            question = QUESTIONS[language][number]
            yield {**within(cycle), "question": question, "yes": said, "notes": note}


def answers(life: Life, day: date) -> dict[int, bool]:
    """Return what is said of a day, by the number of the question; without what was not answered."""
    rng, lived = life.stream("whoop-journal", day), life.day(day)
    said = {
        0: rng.random() < 0.25,
        1: lived.flying,
        2: lived.ill > 0.15,
        3: rng.random() < 0.6,
    }
    answered, reads = rng.random() < 0.93, rng.random() < 0.5
    return {n: yes for n, yes in said.items() if answered and (n != 3 or reads)}

"""What the rows of an export mean: cycles, recoveries, sleeps, workouts and answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from lifetracker.days import ONE_DAY, local_date
from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Item
from whoop.exports.cells import Unreadable
from whoop.exports.export import (
    CYCLE,
    RECOVERY,
    SLEEP,
    WORKOUT,
    Entry,
    Export,
    JournalAnswer,
    Options,
)
from whoop.exports.headers import CYCLES, JOURNAL, SLEEPS, WORKOUTS
from whoop.exports.made_of import MADE_OF, missing_titles
from whoop.exports.tables import Row, Table
from whoop.models import KILOJOULES_PER_KILOCALORIE, ScoreState
from whoop.sports import slug_of

#: A night begins its cycle. What begins later in it is a nap, where the file does not say which it is.
NIGHT_BEGINS_WITHIN = timedelta(hours=1)
LONGEST_SLEEP_DAYS, LONGEST_WORKOUT_DAYS = 2, 7
LONGEST_NOTE, LONGEST_QUESTION = 10_000, 200
#: Any of these makes a recovery.
OF_RECOVERY = ("recovery", "resting_heart_rate", "hrv", "blood_oxygen", "skin_temperature")
OF_CYCLE = ("cycle_end", "day_strain", "energy", "max_heart_rate", "average_heart_rate")
OF_SLEEP = (
    *(
        "sleep_performance",
        "respiratory_rate",
        "asleep",
        "in_bed",
        "light_sleep",
        "deep_sleep",
        "rem_sleep",
        "awake",
    ),
    *("sleep_need", "sleep_debt", "sleep_efficiency", "sleep_consistency"),
)
#: A row of a cycle holds three records. What is of another one changes none; that it is a nap has a column of its own.
NOT_OF = {
    CYCLE: (*OF_SLEEP, *OF_RECOVERY, "sleep_onset", "wake_onset"),
    RECOVERY: (*OF_CYCLE, *OF_SLEEP),
    SLEEP: (*OF_CYCLE, *OF_RECOVERY, "nap"),
    WORKOUT: (),
}


def export_of(tables: list[Table], options: Options) -> Export:
    """Return what the tables hold. Raises CannotImport."""
    export = Export()
    # The sleeps after the cycles, which have the nights too; the journal last, whose days are those of the cycles.
    for kind in (CYCLES, SLEEPS, WORKOUTS, JOURNAL):
        for table in tables:
            if table.kind == kind:
                read_table(table, export, options)
    return export


def read_table(table: Table, export: Export, options: Options) -> None:
    export.tables.append(table.kind)
    if table.was_saved_again:
        export.remark(
            f"{table.name} was saved again by a spreadsheet, which may have changed its times and numbers. WHOOP's own file "
            "is better."
        )
    if table.unknown:
        export.remark(
            f"Columns of {table.name} that are not known here, and only kept: {', '.join(table.unknown)}."
        )
    if missing := missing_titles(table.kind, table.columns):
        export.remark(
            f"Columns that {table.name} does not have, or calls otherwise: {', '.join(missing)}. What is stored of them stays "
            "as it is."
        )
    read = READERS[table.kind]
    for row in table.rows(options.home, options.now):
        try:
            if row.offset is None:
                export.remark(f"Rows without a time zone were read as times of {options.home.key}.")
            read(row, export)
        except Unreadable as error:
            export.refusals.append(Refusal(row.where, str(error), row.raw))


def add(export: Export, kind: str, row: Row, item: Item) -> None:
    start = datetime.fromisoformat(item["start"])
    item["source_id"] = f"{kind} {start:%Y-%m-%dT%H:%M:%SZ}"
    lacking = {name for name, made_of in MADE_OF[kind].items() if not row.has_columns(made_of)}
    # The night stands in two tables, of which the other one may have the column.
    if (other := export.entries[kind].get(item["source_id"])) is not None:
        for name in lacking - set(other.lacking):
            item[name] = other.item.get(name)
        lacking &= set(other.lacking)
    raw = row.raw_without(NOT_OF[kind])
    export.entries[kind][item["source_id"]] = Entry(row.where, item, raw, sorted(lacking))


def needed(moment: datetime | None, what: str) -> datetime:
    if moment is None:
        raise Unreadable(f"it has no {what}")
    return moment


def in_order(start: datetime, end: datetime, most_days: int | None = None) -> None:
    """Raise Unreadable for what ends before it begins, or lasts longer than so many days."""
    if end < start:
        raise Unreadable(f"it ends ({end:%Y-%m-%d %H:%M} UTC) before it begins")
    if most_days is not None and end - start > most_days * ONE_DAY:
        raise Unreadable(f"it lasts longer than {most_days} days, until {end:%Y-%m-%d %H:%M} UTC")


def state_of(*values: object) -> str:
    """Return how WHOOP calls what has a score, or will have none: what is exported is over."""
    is_scored = any(value is not None for value in values)
    return str(ScoreState.SCORED if is_scored else ScoreState.UNSCORABLE)


# --- Cycles, with their recovery and their night --------------------------------------------------


def read_cycle(row: Row, export: Export) -> None:
    start = needed(row.moment("cycle_start"), "start of the cycle")
    end = row.moment("cycle_end")
    if end is None:
        # Its values still grow. The next export has it whole.
        export.skip("running cycles")
    else:
        in_order(start, end)
        add(export, CYCLE, row, cycle_item(row, start, end))
    if row.text("sleep_onset") and row.text("wake_onset"):
        add(export, SLEEP, row, sleep_item(row, nap=False))
    export.waking_days[f"{start:%Y-%m-%dT%H:%M:%SZ}"] = waking_day(row, start, end)
    if any(row.text(column) for column in OF_RECOVERY):
        add(export, RECOVERY, row, recovery_item(row, start, end))


def cycle_item(row: Row, start: datetime, end: datetime) -> Item:
    energy, strain = row.number("energy"), row.number("day_strain")
    offset = row.offset_of(start)
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "utc_offset_min": offset,
        "date": local_date(start + (end - start) / 2, offset).isoformat(),
        "strain": strain,
        "kilojoules": None if energy is None else round(energy * KILOJOULES_PER_KILOCALORIE, 3),
        "average_heart_rate": whole(row.number("average_heart_rate")),
        "max_heart_rate": whole(row.number("max_heart_rate")),
        "score_state": state_of(strain, energy),
    }


def recovery_item(row: Row, start: datetime, end: datetime | None) -> Item:
    onset = row.moment("sleep_onset") or start
    wake = row.moment("wake_onset")
    woken = waking_day(row, start, end)
    return {
        "start": onset.isoformat(),
        "end": wake and wake.isoformat(),
        "utc_offset_min": row.offset_of(wake or onset),
        "date": woken.isoformat(),
        "sleep_id": f"{SLEEP} {onset:%Y-%m-%dT%H:%M:%SZ}" if row.text("sleep_onset") else "",
        "recovery_score": row.number("recovery"),
        "resting_heart_rate": row.number("resting_heart_rate"),
        "hrv_rmssd": row.number("hrv"),
        "spo2_percentage": row.number("blood_oxygen"),
        "skin_temp_celsius": row.number("skin_temperature"),
        "score_state": str(ScoreState.SCORED),
    }


def waking_day(row: Row, start: datetime, end: datetime | None) -> date:
    """Return the day on which one woke up in a cycle, which began with falling asleep, mostly on the evening before. Without
    the moment of waking it is the day of the cycle's middle."""
    if woken := row.moment("wake_onset"):
        return local_date(woken, row.offset_of(woken))
    middle = start + ((end or start + ONE_DAY) - start) / 2
    return local_date(middle, row.offset_of(middle))


# --- Sleeps ---------------------------------------------------------------------------------------


def read_sleep(row: Row, export: Export) -> None:
    add(export, SLEEP, row, sleep_item(row, nap=is_nap(row)))


def is_nap(row: Row) -> bool:
    said = row.says_yes("nap")
    if said is not None:
        return said
    onset, cycle = row.moment("sleep_onset"), row.moment("cycle_start")
    return bool(onset and cycle and onset - cycle > NIGHT_BEGINS_WITHIN)


def sleep_item(row: Row, *, nap: bool) -> Item:
    start = needed(row.moment("sleep_onset"), "moment of falling asleep")
    end = needed(row.moment("wake_onset"), "moment of waking up")
    in_order(start, end, LONGEST_SLEEP_DAYS)
    asleep, in_bed = row.number("asleep"), row.number("in_bed")
    # A sleep without a minute in bed was not measured, whatever else stands there.
    stages = (
        {}
        if in_bed == 0
        else {
            "total_sleep_hours": None if asleep is None else round(asleep / 60, 4),
            "in_bed_min": in_bed,
            "rem_sleep_min": row.number("rem_sleep"),
            "deep_sleep_min": row.number("deep_sleep"),
            "light_sleep_min": row.number("light_sleep"),
            "awake_min": row.number("awake"),
        }
    )
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "utc_offset_min": row.offset_of(end),
        "date": local_date(end, row.offset_of(end)).isoformat(),
        "nap": nap,
        **stages,
        "sleep_performance": row.number("sleep_performance"),
        "sleep_efficiency": row.number("sleep_efficiency"),
        "sleep_consistency": row.number("sleep_consistency"),
        "respiratory_rate": row.number("respiratory_rate"),
        "need_from_debt_min": row.number("sleep_debt"),
        "score_state": state_of(asleep, in_bed, row.number("sleep_performance")),
    }


# --- Workouts -------------------------------------------------------------------------------------


def read_workout(row: Row, export: Export) -> None:
    start = needed(row.moment("workout_start"), "start of the workout")
    minutes = row.number("duration")
    end = row.moment("workout_end")
    if end is None and minutes is not None:
        end = start + timedelta(minutes=minutes)
    end = needed(end, "end of the workout")
    in_order(start, end, LONGEST_WORKOUT_DAYS)
    add(export, WORKOUT, row, workout_item(row, start, end))


def workout_item(row: Row, start: datetime, end: datetime) -> Item:
    minutes = (end - start).total_seconds() / 60
    strain, calories = row.number("activity_strain"), row.number("energy")
    distance = row.number("distance")
    climbed = {
        f"{name}_meters": row.number(name) if distance else None
        for name in ("altitude_gain", "altitude_change")
    }
    shares = {n: row.number(f"zone_{n}") for n in range(1, 6)}
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "utc_offset_min": row.offset_of(start),
        "date": local_date(start, row.offset_of(start)).isoformat(),
        "sport_name": slug_of(row.text("activity")) or "activity",
        "strain": strain,
        "calories": calories,
        "average_heart_rate": whole(row.number("average_heart_rate")),
        "max_heart_rate": whole(row.number("max_heart_rate")),
        "distance_meters": distance,
        **climbed,
        "duration_min": round(minutes, 3),
        **{
            f"zone_{n}_min": None if share is None else round(share * minutes / 100, 3)
            for n, share in shares.items()
        },
        "score_state": state_of(strain, calories),
    }


def whole(value: float | None) -> int | None:
    return None if value is None else round(value)


# --- The journal ----------------------------------------------------------------------------------


def read_answer(row: Row, export: Export) -> None:
    start = needed(row.moment("cycle_start"), "start of the cycle")
    question = " ".join(row.text("question").split())
    if not question:
        raise Unreadable("it has no question")
    said = row.says_yes("answer")
    if said is None:
        # No answer is not "no".
        export.skip("questions without an answer")
        return
    cycle = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    woken = export.waking_days.get(cycle) or waking_day(row, start, row.moment("cycle_end"))
    note = row.text("notes")[:LONGEST_NOTE]
    export.answers.append(
        JournalAnswer(row.where, cycle, woken, question[:LONGEST_QUESTION], said, note, row.raw)
    )


READERS: dict[str, Callable[[Row, Export], None]] = {
    CYCLES: read_cycle,
    SLEEPS: read_sleep,
    WORKOUTS: read_workout,
    JOURNAL: read_answer,
}

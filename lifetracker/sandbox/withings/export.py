"""What one downloads of one's data at Withings, of the invented life: weigh-ins and blood pressure, newest row first."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lifetracker.sandbox.life import HOME, ONE_DAY, Life
from lifetracker.sandbox.withings.history import (
    BONE,
    DIASTOLIC,
    FAT_MASS,
    HYDRATION,
    MUSCLE,
    PULSE,
    SYSTOLIC,
    WEIGHT,
    Record,
    groups,
)

#: Of the scale's table, in the unit of the account; and of the cuff's.
OF_SCALE = {
    "Weight": WEIGHT,
    "Fat mass": FAT_MASS,
    "Bone mass": BONE,
    "Muscle mass": MUSCLE,
    "Hydration": HYDRATION,
}
OF_CUFF = {"Heart rate": PULSE, "Systolic": SYSTOLIC, "Diastolic": DIASTOLIC}
#: How many there are in a kilogram.
UNITS = {"kg": 1.0, "lb": 1 / 0.45359237}
README = "weight.csv: your weight and body composition\nbp.csv: your blood pressure\n"


def write_download(folder: Path, life: Life, days: int, now: datetime, unit: str = "kg") -> Path:
    """Write what there is to be downloaded at this moment, and return the zip."""
    path = folder / f"withings_{unit}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables(life, days, now, unit).items():
            archive.writestr(name, text)
    return path


def tables(life: Life, days: int, now: datetime, unit: str = "kg") -> dict[str, str]:
    """Return the files by their names. Rows of the scale are of whoever stood on it: the file does not say who."""
    known = list(seen(life, days, now))
    scale = [one for one in known if WEIGHT in values_of(one)]
    cuff = [one for one in known if SYSTOLIC in values_of(one)]
    factor = UNITS[unit]
    heads = ["Date", *(f"{name} ({unit})" for name in OF_SCALE), "Comments"]
    weights = [
        [wall(one), *(decimals(values_of(one).get(kind), factor) for kind in OF_SCALE.values()), ""]
        for one in scale
    ]
    pressures = [
        [wall(one), *(whole(values_of(one).get(kind)) for kind in OF_CUFF.values()), ""]
        for one in cuff
    ]
    return {
        "README.txt": README,
        "weight.csv": as_csv(heads, weights),
        "bp.csv": as_csv(["Date", *OF_CUFF, "Comments"], pressures),
    }


def seen(life: Life, days: int, now: datetime) -> list[Record]:
    """Return the groups that Withings has by now, newest first."""
    at = now.timestamp()
    found = [
        group
        for back in range(days, -2, -1)
        for group in groups(life, now.date() - back * ONE_DAY)
        if group["created"] <= at
    ]
    return sorted(found, key=lambda one: -int(one["date"]))


def values_of(group: Record) -> dict[int, float]:
    return {one["type"]: one["value"] * 10.0 ** one["unit"] for one in group["measures"]}


def wall(group: Record) -> str:
    """Return the time on the wall at home, in whole seconds, without its zone."""
    return (
        f"{datetime.fromtimestamp(group['date'], UTC).astimezone(ZoneInfo(HOME)):%Y-%m-%d %H:%M:%S}"
    )


def decimals(value: float | None, factor: float) -> str:
    return "" if value is None else f"{value * factor:.2f}"


def whole(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def as_csv(heads: list[str], rows: list[list[str]]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(heads)
    table.writerows(rows)
    return written.getvalue()

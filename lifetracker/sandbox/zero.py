"""What the Zero app exports of the invented life: the CSV, and the package of eight JSON files."""

import json
import math
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from lifetracker.sandbox.fasts import Fast, fasts
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.messages import JsonObject

Json = JsonObject
HEADER = "Date,Start,End,Hours,Night Eating"
GOALS = {
    13: ("circadian-rhythm", "Circadian Rhythm TRF"),
    16: ("sixteen-intermittent", "16:8 TRF"),
    18: ("eighteen-intermittent", "18:6 TRF"),
    20: ("twenty-intermittent", "20:4 TRF"),
}
# Empty here: what other devices sent to the app.
SIBLINGS = (
    *("rhr_data", "weight_data", "glucose_data", "sleep_data", "caloric_intake_data"),
    *("active_minutes_data", "fbz_data", "fbz_preview_data", "fbz_event_data"),
)


@dataclass(frozen=True)
class Exported:
    """Where the files are. `package` is the folder that `archive` is a zip of."""

    csv: Path
    package: Path
    archive: Path


def write_export(folder: Path, life: Life, days: int, now: datetime) -> Exported:
    """Write all that the app gives at this moment, in both of its forms."""
    known = fasts(life, days, now)
    name = f"zero-fasting-data_{_uuid(life, 'zero/package')}"
    package = folder / name
    package.mkdir(parents=True, exist_ok=True)
    table = folder / "zero.csv"
    table.write_bytes(as_csv(known).encode())
    for file, content in _package(life, known).items():
        (package / file).write_text(json.dumps(content, indent=2), encoding="utf-8")
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(package.iterdir()):
            zipped.write(path, f"{name}/{path.name}")
    return Exported(table, package, archive)


# --- The CSV --------------------------------------------------------------------------------------


def as_csv(known: list[Fast]) -> str:
    """Return the table, newest first, with Windows line ends and none after the last line."""
    newest_first = sorted(known, key=lambda fast: fast.start, reverse=True)
    return "\r\n".join([HEADER, *map(_row, newest_first)])


def _row(fast: Fast) -> str:
    """Return a row, by the clock where she was; minutes and hours are cut, not rounded. One that runs has no End and
    no Hours."""
    zone = ZoneInfo(fast.zone)
    start = fast.start.astimezone(zone)
    first = [f"{start.month}/{start.day}/{start:%y}", f"{start.hour}:{start:%M}"]
    night = str(_hours_of_night(start))
    if fast.end is None:
        return ",".join([*first, night])
    end = fast.end.astimezone(zone)
    hours = (fast.end - fast.start) // timedelta(hours=1)
    return ",".join([*first, f"{end.hour}:{end:%M}", str(hours), night])


def _hours_of_night(start: datetime) -> int:
    """Return whole hours since sunset, which is about right for the middle of Europe."""
    year = start.timetuple().tm_yday / 365.25 * math.tau
    sunset = 18.3 - 2.4 * math.cos(year + 0.17) + (1 if start.dst() else 0)
    return max(0, int(start.hour + start.minute / 60 - sunset))


# --- The package ----------------------------------------------------------------------------------


def _package(life: Life, known: list[Fast]) -> dict[str, object]:
    person = _uuid(life, "zero/person")
    return {
        "biodata.json": {
            **{name: [] for name in SIBLINGS[:6]},
            "fast_data": [_biodata(fast) for fast in known],
            **{name: [] for name in SIBLINGS[6:]},
        },
        "firestore.json": [document for fast in known for document in _firestore(fast)],
        # What an importer has to leave alone.
        "zero-api.json": {"user_id": person, "email": "robin@example.org", "locale": "de_DE"},
        "amplitude.json": [{"event_type": "app_open", "ip_address": "192.0.2.7", "city": "Berlin"}],
        "braze.json": {"external_id": person, "email_subscribe": "opted_in"},
        "delighted.json": {"person": {"email": "robin@example.org"}, "responses": []},
        "recombee.json": [{"user_id": person, "viewed": ["article-7"]}],
        "revenuecat.json": {"subscriber": {"original_app_user_id": person, "entitlements": {}}},
    }


def _biodata(fast: Fast) -> Json:
    return {
        "FastID": fast.id,
        "StartDTM": _utc(fast.start),
        "EndDTM": fast.end and _utc(fast.end),
        "GoalHours": fast.goal_hours,
        "IsEnded": fast.end is not None,
        "GoalID": _goal(fast)[0],
    }


def _firestore(fast: Fast) -> list[Json]:
    """Return the fast, and the eating window after it."""
    goal_id, name = _goal(fast)
    document: Json = {
        "id": fast.id,
        "start": _utc(fast.start),
        "end": fast.end and _utc(fast.end),
        "startTimeZone": fast.zone,
        "endTimeZone": fast.zone,
        "isEnded": fast.end is not None,
        "pauseAttempted": False,
        "goal": {
            "goalId": goal_id,
            "hours": fast.goal_hours,
            "name": name,
            "usesSunset": fast.goal_hours == 13,
            "accentColorHex": "#4A90E2",
        },
        "originalStart": {},
        "originalEnd": {},
        "pauseDate": None,
        "pickedPhases": [],
        "pickedDocumentsPerPhase": {},
        "repeatabilitiesUsed": {},
    }
    if fast.note is not None:
        document["notes"] = fast.note
    if fast.end is None:
        return [document]
    return [document | {"endWithSeconds": _utc(fast.end)}, _eating_window(fast, fast.end)]


def _eating_window(fast: Fast, end: datetime) -> Json:
    return {
        "id": str(uuid.uuid5(uuid.UUID(fast.id), "eating")).upper(),
        "start": _utc(end),
        "end": _utc(end + timedelta(hours=8)),
        "isEnded": True,
        "startedFromFast": fast.id,
        "meals": [],
        "macronutrientPercentages": {"fat": 0, "netCarbs": 0, "protein": 0},
    }


def _goal(fast: Fast) -> tuple[str, str]:
    return GOALS.get(fast.goal_hours, ("custom-fast", f"{fast.goal_hours}-Hour Fast"))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _uuid(life: Life, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{life.seed}"))

"""The JSON package of the Zero app: `biodata.json`, whose `fast_data` lists the fasts, and
`firestore.json`, whose documents with a `goal` are the same fasts with their time zones.

Both hold much else, and the package has six more files with addresses, places and purchases.
Nothing of that is kept even while a file is being read.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fasting.limits import MOST_GOAL_HOURS
from fasting.zero.export import (
    JSON,
    Export,
    Fast,
    Options,
    Running,
    Unreadable,
    require_possible,
    shown,
)
from lifetracker.days import zone_name
from lifetracker.sync.files import CannotImport, Refusal

BIODATA = "biodata"
FIRESTORE = "firestore"
BIODATA_KEYS = ("FastID", "StartDTM", "EndDTM", "GoalHours", "GoalID", "IsEnded")
FIRESTORE_KEYS = ("id", "start", "end", "startTimeZone", "endTimeZone", "isEnded")
GOAL_KEYS = ("goalId", "hours", "name")
STORED_KEYS = frozenset({"fast_data", "goal", *BIODATA_KEYS, *FIRESTORE_KEYS, *GOAL_KEYS})
# An object with none of these is no fast, and years of glucose values need no memory.
FAST_KEYS = STORED_KEYS - set(FIRESTORE_KEYS)
# An object still: whatever is in its goal, a fast has one.
NO_FAST: dict[str, Any] = {}
LONGEST_TEXT = 200
LONGEST_NOTE = 20_000

_ID = re.compile(r"[\w-]{1,60}", re.ASCII)
Json = dict[str, Any]


@dataclass
class Item:
    """A fast as the files have it: the payload of each, without what is not wanted."""

    where: str
    parts: dict[str, Json] = field(default_factory=dict)


def read_package(texts: dict[str, str], options: Options) -> Export:
    """Read `texts`, by the names of the files. Where both have a fast, its times are biodata's. Raises
    CannotImport."""
    kinds: dict[str, list[Any]] = {}
    for name, text in texts.items():
        kind, entries = _entries(name, text, options)
        kinds.setdefault(kind, []).extend(entries)
    export = Export(JSON, f"{' and '.join(sorted(kinds))} of Zero's JSON package")
    items: dict[str, Item] = {}
    for kind in sorted(kinds):  # biodata before firestore
        for number, entry in enumerate(kinds[kind], 1):
            _sort_in(f"{kind} fast {number}", kind, entry, items, export)
    for source_id, item in items.items():
        export.add(_fast(source_id, item, options))
    if not export.items and BIODATA in kinds:
        raise CannotImport("It contains no fasts: Zero had none when it was exported.")
    if not export.items:
        raise _wrong_file(" and ".join(texts))
    return export


# --- Files ----------------------------------------------------------------------------------------


def _entries(name: str, text: str, options: Options) -> tuple[str, list[Any]]:
    """Return which of the two files this is, by what it holds, and its fasts."""
    content = _load(name, text, {"notes"} if options.notes else set())
    if isinstance(content, dict) and isinstance(content.get("fast_data"), list):
        return BIODATA, [_known(entry, BIODATA_KEYS) for entry in content["fast_data"]]
    if isinstance(content, list):
        return FIRESTORE, [_firestore_fast(document) for document in content if _is_fast(document)]
    raise _wrong_file(name)


def _wrong_file(name: str) -> CannotImport:
    return CannotImport(
        f"{name} is JSON, but not one of the two files that hold fasts. "
        "From Zero's package, give biodata.json, firestore.json, or the whole folder or zip."
    )


def _is_fast(document: Any) -> bool:
    """Others are eating windows, badges and subscriptions. One whose goal is no object may be a fast:
    if it is in no other file, it is refused and not passed over, which would seem to be a deletion."""
    if not isinstance(document, dict) or "goal" not in document:
        return False
    return isinstance(document["goal"], dict) or "isEnded" in document


def _load(name: str, text: str, also: set[str]) -> Any:
    kept = STORED_KEYS | also

    def only_wanted(pairs: list[tuple[str, Any]]) -> Json:
        wanted = {key: value for key, value in pairs if key in kept}
        return NO_FAST if FAST_KEYS.isdisjoint(wanted) else wanted

    try:
        return json.loads(text, object_pairs_hook=only_wanted)
    except (ValueError, RecursionError):
        # The error would quote the file.
        raise CannotImport(
            f"{name} is not complete JSON: it may have been cut off. Export or copy it again."
        ) from None


def _known(entry: Any, keys: tuple[str, ...]) -> Any:
    """Return what is wanted of an object: plain values under known keys, fit to be stored."""
    if not isinstance(entry, dict):
        return entry
    found = {key: entry[key] for key in keys if key in entry}
    return {key: _plain(value) for key, value in found.items() if _is_plain(value)}


def _firestore_fast(document: Json) -> Json:
    found: Json = _known(document, FIRESTORE_KEYS)
    goal = document["goal"]
    found["goal"] = _known(goal, GOAL_KEYS) if isinstance(goal, dict) else None
    if isinstance(document.get("notes"), str):
        found["notes"] = _plain(document["notes"], LONGEST_NOTE)
    return found


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int))


def _plain(value: Any, longest: int = LONGEST_TEXT) -> Any:
    """Return a text without what no database takes: NUL, and halves of characters."""
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "")[:longest].encode("utf-8", "replace").decode()


# --- Fasts ----------------------------------------------------------------------------------------


def _sort_in(where: str, kind: str, entry: Any, items: dict[str, Item], export: Export) -> None:
    """Put an entry to what else is known of the same fast. The last one counts where a file has one
    twice."""
    payload = entry if isinstance(entry, dict) else {}
    found = payload.get("FastID" if kind == BIODATA else "id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        reason = f"it has no id: {shown(found)}" if payload else f"{shown(entry)} is not a fast"
        export.add(Refusal(where, reason, {kind: payload}))
        return
    item = items.setdefault(found.upper(), Item(where))
    export.duplicates += kind in item.parts
    item.parts[kind] = payload


def _fast(source_id: str, item: Item, options: Options) -> Fast | Running | Refusal:
    biodata, firestore = item.parts.get(BIODATA, {}), item.parts.get(FIRESTORE, {})
    start: datetime | None = None
    try:
        start_text, end_text, ended = (
            (biodata.get("StartDTM"), biodata.get("EndDTM"), biodata.get("IsEnded"))
            if biodata
            else (firestore.get("start"), firestore.get("end"), firestore.get("isEnded"))
        )
        start = _instant("start", start_text)
        if not biodata and firestore["goal"] is None:
            raise Unreadable("its goal cannot be read, so it may be something other than a fast")
        if end_text is None or ended is False:
            return Running(item.where, f"{start:%Y-%m-%d %H:%M} UTC", start, source_id)
        end = _instant("end", end_text)
        require_possible(start, end, options.now)
    except Unreadable as error:
        return Refusal(item.where, str(error), dict(item.parts), source_id, start)
    start_zone, end_zone = (zone_name(firestore.get(k)) for k in ("startTimeZone", "endTimeZone"))
    return Fast(
        source_id,
        start,
        end,
        item.where,
        dict(item.parts),
        start_zone=start_zone,
        end_zone=end_zone or start_zone,
        goal_hours=_goal(biodata.get("GoalHours", (firestore.get("goal") or {}).get("hours"))),
        note=firestore.get("notes", "") if firestore and options.notes else None,
    )


def _instant(name: str, value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise Unreadable(f"its {name} {shown(value)} has no time zone")
        return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"its {name} {shown(value)} is not a time") from None


def _goal(value: Any) -> float | None:
    """Return the goal; one that cannot be read leaves the rest of the fast as it is."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and 0 < value <= MOST_GOAL_HOURS else None

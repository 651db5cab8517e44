"""A diary as plain values, to be kept between two requests."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, time
from typing import Any

from lifetracker.sync.files import Refusal
from nutrition.diary_import.entries import DayEnd, Diary, Eaten


def diary_to_json(diary: Diary) -> dict[str, Any]:
    """Return plain values, dates and times as they are."""
    return asdict(diary) | {
        "unsure": sorted(diary.unsure),
        "days": [(day, *end) for day, end in diary.days.items()],
    }


def diary_from_json(values: dict[str, Any]) -> Diary:
    found = dict(values)
    found["eaten"] = [eaten_from(one) for one in found["eaten"]]
    found["days"] = {date.fromisoformat(day): DayEnd(*end) for day, *end in found["days"]}
    found["refusals"] = [Refusal(**one) for one in found["refusals"]]
    found["unsure"] = {date.fromisoformat(day) for day in found["unsure"]}
    return Diary(**found)


def eaten_from(values: dict[str, Any]) -> Eaten:
    at = values["at"] and time.fromisoformat(values["at"])
    return Eaten(**values | {"day": date.fromisoformat(values["day"]), "at": at})

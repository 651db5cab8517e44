"""An import in two steps: what a file would do is kept and shown, and then done exactly so."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import import_as_previewed, previewed
from lifetracker.sync.files import Refusal
from nutrition.diary_import.entries import DayEnd, Diary, Eaten, Options
from nutrition.diary_import.job import Outcome, import_diary
from nutrition.diary_import.summary import fingerprint, preview_of
from nutrition.models import Meal, PendingDiary


def keep_preview(user: Any, file_name: str, diary: Diary, options: Options) -> None:
    """Preview a diary and keep it. Raises CannotImport."""

    def run(replace: bool) -> Outcome:
        return import_diary(diary, options._replace(replace=replace), dry_run=True)

    preview = previewed(run, lambda outcome, question: preview_of(outcome, options, question))
    PendingDiary.objects.keep(
        user,
        file_name,
        export=diary_to_json(diary),
        options={"zone": options.zone.key, "now": options.now.isoformat()},
        preview=asdict(preview),
    )


def import_previewed(kept: PendingDiary) -> Outcome:
    """Import what was previewed. Raises PreviewChanged and CannotImport."""
    diary, options = diary_from_json(kept.export), options_of(kept)

    def run(replace: bool) -> Outcome:
        return import_diary(
            diary, options._replace(replace=replace), begun_by=SyncRun.BegunBy.PERSON
        )

    return import_as_previewed(kept, Meal.objects.all(), run, fingerprint)


def preview_again(kept: PendingDiary) -> None:
    """Keep a new preview of the same diary. Raises CannotImport."""
    keep_preview(kept.user, kept.file_name, diary_from_json(kept.export), options_of(kept))


def options_of(kept: PendingDiary) -> Options:
    values = kept.options
    return Options(ZoneInfo(values["zone"]), datetime.fromisoformat(values["now"]))


# --- As text --------------------------------------------------------------------------------------


def diary_to_json(diary: Diary) -> str:
    values = asdict(diary) | {
        "unsure": sorted(diary.unsure),
        "days": [(day, *end) for day, end in diary.days.items()],
    }
    return json.dumps(values, default=str, ensure_ascii=False)


def diary_from_json(text: str) -> Diary:
    found = json.loads(text)
    found["eaten"] = [eaten_from(one) for one in found["eaten"]]
    found["days"] = {date.fromisoformat(day): DayEnd(*end) for day, *end in found["days"]}
    found["refusals"] = [Refusal(**one) for one in found["refusals"]]
    found["unsure"] = {date.fromisoformat(day) for day in found["unsure"]}
    return Diary(**found)


def eaten_from(values: dict[str, Any]) -> Eaten:
    at = values["at"] and time.fromisoformat(values["at"])
    return Eaten(**values | {"day": date.fromisoformat(values["day"]), "at": at})

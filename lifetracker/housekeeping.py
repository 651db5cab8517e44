"""What bounds the files that wait to be imported. (The rules of what all apps share are in `ops/housekeeping.py`, which knows
nothing of imports.)"""

from __future__ import annotations

from datetime import datetime

from lifetracker.models import FileImport
from lifetracker.models.file_imports import ENDED_KEPT
from lifetracker.ops.housekeeping import chore
from lifetracker.sync import import_files

FORGOTTEN = "Nobody confirmed it in time, or no worker took it. Nothing was imported."


@chore("imports of files nobody went on with cancelled")
def cancel_forgotten_imports(now: datetime) -> int:
    jobs = FileImport.objects.forgotten(now)
    names = list(jobs.values_list("stored_as", flat=True))
    ended = jobs.end(FileImport.State.CANCELLED, FORGOTTEN)
    for name in names:
        import_files.delete(name)
    return ended


@chore("old imports of files deleted")
def delete_old_imports(now: datetime) -> int:
    return FileImport.objects.filter(finished_at__lt=now - ENDED_KEPT).delete()[0]


@chore("files that no import needs deleted")
def delete_stray_files(now: datetime) -> int:
    return import_files.delete_strays()

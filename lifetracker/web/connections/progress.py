"""How far the run of a source is, in words and as a part of a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateformat import format as format_date

from lifetracker.models import SyncRun
from lifetracker.web.connections.words import moment_words
from lifetracker.web.source_status import SourceStatus, StreamProgress
from lifetracker.words import counted

# A run that is at work for longer may have been stopped together with its process.
LONG = timedelta(hours=3)
NO_WORKER = "It waits for a worker, and none is running. Start one with `python manage.py qcluster` (see docs/workers.md)."
# A run that is alive has ended by then: its longest request and its largest batch take less.
LONGEST_STOP = timedelta(minutes=2)
STOPPING = "It stops after what is being read now. What was read stays."
NOT_STOPPED = "It has not stopped yet: its process may have been killed. Press Stop once more."
TAKES_LONG = (
    "This is taking long. If the process was stopped, `python manage.py {}` continues from there."
)


class Progress(NamedTuple):
    """`total` is None where nobody knows it; then `done` counts records."""

    words: list[str]
    done: int
    total: int | None


def progress_of(source: SourceStatus, today: date) -> Progress | None:
    """Return how far the active run of a source is; None where there is none."""
    run = source.runs.last_run
    if run is None or not run.is_active:
        return None
    words = [STOPPING if is_being_stopped(run) else NOT_STOPPED] if run.is_stopping else []
    if not words and run.status == SyncRun.Status.QUEUED:
        words = waiting_words(source, run, today)
    return Progress([*words, *read_words(source, run)], run.progress_done, run.progress_total)


def is_being_stopped(run: SyncRun) -> bool:
    """Return whether it was asked to stop a short while ago, so that it is about to."""
    asked = run.stop_asked_at if run.is_active else None
    return asked is not None and timezone.now() - asked < LONGEST_STOP


def waiting_words(source: SourceStatus, run: SyncRun, today: date) -> list[str]:
    if source.missing_consent:
        return ["It waits for your consent."]
    if until := source.waits_until:
        return [f"It goes on by itself: {moment_words(until, today)}."]
    if source.lacks_worker:
        return [NO_WORKER]
    what = "The whole history" if run.kind == SyncRun.Kind.FULL and not run.days else "It"
    return [f"{what} waits for its turn."]


def read_words(source: SourceStatus, run: SyncRun) -> Iterator[str]:
    """Yield what has been read so far; nothing of a run that has not begun."""
    if run.progress_total:
        failed = f", {run.progress_failed:,} could not be read" if run.progress_failed else ""
        yield f"{run.up_to_date:,} of {run.progress_total:,} up to date{failed}."
    elif run.status == SyncRun.Status.RUNNING or run.progress_done:
        yield f"{counted(run.progress_done, 'record')} so far{new_words(run)}."
    yield from (stream_words(stream, source) for stream in source.history)
    if run.status == SyncRun.Status.RUNNING and timezone.now() - run.started_at > LONG:
        yield TAKES_LONG.format(source.command)


def new_words(run: SyncRun) -> str:
    found = run.total("created")
    return f", {found:,} new" if found else ""


def stream_words(stream: StreamProgress, source: SourceStatus) -> str:
    """Return `Sleeps: 420, back to September 2025.`"""
    back = f", back to {format_date(stream.back_to, 'F Y')}" if stream.back_to else ""
    return f"{source.stream_titles[stream.name].capitalize()}: {stream.seen:,}{back}."

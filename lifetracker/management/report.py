"""What a sync says when it has ended: one line for a source, and one for each stream where that is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min

from lifetracker import days
from lifetracker.models import SourceRecord, SyncRun
from lifetracker.sync.streams import Source, sources
from lifetracker.words import title_of

#: A run's counts and the words for them.
WORDS = {
    "created": "new",
    "updated": "changed",
    "unchanged": "unchanged",
    "deleted": "deleted",
    "rejected": "rejected",
}
#: Those that say what a run has done.
CHANGES = ("created", "updated", "deleted", "rejected")


class Stored(NamedTuple):
    """What is stored of a source: how many records, and from which to which day."""

    number: int
    first: date | None
    last: date | None


def line_of(run: SyncRun) -> str:
    """Return `WHOOP: 4,676 records, 28 Nov 2023 to today (12 new, 3 changed)`."""
    source = sources.get(run.source)
    models = models_of(source, run) if source else []
    return line(run.source, models, changes_of(run))


def line(source: str, models: list[type[SourceRecord]], changes: str) -> str:
    found = stored(source, models)
    name = str(models[0]._meta.verbose_name_plural) if len(models) == 1 else "records"
    if found.number == 1:
        name = str(models[0]._meta.verbose_name) if len(models) == 1 else "record"
    span = f", {spoken(found.first)} to {spoken(found.last)}" if found.first else ""
    return f"{title_of(source)}: {found.number:,} {name}{span}{f' ({changes})' if changes else ''}"


def models_of(source: Source, run: SyncRun) -> list[type[SourceRecord]]:
    """Return what the items of a run's streams become, each model once."""
    streams = [s for s in source.streams if not run.counts or s.name in run.counts]
    found = [s.aggregate.model if s.aggregate else s.model for s in streams]
    return list(dict.fromkeys(found))


def stored(source: str, models: Iterable[type[SourceRecord]]) -> Stored:
    total, ends = 0, []
    for model in models:
        rows = model._default_manager.filter(source=source, deleted_at=None).order_by()
        has_day = any(field.name == "date" for field in model._meta.concrete_fields)
        asked: dict[str, Any] = {"number": Count("pk")}
        if has_day:
            asked |= {"first": Min("date"), "last": Max("date")}
        found = rows.aggregate(**asked)
        total += found["number"]
        ends += [found[end] for end in ("first", "last") if found.get(end)]
    return Stored(total, min(ends, default=None), max(ends, default=None))


def changes_of(run: SyncRun) -> str:
    """Return `12 new, 3 changed`; empty where nothing has changed."""
    return ", ".join(f"{run.total(n):,} {WORDS[n]}" for n in CHANGES if run.total(n))


def stream_lines(run: SyncRun) -> Iterable[str]:
    """Yield `  cycle: 31 read, 1 new, 2 changed, 28 unchanged, 0 deleted, 0 rejected` for each stream."""
    for stream, counts in run.counts.items():
        parts = ", ".join(f"{counts.get(name, 0):,} {word}" for name, word in WORDS.items())
        yield f"  {stream}: {counts.get('seen', 0):,} read, {parts}"


def spoken(day: date | None) -> str:
    if day is None or day >= days.today():
        return "today"
    return f"{day.day} {day:%b %Y}"

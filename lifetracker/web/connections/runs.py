"""The history of runs as rows for people: when, whose, how it ended. Pages go by the last run shown, and not by a
number, so that the hundredth costs what the first does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q

from lifetracker.models import SyncRun
from lifetracker.sync.streams import file_sources, sources
from lifetracker.web.connections.words import short_moment
from lifetracker.words import title_of

#: So many runs stand on a page.
SHOWN = 20
Status, Kind, BegunBy = SyncRun.Status, SyncRun.Kind, SyncRun.BegunBy
#: How each outcome is said, and the kind of its pill.
OUTCOMES: dict[str, tuple[str, str]] = {
    Status.QUEUED: ("waiting", "runs"),
    Status.RUNNING: ("running", "runs"),
    Status.SUCCESS: ("done", "good"),
    Status.PARTIAL: ("in part", "asks"),
    Status.FAILED: ("failed", "bad"),
    Status.STOPPED: ("stopped", ""),
}
BEGINNERS: dict[str, str] = {
    BegunBy.SCHEDULE: "planned",
    BegunBy.PERSON: "by hand",
    BegunBy.CONSENT: "after consent",
    BegunBy.API: "by the API",
    BegunBy.WEBHOOK: "webhook",
    BegunBy.COMMAND: "by command",
}
KINDS: dict[str, str] = {
    Kind.TODAY: "what is new of today",
    Kind.INCREMENTAL: "what is new",
    Kind.MANUAL: "a stretch of days",
    Kind.FULL: "the whole history",
    Kind.BACKFILL: "the history of some streams",
    Kind.RETRY: "rejected items again",
    Kind.REMAP: "stored records, mapped again",
    Kind.WEBHOOK: "what a webhook named",
    Kind.IMPORT: "a file",
}


class RunRow(NamedTuple):
    """A run as a row of the table. `took` is empty while it goes on; `said`: its message, or its first line."""

    pk: int
    when: str
    title: str
    begun: str
    outcome: str
    pill: str
    new: int
    changed: int
    took: str
    said: str


class StreamCounts(NamedTuple):
    """What a run made of the items of one stream."""

    name: str
    seen: int
    created: int
    updated: int
    unchanged: int
    deleted: int
    rejected: int
    error: str


class RunPage(NamedTuple):
    """Rows of the history. `older`: what the address of the next page says of where it begins; empty on the last."""

    rows: list[RunRow]
    older: str


def row_of(run: SyncRun, today: date) -> RunRow:
    outcome, pill = OUTCOMES[run.status]
    return RunRow(
        pk=run.pk,
        when=short_moment(run.started_at, today),
        title=title_of(run.source),
        begun=begun_words(run),
        outcome=outcome,
        pill=pill,
        new=run.total("created"),
        changed=run.total("updated"),
        took=took_words(run),
        said=run.error.partition("\n")[0],
    )


def begun_words(run: SyncRun) -> str:
    """Return who asked for a run. Older runs did not write it down."""
    if run.kind == Kind.IMPORT:
        return "by file"
    return BEGINNERS.get(run.begun_by, "webhook" if run.kind == Kind.WEBHOOK else "not known")


def took_words(run: SyncRun) -> str:
    if run.finished_at is None:
        return ""
    return lasted(run.finished_at - run.started_at)


def lasted(time: timedelta) -> str:
    """Return `0.4 s`, `41 s`, `3 min` or `1 h 03`."""
    seconds = max(time.total_seconds(), 0.0)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if round(seconds) < 120:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02}" if hours else f"{minutes} min"


def newest_rows(today: date) -> list[RunRow]:
    return [row_of(run, today) for run in SyncRun.objects.all()[:SHOWN]]


def page_of_runs(today: date, *, source: str, outcome: str, before: int | None) -> RunPage:
    """Return the runs of a source with an outcome, empty for any, that are older than the run `before`."""
    runs = SyncRun.objects.all()
    if source:
        runs = runs.filter(source=source)
    if outcome:
        runs = runs.filter(status=outcome)
    last = SyncRun.objects.filter(pk=before).first() if before else None
    if last:
        same = Q(started_at=last.started_at, pk__lt=last.pk)
        runs = runs.filter(
            Q(started_at__lt=last.started_at) | same, started_at__lte=last.started_at
        )
    found = list(runs[: SHOWN + 1])
    older = str(found[SHOWN - 1].pk) if len(found) > SHOWN else ""
    return RunPage([row_of(run, today) for run in found[:SHOWN]], older)


def source_choices() -> list[tuple[str, str]]:
    return [(name, title_of(name)) for name in [*sources, *file_sources]]


def outcome_choices() -> list[tuple[str, str]]:
    return [(status, words) for status, (words, _) in OUTCOMES.items()]


def counts_of(run: SyncRun) -> Iterator[StreamCounts]:
    """Yield what became of each stream that the run looked at."""
    for name, counts in run.counts.items():
        numbers = {key: int(counts.get(key, 0)) for key in StreamCounts._fields[1:-1]}
        if any(numbers.values()) or counts.get("error"):
            yield StreamCounts(name, **numbers, error=str(counts.get("error", "")))

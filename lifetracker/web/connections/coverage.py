"""What is held of each stream, week by week. Only what is stored counts: a week that nobody asked for is not empty."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from lifetracker import days
from lifetracker.api.runs import gaps, keeps_state
from lifetracker.models import BEGINNING, SourceRecord, SyncRun, SyncState
from lifetracker.sync.plans import DEFAULT_RANGE
from lifetracker.sync.streams import Source, Stream, Window, file_sources, sources
from lifetracker.web.charts.coverage import State
from lifetracker.web.connections.words import brief_moment, since_words
from lifetracker.web.source_status import RunSummary
from lifetracker.words import title_of

#: From the one that matters most: what a week is called of which parts are in several.
STATES: tuple[State, ...] = ("failed", "pending", "never", "verified")
ONE_WEEK = timedelta(weeks=1)
WEEKS = 52
# Of an import by file, more than a person makes in years.
MOST_FILES = 500


class Gap(NamedTuple):
    """A stretch that is not verified, and why."""

    start: datetime
    end: datetime
    state: State


@dataclass(frozen=True)
class Row:
    """How far one stream of a source is held. `words`: how far, in a few words."""

    source: str
    stream: str
    #: What its records are called.
    kind: str
    words: str
    gaps: tuple[Gap, ...]
    model: type[SourceRecord]
    #: Whether a stretch of it can be read by itself. Else the source is always read whole, or comes by file.
    has_stretches: bool = False
    is_file: bool = False

    @property
    def key(self) -> str:
        return f"{self.source}.{self.stream}"

    @property
    def title(self) -> str:
        return title_of(self.source)

    @property
    def name(self) -> str:
        return f"{self.title} {self.kind}"

    def state_in(self, window: Window) -> State:
        """Return the state of a stretch: the one that matters most of those in it."""
        found = {
            gap.state for gap in self.gaps if gap.start < window.end and gap.end > window.start
        }
        return next((state for state in STATES if state in found), "verified")


# --- Weeks ----------------------------------------------------------------------------------------


def last_weeks(today: date, count: int = WEEKS) -> list[date]:
    """Return the Mondays of the last weeks, the present one at the end."""
    monday = days.monday_of(today)
    return [monday - back * ONE_WEEK for back in reversed(range(count))]


def weeks_of_year(year: int, today: date) -> list[date]:
    """Return the Mondays of all weeks that a year touches and that have begun."""
    first, last = days.monday_of(date(year, 1, 1)), min(date(year, 12, 31), today)
    return [first + at * ONE_WEEK for at in range((last - first).days // 7 + 1)]


def window_of_week(monday: date, now: datetime) -> Window:
    """Return the stretch of a week as far as it has come."""
    return Window(days.midnight(monday), min(days.midnight(monday + ONE_WEEK), now))


# --- Rows -----------------------------------------------------------------------------------------


def coverage_rows(
    configured: Collection[str], runs: Mapping[str, RunSummary], now: datetime
) -> list[Row]:
    """Return a row for each stream with a history of each source that is set up or was read, and one for each source
    of which a file was imported, in one statement. `configured`: the names of the sources that are set up. `runs`: by source,
    what is stored of its runs."""
    rows = [
        stream_row(source, stream, runs[source.name], now)
        for source in sources.values()
        for stream in shown_streams(source)
        if source.name in configured or stream.name in runs[source.name].stored
    ]
    return [*rows, *file_rows(now)]


def shown_streams(source: Source) -> list[Stream]:
    """Return the streams with a history, or where a source has none, those that are read whole."""
    dated = [stream for stream in source.streams if stream.window]
    return dated or [stream for stream in source.streams if keeps_state(stream)]


def stream_row(source: Source, stream: Stream, runs: RunSummary, now: datetime) -> Row:
    known, run = runs.stored.get(stream.name, SyncState()), runs.last_run
    found = tuple(stream_gaps(source, known, stream.name, run, now))
    model = stream.aggregate.model if stream.aggregate else stream.model
    return Row(
        source.name,
        stream.name,
        stream.title,
        how_far(known, found, run, now),
        found,
        model,
        has_stretches=stream.window is not None,
    )


def stream_gaps(
    source: Source, state: SyncState, stream: str, run: SyncRun | None, now: datetime
) -> Iterator[Gap]:
    """Yield what is not verified. The time since the last sync is no gap as long as the next one is not late."""
    failed = has_failed(run, stream)
    for gap in gaps(source, state, now):
        start, end = gap["start"], gap["end"]
        if start is None and end is None:
            yield from never_verified(run, now, failed=failed)
        elif start is None:
            yield from before_verified(state, run, end or now, failed=failed)
        else:
            yield Gap(start, now, "failed" if failed else "pending")


def has_failed(run: SyncRun | None, stream: str) -> bool:
    """Return whether the newest sync could not read a stream."""
    return bool(run and not run.is_active and run.counts.get(stream, {}).get("error"))


def never_verified(run: SyncRun | None, now: datetime, *, failed: bool) -> Iterator[Gap]:
    """Yield the gaps of a stream of which nothing is verified: what a first sync asks for, and what it does not."""
    is_whole = run is not None and run.kind == SyncRun.Kind.FULL
    asked = BEGINNING if is_whole else now - DEFAULT_RANGE
    if run is None:
        yield Gap(BEGINNING, now, "never")
        return
    yield Gap(asked, now, "failed" if failed else "pending")
    if not is_whole:
        yield Gap(BEGINNING, asked, "never")


def before_verified(
    state: SyncState, run: SyncRun | None, verified_from: datetime, *, failed: bool
) -> Iterator[Gap]:
    """Yield the gaps before what is verified: pending while the whole history is being read, failed at the place
    where that stopped, else never asked for."""
    is_whole = run is not None and run.kind == SyncRun.Kind.FULL
    is_begun = state.full_from is not None or (is_whole and run is not None and run.is_active)
    yield Gap(BEGINNING, verified_from, "pending" if is_begun else "never")
    if failed and is_whole:
        yield Gap(verified_from - ONE_WEEK, verified_from, "failed")


def how_far(state: SyncState, found: Sequence[Gap], run: SyncRun | None, now: datetime) -> str:
    """Return how far a stream is held, such as `verified to 07:12`, `pending since Tuesday`."""
    if run is not None and run.status == SyncRun.Status.RUNNING:
        return "being read"
    if state.verified_to is None:
        return "not read yet"
    today = days.local_date(now)
    late = next((gap for gap in found if gap.start == state.verified_to), None)
    if late is None:
        return f"verified to {brief_moment(state.verified_to, today)}"
    return f"{late.state} {since_words(late.start, today)}"


# --- By file --------------------------------------------------------------------------------------


def file_rows(now: datetime) -> Iterator[Row]:
    """Yield a row for each source of which a file was imported: each file lists a whole stretch of its records."""
    for name, spans in file_spans().items():
        found = sorted(spans)
        model = file_sources[name].model
        last = max(span.end for span in found)
        yield Row(
            name,
            "file",
            str(model._meta.verbose_name_plural),
            f"by file, to {brief_moment(last, days.local_date(now))}",
            tuple(between(found, now)),
            model,
            is_file=True,
        )


def file_spans() -> dict[str, list[Window]]:
    """Return the stretches of the files of each source that has any, of the newest files."""
    found: dict[str, list[Window]] = {}
    runs = SyncRun.objects.filter(source__in=list(file_sources))
    for name, start, end in runs.values_list("source", "window_start", "window_end")[:MOST_FILES]:
        if start and end:
            found.setdefault(name, []).append(Window(start, end))
    return {name: found[name] for name in file_sources if name in found}


def between(spans: Iterable[Window], now: datetime) -> Iterator[Gap]:
    """Yield what lies between stretches that are in order, before the first, and after the last up to now."""
    known = BEGINNING
    for span in spans:
        if span.start > known:
            yield Gap(known, span.start, "never")
        known = max(known, span.end)
    if known < now:
        yield Gap(known, now, "never")

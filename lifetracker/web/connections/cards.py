"""A card for each source: its state in a word, and what is known of it as names and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import NamedTuple

from django.contrib.messages.storage.base import Message
from django.utils import timezone

from lifetracker.days import local_date
from lifetracker.models import SyncRun, SyncState
from lifetracker.web.connections.progress import Progress, is_being_stopped, progress_of
from lifetracker.web.connections.quotas import quota_words
from lifetracker.web.connections.runs import OUTCOMES
from lifetracker.web.connections.setup import Step, setup_steps
from lifetracker.web.connections.words import counts_words, moment_words, since_words
from lifetracker.web.source_status import SourceStatus
from lifetracker.words import counted, joined

# A stream that is this far behind the others of its source was left out by a run.
BEHIND = timedelta(hours=1)


class State(Enum):
    """What a card says of its source, in the order of the cards: a word, and the kind of the pill."""

    NEEDS_PERSON = "needs you", "asks"
    STOPPING = "stopping", "runs"
    RUNNING = "running", "runs"
    QUEUED = "waiting", "runs"
    FAILED = "failed", "bad"
    STALE = "not read lately", "asks"
    CONNECTED = "connected", "good"
    BY_FILE = "by file", "good"
    NO_FILE = "no file yet", ""
    NOT_CONNECTED = "not connected", ""
    NOT_SET_UP = "not set up", ""

    @property
    def word(self) -> str:
        return str(self.value[0])

    @property
    def pill(self) -> str:
        return str(self.value[1])


ORDER = list(State)


class Fact(NamedTuple):
    """A line of a card. `mark`: the class of a value that asks for attention."""

    name: str
    value: str
    mark: str = ""


class Note(NamedTuple):
    """What a card says of what went wrong. `kind`: the class of the note; `run`: the run that says more."""

    kind: str
    lines: list[str]
    run: int | None = None


UNREADABLE = (
    "The stored tokens were encrypted with another `SECRET_KEY`. Add that key to `SECRET_KEY_FALLBACKS`, "
    "or connect again. What was read stays."
)
REFUSED = "{} no longer accepts your consent. What was read stays."
STAYS = "What was read before stays."
NEXT = "The next run reads what is missing."
SAID_NOTHING = "No error message was recorded."
#: So many lines of a message stand on a card.
LINES = 3


class PendingStream(NamedTuple):
    """A stream that was not read with the others of its source. `since`: the end of what is verified."""

    title: str
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class SourceCard:
    """A source as its card shows it. `next_run`: when the schedule reads it; None where it does not. `rejected`:
    how many of its items could not be understood. `said`: what became of what a person did with it just now."""

    source: SourceStatus
    today: date
    next_run: datetime | None = None
    rejected: int = 0
    said: Sequence[Message] = ()

    @property
    def state(self) -> State:
        return state_of(self.source)

    @property
    def is_set_up(self) -> bool:
        return self.state not in {State.NO_FILE, State.NOT_SET_UP, State.NOT_CONNECTED}

    @property
    def steps(self) -> list[Step]:
        """Return what leads to the first connection; nothing once it is made, also where it was ended since."""
        was_connected = self.source.configured and self.source.runs.last_success is not None
        return [] if self.is_set_up or was_connected else setup_steps(self.source)

    @property
    def pending(self) -> list[PendingStream]:
        return pending_streams(self.source)

    @property
    def progress(self) -> Progress | None:
        return progress_of(self.source, self.today)

    @property
    def can_be_stopped(self) -> bool:
        run = self.source.runs.last_run
        return run is not None and run.is_active and not is_being_stopped(run)

    @property
    def note(self) -> Note | None:
        return note_of(self.source)

    @property
    def facts(self) -> list[Fact]:
        return list(facts_of(self))


def state_of(source: SourceStatus) -> State:
    if source.is_import:
        return State.BY_FILE if source.configured else State.NO_FILE
    if not source.configured:
        return State.NOT_SET_UP
    if source.needs_consent:
        return State.NEEDS_PERSON
    return state_of_runs(source) if source.is_connected else State.NOT_CONNECTED


def state_of_runs(source: SourceStatus) -> State:
    """Return the state of a connected source, which its runs decide."""
    run = source.runs.last_run
    if run and run.is_stopping:
        return State.STOPPING
    if run and run.is_active:
        return State.RUNNING if run.status == SyncRun.Status.RUNNING else State.QUEUED
    if run and run.status == SyncRun.Status.FAILED:
        return State.FAILED
    return State.STALE if source.is_stale else State.CONNECTED


def cards_of(
    statuses: Iterable[SourceStatus],
    planned: Mapping[str, datetime],
    rejected: Mapping[str, int],
    said: Mapping[str, Sequence[Message]] | None = None,
) -> list[SourceCard]:
    """Return the cards: who needs the person first, who is not set up last. `said`: messages by the source's slug."""
    today = local_date(timezone.now())
    cards = [
        SourceCard(
            source=status,
            today=today,
            next_run=planned.get(status.name),
            rejected=rejected.get(status.name, 0),
            said=(said or {}).get(status.slug, ()),
        )
        for status in statuses
    ]
    return sorted(cards, key=lambda card: (ORDER.index(card.state), card.source.title))


def pending_streams(source: SourceStatus) -> list[PendingStream]:
    """Return the streams that lie behind the newest of their source, which others of it have reached."""
    newest = max(
        (state.verified_to for state in source.runs.states if state.verified_to), default=None
    )
    if newest is None or not source.is_connected:
        return []
    behind = [state for state in source.runs.states if is_behind(state, newest)]
    return [
        PendingStream(source.stream_titles[state.stream], state.verified_to)
        for state in sorted(behind, key=attrgetter("stream"))
    ]


def is_behind(state: SyncState, newest: datetime) -> bool:
    return state.verified_to is None or state.verified_to < newest - BEHIND


def note_of(source: SourceStatus) -> Note | None:
    """Return what went wrong, what stays true and what to do; None where all is well."""
    run = source.runs.last_run
    if source.credential and source.credential.is_unreadable:
        return Note("warning", [UNREADABLE])
    if source.needs_consent:
        return Note("warning", [REFUSED.format(source.title)])
    if run is None or not (source.is_connected or source.is_import):
        return None
    lines = note_lines(source, run)
    return Note(kind_of_note(run), lines, run.pk) if lines else None


def note_lines(source: SourceStatus, run: SyncRun) -> list[str]:
    """Return the beginning of what a run said, how much more there is, and what it means for the data."""
    said = run.error.splitlines() or ([SAID_NOTHING] if source.went_wrong else [])
    more = [f"And {len(said) - LINES:,} more."] if len(said) > LINES else []
    stays = [STAYS] if run.status == SyncRun.Status.FAILED else []
    missing = [NEXT] if source.went_wrong and not source.is_import else []
    return [*said[:LINES], *more, *stays, *missing]


def kind_of_note(run: SyncRun) -> str:
    if run.is_active or run.status == SyncRun.Status.STOPPED:
        return "info"
    return "error" if run.status == SyncRun.Status.FAILED else "warning"


def facts_of(card: SourceCard) -> Iterator[Fact]:
    yield from read_facts(card.source, card.today)
    yield from run_facts(card)
    for stream in card.pending:
        yield Fact(
            stream.title.capitalize(), f"pending {since_words(stream.since, card.today)}", "mid-t"
        )
    if card.rejected:
        yield Fact("Rejected", counted(card.rejected, "item"))
    if left := quota_words(card.source, card.today):
        yield Fact(*left)
    yield from permission_facts(card.source)


def read_facts(source: SourceStatus, today: date) -> Iterator[Fact]:
    """Yield when the source was last read completely, and what came of a later attempt that was not complete."""
    success, run = source.runs.last_success, source.runs.last_run
    if success and success.finished_at:
        name = "Last file" if source.is_import else "Last read"
        yield Fact(name, f"{moment_words(success.finished_at, today)}, {counts_words(success)}")
    elif source.is_connected:
        yield Fact("Last read", "never completely" if source.went_wrong else "not yet")
    if run and run.finished_at and (source.went_wrong or run.status == SyncRun.Status.STOPPED):
        outcome = OUTCOMES[run.status][0]
        yield Fact(
            "Tried",
            f"{moment_words(run.finished_at, today)}, {outcome}, {counts_words(run)}",
            "mid-t",
        )


def run_facts(card: SourceCard) -> Iterator[Fact]:
    """Yield since when a run is on or waits, and when the next one comes."""
    source, run = card.source, card.source.runs.last_run
    if run and run.status == SyncRun.Status.RUNNING:
        yield Fact("Begun", moment_words(run.started_at, card.today))
        return
    if run and run.status == SyncRun.Status.QUEUED:
        yield Fact("Asked for", moment_words(run.started_at, card.today))
    if source.is_connected and not source.is_import:
        yield Fact("Next", moment_words(card.next_run, card.today) if card.next_run else "by hand")


def permission_facts(source: SourceStatus) -> Iterator[Fact]:
    if source.permission:
        yield Fact("Permission", source.permission)
    if source.key_end:
        yield Fact("Key", f"ends in {source.key_end}")
    if source.refused_scopes:
        yield Fact("Not granted", joined(source.refused_scopes), "mid-t")

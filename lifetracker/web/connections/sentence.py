"""What the page of connections says first: who needs the person, what went wrong, what is pending, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from lifetracker.web.connections.cards import SourceCard, State
from lifetracker.web.connections.words import at_words, moment_words, since_words
from lifetracker.words import joined

#: Sources that are read by themselves, however the last run went.
READ = {
    *(State.STOPPING, State.RUNNING, State.QUEUED, State.FAILED, State.STALE, State.CONNECTED),
}


def sentence(cards: Sequence[SourceCard], today: date) -> str:
    said = [
        *needs_words(cards, today),
        *failure_words(cards, today),
        *pending_words(cards, today),
        *running_words(cards),
    ]
    return " ".join([*said, *rest_words(cards, today, is_rest=bool(said))])


def in_state(cards: Sequence[SourceCard], *states: State) -> list[SourceCard]:
    return [card for card in cards if card.state in states]


def titles(cards: Sequence[SourceCard]) -> str:
    return joined([card.source.title for card in cards])


def needs_words(cards: Sequence[SourceCard], today: date) -> Iterator[str]:
    found = in_state(cards, State.NEEDS_PERSON)
    if len(found) == 1 and (since := found[0].source.needs_consent_since):
        yield f"{titles(found)} needs you {since_words(since, today)}."
    elif found:
        yield f"{titles(found)} {'needs' if len(found) == 1 else 'need'} you."


def failure_words(cards: Sequence[SourceCard], today: date) -> Iterator[str]:
    failed, stale = in_state(cards, State.FAILED), in_state(cards, State.STALE)
    if len(failed) == 1 and (at := ended_at(failed[0])):
        yield f"{titles(failed)} could not be read {at_words(at, today)}."
    elif failed:
        yield f"{titles(failed)} could not be read."
    for card in stale:
        if read_at := read_until(card):
            yield f"{card.source.title} was last read {at_words(read_at, today)}."


def pending_words(cards: Sequence[SourceCard], today: date) -> Iterator[str]:
    """Yield a sentence for each source with streams that the others of it have left behind."""
    for card in in_state(cards, State.CONNECTED):
        if streams := card.pending:
            moments = [stream.since for stream in streams if stream.since]
            since = min(moments) if len(moments) == len(streams) else None
            names = joined([stream.title for stream in streams])
            yield f"{card.source.title}'s {names} are pending {since_words(since, today)}."


def running_words(cards: Sequence[SourceCard]) -> Iterator[str]:
    running, queued = in_state(cards, State.RUNNING), in_state(cards, State.QUEUED)
    stopping = in_state(cards, State.STOPPING)
    if stopping:
        yield f"{titles(stopping)} {'is' if len(stopping) == 1 else 'are'} being stopped."
    if running:
        yield f"{titles(running)} {'is' if len(running) == 1 else 'are'} being read."
    if queued:
        yield f"{titles(queued)} {'waits for its' if len(queued) == 1 else 'wait for their'} turn."


def rest_words(cards: Sequence[SourceCard], today: date, *, is_rest: bool) -> Iterator[str]:
    """Yield up to when all other sources are read, or what to do where there is none."""
    connected = in_state(cards, State.CONNECTED)
    moments = [read_until(card) for card in connected]
    known = [moment for moment in moments if moment]
    unread = [card for card, moment in zip(connected, moments, strict=True) if not moment]
    if known:
        everything = "All else" if is_rest or unread else "Everything"
        yield f"{everything} is read to {moment_words(min(known), today)}."
    if unread:
        yield f"{titles(unread)} {'was' if len(unread) == 1 else 'were'} not read yet."
    if not connected and not is_rest:
        yield "No service is connected yet. Each card says how to connect it."


def read_until(card: SourceCard) -> datetime | None:
    run = card.source.runs.last_success
    return run.finished_at if run else None


def ended_at(card: SourceCard) -> datetime | None:
    run = card.source.runs.last_run
    return run.finished_at if run else None


def complete_words(cards: Sequence[SourceCard], today: date) -> list[str]:
    """Return up to when the connected sources are read, and which are left out because they need the person."""
    read = [card for card in cards if card.state in READ]
    moments = [moment for card in read if (moment := read_until(card))]
    if not moments or len(moments) < len(read):
        return []
    left_out = in_state(cards, State.NEEDS_PERSON)
    without = f", without {titles(left_out)}" if left_out else ""
    return [f"Complete to {moment_words(min(moments), today)}{without}"]

"""What a source and a stream are. A source is data: an app declares its streams in its
`streams.py`, which is found as the admin finds `admin.py`, and `lifetracker.sync` reads them all in
the same way."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from lifetracker.http import BadResponse, Door
from lifetracker.mapping import Item, to_text
from lifetracker.mapping import Mapping as FieldMapping
from lifetracker.models import BEGINNING, SourceRecord

Params = dict[str, Any]


class Window(NamedTuple):
    """The stretch of time `[start, end)`."""

    start: datetime
    end: datetime

    @property
    def open_start(self) -> bool:
        return self.start == BEGINNING

    def split(self, length: timedelta) -> list[Window]:
        """Pieces of at most `length`, oldest first, so that each piece adjoins what was verified
        before it."""
        pieces = []
        start = self.start
        while start + length < self.end:
            pieces.append(Window(start, start + length))
            start += length
        return [*pieces, Window(start, self.end)]


class Since(NamedTuple):
    """Whatever the service changed after `moment`, whenever it happened."""

    moment: datetime


# What one reading covers; None for a list that is always given whole.
Extent = Window | Since | None


class ChangesLost(BadResponse):
    """The service does not tell all that changed since then: too long ago, or too much at once."""


class Incomplete(BadResponse):
    """A part of a window was refused, such as one workspace of several, or could not be understood.
    What came is stored, the window is not verified, and the windows behind it are still worth
    reading. `brought`: how many items came."""

    def __init__(self, message: str, brought: int = 1) -> None:
        super().__init__(message)
        self.brought = brought


class ServiceClient(Protocol):
    """What the sync asks of a service's client. Authorization is the client's own affair.

    `remarks`: what the owner should know although nothing failed, such as a permission that is missing.
    """

    door: Door
    remarks: list[str]

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """The parsed JSON of one answer. Raises SyncError."""

    def close(self) -> None: ...


def rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def epoch(instant: datetime) -> int:
    """Whole seconds since 1970, rounded up: as the start and as the end of a window they then lie
    on the same side of every whole second as the instant itself."""
    return math.ceil(instant.timestamp())


@dataclass(frozen=True)
class Between:
    """The service filters by time, from `start` to before `end`.

    `lookback`: how far each run reads again behind what is verified, for late scores and edits.
    `first` and `chunk`: the lengths of the newest and of the older pieces in which a whole history
    is read, each verified on its own. `aim`: how many items a piece should bring, where more could
    take more requests than the service grants between two resets; pieces are shortened for it.
    `earliest`: before it the service has nothing; without it, an empty piece is followed by one
    question without a start, which leaves the parameter out where it is `optional`. `margin`: how
    much more is asked for at both ends, where nobody knows whether they are included.
    """

    start: str
    end: str
    lookback: timedelta
    first: timedelta = timedelta(days=90)
    chunk: timedelta = timedelta(days=365)
    aim: int | None = None
    earliest: datetime = BEGINNING
    optional: bool = True
    margin: timedelta = timedelta(0)
    form: Callable[[datetime], Any] = rfc3339

    def params(self, window: Window) -> Params:
        start = max(window.start - self.margin, BEGINNING)
        bounds = {self.start: start, self.end: window.end + self.margin}
        if window.open_start and self.optional:
            del bounds[self.start]
        return {name: self.form(instant) for name, instant in bounds.items()}

    @property
    def piece(self) -> timedelta:
        """As long as may be asked for at once where nobody knows how much it will bring."""
        return self.first if self.aim else self.chunk

    def piece_after(self, window: Window, brought: int) -> timedelta:
        """The length of the piece before `window`, which brought so many items."""
        if not brought:
            return self.chunk if self.earliest > BEGINNING else window.start - BEGINNING
        if not self.aim:
            return self.chunk
        fitting = (window.end - window.start) * (self.aim / brought)
        return min(max(fitting, timedelta(days=1)), self.chunk)


@dataclass(frozen=True)
class Changes:
    """The service lists what was changed since a moment that is sent as `since`.

    `mark`: when an item was last changed, by the service's clock. `gone`: whether an item is the
    service's tombstone; None where it has none, so that only a window shows what is missing.
    `overlap`: more than the clocks of two machines differ.
    """

    since: str
    mark: Callable[[Item], datetime]
    gone: Callable[[Item], bool] | None = None
    overlap: timedelta = timedelta(hours=1)
    form: Callable[[datetime], Any] = rfc3339

    def params(self, since: Since) -> Params:
        return {self.since: self.form(since.moment)}

    def after(self, changed_to: datetime) -> Since:
        """What to ask when everything up to `changed_to` is known."""
        return Since(changed_to - self.overlap)


class NextPage(Protocol):
    def __call__(self, answer: Any) -> Params | None:
        """The parameters to add for the page after `answer`; None after the last one."""


def token(*, read: str, send: str) -> NextPage:
    """The answer names its successor in `read`, which is sent back as `send`; absent, null and
    empty all mean the end, and anything else that is no text means nothing known."""

    def next_page(answer: Any) -> Params | None:
        named = answer.get(read)
        if named is None or named == "":
            return None
        if not isinstance(named, str):
            raise BadResponse(f"{read!r} of an answer is no text, so its next page is not known.")
        return {send: named}

    return next_page


@dataclass(frozen=True)
class Related:
    """Rows of another stream that a mapping needs: found by the item's `key`, and put beside its own
    keys under `name`.

    One row (absent where there is none), or, where the key holds a list (`many`), a list of those
    that there are. `path` leads from a stored row of the stream to the same key. `copies` maps the
    columns that take their values from such a row to its columns: when the row changes later, or
    comes later, what copied it is mapped again.
    """

    name: str
    model: type[SourceRecord]
    key: str
    path: str
    copies: Mapping[str, str]
    many: bool = False

    def keys_of(self, item: Any) -> list[str]:
        """The ids that an item refers to; none where they cannot be such."""
        try:
            value = item[self.key]
            return [to_text(key) for key in (value if self.many else [value])]
        except (KeyError, TypeError, ValueError):
            return []


@dataclass(frozen=True)
class Joined:
    """Records of `model`, each made of all living rows of a stream that have their value of `by` in
    common. `source_id` names the record for such a value; `make` gives its other `columns`, or None
    where those rows make no record. The order in which rows come must not matter to it."""

    model: type[SourceRecord]
    by: str
    source_id: Callable[[Any], str]
    columns: tuple[str, ...]
    make: Callable[[list[Any]], list[Any] | None]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One kind of record that a source offers.

    `items`: the key of the list in an answer; None where the answer is itself the only item.
    `axis`: the column by whose time the service filters. `deletes_by_absence`: a complete reading
    lists all that exists, in the window by that axis, or at all where there is no window. `not_visible`
    tells, of records that were not listed, which may still exist where this access does not reach: a
    function of the run and of their ids that returns those to keep. `changes`: a second way of
    asking, by the time of change. `prepare` gives the view of an item that the paths of `fields`
    read from. `only` leaves out what the service lists beside the stream's own kind: it is false for what it knows
    to be of another kind, and true for all that it does not understand, which the mapping refuses. `every`: how
    long a list without a window stays good. `joined`: what is made of the rows. `by_position`: a
    page begins after so many items, and not after a certain one, so that what vanishes while pages
    are read moves others out of them. `most_per_day`, or `most` without a window: more items than any
    account can have, on the average over a window, so that a list that brings new ones for ever is
    told from a long one. `read` replaces the chaining of pages for an API that does
    not fit: a generator of lists of items.
    """

    name: str
    path: str
    model: type[SourceRecord]
    fields: Mapping[str, Any]
    params: Params = field(default_factory=dict)
    items: str | None = None
    next_page: NextPage | None = None
    window: Between | None = None
    axis: str = ""
    deletes_by_absence: bool = False
    not_visible: Callable[[Any, set[str]], set[str]] | None = None
    changes: Changes | None = None
    related: tuple[Related, ...] = ()
    prepare: Callable[[Item], Item] | None = None
    only: Callable[[Any], bool] | None = None
    every: timedelta | None = None
    joined: Joined | None = None
    by_position: bool = False
    most_per_day: int | None = None
    most: int | None = None
    read: Callable[[Any, Stream, Extent], Iterator[list[Any]]] | None = None

    @cached_property
    def mapping(self) -> FieldMapping:
        return FieldMapping(self.model, dict(self.fields))

    def pages(self, client: ServiceClient, extent: Extent) -> Iterator[list[Any]]:
        """The items, page by page. Raises SyncError; a page that comes again is a BadResponse."""
        return self.read(client, self, extent) if self.read else chain_pages(client, self, extent)

    def params_of(self, extent: Extent) -> Params:
        if isinstance(extent, Since) and self.changes:
            return {**self.params, **self.changes.params(extent)}
        if isinstance(extent, Window) and self.window:
            return {**self.params, **self.window.params(extent)}
        return self.params

    def most_items(self, extent: Extent, now: datetime, stored: int) -> int | None:
        """More items than these, beside `stored` ones, are no list of an account; None: nobody knows."""
        if self.most_per_day is None or not isinstance(extent, Window | Since):
            return self.most
        if isinstance(extent, Window):
            return SLACK + self.most_per_day * days_of(extent)
        # Whatever is stored may have changed at once.
        new = self.most_per_day * days_of(Window(extent.moment, now))
        return stored + 10 * SLACK + new

    def items_of(self, answer: Any, service: str) -> list[Any]:
        if self.items is None:
            return [answer]
        found = answer.get(self.items) if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise BadResponse(f"{service}'s answer to {self.path} has no list {self.items!r}.")
        return found


# An account may have begun with a few busy days.
SLACK = 1000
# Older than any of the services; older records are few, and typed in.
FIRST_SERVICE = datetime(2006, 1, 1, tzinfo=UTC)


def days_of(window: Window) -> int:
    """Begun days of a window in which there were services."""
    return max((window.end - max(window.start, FIRST_SERVICE)).days, 0) + 1


def chain_pages(client: ServiceClient, stream: Stream, extent: Extent) -> Iterator[list[Any]]:
    params = stream.params_of(extent)
    sent: set[bytes] = set()
    more: Params | None = {}
    while more is not None:
        answer = client.get(stream.path, {**params, **more})
        yield stream.items_of(answer, client.door.service)
        more = stream.next_page(answer) if stream.next_page else None
        # Of one size, whatever a service takes for a token.
        page = hashlib.sha256(str(more).encode(errors="replace")).digest()
        if page in sent:
            raise BadResponse(
                f"{client.door.service} leads from {stream.path} back to a page that was read already, so its list has no end."
            )
        sent.add(page)


@dataclass(frozen=True)
class MissingConsent:
    """Why a source that is set up cannot be read: the person has not given their consent yet, or
    (`was_given`) it is no good any more. `text` says what to do."""

    text: str
    was_given: bool = False


@dataclass(frozen=True, kw_only=True)
class Source:
    """A service: its name in the records, how to make its client, and its streams in the order in
    which they need each other.

    `is_configured` says whether the person has set it up at all, without a request, and
    `missing_consent` whether it can be read then. `work`: what
    there is to do with the rows once all streams were read, as a function of the run. `lend_a_hand`:
    for another process, one piece of the work of the run with this id, if one is left.
    """

    name: str
    client: Callable[[], ServiceClient]
    is_configured: Callable[[], bool]
    streams: tuple[Stream, ...]
    missing_consent: Callable[[], MissingConsent | None] = lambda: None
    work: Callable[[Any], None] | None = None
    lend_a_hand: Callable[[int], None] | None = None

    @property
    def slug(self) -> str:
        return self.name.lower()

    @property
    def history_streams(self) -> list[str]:
        """Return the names of the streams that are read window by window, so that a plain run brings
        only the newest part of them."""
        return [stream.name for stream in self.streams if stream.window]


sources: dict[str, Source] = {}


# Sources that have no service to ask, whose records a person brings in files.
file_sources: list[str] = []


def register(source: Source) -> Source:
    sources[source.name] = source
    return source


def register_files(name: str) -> None:
    file_sources.append(name)

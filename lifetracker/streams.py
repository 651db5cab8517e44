"""What a source and a stream are. A source is data: an app declares its streams in its
`streams.py`, which is found as the admin finds `admin.py`, and `lifetracker.sync` reads them all in
the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from lifetracker.http import BadResponse, Door
from lifetracker.mapping import Item
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


class ServiceClient(Protocol):
    """What the sync asks of a service's client. Authorization is the client's own affair."""

    door: Door

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """The parsed JSON of one answer. Raises SyncError."""

    def close(self) -> None: ...


def rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@dataclass(frozen=True)
class Between:
    """The service filters by time, from `start` to before `end`.

    `lookback`: how far each run reads again behind what is verified, for late scores and edits.
    `first` and `chunk`: the lengths of the newest and of the older pieces in which a whole history
    is read, each verified on its own.
    """

    start: str
    end: str
    lookback: timedelta
    first: timedelta = timedelta(days=90)
    chunk: timedelta = timedelta(days=365)
    form: Callable[[datetime], Any] = rfc3339

    def params(self, window: Window) -> Params:
        bounds = {self.start: window.start, self.end: window.end}
        if window.open_start:
            del bounds[self.start]
        return {name: self.form(instant) for name, instant in bounds.items()}


class NextPage(Protocol):
    def __call__(self, answer: Any) -> Params | None:
        """The parameters to add for the page after `answer`; None after the last one."""


def token(*, read: str, send: str) -> NextPage:
    """The answer names its successor in `read`, which is sent back as `send`; absent, null and
    empty all mean the end."""

    def next_page(answer: Any) -> Params | None:
        return {send: answer[read]} if answer.get(read) else None

    return next_page


@dataclass(frozen=True)
class Related:
    """Rows stored earlier that a mapping needs: found by the item's `key`, and put beside its own
    keys under `name` (absent where there is none)."""

    name: str
    model: type[SourceRecord]
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One kind of record that a source offers.

    `items`: the key of the list in an answer; None where the answer is itself the only item.
    `axis`: the column by whose time the service filters; needed with `deletes_by_absence`, which
    says that a complete reading of a window lists all that exists in it. `prepare` gives the view
    of an item that the paths of `fields` read from. `read` replaces the chaining of pages for an
    API that does not fit: a generator of lists of items.
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
    related: Related | None = None
    prepare: Callable[[Item], Item] | None = None
    read: Callable[[ServiceClient, Stream, Window | None], Iterator[list[Any]]] | None = None

    @cached_property
    def mapping(self) -> FieldMapping:
        return FieldMapping(self.model, dict(self.fields))

    def pages(self, client: ServiceClient, window: Window | None) -> Iterator[list[Any]]:
        """The items of a window, page by page. Raises SyncError; a page that comes again is a
        BadResponse."""
        return self.read(client, self, window) if self.read else chain_pages(client, self, window)

    def items_of(self, answer: Any) -> list[Any]:
        if self.items is None:
            return [answer]
        found = answer.get(self.items) if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise BadResponse(f"{self.path}: the answer has no list {self.items!r}.")
        return found


def chain_pages(
    client: ServiceClient, stream: Stream, window: Window | None
) -> Iterator[list[Any]]:
    params = {**stream.params, **(stream.window.params(window) if stream.window and window else {})}
    sent: set[str] = set()
    more: Params | None = {}
    while more is not None:
        answer = client.get(stream.path, {**params, **more})
        yield stream.items_of(answer)
        more = stream.next_page(answer) if stream.next_page else None
        if str(more) in sent:
            raise BadResponse(
                f"{stream.path}: the service led back to a page that was read already, so its list has no end."
            )
        sent.add(str(more))


@dataclass(frozen=True, kw_only=True)
class Source:
    """A service: its name in the records, how to make its client, and its streams in the order in
    which they need each other.

    `is_configured` says whether the person has set it up at all, without a request.
    """

    name: str
    client: Callable[[], ServiceClient]
    is_configured: Callable[[], bool]
    streams: tuple[Stream, ...]

    @property
    def slug(self) -> str:
        return self.name.lower()


sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    sources[source.name] = source
    return source

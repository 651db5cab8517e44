"""What a source and a stream are. A source is data: an app declares its streams in its
`streams.py`, which is found as the admin finds `admin.py`, and `lifetracker.sync.job` reads them all in
the same way."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Protocol

from django.conf import settings
from django.db.models import DateField, DateTimeField, Q, QuerySet

from lifetracker.days import days_touched, local_date, midnight
from lifetracker.errors import BadResponse
from lifetracker.models import BEGINNING, SourceRecord
from lifetracker.sync.declaration import SourceDeclaration
from lifetracker.sync.digests import half_digest
from lifetracker.sync.http import HttpClient
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import BAD_VALUE, FieldMapping, Item, to_text
from lifetracker.sync.transport import Param
from lifetracker.sync.versions import described

Params = dict[str, Param]
# A column by which a service may filter.
Axis = DateField[Any, Any]


class Window(NamedTuple):
    """The stretch of time `[start, end)`."""

    start: datetime
    end: datetime

    @property
    def open_start(self) -> bool:
        return self.start == BEGINNING

    def split(self, length: timedelta) -> list[Window]:
        """Return pieces of at most `length`, oldest first, so that each piece adjoins what was verified
        before it."""
        pieces = []
        start = self.start
        while start + length < self.end:
            pieces.append(Window(start, start + length))
            start += length
        return [*pieces, Window(start, self.end)]


class NormalItem(dict[str, Any]):
    """An item in its stream's normal form, beside the payload as it was `received`."""

    def __init__(self, form: Item, received: Item) -> None:
        super().__init__(form)
        self.received = received


def received(item: Json) -> Json:
    """Return the payload from which an item was made."""
    return item.received if isinstance(item, NormalItem) else item


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

    http: HttpClient
    remarks: list[str]

    def get(self, path: str, params: Mapping[str, Param]) -> Json:
        """Return the parsed JSON of one answer. Raises SyncError."""

    def close(self) -> None: ...


def rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def epoch(instant: datetime) -> int:
    """Whole seconds since 1970, rounded up: as the start and as the end of a window they then lie
    on the same side of every whole second as the instant itself."""
    return math.ceil(instant.timestamp())


@dataclass(frozen=True)
class Between:
    """The service filters by time, from `start` to before `end`."""

    #: The parameter that holds the start of a window.
    start: str
    #: The parameter that holds its end.
    end: str
    #: How far each run reads again behind what is verified, for late scores and edits.
    lookback: timedelta
    #: The length of the newest part of a whole history, which is verified on its own.
    first: timedelta = timedelta(days=90)
    #: The length of each older part.
    chunk: timedelta = timedelta(days=365)
    #: How many items a part should hold, where more could take more requests than the service grants at once.
    target_items: int | None = None
    #: The service has nothing before this. Without it, an empty part is followed by one request without a start.
    earliest: datetime = BEGINNING
    #: Whether that request leaves out the parameter `start`.
    optional: bool = True
    #: How much more is asked for at both ends, where nobody knows whether they are included.
    padding: timedelta = timedelta(0)
    #: Returns a moment as the service writes it.
    format: Callable[[datetime], Param] = rfc3339

    #: What the stream's axis must be.
    axis_type: ClassVar[type[Axis]] = DateTimeField

    def params(self, window: Window) -> Params:
        start = max(window.start - self.padding, BEGINNING)
        bounds = {self.start: start, self.end: window.end + self.padding}
        if window.open_start and self.optional:
            del bounds[self.start]
        return {name: self.format(instant) for name, instant in bounds.items()}

    def within(self, axis: str, window: Window) -> Q:
        """Return which rows are surely missing at the service if a complete reading of the window does not
        list them."""
        return Q(**{f"{axis}__gte": window.start, f"{axis}__lt": window.end})

    def outside(self, axis: str, window: Window) -> Q:
        """Return which rows a reading of the window does not list."""
        return ~self.within(axis, window) & Q(**{f"{axis}__isnull": False})

    def around(self, moment: Any) -> Window:
        """Return the shortest window that holds what has this value on the axis."""
        return Window(moment, moment + timedelta(seconds=1))

    @property
    def piece(self) -> timedelta:
        """Return how long a part may be that is asked for at once where nobody knows how much it will bring."""
        return self.first if self.target_items else self.chunk

    def piece_after(self, window: Window, brought: int) -> timedelta:
        """Return the length of the piece before `window`, which brought so many items."""
        if not brought:
            return self.chunk if self.earliest > BEGINNING else window.start - BEGINNING
        if not self.target_items:
            return self.chunk
        fitting = (window.end - window.start) * (self.target_items / brought)
        return min(max(fitting, timedelta(days=1)), self.chunk)


@dataclass(frozen=True)
class BetweenDays(Between):
    """The service filters by date, from the day `start` to the day `end`, and the stream's axis is a column of
    dates.

    Each day that a window touches is asked for as a whole, by the person's days. A service whose days are not
    theirs takes a `padding` of a day. What is not listed is gone only on a day that is over: the day on which
    the window ends may still be in the making.
    """

    format: Callable[[date], Param] = date.isoformat
    #: Whether the service lists the day `end` as well.
    end_included: bool = True

    axis_type: ClassVar[type[Axis]] = DateField

    def params(self, window: Window) -> Params:
        start = max(window.start - self.padding, BEGINNING)
        first, last = days_touched(start, window.end + self.padding)
        end = last if self.end_included else last + timedelta(days=1)
        asked = {self.end: self.format(end)}
        if not (window.open_start and self.optional):
            asked[self.start] = self.format(first)
        return asked

    def within(self, axis: str, window: Window) -> Q:
        first, unfinished = local_date(window.start), local_date(window.end)
        return Q(**{f"{axis}__gte": first, f"{axis}__lt": unfinished})

    def outside(self, axis: str, window: Window) -> Q:
        first, last = days_touched(window.start, window.end)
        return Q(**{f"{axis}__lt": first}) | Q(**{f"{axis}__gt": last})

    def around(self, moment: Any) -> Window:
        return Window(midnight(moment), midnight(moment + timedelta(days=1)))


@dataclass(frozen=True)
class Changes:
    """The service lists what was changed since a moment."""

    #: The parameter that holds the moment.
    since: str
    #: Returns when an item was last changed, by the service's clock.
    changed_at: Callable[[Item], datetime]
    #: Returns whether an item is the service's report of a deletion; None where it sends none, so that
    #: only a window shows what is missing.
    is_deleted: Callable[[Item], bool] | None = None
    #: How much earlier each request begins: more than the clocks of two machines differ.
    overlap: timedelta = timedelta(hours=1)
    #: Returns a moment as the service writes it.
    format: Callable[[datetime], Param] = rfc3339

    def params(self, since: Since) -> Params:
        return {self.since: self.format(since.moment)}

    def after(self, changed_to: datetime) -> Since:
        """Return what to ask when everything up to `changed_to` is known."""
        return Since(changed_to - self.overlap)


class NextPage(Protocol):
    def __call__(self, answer: Any) -> Params | None:
        """Return the parameters to add for the page after `answer`; None after the last one."""


def token(*, read: str, send: str) -> NextPage:
    """Return the rule of an API whose answer names its successor in `read`, which is sent back as
    `send`; absent, null and empty all mean the end, and anything else that is no text means nothing
    known."""

    def next_page(answer: Any) -> Params | None:
        named = answer.get(read)
        if named is None or named == "":
            return None
        if not isinstance(named, str):
            raise BadResponse(
                f"The field {read!r} of an answer is not text, so the next page is unknown."
            )
        return {send: named}

    return next_page


@dataclass(frozen=True)
class Related:
    """Rows of another stream that a mapping needs.

    When such a row changes later, or comes later, the records that copied from it are mapped again.
    """

    #: The key under which the row is put beside the item's own keys; absent where there is no row.
    name: str
    #: The model of the rows.
    model: type[SourceRecord]
    #: The key of the item that holds the id of the row.
    key: str
    #: Leads from a stored row of the stream to the same key.
    path: str
    #: The columns that copy, each with the column of the row that they copy.
    denormalizes: Mapping[str, str]
    #: Whether `key` holds a list of ids, so that `name` holds a list of the rows that there are.
    many: bool = False

    def keys_of(self, item: Json) -> list[str]:
        """Return the ids that an item refers to; none where they cannot be such."""
        if not isinstance(item, dict):
            return []
        try:
            value = item[self.key]
            return [to_text(key) for key in (value if self.many else [value])]
        except (KeyError, TypeError, ValueError):
            return []


@dataclass(frozen=True)
class Aggregate:
    """Records that are each made of all live rows of a stream with one value in common."""

    #: The model of the records.
    model: type[SourceRecord]
    #: The column of the rows whose value they have in common.
    by: str
    #: Returns the `source_id` of the record for such a value.
    source_id: Callable[[Any], str]
    #: The other columns of a record.
    columns: tuple[str, ...]
    #: Returns the values of `columns`, or None where the rows make no record. Their order must not matter to it.
    make: Callable[[list[Any]], list[object] | None]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One kind of record that a source offers."""

    #: Names the stream in states, runs and commands.
    name: str
    #: The path below the service's address.
    path: str
    #: The model of its records.
    model: type[SourceRecord]
    #: By column: a path into the item, a PathValue, or a function of the item.
    fields: Mapping[str, object]
    #: Parameters of every request.
    params: Params = field(default_factory=dict)
    #: The key of the list in an answer; None where the answer is itself the only item.
    items: str | None = None
    #: Returns the parameters of the page after an answer; None where there is only one page.
    next_page: NextPage | None = None
    #: How the service filters by time or date; None for a list that is always given whole.
    window: Between | None = None
    #: The column by whose time, or date, the service filters.
    axis: str = ""
    #: Whether a complete reading lists all that exists: in the window, or at all without one.
    deletes_by_absence: bool = False
    #: Returns, of the ids that were not listed, those that may exist where this access does not reach.
    not_visible: Callable[[Any, set[str]], set[str]] | None = None
    #: A second way of asking, by the time of change.
    changes: Changes | None = None
    #: Rows of other streams that the mapping needs.
    related: tuple[Related, ...] = ()
    #: Returns the view of an item that the paths of `fields` read from.
    transform: Callable[[Item], Item] | None = None
    #: Returns a payload in the one form that all else reads; the payload itself is kept.
    normalize: Callable[[Item], Item] | None = None
    #: Returns whether a stored payload was shortened by an earlier version.
    has_former_raw: Callable[[Item], bool] | None = None
    #: Returns False for what is surely of another kind, and True for all else, also what is not understood.
    item_filter: Callable[[Json], bool] | None = None
    #: How long a list without a window stays good.
    refresh_interval: timedelta | None = None
    #: What is made of the rows.
    aggregate: Aggregate | None = None
    #: Called with the columns and the rows that were just written: hides what another source has of the same facts, after
    #: records were made of them.
    hide_same: Callable[[Sequence[str], Sequence[Sequence[object]]], None] | None = None
    #: Whether a page begins after so many items, and not after a certain one: what vanishes while pages
    #: are read moves others out of them.
    offset_paging: bool = False
    #: More items than any account can have, on the average over a window: a list that never ends is told
    #: from a long one by it.
    max_items_per_day: int | None = None
    #: The same for a list without a window.
    max_items: int | None = None
    #: Replaces the chaining of pages for an API that does not fit: yields lists of items.
    read: Callable[[Any, Stream, Extent], Iterator[list[Any]]] | None = None

    @property
    def title(self) -> str:
        """Return what its records are called, such as `time entries`, or those that are made of them."""
        model = self.aggregate.model if self.aggregate else self.model
        return str(model._meta.verbose_name_plural)

    @cached_property
    def mapping(self) -> FieldMapping:
        return FieldMapping(self.model, dict(self.fields))

    @property
    def made_by(self) -> bytes:
        """Return what decides what becomes of an item: this program and the zone by which days are told."""
        how = f"{described(self.transform)} {settings.TIME_ZONE}"
        return self.mapping.version + how.encode()

    def digest(
        self,
        made_by: bytes,
        payload: bytes,
        item: Json,
        related: Mapping[str, Mapping[str, object]],
    ) -> str:
        """Return the digest of all that a row is made of: beside `made_by` the item, by the digest of
        its `payload`, and the rows that it refers to."""
        parts = [made_by, payload]
        for wanted in self.related:
            found = related.get(wanted.name, {})
            parts.append(repr([found.get(key) for key in wanted.keys_of(item)]).encode())
        return half_digest(*parts)

    def item(self, payload: Json) -> Json:
        """Return a payload in the form that the mapping reads. What has no such form stays as it came, for
        the mapping to refuse."""
        if not self.normalize or not isinstance(payload, dict) or isinstance(payload, NormalItem):
            return payload
        try:
            return NormalItem(self.normalize(payload), payload)
        except (*BAD_VALUE, AttributeError):
            return payload

    def normal(self, payloads: list[Json]) -> list[Json]:
        """Return payloads in the form that the mapping reads; those that have it already stay as they are."""
        return [self.item(one) for one in payloads] if self.normalize else payloads

    def pages(self, client: ServiceClient, extent: Extent) -> Iterator[list[Json]]:
        """Yield the items, page by page. Raises SyncError; a page that comes again is a BadResponse."""
        return self.read(client, self, extent) if self.read else chain_pages(client, self, extent)

    def params_of(self, extent: Extent) -> Params:
        if isinstance(extent, Since) and self.changes:
            return {**self.params, **self.changes.params(extent)}
        if isinstance(extent, Window) and self.window:
            return {**self.params, **self.window.params(extent)}
        return self.params

    def most_items(self, extent: Extent, now: datetime, stored: int) -> int | None:
        """Return the limit: more items than these, beside `stored` ones, are no list of an account;
        None: nobody knows."""
        if self.max_items_per_day is None or not isinstance(extent, Window | Since):
            return self.max_items
        if isinstance(extent, Window):
            return SLACK + self.max_items_per_day * days_of(extent)
        # Whatever is stored may have changed at once.
        new = self.max_items_per_day * days_of(Window(extent.moment, now))
        return stored + 10 * SLACK + new

    # --- The axis

    def rows_within(self, rows: QuerySet[SourceRecord], window: Window) -> QuerySet[SourceRecord]:
        """Return those of the rows that lie in the window by the stream's axis; all of them where the
        service is not asked by time."""
        return rows.filter(self.window.within(self.axis, window)) if self.window else rows

    def dated_outside(
        self, rows: QuerySet[SourceRecord], window: Window
    ) -> list[tuple[str, Window]]:
        """Return the id of each row outside of the window, and the shortest window that holds it, oldest
        first."""
        if self.window is None:
            return []
        dated = rows.filter(self.window.outside(self.axis, window)).order_by(self.axis)
        around = self.window.around
        return [(key, around(at)) for key, at in dated.values_list("source_id", self.axis)]

    def items_of(self, answer: Json, service: str) -> list[Json]:
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
    """Return the begun days of a window in which there were services."""
    return max((window.end - max(window.start, FIRST_SERVICE)).days, 0) + 1


def chain_pages(client: ServiceClient, stream: Stream, extent: Extent) -> Iterator[list[Json]]:
    params = stream.params_of(extent)
    sent: set[bytes] = set()
    more: Params | None = {}
    while more is not None:
        answer = client.get(stream.path, {**params, **more})
        yield stream.items_of(answer, client.http.service)
        more = stream.next_page(answer) if stream.next_page else None
        # Of one size, whatever a service takes for a token.
        page = hashlib.sha256(str(more).encode(errors="replace")).digest()
        if page in sent:
            raise BadResponse(
                f"{client.http.service} returned to a page of {stream.path} that was already read, so the list has no end."
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
    """A service that is synced."""

    #: What it declares in `source.py`.
    declaration: SourceDeclaration
    #: Makes its client.
    client: Callable[[], ServiceClient]
    #: Returns whether the owner has set it up, without a request.
    is_configured: Callable[[], bool]
    #: In the order in which they need each other.
    streams: tuple[Stream, ...]
    #: Returns why it cannot be read although it is set up; None where it can.
    missing_consent: Callable[[], MissingConsent | None] = lambda: None
    #: Does what there is to do with the rows once all streams were read.
    work: Callable[[Any], None] | None = None
    #: Does, for another process, one piece of the work of the run with this id, if one is left.
    help_with_run: Callable[[int], None] | None = None

    @property
    def name(self) -> str:
        """Return its name in the records."""
        return self.declaration.name

    @property
    def title(self) -> str:
        """Return the service's name as it writes itself, for texts."""
        return self.declaration.title

    @property
    def slug(self) -> str:
        return self.declaration.slug

    @property
    def history_streams(self) -> list[str]:
        """Return the names of the streams that are read window by window, so that a plain run brings
        only the newest part of them."""
        return [stream.name for stream in self.streams if stream.window]


sources: dict[str, Source] = {}


class FileSource(NamedTuple):
    """A source that has no service to ask: a person brings its records in files. `page`: the name of the page that
    imports one; `command`: the command that does. Sources of one `group` share a card."""

    name: str
    model: type[SourceRecord]
    page: str
    command: str
    brings: str
    group: str = ""


file_sources: dict[str, FileSource] = {}


def domain_of_source(name: str) -> str:
    """Return the label of the app whose records a source brings first, also by the name of its export; empty for one
    that is not known."""
    for source in sources.values():
        if name in {source.name, source.declaration.export_name} and source.streams:
            return str(source.streams[0].model._meta.app_label)
    return str(file_sources[name].model._meta.app_label) if name in file_sources else ""


def register_source(source: Source) -> Source:
    sources[source.name] = source
    return source


def register_file_source(source: FileSource) -> None:
    file_sources[source.name] = source

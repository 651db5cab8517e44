"""`POST /reports/api/v3/workspace/{id}/search/time_entries`: the long history, in pages."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from lifetracker.sandbox.life import ONE_DAY
from lifetracker.sandbox.messages import Answer, Incoming, json_answer
from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.answers import Refused, Voice
from lifetracker.sandbox.toggl.entries import Item, State
from lifetracker.sandbox.toggl.names import COLLEAGUE_ID, USER_ID, Names
from lifetracker.sandbox.toggl.options import Options
from lifetracker.sandbox.toggl.records import Records
from lifetracker.sandbox.toggl.times import SECOND

DEFAULT_PAGE = 50
LONGEST_RANGE = 366  # days, both ends included
PREFERRED_ROUNDING = 0, 15  # to the nearest quarter of an hour
ALIKE = ("user_id", "project_id", "task_id", "billable", "description")
VALUES: dict[str, Callable[[Item], list[object]]] = {
    "user_ids": lambda item: [item["user_id"]],
    "project_ids": lambda item: [item["project_id"]],
    "task_ids": lambda item: [item["task_id"]],
    "tag_ids": lambda item: item["tag_ids"] or [None],
    "time_entry_ids": lambda item: [item["id"]],
}
FILTERS = (*VALUES, "client_ids")
UPGRADE = "To use this feature, please upgrade your workspace to a paid plan."
TOO_LONG = "The maximum date range allowed is 366 days"
BLANK: Item = dict.fromkeys(("id", "workspace_id", "duration", "tag_ids", "at", *ALIKE))
USER_NAMES = {USER_ID: "Mara Lindner", COLLEAGUE_ID: "Jonas Ahrens"}
ORDERS: dict[str, Callable[[Item], str | int]] = {
    "date": lambda item: times.lenient(item["start"]) or 0,
    "user": lambda item: item["user_id"],
    "duration": lambda item: _number(item["duration"]),
    "description": lambda item: str(item["description"] or ""),
    "last_update": lambda item: times.lenient(item["at"]) or 0,
}


Test = Callable[[Item], bool]


@dataclass(slots=True)
class Row:
    first: Item
    entries: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Search:
    """`rounding` is a direction and minutes; 0 minutes: none."""

    body: Item
    first: date
    last: date
    page_size: int
    rounding: tuple[int, int]

    def asks(self, name: str) -> bool:
        return self.body.get(name) is True


class Reports:
    def __init__(self, records: Records, names: Names, options: Options, voice: Voice) -> None:
        self._records, self._names = records, names
        self._options, self._voice = options, voice

    def search(self, incoming: Incoming, workspace_id: int) -> Answer:
        if self._options.reports_paid:
            raise Refused(402, UPGRADE)
        search = self._understood(incoming.body)
        rows = _rows(self._found(workspace_id, search), search)
        begin = _begin(rows, search.body)
        page = rows[begin : begin + search.page_size]
        headers = {}
        if begin + search.page_size < len(rows):
            headers = {
                "X-Next-ID": str(page[-1].entries[-1]["id"]),
                "X-Next-Row-Number": str(begin + len(page) + 1),
            }
        shown = [self._shown(row, n, search) for n, row in enumerate(page, start=begin + 1)]
        return json_answer(200, self._voice.items(shown), headers)

    def _understood(self, raw_body: bytes) -> Search:
        body = _object(raw_body)
        today = times.local_date(self._records.now())
        first = _date(body, "start_date", today - 6 * ONE_DAY)
        last = _date(body, "end_date", today)
        if last < first:
            raise Refused(400, "end_date must not be before start_date")
        if (last - first).days + 1 > LONGEST_RANGE:
            raise Refused(400, TOO_LONG)
        if body.get("order_by", "date") not in ORDERS:
            raise Refused(400, f"order_by must be one of {', '.join(ORDERS)}")
        for name in FILTERS:
            if not isinstance(body.get(name) or [], list):
                raise Refused(400, f"{name} must be a list")
        return Search(body, first, last, self._page_size(body), self._rounding(body))

    def _page_size(self, body: Item) -> int:
        size = _whole(body, "page_size", DEFAULT_PAGE)
        limit = int(self._options.reports_page_limit)
        if size < 1:
            raise Refused(400, "page_size must be a positive number")
        if size > limit and self._options.over_page_limit != "clamp":
            raise Refused(400, f"page_size must not be greater than {limit}")
        return min(size, limit)

    def _rounding(self, body: Item) -> tuple[int, int]:
        if "rounding" not in body:
            return PREFERRED_ROUNDING if self._options.rounding_preference else (0, 0)
        direction = _whole(body, "rounding", 0)
        return direction, _whole(body, "rounding_minutes", 0) if direction else 0

    def _found(self, workspace_id: int, search: Search) -> list[Item]:
        """Return what has come to an end, in order; changes are known only after a while."""
        now = self._records.now() - int(self._options.reports_delay * SECOND)
        low, high = times.midnight(search.first), times.midnight(search.last + ONE_DAY)
        states = self._records.living(now, low, high)
        if COLLEAGUE_ID in (search.body.get("user_ids") or [COLLEAGUE_ID]):
            states += self._records.others(now, search.first, search.last)
        items = [
            self._sound(state)
            for state in states
            if state.item.get("workspace_id") == workspace_id and _has_ended(state)
        ]
        tests = self._tests(search.body)
        return _ordered([item for item in items if all(t(item) for t in tests)], search.body)

    def _sound(self, state: State) -> Item:
        """With every field, and and with tags that can be listed."""
        item = {**BLANK, **self._voice.entry(state)}
        if not isinstance(item["tag_ids"], list):
            item["tag_ids"] = []
        return item

    def _tests(self, body: Item) -> list[Test]:
        """Return those that an entry must pass; [null] in a list means: without any."""
        tests = [
            _among(body[name], value)
            for name, value in VALUES.items()
            if body.get(name) is not None
        ]
        if body.get("client_ids") is not None:
            tests.append(_among(body["client_ids"], self._client_id))
        if body.get("billable") is not None:
            tests.append(lambda item: item["billable"] == body["billable"])
        if body.get("description"):
            tests.append(
                lambda item: body["description"].lower() in str(item["description"] or "").lower()
            )
        low, high = (_whole(body, f"{end}_duration_seconds", 0) for end in ("min", "max"))
        if low or high:
            tests.append(lambda item: low <= _number(item["duration"]) <= (high or math.inf))
        return tests

    def _client_id(self, item: Item) -> list[object]:
        project = self._names.find("project", item["project_id"], self._records.now())
        return [project["client_id"] if project else None]

    def _shown(self, row: Row, number: int, search: Search) -> Item:
        first = row.first
        shown: Item = {
            "user_id": first["user_id"],
            "username": USER_NAMES.get(first["user_id"]),
            "project_id": first["project_id"],
            "task_id": first["task_id"],
            "billable": first["billable"],
            "description": first["description"] or "",
            "tag_ids": self._voice.items(first["tag_ids"]),
        }
        if not search.asks("hide_amounts"):
            shown |= dict.fromkeys(("billable_amount_in_cents", "hourly_rate_in_cents"))
            shown["currency"] = "EUR"
        if search.asks("enrich_response"):
            shown |= self._names_of(first)
        times_of_row = [_times(item, *search.rounding) for item in row.entries]
        return {**shown, "time_entries": times_of_row, "row_number": number}

    def _names_of(self, item: Item) -> Item:
        now = self._records.now()
        project = self._names.find("project", item["project_id"], now) or {}
        client = self._names.find("client", project.get("client_id"), now) or {}
        tags = self._names.tag_names(item["tag_ids"], now)
        return {
            "project_name": project.get("name"),
            "project_color": project.get("color"),
            "client_name": client.get("name"),
            "task_name": None,
            "tag_names": self._voice.items(tags),
        }


def _object(raw_body: bytes) -> Item:
    try:
        body = json.loads(raw_body or b"null")
    except ValueError as error:
        raise Refused(400, "Invalid JSON input") from error
    if not isinstance(body, dict) or not body:
        raise Refused(400, "At least one parameter must be set")
    return body


def _date(body: Item, name: str, default: date) -> date:
    if name not in body:
        return default
    try:
        return date.fromisoformat(body[name])
    except (TypeError, ValueError) as error:
        raise Refused(400, f"{name} must be a date like 2006-01-02") from error


def _whole(body: Item, name: str, default: int) -> int:
    """Return a whole number. Text is refused, also of digits: the real API is typed."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(400, f"{name} must be a number")
    return value


def _has_ended(state: State) -> bool:
    ends = (state.item.get("start"), state.item.get("stop"))
    return all(times.lenient(end) is not None for end in ends)


def _among(wanted: list[object], values: Callable[[Item], list[object]]) -> Test:
    return lambda item: any(value in wanted for value in values(item))


def _ordered(items: list[Item], body: Item) -> list[Item]:
    order = ORDERS[body.get("order_by", "date")]
    descending = str(body.get("order_dir", "DESC")).upper() != "ASC"
    return sorted(items, key=lambda item: (order(item), item["id"]), reverse=descending)


def _rows(items: list[Item], search: Search) -> list[Row]:
    """One for each entry, or with `grouped` one for all that are alike."""
    if not search.asks("grouped"):
        return [Row(item, [item]) for item in items]
    rows: dict[str, Row] = {}
    for item in items:
        alike = json.dumps([*(item[name] for name in ALIKE), item["tag_ids"]])
        rows.setdefault(alike, Row(item)).entries.append(item)
    return list(rows.values())


def _begin(rows: list[Row], body: Item) -> int:
    """After the row of `first_id`; by the number when that row has gone meanwhile."""
    id, number = _whole(body, "first_id", 0), _whole(body, "first_row_number", 1)
    for index, row in enumerate(rows):
        if row.entries[-1]["id"] == id:
            return index + 1
    return max(0, number - 1)


def _times(item: Item, direction: int, minutes: int) -> Item:
    """With the offset of the profile's zone, whatever zone she was in."""
    start, stop = times.lenient(item["start"]) or 0, times.lenient(item["stop"]) or 0
    seconds = item["duration"]
    if minutes:
        step = minutes * 60
        start = _rounded(start // SECOND, 0, step) * SECOND
        seconds = _rounded(_number(seconds), direction, step)
        stop = start + seconds * SECOND
    at = times.lenient(item["at"])
    return {
        "id": item["id"],
        "seconds": seconds,
        "start": times.local(start),
        "stop": times.local(stop),
        "at": item["at"] if at is None else times.local(at),
    }


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _rounded(seconds: int, direction: int, step: int) -> int:
    """Up (1), down (-1) or to the nearest (0)."""
    if direction > 0:
        return -(-seconds // step) * step
    return (seconds if direction < 0 else seconds + step // 2) // step * step

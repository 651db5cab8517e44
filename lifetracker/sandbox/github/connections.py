"""Pages of a connection, with cursors that hold however the list changes in between."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lifetracker.sandbox.github.measure import error
from lifetracker.sandbox.messages import JsonObject

Key = tuple[str | int, str | int]  # what it is sorted by, then what makes it unique


@dataclass(frozen=True, slots=True)
class Entry:
    key: Key
    node: Callable[[], object]  # made only if its page is asked for
    more: dict[str, object] = field(default_factory=dict)  # further fields of its edge

    @property
    def cursor(self) -> str:
        text = json.dumps(self.key, separators=(",", ":"))
        return base64.b64encode(f"cursor:v2:{text}".encode()).decode()


def connection(
    entries: Sequence[Entry], arguments: JsonObject, *, down: bool = False, **more: object
) -> dict[str, object]:
    """Return the page that `first`, `after`, `last` and `before` mean."""
    entries = sorted(entries, key=lambda entry: entry.key, reverse=down)
    left = [
        entry
        for entry in entries
        if _beyond(arguments.get("after"), entry.key, down=down, after=True)
        and _beyond(arguments.get("before"), entry.key, down=down, after=False)
    ]
    page = left[: arguments["first"]] if arguments.get("first") is not None else left
    if arguments.get("last") is not None:
        page = page[-arguments["last"] :]
    return {
        "totalCount": len(entries),
        "pageInfo": {
            "hasNextPage": bool(page) and page[-1] is not entries[-1],
            "hasPreviousPage": bool(page) and page[0] is not entries[0],
            "startCursor": page[0].cursor if page else None,
            "endCursor": page[-1].cursor if page else None,
        },
        "nodes": lambda _: [entry.node() for entry in page],
        "edges": lambda _: [{"cursor": one.cursor, "node": one.node(), **one.more} for one in page],
        **more,
    }


def _beyond(cursor: str | None, key: Key, *, down: bool, after: bool) -> bool:
    if cursor is None:
        return True
    at = _key(cursor)
    return key > at if after is not down else key < at


def _key(cursor: str) -> Key:
    try:
        text = base64.b64decode(cursor, validate=True).decode().removeprefix("cursor:v2:")
        first, second = json.loads(text)
    except (binascii.Error, ValueError, TypeError) as wrong:
        message = f"`{cursor}` does not appear to be a valid cursor."
        raise error("INVALID_CURSOR_ARGUMENTS", message) from wrong
    return first, second

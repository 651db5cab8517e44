"""`/measure`: which groups, which of their measures, in which order, a page at a time."""

import copy
import zlib
from collections.abc import Callable, Mapping

from lifetracker.sandbox.life import HOME
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.withings.envelope import (
    INVALID_PARAMS,
    NOT_IMPLEMENTED,
    Refusal,
    success,
)
from lifetracker.sandbox.withings.groups import Entry, Groups, type_of
from lifetracker.sandbox.withings.history import Record
from lifetracker.sandbox.withings.options import Options

# Beside the order of creation, in which they are kept.
ORDERS: dict[str, Callable[[Entry], int | tuple[int, int]]] = {
    "newest": lambda entry: (-entry.date, -entry.id),
    # The same on every page of one reading, and again tomorrow.
    "shuffled": lambda entry: zlib.crc32(str(entry.id).encode()),
}


class Measures:
    def __init__(self, groups: Groups, options: Options) -> None:
        self._groups, self._options = groups, options

    def answer(self, given: Mapping[str, str]) -> Answer:
        if given.get("action") != "getmeas":
            raise Refusal(NOT_IMPLEMENTED)
        types = _types(given)
        found = self._found(self._filter(given, types))
        offset = _number(given, "offset") or 0
        size = self._options.page_size
        page: Record = {
            "updatetime": self._groups.now(),
            "timezone": HOME,
            "measuregrps": [_narrowed(entry, types) for entry in found[offset : offset + size]],
        }
        if self._options.offset == "stuck" and len(found) > size:
            page |= {"more": self._more(), "offset": offset or size}
        elif len(found) > offset + size:
            page |= {"more": self._more(), "offset": offset + size}
        return success(page)

    def all(self) -> list[Record]:
        """Return every real measure with all its parts; copies."""
        measured = self._found(lambda entry: entry.category == 1)
        return [copy.deepcopy(entry.group) for entry in measured]

    def _more(self) -> int | bool:
        return 1 if self._options.more == "int" else True

    def _found(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        entries = [entry for entry in self._groups.visible() if wanted(entry)]
        if self._options.order in ORDERS:
            entries.sort(key=ORDERS[self._options.order])
        return entries

    def _filter(
        self, given: Mapping[str, str], types: frozenset[int] | None
    ) -> Callable[[Entry], bool]:
        category = _number(given, "category") if self._options.category_filter else None
        since, before = _number(given, "startdate"), _number(given, "enddate")
        changed = _number(given, "lastupdate")
        if changed is not None:
            changed += self._options.lastupdate == "exclusive"
            since = before = None

        def wanted(entry: Entry) -> bool:
            return (
                (category is None or entry.category == category)
                and (since is None or entry.date >= since)
                and (before is None or entry.date <= before)
                and (changed is None or entry.modified >= changed)
                and (types is None or entry.types is None or bool(entry.types & types))
            )

        return wanted


def _types(given: Mapping[str, str]) -> frozenset[int] | None:
    """`meastypes` has several with commas between them, `meastype` a single one."""
    if "meastypes" in given:
        return frozenset(_whole("meastypes", part) for part in given["meastypes"].split(","))
    one = _number(given, "meastype")
    return None if one is None else frozenset((one,))


def _number(given: Mapping[str, str], name: str) -> int | None:
    return _whole(name, given[name]) if name in given else None


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.strip().isdigit()):
        raise Refusal(INVALID_PARAMS, f"Invalid Params: invalid {name}")
    return int(text)


def _narrowed(entry: Entry, types: frozenset[int] | None) -> Record:
    """Return the group with these measures only; what is malformed is served as it is."""
    measures = entry.group.get("measures")
    if types is None or not isinstance(measures, list):
        return entry.group
    some = [one for one in measures if (type := type_of(one)) is None or type in types]
    return {**entry.group, "measures": some}

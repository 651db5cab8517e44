"""`/measure`: which groups, which of their measures, in which order, a page at a time."""

import copy
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from lifetracker.sandbox.life import HOME
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.withings.envelope import (
    INVALID_PARAMS,
    NOT_IMPLEMENTED,
    Refusal,
    success,
)
from lifetracker.sandbox.withings.groups import Entry, Groups
from lifetracker.sandbox.withings.history import Record
from lifetracker.sandbox.withings.options import Options

ORDERS: dict[str, Callable[[Entry], Any]] = {
    "created": lambda entry: entry.key,
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
        found = self._found(self._filter(given), types)
        offset = _number(given, "offset") or 0
        size = self._options.page_size
        page: Record = {
            "updatetime": self._groups.now(),
            "timezone": HOME,
            "measuregrps": found[offset : offset + size],
        }
        if self._options.offset == "stuck" and len(found) > size:
            page |= {"more": self._more(), "offset": offset or size}
        elif len(found) > offset + size:
            page |= {"more": self._more(), "offset": offset + size}
        return success(page)

    def all(self) -> list[Record]:
        """Every real measure with all its parts; copies."""
        return copy.deepcopy(self._found(lambda entry: entry.category == 1, None))

    def _more(self) -> int | bool:
        return 1 if self._options.more == "int" else True

    def _found(self, wanted: Callable[[Entry], bool], types: frozenset[int] | None) -> list[Record]:
        entries = [entry for entry in self._groups.visible() if wanted(entry)]
        entries.sort(key=ORDERS[self._options.order])
        groups = (entry.group for entry in entries)
        if types is None:
            return list(groups)
        return [some for group in groups if (some := _narrowed(group, types)) is not None]

    def _filter(self, given: Mapping[str, str]) -> Callable[[Entry], bool]:
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


def _narrowed(group: Record, types: frozenset[int]) -> Record | None:
    """With these measures only; None without any. What is malformed is served as it is."""
    measures = group.get("measures")
    if not isinstance(measures, list):
        return group
    some = [measure for measure in measures if _is_wanted(measure, types)]
    return {**group, "measures": some} if some else None


def _is_wanted(measure: Any, types: frozenset[int]) -> bool:
    type = measure.get("type") if isinstance(measure, dict) else None
    return not isinstance(type, int) or type in types

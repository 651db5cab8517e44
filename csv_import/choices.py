"""What a person chose of a file: which column is what, and how its cells are read. It is kept by the header."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self
from zoneinfo import ZoneInfo

from csv_import.cells import POINT
from csv_import.dates import YMD

#: What a column may go to. Of the last two the kind stands before a colon, and behind it the id of what is stored, or
#: `new`, which is called like the column.
WEIGHT, FAT = "weight", "fat"
BEHAVIOUR, METRIC = "behaviour", "metric"
NEW = "new"
#: Of a behaviour that is new, its kind stands behind a second colon.
NEW_METRIC = f"{METRIC}:{NEW}"
NEW_BEHAVIOUR = f"{BEHAVIOUR}:{NEW}"
#: What several rows of one day come to for a behaviour, which has one answer a day. Empty: that is asked.
ASK, LAST, FIRST, HIGHEST, LOWEST, MEAN, SUM = (
    *("", "last", "first", "highest", "lowest", "mean", "sum"),
)
RULES = {
    ASK: "Ask me if there are several",
    LAST: "The last one",
    FIRST: "The first one",
    HIGHEST: "The highest; yes if any is yes",
    LOWEST: "The lowest; no if any is no",
    MEAN: "Their mean (amounts only)",
    SUM: "Their sum (amounts only)",
}
KG, LB = "kg", "lb"


@dataclass(frozen=True)
class Choices:
    """`date`, `time`, `name`, `value`: names of columns; empty for none. With `name` and `value` each row has one value, and
    the name says of what (a long table); else each column has values of its own. `targets`: by the name of a column, or of
    the word in the column `name`, what it goes to."""

    date: str
    targets: dict[str, str] = field(default_factory=dict)
    order: str = YMD
    time: str = ""
    decimal: str = POINT
    name: str = ""
    value: str = ""
    several: str = ASK
    mass: str = KG
    zone: str = "UTC"

    @property
    def is_long(self) -> bool:
        return bool(self.name)

    @property
    def home(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def with_targets(self, targets: dict[str, str]) -> Choices:
        return replace(self, targets=targets)


def folded(name: str) -> str:
    """Return the name of a column by which it is known again: without accents, capitals, and signs between its words. Signs
    that say something stay, such as a plus or a smiling face."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(one for one in plain if not unicodedata.combining(one)).casefold()
    kept = (one if is_telling(one) else " " for one in plain.replace("%", "pct"))
    return "_".join("".join(kept).split())


def is_telling(one: str) -> bool:
    """Return whether a sign is a letter, a digit or a symbol, and so no gap between words."""
    return unicodedata.category(one)[0] in "LNS"


def header_key(header: Iterable[str]) -> str:
    """Return by what a file with the same columns is known again."""
    return hashlib.sha256("\n".join(folded(name) for name in header).encode()).hexdigest()


def fitted(choices: Choices, header: Sequence[str]) -> Choices:
    """Return choices that were made for a header with other capitals or signs by the names of this one."""
    names = {folded(name): name for name in reversed(header)}

    def here(name: str) -> str:
        # Two columns may differ in such a sign alone.
        return names.get(folded(name), name) if name and name not in header else name

    moved = replace(
        choices,
        date=here(choices.date),
        time=here(choices.time),
        name=here(choices.name),
        value=here(choices.value),
    )
    if choices.is_long:
        return moved
    return moved.with_targets({here(name): to for name, to in choices.targets.items()})

"""What the file of a diary holds, whichever app wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from lifetracker.sync.files import Refusal
from nutrition.diary import KINDS_BY_HOUR
from nutrition.models import Meal

#: No one kept such a diary before. What claims to be older is a column read wrongly.
EARLIEST = date(2000, 1, 1)


class Options(NamedTuple):
    """`zone`: where the meals were eaten. `replace`: the file is the truth for its days, however little it knows of what is
    stored there."""

    zone: ZoneInfo
    now: datetime
    replace: bool = False


@dataclass(frozen=True)
class Eaten:
    """A row of the file: something that was eaten. `meal`: as the app calls it; empty where it does not say it. `size` in g,
    None where nobody knows it. `amounts`: by column and by name, see `nutrients.Amounts`."""

    where: str
    day: date
    meal: str
    name: str
    amounts: dict[str, float]
    raw: dict[str, str]
    at: time | None = None
    amount: float = 1
    unit: str = "portion"
    size: float | None = None
    note: str = ""


@dataclass(frozen=True)
class DiaryMeal:
    """What was eaten together."""

    source_id: str
    day: date
    kind: str
    at: time | None
    items: list[Eaten]

    @property
    def note(self) -> str:
        return "\n".join(filter(None, dict.fromkeys(item.note for item in self.items)))

    @property
    def kcal(self) -> float | None:
        known = [item.amounts["kcal"] for item in self.items if "kcal" in item.amounts]
        return sum(known) if known else None


class DayEnd(NamedTuple):
    """What the app says of a day. `kcal`: of all of it, None where it does not say it."""

    is_complete: bool
    kcal: float | None


@dataclass
class Diary:
    """All that a file, or a folder of files, holds. `about` tells the person what it is."""

    source: str
    about: str
    eaten: list[Eaten] = field(default_factory=list)
    days: dict[date, DayEnd] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    #: The days of which a row could not be read.
    unsure: set[date] = field(default_factory=set)
    #: Whether a row could not be read that may be of any day.
    is_unsure: bool = False
    #: Rows that are no meals, by what they are.
    skipped: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def skip(self, what: str) -> None:
        self.skipped[what] = self.skipped.get(what, 0) + 1

    def remark(self, text: str) -> None:
        """Tell the person something about the file, once."""
        if text not in self.remarks:
            self.remarks.append(text)

    def refuse(self, where: str, reason: str, raw: dict[str, Any], day: date | None) -> None:
        self.refusals.append(Refusal(where, reason, raw))
        if day:
            self.unsure.add(day)
        else:
            self.is_unsure = True

    def add(self, other: Diary) -> None:
        """Take over what another file of the same app holds."""
        self.about = f"{self.about} and {other.about}"
        self.eaten += other.eaten
        self.days |= other.days
        self.refusals += other.refusals
        self.unsure |= other.unsure
        self.is_unsure = self.is_unsure or other.is_unsure
        for text in other.remarks:
            self.remark(text)
        for what, count in other.skipped.items():
            self.skipped[what] = self.skipped.get(what, 0) + count

    @property
    def span(self) -> tuple[date, date] | None:
        """Return the first and the last day on which something was eaten."""
        days = [one.day for one in self.eaten]
        return (min(days), max(days)) if days else None

    def meals(self) -> list[DiaryMeal]:
        """Return the meals: rows of one day, one name and one time, in the order of the file. Equal rows are as many items."""
        found: dict[str, list[Eaten]] = {}
        for one in self.eaten:
            found.setdefault(meal_id(one), []).append(one)
        return [
            DiaryMeal(source_id, items[0].day, kind_of(items[0]), items[0].at, items)
            for source_id, items in found.items()
        ]


LONGEST_ID = 64


def meal_id(eaten: Eaten) -> str:
    at = f"{eaten.at:%H:%M}" if eaten.at else ""
    name = " ".join(eaten.meal.casefold().split())
    return " ".join(filter(None, [eaten.day.isoformat(), at, name]))[:LONGEST_ID]


WORDS = {
    "breakfast": Meal.Kind.BREAKFAST,
    "lunch": Meal.Kind.LUNCH,
    "dinner": Meal.Kind.DINNER,
    "supper": Meal.Kind.DINNER,
    "snack": Meal.Kind.SNACK,
}


def kind_of(eaten: Eaten) -> str:
    """Return which meal it was: by its name, else by its time; a snack where neither says it."""
    name = eaten.meal.casefold()
    for word, kind in WORDS.items():
        if word in name and "snack" not in name.replace(word, ""):
            return kind
    return hour_kind(eaten.at) if eaten.at else Meal.Kind.SNACK


def hour_kind(at: time) -> str:
    return next(kind for until, kind in KINDS_BY_HOUR if at.hour < until)


def joined(diaries: Iterable[Diary]) -> Iterator[Diary]:
    """Yield a diary for each app, with what all of its files hold."""
    found: dict[str, Diary] = {}
    for diary in diaries:
        if diary.source in found:
            found[diary.source].add(diary)
        else:
            found[diary.source] = diary
    yield from found.values()

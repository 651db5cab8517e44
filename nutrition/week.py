"""The last seven days of the diary: what each came to, and what is said of them together."""

from __future__ import annotations

from calendar import day_name
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import fmean
from typing import NamedTuple

from lifetracker.web.charts.target_columns import State
from lifetracker.web.sentences import number
from lifetracker.words import counted, joined
from nutrition.eaten_days import EatenDay

#: From so many on, days are counted and not named.
MANY = 3
NOT_KNOWN = "\N{EN DASH}"


class WeekDay(NamedTuple):
    """`eaten`: None where nothing is written down. `target`: the energy aimed at, None where there is none."""

    day: date
    eaten: EatenDay | None
    target: float | None
    is_today: bool

    @property
    def is_complete(self) -> bool:
        return self.eaten is not None and self.eaten.is_complete

    @property
    def is_whole(self) -> bool:
        """Return whether all energy of a day is known that is complete."""
        return self.is_complete and self.of("kcal") is not None

    @property
    def kcal(self) -> float | None:
        """Return what there is known of it, be it all or not."""
        return self.eaten.amounts["kcal"] if self.eaten else None

    def of(self, name: str) -> float | None:
        """Return a nutrient of a complete day; None where a part of it is unknown."""
        return self.eaten.known(name) if self.eaten and self.eaten.is_complete else None

    @property
    def state(self) -> State:
        if self.is_whole:
            return "whole"
        return "open" if self.is_today and not self.is_complete else "part"

    @property
    def words(self) -> str:
        """Return `1,893`, or `780+` where there may be more; of today what there is so far."""
        if self.kcal is None:
            return NOT_KNOWN
        is_sure = self.is_whole or (self.eaten and self.state == "open" and self.is_known)
        return number(self.kcal) + ("" if is_sure else "+")

    @property
    def is_known(self) -> bool:
        """Return whether each item that is written down has its energy."""
        return self.eaten is not None and self.eaten.amounts.is_whole("kcal")

    @property
    def name(self) -> str:
        return "today" if self.is_today else day_name[self.day.weekday()]


class WeekWords(NamedTuple):
    """`days`: how many complete days the mean is of, empty without one. `mean`: what they came to. `rest`: which days are
    in no mean, and why."""

    days: str
    mean: str
    rest: str


def week_words(days: Sequence[WeekDay]) -> WeekWords:
    whole = [day for day in days if day.is_whole]
    if not whole:
        return WeekWords("", "", "None of these days is complete, so there is no mean yet.")
    return WeekWords(counted(len(whole), "complete day"), mean_words(whole), rest_words(days))


def mean_words(whole: Sequence[WeekDay]) -> str:
    """Return `1,993 kcal, 104 g protein`; without the protein where a day does not know it."""
    energy = fmean(day.of("kcal") or 0.0 for day in whole)
    protein = [day.of("protein") for day in whole]
    known = [one for one in protein if one is not None]
    also = f", {number(fmean(known))} g protein" if len(known) == len(whole) else ""
    return f"{number(energy)} kcal{also}"


def rest_words(days: Sequence[WeekDay]) -> str:
    """Return `Sunday is not complete and today is still open: the mean leaves them out.`"""
    partly = [day for day in days if day.is_complete and not day.is_whole]
    missing = [day for day in days if not day.is_complete and not day.is_today]
    today = [day for day in days if not day.is_complete and day.is_today]
    said = [
        f"{names_of(missing)} not complete" if missing else "",
        f"part of {joined([day.name for day in partly])} is not known" if partly else "",
        "today is still open" if today else "",
    ]
    left = len(partly) + len(missing) + len(today)
    if not left:
        return ""
    words = joined([one for one in said if one])
    return f"{words[0].upper()}{words[1:]}: the mean leaves {'it' if left == 1 else 'them'} out."


def names_of(days: Sequence[WeekDay]) -> str:
    """Return `Sunday is`, `Sunday and Monday are`, `4 days are`."""
    if len(days) >= MANY:
        return f"{counted(len(days), 'day')} are"
    return f"{joined([day.name for day in days])} {'is' if len(days) == 1 else 'are'}"


def sentence_of(days: Sequence[WeekDay]) -> str:
    """Return what the chart says to who cannot see it."""
    words = week_words(days)
    mean = f"mean of {words.days} {words.mean}" if words.days else "no day is complete"
    aims = list(dict.fromkeys(number(one) for one in targets_of_days(days)))
    target = f", target {joined(aims)} kcal" if aims else ""
    return f"Energy of seven days: {mean}{target}"


def targets_of_days(days: Iterable[WeekDay]) -> list[float]:
    return [day.target for day in days if day.target is not None]

"""Days of samples: what several devices counted is counted once.

A plain sum of steps is 1.2 to 2 times too high, because the watch and the phone both count. So of each minute the device with the
highest priority counts that recorded any, as in Health itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import NamedTuple

from apple_health.export.clock import Clock
from apple_health.export.kinds import Kind
from apple_health.export.scratch import Device, Sample, Scratch
from lifetracker.sync.files import CannotImport

#: So many samples of one kind has no day of anybody.
MOST_OF_DAY = 200_000
#: No zone is further from another one, so that a day is whole when samples are of later ones than this.
WHOLE_AFTER = timedelta(days=3)
#: The kinds of which one source a day counts, and by which column. Of food, all comes from the source with most energy.
FOOD = {
    Kind.DIETARY_ENERGY: "dietary_energy_kcal",
    Kind.PROTEIN: "protein_g",
    Kind.CARBS: "carbs_g",
    Kind.FAT: "fat_g",
    Kind.FIBER: "fiber_g",
}
#: By day and column.
Figures = dict[date, dict[str, float]]


class Part(NamedTuple):
    """The part of a sample in one day, in seconds since 1970."""

    start: int
    end: int
    source: int
    value: float


Reduce = Callable[[list[Part]], float | None]


class Ranks:
    """The order of devices. Of two of a kind the one counts whose name comes first, so that it is always the same one."""

    def __init__(self, devices: Sequence[Device], ranks: Mapping[str, int]) -> None:
        order = sorted(
            range(len(devices)), key=lambda one: (ranks[devices[one].kind], devices[one])
        )
        self._ranks = {number: place for place, number in enumerate(order)}

    def __getitem__(self, source: int) -> int:
        return self._ranks[source]

    def first(self, parts: Iterable[Part]) -> int:
        """Return the device that counts first."""
        return min({part.source for part in parts}, key=self._ranks.__getitem__)


def days_of(samples: Iterable[Sample], clock: Clock) -> Iterator[tuple[date, list[Part]]]:
    """Yield the samples of each day, split at midnight. A few days at a time are in memory. Raises CannotImport."""
    waiting: dict[date, list[Part]] = defaultdict(list)
    newest = date.min
    for start, end, source, value, zone in samples:
        for day, first, last in clock.parts(start, end, zone):
            share = (last - first) / (end - start) if end > start else 1
            waiting[day].append(Part(first, last, source, value * share))
            if day > newest:
                newest = day
                for done in sorted(one for one in waiting if one < newest - WHOLE_AFTER):
                    yield done, waiting.pop(done)
            elif len(waiting[day]) > MOST_OF_DAY:
                raise CannotImport(f"The export has more records of {day} than any day has.")
    yield from sorted(waiting.items())


def minutes(part: Part) -> Iterator[tuple[int, float]]:
    """Yield the minutes of a part, since 1970, each with its share of the value."""
    start, end, length = part.start, part.end, part.end - part.start
    if length == 0 or start // 60 == (end - 1) // 60:
        yield start // 60, part.value
        return
    for minute in range(start // 60, (end - 1) // 60 + 1):
        seconds = min(end, minute * 60 + 60) - max(start, minute * 60)
        yield minute, part.value * seconds / length


def counted_once(parts: list[Part], ranks: Ranks) -> float:
    """Return the sum of a day in which each minute is counted by one device."""
    if len({part.source for part in parts}) == 1:
        return sum(part.value for part in parts)
    best: dict[int, tuple[int, float]] = {}
    for part in sorted(parts, key=lambda one: ranks[one.source]):
        rank = ranks[part.source]
        for minute, value in minutes(part):
            found = best.get(minute)
            if found is None:
                best[minute] = (rank, value)
            elif found[0] == rank:
                best[minute] = (rank, found[1] + value)
    return sum(value for _, value in best.values())


def length_in_minutes(parts: Iterable[Part]) -> float:
    """Return how long stretches are together that may overlap."""
    total, reached = 0, 0
    for start, end in sorted((part.start, part.end) for part in parts):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total / 60


# --- All kinds ------------------------------------------------------------------------------------


def figures_of(scratch: Scratch, clock: Clock, ranks: Ranks) -> Figures:
    """Return what the samples come to. Raises CannotImport."""
    figures: Figures = defaultdict(dict)

    def of_first(reduce: Callable[[list[Part]], float]) -> Reduce:
        """Return what reads the parts of the device that counts first."""

        def read(parts: list[Part]) -> float:
            first = ranks.first(parts)
            return reduce([part for part in parts if part.source == first])

        return read

    mean = of_first(lambda parts: fmean(part.value for part in parts))
    reads: list[tuple[Kind, str, Reduce]] = [
        (Kind.STEPS, "steps", lambda parts: round(counted_once(parts, ranks))),
        (Kind.ACTIVE_ENERGY, "active_energy_kcal", lambda parts: counted_once(parts, ranks)),
        # The watch writes one a day, and corrects it.
        (Kind.RESTING_HEART_RATE, "resting_heart_rate", of_first(lambda parts: parts[-1].value)),
        (Kind.SDNN, "hrv_sdnn", mean),
        (Kind.WRIST_TEMPERATURE, "wrist_temperature", mean),
        (Kind.MINDFUL, "mindful_min", length_in_minutes),
    ]
    for kind, column, reduce in reads:
        whole = scratch.samples(kind) if kind in SPLIT else at_their_start(scratch.samples(kind))
        for day, parts in days_of(whole, clock):
            if (value := reduce(parts)) is not None:
                figures[day][column] = round(value, 3)
    add_food(scratch, clock, figures)
    return dict(figures)


#: What goes on over midnight is of both days.
SPLIT = frozenset({Kind.STEPS, Kind.ACTIVE_ENERGY, Kind.MINDFUL})


def at_their_start(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Yield samples as if each were of one moment, so that none is split."""
    for sample in samples:
        yield sample._replace(end=sample.start)


def add_food(scratch: Scratch, clock: Clock, figures: Figures) -> None:
    """Add what was eaten, by the one source a day that wrote most of it: two apps may have written the same meals."""
    eaten: dict[date, dict[int, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for kind, column in FOOD.items():
        for day, parts in days_of(at_their_start(scratch.samples(kind)), clock):
            for part in parts:
                of_source = eaten[day][part.source]
                of_source[column] = of_source.get(column, 0) + part.value
    for day, by_source in eaten.items():
        most = max(
            by_source.values(), key=lambda one: [one.get(column, 0) for column in FOOD.values()]
        )
        figures[day] |= {column: round(value, 3) for column, value in most.items()}

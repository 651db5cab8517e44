"""Nights of sleep samples: of each, one source counts, and its stages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from apple_health.export.amounts import Part, length_in_minutes
from apple_health.export.clock import Clock
from apple_health.export.kinds import ASLEEP, STAGES, Sleep
from apple_health.export.scratch import Device, Sample
from lifetracker.sync.files import CannotImport

#: Who is awake for longer has ended the night. In seconds.
LONGEST_GAP = 60 * 60
MOST_OF_NIGHT = 50_000
LONGEST_NIGHT = 48 * 3600
COLUMNS = {
    "core_min": Sleep.CORE,
    "deep_min": Sleep.DEEP,
    "rem_min": Sleep.REM,
    "awake_min": Sleep.AWAKE,
}


class Night(NamedTuple):
    """A night or a nap. `start`, `end`: in seconds since 1970. `values`: minutes by column, None for what is unknown."""

    day: date
    start: int
    end: int
    offset: int | None
    device: str
    nap: bool
    values: dict[str, float | None]


def together(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    """Yield the samples that belong together, of all sources, in the order of their starts. Raises CannotImport."""
    found: list[Sample] = []
    reached = 0
    for sample in samples:
        if found and sample.start - reached >= LONGEST_GAP:
            yield found
            found = []
        reached = max(reached, sample.end) if found else sample.end
        found.append(sample)
        if len(found) > MOST_OF_NIGHT:
            raise CannotImport("The export has a night with more records than any night has.")
    if found:
        yield found


def best_source(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples of the source that has stages, else of the one that knows most of the sleep."""
    by_source: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_source[sample.source].append(sample)

    def knows(source: int) -> tuple[bool, float, float, int]:
        mine = by_source[source]
        stages = any(sample.value in STAGES for sample in mine)
        return stages, minutes_of(mine, ASLEEP) or 0, minutes_of(mine, list(Sleep)) or 0, -source

    return by_source[max(by_source, key=knows)]


def minutes_of(samples: Iterable[Sample], values: Iterable[Sleep]) -> float | None:
    """Return how long it was one of these; None where no sample says any of them."""
    wanted = frozenset(values)
    parts = [Part(one.start, one.end, one.source, 0) for one in samples if one.value in wanted]
    return round(length_in_minutes(parts), 2) if parts else None


def sleeps(
    samples: Iterable[Sample], clock: Clock, devices: Sequence[Device], left_out: Counter[str]
) -> Iterator[Night]:
    """Yield each night and nap, as if it were a nap. `left_out` counts, by reason, the samples of what is none."""
    for every in together(samples):
        mine = best_source(every)
        start, last = mine[0].start, max(mine, key=lambda one: one.end)
        asleep, in_bed = minutes_of(mine, ASLEEP), minutes_of(mine, [Sleep.IN_BED])
        if reason := why_none(last.end - start, is_sleep=asleep is not None or in_bed is not None):
            left_out[reason] += len(every)
            continue
        # Without a sample of the time in bed, it is from the first to the last one.
        values = {"asleep_min": asleep, "in_bed_min": in_bed or round((last.end - start) / 60, 2)}
        has_stages = any(one.value in STAGES for one in mine)
        for column, stage in COLUMNS.items():
            minutes = minutes_of(mine, [stage])
            values[column] = 0.0 if has_stages and minutes is None else minutes
        yield Night(
            clock.day(last.end, last.zone),
            start,
            last.end,
            clock.offset(last.end, last.zone),
            devices[mine[0].source].name,
            True,
            values,
        )


def why_none(length: int, *, is_sleep: bool) -> str:
    """Return why a stretch of so many seconds is no night and no nap; empty if it is one."""
    if length > LONGEST_NIGHT:
        return f"sleep without an hour's gap in more than {LONGEST_NIGHT // 3600} hours"
    return "" if length and is_sleep else "records of sleep that name no time asleep or in bed"


def nights_of(
    samples: Iterable[Sample], clock: Clock, devices: Sequence[Device], left_out: Counter[str]
) -> Iterator[list[Night]]:
    """Yield the sleeps of each day: the longest one is the night, the others are naps."""
    waiting: dict[date, list[Night]] = defaultdict(list)
    for sleep in sleeps(samples, clock, devices, left_out):
        waiting[sleep.day].append(sleep)
    for _, found in sorted(waiting.items()):
        longest = max(found, key=lambda one: (one.values["asleep_min"] or 0, one.end - one.start))
        yield [one._replace(nap=one is not longest) for one in found]

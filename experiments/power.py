"""How large an effect must be for an experiment to see it, by simulation from the owner's own days before the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.design import DAYS_BEFORE, Design
from experiments.exact import Numbers, rank_of
from experiments.paired import evened_out, first_minus_second, weekday_deviations

#: Fewer known days say too little about how much the days differ.
FEWEST_KNOWN = 42
RUNS = 500
SEED = 20
#: The smallest effect that is seen is one that is seen in this share of cases.
SHARE = 0.8
# Up to so many pairs all subsets are taken; of more, as many by chance, which is quicker and hardly differs.
ALL_SUBSETS = 11
# Days whose autocorrelation is higher would not come to rest within the days that are simulated.
HIGHEST_AUTOCORRELATION = 0.95


@dataclass(frozen=True, kw_only=True)
class Past:
    """What the days before the start were like: by how much a day differs from what its day of the week and the trend
    make of it (`spread`), how much of that the next day keeps (`autocorrelation`, 0 to 1), the change in a day (`trend`), the days
    of the week, and which share of the days is known from the first known one on. `blank`: how many of the `DAYS_BEFORE` days come
    before that one, as of somebody who has just begun to record. `days`: from how many known days that was found; None where it is
    sure, as of a life that is made up."""

    spread: float
    autocorrelation: float
    trend: float
    weekdays: tuple[float, ...]
    known: float
    days: int | None = None
    blank: int = 0


@dataclass(frozen=True, kw_only=True)
class Power:
    """`needed`: for each simulated run the effect from which on it is told from chance, in ascending order."""

    needed: Numbers

    def smallest(self, share: float = SHARE) -> float | None:
        """Return the effect that is seen in this share of cases; None where no effect is, as too few days are known."""
        found = float(np.quantile(self.needed, share, method="higher"))
        return found if np.isfinite(found) else None

    def at(self, effect: float) -> float:
        """Return in which share of cases an effect of this size is seen."""
        return float(np.searchsorted(self.needed, effect, side="right") / len(self.needed))


def past_of(before: Numbers, first_weekday: int) -> Past | None:
    """Return what the days before the start were like; None where too few are known, or all are alike."""
    known = ~np.isnan(before)
    if known.sum() < FEWEST_KNOWN or np.nanmax(before) == np.nanmin(before):
        return None
    blank = int(known.argmax())
    days = np.arange(len(before))
    weekdays = (first_weekday + days) % 7
    columns = np.column_stack([weekdays[:, None] == np.arange(7), days - days.mean()])
    found = np.linalg.lstsq(columns[known].astype(np.float64), before[known], rcond=None)[0]
    rest = np.where(known, before - columns @ found, np.nan)
    autocorrelation = autocorrelation_of(rest)
    # What is fitted takes more from days that are alike: the mean and the trend as much as so many days that are not.
    taken = 6 + 2 * (1 + autocorrelation) / (1 - autocorrelation)
    spread = float(np.sqrt(np.nansum(rest**2) / max(known.sum() - taken, 1)))
    return Past(
        spread=spread,
        autocorrelation=autocorrelation,
        trend=float(found[7]),
        weekdays=tuple(float(one) for one in found[:7] - found[:7].mean()),
        known=float(known[blank:].mean()),
        blank=blank,
        days=int(known.sum()),
    )


def autocorrelation_of(rest: Numbers) -> float:
    """Return how much of what a day differs by the next one keeps."""
    one, other = rest[:-1], rest[1:]
    both = ~np.isnan(one) & ~np.isnan(other)
    if both.sum() < FEWEST_KNOWN // 2:
        return 0.0
    found = float(np.mean(one[both] * other[both]) / np.nanmean(rest**2))
    # What is taken away with the days of the week and the trend makes days less alike than they are.
    found += (1 + 4 * max(found, 0.0)) / int(both.sum())
    return min(max(found, 0.0), HIGHEST_AUTOCORRELATION)


def power_of(past: Past, design: Design, first_weekday: int, runs: int = RUNS) -> Power:
    """Return the power of a design that starts on `first_weekday`, 0 for Monday. The same input gives the same answer."""
    chance = np.random.default_rng(SEED)
    values = simulated(past, DAYS_BEFORE + design.days, first_weekday - DAYS_BEFORE, runs, chance)
    before, during = values[:, :DAYS_BEFORE], values[:, DAYS_BEFORE:]
    before[:, : past.blank] = np.nan
    deviations = weekday_deviations(before, (first_weekday - DAYS_BEFORE) % 7)
    differences = first_minus_second(evened_out(during, first_weekday, deviations), design)
    differences = differences * chance.choice([-1.0, 1.0], size=differences.shape)
    return Power(needed=np.sort(needed_effects(differences, chance)))


def simulated(
    past: Past, days: int, first_weekday: int, runs: int, chance: np.random.Generator
) -> Numbers:
    """Return made-up days like those of the past, one life in each row."""
    spread, autocorrelation = drawn_from(past, runs, chance)
    fresh = np.sqrt(1 - autocorrelation**2)
    values = chance.normal(size=(days, runs))
    for day in range(1, days):
        values[day] = autocorrelation * values[day - 1] + fresh * values[day]
    weekdays = np.array(past.weekdays)[(first_weekday + np.arange(days)) % 7]
    found: Numbers = (spread * values).T + weekdays + past.trend * np.arange(days)
    if past.known < 1:
        found[chance.random(found.shape) >= past.known] = np.nan
    return found


def drawn_from(past: Past, runs: int, chance: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return the spread and the autocorrelation of each life: those of the past, and around them as far as so few days leave
    it open. Without that the power would be told a few points too high."""
    spread, autocorrelation = np.full(runs, past.spread), np.full(runs, past.autocorrelation)
    if past.days is None:
        return spread, autocorrelation
    autocorrelation = drawn_autocorrelation(past.autocorrelation, past.days, runs, chance)
    # Days that are alike say less about their spread than as many that are not.
    freedom = past.days * (1 - past.autocorrelation**2) / (1 + past.autocorrelation**2)
    return spread * np.sqrt(freedom / chance.chisquare(freedom, size=runs)), autocorrelation


def drawn_autocorrelation(
    found: float, days: int, runs: int, chance: np.random.Generator
) -> Numbers:
    """Return that of each life, around the one that was found, as far as so many days leave it open."""
    error = np.sqrt((1 - found**2) / days)
    drawn: Numbers = np.clip(found + error * chance.normal(size=runs), 0, HIGHEST_AUTOCORRELATION)
    return drawn


def needed_effects(differences: Numbers, chance: np.random.Generator) -> Numbers:
    """Return for each row of differences without an effect the one from which on it would be told from chance: that which
    lifts the lower end of the interval to zero. Infinite where too few pairs are known."""
    found = np.full(len(differences), np.inf)
    counts = np.sum(~np.isnan(differences), axis=1)
    for count in np.unique(counts):
        if not rank_of(int(count)):
            continue
        rows = differences[counts == count]
        found[counts == count] = -lower_ends(rows[~np.isnan(rows)].reshape(-1, count), chance)
    return found


def lower_ends(differences: Numbers, chance: np.random.Generator) -> Numbers:
    """Return the lower end of the interval of each row."""
    pairs = differences.shape[1]
    drawn = min(pairs, ALL_SUBSETS)
    if pairs <= ALL_SUBSETS:
        members = np.stack([np.arange(1, 2**pairs) >> one & 1 for one in range(pairs)])
    else:
        members = chance.integers(0, 2, size=(pairs, 2**drawn - 1))
        members[0, ~members.any(axis=0)] = 1
    means = differences @ (members / members.sum(axis=0))
    rank = rank_of(drawn)
    ends: Numbers = np.partition(means, rank - 1, axis=1)[:, rank - 1]
    return ends

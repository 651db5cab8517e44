"""The power of an outcome that has one and the same value on many days, such as yes or no, or minutes of training.

What A changes is on how many days it has another value. So days are simulated by a two-part model: whether the value is
another one, and which one it is then. To add as much to each day would promise too much of a rare yes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.design import DAYS_BEFORE, Design
from experiments.exact import Numbers
from experiments.paired import evened_out, first_minus_second, weekday_deviations
from experiments.power import (
    RUNS,
    SEED,
    Past,
    Power,
    autocorrelation_of,
    drawn_autocorrelation,
    needed_effects,
)

#: At least this share of the days has the least or the highest value: else as much is added to each day (`power.py`).
LEAST_SHARE = 1 / 3
#: Halvings of the range of shares: the share is found to a quarter of a point.
STEPS = 9
# A lower end of the range that is no more than a rounding is none above zero.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class TwoPart:
    """On which `share` of the days the value is another one than `base`, by how much then (`others`), and how much one day
    says of the next (`autocorrelation`). The gaps are those of `past`."""

    base: float
    others: Numbers
    share: float
    autocorrelation: float
    past: Past


def two_part_of(before: Numbers, past: Past) -> TwoPart | None:
    """Return the model of the days before the start; None where too few have one and the same value."""
    known = before[~np.isnan(before)]
    least, most = float(known.min()), float(known.max())
    has_two = bool(np.all((known == least) | (known == most)))
    is_least = has_two or np.mean(known == least) >= np.mean(known == most)
    base = least if is_least else most
    is_other = known != base
    if not has_two and 1 - is_other.mean() < LEAST_SHARE:
        return None
    share = float(is_other.mean())
    return TwoPart(
        base=base,
        others=known[is_other] - base,
        share=share,
        autocorrelation=autocorrelation_of(
            np.where(np.isnan(before), np.nan, before != base) - share
        ),
        past=past,
    )


def power_of_two_part(
    model: TwoPart, design: Design, first_weekday: int, sign: int, runs: int = RUNS
) -> Power:
    """Return the power of a design for a difference to the side that is wanted: 1 for higher values, -1 for lower ones. Nobody
    answers yes on more than all days: what is not seen even then is never seen."""
    chance = np.random.default_rng(SEED)
    lives = SimulatedLives(model, design, first_weekday, runs, chance)
    size = float(model.others.mean())
    rises = sign * size > 0
    least, most = np.zeros(runs), 1 - lives.shares if rises else lives.shares.copy()
    is_seen = lives.are_seen(most if rises else -most, sign)
    for _ in range(STEPS):
        middle = (least + most) / 2
        found = lives.are_seen(middle if rises else -middle, sign)
        least, most = np.where(found, least, middle), np.where(found, middle, most)
    return Power(needed=np.sort(np.where(is_seen, most * abs(size), np.inf)))


class SimulatedLives:
    """Simulated days, one life in each row. The same random numbers give more days of A another value the more A does."""

    def __init__(
        self,
        model: TwoPart,
        design: Design,
        first_weekday: int,
        runs: int,
        chance: np.random.Generator,
    ) -> None:
        self.model, self.design, self.first_weekday = model, design, first_weekday
        self.shares, autocorrelation = drawn_shares(model, runs, chance)
        shape = (runs, DAYS_BEFORE + design.days)
        self.chances = autocorrelated(chance, shape, autocorrelation)
        self.sizes = chance.choice(model.others, size=shape)
        self.is_gap = chance.random(shape) >= model.past.known
        self.is_gap[:, : model.past.blank] = True
        self.is_first = chance.integers(0, 2, size=(runs, design.pairs)).astype(bool)
        arms = np.stack([self.is_first, ~self.is_first], axis=-1).reshape(runs, -1)
        self.is_tried = np.zeros(shape, dtype=bool)
        self.is_tried[:, DAYS_BEFORE:] = np.repeat(arms, design.block_days, axis=1)

    def are_seen(self, more: Numbers, sign: int) -> npt.NDArray[np.bool_]:
        """Return in which lives the test tells from chance that it is so much more often on days of A. `more`: the share of
        days that A adds, for each life."""
        limit = self.shares[:, None] + np.where(self.is_tried, more[:, None], 0.0)
        values = np.where(self.chances < limit, self.sizes, 0.0)
        values[self.is_gap] = np.nan
        before, during = values[:, :DAYS_BEFORE], values[:, DAYS_BEFORE:]
        deviations = weekday_deviations(before, (self.first_weekday - DAYS_BEFORE) % 7)
        differences = first_minus_second(
            evened_out(during, self.first_weekday, deviations), self.design
        )
        differences = sign * np.where(self.is_first, differences, -differences)
        return needed_effects(differences, np.random.default_rng(SEED)) < -ROUNDING


def drawn_shares(model: TwoPart, runs: int, chance: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return the share and the autocorrelation of each life: those of the past, and around them as far as so few days leave
    it open."""
    days = model.past.days
    if days is None:
        return np.full(runs, model.share), np.full(runs, model.autocorrelation)
    autocorrelation = drawn_autocorrelation(model.autocorrelation, days, runs, chance)
    # Days that are alike say less than as many that are not.
    freedom = days * (1 - model.autocorrelation) / (1 + model.autocorrelation)
    shares = chance.beta(model.share * freedom + 0.5, (1 - model.share) * freedom + 0.5, size=runs)
    return shares, autocorrelation


def autocorrelated(
    chance: np.random.Generator, shape: tuple[int, int], autocorrelation: Numbers
) -> Numbers:
    """Return a random number between 0 and 1 for each day, which the next day keeps with this probability."""
    found = chance.random(shape)
    keeps = chance.random(shape) < autocorrelation[:, None]
    for day in range(1, shape[1]):
        found[:, day] = np.where(keeps[:, day], found[:, day - 1], found[:, day])
    return found

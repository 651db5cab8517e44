"""The power of an outcome that has one and the same value on many days, such as yes or no, or minutes of training: what A adds
are days with another value, so that the days are drawn, and not moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.design import DAYS_BEFORE, Design
from experiments.exact import Numbers
from experiments.paired import evened_out, first_minus_second, weekday_deviations
from experiments.power import MOST_ALIKE, RUNS, SEED, Past, Power, likeness_of, needed_effects

#: From such a share of the days with the least or the highest value on, a difference is one of how often it is another.
SHARE_ALIKE = 1 / 3
#: Halvings of the range of shares: the share is found to a quarter of a point.
STEPS = 9
# A lower end of the range that is no more than a rounding is none above zero.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Often:
    """On which share of the days the value is another one than `base`, by how much then (`others`), and how much of that the
    next day keeps. The gaps are those of `past`."""

    base: float
    others: Numbers
    share: float
    likeness: float
    past: Past


def often_of(before: Numbers, past: Past) -> Often | None:
    """Return it of the days before the start; None where they differ in another way."""
    known = before[~np.isnan(before)]
    least, most = float(known.min()), float(known.max())
    has_two = bool(np.all((known == least) | (known == most)))
    is_least = has_two or np.mean(known == least) >= np.mean(known == most)
    base = least if is_least else most
    is_other = known != base
    if not has_two and 1 - is_other.mean() < SHARE_ALIKE:
        return None
    share = float(is_other.mean())
    return Often(
        base=base,
        others=known[is_other] - base,
        share=share,
        likeness=likeness_of(np.where(np.isnan(before), np.nan, before != base) - share),
        past=past,
    )


def power_of_often(
    often: Often, design: Design, first_weekday: int, sign: int, runs: int = RUNS
) -> Power:
    """Return the power of a design for a difference to the side that is wanted: 1 for higher values, -1 for lower ones. Nobody
    answers yes on more than all days: what is not seen even then is never seen."""
    chance = np.random.default_rng(SEED)
    lives = Lives(often, design, first_weekday, runs, chance)
    size = float(often.others.mean())
    rises = sign * size > 0
    least, most = np.zeros(runs), 1 - lives.shares if rises else lives.shares.copy()
    is_seen = lives.are_seen(most if rises else -most, sign)
    for _ in range(STEPS):
        middle = (least + most) / 2
        found = lives.are_seen(middle if rises else -middle, sign)
        least, most = np.where(found, least, middle), np.where(found, middle, most)
    return Power(needed=np.sort(np.where(is_seen, most * abs(size), np.inf)))


class Lives:
    """Made-up lives, one in each row, in which the same chance makes more days of A another value the more A does."""

    def __init__(
        self,
        often: Often,
        design: Design,
        first_weekday: int,
        runs: int,
        chance: np.random.Generator,
    ) -> None:
        self.often, self.design, self.first_weekday = often, design, first_weekday
        self.shares, likeness = drawn_shares(often, runs, chance)
        shape = (runs, DAYS_BEFORE + design.days)
        self.chances = alike(chance, shape, likeness)
        self.sizes = chance.choice(often.others, size=shape)
        self.is_gap = chance.random(shape) >= often.past.known
        self.is_gap[:, : often.past.blank] = True
        self.is_first = chance.integers(0, 2, size=(runs, design.pairs)).astype(bool)
        arms = np.stack([self.is_first, ~self.is_first], axis=-1).reshape(runs, -1)
        self.is_tried = np.zeros(shape, dtype=bool)
        self.is_tried[:, DAYS_BEFORE:] = np.repeat(arms, design.block_days, axis=1)

    def are_seen(self, more: Numbers, sign: int) -> npt.NDArray[np.bool_]:
        """Return in which lives so much more often on days of A is told from chance."""
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


def drawn_shares(often: Often, runs: int, chance: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return the share and the likeness of each life: those of the past, and around them as far as so few days leave it open."""
    days = often.past.days
    if days is None:
        return np.full(runs, often.share), np.full(runs, often.likeness)
    error = np.sqrt((1 - often.likeness**2) / days)
    likeness = np.clip(often.likeness + error * chance.normal(size=runs), 0, MOST_ALIKE)
    # Days that are alike say less than as many that are not.
    freedom = days * (1 - often.likeness) / (1 + often.likeness)
    shares = chance.beta(often.share * freedom + 0.5, (1 - often.share) * freedom + 0.5, size=runs)
    return shares, likeness


def alike(chance: np.random.Generator, shape: tuple[int, int], likeness: Numbers) -> Numbers:
    """Return a number between 0 and 1 for each day, which the next day keeps in such a share of cases."""
    found = chance.random(shape)
    keeps = chance.random(shape) < likeness[:, None]
    for day in range(1, shape[1]):
        found[:, day] = np.where(keeps[:, day], found[:, day - 1], found[:, day])
    return found

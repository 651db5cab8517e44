"""Made-up lives for `benchmarks.insights`, unrelated ones and ones with a link that is planted, and what is known of them
after a look."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from insights.engine import Look
from insights.panel import Panel
from insights.standing import Pair, Standing
from insights.statistics.chain import LAGS, Allowed
from insights.statistics.course import Array

ACTIONS = tuple(f"action.{number}" for number in range(6))
OUTCOMES = tuple(f"outcome.{number}" for number in range(6))
KEYS = (*ACTIONS, *OUTCOMES)
YES_NO = frozenset(ACTIONS[3:])
#: What is planted: the first action, and the first outcome of the next day.
PLANTED = ACTIONS[0], OUTCOMES[0], 1
#: In standard deviations of what is left from day to day.
WEEKEND, SEASON, TREND, STEP = 0.7, 0.5, 1.0, 1.5
#: Shared quiet stretches and the others between them are of so many days; in quiet ones, all series vary by so much less.
STRETCHES, QUIET = (10, 40), 0.15
#: All series are so far off on ten days a year, which nobody marked as illness.
ILLNESS, DAYS_ILL, YEAR = 3.0, 10, 365
#: The share of days on which a yes/no action is no.
SHARE_OF_NO = 0.7


@dataclass(frozen=True)
class World:
    """`lag_one`: how alike a day is to the one before. `season`: how many times as strong as usual. `step`: whether all
    series share one. `missing`: the share of days that are not known. `quiet`: whether all series have quiet stretches
    together. `ill`: whether there is an illness each year."""

    name: str
    days: int
    lag_one: float = 0.5
    season: float = 1.0
    step: bool = False
    missing: float = 0.1
    quiet: bool = False
    ill: bool = False


WORLDS = (
    World("120 days", 120),
    World("180 days", 180),
    World("365 days", 365),
    World("365 days, lag-1 0.8", 365, lag_one=0.8),
    World("365 days, season three times as strong", 365, season=3.0),
    World("365 days, one shared step", 365, step=True),
    World("730 days, one shared step, a quarter missing", 730, step=True, missing=0.25),
    World("365 days, shared quiet stretches", 365, quiet=True),
)
#: What only marks can mend: that of the promise is not held here.
UNMARKED = (
    World("365 days, ten days of illness, not marked", 365, ill=True),
    World("730 days, ten days of illness a year, not marked", 730, ill=True),
    World("1,095 days, ten days of illness a year, not marked", 1095, ill=True),
)


def allowed() -> Allowed:
    """Return that each action may be tested with each outcome at each lag: 108 tests."""
    found = np.zeros((len(LAGS), len(KEYS), len(KEYS)), dtype=np.bool_)
    found[:, : len(ACTIONS), len(ACTIONS) :] = True
    return found


def noise(chance: np.random.Generator, rows: int, days: int, lag_one: float) -> Array:
    """Return series of mean 0 and standard deviation 1 whose days are like the ones before them."""
    found = chance.standard_normal((rows, days))
    fresh = math.sqrt(1 - lag_one**2)
    for day in range(1, days):
        found[:, day] = lag_one * found[:, day - 1] + fresh * found[:, day]
    return found


def life(chance: np.random.Generator, world: World, link: float = 0.0) -> Panel:
    """Return a life of a world. `link`: the correlation of what is planted, from day to day."""
    rows = noise(chance, len(KEYS), world.days, world.lag_one)
    if link:
        # On top of what is the action's own course, so that days beside the planted one are alike by that alone.
        outcome, action = rows[len(ACTIONS)], rows[0]
        outcome[1:] = link * action[:-1] + math.sqrt(1 - link**2) * outcome[1:]
    if world.quiet:
        rows *= quiet_stretches(chance, world.days)
    rows += shared_by_chance(chance, world)
    if world.ill:
        rows += illnesses(chance, world.days)
    actions = rows[: len(ACTIONS)]
    for one in range(len(ACTIONS) - len(YES_NO), len(ACTIONS)):
        actions[one] = actions[one] > np.quantile(actions[one], SHARE_OF_NO)
    rows[chance.random(rows.shape) < world.missing] = np.nan
    first = date(2024, 1, 1) + timedelta(days=int(chance.integers(7)))
    return Panel(KEYS, rows, first, YES_NO)


def quiet_stretches(chance: np.random.Generator, days: int) -> Array:
    """Return by day how much all series vary."""
    lengths = chance.integers(*STRETCHES, days // STRETCHES[0] + 1)
    return np.repeat(np.where(np.arange(len(lengths)) % 2, QUIET, 1.0), lengths)[:days]


def illnesses(chance: np.random.Generator, days: int) -> Array:
    """Return how far off each series is by day, each in its own direction."""
    ill = np.zeros(days)
    for year in range(0, days, YEAR):
        begin = year + int(chance.integers(20, 330))
        ill[begin : begin + DAYS_ILL] = ILLNESS
    return np.asarray(chance.choice([-1.0, 1.0], (len(KEYS), 1)) * ill)


def shared_by_chance(chance: np.random.Generator, world: World, rows: int = len(KEYS)) -> Array:
    """Return what the series have in common without having to do with each other: a weekend, a season, a trend, and
    perhaps a step."""
    day = np.arange(world.days)
    weekend = (day + chance.integers(7)) % 7 >= 5
    season = np.sin(2 * math.pi * (day / 365.25 + chance.random())) * world.season
    step = day >= chance.integers(world.days // 4, 3 * world.days // 4)
    parts = [(weekend, WEEKEND), (season, SEASON), (day / world.days, TREND)]
    parts += [(step, STEP)] * world.step
    signs = chance.choice([-1.0, 1.0], (rows, len(parts)))
    sizes = signs * np.array([size for _, size in parts])
    return np.asarray(sizes @ np.stack([one.astype(np.float64) for one, _ in parts]))


# --- Many metrics, several links --------------------------------------------------------------------

MANY_ACTIONS = tuple(f"action.{number:02}" for number in range(20))
MANY_OUTCOMES = tuple(f"outcome.{number:02}" for number in range(20))
MANY_KEYS = (*MANY_ACTIONS, *MANY_OUTCOMES)
#: So many actions, the first ones, each go with one outcome of the next day.
LINKED = 6


def many_allowed() -> Allowed:
    """Return that each of 20 actions may be tested with each of 20 outcomes at each lag: 1,200 tests."""
    found = np.zeros((len(LAGS), len(MANY_KEYS), len(MANY_KEYS)), dtype=np.bool_)
    found[:, : len(MANY_ACTIONS), len(MANY_ACTIONS) :] = True
    return found


def many_linked(chance: np.random.Generator, world: World, link: float) -> Panel:
    """Return a life of 40 metrics with six links, of this correlation from day to day."""
    rows = noise(chance, len(MANY_KEYS), world.days, world.lag_one)
    for one in range(LINKED):
        outcome = rows[len(MANY_ACTIONS) + one]
        outcome[1:] = link * rows[one, :-1] + math.sqrt(1 - link**2) * outcome[1:]
    rows += shared_by_chance(chance, world, len(MANY_KEYS))
    rows[chance.random(rows.shape) < world.missing] = np.nan
    return Panel(MANY_KEYS, rows, date(2024, 1, 1) + timedelta(days=int(chance.integers(7))))


def looked_at_by(one: Look, panel: Panel) -> frozenset[Pair]:
    """Return the pairs that a look has tested, or could have with more known days."""
    return frozenset(
        (panel.keys[stretch.rows[action]], panel.keys[stretch.rows[outcome]])
        for stretch in one.stretches
        for action, outcome in np.argwhere(stretch.allowed.any(axis=0))
    )


def after(standings: Mapping[Pair, Standing], one: Look) -> dict[Pair, Standing]:
    """Return what is known after a look."""
    return {**standings, **{found.standing.pair: found.standing for found in one.verdicts}}

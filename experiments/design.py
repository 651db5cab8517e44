"""The days of an experiment: pairs of blocks, and by a coin from a stored seed which arm comes first in each."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

#: Of five pairs even the clearest result could come by chance in 2 of 32 cases, which is more than 5 %.
FEWEST_PAIRS, MOST_PAIRS = 6, 20
SHORTEST_BLOCK, LONGEST_BLOCK = 1, 7
#: The days before the start by which the days of the week are evened out, and the power is reckoned.
DAYS_BEFORE = 120


class Arm(enum.StrEnum):
    """What is done on a day: what is tried, or what it is compared with."""

    A = "a"
    B = "b"

    @property
    def other(self) -> Arm:
        return Arm.B if self is Arm.A else Arm.A


class Block(NamedTuple):
    """Days in a row with the same arm. `first` counts the days since the start, from 0; `pair` the pairs, from 0."""

    pair: int
    arm: Arm
    first: int


@dataclass(frozen=True, kw_only=True)
class Design:
    """How long the blocks are, how many days at the beginning of each do not count, and how many pairs there are."""

    block_days: int
    washout_days: int
    pairs: int

    @property
    def days(self) -> int:
        return 2 * self.pairs * self.block_days


def first_arms(seed: int, pairs: int) -> list[Arm]:
    """Return which arm comes first in each pair. The same seed gives the same coins, on any machine and in any version."""
    return [first_arm(seed, pair) for pair in range(pairs)]


def first_arm(seed: int, pair: int) -> Arm:
    digest = hashlib.sha256(f"{seed} {pair}".encode()).digest()
    return Arm.A if digest[0] & 1 else Arm.B


def blocks(design: Design, seed: int) -> Iterator[Block]:
    """Yield the blocks in their order. As each pair has both arms, never more than two equal blocks follow each other."""
    for pair, arm in enumerate(first_arms(seed, design.pairs)):
        begin = 2 * pair * design.block_days
        yield Block(pair, arm, begin)
        yield Block(pair, arm.other, begin + design.block_days)


def arms_by_day(design: Design, seed: int) -> list[Arm]:
    """Return the arm of each day since the start."""
    return [block.arm for block in blocks(design, seed) for _ in range(design.block_days)]


def is_washout(design: Design, day: int) -> bool:
    """Return whether a day, counted from 0 at the start, is one of those at the beginning of a block that do not count."""
    return day % design.block_days < design.washout_days

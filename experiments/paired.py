"""From the values of days to the differences between the blocks of each pair, and what follows from these."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.design import Arm, Design, first_arms
from experiments.effect import Effect
from experiments.exact import Numbers, interval, sign_flip_p

# Of each day of the week at least so many must be known, else nothing is taken away.
FEWEST_OF_A_WEEKDAY = 4


def as_numbers(values: Sequence[float | None]) -> Numbers:
    """Return the values as an array in which an unknown day is not a number."""
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)


def weekday_deviations(before: Numbers, first_weekday: int) -> Numbers:
    """Return by how much each day of the week, from 0 for Monday, differs from the mean of the seven. Zero of all where one
    of them is known too rarely. `before` begins on `first_weekday` and may hold several lives, one in each row."""
    by_weekday = [before[..., (weekday - first_weekday) % 7 :: 7] for weekday in range(7)]
    counts = np.stack([np.sum(~np.isnan(one), axis=-1) for one in by_weekday], axis=-1)
    sums = np.stack([np.nansum(one, axis=-1) for one in by_weekday], axis=-1)
    means = sums / np.maximum(counts, 1)
    is_enough = np.all(counts >= FEWEST_OF_A_WEEKDAY, axis=-1, keepdims=True)
    found: Numbers = np.where(is_enough, means - means.mean(axis=-1, keepdims=True), 0.0)
    return found


def evened_out(values: Numbers, first_weekday: int, deviations: Numbers) -> Numbers:
    """Return the values without what their day of the week usually brings."""
    weekdays = (first_weekday + np.arange(values.shape[-1])) % 7
    found: Numbers = values - deviations[..., weekdays]
    return found


def first_minus_second(values: Numbers, design: Design) -> Numbers:
    """Return for each pair the mean of its first block less that of its second; not a number where no day of a block is
    known. `values` are those of all days of the experiment, on the last axis."""
    shape = (*values.shape[:-1], design.pairs, 2, design.block_days)
    counted = values.reshape(shape)[..., design.washout_days :]
    known = np.sum(~np.isnan(counted), axis=-1)
    means = np.nansum(counted, axis=-1) / np.maximum(known, 1)
    means = np.where(known > 0, means, np.nan)
    found: Numbers = means[..., 0] - means[..., 1]
    return found


def effect_of(values: Numbers, design: Design, seed: int) -> Effect:
    """Return what A came to more than B. `values` are those of all days, with the days of the week evened out."""
    signs = np.array([1.0 if arm is Arm.A else -1.0 for arm in first_arms(seed, design.pairs)])
    differences = signs * first_minus_second(values, design)
    known = differences[~np.isnan(differences)]
    limits = interval(known)
    return Effect(
        pairs=tuple(None if np.isnan(one) else float(one) for one in differences),
        estimate=float(known.mean()) if len(known) else None,
        low=limits[0] if limits else None,
        high=limits[1] if limits else None,
        p=sign_flip_p(known) if limits else None,
    )

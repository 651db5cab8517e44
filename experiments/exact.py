"""The exact test of paired differences, and the interval that belongs to it.

Only the coin is believed: if the arms made no difference, each difference might as well have had the other sign. So the
test compares what was found with all 2^n choices of signs. It is right whatever the days have to do with each other."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
#: A result is told from chance if chance alone brings one like it in at most so many cases.
LEVEL = 0.05
# Sums of the same numbers in another order may differ by so much, as a share of the largest.
ROUNDING = 1e-9


def sign_flip_p(differences: Numbers) -> float:
    """Return in which share of all 2^n choices of signs the mean is at least as far from zero as the one found."""
    if not len(differences):
        return 1.0
    # Turning all signs changes no distance from zero, so that the first may keep its own.
    sums = signed_sums(differences)
    slack = ROUNDING * float(np.abs(differences).sum())
    return float(np.mean(np.abs(sums) >= abs(float(differences.sum())) - slack))


def signed_sums(differences: Numbers) -> Numbers:
    """Return the sums for all choices of signs in which the first difference keeps its sign: 2^(n - 1) of them."""
    sums = differences[:1].copy()
    for one in differences[1:]:
        sums = np.concatenate([sums + one, sums - one])
    return sums


def interval(differences: Numbers, level: float = LEVEL) -> tuple[float, float] | None:
    """Return the least and the greatest effect that the exact test does not refuse; None where there are too few
    differences for it to refuse any.

    An effect below the mean is refused if at most `level` / 2 * 2^n choices of signs are as extreme. These are one more
    than there are subsets of the differences whose mean is not above the effect, so that the limits are two of these
    means.
    """
    rank = rank_of(len(differences), level)
    if not rank:
        return None
    means = subset_means(differences)
    means = np.partition(means, [rank - 1, len(means) - rank])
    return float(means[rank - 1]), float(means[-rank])


def rank_of(pairs: int, level: float = LEVEL) -> int:
    """Return which of the sorted means of subsets is the limit, counted from 1; 0 where none is."""
    # A little more, so that a whole number stays one: 0.05 * 2^n / 2 is computed with a rounding.
    return math.floor(level / 2 * (1 << pairs) + ROUNDING)


def subset_means(differences: Numbers) -> Numbers:
    """Return the means of all 2^n - 1 subsets that have a member."""
    sums, sizes = np.zeros(1), np.zeros(1)
    for one in differences:
        sums, sizes = np.concatenate([sums, sums + one]), np.concatenate([sizes, sizes + 1])
    means: Numbers = sums[1:] / sizes[1:]
    return means

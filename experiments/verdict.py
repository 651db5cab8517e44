"""What an experiment says in the end: keep what was tried, drop it, or nothing of the kind."""

from __future__ import annotations

import enum

from experiments.effect import Effect


class Verdict(enum.StrEnum):
    KEEP = "keep"
    DROP = "drop"
    UNDECIDED = "undecided"


class Reason(enum.StrEnum):
    """Why the verdict is what it is."""

    BETTER = "better"
    WORSE = "worse"
    #: It is better, but surely by less than is worth it.
    TOO_LITTLE = "too little"
    CHANCE = "could be chance"
    TOO_FEW = "too few pairs"


def verdict_of(effect: Effect, sign: int, worth: float | None) -> tuple[Verdict, Reason]:
    """Return the verdict on A. `sign`: 1 where higher values are better, -1 where lower ones are. `worth`: the smallest
    gain that is worth it; None where any is."""
    if effect.low is None or effect.high is None:
        return Verdict.UNDECIDED, Reason.TOO_FEW
    low, high = sorted((sign * effect.low, sign * effect.high))
    if high < 0:
        return Verdict.DROP, Reason.WORSE
    if worth is not None and high < worth:
        return Verdict.DROP, Reason.TOO_LITTLE
    return (Verdict.KEEP, Reason.BETTER) if low > 0 else (Verdict.UNDECIDED, Reason.CHANCE)

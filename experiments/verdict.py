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

    #: All of the interval is a gain, and one that matters.
    BETTER = "better"
    WORSE = "worse"
    #: A gain that matters is refused by the test, be it a smaller gain or none.
    TOO_LITTLE = "too little"
    #: It is better, but the interval holds gains that do not matter.
    PERHAPS_TOO_LITTLE = "perhaps too little"
    #: As too little, but A or B was not kept on so many days that this says little of doing it.
    TOO_FEW_KEPT = "too few days kept"
    CHANCE = "could be chance"
    TOO_FEW = "too few pairs"


def verdict_of(
    effect: Effect, sign: int, worth: float | None, *, is_kept: bool = True
) -> tuple[Verdict, Reason]:
    """Return the verdict on A. `sign`: 1 where higher values are better, -1 where lower ones are. `worth`: the smallest
    gain that matters; None where any does. To keep A, all of the interval must be such a gain. `is_kept`: whether A and B were
    kept on nearly all days of which that is known; else a small difference is no reason to drop A."""
    if effect.low is None or effect.high is None:
        return Verdict.UNDECIDED, Reason.TOO_FEW
    low, high = sorted((sign * effect.low, sign * effect.high))
    if high < 0:
        return Verdict.DROP, Reason.WORSE
    if worth is not None and high < worth:
        return (
            (Verdict.DROP, Reason.TOO_LITTLE)
            if is_kept
            else (Verdict.UNDECIDED, Reason.TOO_FEW_KEPT)
        )
    if low <= 0:
        return Verdict.UNDECIDED, Reason.CHANCE
    if worth is not None and low < worth:
        return Verdict.UNDECIDED, Reason.PERHAPS_TOO_LITTLE
    return Verdict.KEEP, Reason.BETTER

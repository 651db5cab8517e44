"""Four steps of one colour, for how much there was of something that is counted."""

from __future__ import annotations

from collections.abc import Sequence

from lifetracker.web.charts.legend import Key
from lifetracker.web.charts.scales import percentile

#: The shares of the counts above zero at which the first three steps end.
ENDS = (25, 60, 90)
NONE = "f-sunken"


class Steps:
    """Up to which count each step reaches, by the counts that are drawn: most days are in the lower ones."""

    def __init__(self, counts: Sequence[int]) -> None:
        found = [count for count in counts if count > 0]
        self.ends: list[int] = []
        for share in ENDS:
            end = round(percentile(found, share)) if found else 0
            self.ends.append(max(end, self.ends[-1] + 1 if self.ends else 1))

    def of(self, count: int) -> int:
        """Return the step of a count, from 1 to 4; 0 for none."""
        return 1 + sum(count > end for end in self.ends) if count else 0

    def fill(self, count: int) -> str:
        """Return the class of a cell."""
        step = self.of(count)
        return f"f-step-{step}" if step else NONE

    def keys(self, counts: Sequence[int]) -> list[Key]:
        """Return the entries of the legend, each with how many of the counts are in it."""
        steps = [self.of(count) for count in counts]
        words = ["none", *self.words()]
        fills = [NONE, *(f"f-step-{step}" for step in range(1, 5))]
        return [
            Key(fill, word, f"{steps.count(step):,}")
            for step, (fill, word) in enumerate(zip(fills, words, strict=True))
        ]

    def words(self) -> list[str]:
        """Return what each step holds: `1`, `2 to 3`, `4 to 5`, `6 and more`."""
        begins = [1, *(end + 1 for end in self.ends)]
        bounded = [
            f"{begin:,}" if begin == end else f"{begin:,} to {end:,}"
            for begin, end in zip(begins, self.ends, strict=False)
        ]
        return [*bounded, f"{begins[-1]:,} and more"]

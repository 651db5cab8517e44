"""What an experiment came to, without what it is reckoned with: pages and answers load no numpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What A came to more than B. `pairs` holds the difference of each pair, None where none of the
    days of a block is known. `low` and `high` are None where too few pairs are known for an interval; then there is no result either."""

    pairs: tuple[float | None, ...]
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None

    @property
    def known_pairs(self) -> int:
        return len(self.pairs) - self.pairs.count(None)

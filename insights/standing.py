"""What is known of a pair of series, and what a look says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from insights.evidence import Evidence
from insights.states import State

Pair = tuple[str, str]


@dataclass(frozen=True)
class Held:
    """The days that confirmed a finding: the first and the last of them, on how many both of the pair were known, and how
    well it went together on these."""

    first: date
    last: date
    days: int
    r: float


@dataclass(frozen=True)
class Standing:
    """What is known of a pair of series. `found_on`: the last day of the look that found it. `r`: how well it went
    together there. `tested_on`: the last known day of the newest test. `fadings`: how many of the newest tests in a row
    said that it fades. `held`: the days that confirmed it."""

    action: str
    outcome: str
    lag: int
    state: State
    found_on: date
    r: float
    tested_on: date
    fadings: int = 0
    held: Held | None = None

    @property
    def pair(self) -> Pair:
        return self.action, self.outcome


@dataclass(frozen=True)
class Verdict:
    """What a look says of a pair, and by which evidence. `found`: what it was found by, where it is new. `corrects`: whether
    the evidence is that of the days that confirmed it, which are known otherwise by now."""

    standing: Standing
    evidence: Evidence
    found: Evidence | None = None
    corrects: bool = False

    @property
    def state(self) -> State:
        """Return what the test itself says."""
        is_kept = self.corrects and self.standing.state is not State.WITHDRAWN
        return State.CORRECTED if is_kept else self.standing.state

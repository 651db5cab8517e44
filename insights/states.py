"""What may become of a finding."""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not confirmed"
    HOLDING = "holding"
    FADING = "fading"
    WITHDRAWN = "withdrawn"
    #: Of a test alone: the days that confirmed it are known otherwise by now, and confirm it still.
    CORRECTED = "corrected"


SHOWN = frozenset({State.CONFIRMED, State.HOLDING, State.FADING})
BARRED = frozenset({State.NOT_CONFIRMED, State.WITHDRAWN})


class ChangeState(enum.StrEnum):
    """What may become of a change of a mean."""

    MAYBE = "maybe"
    CHANGED = "changed"
    #: All days that are compared lie after it: it is what is usual now.
    SETTLED = "settled"
    #: It was told, and went back.
    OVER = "over"
    #: It was never told, because it did not hold for two more weeks.
    TAKEN_BACK = "taken back"


OPEN_CHANGES = frozenset({ChangeState.MAYBE, ChangeState.CHANGED})
TOLD_CHANGES = frozenset({ChangeState.CHANGED, ChangeState.SETTLED, ChangeState.OVER})

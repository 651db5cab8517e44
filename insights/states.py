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


SHOWN = frozenset({State.CONFIRMED, State.HOLDING, State.FADING})
BARRED = frozenset({State.NOT_CONFIRMED, State.WITHDRAWN})

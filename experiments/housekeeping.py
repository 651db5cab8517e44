"""What is done once a day: experiments that are over get their result."""

from __future__ import annotations

from datetime import datetime

from experiments.acts import finish_all
from lifetracker.ops.housekeeping import chore


@chore("experiments that got their result")
def reckon_experiments(now: datetime) -> int:
    """Reckon experiments that have been over for some days; nothing is removed."""
    return finish_all()

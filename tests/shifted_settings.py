"""The settings of the program, for processes of a test: their clock is ahead of the machine's by
`TEST_CLOCK_SHIFT` seconds."""

import os
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from lifetracker.settings import *  # noqa: F403

_shift = timedelta(seconds=float(os.environ.get("TEST_CLOCK_SHIFT", "0")))


def shifted_now() -> datetime:
    return datetime.now(UTC) + _shift


timezone.now = shifted_now

"""The limits by which days are judged, as people type them: amounts, and times of day such as `22:30` or `10:30 pm`."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError

from goals.forms import AmountField
from lifetracker.web.sentences import clock_of

_TIME = re.compile(r"(\d{1,2})(?:[:h]([0-5]\d))?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
NO_TIME = "Enter a time of day, such as 22:30."


class LimitField(AmountField):
    """A limit of the metric by which a day is judged."""

    #: Whether that is a time of day.
    is_clock = False

    def prepare_value(self, value: Any) -> Any:
        if self.is_clock and isinstance(value, int | float):
            return clock_of(value)
        return super().prepare_value(value)


def hour_of(typed: str) -> float:
    """Return the hours since midnight. Raises ValidationError for what is no time of day."""
    found = _TIME.fullmatch(" ".join(typed.split()))
    if not found:
        raise ValidationError(NO_TIME)
    hour, half = int(found[1]), (found[3] or "").casefold()
    if hour > (12 if half else 23) or (half and not hour):
        raise ValidationError(NO_TIME)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour + int(found[2] or 0) / 60

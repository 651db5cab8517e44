"""What stands for a number that nobody measured. Services send 0 or -1 where they have none; in a
column it is NULL, so that no average takes it for a measure."""

from __future__ import annotations

from django.core.exceptions import ValidationError

FILLERS = (0, -1)


def is_filler(value: object) -> bool:
    """Return whether a number stands for none, where neither 0 nor -1 can be measured."""
    return type(value) in {int, float} and value in FILLERS


def refuse_zero(value: object) -> None:
    """Refuse a typed-in 0. Raises ValidationError."""
    if value == 0:
        raise ValidationError(
            "0 is not a possible value. Leave this empty if nothing was measured."
        )

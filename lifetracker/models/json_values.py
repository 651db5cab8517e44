"""How single values of columns are written as JSON, in backups, in the export and where old values are kept."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.duration import duration_iso_string


def json_value(value: object) -> bool | int | float | str | None:
    """Return the value as JSON has it, such that the field's `to_python` makes the same of it again."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return duration_iso_string(value)
        case Decimal() | UUID():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
    raise TypeError(f"A {type(value).__name__} has no form in JSON.")


def json_default(value: object) -> float | str | None:
    """Return a value that JSON cannot hold as one that it can. Our decimals have few enough digits for a number."""
    return float(value) if isinstance(value, Decimal) else json_value(value)

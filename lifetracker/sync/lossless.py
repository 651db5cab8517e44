"""JSON as services send it, read and written without losing anything.

orjson does it in a fraction of the time. Python's own reader and writer, which are wider, take over where
orjson refuses (infinity, half a character, deep nesting), or would change a number.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import orjson

# A value as a service sends it.
Json = dict[str, Any] | list[Any] | str | int | float | bool | None

# orjson makes a float of a whole number that has more than 64 bits, and such a one has 19 digits at least.
ALL_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
LONG_NUMBER = b"0" * 19


class NotFinite(float):
    """NaN or infinity: no JSON, although some write it. orjson would write null for a plain float."""


def number(text: str) -> float:
    value = float(text)
    return value if isfinite(value) else NotFinite(value)


def read_json(body: bytes) -> Any:
    """Return the value, of UTF-8 (RFC 8259, 8.1). Raises ValueError and RecursionError."""
    if LONG_NUMBER not in body.translate(ALL_DIGITS):
        try:
            return orjson.loads(body)
        except ValueError:
            # Perhaps only orjson finds fault with it.
            pass
    return json.loads(body.decode(), parse_float=number, parse_constant=NotFinite)


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def to_json(value: object) -> str:
    """Text rather than objects: what both databases take for a JSON column without another pass. Raises
    ValueError for what is not finite, and RecursionError."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return encode(value)

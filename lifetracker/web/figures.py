"""The figures at the head of a page."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """A number of the range with what stands beside it, and the address of the records that it was made of."""

    label: str
    value: str
    beside: str
    url: str = ""
    unit: str = ""

"""What an app has to say on the page of another one: a sentence, with a link to where it comes from.

An app declares it in `asides.py`, which is found as its cards are. The page collects what there is, and knows no other app.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from lifetracker.web.ranges import Range


class Aside(NamedTuple):
    text: str
    url: str
    link: str


#: Returns what there is to say of a range of days; None for nothing.
MakeAside = Callable[[Range], Aside | None]
_declared: dict[str, list[MakeAside]] = defaultdict(list)


def register_aside(page: str, make: MakeAside) -> None:
    """Declare what an app has to say on a page, by the name of its address."""
    _declared[page].append(make)


def asides_of(page: str, shown: Range) -> list[Aside]:
    """Return what apps have to say on a page of a range of days."""
    made = (make(shown) for make in _declared[page])
    return [one for one in made if one]

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from django.urls import reverse

from goals.models import Goal
from lifetracker.models.together import Few
from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder


def goals(asked: Asked) -> Few:
    return Few(Goal.objects.live(), frozenset({"name"}))


def find_goals(asked: Asked, rows: list[Goal]) -> Iterator[SearchResult]:
    yield from by_name(
        asked,
        (
            Named((one.name,), one.name, partial(reverse, "goal", args=[one.pk]))
            for one in sorted(rows, key=attrgetter("name"))
        ),
    )


register_finder(Finder("Goals", "goals by name", 40, find_goals, goals))

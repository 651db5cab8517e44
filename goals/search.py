from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from goals.models import Goal
from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder


def find_goals(asked: Asked) -> Iterator[SearchResult]:
    rows = Goal.objects.live().order_by("name").values_list("pk", "name")
    yield from by_name(
        asked, (Named((name,), name, partial(reverse, "goal", args=[pk])) for pk, name in rows)
    )


register_finder(Finder("Goals", "goals by name", 40, find_goals))

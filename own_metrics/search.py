from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder
from own_metrics.models import OwnMetric


def find(asked: Asked) -> Iterator[SearchResult]:
    rows = OwnMetric.objects.all().in_order().values_list("pk", "name")
    yield from by_name(
        asked,
        (
            Named((name,), name, partial(reverse, "own-metric", args=[pk]), "own metric")
            for pk, name in rows
        ),
    )


register_finder(Finder("Own metrics", "own metrics by name", 37, find))

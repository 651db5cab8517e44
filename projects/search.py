from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder
from projects.models import Project


def find_projects(asked: Asked) -> Iterator[SearchResult]:
    rows = Project.objects.live().order_by("name").values_list("pk", "name", "status")
    yield from by_name(
        asked,
        (
            Named((name,), name, partial(reverse, "project", args=[pk]), status)
            for pk, name, status in rows
        ),
    )


register_finder(Finder("Projects", "projects by name", 30, find_projects))

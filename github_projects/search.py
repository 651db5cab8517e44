from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from django.db.models import F
from django.utils.dateformat import format as format_date

from github_projects.models import GITHUB, Commit, Repository
from github_projects.repository_table import address_of
from lifetracker.web.search import (
    MOST,
    Asked,
    Finder,
    Named,
    SearchResult,
    by_name,
    register_finder,
)

#: The beginning of an object id, from so many digits on.
OID = re.compile(r"[0-9a-f]{4,64}")


def find_repositories(asked: Asked) -> Iterator[SearchResult]:
    rows = Repository.objects.live().order_by("full_name")
    yield from by_name(
        asked,
        (
            Named((name, full_name), full_name, partial(address_of, full_name), language or "")
            for name, full_name, language in rows.values_list(
                "name", "full_name", "primary_language"
            )
        ),
    )


def find_commits(asked: Asked) -> Iterator[SearchResult]:
    """Yield the commits whose id begins with what was typed."""
    begin = asked.text.casefold()
    if not OID.fullmatch(begin):
        return
    # As a range, which the index of ids has; `g` comes after all digits.
    rows = Commit.objects.live().filter(
        source=GITHUB, source_id__gte=begin, source_id__lt=f"{begin}g"
    )
    columns = ("source_id", "date", "added", "deleted", "name")
    within = rows.annotate(name=F("repositories__full_name")).order_by("source_id", "name")
    for oid, day, added, deleted, name in within.values_list(*columns)[: MOST + 1]:
        when = format_date(day, "j M Y") if day else "day not known"
        place = f"{address_of(name)}?from={day}&to={day}" if day else address_of(name)
        yield SearchResult(oid[:12], place, f"{name}, {when}, +{added:,} \N{MINUS SIGN}{deleted:,}")


register_finder(Finder("Repositories", "repositories by name", 50, find_repositories))
register_finder(
    Finder(
        "Commits",
        "commits by the beginning of their id (their messages are not kept here)",
        90,
        find_commits,
    )
)

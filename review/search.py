from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from django.urls import reverse

from lifetracker.models.together import Few
from lifetracker.web.search import Asked, Finder, SearchResult, likely, register_finder
from review.intentions import week_from
from review.models import Intention

#: There is one a week: so many are all of most lives.
NEWEST = 1_000


def intentions(asked: Asked) -> Few:
    newest = Intention.objects.order_by("-date").values("pk")[:NEWEST]
    rows = likely(Intention.objects.live().filter(pk__in=newest), "text", asked.words)
    return Few(rows, frozenset({"text", "date"}))


def find_intentions(asked: Asked, rows: list[Intention]) -> Iterator[SearchResult]:
    """Yield the intentions whose text has the words, the newest first."""
    for one in sorted(rows, key=attrgetter("date"), reverse=True):
        if asked.fits(one.text):
            yield SearchResult(
                one.text,
                reverse("intention", args=[one.pk]),
                f"intention for {week_from(one.date).title}",
            )


register_finder(Finder("Intentions", "intentions for weeks", 42, find_intentions, intentions))

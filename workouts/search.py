from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.dateformat import format as format_date

from lifetracker.web.search import Asked, Finder, SearchResult, newest, register_finder
from lifetracker.words import counted
from workouts.models import Workout
from workouts.sports import sport_key, sport_words

#: The newest workouts that are searched. Of most lives that is all.
NEWEST = 10_000


def find_sports(asked: Asked) -> Iterator[SearchResult]:
    """Yield sports, those with the latest workout first."""
    # Not by what stands there, which need not be what a sport is called.
    rows = newest(Workout.objects.live(), "start", NEWEST)
    groups = rows.order_by().values("sport_name").annotate(Count("pk"), last=Max("date"))
    columns = ("sport_name", "pk__count", "last")
    alike: dict[str, list[tuple[str, int, date]]] = {}
    for row in groups.order_by("-last").values_list(*columns):
        alike.setdefault(sport_key(row[0]), []).append(row)
    for rows_of_sport in alike.values():
        sport, _, last = rows_of_sport[0]
        count = sum(row[1] for row in rows_of_sport)
        name = sport_words(sport)
        if asked.fits(name, *(row[0] for row in rows_of_sport)):
            query = urlencode({"range": "all", "sport": sport})
            beside = f"{counted(count, 'workout')}, the last on {format_date(last, 'j M Y')}"
            yield SearchResult(name, f"{reverse('workouts')}?{query}", beside)


register_finder(Finder("Workouts", f"the sports of your last {NEWEST:,} workouts", 75, find_sports))

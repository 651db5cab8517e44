"""What search finds of nutrition: foods and recipes by name, and the days on which something of a name was eaten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Subquery
from django.urls import reverse
from django.utils.dateformat import format as format_date

from lifetracker.web.search import MOST, Asked, Finder, SearchResult, likely, register_finder
from nutrition.day_address import day_address
from nutrition.food_search import search_foods
from nutrition.models import MealItem
from nutrition.suggestions import origin_of

#: The items written down last, whose names are searched: three years of most diaries.
NEWEST = 10_000
CANDIDATES = 200


def find_foods(asked: Asked) -> Iterator[SearchResult]:
    for food in search_foods(asked.text, MOST + 1, with_slip=False):
        yield SearchResult(str(food), reverse("food", args=[food.pk]), origin_of(food))


def find_eaten(asked: Asked) -> Iterator[SearchResult]:
    """Yield what was eaten, each name once, with the day on which it was written down last."""
    last = MealItem.objects.order_by("-pk").values("pk")[:1]
    rows = MealItem.objects.live().filter(pk__gt=Subquery(last) - NEWEST, meal__deleted_at=None)
    found = likely(rows, "name", asked.words).order_by("-pk")
    days: dict[str, date] = {}
    for name, day in found.values_list("name", "meal__date")[:CANDIDATES]:
        if name not in days and asked.fits(name):
            days[name] = day
            beside = f"eaten on {format_date(day, 'j M Y')}"
            yield SearchResult(name, day_address(day, asked.today), beside)


register_finder(Finder("Foods", "foods and recipes by name and brand", 84, find_foods))
register_finder(
    Finder("Eaten", f"the names of the last {NEWEST:,} things that you ate", 85, find_eaten)
)

"""The page on which a meal of the last weeks is had again on a day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateformat import format as format_date
from django.views.decorators.http import require_safe

from lifetracker import days
from lifetracker.web.one_day import NoSuchDay, full_day, shown_day
from nutrition.amount_words import amount_words, kcal_words
from nutrition.day_address import day_address
from nutrition.forms import new_key
from nutrition.models import Meal, MealItem

BETWEEN = " \N{MIDDLE DOT} "
#: So many of the newest meals are looked at, and so many different ones are listed.
NEWEST, LISTED = 120, 30


class MealToCopy(NamedTuple):
    pk: int
    title: str
    kcal: str
    #: `Skyr 200 g · Apple 1 apple`.
    items: str


@login_required
@require_safe
def copy_page(request: HttpRequest) -> HttpResponse:
    """List the meals of the last weeks, each once: one press has it again."""
    today = days.today()
    try:
        day = shown_day(request.GET.get("day", today.isoformat()), today)
    except NoSuchDay:
        day = today
    context = {
        "day": day,
        "heading": full_day(day, today),
        "meals": meals_to_copy(day),
        "key": new_key(),
        "back": day_address(day, today),
    }
    return render(request, "nutrition/copy.html", context)


def meals_to_copy(day: date) -> list[MealToCopy]:
    """Return different meals up to a day, the newest first, by three statements."""
    meals = Meal.objects.live().filter(date__lte=day).order_by("-eaten_at").with_items()
    found: dict[str, MealToCopy] = {}
    for meal in meals[:NEWEST]:
        words = BETWEEN.join(described(item) for item in meal.items.all())
        if words and len(found) < LISTED:
            title = f"{meal.get_kind_display()}, {format_date(meal.date, 'D j M')}"
            found.setdefault(words, MealToCopy(meal.pk, title, kcal_words(meal.total), words))
    return list(found.values())


def described(item: MealItem) -> str:
    """Return `Skyr 200 g`; of energy alone its name."""
    return f"{item.name} {amount_words(item.amount, item.unit)}" if item.food else item.name

"""What was just done, said with the way to undo it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lifetracker.web.sentences import isolated
from lifetracker.web.undo import say_with_undo
from lifetracker.words import counted, joined
from nutrition.amount_words import amount_words, eaten_words
from nutrition.day_address import day_address
from nutrition.fast_question import LONGEST_ID, to_ask_about
from nutrition.item_undo import State, state_of, undo_change_address
from nutrition.line_meaning import Left
from nutrition.models import Meal, MealItem

#: So many meals an address names at most.
MOST_IDS = 20


def was_added(request: HttpRequest, item: MealItem) -> HttpResponse:
    """Lead to the day of what was added."""
    undo = reverse("nutrition-item-remove", args=[item.pk])
    say_with_undo(request, f"{described(item)} was added.", undo)
    # Asked with the first item of a meal, and not with each one after it.
    is_new = item.meal.items.live().count() == 1
    made = [item.meal] if is_new else ()
    return redirect(address_after(made, item.meal.date, going_on=item.meal))


def were_added(
    request: HttpRequest, items: Sequence[MealItem], left: Sequence[Left]
) -> HttpResponse:
    """Lead to the day of what was added, with one button to undo all of it. `left`: what stays on the line."""
    ids = ids_of(items)
    text = described(items[0]) if len(items) == 1 else counted_names(items)
    was = "was" if len(items) == 1 else "were"
    say_with_undo(request, f"{text} {was} added.", f"{reverse('nutrition-items-remove')}?{ids}")
    for one in left:
        messages.info(request, f"“{one.text}” is still on the line. {one.why}")
    meal = items[0].meal
    made = [meal] if meal.items.live().count() == len(items) else ()
    line = ", ".join(one.text for one in left)
    return redirect(address_after(made, meal.date, going_on=meal, line=line))


def were_removed(request: HttpRequest, items: Sequence[MealItem]) -> HttpResponse:
    """Lead to the day of what was removed."""
    undo = f"{reverse('nutrition-items-restore')}?{ids_of(items)}"
    say_with_undo(request, f"{counted_names(items)} were removed.", undo)
    return redirect(day_address(items[0].meal.date))


def counted_names(items: Sequence[MealItem]) -> str:
    """Return `3 foods (Egg, Skyr and Banana)`, or `2 foods (Egg; Skyr, plain)`; of one that is there twice `2 entries of Egg`."""
    times = Counter(item.name for item in items)
    if len(times) == 1:
        return f"{counted(len(items), 'entry', 'entries')} of {isolated(items[0].name)}"
    names = [
        isolated(name) if number == 1 else f"{number} × {isolated(name)}"
        for name, number in times.items()
    ]
    is_mixed_up = any("," in name or " and " in name.casefold() for name in times)
    listed = "; ".join(names) if is_mixed_up else joined(names)
    return f"{counted(len(items), 'food')} ({listed})"


def ids_of(items: Sequence[MealItem]) -> str:
    return urlencode({"ids": ",".join(str(item.pk) for item in items)}, safe=",")


def was_removed(request: HttpRequest, item: MealItem) -> HttpResponse:
    """Lead to the day of what was removed."""
    undo = reverse("nutrition-item-restore", args=[item.pk])
    say_with_undo(request, f"{described(item)} was removed.", undo)
    return redirect(day_address(item.meal.date))


def was_changed(
    request: HttpRequest, item: MealItem, before: State, text_before: str
) -> HttpResponse:
    """Lead to an item on its day: with what it was and is, and nothing where it is the same. `text_before`: what it was, in
    words."""
    if state_of(item) != before:
        after = eaten_words(item) or amount_words(item.amount, item.unit)
        text = f"{text_before} was changed to {after}."
        if (item.amount, item.unit) == (before["amount"], before["unit"]):
            text = f"{isolated(item.name)} has the values that its food has now."
        say_with_undo(request, text, undo_change_address(item, before))
    return redirect(day_address(item.meal.date) + f"#item-{item.pk}")


def were_copied(request: HttpRequest, meals: Sequence[Meal], there: int = 0) -> HttpResponse:
    """Lead to the day of the copies, of which there is one at least. `there`: how many more the day has already."""
    ids = ",".join(str(meal.pk) for meal in meals)
    one = f"{meals[0].get_kind_display()} was copied."
    text = one if len(meals) == 1 else f"{counted(len(meals), 'meal')} were copied."
    if there:
        text += f" {counted(there, 'meal')} {'was' if there == 1 else 'were'} there already."
    say_with_undo(request, text, f"{reverse('nutrition-copies-remove')}?ids={ids}")
    return redirect(address_after(meals, meals[0].date))


def address_after(
    made: Sequence[Meal], day: date, going_on: Meal | None = None, line: str = ""
) -> str:
    """Return the page of the day, with the question whether a running fast ended with the first meal that was made, and with
    the line at the meal that goes on. `line`: what stands on it."""
    first = min(made, key=lambda meal: meal.eaten_at, default=None)
    is_asked = first is not None and to_ask_about(first)
    fast = first.pk if first and is_asked else None
    return day_address(day, fast=fast, meal=going_on.pk if going_on else None, line=line)


def described(item: MealItem) -> str:
    """Return `Skyr, 150 g`."""
    amount = eaten_words(item)
    return f"{isolated(item.name)}, {amount}" if amount else isolated(item.name)


def ids_in(text: str) -> list[int]:
    parts = text.split(",")[:MOST_IDS]
    return [int(part) for part in parts if part.isdecimal() and len(part) <= LONGEST_ID]

"""Foods of Open Food Facts: searched when somebody asks for that, and added by one press."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nutrition.amount_words import amount_words, kcal_value
from nutrition.entry_line import Line, cleaned, wanted
from nutrition.entry_views import added, sent_again, sent_line
from nutrition.forms import QuickForm
from nutrition.models import FoodItem
from nutrition.numbered_names import read_for, read_named
from nutrition.online_foods import Hit, save_product, search_online
from nutrition.open_food_facts import Unavailable
from nutrition.suggestions import Suggestion, suggested

#: In an address: a number on the line belongs to the name, as in `7 up`.
WHOLE = "whole"


class HitRow(NamedTuple):
    """A product that was found, with so much of it as the line says, or 100 g of it."""

    hit: Hit
    amount: str
    kcal: str


@sent_line
def search(request: HttpRequest, form: QuickForm) -> HttpResponse:
    """Show what Open Food Facts finds for the name on the line."""
    text, is_whole = form.cleaned_data["line"], WHOLE in request.GET
    context = sent_again(form) | {"is_whole": is_whole}
    try:
        hits = search_online(cleaned(text) if is_whole else name_in(text))
        context["rows"] = rows_of(hits, text, is_whole=is_whole)
    except Unavailable as error:
        context["fault"] = str(error)
    return render(request, "nutrition/online.html", context)


def name_in(text: str) -> str:
    """Return the name on a line, without its amount; all of it where no food can be read."""
    try:
        return read_named(text).name or text
    except ValidationError:
        return text


def rows_of(hits: Sequence[Hit], text: str, *, is_whole: bool) -> list[HitRow]:
    foods = [hit.food or food_like(hit) for hit in hits]
    asked = [(amount_in(text, food, is_whole=is_whole), food) for food in foods]
    return [
        row_of(hit, line, one)
        for hit, (line, _), one in zip(hits, asked, suggested(asked), strict=True)
    ]


def food_like(hit: Hit) -> FoodItem:
    """Return a food that is not stored, with what is known of it before the product is read."""
    return FoodItem(name=hit.name, brand=hit.brand, measure=hit.measure, kcal=hit.kcal)


def row_of(hit: Hit, line: Line, one: Suggestion) -> HitRow:
    """Return the row: per 100 where no amount was typed, or one whose size only the product itself may know."""
    if line.amount is None or one.size is None:
        return HitRow(hit, f"per 100 {hit.measure}", kcal_value(hit.kcal))
    return HitRow(hit, amount_words(one.amount, one.unit), kcal_value(one.kcal))


@sent_line
def take(request: HttpRequest, form: QuickForm) -> HttpResponse:
    """Store a product that was found, and add so much of it as the line says."""
    food = save_product(request.POST.get("code", ""))
    moment, kind = form.moment()
    line = amount_in(form.cleaned_data["line"], food, is_whole=WHOLE in request.GET)
    meant = wanted(line, food)
    return added(request, form, meant, moment, kind)


def amount_in(text: str, food: FoodItem, *, is_whole: bool) -> Line:
    """Return the amount on a line, for a food that was chosen. `is_whole`: there is none, as all of it is a name."""
    try:
        line = Line() if is_whole else read_for(text, food)
    except ValidationError:
        line = Line()
    return line._replace(name=food.name, kcal=None, barcode="")

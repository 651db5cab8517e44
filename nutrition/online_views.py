"""Foods of Open Food Facts: searched when somebody asks for that, and added by one press."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nutrition.amount_words import kcal_value
from nutrition.entry_line import Line, wanted
from nutrition.entry_views import added, sent_again, sent_line
from nutrition.forms import QuickForm
from nutrition.models import FoodItem
from nutrition.numbered_names import read_for, read_named
from nutrition.online_foods import save_product, search_online
from nutrition.open_food_facts import Unavailable


@sent_line
def search(request: HttpRequest, form: QuickForm) -> HttpResponse:
    """Show what Open Food Facts finds for the name on the line."""
    context = sent_again(form)
    try:
        hits = search_online(name_in(form.cleaned_data["line"]))
        context["hits"] = [(hit, kcal_value(hit.kcal)) for hit in hits]
    except Unavailable as error:
        context["fault"] = str(error)
    return render(request, "nutrition/online.html", context)


def name_in(text: str) -> str:
    """Return the name on a line, without its amount; all of it where no food can be read."""
    try:
        return read_named(text).name or text
    except ValidationError:
        return text


@sent_line
def take(request: HttpRequest, form: QuickForm) -> HttpResponse:
    """Store a product that was found, and add so much of it as the line says."""
    food = save_product(request.POST.get("code", ""))
    moment, kind = form.moment()
    meant = wanted(amount_in(form.cleaned_data["line"], food), food)
    return added(request, form, meant, moment, kind)


def amount_in(text: str, food: FoodItem) -> Line:
    """Return the amount on a line, for a food that was chosen."""
    try:
        line = read_for(text, food)
    except ValidationError:
        line = Line()
    return line._replace(name=food.name, kcal=None, barcode="")

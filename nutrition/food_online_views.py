"""Open Food Facts on the pages: it is asked only when somebody presses a button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from lifetracker.web.way_back import NEXT, way_back
from nutrition.barcodes import digits_of
from nutrition.models import FoodItem
from nutrition.online_foods import find_barcode, save_product, search_online
from nutrition.open_food_facts import Unavailable


@login_required
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Show what Open Food Facts finds by a name; a bar code leads to its food."""
    text = request.POST.get("q", "").strip()[:200]
    if digits := digits_of(text):
        return by_barcode(request, digits)
    context: dict[str, Any] = {"text": text, "next": way_back(request, "")}
    try:
        context["hits"] = search_online(text)
    except Unavailable as error:
        context["trouble"] = str(error)
    return render(request, "nutrition/foods/online.html", context)


def by_barcode(request: HttpRequest, digits: str) -> HttpResponse:
    """Lead to the food with a bar code, or to the form in which it is typed in."""
    try:
        if food := find_barcode(digits):
            return redirect(address(request, food))
        messages.info(request, f"Open Food Facts does not know {digits}. Enter the food yourself.")
    except Unavailable as error:
        messages.warning(request, str(error))
    return redirect(f"{reverse('food-new')}?{query(barcode=digits, next=way_back(request, ''))}")


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Store a product that was found, and lead to it."""
    code = digits_of(request.POST.get("code", ""))
    try:
        food = save_product(code)
    except Unavailable as error:
        messages.warning(request, str(error))
        name = request.POST.get("name", "")[:200]
        return redirect(f"{reverse('food-new')}?{query(barcode=code, name=name)}")
    messages.success(request, f"{food.name} was saved.")
    return redirect(address(request, food))


def address(request: HttpRequest, food: FoodItem) -> str:
    return way_back(request, reverse("food", args=[food.pk]))


def query(**values: str) -> str:
    """Return what stands in an address of these; nothing of what is empty."""
    found = QueryDict(mutable=True)
    found.update({name: value for name, value in values.items() if value})
    return found.urlencode(safe="/") if NEXT in found else found.urlencode()

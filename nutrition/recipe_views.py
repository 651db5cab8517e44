"""The page on which a recipe is typed in, part by part; without a script each press comes back with all that was typed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lifetracker.web.forms import form_page
from lifetracker.web.sentences import number
from nutrition.food_views import own
from nutrition.models import FoodItem
from nutrition.nutrients import total_of
from nutrition.recipe_draft import Draft


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    name = request.GET.get("name", "").strip()[:200]
    with transaction.atomic():
        return edited(request, FoodItem(name=name, is_recipe=True))


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        recipe = own(pk, for_change=request.method == "POST")
        if not recipe.is_recipe:
            return redirect("food-edit", pk)
        return edited(request, recipe)


def edited(request: HttpRequest, recipe: FoodItem) -> HttpResponse:
    pk, posted = recipe.pk, request.POST if request.method == "POST" else None
    draft = Draft(recipe, posted)
    status = HTTPStatus.OK
    if posted is not None and not changed(draft, posted.get("act", "")):
        if saved := draft.save():
            messages.success(request, f"{saved.name} was saved.")
            return redirect("food", saved.pk)
        status = HTTPStatus.CONFLICT if draft.form.is_outdated else HTTPStatus.BAD_REQUEST
    return render(request, "nutrition/foods/recipe.html", shown(draft, pk), status=status)


def changed(draft: Draft, act: str) -> bool:
    """Do what a button asks of the parts; return whether that was all, and nothing is to be saved yet. Without a button, as
    by the Enter key, the line is added if something stands in it."""
    what, _, number = act.partition(":")
    if what == "remove":
        draft.remove(number)
    elif what == "choose":
        draft.choose(number)
    elif what == "add" or (what == "" and draft.line):
        draft.add_line()
    elif draft.add_before_saving():
        return False
    draft.keep_typed()
    return True


class Total(NamedTuple):
    """What the parts of a recipe come to. `weight`: in words; empty where they are measured in g and in ml."""

    kcal: float | None
    is_least: bool
    weight: str


def shown(draft: Draft, pk: int | None) -> dict[str, Any]:
    return {
        "draft": draft,
        "form": draft.form,
        "pk": pk,
        "total": total(draft),
        "cancel": reverse("food", args=[pk]) if pk else reverse("foods"),
    }


def total(draft: Draft) -> Total | None:
    """Return what the parts come to; None while one of them cannot be read."""
    known = [row.amounts for row in draft.rows]
    if not known or None in known:
        return None
    whole = total_of(one for one in known if one)
    parts = [(row.food, row.part()) for row in draft.rows]
    size = sum(food.size_of(part.amount, part.unit) for food, part in parts)
    measures = {food.measure for food, _ in parts}
    weight = f"{number(size)} {measures.pop()}" if len(measures) == 1 else ""
    return Total(whole["kcal"], not whole.is_whole("kcal"), weight)

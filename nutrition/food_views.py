"""The pages of foods: the list with its search, one food, typing one in, deleting it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.forms import form_page
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from lifetracker.web.way_back import way_back
from nutrition.amount_words import amount_words
from nutrition.barcodes import digits_of, has_valid_check_digit
from nutrition.entry_line import read_line
from nutrition.food_forms import FoodForm
from nutrition.food_search import FEWEST_LETTERS, search_foods
from nutrition.food_values import value_table
from nutrition.models import OPEN_FOOD_FACTS, FoodItem, MealItem, RecipePart
from nutrition.nutrients import COLUMNS
from nutrition.online_foods import product_page, stored_with_barcode
from nutrition.search_text import folded
from nutrition.several_foods import foods_on

A_PAGE = 30
MOST_FOUND = 50
MOST_RECIPES = 20
LONGEST_NAME = 200
#: By the end of these lengths there is a check digit.
CHECKED = frozenset({8, 12, 13, 14})


class Listed(NamedTuple):
    """A food in a list. `last`: the day on which it was eaten last."""

    food: FoodItem
    last: Any = None


# --- The list -------------------------------------------------------------------------------------


@login_required
@require_safe
def foods(request: HttpRequest) -> HttpResponse:
    """Show a person's own foods, or what a search finds among all of them."""
    text = request.GET.get("q", "").strip()[:200]
    kind = "recipes" if request.GET.get("kind") == "recipes" else ""
    context: dict[str, Any] = {"text": text, "kind": kind, "today": days.today()}
    if text:
        found = found_by(text)
        context |= {"rows": with_last_day(found), "is_cut": len(found) >= MOST_FOUND}
        context |= asked_online(text, is_found=bool(found))
    else:
        rows = FoodItem.objects.all().own().defer("raw").order_by("-pk")
        pages = Paginator(rows.filter(is_recipe=True) if kind else rows, A_PAGE)
        page = pages.get_page(request.GET.get("page"))
        context |= {"rows": with_last_day(list(page)), "page_obj": page, "paginator": pages}
        context["query"] = f"?kind={kind}"
    context["has_imported"] = any(row.food.source == OPEN_FOOD_FACTS for row in context["rows"])
    return render(request, "nutrition/foods/list.html", context)


def found_by(text: str) -> list[FoodItem]:
    """Return the foods with a bar code or a name."""
    if len(digits_of(text)) >= min(CHECKED):
        food = stored_with_barcode(digits_of(text))
        return [food] if food else []
    return search_foods(text, MOST_FOUND)


def asked_online(text: str, *, is_found: bool) -> dict[str, Any]:
    """Return what the page offers beside what was found: to ask Open Food Facts, to type it in."""
    digits = digits_of(text)
    is_code = len(digits) >= min(CHECKED)
    return {
        "barcode": digits if is_code else "",
        "fewest": FEWEST_LETTERS,
        "is_short": not is_code and len(folded(text)) < FEWEST_LETTERS,
        "offers_online": settings.OPENFOODFACTS and not (is_code and is_found),
    }


def with_last_day(found: list[FoodItem]) -> list[Listed]:
    """Return foods with the day on which each was eaten last, by one statement."""
    eaten = MealItem.objects.live().filter(food__in=[food.pk for food in found])
    eaten = eaten.filter(meal__deleted_at=None).order_by()
    last = dict(eaten.values_list("food").annotate(last=Max("meal__date")))
    return [Listed(food, last.get(food.pk)) for food in found]


# --- One food -------------------------------------------------------------------------------------


@login_required
@require_safe
def food(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a food with all that is known of it, also one that its owner has deleted: there it can be brought back."""
    one = get_object_or_404(FoodItem.objects.defer("raw"), pk=pk)
    if one.deleted_at and one.source != MANUAL:
        raise Http404
    return render(request, "nutrition/foods/food.html", shown(request, one))


def shown(request: HttpRequest, one: FoodItem) -> dict[str, Any]:
    is_own = one.source == MANUAL
    return {
        **facts_of(one),
        "pk": one.pk,
        "recipes": recipes_with(one),
        "parts": parts_of(one),
        "last": with_last_day([one])[0].last,
        "is_own": is_own,
        "edit_url": reverse("recipe-edit" if one.is_recipe else "food-edit", args=[one.pk]),
        "next": way_back(request, reverse("foods")),
    }


def parts_of(one: FoodItem) -> list[tuple[RecipePart, str]]:
    """Return the parts of a recipe, each with how much it is in words."""
    parts = one.parts.select_related("food") if one.is_recipe else ()
    return [(part, amount_words(part.amount, part.unit)) for part in parts]


def recipes_with(one: FoodItem) -> list[FoodItem]:
    """Return the first of the recipes that a food is a part of."""
    recipes = FoodItem.objects.live().filter(parts__food=one).distinct().order_by("name")
    return list(recipes.defer("raw")[:MOST_RECIPES])


def facts_of(one: FoodItem) -> dict[str, Any]:
    """Return what the templates of a food need everywhere."""
    return {
        "food": one,
        "name": str(one),
        "table": value_table(one),
        "product_page": product_page(one),
        "today": days.today(),
    }


# --- Type in, edit --------------------------------------------------------------------------------


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Type a food in: an empty one, one with a bar code or a name, or one that begins as a copy of another."""
    with transaction.atomic():
        return edited(request, begun(request))


def begun(request: HttpRequest) -> FoodItem:
    """Return a new food with what the address says of it."""
    copied = request.GET.get("copy", "")
    if copied.isascii() and copied.isdigit():
        food_copied = get_object_or_404(FoodItem.objects.live(), pk=copied, is_recipe=False)
        same = ("name", "brand", "barcode", "language", "measure", "servings", "further", *COLUMNS)
        return FoodItem(**{name: getattr(food_copied, name) for name in same})
    name, code = request.GET.get("name", ""), request.GET.get("barcode", "")
    if line := request.GET.get("line", ""):
        name, code = named_in(line)
    return FoodItem(name=name.strip()[:LONGEST_NAME], barcode=digits_of(code))


def named_in(line: str) -> tuple[str, str]:
    """Return the name and the bar code of a food that a line of the diary has; of several, the first that is not stored."""
    parts = [part.line for part in foods_on(line)]
    missing = (one for one in parts if one.name and not search_foods(one.name, most=1))
    try:
        read = next(missing, None) or read_line(line)
    except ValidationError:
        return line, ""
    return read.name, read.barcode


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        one = own(pk, for_change=request.method == "POST")
        if one.is_recipe:
            return redirect("recipe-edit", pk)
        return edited(request, one)


def edited(request: HttpRequest, one: FoodItem) -> HttpResponse:
    pk, given = one.pk, request.POST if request.method == "POST" else None
    form = FoodForm(given, instance=one)
    if form.is_valid():
        saved = form.save()
        messages.success(request, f"{saved.name} was saved.")
        remark(request, saved)
        return redirect(way_back(request, reverse("food", args=[saved.pk])))
    context = {"form": form, "pk": pk, "next": way_back(request, "")}
    context["cancel"] = context["next"] or reverse("food" if pk else "foods", args=[pk] * bool(pk))
    is_wrong = form.errors and not form.is_outdated
    status = HTTPStatus.BAD_REQUEST if is_wrong else form.status
    return render(request, "nutrition/foods/form.html", context, status=status)


def remark(request: HttpRequest, saved: FoodItem) -> None:
    """Say what may be a slip, although it was saved."""
    digits = digits_of(saved.barcode)
    if len(digits) in CHECKED and not has_valid_check_digit(digits):
        messages.warning(request, "The last digit of the bar code does not fit the others.")
    for doubt in saved.doubts:
        messages.warning(request, doubt)


def own(pk: int, *, for_change: bool) -> FoodItem:
    """Return a food that was typed in. Raises PermissionDenied for others."""
    rows = FoodItem.objects.live()
    one: FoodItem = get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)
    if one.source != MANUAL:
        raise PermissionDenied
    return one


# --- Delete and bring back ------------------------------------------------------------------------


class FoodRemoval(Removal):
    """Deleting a food or a recipe that was typed in. What was eaten of it stays, and so do recipes that it is a part of."""

    model = FoodItem
    noun = "food"
    facts = "nutrition/foods/facts.html"
    record_page = "food"
    prefix = "food"
    deleted_page = "food"

    def context(self, record: FoodItem) -> dict[str, Any]:
        return facts_of(record) | {"recipes": recipes_with(record)}

    def way_back(self, record: FoodItem) -> Link:
        return Link("All foods", reverse("foods"))

    def refuse(self, record: FoodItem) -> None:
        """Refuse a food whose bar code another one has got since."""
        if other := record.other_with_barcode():
            raise ValidationError(f"{other} has its bar code now. Take it from that food first.")

    def restored_url(self, record: FoodItem) -> str:
        return reverse("food", args=[record.pk])

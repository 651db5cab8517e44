"""Something eaten: its page, another amount, newer values, removed and brought back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.forms import form_page
from lifetracker.web.removal import typed
from nutrition import diary, item_undo
from nutrition.amount_words import eaten_words
from nutrition.day_address import day_address
from nutrition.done import counted_names, described, ids_in, was_changed, was_removed, were_removed
from nutrition.facts import facts_of
from nutrition.forms import ItemForm
from nutrition.item_undo import state_of
from nutrition.models import MealItem
from nutrition.page_data import units_of


@login_required
@form_page
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what it is made of, and take another amount. After it was removed, show where it is brought back."""
    with transaction.atomic():
        found = find(pk, for_change=request.method == "POST")
        if found.deleted_at or found.meal.deleted_at:
            return removed_page(request, found)
        if request.method != "POST":
            return shown(request, found, form_of(found))
        if found.meal.source != MANUAL:
            raise PermissionDenied
        before, text_before = state_of(found), described(found)
        form = form_of(found, request)
        saved = form.save_or_refuse() if form.is_valid() else None
        if saved is None:
            return shown(request, find(pk), form, form.status)
    return was_changed(request, saved, before, text_before)


def form_of(found: MealItem, request: HttpRequest | None = None) -> ItemForm:
    given = request.POST if request else None
    return ItemForm(given, instance=found, units=units_of(found))


def shown(
    request: HttpRequest, found: MealItem, form: ItemForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "nutrition/item.html", context_of(found) | {"form": form}, status=status)


def context_of(found: MealItem) -> dict[str, Any]:
    return {
        "item": found,
        "amount": eaten_words(found),
        "facts": facts_of(found.amounts),
        "is_own": found.meal.source == MANUAL,
        "today": days.today(),
        "back": day_address(found.meal.date),
    }


def removed_page(request: HttpRequest, found: MealItem) -> HttpResponse:
    """Say that it was removed, with the way to bring it back. What was typed for it is shown, as it was not saved."""
    lost = typed(request) if request.method == "POST" else []
    status = HTTPStatus.CONFLICT if lost else HTTPStatus.OK
    context = context_of(found) | {"typed": lost}
    return render(request, "nutrition/item_removed.html", context, status=status)


def find(pk: int, *, for_change: bool = False) -> MealItem:
    rows = MealItem.objects.select_related("meal", "food")
    found: MealItem = get_object_or_404(
        rows.select_for_update(of=("self",)) if for_change else rows, pk=pk
    )
    return found


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it out of the diary, also if that was done already."""
    try:
        diary.remove(pk)
    except MealItem.DoesNotExist:
        refuse_foreign(pk)
    return was_removed(request, find(pk))


@login_required
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring it back, also if that was done already."""
    try:
        name = diary.restore(pk).name
        messages.success(request, f"{name} is back.")
    except MealItem.DoesNotExist:
        refuse_foreign(pk)
    return redirect(day_address(find(pk).meal.date))


@login_required
@require_POST
def remove_together(request: HttpRequest) -> HttpResponse:
    """Take out of the diary what was added together, as far as that was not done already."""
    found = find_together(request)
    diary.remove_together([one.pk for one in found])
    return were_removed(request, found)


@login_required
@require_POST
def restore_together(request: HttpRequest) -> HttpResponse:
    """Bring it back, as far as that was not done already."""
    found = find_together(request)
    diary.restore_together([one.pk for one in found])
    messages.success(request, f"{counted_names(found)} are back.")
    return redirect(day_address(found[0].meal.date))


def find_together(request: HttpRequest) -> list[MealItem]:
    """Return the items that an address names. Raises Http404 where there are none, PermissionDenied for imported ones."""
    pks = ids_in(request.GET.get("ids", ""))
    found = list(MealItem.objects.filter(pk__in=pks).select_related("meal").order_by("pk"))
    if not found:
        raise Http404
    if any(one.meal.source != MANUAL for one in found):
        raise PermissionDenied
    return found


@login_required
@require_POST
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it the values that its food has by now, or say why so much of it cannot have them."""
    before = find(pk)
    try:
        found = diary.take_new_values(pk)
    except MealItem.DoesNotExist:
        refuse_foreign(pk)
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("nutrition-item", pk)
    return was_changed(request, found, state_of(before), described(before))


@login_required
@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a change of it."""
    try:
        found = item_undo.put_back(pk, request.GET.get("before", ""))
    except MealItem.DoesNotExist:
        refuse_foreign(pk)
        raise Http404 from None
    messages.success(request, f"{described(found)} is as it was.")
    return redirect(day_address(found.meal.date) + f"#item-{pk}")


def refuse_foreign(pk: int) -> None:
    """Raise PermissionDenied for what was imported, Http404 for what never was."""
    if find(pk).meal.source != MANUAL:
        raise PermissionDenied

"""The pages of a meal: its time, kind and note, copied to another day, deleted and brought back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.clock import on_clock_of
from lifetracker.web.forms import form_page
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from nutrition import diary
from nutrition.day_address import day_address
from nutrition.done import ids_in, were_copied
from nutrition.forms import CopyForm, MealForm, new_key
from nutrition.models import Meal, MealItem
from nutrition.moments import moment_again
from nutrition.page_data import row_of_meal


@login_required
@form_page
def meal(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a meal that was typed in, or show one that was imported."""
    with transaction.atomic():
        found = find(pk, for_change=request.method == "POST")
        with on_clock_of(found.utc_offset_min):
            form = MealForm(request.POST if request.method == "POST" else None, instance=found)
            if request.method != "POST":
                return shown(request, pk, form)
            if found.source != MANUAL:
                raise PermissionDenied
            if not form.is_valid():
                status = form.status if form.is_outdated else HTTPStatus.BAD_REQUEST
                return shown(request, pk, form, status)
            saved = form.save()
    messages.success(request, "The meal was saved.")
    return redirect(day_address(saved.date))


def shown(
    request: HttpRequest,
    pk: int,
    form: MealForm,
    status: int = HTTPStatus.OK,
    copying: CopyForm | None = None,
) -> HttpResponse:
    context = context_of(find(pk)) | {"form": form}
    context["copying"] = copying or CopyForm(initial={"to": days.today()})
    return render(request, "nutrition/meal.html", context, status=status)


def context_of(found: Meal) -> dict[str, Any]:
    row = row_of_meal(found)
    return {
        "row": row,
        "records": [found, *(one.item for one in row.items)],
        "meal": found,
        "pk": found.pk,
        "key": new_key(),
        "today": days.today(),
        "back": day_address(found.date),
        "zone": timezone.get_current_timezone_name(),
        "name": found.get_kind_display(),
    }


def find(pk: int, *, for_change: bool = False) -> Meal:
    rows = Meal.objects.live().defer("raw")
    found: Meal = get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)
    return found


@login_required
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the same on the day that is named: at its own time, or now where that has not come yet."""
    found, form = find(pk), CopyForm(request.POST)
    if not form.is_valid():
        return shown(request, pk, MealForm(instance=found), HTTPStatus.BAD_REQUEST, form)
    to, at = form.cleaned_data["to"], form.cleaned_data["at"]
    try:
        moment = moment_again(found, to, at)
        made = diary.copy_meal(found, moment, request.POST.get("key", "")[:40])
    except ValidationError as error:
        form.add_error("to", " ".join(error.messages))
        return shown(request, pk, MealForm(instance=found), HTTPStatus.BAD_REQUEST, form)
    return were_copied(request, [made])


@login_required
@require_POST
def remove_copies(request: HttpRequest) -> HttpResponse:
    """Undo a copy of meals."""
    pks = ids_in(request.GET.get("ids", ""))
    diary.remove_meals(pks)
    day = Meal.objects.filter(pk__in=pks).values_list("date", flat=True).first()
    messages.success(request, "The copies were removed.")
    return redirect(day_address(day or days.today()))


class MealRemoval(Removal):
    """Deleting a meal that was typed in, with all that is in it."""

    model = Meal
    noun = "meal"
    facts = "nutrition/meal_facts.html"
    record_page = "nutrition-meal"
    prefix = "nutrition-meal"

    def context(self, record: Meal) -> dict[str, Any]:
        return context_of(record)

    def way_back(self, record: Meal) -> Link:
        return Link("The day", day_address(record.date))

    def refuse(self, record: Meal) -> None:
        """Bring back what was removed last, where nothing is left of the meal: it went with its last item."""
        if record.items.live().exists():
            return
        gone = record.items.order_by("-deleted_at").first()
        if gone:
            MealItem.objects.filter(pk=gone.pk).update(deleted_at=None, updated_at=timezone.now())

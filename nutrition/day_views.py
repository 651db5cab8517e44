"""What is done with a whole day: marked complete, or filled with what was eaten the day before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from lifetracker import days
from lifetracker.days import ONE_DAY
from lifetracker.web.one_day import NoSuchDay, shown_day
from nutrition import diary
from nutrition.day_address import day_address
from nutrition.diary import AlreadyThere, Copied
from nutrition.done import were_copied
from nutrition.models import Meal
from nutrition.moments import moment_again


def day_in(request: HttpRequest) -> date:
    """Return the day that a form is about. Raises Http404."""
    try:
        return shown_day(request.POST.get("day", ""), days.today())
    except NoSuchDay as error:
        raise Http404(str(error)) from None


@login_required
@require_POST
def mark_complete(request: HttpRequest) -> HttpResponse:
    day = day_in(request)
    diary.mark_complete(day)
    return redirect(day_address(day))


@login_required
@require_POST
def unmark_complete(request: HttpRequest) -> HttpResponse:
    day = day_in(request)
    diary.unmark_complete(day)
    return redirect(day_address(day))


@login_required
@require_POST
def copy_day_before(request: HttpRequest) -> HttpResponse:
    """Have all that was eaten the day before."""
    day = day_in(request)
    return copied(request, day, lambda key: diary.copy_day(day - ONE_DAY, day, key))


@login_required
@require_POST
def repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a meal of another day again on this one, by one press."""
    day = day_in(request)
    meal = get_object_or_404(Meal.objects.live(), pk=pk)
    return copied(request, day, lambda key: copied_meal(meal, day, key))


def copied_meal(meal: Meal, day: date, key: str) -> Copied:
    return Copied([diary.copy_meal(meal, moment_again(meal, day), key)], [])


def copied(request: HttpRequest, day: date, copy: Callable[[str], Copied]) -> HttpResponse:
    """Copy meals to a day, and lead to it: with what was copied, or with why nothing was."""
    try:
        done = copy(request.POST.get("key", "")[:40])
    except AlreadyThere as error:
        messages.info(request, " ".join(error.messages))
        return redirect(day_address(day))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(day_address(day))
    if not done.made:
        messages.info(request, all_there(len(done.there)))
        return redirect(day_address(day))
    return were_copied(request, done.made, len(done.there))


def all_there(number: int) -> str:
    what = "The meal is" if number == 1 else f"All {number} meals are"
    return f"{what} there already, so nothing was copied."

"""The quick line: what is typed becomes an item of the diary, or a choice of foods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lifetracker import days
from nutrition import diary
from nutrition.barcodes import may_be_printed
from nutrition.day_address import day_address
from nutrition.diary import Wanted
from nutrition.done import was_added
from nutrition.entry_line import Line, wanted
from nutrition.forms import QuickForm
from nutrition.numbered_names import read_for, read_named
from nutrition.offers import Offered, fitting_foods, offered_for, only_one, several_have_it
from nutrition.online_foods import find_barcode
from nutrition.open_food_facts import Unavailable
from nutrition.suggestions import suggestions

#: Of a number with a wrong check digit.
A_SLIP = "Its last digit does not fit the others: there may be a slip in it."


class Unclear(Exception):
    """A line may mean several foods, or none. Says in words what to do."""

    def __init__(self, text: str, *, is_fault: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.is_fault = is_fault


def sent_line(view: Callable[[HttpRequest, QuickForm], HttpResponse]) -> Callable[..., Any]:
    """Make a page of what is done with the quick line. It may raise Unclear, Unavailable and ValidationError: then the line is
    shown again, with why."""

    @login_required
    @require_POST
    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        form = QuickForm(request.POST)
        if not form.is_valid():
            return choose(request, form, form.fault, is_fault=True)
        try:
            return view(request, form)
        except Unclear as question:
            return choose(request, form, question.text, is_fault=question.is_fault)
        except Unavailable as error:
            return choose(request, form, str(error), is_fault=True)
        except ValidationError as error:
            return choose(request, form, " ".join(error.messages), is_fault=True)

    return page


@sent_line
def add(request: HttpRequest, form: QuickForm) -> HttpResponse:
    """Add what a line says, or what was chosen for it; ask which food is meant where that is not clear."""
    values = form.cleaned_data
    moment, kind = form.moment()
    meant = values["choice"] or meant_by(values["line"], moment)
    return added(request, form, meant, moment, kind)


def added(
    request: HttpRequest, form: QuickForm, meant: Wanted, moment: datetime, kind: str
) -> HttpResponse:
    """Add it, and lead to its day. Raises ValidationError."""
    (item,) = diary.add([meant], moment, kind, form.press)
    return was_added(request, item)


def meant_by(text: str, moment: datetime) -> Wanted:
    """Return what a line means. Raises Unclear, Unavailable, ValidationError."""
    line = read_named(text)
    if line.kcal is not None:
        return Wanted(name=line.name, kcal=line.kcal)
    if line.barcode:
        return of_barcode(line, moment)
    found = fitting_foods(text, line, moment)
    if not found:
        raise Unclear(f"No food of yours is called “{line.name}”.")
    if one := only_one(line, found):
        return wanted(read_for(text, one.food), one.food)
    raise Unclear("")


def of_barcode(line: Line, moment: datetime) -> Wanted:
    """Return so much of the food with a bar code, which is asked for at Open Food Facts where it is not stored. Raises
    Unclear where several have it, or none, and Unavailable."""
    if several_have_it(suggestions(line, moment)):
        raise Unclear(f"Several foods have the bar code {line.barcode}.")
    food = find_barcode(line.barcode)
    if food is None:
        text = f"No food was found with the bar code {line.barcode}."
        raise Unclear(text if may_be_printed(line.barcode) else f"{text} {A_SLIP}")
    return wanted(line, food)


# --- Which one? -----------------------------------------------------------------------------------


def choose(
    request: HttpRequest, form: QuickForm, text: str, *, is_fault: bool = False
) -> HttpResponse:
    """Show the line again with the foods that it may mean. Nothing typed is lost. The status is that of any page: the script
    of the day asks as well, and browsers complain of what is refused."""
    context = {"text": text, "is_fault": is_fault, "offered": offers_of(form)}
    return render(request, "nutrition/choose.html", context | sent_again(form))


def sent_again(form: QuickForm) -> dict[str, object]:
    """Return what a page needs on which the line is sent once more."""
    day = form.cleaned_data.get("day") or days.today()
    asked = form.cleaned_data.get("meal", "")
    meal = int(asked) if asked.isdecimal() else None
    return {
        "sent": form.data,
        "back": day_address(day, meal=meal),
        "back_with_line": day_address(day, meal=meal, line=str(form.data.get("line", ""))),
    }


def offers_of(form: QuickForm) -> Offered:
    values = form.cleaned_data
    try:
        moment, _ = form.moment()
    except (KeyError, ValidationError):
        return Offered([])
    return offered_for(values.get("line", ""), moment)


@login_required
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """Return the foods that fit what is typed so far, as a part of the page; who opens this address gets the page."""
    if "X-Offers" not in request.headers:
        return redirect("nutrition")
    form = QuickForm({"day": days.today().isoformat()} | request.GET.dict())
    form.is_valid()
    return render(request, "nutrition/offers.html", {"offered": offers_of(form)})

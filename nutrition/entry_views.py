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
from nutrition.day_address import day_address
from nutrition.diary import Wanted
from nutrition.done import was_added, were_added
from nutrition.forms import QuickForm
from nutrition.line_meaning import Unclear, Understood, meant_by, meant_together
from nutrition.offers import Offered, offered_for, offered_for_one
from nutrition.open_food_facts import Unavailable
from nutrition.several_foods import foods_on


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
            return choose(request, form, question.text, is_one=question.is_one)
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
    chosen = values["choice"]
    if (chosen is None or form.is_choice_of_last) and (parts := foods_on(values["line"])):
        found = meant_together(parts[:-1] if chosen else parts, moment)
        if chosen:
            found = found._replace(wanted=[*found.wanted, chosen], is_measured=True)
        return added_together(request, form, found, moment, kind)
    return added(request, form, chosen or meant_by(values["line"], moment), moment, kind)


def added_together(
    request: HttpRequest, form: QuickForm, found: Understood, moment: datetime, kind: str
) -> HttpResponse:
    """Add what is understood of several foods, and lead to their day with what is left of the line. Raises Unclear where
    nothing may be added, ValidationError."""
    found.require_any()
    items = diary.add(found.wanted, moment, kind, form.press)
    return were_added(request, items, found.left)


def added(
    request: HttpRequest, form: QuickForm, meant: Wanted, moment: datetime, kind: str
) -> HttpResponse:
    """Add it, and lead to its day. Raises ValidationError."""
    (item,) = diary.add([meant], moment, kind, form.press)
    return was_added(request, item)


# --- Which one? -----------------------------------------------------------------------------------


def choose(
    request: HttpRequest,
    form: QuickForm,
    text: str,
    *,
    is_fault: bool = False,
    is_one: bool = False,
) -> HttpResponse:
    """Show the line again with the foods that it may mean, or that it may mean as one food. Nothing typed is lost. The status is that of any page: the script
    of the day asks as well, and browsers complain of what is refused."""
    context = {"text": text, "is_fault": is_fault, "offered": offers_of(form, is_one=is_one)}
    return render(request, "nutrition/choose.html", context | sent_again(form))


def sent_again(form: QuickForm) -> dict[str, object]:
    """Return what a page needs on which the line is sent once more."""
    # A day that has not come has no page to go back to.
    day = min(form.cleaned_data.get("day") or days.today(), days.today())
    asked = form.cleaned_data.get("meal", "")
    meal = int(asked) if asked.isdecimal() else None
    return {
        "sent": form.data,
        "back": day_address(day, meal=meal),
        "back_with_line": day_address(day, meal=meal, line=str(form.data.get("line", ""))),
    }


def offers_of(form: QuickForm, *, is_one: bool = False) -> Offered:
    values = form.cleaned_data
    try:
        moment, _ = form.moment()
    except (KeyError, ValidationError):
        return Offered([])
    offered = offered_for_one if is_one else offered_for
    return offered(values.get("line", ""), moment)


@login_required
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """Return the foods that fit what is typed so far, as a part of the page; who opens this address gets the page."""
    if "X-Offers" not in request.headers:
        return redirect("nutrition")
    form = QuickForm({"day": days.today().isoformat()} | request.GET.dict())
    form.is_valid()
    return render(request, "nutrition/offers.html", {"offered": offers_of(form)})

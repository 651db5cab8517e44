"""The page of a day: what was eaten, what is left, and the line on which more is typed in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.accounts.script_policy import with_script
from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.web.clock import time_after_midnight, time_words
from lifetracker.web.middleware import PERMISSIONS_POLICY
from lifetracker.web.one_day import NoSuchDay, day_steps, full_day, shown_day
from nutrition.bullets import bullets
from nutrition.day_address import day_address
from nutrition.fast_question import fast_question
from nutrition.forms import LONGEST_LINE, new_key
from nutrition.models import Meal
from nutrition.moments import meal_to_go_on, offered, usual_minutes
from nutrition.page_charts import charts_beside, week_of
from nutrition.page_data import DayOfFood, day_of_food
from nutrition.targets import targets_between

#: Bar codes are read by the browser itself; the picture goes nowhere.
WITH_CAMERA = PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")


@method_decorator(with_script, name="dispatch")
class DayView(LoginRequiredMixin, TemplateView):
    """A day of the diary."""

    template_name = "nutrition/day.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Permissions-Policy"] = WITH_CAMERA
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = days.today()
        try:
            day = shown_day(request.GET.get("day", today.isoformat()), today)
        except NoSuchDay as error:
            wrong = ErrorPage(
                error.status, "No such day", str(error), day_address(today, today), "Go to today"
            )
            return error_page(request, wrong)
        return self.render_to_response(self.get_context_data(day=day, today=today))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day: date = kwargs["day"]
        today: date = kwargs["today"]
        targets = targets_between(*week_of(day))
        found = day_of_food(day, today, timezone.now(), targets[day])
        return super().get_context_data(
            found=found,
            heading=full_day(day, today),
            steps=day_steps(day, today, lambda other: day_address(other, today)),
            bullets=bullets(found.standings, is_over=found.opening.is_over),
            question=fast_question(self.request.GET.get("fast", "")),
            here=day_address(day, today),
            **charts_beside(day, targets),
            key=new_key(),
            typed=self.request.GET.get("line", "")[:LONGEST_LINE],
            **self.line(found),
            **kwargs,
        )

    def line(self, found: DayOfFood) -> dict[str, Any]:
        """Return what the quick line needs."""
        usual = {} if found.is_today else usual_minutes()
        eaten = [meal.kind for meal in found.meals]
        asked = self.request.GET.get("meal", "")
        going_on = meal_to_go_on(found.meals, asked, found.now)
        occasion = offered(found.day, found.now, eaten, usual, going_on)
        times = {kind: time_after_midnight(minutes) for kind, minutes in usual.items()}
        if going_on:
            # Another kind on today is another meal, which is had now.
            now = {kind: time_words(found.now) for kind in Meal.Kind.values}
            times = (times or now) | {going_on.kind: occasion.time}
        return {
            "going_on": going_on,
            "occasion": occasion,
            "kinds": [(kind, label, times.get(kind, "")) for kind, label in Meal.Kind.choices],
            "chosen": "" if found.is_today else occasion.kind,
        }

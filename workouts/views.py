"""The page of workouts: a range of days, by sport and source."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.sync.streams import sources
from lifetracker.web.csv_answer import RangeAsCsv, Table
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import stretch_words
from lifetracker.web.source_status import one_source_status
from lifetracker.words import title_of
from whoop.models import WHOOP
from workouts.figures import figures
from workouts.models import Workout
from workouts.page_charts import calendar_of, time_chart, zone_chart
from workouts.page_data import RangeWorkouts, is_untouched, range_workouts
from workouts.page_query import Asked, asked_for, choices, first_day
from workouts.sentences import CONNECT, Opening, opening
from workouts.sports import sport_key, sport_words

A_PAGE = 20
CSV = {
    "date": "date",
    "start": "start",
    "end": "end",
    "sport": "sport_name",
    "source": "source",
    "duration (min)": "duration_min",
    "strain (0 to 21)": "strain",
    "average heart rate (bpm)": "average_heart_rate",
    "highest heart rate (bpm)": "max_heart_rate",
    "energy (kcal)": "calories",
    "distance (m)": "distance_meters",
}


class RangeView(LoginRequiredMixin, TemplateView):
    """The workouts of a range."""

    template_name = "workouts/range.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked, refused = asked_for(request.GET.dict(), days.today())
        context = self.get_context_data(asked=asked, refused=refused)
        status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked: Asked = kwargs["asked"]
        status = one_source_status(sources[WHOOP])
        numbers = range_workouts(asked, status.runs.known)
        is_begun = numbers.groups or status.is_connected or status.runs.last_success
        return super().get_context_data(
            numbers=numbers,
            sentence=opening(opening_of(numbers)),
            begin=CONNECT if not is_begun and is_untouched() else "",
            figures=figures(numbers),
            time=time_chart(numbers),
            zones=zone_chart(numbers),
            calendar=calendar_of(numbers),
            filters=filters_of(numbers),
            whoop=status,
            shown=asked.shown,
            today=asked.shown.today,
            here=self.request.get_full_path(),
            fresh=[stretch_words(asked.shown.first, asked.shown.last)],
            **choices(asked),
            **table(self.request, asked),
            **kwargs,
        )


def opening_of(numbers: RangeWorkouts) -> Opening:
    return Opening(
        numbers.shown, numbers.asked.sport, numbers.total, numbers.before, numbers.is_known
    )


def filters_of(numbers: RangeWorkouts) -> dict[str, dict[str, str]]:
    """Return the sports and sources of the range by name, with the one that is asked for even if it has no workout."""
    asked = numbers.asked
    names = [one.sport for one in numbers.groups] + ([asked.sport] if asked.sport else [])
    sports = {sport_key(one): one for one in names}.values()
    found = {one.source for one in numbers.groups} | {asked.source} - {""}
    return {
        "sports": dict(sorted(((one, sport_words(one)) for one in sports), key=lambda one: one[1])),
        "sources": {one: "Typed in" if one == "Manual" else title_of(one) for one in sorted(found)},
    }


def stored_in(asked: Asked) -> Any:
    """Return the workouts that are stored of a range, the newest first; where it ends today, also those that are dated in
    the future."""
    found = asked.chosen(Workout.objects.live()).filter(date__gte=asked.shown.first)
    found = found.order_by("-start", "-pk")
    return (
        found if asked.shown.last == asked.shown.today else found.filter(date__lte=asked.shown.last)
    )


def table(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Return the part of the list that the address asks for, and the way to its neighbours."""
    pages = Paginator(stored_in(asked).defer("raw"), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    rows = [(workout, sport_words(workout.sport_name)) for workout in page]
    return {"rows": rows, "page_obj": page, "paginator": pages, "query": asked.query}


class WorkoutsAsCsv(RangeAsCsv):
    """The workouts of a range, to be saved."""

    name = "workouts"
    first_day = staticmethod(first_day)

    def table(self, shown: Range) -> Table:
        asked = asked_for(self.request.GET.dict(), shown.today)[0]._replace(shown=shown)
        return list(CSV), stored_in(asked).values_list(*CSV.values()).iterator()

"""The page of fasts: what runs, a range of days, and all that is stored of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone

from fasting.cards import FastingCard, card_of
from fasting.figures import figures
from fasting.forms import StartForm, StopForm
from fasting.models import FastingPeriod
from fasting.page_charts import clock_chart, last_chart, ring_of
from fasting.page_data import RangeFasts, first_day, range_fasts
from fasting.sentences import Last, Mean, Opening, Running, opening
from lifetracker.web.asides import asides_of
from lifetracker.web.csv_answer import RangeAsCsv, Table
from lifetracker.web.range_page import RangePage
from lifetracker.web.ranges import (
    Range,
    range_links,
    range_steps,
)
from lifetracker.web.sentences import stretch_words

A_PAGE = 30
CSV_HEAD = ("date", "start", "end", "length (h)", "goal (h)", "source", "note")
CSV_COLUMNS = ("date", "start", "end", "duration_hours", "goal_hours", "source", "note")


class RangeView(RangePage):
    """The running fast, and the fasts of a range."""

    template_name = "fasting/range.html"
    first_day = staticmethod(first_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        numbers = range_fasts(shown, timezone.now())
        card = card_of(numbers.around, is_past=False)
        return super().get_context_data(
            numbers=numbers,
            told=opening(opening_of(numbers)),
            is_untouched=numbers.is_untouched,
            ring=ring_of(numbers),
            fasting=card,
            press=press_form(card),
            figures=figures(numbers),
            last=last_chart(numbers),
            clock=clock_chart(numbers),
            asides=asides_of("fasting", shown),
            ranges=range_links(shown),
            steps=range_steps(shown),
            fresh=[stretch_words(shown.first, shown.last)],
            today=shown.today,
            here=self.request.get_full_path(),
            zone=timezone.get_current_timezone_name(),
            **table(self.request, shown),
            **kwargs,
        )


def press_form(card: FastingCard) -> StopForm:
    """Return the form that starts a fast, or stops the one that runs."""
    if card.running:
        return StopForm(auto_id="stop_%s")
    return StartForm(initial={"goal_hours": card.next_goal}, auto_id="start_%s")


def opening_of(numbers: RangeFasts) -> Opening:
    running, last = numbers.running, numbers.around.last
    totals, before = numbers.totals, numbers.before
    return Opening(
        shown=numbers.shown,
        now=numbers.now,
        running=Running(numbers.hours, running.goal_hours, running.start, numbers.goal_at)
        if running and numbers.is_now
        else None,
        last=last_of(last) if last and numbers.is_now else None,
        mean=Mean(totals.number, totals.mean),
        before=Mean(before.number, before.mean) if before else None,
    )


def last_of(last: FastingPeriod) -> Last | None:
    if last.end is None or last.duration_hours is None:
        return None
    return Last(last.duration_hours, last.goal_hours, last.end)


def stored_in(shown: Range) -> Any:
    """Return the fasts of a range that are stored, the newest first: also the one that runs, and, where the range ends
    today, those that are dated in the future."""
    found = FastingPeriod.objects.live().order_by("-start")
    if shown.is_all:
        return found
    found = found.filter(date__gte=shown.first)
    return found if shown.last == shown.today else found.filter(date__lte=shown.last)


def table(request: HttpRequest, shown: Range) -> dict[str, Any]:
    """Return the part of the list that the address asks for, and the way to its neighbours."""
    pages = Paginator(stored_in(shown).defer("raw"), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return {"page_obj": page, "paginator": pages, "query": shown.query}


class FastsAsCsv(RangeAsCsv):
    """The fasts of a range, to be saved."""

    name = "fasts"
    first_day = staticmethod(first_day)

    def table(self, shown: Range) -> Table:
        return CSV_HEAD, stored_in(shown).values_list(*CSV_COLUMNS).iterator()

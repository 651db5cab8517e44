"""The page of components, for development: each of them in each of its states, made by the real functions and
templates of made-up numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView

from lifetracker.web.connections.setup import Copied, Step
from lifetracker.web.design_charts import TODAY, chart_groups
from lifetracker.web.forms import DayField, day_input
from lifetracker.web.ranges import Link, named_range, range_links, range_steps


class State(NamedTuple):
    """Something that a page may have to say: what of, in which look, and its words."""

    name: str
    #: A class of a pill, or none for words alone.
    pill: str
    words: str


STATES = (
    State("Never connected", "", "Connect WHOOP to see your nights here."),
    State("No data in the range", "", "No nights from 3 to 9 March 2026."),
    State("Pending", "", "WHOOP has not scored this night yet."),
    State("Not known", "", "Not known: no night was recorded."),
    State("Calibrating", "", "WHOOP is still getting to know you: this is a first estimate."),
    State("Stale", "asks", "WHOOP: last read Wednesday 07:12"),
    State("Needs consent", "asks", "Withings needs you"),
    State("Failed", "bad", "GitHub could not be synced"),
    State("Running", "runs", "312 records so far"),
    State("Connected", "good", "connected"),
    State("By file", "", "by file"),
    State("Too few days", "", "Your usual shows after 7 nights."),
    State("Not possible", "asks", "overlapping"),
)


class Offer(NamedTuple):
    """A line below a field: what was typed within it, what stands behind it, and its value."""

    before: str
    typed: str
    after: str
    beside: str
    value: str
    is_chosen: bool = False


OFFERS = (
    Offer("", "Sky", "r, plain", "per 100 g", "63 kcal", is_chosen=True),
    Offer("", "Sky", "r, vanilla", "per 100 g", "87 kcal"),
    Offer("Blue ", "sky", " smoothie", "per 100 ml", "not known"),
)


class MadeUpForm(forms.Form):
    """One field that holds, one that does not, one with a hint, and one that is ticked."""

    name = forms.CharField(label="Name", help_text="As it is called in a sentence.")
    day = DayField(label="Day", widget=day_input())
    sport = forms.ChoiceField(label="Sport", choices=[("run", "Running"), ("row", "Rowing")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


SOURCE = {"slug": "made-up", "title": "A source"}
STEPS = (
    Step("Create a token at the service, with the right `read`.", "https://example.org/tokens"),
    Step("Write it into the file `.env`.", copied=Copied("Lines for .env", ["A_TOKEN="])),
    Step("Come back to this page."),
)
CHIPS = (
    Link("Project", "#chips", is_current=True),
    Link("Client", "#chips"),
    Link("Tag", "#chips"),
)


class DesignView(LoginRequiredMixin, TemplateView):
    """All components in all states; only in development."""

    template_name = "lifetracker/design.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = named_range("30d", TODAY, lambda: None)
        return super().get_context_data(
            groups=chart_groups(),
            states=STATES,
            offers=OFFERS,
            source=SOURCE,
            card={"steps": STEPS},
            chips=CHIPS,
            form=MadeUpForm({"name": "Morning run", "day": "1850-01-01", "sport": "run"}),
            shown=shown,
            ranges=range_links(shown),
            steps=range_steps(shown),
            **kwargs,
        )

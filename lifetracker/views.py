"""The home page, its buttons, and what every page is told."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.settings import DEFAULTS, IMPORT_STRINGS, APISettings

from fasting.cards import fasting_card
from github_projects.models import GITHUB
from lifetracker import days
from lifetracker.home import (
    all_synced_at,
    code_card,
    source_books,
    time_card,
    title_of,
    weight_card,
)
from lifetracker.http import NeedsReauthorization, NotConfigured
from lifetracker.index import Index
from lifetracker.models import SyncRun
from lifetracker.schema import Once
from lifetracker.streams import sources
from lifetracker.sync import Order
from lifetracker.tasks import enqueue, next_order
from time_logs.models import TOGGL
from weight.models import WITHINGS
from whoop.models import WHOOP, WhoopCycle, WhoopRecovery, WhoopSleep

JSON, HTML = "application/json", "text/html"


class HomeView(LoginRequiredMixin, TemplateView):
    """A day of a life, in every domain, and how the syncs went."""

    template_name = "lifetracker/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        cycle = WhoopCycle.objects.happened().first()
        books = source_books()
        by_name = {book.name: book for book in books}
        return super().get_context_data(
            # Where the person is: the zone of the latest cycle, which travels with them.
            today=days.local_date(now, cycle.utc_offset_min if cycle else None),
            recovery=WhoopRecovery.objects.happened().first(),
            sleep=WhoopSleep.objects.nights().happened().first(),
            cycle=cycle,
            weight=weight_card(),
            time=time_card(now, by_name[TOGGL]),
            code=code_card(by_name[GITHUB]),
            fasting=fasting_card(now),
            sources=books,
            whoop=by_name[WHOOP],
            withings=by_name[WITHINGS],
            any_configured=any(book.configured for book in books),
            any_connected=any(book.is_connected for book in books),
            troubled=[book for book in books if book.is_troubled],
            all_synced_at=all_synced_at(books),
            renews=any(book.is_moving for book in books) and "still" not in self.request.GET,
            **kwargs,
        )


# --- The API's description ------------------------------------------------------------------------


class Form(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=["json", "yaml"], required=False)


class ByFormat(DefaultContentNegotiation):
    """With `format`, which no other endpoint knows."""

    settings = APISettings({"URL_FORMAT_OVERRIDE": "format"}, DEFAULTS, IMPORT_STRINGS)  # type: ignore[assignment]  # as DRF has it


class SchemaView(SpectacularAPIView):
    """This description of the API, as JSON or YAML."""

    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer2,
        OpenApiYamlRenderer,
    ]
    content_negotiation_class = ByFormat
    generator_class = Once
    query_serializers = (Form,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        Form(data=request.query_params.dict()).is_valid(raise_exception=True)
        super().initial(request, *args, **kwargs)


# The page is made by Swagger UI, which asks for the description; its arrows are pictures in its style.
@method_decorator(
    csp_update({"script-src": [SELF], "connect-src": [SELF], "img-src": [SELF, "data:"]}),
    name="dispatch",
)
class DocsView(LoginRequiredMixin, TemplateView):
    """The API, to read and to try out."""

    template_name = "lifetracker/docs.html"


@login_not_required  # each of the two asks for it in its own way
def front_page(request: HttpRequest) -> HttpResponseBase:
    """Answer browsers with the home page, and programs with the list of endpoints: whoever shows a
    token, or does not ask for HTML by name."""
    is_browser = request.get_preferred_type([JSON, HTML]) == HTML
    shows_token = "Authorization" in request.headers
    view = HomeView if is_browser and not shows_token else Index
    response = view.as_view()(request)
    patch_vary_headers(response, ("Accept", "Authorization"))
    return response


@login_required
@require_POST
def sync_now(request: HttpRequest, slug: str) -> HttpResponse:
    source = next((one for one in sources.values() if one.slug == slug), None)
    if source is None:
        raise Http404
    before = set(SyncRun.objects.active().values_list("pk", flat=True))
    whole = "whole" in request.POST.getlist("history")
    try:
        run = enqueue(source, Order.of(full=True) if whole else next_order(source))
    except (NotConfigured, NeedsReauthorization) as error:
        messages.error(request, str(error))
        return redirect("home")
    title = title_of(source)
    if run.pk not in before:
        is_whole = run.kind == SyncRun.Kind.FULL
        what = "a sync of the whole history" if is_whole else "a sync"
        messages.success(request, f"{title}: {what} is queued.")
    elif run.status == SyncRun.Status.RUNNING:
        messages.info(request, f"{title}: a sync is at work already.")
    else:
        messages.info(request, f"{title}: a sync is waiting already.")
    return redirect("home")


# --- Every page -----------------------------------------------------------------------------------


def demo(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether all this is made up."""
    return {"demo": settings.DEMO}

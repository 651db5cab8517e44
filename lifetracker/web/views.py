"""The home page, its buttons, and what every page is told."""

from __future__ import annotations

from functools import partial
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
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

from lifetracker import days
from lifetracker.accounts.rights import staff_only
from lifetracker.api.index import Index
from lifetracker.api.schema import Once
from lifetracker.errors import NeedsReauthorization, NotConfigured
from lifetracker.models import SyncRun
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from lifetracker.tasks import enqueue, next_request
from lifetracker.web.cards import Visit, cards_in_order
from lifetracker.web.navigation import navigation
from lifetracker.web.source_status import all_synced_at, source_statuses

JSON, HTML = "application/json", "text/html"


class HomeView(LoginRequiredMixin, TemplateView):
    """A day of a life, in every domain, and how the syncs went."""

    template_name = "lifetracker/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        statuses = source_statuses()
        visit = Visit(now, {status.name: status for status in statuses})
        cards = cards_in_order()
        made = {card.name: card.make(visit) for card in cards}
        offsets = (card.offset_of(made[card.name]) for card in cards if card.offset_of)
        filled = [card for card in cards if card.has_records(made[card.name])]
        return super().get_context_data(
            **{status.slug: status for status in statuses},
            **made,
            today=days.local_date(now, next((one for one in offsets if one is not None), None)),
            cards=[card for card in cards if not card.of_the_day],
            cards_of_the_day=[card for card in cards if card.of_the_day],
            has_day=any(card.of_the_day for card in filled),
            has_records=bool(filled),
            sources=statuses,
            any_configured=any(status.configured for status in statuses),
            any_connected=any(status.is_connected for status in statuses),
            troubled=[status for status in statuses if status.is_troubled],
            all_synced_at=all_synced_at(statuses),
            renews=any(status.is_moving for status in statuses) and "still" not in self.request.GET,
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
    csp_update({"connect-src": [SELF], "img-src": [SELF, "data:"]}),
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


@staff_only
@require_POST
def sync_now(request: HttpRequest, slug: str) -> HttpResponse:
    source = next((one for one in sources.values() if one.slug == slug), None)
    if source is None:
        raise Http404
    before = set(SyncRun.objects.active().values_list("pk", flat=True))
    whole = "whole" in request.POST.getlist("history")
    try:
        run = enqueue(
            source, SyncRequest.from_options(full=True) if whole else next_request(source)
        )
    except (NotConfigured, NeedsReauthorization) as error:
        messages.error(request, str(error))
        return redirect("home")
    title = source.title
    if run.pk not in before:
        is_whole = run.kind == SyncRun.Kind.FULL
        what = "a sync of the whole history" if is_whole else "a sync"
        messages.success(request, f"{title}: {what} has been queued.")
    elif run.status == SyncRun.Status.RUNNING:
        messages.info(request, f"{title}: a sync is already running.")
    else:
        messages.info(request, f"{title}: a sync is already queued.")
    return redirect("home")


@login_not_required  # browsers ask for it without the session
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how a phone installs these pages. The address depends on the path below which they are served."""
    icon = {"sizes": "any", "type": "image/svg+xml", "src": static("lifetracker/icon.svg")}
    picture = {"sizes": "512x512", "type": "image/png", "src": static("lifetracker/icon-512.png")}
    home = reverse("home")
    return JsonResponse(
        {
            "name": "Life Tracker",
            "short_name": "Life Tracker",
            "id": home,
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "background_color": "#f5f3ee",
            "theme_color": "#f5f3ee",
            "icons": [icon, picture],
        },
        content_type="application/manifest+json",
    )


# --- Every page -----------------------------------------------------------------------------------


def frame(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether all this is made up, and the way to the other pages, made where it is shown."""
    return {"demo": settings.DEMO, "navigation": partial(navigation, request)}

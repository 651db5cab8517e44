"""Today's buttons, the description of the API, and what every page is told."""

from __future__ import annotations

from functools import partial
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
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

from lifetracker.accounts.script_policy import with_script
from lifetracker.api.index import Index
from lifetracker.api.parameters import UNKNOWN_PARAMETER, refuse_unknown
from lifetracker.api.schema import Once
from lifetracker.models import preferences
from lifetracker.web.navigation import navigation
from lifetracker.web.source_status import somebody_needs_consent
from lifetracker.web.today import HomeView

JSON, HTML = "application/json", "text/html"


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
    keeps_to_domains = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before the format is chosen, in which else the error would be.
        asked = Form(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        refuse_unknown(request.query_params, asked.fields, UNKNOWN_PARAMETER)
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
@with_script
def front_page(request: HttpRequest) -> HttpResponseBase:
    """Answer browsers with the home page, and programs with the list of endpoints: whoever shows a
    token, or does not ask for HTML by name."""
    is_browser = request.get_preferred_type([JSON, HTML]) == HTML
    shows_token = "Authorization" in request.headers
    view = HomeView if is_browser and not shows_token else Index
    response = view.as_view()(request)
    patch_vary_headers(response, ("Accept", "Authorization"))
    return response


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
    """For every template: whether all this is made up, what the owner chose, the way to the other pages, and whether a
    source needs the person, each asked for where it is shown. A page that knows the last says it itself."""
    return {
        "demo": settings.DEMO,
        "preferences": preferences,
        "navigation": partial(navigation, request),
        "needs_person": SimpleLazyObject(somebody_needs_consent),
    }

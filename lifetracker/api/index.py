"""The list of all endpoints, as drf-spectacular finds them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from django.urls import get_script_prefix
from drf_spectacular.generators import EndpointEnumerator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.api.schema import ACTIONS
from lifetracker.sync.webhooks import webhooks
from lifetracker.words import title_of

# What programs call; the rest is for browsers.
API = "/api/"
View = Callable[..., object]


class Endpoint(NamedTuple):
    """`line`: what it is for, empty where its view does not say."""

    path: str
    method: str
    line: str


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return all that programs call, by path. One pattern takes what all services push: those are known by
    their declarations."""
    found = [
        Endpoint(shown(path), method, line_of(view, method.lower()))
        for path, _, method, view in Endpoints().get_api_endpoints()
    ]
    found += [
        Endpoint(
            webhook.path, "POST", f"Receives webhook deliveries from {title_of(webhook.source)}"
        )
        for webhook in webhooks.values()
    ]
    return tuple(sorted(found))


def shown(path: str) -> str:
    """Return a path without the slash that may end it, its parameters as `<pk>`."""
    return path.rstrip("/").replace("{", "<").replace("}", ">")


class Endpoints(EndpointEnumerator):
    """What drf-spectacular finds, and beside it what is no view of the API: the page that describes it."""

    def should_include_endpoint(self, path: str, callback: View) -> bool:
        return path.startswith(API)

    def get_allowed_methods(self, callback: View) -> list[str]:
        is_of_api = hasattr(callback, "cls")
        return list(super().get_allowed_methods(callback)) if is_of_api else ["GET"]


def class_of(view: View) -> object:
    """Return the class that a view was made of; for a plain function, itself."""
    return getattr(view, "cls", None) or getattr(view, "view_class", view)


def line_of(view: View, method: str) -> str:
    """Return the first sentence of what the handler says of itself, else of what its class says."""
    action = getattr(view, "actions", {}).get(method, method)
    handler = getattr(class_of(view), action, None)
    text = ACTIONS.get(action) or own_doc(handler) or own_doc(class_of(view))
    return re.split(r"(?<=[.;])\s", " ".join(text.split()), maxsplit=1)[0].rstrip(".;")


def own_doc(thing: object) -> str:
    """Return what is written on it by us, not on what it inherits from, nor by the framework."""
    module = getattr(thing, "__module__", "")
    doc = (
        getattr(thing, "__doc__", "")
        if not module.startswith(("django.", "rest_framework."))
        else ""
    )
    return inspect.cleandoc(doc or "").partition("\n\n")[0]


class EndpointSerializer(serializers.Serializer[object]):
    path = serializers.CharField()
    method = serializers.CharField()
    line = serializers.CharField(help_text="What the endpoint does.")


class IndexSerializer(serializers.Serializer[object]):
    endpoints = EndpointSerializer(many=True)


class JsonAlone(BaseContentNegotiation):
    """Nobody is refused for what they accept: an empty header, or `*/*`, is no wish."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Index(APIView):
    """All endpoints, each with its method and a line on what it is for."""

    content_negotiation_class = JsonAlone
    keeps_to_domains = True

    @extend_schema(responses=IndexSerializer)
    def get(self, request: Request) -> Response:
        prefix = get_script_prefix().rstrip("/")
        found = [one._replace(path=prefix + one.path)._asdict() for one in endpoints()]
        return Response({"endpoints": found})

"""The list of all endpoints, read from the URL configuration, so that it cannot lag behind."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver, get_script_prefix
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.schema import ACTIONS
from lifetracker.webhooks import webhooks

# What programs call; the rest is for browsers.
API = "/api/"
METHODS = ("get", "post", "put", "patch", "delete")


class Endpoint(NamedTuple):
    """`line`: what it is for, empty where its view does not say."""

    path: str
    method: str
    line: str


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """All that programs call, by path. One pattern takes what all services push: those are known by
    their declarations."""
    found = [
        Endpoint(path, method.upper(), line_of(view, method))
        for path, view in views(get_resolver().url_patterns)
        if path.startswith(API)
        for method in methods_of(view)
    ]
    found += [
        Endpoint(webhook.path, "POST", f"Takes what {webhook.source} pushes")
        for webhook in webhooks.values()
    ]
    return tuple(sorted(found))


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each path, without the slash that may end it, and its view."""
    for pattern in patterns:
        text = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern):
            yield simplify_regex(text.removesuffix("$").removesuffix("/?")), pattern.callback


def methods_of(view: Any) -> list[str]:
    # A view of actions adds HEAD to them with its first request.
    actions = getattr(view, "actions", None)
    return [m for m in METHODS if (m in actions if actions else hasattr(class_of(view), m))]


def class_of(view: Any) -> Any:
    """The class that a view was made of; for a plain function, itself."""
    return getattr(view, "cls", None) or getattr(view, "view_class", view)


def line_of(view: Any, method: str) -> str:
    """The first sentence of what the handler says of itself, else of what its class says."""
    action = getattr(view, "actions", {}).get(method, method)
    handler = getattr(class_of(view), action, None)
    told = ACTIONS.get(action) or own_doc(handler) or own_doc(class_of(view))
    return re.split(r"(?<=[.;])\s", " ".join(told.split()), maxsplit=1)[0].rstrip(".;")


def own_doc(thing: Any) -> str:
    """What is written on it by us, not on what it inherits from, nor by the framework."""
    module = getattr(thing, "__module__", "")
    doc = (
        getattr(thing, "__doc__", "")
        if not module.startswith(("django.", "rest_framework."))
        else ""
    )
    return inspect.cleandoc(doc or "").partition("\n\n")[0]


class EndpointSerializer(serializers.Serializer[Any]):
    path = serializers.CharField()
    method = serializers.CharField()
    line = serializers.CharField(help_text="What it is for.")


class IndexSerializer(serializers.Serializer[Any]):
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

    @extend_schema(responses=IndexSerializer)
    def get(self, request: Request) -> Response:
        prefix = get_script_prefix().rstrip("/")
        found = [one._replace(path=prefix + one.path)._asdict() for one in endpoints()]
        return Response({"endpoints": found})

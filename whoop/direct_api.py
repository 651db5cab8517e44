"""WHOOP's own answers, for debugging: nothing of them is stored."""

from __future__ import annotations

import json
from contextlib import closing
from http import HTTPStatus
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api import ServiceView
from lifetracker.http import BadResponse
from lifetracker.serializers import InstantField
from lifetracker.streams import ServiceClient, rfc3339, sources
from whoop.models import WHOOP
from whoop.services.whoop_client import BODY_PATH

LATEST = {"limit": 1}


class Page(serializers.Serializer[Any]):
    """WHOOP's own parameters of a collection."""

    limit = serializers.IntegerField(min_value=1, max_value=25, required=False)
    start = InstantField(required=False)
    end = InstantField(required=False)
    nextToken = serializers.CharField(max_length=2000, required=False)  # noqa: N815 - WHOOP's name


def path_of(stream: str) -> str:
    return next(one.path for one in sources[WHOOP].streams if one.name == stream)


def ask(client: ServiceClient, path: str, params: dict[str, Any]) -> Any:
    """WHOOP's answer. Raises SyncError."""
    answer = client.get(path, params)
    try:
        # What Python reads and JSON does not know, such as NaN.
        json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise BadResponse(f"WHOOP answered {path} with something that is no JSON.") from error
    return answer


def ask_for_body(client: ServiceClient) -> Any:
    """None for a member without body measures."""
    try:
        return ask(client, BODY_PATH, {})
    except BadResponse as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


class Direct(ServiceView):
    """What WHOOP itself answers, for staff."""

    permission_classes = (IsAdminUser,)
    query_serializers: tuple[type[serializers.Serializer[Any]], ...] = ()

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        params = self.asked(request)
        with closing(sources[WHOOP].client()) as client:
            client.door.attempts = 1
            return Response(self.answer(client, params))

    def asked(self, request: Request) -> dict[str, Any]:
        """The parameters in WHOOP's form. Raises ValidationError, also for what WHOOP would ignore."""
        serializer = next(iter(self.query_serializers), serializers.Serializer)
        query = serializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        if unknown := set(request.query_params) - set(query.fields):
            raise serializers.ValidationError({name: ["Unknown."] for name in sorted(unknown)})
        given: dict[str, Any] = query.validated_data
        return given | {name: rfc3339(given[name]) for name in {"start", "end"} & given.keys()}

    def answer(self, client: ServiceClient, params: dict[str, Any]) -> Any:
        raise NotImplementedError


class Profile(Direct):
    """The member's profile as WHOOP answers it, for staff."""

    def answer(self, client: ServiceClient, params: dict[str, Any]) -> Any:
        return ask(client, path_of("profile"), params)


class Body(Direct):
    """The body measures as WHOOP answers them, for staff."""

    errors = {**ServiceView.errors, 404: "The member has no body measures."}

    def answer(self, client: ServiceClient, params: dict[str, Any]) -> Any:
        body = ask_for_body(client)
        if body is None:
            raise NotFound("WHOOP has no body measures of this member.")
        return body


class Collection(Direct):
    """One page of a collection."""

    stream: str
    query_serializers = (Page,)

    def answer(self, client: ServiceClient, params: dict[str, Any]) -> Any:
        try:
            return ask(client, path_of(self.stream), params)
        except BadResponse as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            # What was asked for is what the caller said: a token of no page, an end before its start.
            raise ParseError(str(error)) from None


class Recovery(Collection):
    """A page of recoveries as WHOOP answers it, for staff."""

    stream = "recovery"


class Sleep(Collection):
    """A page of sleeps as WHOOP answers it, for staff."""

    stream = "sleep"


class Workouts(Collection):
    """A page of workouts as WHOOP answers it, for staff."""

    stream = "workout"


class Cycles(Collection):
    """A page of cycles as WHOOP answers it, for staff."""

    stream = "cycle"


class WhoopDashboardSerializer(serializers.Serializer[Any]):
    """None where WHOOP has none."""

    profile = serializers.JSONField()
    body = serializers.JSONField(allow_null=True)
    recovery = serializers.JSONField(allow_null=True)
    sleep = serializers.JSONField(allow_null=True)
    workouts = serializers.JSONField(allow_null=True)
    cycles = serializers.JSONField(allow_null=True)


class Dashboard(Direct):
    """The latest of each as WHOOP answers it, for staff."""

    @extend_schema(responses=WhoopDashboardSerializer)
    def get(self, request: Request) -> Response:
        return super().get(request)

    def answer(self, client: ServiceClient, params: dict[str, Any]) -> Any:
        return {
            "profile": ask(client, path_of("profile"), {}),
            "body": ask_for_body(client),
            "recovery": self.latest(client, "recovery"),
            "sleep": self.latest(client, "sleep"),
            "workouts": self.latest(client, "workout"),
            "cycles": self.latest(client, "cycle"),
        }

    def latest(self, client: ServiceClient, stream: str) -> Any:
        """The newest record. Raises BadResponse for a page that is none."""
        page = ask(client, path_of(stream), LATEST)
        records = page.get("records") if isinstance(page, dict) else None
        if not isinstance(records, list):
            raise BadResponse(f"WHOOP answered {path_of(stream)} without a list of records.")
        return records[0] if records else None

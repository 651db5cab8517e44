"""WHOOP's own answers, for debugging: nothing of them is stored."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from contextlib import closing
from http import HTTPStatus

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.accounts.rights import IsStaff
from lifetracker.api.runs import ServiceView
from lifetracker.api.serializers import InstantField
from lifetracker.errors import BadResponse
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import Item
from lifetracker.sync.streams import ServiceClient, rfc3339, sources
from whoop.models import WHOOP
from whoop.services.whoop_client import BODY_PATH

LATEST = {"limit": 1}


class Page(serializers.Serializer[object]):
    """WHOOP's own parameters of a collection."""

    limit = serializers.IntegerField(min_value=1, max_value=25, required=False)
    start = InstantField(required=False)
    end = InstantField(required=False)
    nextToken = serializers.CharField(max_length=2000, required=False)  # noqa: N815 - WHOOP's name


def path_of(stream: str) -> str:
    return next(one.path for one in sources[WHOOP].streams if one.name == stream)


def ask(client: ServiceClient, path: str, params: Item) -> Json:
    """Return WHOOP's answer. Raises SyncError."""
    answer: Json = client.get(path, params)
    try:
        # What Python reads and JSON does not know, such as NaN.
        json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise BadResponse(f"WHOOP answered {path} with something that is not JSON.") from error
    return answer


def ask_for_body(client: ServiceClient) -> Json:
    """Return the body measures; None for a member without them."""
    try:
        return ask(client, BODY_PATH, {})
    except BadResponse as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


class Direct(ServiceView, ABC):
    """What WHOOP itself answers, for staff. It costs a part of WHOOP's quota, so that no token for reading only may."""

    permission_classes = (IsStaff,)
    get_starts = True

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        params = self.asked(request)
        with closing(sources[WHOOP].client()) as client:
            client.http.attempts = 1
            return Response(self.answer(client, params))

    def asked(self, request: Request) -> Item:
        """Return the parameters in WHOOP's form. Raises ValidationError."""
        serializer = next(iter(self.query_serializers), serializers.Serializer)
        query = serializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        given: Item = query.validated_data
        return given | {name: rfc3339(given[name]) for name in {"start", "end"} & given.keys()}

    @abstractmethod
    def answer(self, client: ServiceClient, params: Item) -> Json:
        """Return what the caller gets. Raises SyncError."""


class Profile(Direct):
    """The member's profile as WHOOP answers it, for staff."""

    def answer(self, client: ServiceClient, params: Item) -> Json:
        return ask(client, path_of("profile"), params)


class Body(Direct):
    """The body measures as WHOOP answers them, for staff."""

    errors = {**ServiceView.errors, 404: "The member has no body measurements."}

    def answer(self, client: ServiceClient, params: Item) -> Json:
        body = ask_for_body(client)
        if body is None:
            raise NotFound("WHOOP has no body measurements of this member.")
        return body


class Collection(Direct):
    """One page of a collection."""

    stream: str
    query_serializers = (Page,)

    def answer(self, client: ServiceClient, params: Item) -> Json:
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


class WhoopDashboardSerializer(serializers.Serializer[object]):
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

    def answer(self, client: ServiceClient, params: Item) -> Json:
        return {
            "profile": ask(client, path_of("profile"), {}),
            "body": ask_for_body(client),
            "recovery": self.latest(client, "recovery"),
            "sleep": self.latest(client, "sleep"),
            "workouts": self.latest(client, "workout"),
            "cycles": self.latest(client, "cycle"),
        }

    def latest(self, client: ServiceClient, stream: str) -> Json:
        """Return the newest record. Raises BadResponse for a page that is none."""
        page = ask(client, path_of(stream), LATEST)
        records = page.get("records") if isinstance(page, dict) else None
        if not isinstance(records, list):
            raise BadResponse(f"WHOOP answered {path_of(stream)} without a list of records.")
        return records[0] if records else None

"""Fasts of all sources as JSON, and the buttons that start and stop one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from fasting.limits import Confirmed, Everything
from fasting.models import FastConflict, FastingPeriod, Unconfirmed, WrongState
from lifetracker.api.fields import BY_COLUMN, FlagField
from lifetracker.api.lists import RecordViewSet
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import (
    InstantField,
    RecordSerializer,
    RefusesUnknown,
    public_fields,
)


def confirm_field() -> FlagField:
    return FlagField(
        write_only=True,
        required=False,
        help_text="Set to true to save a fast shorter than 5 minutes or longer than 72 hours, or a goal below 4 or above 48 hours. "
        "Without it, the answer to such a request is a 400 that says what is unusual.",
    )


def confirmed_by(asked: dict[str, Any]) -> Confirmed:
    """Take `confirm` out of what was asked."""
    return Everything() if asked.pop("confirm", False) else ()


def unconfirmed(error: Unconfirmed) -> serializers.ValidationError:
    text = f'{error.text} Send "confirm": true to save it anyway.'
    return serializers.ValidationError({"confirm": [text]})


class FastSerializer(RecordSerializer):
    confirm = confirm_field()

    class Meta:
        model = FastingPeriod
        fields = (*public_fields(FastingPeriod), "confirm")
        read_only_fields = ("id", "source", "date", "duration_hours", "updated_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        confirmed = confirmed_by(attrs)
        attrs = super().validate(attrs)
        try:
            self.candidate(attrs).require_confirmed(confirmed)
        except Unconfirmed as error:
            raise unconfirmed(error) from None
        return attrs


class Fasts(RecordViewSet):
    queryset = FastingPeriod.objects.live()
    serializer_class = FastSerializer

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with FastingPeriod.objects.locked():
            return super().create(request, *args, **kwargs)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with FastingPeriod.objects.locked():
            return super().update(request, *args, **kwargs)


class Current(ApiView, generics.RetrieveAPIView[Any]):
    """The running fast."""

    serializer_class = FastSerializer

    def get_object(self) -> FastingPeriod:
        fast = FastingPeriod.objects.happened().running().defer("raw").first()
        if fast is None:
            raise NotFound("No fast is running.")
        return fast  # type: ignore[no-any-return]


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


class Moment(RefusesUnknown):
    """`at`: when it happened, if not now."""

    at = InstantField(required=False)
    confirm = confirm_field()


class Beginning(Moment, serializers.ModelSerializer[FastingPeriod]):
    serializer_field_mapping = BY_COLUMN

    class Meta:
        model = FastingPeriod
        fields = ("at", "goal_hours", "confirm")


class Start(generics.GenericAPIView[Any]):
    """Starts a fast."""

    serializer_class = Beginning
    errors = {409: "A fast is running already."}

    @extend_schema(responses={201: FastSerializer})
    def post(self, request: Request) -> Response:
        fast = pressed(self.get_serializer(data=request.data), FastingPeriod.objects.begin)
        return Response(FastSerializer(fast).data, status=status.HTTP_201_CREATED)


class Stop(generics.GenericAPIView[Any]):
    """Ends the running fast."""

    serializer_class = Moment
    errors = {409: "No fast is running."}

    @extend_schema(responses=FastSerializer)
    def post(self, request: Request) -> Response:
        fast = pressed(self.get_serializer(data=request.data), FastingPeriod.objects.finish)
        return Response(FastSerializer(fast).data)


def pressed(
    asked: serializers.BaseSerializer[Any], act: Callable[..., FastingPeriod]
) -> FastingPeriod:
    """What the button does; what it cannot do becomes an answer."""
    asked.is_valid(raise_exception=True)
    values = dict(asked.validated_data)
    confirmed = confirmed_by(values)
    try:
        return act(**values, confirmed=confirmed)
    except Unconfirmed as error:
        raise unconfirmed(error) from None
    except WrongState as error:
        raise Conflict(error.text) from None
    except FastConflict as error:
        raise serializers.ValidationError({"at": [error.text]}) from None

"""`POST /api/import/health-auto-export`: what the iOS app Health Auto Export sends by schedule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apple_health.auto_export.job import Outcome, import_post
from apple_health.auto_export.reading import WrongSums
from lifetracker.api.fields import TextField
from lifetracker.api.parameters import ApiView
from lifetracker.api.parsers import JSONParser
from lifetracker.sync.files import MB

MOST_BYTES = 20 * MB
#: So many rejected values, ignored metrics and notes are named; all of them are counted.
MOST_NAMED = 50
TOO_LARGE = f"A post can have at most {MOST_BYTES // MB} MB. Choose fewer days in the app, or import Apple's own export."


class TooLarge(APIException):
    status_code = 413
    default_detail = TOO_LARGE
    default_code = "too_large"


class BoundedParser(BaseParser):
    """Reads JSON, and no more than a post can have. Raises TooLarge. No `JSONParser`: what that reads was read before, as far as
    Django's own limit for forms."""

    media_type = JSONParser.media_type
    renderer_class = JSONParser.renderer_class

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: object = None
    ) -> Any:
        read: Any = Bounded(stream)
        return JSONParser().parse(read, media_type, parser_context)


class Bounded:
    """Reads of a stream as much as a post can have. Raises TooLarge."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._left = stream, MOST_BYTES

    def read(self, size: int = -1) -> bytes:
        most = self._left + 1 if size < 0 else min(size, self._left + 1)
        found = self._stream.read(most)
        self._left -= len(found)
        if self._left < 0:
            raise TooLarge
        return found


# --- What is sent ---------------------------------------------------------------------------------


class RowsField(serializers.ListField):
    """A list of objects, of which none is looked at here."""

    child = serializers.DictField()

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not all(isinstance(one, dict) for one in data):
            raise serializers.ValidationError("Send a list of objects.")
        return data


class MetricSerializer(serializers.Serializer[object]):
    name = TextField(max_length=200, help_text="As the app calls it, such as `step_count`.")
    units = TextField(required=False, allow_blank=True, max_length=200)
    data = RowsField(  # type: ignore[assignment]  # fields are taken off the class
        help_text="Each with a `date` such as `2026-01-15 08:00:00 -0500` and a `qty`."
    )


class DataSerializer(serializers.Serializer[object]):
    metrics = MetricSerializer(many=True, required=False)
    workouts = RowsField(required=False)

    def to_internal_value(self, data: Any) -> Any:
        """Return what is known, and of everything else what there is, to be counted."""
        found = super().to_internal_value(data)
        return {**{name: rest for name, rest in data.items() if name not in found}, **found}


class PostSerializer(serializers.Serializer[object]):
    data = DataSerializer()  # type: ignore[assignment]  # as above


# --- What is answered -----------------------------------------------------------------------------


class OutcomeCountsSerializer(serializers.Serializer[object]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Stored already, or known from another source.")
    rejected = serializers.IntegerField()


class RejectedValueSerializer(serializers.Serializer[object]):
    where = serializers.CharField()
    reason = serializers.CharField()


class PostAnswerSerializer(serializers.Serializer[object]):
    days = OutcomeCountsSerializer()
    nights = OutcomeCountsSerializer()
    weigh_ins = OutcomeCountsSerializer()
    workouts = OutcomeCountsSerializer()
    ignored = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many values of which metrics are not read."
    )
    rejected = RejectedValueSerializer(many=True, help_text=f"The first {MOST_NAMED}.")
    rejected_count = serializers.IntegerField()
    notes = serializers.ListField(child=serializers.CharField())


def answer_of(outcome: Outcome) -> dict[str, Any]:
    names = ("created", "updated", "unchanged", "rejected")
    counts = {kind: one.counts() for kind, one in outcome.stored.items()}
    posted, refusals = outcome.posted, outcome.refusals
    return {
        **{
            kind.replace("-", "_"): {name: getattr(one, name) for name in names}
            for kind, one in counts.items()
        },
        "ignored": dict(posted.ignored.most_common(MOST_NAMED)),
        "rejected": [{"where": one.where, "reason": one.reason} for one in refusals[:MOST_NAMED]],
        "rejected_count": len(refusals),
        "notes": [*posted.notes][:MOST_NAMED],
    }


def reasons(errors: Any, place: str = "") -> Iterator[str]:
    """Yield what is wrong with a post, each with its place: `data.metrics.0.name: This field is required.`"""
    if isinstance(errors, dict):
        for name, within in errors.items():
            yield from reasons(within, f"{place}.{name}".lstrip("."))
    elif isinstance(errors, list) and any(isinstance(one, dict) for one in errors):
        for at, within in enumerate(errors):
            yield from reasons(within, f"{place}.{at}")
    else:
        yield from (f"{place}: {text}" for text in errors)


class HealthAutoExport(ApiView):
    """Stores what the iOS app Health Auto Export sends: days, nights, weigh-ins and workouts of Apple Health."""

    parser_classes = (BoundedParser,)
    serializer_class = PostAnswerSerializer
    body_serializer = PostSerializer
    takes_imports = True
    success_status = 200
    errors: ClassVar = {413: TOO_LARGE}

    def post(self, request: Request) -> Response:
        sent = PostSerializer(data=request.data)
        if not sent.is_valid():
            raise serializers.ValidationError({"data": [*reasons(sent.errors)]})
        try:
            outcome = import_post(sent.validated_data["data"])
        except WrongSums as error:
            raise serializers.ValidationError({"data": [str(error)]}) from None
        return Response(answer_of(outcome))

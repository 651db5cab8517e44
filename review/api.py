"""Intentions as JSON, and the review as a whole."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker import days
from lifetracker.api.authentication import sees_all
from lifetracker.api.lists import RecordViewSet
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import RecordSerializer, public_fields
from lifetracker.models import ApiToken
from lifetracker.words import joined
from review.facts import review_facts
from review.models import Intention
from review.periods import BadPeriod, Length, NoSuchPeriod, Period, asked_period
from review.reading import read_review

ALL_DOMAINS = (
    "The review tells of all domains, and this API token is limited to {}. Ask for /api/intentions, or create a token "
    "without a limit on the page /settings/tokens/."
)


class IntentionSerializer(RecordSerializer):
    class Meta:
        model = Intention
        fields = public_fields(Intention)
        read_only_fields = ("id", "source", "updated_at")


class Intentions(RecordViewSet):
    """Intentions by the Monday of their week; the one for the next week has an `end_date` ahead."""

    queryset = Intention.objects.live()
    serializer_class = IntentionSerializer


class ReviewLineSerializer(serializers.Serializer[object]):
    text = serializers.CharField()
    page = serializers.CharField(
        allow_blank=True, help_text="The path of the page that has more; empty for none."
    )


class ReviewRowSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    value = serializers.CharField(allow_blank=True, help_text="With its unit, as the page says it.")
    words = serializers.CharField(
        allow_blank=True, help_text="How it lies to what is usual, or what came of it."
    )
    known = serializers.CharField(
        allow_blank=True, help_text="Of how many days it is known, where that is not all of them."
    )
    values = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        help_text="What the days, weeks or months came to; null where that is not known.",
    )
    page = serializers.CharField(
        allow_blank=True, help_text="The path of the page that has more; empty for none."
    )


class ReviewSectionSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    title = serializers.CharField()
    lead = serializers.CharField(allow_blank=True)
    rows = ReviewRowSerializer(many=True)
    lines = ReviewLineSerializer(many=True)
    note = serializers.CharField(allow_blank=True, help_text="What must be known to read it.")
    suggestions = serializers.ListField(
        child=serializers.CharField(), help_text="What one might intend for the next week."
    )


class ReviewSerializer(serializers.Serializer[object]):
    period = serializers.CharField(help_text="Its name, such as 2026-W48, 2026-11 or 2026.")
    length = serializers.ChoiceField(choices=[one.value for one in Length])
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    is_over = serializers.BooleanField()
    title = serializers.CharField()
    notes = serializers.ListField(
        child=serializers.CharField(),
        help_text="That it is not over, or that the first record is later than its first day.",
    )
    sections = ReviewSectionSerializer(many=True)


class ReviewView(ApiView, generics.GenericAPIView[Any]):
    """Return what a week (`2026-W48`), a month (`2026-11`) or a year (`2026`) came to, as the page says it. It tells of all
    domains, so that a token that is limited to some does not open it."""

    serializer_class = ReviewSerializer

    @extend_schema(responses=ReviewSerializer)
    def get(self, request: Request, period: str) -> Response:
        if not sees_all(request) and isinstance(request.auth, ApiToken):
            raise PermissionDenied(ALL_DOMAINS.format(joined(request.auth.titles)))
        today = days.today()
        review = read_review(period_or_error(period), today)
        return Response(self.get_serializer(review_facts(review)).data)


def period_or_error(name: str) -> Period:
    """Raises the API's errors for what is no period."""
    try:
        return asked_period(name, days.today())
    except NoSuchPeriod as error:
        raise NotFound(str(error)) from None
    except BadPeriod as error:
        raise serializers.ValidationError({"period": [str(error)]}) from None

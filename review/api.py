"""Intentions as JSON, and the review as a whole."""

from __future__ import annotations

from lifetracker.api.lists import RecordViewSet
from lifetracker.api.serializers import RecordSerializer, public_fields
from review.models import Intention


class IntentionSerializer(RecordSerializer):
    class Meta:
        model = Intention
        fields = public_fields(Intention)
        read_only_fields = ("id", "source", "updated_at")


class Intentions(RecordViewSet):
    """Intentions by the Monday of their week; the one for the next week has an `end_date` ahead."""

    queryset = Intention.objects.live()
    serializer_class = IntentionSerializer

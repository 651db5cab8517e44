"""Days and nights of Apple Health as JSON."""

from __future__ import annotations

from rest_framework import generics

from apple_health.models import AppleDay, AppleNight
from lifetracker.api.lists import DateRangeMixin
from lifetracker.api.serializers import FactSerializer, public_fields


class AppleDaySerializer(FactSerializer):
    class Meta:
        model = AppleDay
        fields = public_fields(AppleDay)


class AppleNightSerializer(FactSerializer):
    class Meta:
        model = AppleNight
        fields = public_fields(AppleNight)


class AppleDays(DateRangeMixin, generics.ListAPIView[AppleDay]):
    """What Apple Health comes to on each of the asked days."""

    queryset = AppleDay.objects.live()
    serializer_class = AppleDaySerializer


class AppleNights(DateRangeMixin, generics.ListAPIView[AppleNight]):
    """The nights and naps of the asked days, by the local date of waking, also those that WHOOP has too."""

    queryset = AppleNight.objects.live()
    serializer_class = AppleNightSerializer

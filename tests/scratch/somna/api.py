"""SOMNA's records as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import generics
from somna.models import SomnaDay, SomnaNap

from lifetracker.api.lists import DateRangeMixin
from lifetracker.api.serializers import FactSerializer, public_fields


class SomnaDaySerializer(FactSerializer):
    class Meta:
        model = SomnaDay
        fields = public_fields(SomnaDay)


class SomnaNapSerializer(FactSerializer):
    class Meta:
        model = SomnaNap
        fields = public_fields(SomnaNap)


class Days(DateRangeMixin, generics.ListAPIView[Any]):
    """SOMNA's scores of the asked days."""

    queryset = SomnaDay.objects.live()
    serializer_class = SomnaDaySerializer


class Naps(DateRangeMixin, generics.ListAPIView[Any]):
    """The naps of the asked days."""

    queryset = SomnaNap.objects.live()
    serializer_class = SomnaNapSerializer

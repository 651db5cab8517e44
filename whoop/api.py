"""WHOOP's records as JSON, from the database."""

from __future__ import annotations

from typing import Any

from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.api import DateRangeMixin, LatestView, public_fields, sync_status
from oauth_integration.models import OAuthCredential
from whoop.models import WHOOP, WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep, WhoopWorkout
from whoop.sports import display_name

# WHOOP's own endpoints speak of WHOOP's records by WHOOP's ids.
OURS = ("id", "source")


class RecoverySerializer(serializers.ModelSerializer[WhoopRecovery]):
    class Meta:
        model = WhoopRecovery
        fields = public_fields(WhoopRecovery, *OURS, "start_time")


class SleepSerializer(serializers.ModelSerializer[WhoopSleep]):
    class Meta:
        model = WhoopSleep
        fields = public_fields(WhoopSleep, *OURS)


class CycleSerializer(serializers.ModelSerializer[WhoopCycle]):
    class Meta:
        model = WhoopCycle
        fields = public_fields(WhoopCycle, *OURS)


class WorkoutSerializer(serializers.ModelSerializer[WhoopWorkout]):
    workout_id = serializers.CharField(source="source_id")
    start_time = serializers.DateTimeField(source="start")
    end_time = serializers.DateTimeField(source="end")
    sport = serializers.SerializerMethodField()

    class Meta:
        model = WhoopWorkout
        fields = (
            "workout_id",
            "start_time",
            "end_time",
            "sport",
            *public_fields(WhoopWorkout, *OURS, "start", "end"),
        )

    def get_sport(self, workout: WhoopWorkout) -> str:
        return display_name(workout.sport_name)


class ProfileSerializer(serializers.ModelSerializer[WhoopProfile]):
    class Meta:
        model = WhoopProfile
        fields = public_fields(WhoopProfile, *OURS)


class RecoveryList(DateRangeMixin, generics.ListAPIView[Any]):
    queryset = WhoopRecovery.objects.live()
    serializer_class = RecoverySerializer


class LatestRecovery(LatestView):
    queryset = WhoopRecovery.objects.live()
    serializer_class = RecoverySerializer


class SleepList(DateRangeMixin, generics.ListAPIView[Any]):
    queryset = WhoopSleep.objects.live()
    serializer_class = SleepSerializer


class LatestSleep(LatestView):
    """The last night; a nap since then is not it."""

    queryset = WhoopSleep.objects.nights()
    serializer_class = SleepSerializer


class CycleList(DateRangeMixin, generics.ListAPIView[Any]):
    queryset = WhoopCycle.objects.live()
    serializer_class = CycleSerializer


class LatestCycle(LatestView):
    queryset = WhoopCycle.objects.live()
    serializer_class = CycleSerializer


class WorkoutList(DateRangeMixin, generics.ListAPIView[Any]):
    queryset = WhoopWorkout.objects.live()
    serializer_class = WorkoutSerializer


class LatestWorkout(LatestView):
    queryset = WhoopWorkout.objects.live()
    serializer_class = WorkoutSerializer


class Profile(LatestView):
    queryset = WhoopProfile.objects.live().order_by("-updated_at")
    serializer_class = ProfileSerializer


class SyncStatus(APIView):
    def get(self, request: Request) -> Response:
        credential = OAuthCredential.objects.of("whoop")
        connection = {
            "connected": credential.is_connected,
            "needs_reauthorization": credential.needs_reauthorization,
        }
        return Response(connection | sync_status(WHOOP))

"""WHOOP's records as JSON, from the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.fields import WholeField
from lifetracker.api.lists import DateRangeMixin, LatestView
from lifetracker.api.parameters import ApiView
from lifetracker.api.runs import StartedRunSerializer, StartRun, SyncStatusSerializer, sync_status
from lifetracker.api.serializers import ComputedText, FactSerializer, InstantField, public_fields
from lifetracker.models import Lease, SyncRun
from lifetracker.sync.plans import SyncRequest
from oauth_integration.models import OAuthCredential
from whoop.models import WHOOP, WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep, WhoopWorkout
from whoop.sports import display_name

# WHOOP's own endpoints speak of WHOOP's records by WHOOP's ids.
OURS = ("id", "source")


class RecoverySerializer(FactSerializer):
    class Meta:
        model = WhoopRecovery
        fields = public_fields(WhoopRecovery, *OURS, "start_time")


class SleepSerializer(FactSerializer):
    class Meta:
        model = WhoopSleep
        fields = public_fields(WhoopSleep, *OURS)


class CycleSerializer(FactSerializer):
    class Meta:
        model = WhoopCycle
        fields = public_fields(WhoopCycle, *OURS)


@extend_schema_serializer(component_name="WhoopWorkout")
class WorkoutSerializer(FactSerializer):
    workout_id = serializers.CharField(source="source_id")
    start_time = InstantField(source="start")
    end_time = InstantField(source="end")
    sport = ComputedText(display_name, "sport_name")

    class Meta:
        model = WhoopWorkout
        fields = (
            "workout_id",
            "start_time",
            "end_time",
            "sport",
            *public_fields(WhoopWorkout, *OURS, "start", "end"),
        )


class ProfileSerializer(FactSerializer):
    class Meta:
        model = WhoopProfile
        fields = public_fields(WhoopProfile, *OURS)


class RecoveryList(DateRangeMixin, generics.ListAPIView[WhoopRecovery]):
    """The recoveries of the asked days, by the local date of waking."""

    queryset = WhoopRecovery.objects.live()
    serializer_class = RecoverySerializer


class LatestRecovery(LatestView):
    """The newest recovery."""

    queryset = WhoopRecovery.objects.live()
    serializer_class = RecoverySerializer


class SleepList(DateRangeMixin, generics.ListAPIView[WhoopSleep]):
    """The nights and naps of the asked days, by the local date of waking."""

    queryset = WhoopSleep.objects.live()
    serializer_class = SleepSerializer


class LatestSleep(LatestView):
    """The last night; a nap since then is not it."""

    queryset = WhoopSleep.objects.nights()
    serializer_class = SleepSerializer


class CycleList(DateRangeMixin, generics.ListAPIView[WhoopCycle]):
    """The cycles of the asked days, by the local date of their middle."""

    queryset = WhoopCycle.objects.live()
    serializer_class = CycleSerializer


class LatestCycle(LatestView):
    """The newest cycle, which may be still running."""

    queryset = WhoopCycle.objects.live()
    serializer_class = CycleSerializer


class WorkoutList(DateRangeMixin, generics.ListAPIView[WhoopWorkout]):
    """WHOOP's workouts of the asked days, by the local date of their start."""

    queryset = WhoopWorkout.objects.live()
    serializer_class = WorkoutSerializer


class LatestWorkout(LatestView):
    """The newest workout."""

    queryset = WhoopWorkout.objects.live()
    serializer_class = WorkoutSerializer


class Profile(LatestView):
    """The member and the body measures."""

    queryset = WhoopProfile.objects.live().order_by("-updated_at")
    serializer_class = ProfileSerializer


class WhoopStatusSerializer(SyncStatusSerializer):
    connected = serializers.BooleanField()
    needs_reauthorization = serializers.BooleanField()


class SyncStatus(ApiView):
    """The connection, the last run, and how far back each stream is verified."""

    @extend_schema(responses=WhoopStatusSerializer)
    def get(self, request: Request) -> Response:
        credential = OAuthCredential.objects.of("whoop")
        connection = {
            "connected": credential.is_connected,
            "needs_reauthorization": credential.needs_reauthorization,
        }
        return Response(connection | sync_status(WHOOP))


# --- Runs -----------------------------------------------------------------------------------------

TODAY_DAYS = 2
MOST_DAYS = 365
FRESH = timedelta(minutes=1)
# Longer than it takes to look for a run and to queue one.
ASKING = timedelta(seconds=10)


class DaysBack(serializers.Serializer[object]):
    refuses_unknown = True

    days = WholeField(min_value=1, max_value=MOST_DAYS, required=False)


class StartWhoopRun(StartRun):
    source = WHOOP


class RefreshToday(StartWhoopRun):
    """The last two days. A GET, too, starts a run, unless the last one began within a minute."""

    kind = SyncRun.Kind.TODAY
    # So that no token for reading only may.
    get_starts = True

    def order(self, asked: dict[str, Any]) -> SyncRequest:
        return SyncRequest(self.kind, TODAY_DAYS)

    @extend_schema(responses={200: StartedRunSerializer, 202: StartedRunSerializer})
    def get(self, request: Request) -> Response:
        """Read the last two days again, unless that was begun within a minute."""
        self.asked(request)
        if last := self.fresh():
            return Response(self.describe(last))
        # Of those who find none at the same moment, one starts it.
        with Lease.objects.wait("refresh today", ASKING):
            last = self.fresh()
            return Response(self.describe(last)) if last else self.post(request)

    def fresh(self) -> SyncRun | None:
        runs = SyncRun.objects.filter(source=self.source, kind=self.kind)
        return runs.filter(started_at__gt=timezone.now() - FRESH).first()


class Refresh(StartWhoopRun):
    """The last `days`, 7 if nothing is said."""

    body_serializer = DaysBack

    def order(self, asked: dict[str, Any]) -> SyncRequest:
        return SyncRequest(SyncRun.Kind.MANUAL, asked.get("days", 7))


class SyncIncremental(StartWhoopRun):
    """What is not verified yet."""


class SyncFull(StartWhoopRun):
    """All of the last `days`, a year if nothing is said."""

    body_serializer = DaysBack

    def order(self, asked: dict[str, Any]) -> SyncRequest:
        return SyncRequest(SyncRun.Kind.FULL, asked.get("days", MOST_DAYS))

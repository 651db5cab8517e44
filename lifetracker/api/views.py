"""The endpoint that belongs to no app: the health answer."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django_q.brokers import get_broker
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.api.authentication import TokenAuthentication
from lifetracker.models import SyncRun
from lifetracker.ops.failures import redis_errors
from lifetracker.sync.streams import file_sources, sources


class QueueSerializer(serializers.Serializer[object]):
    waiting = serializers.IntegerField(help_text="Number of messages that wait for a worker.")


VERSION_IS_FOR = "Only for requests with a login or token."


class HealthSerializer(serializers.Serializer[object]):
    status = serializers.ChoiceField(choices=["ok"])
    version = serializers.CharField(required=False, help_text=VERSION_IS_FOR)
    last_success = serializers.DictField(
        child=serializers.DateTimeField(),
        help_text="The last successful sync of each source. Sources without one are left out.",
    )
    queue = QueueSerializer()
    database = serializers.ChoiceField(choices=["ok"])


class UnhealthySerializer(serializers.Serializer[object]):
    status = serializers.ChoiceField(choices=["error"])
    version = serializers.CharField(required=False, help_text=VERSION_IS_FOR)
    last_success = serializers.DictField(child=serializers.DateTimeField(), required=False)
    queue = serializers.CharField(required=False)
    database = serializers.CharField()


def is_known(request: Request) -> bool:
    """Return whether somebody asks who is logged in, or shows a token that works. Raises DatabaseError."""
    if request._request.user.is_authenticated:
        return True
    try:
        return TokenAuthentication().authenticate(request) is not None
    except APIException:
        return False


class HealthView(APIView):
    """For monitors: open to all, without a personal value, and to strangers without the version, whose holes they
    would look up."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    # What watches over this must get its answer, and it costs two queries.
    throttle_classes = ()

    def perform_authentication(self, request: Request) -> None:
        """Do nothing: nobody is refused, and where the database is away nobody is known: `is_known` asks."""

    @extend_schema(responses={200: HealthSerializer, 503: UnhealthySerializer})
    def get(self, request: Request) -> Response:
        answer: dict[str, object] = {"status": "ok"}
        try:
            if is_known(request):
                answer["version"] = settings.VERSION
            answer["last_success"] = SyncRun.objects.last_success_per_source(
                [*sources, *file_sources]
            )
            answer["queue"] = {"waiting": get_broker().queue_size()}
        except DatabaseError:
            return Response(
                answer | {"status": "error", "database": "not reachable"},
                status=status.HTTP_503_SERVICE_UNAVAILABLE,
            )
        except redis_errors():
            return Response(
                answer | {"status": "error", "database": "ok", "queue": "not reachable"},
                status=status.HTTP_503_SERVICE_UNAVAILABLE,
            )
        return Response(answer | {"database": "ok"})

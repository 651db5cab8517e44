"""The project's pages, and two that its endpoints are compared with."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, JsonResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker import days
from lifetracker.urls import urlpatterns as ours
from whoop.api import RecoverySerializer
from whoop.models import WhoopRecovery


class Constant(APIView):
    """Everything that an endpoint has around it: middleware, login, throttle, renderer."""

    def get(self, request: Request) -> Response:
        return Response({"answer": 42})


def values(request: HttpRequest) -> JsonResponse:
    """The rows of a year as plain Django gives them: no login, no page, no count."""
    today = days.today()
    rows = WhoopRecovery.objects.live().filter(date__range=(today - timedelta(days=364), today))
    stored = {field.name for field in WhoopRecovery._meta.concrete_fields}
    columns = [name for name in RecoverySerializer.Meta.fields if name in stored]
    return JsonResponse({"results": list(rows.values(*columns))})


urlpatterns = [
    *ours,
    path("benchmark/constant", Constant.as_view()),
    path("benchmark/values", values),
]

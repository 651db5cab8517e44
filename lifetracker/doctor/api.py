"""The report as JSON."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.accounts.rights import IsStaff
from lifetracker.api.parameters import ApiView
from lifetracker.api.runs import StreamCoverageSerializer
from lifetracker.api.serializers import InstantField
from lifetracker.doctor.report import examine
from lifetracker.models import SyncRun


class FindingSerializer(serializers.Serializer[object]):
    subject = serializers.CharField(help_text="What it is about, such as the name of a service.")
    text = serializers.CharField()
    todo = serializers.CharField(help_text="What to do about it.")


class SourceReportSerializer(serializers.Serializer[object]):
    source = serializers.CharField()  # type: ignore[assignment]  # fields are taken off the class
    title = serializers.CharField()
    configured = serializers.BooleanField()
    connected = serializers.BooleanField()
    token_expires_at = InstantField(
        allow_null=True, help_text="Null for a token without an expiry. A sync refreshes tokens."
    )
    last_run = serializers.ChoiceField(choices=SyncRun.Status.choices, allow_null=True)
    last_success = InstantField(allow_null=True)
    next_run = InstantField(allow_null=True, help_text="Null if no schedule reads it.")
    rejected_items = serializers.IntegerField()
    pending_deletions = serializers.IntegerField()
    streams = StreamCoverageSerializer(many=True)


class StorageSerializer(serializers.Serializer[object]):
    database = serializers.CharField()
    database_bytes = serializers.IntegerField()
    free_bytes = serializers.IntegerField(help_text="Free space on the disk.")
    pending_migrations = serializers.ListField(child=serializers.CharField())


class QueueReportSerializer(serializers.Serializer[object]):
    waiting = serializers.IntegerField(
        allow_null=True, help_text="Messages that wait. Null if the queue cannot be reached."
    )
    worker = serializers.BooleanField()
    failed_tasks = serializers.IntegerField(help_text="Within the last day.")
    last_failure = InstantField(allow_null=True)


class ReportSerializer(serializers.Serializer[object]):
    healthy = serializers.BooleanField(help_text="False if something needs you.")
    checked_at = InstantField()
    version = serializers.CharField()
    troubles = FindingSerializer(many=True, help_text="What needs you.")
    notes = FindingSerializer(many=True, help_text="What is good to know.")
    sources = SourceReportSerializer(many=True)
    queue = QueueReportSerializer(allow_null=True)
    storage = StorageSerializer(allow_null=True)


class DoctorView(ApiView):
    """Says whether everything works, and what to do where it does not."""

    permission_classes = (IsStaff,)

    @extend_schema(responses=ReportSerializer)
    def get(self, request: Request) -> Response:
        return Response(ReportSerializer(examine()).data)

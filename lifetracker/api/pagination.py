"""How lists are cut into pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Model
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class Asked(serializers.Serializer[object]):
    page = serializers.IntegerField(min_value=1, default=1)


class Pages(PageNumberPagination):
    """`?page=2`. A page that is not there is a bad parameter, as any other is: a 400."""

    def get_page_number(self, request: Request, paginator: Paginator[Model]) -> int:
        asked = Asked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return int(asked.validated_data["page"])

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound as error:
            raise serializers.ValidationError({"page": [str(error.detail)]}) from None

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, object]]:
        found = super().get_schema_operation_parameters(view)
        for parameter in found:
            parameter["schema"] |= {"minimum": 1, "default": 1}
        return found

    def get_paginated_response_schema(self, schema: dict[str, object]) -> dict[str, object]:
        page = super().get_paginated_response_schema(schema)
        required = list(page["properties"])
        detail = {
            "type": "string",
            "description": "Why an empty list may be incomplete, such as a source that is not connected.",
        }
        return page | {
            "properties": page["properties"] | {"detail": detail},
            "required": required,
        }

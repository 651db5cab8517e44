"""How every list is cut into pages."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """A `page` that is not there is a wrong parameter like any other: 400, by its name."""

    def paginate_queryset(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().paginate_queryset(*arguments, **options)
        except NotFound as error:
            raise ValidationError({"page": [error.detail]}) from None

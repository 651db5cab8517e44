"""The parameters that a view of the API takes in its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from lifetracker.api.pagination import Pages

READING = ("GET", "HEAD")
UNKNOWN_PARAMETER = "This parameter does not exist."


def refuse_unknown(given: Iterable[str], known: Iterable[str], text: str) -> None:
    """Raise ValidationError by name for what is given and not known: a misspelt name must not be taken for one that was
    left out."""
    # A name may hold characters that no answer can.
    if unknown := {repr(name)[1:-1] for name in set(given) - set(known)}:
        raise serializers.ValidationError({name: [text] for name in sorted(unknown)})


class ApiView(APIView):
    """A view that refuses parameters which it does not know, to whoever may ask at all."""

    #: What validates the parameters, whose fields they are.
    query_serializers: tuple[type[serializers.Serializer[object]], ...] = ()
    #: Whether it is a list in pages.
    is_paged = False
    #: Whether it tells a token that is limited to domains of those alone, where it belongs to none itself.
    keeps_to_domains = False
    #: Whether it takes what a token may send that may do nothing else.
    takes_imports = False

    def initial(self, request: Request, *args: Any, **options: Any) -> None:
        super().initial(request, *args, **options)
        if request.method in READING and hasattr(self, "get"):
            refuse_unknown(request.query_params, self.parameter_names(), UNKNOWN_PARAMETER)

    def parameter_names(self) -> set[str]:
        """Return those of the list; one record takes none."""
        if getattr(self, "detail", False):
            return set()
        names = {name for one in self.query_serializers for name in dict(one().fields)}
        return names | {Pages.page_query_param} if self.is_paged else names

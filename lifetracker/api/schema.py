"""What the API is, as OpenAPI: made by drf-spectacular from the views, their serializers and the
URLs, so that nothing is said twice."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal, TypeGuard

from django.core.validators import RegexValidator
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework import mixins, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from lifetracker.api.fields import AnyField
from lifetracker.models.fields import TypedInBounds, unit_of
from lifetracker.sync.measures import refuse_zero

# Its path, the pattern of that, a method and the view.
Endpoint = tuple[str, str, str, object]
Direction = Literal["request", "response"]

# What the pattern of an id in a path allows (`\d{1,18}`), as numbers.
ID_PATTERN = r"^\d{1,18}$"
GREATEST_ID = 10**18 - 1
# PostgreSQL's texts cannot hold that character.
WITHOUT_NUL = r"^[^\u0000]*$"
# The least that passes `refuse_zero`, to the digits that are kept.
ABOVE_ZERO = {"integer": {"minimum": 1}, "number": {"minimum": 0.0001}}
NOT_BLANK = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"

# Of the actions that every domain of typed-in records has.
ACTIONS = {
    "list": "List the records of the requested days from all sources, newest first.",
    "create": "Create a record with the source Manual.",
    "retrieve": "Return one record.",
    "update": "Replace a record with the source Manual.",
    "partial_update": "Change a record with the source Manual.",
    "destroy": "Delete a record with the source Manual. Its page can bring it back.",
}

ERRORS = {
    400: "A parameter or the body is invalid. The answer names it.",
    401: "The login or token is missing or invalid.",
    403: "The login or token does not allow this, also by the domains that a token is limited to, the CSRF token is missing, or the record comes from a service and cannot be changed here.",
    404: "The record does not exist.",
    406: "The requested content type is not available.",
    415: "The body is not JSON.",
    429: "Too many requests.",
}


def is_free_text(field: AnyField) -> TypeGuard[serializers.CharField]:
    """Return whether it has no validator whose own pattern is put in later."""
    return isinstance(field, serializers.CharField) and not any(
        isinstance(one, RegexValidator) for one in field.validators
    )


def column_of(field: AnyField) -> Any:
    """Return the model's column that a serializer's field is made of; None where there is none."""
    if not isinstance(field.parent, serializers.ModelSerializer):
        return None
    model: Any = field.parent.Meta.model
    return next((one for one in model._meta.concrete_fields if one.name == field.source), None)


class Problem(serializers.Serializer[object]):
    """Why there is no other answer, for people to read."""

    detail = serializers.CharField()


class Invalid(serializers.Serializer[object]):
    """What is wrong: by the name of the parameter or field, or as `detail` where the request cannot
    be read at all."""


class InvalidSchema(OpenApiSerializerExtension):
    target_class = Invalid

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, object]:
        texts = {"type": "array", "items": {"type": "string"}, "minItems": 1}
        # Of a list within the body: by the place in it, and by the name there.
        by_name = {"type": "object", "additionalProperties": texts, "minProperties": 1}
        by_place = {
            "type": "object",
            "additionalProperties": {"oneOf": [texts, by_name]},
            "minProperties": 1,
        }
        problem = auto_schema.resolve_serializer(Problem, direction).ref
        fields = {"type": "object", "additionalProperties": {"oneOf": [texts, by_place]}}
        return {"oneOf": [problem, fields | {"minProperties": 1}], "description": Invalid.__doc__}


class LoginScheme(SessionScheme):
    """The login of the pages. What changes something needs the CSRF token in `X-CSRFToken`, too."""

    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, object]:
        return super().get_security_definition(auto_schema) | {"description": self.__doc__}


class TokenScheme(OpenApiAuthenticationExtension):
    """A token for scripts, in the header `Authorization`."""

    target_class = "lifetracker.api.authentication.TokenAuthentication"
    name = "token"
    optional = True

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, object]:
        return {"type": "http", "scheme": "bearer", "description": self.__doc__}


class ApiSchema(AutoSchema):
    """Reads from a view, beside what drf-spectacular reads:

    `query_serializers`: what validates the query, whose fields are the parameters.
    `body_serializer`: what validates the body, where it is not the `serializer_class` of the answer.
    `takes_query`: whether the fields of that may stand in the query too.
    `success_status`: of the answer to a POST, where it is not 200 or 201.
    `errors`: statuses of its own, with their reasons, beside those that follow from what it is.
    """

    view: Any

    def get_summary(self) -> str:
        doc = self.get_description()
        return re.split(r"(?<=[.:])\s", doc.replace("\n", " "), maxsplit=1)[0].rstrip(".:")

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        action = getattr(self.view, "action", "")
        return ACTIONS[action] if action in ACTIONS else super().get_description()

    def get_override_parameters(self) -> list[Any]:
        """Return what validates the query. A range of days is asked of lists, and not of one record.
        What starts something takes its parameters in the address too, where its body does not say
        them."""
        if self.method == "POST" and getattr(self.view, "takes_query", False):
            return [one for one in (self.view.body_serializer,) if one]
        if self.method != "GET" or getattr(self.view, "detail", False):
            return []
        return [one for one in getattr(self.view, "query_serializers", ()) if one().fields]

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "body_serializer", super().get_request_serializer())

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, object]]:
        found = super()._resolve_path_parameters(variables)
        for parameter in found:
            if parameter["schema"].get("pattern") == ID_PATTERN:
                parameter["schema"] = {"type": "integer", "minimum": 0, "maximum": GREATEST_ID}
        return found

    def _get_serializer_field_meta(
        self, field: AnyField, direction: Direction
    ) -> dict[str, object]:
        """Say the unit of a number twice: for people in the description, for programs as `x-unit`."""
        meta = super()._get_serializer_field_meta(field, direction)
        if unit := unit_of(column_of(field)):
            meta["description"] = f"{meta.get('description', '')} Unit: {unit}.".strip()
            meta["x-unit"] = unit
        return meta

    def _map_serializer_field(
        self, field: AnyField, direction: Direction, bypass_extensions: bool = False
    ) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if direction == "request" and is_free_text(field) and schema:
            schema.setdefault("pattern", WITHOUT_NUL if field.allow_blank else NOT_BLANK)
        if direction == "request" and refuse_zero in field.validators:
            schema |= ABOVE_ZERO[schema["type"]]
        if direction == "request":
            for bounds in (one for one in field.validators if isinstance(one, TypedInBounds)):
                schema |= {"maximum": bounds.most}
                schema |= {} if bounds.least is None else {"minimum": bounds.least}
        if direction == "response" and schema:
            # What an answer holds is what was stored, whatever is put there if nothing is said.
            schema.pop("default", None)
        return schema

    def _insert_field_validators(self, field: AnyField, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)
        # The pattern allows an empty text itself: beside it, such a text would be of both kinds, and so of neither.
        if schema.get("oneOf", [{}])[0].get("pattern") == WITHOUT_NUL:
            schema |= schema.pop("oneOf")[0]

    def _map_basic_serializer(
        self, serializer: serializers.BaseSerializer[object], direction: Direction
    ) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        if direction == "response" and isinstance(serializer, serializers.ModelSerializer):
            # An answer always has all fields of a record.
            schema["required"] = sorted(schema.get("properties", ()))
        if direction == "request" and getattr(serializer, "refuses_unknown", False):
            schema["additionalProperties"] = False
        return schema

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, object]:
        bodies = super()._get_response_bodies(direction)
        wanted = str(getattr(self.view, "success_status", ""))
        if wanted and list(bodies) == ["200"]:
            bodies = {wanted: bodies["200"]}
        for status, reason in self.problems().items():
            serializer = Invalid if status == 400 else Problem
            body = self._get_response_for_code(serializer, str(status), ["application/json"])
            bodies.setdefault(str(status), body | {"description": reason})
        return bodies

    def problems(self) -> dict[int, str]:
        """Return the errors by status: its own, and those that follow from what the operation is."""
        statuses = {
            400: True,
            401: self.view.get_authenticators(),
            403: self.view.get_authenticators(),
            404: "{" in self.path or self.is_of_one(),
            406: True,
            415: self.is_unsafe() and self.method != "DELETE",
            429: self.view.get_throttles(),
        }
        own = getattr(self.view, "errors", {})
        return {status: ERRORS[status] for status, may in statuses.items() if may} | own

    def is_unsafe(self) -> bool:
        return self.method not in SAFE_METHODS

    def is_of_one(self) -> bool:
        one = isinstance(self.view, mixins.RetrieveModelMixin)
        return one and getattr(self.view, "action", "retrieve") not in {"list", "create"}


def clean_paths(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Return the paths of the API without the slash at the end, which every path of the API takes and
    none needs."""
    return [
        (path.rstrip("/"), regex, method, view)
        for path, regex, method, view in endpoints
        if path.startswith("/api/")
    ]


@cache
def description() -> dict[str, object]:
    """Return the OpenAPI document, made once: it does not change while a process runs."""
    return dict(SchemaGenerator().get_schema(public=True))


class Once(SchemaGenerator):
    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, object]:
        return description()

"""`POST /graphql`: queries, what they cost, and how they are refused, mostly with status 200."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)
from graphql.execution import get_variable_values
from graphql.utilities import get_operation_ast

from lifetracker.sandbox.github.access import Access
from lifetracker.sandbox.github.answers import JSON, Refused
from lifetracker.sandbox.github.limits import Limits
from lifetracker.sandbox.github.measure import Measured, measure
from lifetracker.sandbox.github.objects import Objects
from lifetracker.sandbox.github.people import USER_ID
from lifetracker.sandbox.github.repositories import Facts
from lifetracker.sandbox.github.schema import schema
from lifetracker.sandbox.github.shapes import Addresses, zulu
from lifetracker.sandbox.github.shelf import Shelf
from lifetracker.sandbox.messages import Answer, Incoming, JsonObject, json_answer

UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
DOCS = "https://docs.github.com/graphql"
TIMED_OUT = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it "
    "could be a GitHub bug."
)


@dataclass(frozen=True, slots=True)
class Query:
    document: DocumentNode
    operation: OperationDefinitionNode
    variables: dict[str, object]
    coerced: dict[str, object]  # with defaults, each of its type


class GraphQL:
    """`calls` holds the text of each query that was asked."""

    def __init__(
        self, shelf: Shelf, facts: Facts, access: Access, addresses: Addresses, limits: Limits
    ) -> None:
        self._shelf, self._facts, self._access = shelf, facts, access
        self._at, self._limits = addresses, limits
        self.calls: list[str] = []

    def answer(self, incoming: Incoming) -> Answer:
        """Raises Refused for what is no query at all."""
        text, variables, name = _body(incoming.body)
        self.calls.append(text)
        if not self._limits.graphql.remaining:
            return _errors(
                {
                    "type": "RATE_LIMITED",
                    "message": f"API rate limit exceeded for user ID {USER_ID}.",
                }
            )
        query = _read(text, variables, name)
        if isinstance(query, list):
            self._limits.graphql.spend(1)
            return _errors(*query)
        measured = measure(query.document, query.operation, query.coerced)
        self._limits.graphql.spend(measured.cost)
        if measured.errors:
            found = [_shown(one) for one in measured.errors]
            return json_answer(200, {"data": None, "errors": found}, JSON)
        options = self._access.options
        if options.graphql == "off" or measured.largest > int(options.graphql_most):
            return json_answer(502, {"data": None, "errors": [{"message": TIMED_OUT}]}, JSON)
        return _result(self._execute(query, measured, incoming))

    def _execute(self, query: Query, measured: Measured, incoming: Incoming) -> ExecutionResult:
        new = incoming.headers.get("X-Github-Next-Global-ID") == "1"
        legacy = bool(self._access.options.legacy_ids) and not new
        objects = Objects(self._shelf, self._facts, self._access, self._at, legacy)
        return execute_sync(
            schema(),
            query.document,
            objects.root(self._rate(measured)),
            variable_values=query.variables,
            operation_name=query.operation.name.value if query.operation.name else None,
        )

    def _rate(self, measured: Measured) -> dict[str, object]:
        budget = self._limits.graphql.shown()
        return {
            "cost": measured.cost,
            "nodeCount": measured.nodes,
            "limit": budget["limit"],
            "remaining": budget["remaining"],
            "used": budget["used"],
            "resetAt": zulu(datetime.fromtimestamp(budget["reset"], UTC)),
        }


def _body(raw_body: bytes) -> tuple[str, dict[str, object], str | None]:
    try:
        body = json.loads(raw_body)
    except ValueError as wrong:
        raise Refused(400, "Problems parsing JSON", DOCS) from wrong
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise Refused(400, "A query attribute must be specified and must be a string.", DOCS)
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise Refused(400, "Variables must be an object.", DOCS)
    return body["query"], variables, body.get("operationName")


def _read(
    text: str, variables: dict[str, object], name: str | None
) -> Query | list[dict[str, object]]:
    """Return a valid query, or what is wrong with it."""
    try:
        document = parse(text)
    except GraphQLError as wrong:
        return [_shown(wrong)]
    wrongs = validate(schema(), document)
    if wrongs:
        return [_shown(wrong) for wrong in wrongs]
    operation = get_operation_ast(document, name)
    if operation is None:
        wanted = f"No operation named {name!r}" if name else "An operation name is required"
        return [{"message": wanted}]
    given = get_variable_values(schema(), operation.variable_definitions or (), variables)
    if isinstance(given, list):
        return [_shown(wrong) for wrong in given]
    return Query(document, operation, variables, given.coerced)


def _result(result: ExecutionResult) -> Answer:
    content: dict[str, object] = {"data": result.data}
    if result.errors:
        content["errors"] = [_shown(one) for one in result.errors]
    return json_answer(200, content, JSON)


def _errors(*errors: dict[str, object]) -> Answer:
    """Of a query that was not begun."""
    return json_answer(200, {"errors": list(errors)}, JSON)


def _shown(wrong: GraphQLError) -> dict[str, object]:
    """GitHub keeps the kind of an error beside its message, and has words of its own."""
    shown: JsonObject = dict(wrong.formatted)
    extensions = shown.pop("extensions", {})
    if "type" in extensions:
        return {"type": extensions["type"], **shown}
    unknown = UNKNOWN_FIELD.match(wrong.message)
    if unknown:
        field, kind = unknown.groups()
        return {
            "extensions": {"code": "undefinedField", "typeName": kind, "fieldName": field},
            "locations": shown.get("locations"),
            "message": f"Field '{field}' doesn't exist on type '{kind}'",
        }
    return shown

"""What a query would cost, and whether its pages keep to the rules, before it is carried out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.utilities import value_from_ast_untyped

from lifetracker.sandbox.github.schema import CONNECTIONS

LARGEST, MOST_NODES = 100, 500_000
ITEMS = ("nodes", "edges", "pageInfo")


@dataclass(slots=True)
class Measured:
    requests: int = 0
    nodes: int = 0
    largest: int = 0
    errors: list[GraphQLError] = field(default_factory=list)

    @property
    def cost(self) -> int:
        """In points: the requests that would fill all connections, by hundreds."""
        return max(1, round(self.requests / 100))


def measure(
    document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, object]
) -> Measured:
    """Of a document that is valid, with variables that have their defaults."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    found = Measured()
    path = (operation.operation.value,)
    _Walk(fragments, variables, found).fields(operation.selection_set, 1, path)
    if found.nodes > MOST_NODES:
        message = (
            f"This query requests up to {found.nodes:,} possible nodes which exceeds the maximum "
            f"limit of {MOST_NODES:,}."
        )
        found.errors.append(error("MAX_NODE_LIMIT_EXCEEDED", message))
    return found


def error(kind: str, message: str, node: FieldNode | None = None, *path: str) -> GraphQLError:
    return GraphQLError(message, node, path=path or None, extensions={"type": kind})


@dataclass(frozen=True, slots=True)
class _Walk:
    fragments: dict[str, FragmentDefinitionNode]
    variables: dict[str, object]
    found: Measured

    def fields(self, selected: SelectionSetNode, times: int, path: tuple[str, ...]) -> None:
        for node in self._flat(selected):
            here = (*path, node.alias.value if node.alias else node.name.value)
            if node.selection_set:
                self.fields(node.selection_set, times * self._size(node, times, here), here)

    def _size(self, node: FieldNode, times: int, path: tuple[str, ...]) -> int:
        """Return how many things a field stands for; 1 unless it is a connection."""
        name = node.name.value
        if name not in CONNECTIONS:
            return 1
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        sizes = {
            way: value_from_ast_untyped(given[way], self.variables)
            for way in ("first", "last")
            if way in given
        }
        way, size = next(
            ((way, n) for way, n in sizes.items() if isinstance(n, int)), ("first", None)
        )
        if size is None:
            self._check_unbounded(node, path)
            return 1
        if not 1 <= size <= LARGEST:
            self._refuse_size(node, way, size, path)
        self.found.requests += times
        self.found.nodes += times * size
        self.found.largest = max(self.found.largest, size)
        return size

    def _check_unbounded(self, node: FieldNode, path: tuple[str, ...]) -> None:
        """A total needs no page."""
        asked = {one.name.value for one in self._flat(node.selection_set)}
        if asked.intersection(ITEMS):
            message = (
                "You must provide a `first` or `last` value to properly paginate the "
                f"`{node.name.value}` connection."
            )
            self.found.errors.append(error("MISSING_PAGINATION_BOUNDARIES", message, node, *path))

    def _refuse_size(self, node: FieldNode, way: str, size: int, path: tuple[str, ...]) -> None:
        name = node.name.value
        if size > LARGEST:
            message = (
                f"Requesting {size} records on the `{name}` connection exceeds the `{way}` limit "
                f"of {LARGEST} records."
            )
            self.found.errors.append(error("EXCESSIVE_PAGINATION", message, node, *path))
        else:
            message = f"`{way}` on the `{name}` connection must be at least 1."
            self.found.errors.append(error("INVALID_PAGINATION", message, node, *path))

    def _flat(self, selected: SelectionSetNode | None) -> Iterator[FieldNode]:
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._flat(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                yield from self._flat(self.fragments[node.name.value].selection_set)

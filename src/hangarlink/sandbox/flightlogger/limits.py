"""What one call may ask for and how often. That such limits exist is documented; the numbers are ours and settable."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)


@dataclass(frozen=True)
class Limits:
    """calls_per_window: per user, whatever key is used; calls that were refused count too."""

    max_complexity: int = 10_000
    max_depth: int = 12
    max_page_size: int = 100
    max_body_bytes: int = 100_000
    max_query_tokens: int = 5_000
    calls_per_window: int = 600
    window_seconds: float = 60.0


@dataclass(frozen=True)
class Weight:
    """complexity: one per field, a connection's fields times its page size. depth: levels of selection."""

    complexity: int = 0
    depth: int = 0

    def over(self, limits: Limits) -> str | None:
        if self.complexity > limits.max_complexity:
            return f"Query has complexity of {self.complexity}, which exceeds max complexity of {limits.max_complexity}"
        if self.depth > limits.max_depth:
            return f"Query has depth of {self.depth}, which exceeds max depth of {limits.max_depth}"
        return None


class Scales:
    """Weighs an operation of a valid document; each fragment is weighed once, so nesting them does not explode."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], limits: Limits
    ) -> None:
        self.schema, self.limits = schema, limits
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.variables = dict(variables)
        self.weighed: dict[str, Weight] = {}

    def weigh(self, operation: OperationDefinitionNode) -> Weight:
        for definition in operation.variable_definitions or ():
            if isinstance(definition.default_value, IntValueNode):
                self.variables.setdefault(definition.variable.name.value, int(definition.default_value.value))
        return self._selections(operation.selection_set, self.schema.get_root_type(operation.operation))

    def _selections(self, selected: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Weight:
        complexity = depth = 0
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                weight = self._field(node, parent)
            elif isinstance(node, FragmentSpreadNode):
                weight = self._fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                on = node.type_condition
                weight = self._selections(node.selection_set, self.schema.type_map.get(on.name.value) if on else parent)
            else:
                continue
            complexity += weight.complexity
            depth = max(depth, weight.depth)
        return Weight(complexity, depth)

    def _fragment(self, name: str) -> Weight:
        if name not in self.weighed:
            fragment = self.fragments[name]
            on = self.schema.type_map.get(fragment.type_condition.name.value)
            self.weighed[name] = self._selections(fragment.selection_set, on)
        return self.weighed[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Weight:
        name = node.name.value
        if name.startswith("__") or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return Weight()  # introspection is free
        kind = get_named_type(parent.fields[name].type)
        inside = self._selections(node.selection_set, kind)
        times = self._page_size(node) if kind.name.endswith("Connection") else 1
        return Weight(1 + times * inside.complexity, 1 + inside.depth)

    def _page_size(self, node: FieldNode) -> int:
        sizes = [
            size
            for argument in node.arguments or ()
            if argument.name.value in {"first", "last"} and (size := self._number(argument.value)) is not None
        ]
        return min([self.limits.max_page_size, *sizes])

    def _number(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode):
            return max(int(value.value), 0)
        given = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return max(given, 0) if isinstance(given, int) else None


class RateLimiter:
    """A sliding window per user."""

    def __init__(self, limits: Limits, ticks: Callable[[], float] = time.monotonic) -> None:
        self.limits, self.ticks = limits, ticks
        self._calls: dict[tuple[str, int], deque[float]] = {}
        self._lock = Lock()

    def take(self, user: tuple[str, int]) -> int | None:
        """Count a call; None if it may go on, else how many whole seconds to wait before another one may."""
        allowed, window = self.limits.calls_per_window, self.limits.window_seconds
        with self._lock:
            now = self.ticks()
            calls = self._calls.setdefault(user, deque(maxlen=allowed))
            full = len(calls) == allowed and now - calls[0] < window
            calls.append(now)
            return max(math.ceil(calls[0] + window - now), 1) if full else None

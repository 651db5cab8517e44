"""Whether a list of tags, stored as JSON, has one."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, Value


class HasTag(Func):
    """Whether the list in a column has a text."""

    arity = 2
    output_field = BooleanField()
    arg_joiner = ") WHERE value = "
    template = "EXISTS (SELECT 1 FROM json_each(%(expressions)s)"

    def __init__(self, column: str, tag: str) -> None:
        super().__init__(F(column), Value(tag))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template, joiner = "(%(expressions)s::text))", " @> jsonb_build_array("
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **context)

"""A value of a day that is known only if every record of it has one."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func
from django.db.models.sql.compiler import SQLCompiler


class WholeDay(Func):
    """The first of the expressions, an aggregate, and NULL where one of the rows lacks one of the others. Put together of
    Django's own (`Case`, `Count`), most of the time of a page of many metrics went into writing its statement."""

    contains_aggregate = True

    def as_sql(  # type: ignore[override]  # nothing else is handed in by Django
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, list[Any]]:
        (value, values), *columns = map(compiler.compile, self.get_source_expressions())
        complete = " AND ".join(f"COUNT({column}) = COUNT(*)" for column, _ in columns)
        parameters = [one for _, found in columns for one in found]
        return f"CASE WHEN {complete} THEN {value} ELSE NULL END", [*parameters, *values]

    def get_group_by_cols(self) -> list[Any]:
        return []

"""What a statement may say that Django has no words for."""

from __future__ import annotations

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, Func
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler


class DaysBefore(Func):
    """The date so many days before another one."""

    output_field = models.DateField()

    def __init__(self, day: Combinable, number: int) -> None:
        super().__init__(day)
        self.number = number

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        template = f"date(%(expressions)s, '-{self.number:d} days')"
        return self.as_sql(compiler, connection, template=template)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        template = f"((%(expressions)s)::date - {self.number:d})"
        return self.as_sql(compiler, connection, template=template)


class Unparsed(Func):
    """A date as the database hands it out: of SQLite its text, which the driver would parse if it were a column."""

    arity = 1
    output_field = models.DateField()
    template = "%(expressions)s"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="(%(expressions)s || '')")


class WallSeconds(Func):
    """What a clock shows, in seconds since 1970: of a moment and an offset from UTC in minutes."""

    arity = 2
    output_field = models.BigIntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        # As `strftime('%s', ...)` has it, in a third of the time. SQLite knows moments to the millisecond: half of one keeps
        # a whole second from being rounded down. The Julian day of 1970-01-01 is 2440587.5.
        return self._shifted(
            compiler, "(CAST(julianday({}) * 86400 + 0.0005 AS INTEGER) - 210866760000)"
        )

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        return self._shifted(compiler, "CAST(FLOOR(EXTRACT(EPOCH FROM {})) AS BIGINT)")

    def _shifted(self, compiler: SQLCompiler, seconds: str) -> tuple[str, tuple[str | int, ...]]:
        (moment, of_moment), (offset, of_offset) = map(
            compiler.compile, self.get_source_expressions()
        )
        return f"({seconds.format(moment)} + ({offset}) * 60)", (*of_moment, *of_offset)


class HourOfDay(Func):
    """The hour of the day, with its fraction, from 0 to below 24: of what a clock shows (`WallSeconds`)."""

    arity = 1
    output_field = models.FloatField()
    # The remainder of a moment before 1970 is negative. Twice a doubled sign: the template is filled in, and then the
    # statement is.
    template = "(((%(expressions)s %%%% 86400) + 86400) %%%% 86400) / 3600.0"


class Listed(Aggregate):
    """The values of a group as a text with commas between them, in no order; NULL where there is none."""

    output_field = models.TextField()
    template = "group_concat(%(expressions)s)"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, tuple[str | int, ...]]:
        template = "string_agg((%(expressions)s)::text, ',')"
        return self.as_sql(compiler, connection, template=template)

"""What records were before a sync, an import or a person changed them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from lifetracker.models.json_values import json_default

#: Rows that one statement inserts at most.
BATCH = 1000
LONGEST_NAME = 150


class Author(NamedTuple):
    """Who changes records at present: a run, or whoever the name belongs to, which is asked for when it is needed."""

    run_id: int | None = None
    name: Callable[[], str] = str


NOBODY = Author()
_author: ContextVar[Author] = ContextVar("author", default=NOBODY)
_is_kept: ContextVar[bool] = ContextVar("is_kept", default=True)


@contextmanager
def changed_by(run_id: int | None = None, name: Callable[[], str] = str) -> Iterator[None]:
    """Attribute changes within to a run or to somebody with a name."""
    token = _author.set(Author(run_id, name))
    try:
        yield
    finally:
        _author.reset(token)


@contextmanager
def without_revisions() -> Iterator[None]:
    """Keep nothing of what is changed within: what the program computes itself, and can compute again."""
    token = _is_kept.set(False)
    try:
        yield
    finally:
        _is_kept.reset(token)


def are_kept() -> bool:
    """Return whether old values are kept at present."""
    return bool(settings.KEEP_REVISIONS) and _is_kept.get()


class Kind(models.TextChoices):
    CHANGED = "changed", "changed"
    DELETED = "deleted", "deleted"
    RETURNED = "returned", "brought back"


class Change(NamedTuple):
    """What happened to one record. `old`: by column, the values that are no longer there."""

    record_id: int
    kind: Kind
    old: Mapping[str, object]


class RevisionQuerySet(models.QuerySet["Revision"]):
    def of(self, record: models.Model) -> Self:
        """Return those of one record, newest first."""
        return self.filter(record_type=type_of(type(record)), record_id=record.pk)

    def attribute(self, run_id: int, since: datetime) -> None:
        """Let what was changed since a moment by whoever acts at present be changed by a run: that of an import, which is
        stored when all is written."""
        mine = self.filter(changed_at__gte=since, run=None, changed_by=_author.get().name())
        mine.update(run=run_id, changed_by="")

    def store(self, model: type[models.Model], changes: Sequence[Change]) -> None:
        """Store what records of a model were, by one statement for a batch, and by none for no change."""
        if not changes:
            return
        author = _author.get()
        by = (author.run_id, "" if author.run_id else author.name()[:LONGEST_NAME])
        now: Any = connection.ops.adapt_datetimefield_value(timezone.now())
        what = type_of(model)
        for start in range(0, len(changes), BATCH):
            some = changes[start : start + BATCH]
            insert([(what, pk, kind.value, as_json(old), now, *by) for pk, kind, old in some])


class Revision(models.Model):
    """What a record was before a sync, an import or a person changed it: the values that are no longer there, by column.
    A record that was deleted for good has all of its values here."""

    exported = True
    Kind = Kind

    record_type = models.CharField(
        "kind of record", max_length=100, help_text="The kind of record, such as weight.WeighIn."
    )
    record_id = models.BigIntegerField("record", help_text="The id of the record.")
    kind = models.CharField("what happened", max_length=8, choices=Kind)
    old_values = models.JSONField(
        default=dict, help_text="By column, the values before. Columns that stayed are left out."
    )
    changed_at = models.DateTimeField("changed")
    run = models.ForeignKey(
        "lifetracker.SyncRun",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The id of the run that changed it. Empty: a person did, or the run is no longer listed.",
    )
    changed_by = models.CharField(
        max_length=LONGEST_NAME,
        blank=True,
        default="",
        help_text="The account that changed it. Empty: a run or a command did.",
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="revision_of_record")]

    def __str__(self) -> str:
        return f"{self.record} {self.get_kind_display()}"

    @property
    def record(self) -> str:
        """Return what the record is known by here, such as `weight.WeighIn:12`."""
        return f"{self.record_type}:{self.record_id}"


def type_of(model: type[models.Model]) -> str:
    """Return what records of a model are called here: a proxy's are those of its model."""
    concrete: Any = model._meta.concrete_model
    return str(concrete._meta.label)


def as_json(old: Mapping[str, object]) -> str:
    return json.dumps(old, ensure_ascii=False, default=json_default)


COLUMNS = ("record_type", "record_id", "kind", "old_values", "changed_at", "run_id", "changed_by")


def insert(rows: Sequence[tuple[str | int | None, ...]]) -> None:
    """Insert rows of COLUMNS. Written out because there are as many as a sync changes records."""
    quote = connection.ops.quote_name
    head = (
        f"INSERT INTO {quote(Revision._meta.db_table)} ({', '.join(map(quote, COLUMNS))}) VALUES "  # noqa: S608 - only names, quoted
    )
    row = f"({', '.join(['%s'] * len(COLUMNS))})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(head + row, rows)
        else:
            cursor.execute(head + ", ".join([row] * len(rows)), list(chain.from_iterable(rows)))

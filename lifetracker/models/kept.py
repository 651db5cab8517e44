"""Records whose old values are kept: whatever a page, the API, the admin or a command changes by Django's own ways leaves a
revision in the same transaction. What syncs write in batches has a way of its own (`lifetracker/sync/replaced.py`)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.deletion import Collector
from django.utils import timezone

from lifetracker.models.fields import AnyField
from lifetracker.models.json_values import json_default
from lifetracker.models.revisions import Change, Kind, Revision, are_kept

DELETED_AT = "deleted_at"
#: Columns that are no values: how a row is known, and what is noted about it.
MACHINERY = frozenset(
    {"source", "source_id", "created_at", "updated_at", "marked_at", DELETED_AT, "raw", "digest"}
)
Kept = TypeVar("Kept", bound=models.Model)
#: The values of a row by column.
Values = Mapping[str, Any]


class KeepsRevisionsQuerySet(models.QuerySet[Kept]):
    """Rows of which each change and each deletion leaves a revision."""

    def update(self, **values: Any) -> int:
        """Do what Django does, and keep what is replaced. Where no row is met, it costs no more."""
        names = self.columns_of(values)
        if not (names and are_kept()):
            return super().update(**values)
        with transaction.atomic(savepoint=False):
            before = {row["pk"]: row for row in locked(self.order_by()).values("pk", *names)}
            if not before:
                return 0
            number = super().update(**values)
            after = self.values_after(values, names, before)
            keep(self.model, ((pk, before[pk], now) for pk, now in after))
        return number

    update.alters_data = True  # type: ignore[attr-defined]  # as Django marks what a template must not call

    def columns_of(self, values: Collection[str]) -> list[str]:
        """Return those of the named fields that hold values, and whether a row is deleted."""
        model = cast("type[models.Model]", self.model)
        known = {*value_columns(model), DELETED_AT}
        fields = {field.name: field.attname for field in self.model._meta.concrete_fields}
        return [name for one in values if (name := fields.get(one, one)) in known]

    def values_after(
        self, values: Values, names: list[str], before: Collection[int]
    ) -> Iterator[tuple[int, Values]]:
        """Yield the values that rows have after an update. Only what the database computes has to be read."""
        if any(hasattr(value, "resolve_expression") for value in values.values()):
            rows = self.model._base_manager.filter(pk__in=before).values("pk", *names)
            yield from ((row["pk"], row) for row in rows)
            return
        fields = {f.name: f for f in self.model._meta.concrete_fields}
        given = {
            fields[one].attname if one in fields else one: getattr(value, "pk", value)
            for one, value in values.items()
        }
        yield from ((pk, {name: given[name] for name in names}) for pk in before)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Do what Django does, and keep all values of what is deleted with it."""
        if not are_kept():
            return super().delete()
        going = collected(self)
        with transaction.atomic(savepoint=False):
            keep_deleted(going)
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]  # no manager deletes all there is


class DeletableQuerySet(KeepsRevisionsQuerySet[Kept]):
    """Rows without a source that are deleted so that they can be restored."""

    def live(self) -> Self:
        """Return those that are not deleted."""
        return self.filter(deleted_at__isnull=True)

    def mark_deleted(self) -> int:
        """Delete them so that they can be restored; return how many it met."""
        return self.live().update(deleted_at=timezone.now())

    def restore(self) -> int:
        """Bring deleted ones back; return how many it met."""
        return self.filter(deleted_at__isnull=False).update(deleted_at=None)


class KeepsRevisions(models.Model):
    """A row of which each change and each deletion leaves a revision."""

    #: Columns without a value of the record: what the program computes from other records, or notes for itself.
    no_values: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Store the row, and what it was before."""
        if self._state.adding or not are_kept():
            super().save(*args, **options)
            return
        names = self.saved_columns(options.get("update_fields"))
        with transaction.atomic(savepoint=False):
            rows = locked(type(self)._base_manager.filter(pk=self.pk))
            before = rows.values("pk", *names).first()
            super().save(*args, **options)
            if before:
                now = {name: getattr(self, name) for name in names}
                keep(type(self), [(before["pk"], before, now)])

    def saved_columns(self, only: Iterable[str] | None) -> list[str]:
        """Return the columns that are written and hold values, and whether it is deleted."""
        kept = {*value_columns(type(self)), DELETED_AT} - self.get_deferred_fields()
        named = None if only is None else set(only)
        return [
            field.attname
            for field in self._meta.concrete_fields
            if field.attname in kept and (named is None or {field.name, field.attname} & named)
        ]

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete the row for good, and keep all of its values."""
        if not are_kept():
            return super().delete(*args, **options)
        going = collected([self])
        with transaction.atomic(savepoint=False):
            keep_deleted(going)
            return super().delete(*args, **options)

    delete.alters_data = True  # type: ignore[attr-defined]


def locked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Return the rows such that nobody changes them after they were read; a query of several tables as it is."""
    is_plain = len(rows.query.alias_map) < 2 and not rows.query.distinct
    return rows.select_for_update() if is_plain else rows


@cache
def value_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns of a model that hold values of the record."""
    left_out = MACHINERY | getattr(model, "no_values", frozenset())
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in left_out
    )


def recorded_models() -> list[type[models.Model]]:
    """Return the models whose changes leave revisions."""
    return [
        one for one in apps.get_models() if issubclass(one, KeepsRevisions) and not one._meta.proxy
    ]


# --- Comparing ------------------------------------------------------------------------------------


def keep(model: type[models.Model], rows: Iterable[tuple[int, Values, Values]]) -> None:
    """Keep what differs between the values before and those after, of rows by their primary key."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    changes = [
        change
        for pk, before, after in rows
        if (change := change_between(fields, pk, before, after)) is not None
    ]
    Revision.objects.store(model, changes)


def change_between(
    fields: Mapping[str, AnyField], pk: int, before: Values, after: Values
) -> Change | None:
    """Return what became of a row; None where no value differs."""
    old = {
        name: before[name]
        for name, value in after.items()
        if name in before and name not in {"pk", DELETED_AT}
        if not is_same(fields[name], before[name], value)
    }
    kind = kind_of(before.get(DELETED_AT), after.get(DELETED_AT))
    return Change(pk, kind, old) if old or kind is not Kind.CHANGED else None


def kind_of(deleted_before: object, deleted_after: object) -> Kind:
    if (deleted_before is None) == (deleted_after is None):
        return Kind.CHANGED
    return Kind.RETURNED if deleted_after is None else Kind.DELETED


def is_same(field: AnyField, stored: object, given: object) -> bool:
    """Return whether a value is the one that is stored, whatever its type is in Python."""
    if stored == given:
        return True
    if isinstance(field, models.JSONField):
        return bool(plain(stored) == plain(given))
    if isinstance(field, models.ForeignKey):
        return str(stored) == str(given)
    return bool(stored == field.to_python(given))


def plain(value: object) -> Any:
    """Return a value as JSON gives it back, with lists where tuples were."""
    return json.loads(json.dumps(value, default=json_default))


def replace_rows(stored: models.QuerySet[Any], rows: Sequence[models.Model]) -> None:
    """Let these rows stand in the place of the stored ones. What is there already with the same values stays, so that only
    the others are deleted and made."""
    there: dict[str, list[int]] = {}
    for one in stored:
        there.setdefault(facts_of(one), []).append(one.pk)
    new = []
    for row in rows:
        if same := there.get(facts_of(row)):
            same.pop()
        else:
            new.append(row)
    gone = [pk for pks in there.values() for pk in pks]
    if gone:
        stored.filter(pk__in=gone).delete()
    stored.bulk_create(new)


def facts_of(row: models.Model) -> str:
    """Return all values of a row as a text that is equal for equal ones."""
    names = {*value_columns(type(row)), DELETED_AT}
    fields = [field for field in row._meta.concrete_fields if field.attname in names]
    values = ((field, getattr(row, field.attname)) for field in fields)
    return repr(
        [plain(one) if isinstance(f, models.JSONField) else f.to_python(one) for f, one in values]
    )


# --- Deleting for good ----------------------------------------------------------------------------

#: What is deleted by model, and by column what is emptied.
Going = tuple[
    list[tuple[type[models.Model], models.QuerySet[Any]]],
    list[tuple[type[models.Model], AnyField, list[int]]],
]


def collected(rows: Any) -> Going:
    """Return what goes when these rows, a query or a list, are deleted. Raises ProtectedError where something must stay."""
    is_query = isinstance(rows, models.QuerySet)
    collector = Collector(using=connection.alias, origin=rows if is_query else rows[0])
    collector.collect(rows.all() if is_query else rows)
    deleted = [
        (model, model._base_manager.filter(pk__in=[one.pk for one in instances]))
        for model, instances in collector.data.items()
    ]
    deleted += [(one.model, one) for one in collector.fast_deletes]
    updates: Any = collector.field_updates
    emptied = [
        (field.model, field, [one.pk for some in groups for one in some])
        for (field, _), groups in updates.items()
    ]
    return deleted, emptied


def keep_deleted(going: Going) -> None:
    """Keep all values of rows that are about to be deleted for good, and what others lose by it."""
    deleted, emptied = going
    for model, rows in deleted:
        if issubclass(model, KeepsRevisions):
            names = value_columns(model)
            found = rows.order_by().values("pk", *names)
            changes = [Change(row.pop("pk"), Kind.DELETED, row) for row in found]
            Revision.objects.store(model, changes)
    for model, field, pks in emptied:
        if issubclass(model, KeepsRevisions) and field.attname in value_columns(model):
            others = model._base_manager.filter(pk__in=pks).values_list("pk", field.attname)
            Revision.objects.store(
                model, [Change(pk, Kind.CHANGED, {field.attname: value}) for pk, value in others]
            )

"""What happened to records, in sentences: "WHOOP changed the recovery score from 61 % to 58 %."."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, DateTimeField, ForeignKey, Model, Q

from lifetracker.models import MANUAL, Revision
from lifetracker.models.fields import AnyField
from lifetracker.models.revisions import Kind, type_of
from lifetracker.web.changed_values import as_typed, both_in_words
from lifetracker.words import joined, title_of

#: So many are shown of a record; the admin has all.
MOST = 50

Key = tuple[str, int]


class Change(NamedTuple):
    """One change of a record. `about`: what kind of record it is."""

    at: datetime
    about: str
    sentence: str


class Changes(NamedTuple):
    """The newest changes, newest first. `is_cut`: there are older ones."""

    shown: Sequence[Change]
    is_cut: bool


NO_CHANGES = Changes((), is_cut=False)


def changes_of(records: Sequence[Any], reader: str = "") -> Changes:
    """Return what happened to records, by one statement. `reader` is the name of the account that reads it."""
    stored = {(type_of(type(one)), one.pk): one for one in records if one.pk}
    if not stored:
        return NO_CHANGES
    by_type: dict[str, list[int]] = {}
    for record_type, record_id in stored:
        by_type.setdefault(record_type, []).append(record_id)
    wanted = Q()
    for record_type, ids in by_type.items():
        wanted |= Q(record_type=record_type, record_id__in=ids)
    rows = list(Revision.objects.filter(wanted).select_related("run")[: MOST + 1])
    return Changes(list(as_changes(rows[:MOST], stored, reader)), is_cut=len(rows) > MOST)


def as_changes(rows: Iterable[Revision], stored: dict[Key, Any], reader: str) -> Iterator[Change]:
    """Yield the revisions, newest first, as sentences: what a column became stands in the record, or in a newer one."""
    newer: dict[Key, dict[str, Any]] = {key: {} for key in stored}
    for row in rows:
        key = (row.record_type, row.record_id)
        record = stored[key]
        about = str(record._meta.verbose_name)
        who = author_of(row, record, reader)
        yield Change(row.changed_at, about, f"{who} {what_of(row, record, newer[key])}.")


def author_of(row: Revision, record: Model, reader: str) -> str:
    """Return who changed it: a service, `You`, or an account by its name."""
    if row.changed_by:
        return "You" if row.changed_by == reader else row.changed_by
    source = row.run.source if row.run else str(getattr(record, "source", MANUAL))
    return "A command" if source == MANUAL else title_of(source)


def what_of(row: Revision, record: Model, newer: dict[str, Any]) -> str:
    """Return what was done, such as `changed the strain from 9.1 to 9.4`, and note the values before in `newer`."""
    fields = {field.attname: field for field in record._meta.concrete_fields}
    parts = []
    # A date that its moment moved along says nothing new.
    has_moved = any(isinstance(fields.get(name), DateTimeField) for name in row.old_values)
    for name, old in row.old_values.items():
        field = fields.get(name)
        if field is None:
            # A version before had this column.
            continue
        before = as_typed(field, old)
        after = newer.get(name, getattr(record, name))
        newer[name] = before
        if not (name == "date" and has_moved):
            parts.append(part_of(field, before, after))
    changed = f"changed {joined(parts)}" if parts else ""
    if row.kind == Kind.CHANGED:
        return changed or "changed it"
    done = "deleted it" if row.kind == Kind.DELETED else "brought it back"
    return f"{done} and {changed}" if changed else done


def part_of(field: AnyField, before: Any, after: Any) -> str:
    label = label_of(field)
    words = both_in_words(field, before, after)
    return f"{label} from {words[0]} to {words[1]}" if words else label


def label_of(field: AnyField) -> str:
    """Return what a sentence calls a column, such as `the strain`, `the time it was weighed` or `“billable”`."""
    name = str(field.verbose_name)
    if isinstance(field, BooleanField):
        return f"“{name}”"
    if isinstance(field, DateTimeField) and field.name.endswith("ed_at"):
        return f"the time it was {name.removesuffix(' at')}"
    if isinstance(field, ForeignKey) and name.endswith(" into"):
        return f"what it is {name}"
    return f"the {name}"

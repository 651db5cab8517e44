"""Everything of a person's life as CSV and JSON, in one zip that explains itself."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

from lifetracker.backups.archive import Progress, Steps, chunks, finished, new_member
from lifetracker.backups.snapshot import snapshot
from lifetracker.backups.tables import CHUNK
from lifetracker.models.exported import exported_rows, is_exported, stored_models
from lifetracker.models.fields import spelled_out
from lifetracker.models.json_values import json_default, json_value
from lifetracker.models.redating import follow_time_zone
from lifetracker.spreadsheets import FORMULA_SIGNS, without_formula
from lifetracker.words import counted

# Columns.
OMITTED = {
    "digest": "made from the other columns, to tell whether they changed",
    "pending_run": "which run of the sync is to look into it",
}

# What the models say in comments, or do not say because a reader of the code sees it.
MEANINGS = {
    "id": "Its number in this database; other files refer to it.",
    "source": "Where it comes from; Manual is what was typed in.",
    "source_id": "Its id at the source.",
    "created_at": "When it was stored here.",
    "updated_at": "When a value changed here the last time.",
    "payload_length": "How long the payload was as it came; what was longer than the column holds is cut.",
    "repository_id": "The id of a repository.",
    "commit_id": "The id of a commit.",
}

AnyField = models.Field[Any, Any]
# The first that fits counts; any other column is exported as a text.
KINDS: list[tuple[type[AnyField] | tuple[type[AnyField], ...], str]] = [
    (models.JSONField, "JSON"),
    (models.BooleanField, "true or false"),
    (models.DateTimeField, "instant"),
    (models.DateField, "date"),
    (models.FloatField, "number"),
    (models.DecimalField, "number"),
    ((models.IntegerField, models.ForeignKey), "whole number"),
    ((models.CharField, models.TextField), "text"),
]

# In JSON a semicolon stands within texts alone, where it can be written by its number.
SEMICOLON_BEFORE_FORMULA = re.compile(rf";(?=(?:[ \u00a0]|\\?\")*[{FORMULA_SIGNS}])")
# By which Excel tells UTF-8 from the code page of the machine.
BYTE_ORDER_MARK = "\ufeff".encode()


class Column(NamedTuple):
    """`kind`: as the README calls it. `unit`: empty for what is no number."""

    name: str
    kind: str
    unit: str
    meaning: str
    only_json: bool


class Exported:
    """A model, and its two files."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.label = model._meta.label
        name = getattr(model, "export_name", slugify(str(model._meta.verbose_name_plural)))
        self.name = f"{model._meta.app_label}/{name}"
        fields = model._meta.concrete_fields
        self.columns = [column_of(field) for field in fields if field.name not in OMITTED]

    @property
    def about(self) -> str:
        """Return the first paragraph of the model's docstring, without the one that Django writes itself."""
        text = cleandoc(self.model.__doc__ or "")
        title = str(self.model._meta.verbose_name_plural).capitalize()
        own = "" if text.startswith(f"{self.model.__name__}(") else text.partition("\n\n")[0]
        return " ".join(own.split()) or f"{title}."

    def rows(self, names: list[str]) -> Iterator[tuple[object, ...]]:
        found = exported_rows(self.model).order_by("pk").values_list(*names)
        yield from found.iterator(chunk_size=CHUNK)


def exported() -> list[Exported]:
    """Return the models that the export holds, in order of their names."""
    return sorted(map(Exported, filter(is_exported, stored_models())), key=lambda one: one.name)


def column_of(field: AnyField) -> Column:
    name = field.attname
    kind = next((word for types, word in KINDS if isinstance(field, types)), "text")
    meaning = MEANINGS.get(name) or str(field.help_text) or f"{field.verbose_name}".capitalize()
    return Column(name, kind, export_unit(field), meaning, only_json=name == "raw")


def export_unit(field: AnyField) -> str:
    """Return its unit in full; "" also where nobody has declared one, which `manage.py check` reports."""
    try:
        return spelled_out(field)
    except LookupError:
        return ""


# --- Writing --------------------------------------------------------------------------------------


def write_export(out: BinaryIO, progress: Progress, *, excel: bool = False) -> dict[str, int]:
    """Write into a file or a pipe; return how many rows are in which file, both forms having the
    same. `excel`: each CSV begins with a byte order mark."""
    return finished(export_steps(out, progress, excel=excel))


def export_steps(
    out: BinaryIO, progress: Progress, *, excel: bool = False
) -> Steps[dict[str, int]]:
    """Do the same bit by bit, for who hands on what was written so far."""
    counts: dict[str, int] = {}
    beginning = BYTE_ORDER_MARK if excel else b""
    follow_time_zone()
    with snapshot(), ZipFile(out, "w", ZIP_DEFLATED) as archive:
        files = exported()
        for one in files:
            counts[one.name] = yield from write_csv(archive, one, progress, beginning)
            yield from write_json(archive, one, progress)
        with new_member(archive, "README.md") as member:
            member.write(readme(files, counts, excel=excel).encode())
    return counts


def write_csv(archive: ZipFile, one: Exported, progress: Progress, beginning: bytes) -> Steps[int]:
    columns = [column for column in one.columns if not column.only_json]
    names = [column.name for column in columns]
    as_json = [column.kind == "JSON" for column in columns]
    count = 0
    with new_member(archive, f"{one.name}.csv") as member:
        member.write(beginning)
        text = io.StringIO(newline="")
        table = csv.writer(text)
        table.writerow(names)
        for some in chunks(one.rows(names)):
            for row in some:
                table.writerow(map(cell, row, as_json))
            member.write(text.getvalue().encode())
            text.seek(0)
            text.truncate()
            count += len(some)
            progress(one.name, len(some))
            yield
        member.write(text.getvalue().encode())
    return count


def cell(value: object, as_json: bool) -> float | str | None:
    if value is None:
        return ""
    if as_json:
        text = json.dumps(value, ensure_ascii=False)
        return SEMICOLON_BEFORE_FORMULA.sub("\\\\u003b", text)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return without_formula(value)
    return json_value(value)


def write_json(archive: ZipFile, one: Exported, progress: Progress) -> Steps[None]:
    names = [column.name for column in one.columns]
    with new_member(archive, f"{one.name}.jsonl") as member:
        for some in chunks(one.rows(names)):
            for row in some:
                found: dict[str, object] = dict(zip(names, row, strict=True))
                member.write(
                    json.dumps(found, ensure_ascii=False, default=json_default).encode() + b"\n"
                )
            progress(one.name, len(some))
            yield


# --- Explaining -----------------------------------------------------------------------------------


def readme(files: list[Exported], counts: dict[str, int], *, excel: bool) -> str:
    introduction = INTRODUCTION.format(**facts(), mark=WITH_MARK if excel else WITHOUT_MARK)
    return "\n".join([introduction, *(section(f, counts[f.name]) for f in files)])


def facts() -> dict[str, str]:
    now = timezone.now()
    return {
        "at": f"{now:%Y-%m-%d %H:%M}",
        "version": settings.VERSION,
        "zone": settings.TIME_ZONE,
    }


def section(one: Exported, count: int) -> str:
    lines = [
        f"## {one.name}",
        "",
        " ".join(filter(None, [one.about, str(getattr(one.model, "why_not_all", ""))])),
        "",
        f"{counted(count, 'row')}.",
        "",
        "| column | type | unit | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for column in one.columns:
        only = " Only in the JSON." if column.only_json else ""
        lines.append(
            f"| `{column.name}` | {column.kind} | {column.unit} | {column.meaning}{only} |"
        )
    return "\n".join([*lines, ""])


WITH_MARK = (
    "Each CSV starts with a byte order mark, so that Excel shows accented letters correctly."
)
WITHOUT_MARK = "If Excel shows accented letters incorrectly, export with `--excel`."

INTRODUCTION = """# Your data in Life Tracker

Written on {at} UTC by version {version}. Each kind of record has two files with the same rows: a `.csv` for spreadsheets and a
`.jsonl` with one JSON object per line, which is complete. Both are UTF-8. {mark}

- **Instants** are ISO 8601 in UTC, such as `2026-09-16T06:00:00+00:00`. **Dates** are local, in your time zone ({zone}) or where you were.
- **Missing values** are empty cells in the CSV and `null` in the JSON, never zero. An empty text is also an empty cell.
- **`deleted_at`** marks a record that was deleted at the service. No total counts it. The export contains it because nothing is thrown away.
- **`raw`**, only in the JSON, is the record as the service sent it.
- **Texts that a spreadsheet would run as a formula** (those that begin with = + - @ or a tab, or a line's end) have an apostrophe before them in the CSV,
  as have those that begin with an apostrophe. Some spreadsheets also begin a new cell after a semicolon, a tab or a line's end within a text, so an apostrophe
  stands there too where = + - @ or an apostrophe follows. To have a text as it is, take away one apostrophe at its beginning, and one after each semicolon, tab
  and line's end. Numbers have none, and the JSON has all texts unchanged.
- CSV: commas, quotation marks where they are needed, lines that end with CR LF (RFC 4180). Lists within a cell are JSON, in
  which such a semicolon is written as `\\u003b`.

The export does not contain passwords, tokens or the sync history. It cannot be restored. To move Life Tracker, use `backup`.
"""

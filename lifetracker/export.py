"""Everything of a person's life as CSV and JSON, in one zip that explains itself."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from inspect import cleandoc
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

from lifetracker.backups.archive import Progress, chunks, new_member
from lifetracker.backups.snapshot import snapshot
from lifetracker.backups.tables import CHUNK, plain
from lifetracker.models import SourceRecord
from lifetracker.redating import follow_time_zone

# Beside every SourceRecord.
ALSO_EXPORTED = {
    "github_projects.GitHubAccount",
    "github_projects.Inclusion",
    "lifetracker.RejectedItem",
}

# A model that is neither exported nor named here fails a test.
NOT_EXPORTED = {
    "admin.LogEntry": "what was done in the admin, not what was lived",
    "auth.Group": "who may do what here",
    "auth.Group_permissions": "who may do what here",
    "auth.Permission": "who may do what here",
    "auth.User": "the login, with the digest of its password",
    "auth.User_groups": "who may do what here",
    "auth.User_user_permissions": "who may do what here",
    "axes.AccessAttempt": "wrong passwords",
    "axes.AccessAttemptExpiration": "wrong passwords",
    "axes.AccessFailureLog": "wrong passwords",
    "axes.AccessLog": "wrong passwords",
    "contenttypes.ContentType": "Django's list of models",
    "django_q.OrmQ": "messages to the workers",
    "django_q.Schedule": "when the workers do what",
    "django_q.Task": "what the workers did",
    "github_projects.StoredAnswer": "a cache of GitHub's answers",
    "lifetracker.ApiToken": "digests of secrets",
    "lifetracker.DayZone": "the time zone of the days, which the README names",
    "lifetracker.Lease": "which process is at work",
    "lifetracker.PendingDeletion": "the books of the sync",
    "lifetracker.PlannedSync": "when the workers do what",
    "lifetracker.SyncRun": "the books of the sync",
    "lifetracker.SyncRunTotal": "the books of the sync",
    "lifetracker.SyncState": "the books of the sync",
    "lifetracker.WebhookDelivery": "the books of the sync",
    "oauth_integration.OAuthCredential": "tokens and secrets",
    "oauth_integration.PendingConsent": "consents that are being given",
    "sessions.Session": "who is logged in",
}

OMITTED = {
    "digest": "made from the other columns, to tell whether they changed",
    "todo": "which run of the sync is to look into it",
}

# What a number counts, by the end of its column's name.
UNIT_OF_ENDING = {
    "_celsius": "°C",
    "_count": "number",
    "_days": "days",
    "_heart_rate": "beats per minute",
    "_hours": "hours",
    "_id": "identifier",
    "_kb": "kB",
    "_kg": "kg",
    "_kilogram": "kg",
    "_meter": "m",
    "_meters": "m",
    "_min": "minutes",
    "_percentage": "%",
}

# And where the name does not tell.
UNIT_OF_COLUMN = {
    "fasting.FastingPeriod.utc_offset_min": "minutes east of UTC",
    "github_projects.Commit.added": "lines",
    "github_projects.Commit.deleted": "lines",
    "github_projects.Commit.generated": "lines",
    "github_projects.Commit.hour": "hour of the day, 0 to 23",
    "github_projects.Commit.offset_min": "minutes east of UTC",
    "github_projects.Repository.code_churn": "lines",
    "github_projects.Repository.code_churn_generated": "lines",
    "github_projects.Repository.lines_added": "lines",
    "github_projects.Repository.lines_deleted": "lines",
    "github_projects.Repository.loc": "lines",
    "github_projects.Repository.loc_generated": "lines",
    "github_projects.Repository.my_code_churn": "lines",
    "lifetracker.RejectedItem.payload_length": "characters",
    "time_logs.TimeEntry.duration": "seconds",
    "weight.MeasureGroup.attribution": "code",
    "weight.MeasureGroup.fat_ratio": "%",
    "weight.MeasureGroup.heart_pulse": "beats per minute",
    "weight.WeighIn.attribution": "code",
    "weight.WeighIn.fat_ratio": "%",
    "weight.WeighIn.heart_pulse": "beats per minute",
    "whoop.WhoopCycle.kilojoules": "kJ",
    "whoop.WhoopCycle.strain": "0 to 21",
    "whoop.WhoopCycle.utc_offset_min": "minutes east of UTC",
    "whoop.WhoopRecovery.hrv_rmssd": "ms",
    "whoop.WhoopRecovery.recovery_score": "%",
    "whoop.WhoopSleep.respiratory_rate": "breaths per minute",
    "whoop.WhoopSleep.sleep_consistency": "%",
    "whoop.WhoopSleep.sleep_efficiency": "%",
    "whoop.WhoopSleep.sleep_performance": "%",
    "whoop.WhoopSleep.utc_offset_min": "minutes east of UTC",
    "workouts.Workout.calories": "kcal",
    "workouts.Workout.percent_recorded": "%",
    "workouts.Workout.strain": "0 to 21",
    "workouts.Workout.utc_offset_min": "minutes east of UTC",
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

KINDS: list[tuple[Any, str]] = [
    (models.JSONField, "JSON"),
    (models.BooleanField, "true or false"),
    (models.DateTimeField, "instant"),
    (models.DateField, "date"),
    (models.FloatField, "number"),
    (models.DecimalField, "number"),
    ((models.IntegerField, models.ForeignKey), "whole number"),
    ((models.CharField, models.TextField), "text"),
]

# A spreadsheet takes a text that begins with one of these for a formula, and runs it.
FORMULA_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
MARK = "'"
# A spreadsheet begins a new cell after each of these if its separator is a semicolon or a tab, because
# quotation marks then hold nothing together.
SEPARATORS = ";\t\r\n"
# Blanks and quotation marks before a formula's sign may be taken away.
BEFORE_FORMULA = re.compile(
    rf"(?:^|(?<=[{SEPARATORS}]))(?=[ \"\u00a0]*[{FORMULA_SIGNS}]|{MARK})|^(?=[\t\r\n])"
)
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
        self.name = f"{model._meta.app_label}/{slugify(str(model._meta.verbose_name_plural))}"
        fields = model._meta.concrete_fields
        self.columns = [column_of(self.label, f) for f in fields if f.name not in OMITTED]

    @property
    def about(self) -> str:
        """The model's first paragraph, without the one that Django writes itself."""
        text = cleandoc(self.model.__doc__ or "")
        title = str(self.model._meta.verbose_name_plural).capitalize()
        own = "" if text.startswith(f"{self.model.__name__}(") else text.partition("\n\n")[0]
        return " ".join(own.split()) or f"{title}."

    def rows(self, names: list[str]) -> Iterator[tuple[Any, ...]]:
        found = self.model._base_manager.order_by("pk").values_list(*names)
        yield from found.iterator(chunk_size=CHUNK)


def exported() -> list[Exported]:
    """In order of their names."""
    every = [model for model in apps.get_models() if not model._meta.proxy]
    chosen = [m for m in every if issubclass(m, SourceRecord) or m._meta.label in ALSO_EXPORTED]
    return sorted(map(Exported, chosen), key=lambda one: one.name)


def column_of(label: str, field: models.Field[Any, Any]) -> Column:
    """Raises LookupError for a kind of column, or a number, that nobody has explained yet."""
    name = field.attname
    kind = next((word for types, word in KINDS if isinstance(field, types)), "")
    if not kind:
        raise LookupError(f"{label}.{name}: KINDS does not name this kind of column")
    unit = unit_of(label, field) if "number" in kind else ""
    meaning = MEANINGS.get(name) or str(field.help_text) or f"{field.verbose_name}".capitalize()
    return Column(name, kind, unit, meaning, only_json=name == "raw")


def unit_of(label: str, field: models.Field[Any, Any]) -> str:
    if field.primary_key or field.remote_field:
        return "identifier"
    found = UNIT_OF_COLUMN.get(f"{label}.{field.attname}")
    endings = (unit for end, unit in UNIT_OF_ENDING.items() if f"_{field.attname}".endswith(end))
    unit = found or next(endings, None)
    if unit is None:
        raise LookupError(f"{label}.{field.attname}: UNIT_OF_COLUMN does not tell its unit")
    return unit


# --- Writing --------------------------------------------------------------------------------------


def write_export(out: BinaryIO, progress: Progress, *, excel: bool = False) -> dict[str, int]:
    """Write into a file or a pipe; return how many rows are in which file, both forms having the
    same. `excel`: each CSV begins with a byte order mark."""
    counts: dict[str, int] = {}
    follow_time_zone()
    with snapshot(), ZipFile(out, "w", ZIP_DEFLATED) as archive:
        files = exported()
        for one in files:
            counts[one.name] = write_csv(archive, one, progress, BYTE_ORDER_MARK if excel else b"")
            write_json(archive, one, progress)
        with new_member(archive, "README.md") as member:
            member.write(readme(files, counts, excel=excel).encode())
    return counts


def write_csv(archive: ZipFile, one: Exported, progress: Progress, beginning: bytes) -> int:
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
        member.write(text.getvalue().encode())
    return count


def cell(value: Any, as_json: bool) -> Any:
    if value is None:
        return ""
    if as_json:
        text = json.dumps(value, ensure_ascii=False)
        return SEMICOLON_BEFORE_FORMULA.sub("\\\\u003b", text)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return BEFORE_FORMULA.sub(MARK, value)
    return plain(value)


def write_json(archive: ZipFile, one: Exported, progress: Progress) -> None:
    names = [column.name for column in one.columns]
    with new_member(archive, f"{one.name}.jsonl") as member:
        for some in chunks(one.rows(names)):
            for row in some:
                found: dict[str, Any] = dict(zip(names, row, strict=True))
                member.write(json.dumps(found, ensure_ascii=False, default=other).encode() + b"\n")
            progress(one.name, len(some))


def other(value: Any) -> Any:
    """What JSON has no word for. Our decimals have few enough digits for a number."""
    return float(value) if isinstance(value, Decimal) else plain(value)


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
        one.about,
        "",
        f"{count} rows.",
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


WITH_MARK = "Each CSV begins with a byte order mark, by which Excel shows umlauts as they are."
WITHOUT_MARK = "Should Excel show umlauts as something else, export with `--excel`."

INTRODUCTION = """# What Life Tracker knows of you

Written on {at} UTC by version {version}. Each kind of record is here twice, with the same rows: as `.csv` for spreadsheets and as
`.jsonl`, one JSON object a line, which loses nothing. Both are UTF-8. {mark}

- **Instants** are ISO 8601 in UTC, such as `2026-09-16T06:00:00+00:00`. **Dates** are yours, in your time zone ({zone}) or where you were.
- **Nothing measured** is an empty cell in the CSV, and `null` in the JSON. It is not zero. An empty text is an empty cell too.
- **`deleted_at`**: such a record is gone at the service, and no figure counts it. It is here because nothing is thrown away.
- **`raw`**, in the JSON alone, is the record as the service sent it.
- **Texts that a spreadsheet would run as a formula** (those that begin with = + - @ or a tab, or a line's end) have an apostrophe before them in the CSV,
  as have those that begin with an apostrophe. Some spreadsheets also begin a new cell after a semicolon, a tab or a line's end within a text, so an apostrophe
  stands there too where = + - @ or an apostrophe follows. To have a text as it is, take away one apostrophe at its beginning, and one after each semicolon, tab
  and line's end. Numbers have none, and the JSON has all texts unchanged.
- CSV: commas, quotation marks where they are needed, lines that end with CR LF (RFC 4180). Lists within a cell are JSON, in
  which such a semicolon is written as `\\u003b`.

Passwords, tokens and the books of the sync are not in it. This is for reading elsewhere; to move Life Tracker itself, use `backup`.
"""

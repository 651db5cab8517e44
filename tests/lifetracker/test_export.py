"""The export: that nothing is forgotten, nothing is changed, and nothing secret is in it."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import models

from github_projects.models import StoredAnswer
from lifetracker.backups.export import OMITTED, Exported, exported
from lifetracker.backups.tables import json_value
from lifetracker.models import SourceRecord, fields
from lifetracker.models.checks import check_units_of
from lifetracker.models.encryption import EncryptedTextField
from lifetracker.models.exported import (
    NOT_EXPORTED,
    check_exported,
    is_exported,
    why_not_exported,
)
from oauth_integration.models import OAuthCredential
from tests import processes
from tests.lifetracker.rows import fill_every_table
from tests.makers import entry, fast, toggl_tag, weigh_in

pytestmark = pytest.mark.django_db(transaction=True)

ALL = exported()
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TOKEN = "a-token-that-must-stay-secret"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "export.zip"


def export_to(path: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("export", str(path), stdout=out, stderr=out, **options)
    return out.getvalue()


def objects(path: Path, name: str) -> list[dict[str, Any]]:
    lines = ZipFile(path).read(f"{name}.jsonl").decode().split("\n")
    return [json.loads(line) for line in lines[:-1]]


def table(path: Path, name: str) -> list[dict[str, str]]:
    text = ZipFile(path).read(f"{name}.csv").decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- Nothing is forgotten -------------------------------------------------------------------------


def test_every_model_is_exported_or_has_a_reason() -> None:
    every = [m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy]
    chosen = {one.label for one in ALL}
    reasons = {m._meta.label: reason for m in every if (reason := why_not_exported(m))}
    assert {m._meta.label for m in every} - chosen - set(reasons) == set()
    assert chosen & set(reasons) == set()
    assert set(reasons) >= set(NOT_EXPORTED)
    assert chosen >= {
        *(
            "github_projects.GitHubAccount",
            "github_projects.RepositoryCommit",
            "lifetracker.RejectedItem",
        )
    }
    assert list(check_exported()) == []


def test_a_model_of_which_nobody_says_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_exported(StoredAnswer)
    monkeypatch.delattr(StoredAnswer, "not_exported")
    assert [(found.id, found.obj) for found in check_exported()] == [
        ("lifetracker.E021", StoredAnswer)
    ]


def test_every_record_of_a_source_is_exported() -> None:
    records = {m for m in apps.get_models() if issubclass(m, SourceRecord) and not m._meta.proxy}
    assert records <= {one.model for one in ALL}
    assert len(records) >= 12


@pytest.mark.one_database
@pytest.mark.parametrize("one", ALL, ids=lambda one: one.label)
def test_every_column_is_exported_with_its_meaning(one: Exported) -> None:
    fields = [f for f in one.model._meta.concrete_fields if f.name not in OMITTED]
    assert [column.name for column in one.columns] == [field.attname for field in fields]
    for column, field in zip(one.columns, fields, strict=True):
        assert column.meaning
        numeric = isinstance(field, models.IntegerField | models.FloatField | models.DecimalField)
        assert bool(column.unit) == (numeric or field.is_relation), column.name


def test_nothing_is_explained_that_is_not_there() -> None:
    names = {field.name for one in ALL for field in one.model._meta.concrete_fields}
    assert names >= set(OMITTED)


def test_a_number_that_nobody_explains_is_refused_and_exported_all_the_same() -> None:
    class Pool(SourceRecord):
        depth = models.FloatField()
        length = fields.FloatField()
        width = fields.FloatField(unit="m")
        lanes = fields.PositiveSmallIntegerField(unit="")
        opened = models.TimeField(null=True)

        class Meta:
            app_label = "swimming"
            managed = False
            apps = Apps()

        def __str__(self) -> str:
            return f"{self.depth} m"

    refused = [(found.id, found.msg) for found in check_units_of(Pool)]
    assert refused == [
        ("lifetracker.E020", "swimming.Pool.depth does not say its unit."),
        ("lifetracker.E020", "swimming.Pool.length does not say its unit."),
    ]
    found = {column.name: (column.kind, column.unit) for column in Exported(Pool).columns}
    assert found["depth"] == ("number", "")
    assert found["width"] == ("number", "m")
    assert found["lanes"] == ("whole number", "number")
    assert found["opened"] == ("text", "")


def test_the_readme_explains_each_file_and_column(target: Path) -> None:
    export_to(target)
    with ZipFile(target) as archive:
        names = set(archive.namelist())
        readme = archive.read("README.md").decode()
    expected = {f"{one.name}{end}" for one in ALL for end in (".csv", ".jsonl")}
    assert names == expected | {"README.md"}
    assert len(expected) == 2 * len(ALL), "two models share a name"
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", readme, re.M | re.S))
    assert set(sections) == {one.name for one in ALL}
    for one in ALL:
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|([^|]*)\| (.+) \|$", sections[one.name], re.M)
        assert [row[0] for row in rows] == [column.name for column in one.columns]
    assert "| `weight_kg` | number | kg |" in sections["weight/weigh-ins"]
    assert "| `duration` | whole number | seconds |" in sections["time_logs/time-entries"]


# --- Nothing is changed ---------------------------------------------------------------------------


@pytest.fixture
def whole(target: Path) -> Path:
    """Of rows with a value, and with none, in every column."""
    fill_every_table()
    export_to(target)
    return target


def test_the_json_is_what_the_database_holds(whole: Path) -> None:
    for one in ALL:
        names = [column.name for column in one.columns]
        rows = list(one.model._base_manager.order_by("pk").values(*names))
        assert len(rows) >= 2
        assert objects(whole, one.name) == [
            {name: in_json(value) for name, value in row.items()} for row in rows
        ], one.name


def in_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        assert Decimal(str(float(value))) == value
        return float(value)
    return value if isinstance(value, list | dict) else json_value(value)


def test_the_csv_is_what_the_json_holds(whole: Path) -> None:
    for one in ALL:
        columns = [column for column in one.columns if not column.only_json]
        cells = table(whole, one.name)
        assert list(cells[0]) == [column.name for column in columns]
        for row, found in zip(cells, objects(whole, one.name), strict=True):
            for column in columns:
                assert read(row[column.name], column.kind) == known(found[column.name]), column


def read(cell: str, kind: str) -> Any:
    """As the README says that it is to be read."""
    if cell == "":
        return None
    match kind:
        case "JSON":
            return json.loads(cell)
        case "number" | "whole number":
            return float(cell)
        case "true or false":
            return {"true": True, "false": False}[cell]
        case "instant":
            assert datetime.fromisoformat(cell).tzinfo == UTC
    return unmarked(cell)


def unmarked(cell: str) -> str:
    return re.sub(r"(^|[;\t\r\n])'", r"\1", cell)


def known(value: Any) -> Any:
    """An empty text is an empty cell."""
    if value == "":
        return None
    return float(value) if type(value) is int else value


TEXTS = [
    *(f"{sign}1+1" for sign in FORMULA),
    *("'quoted", "''", 'a "b", c\r\nd', "=", " =1", "\t=1", "it's; fine", "a;\n\nb", "so: -5; 7"),
    *(
        f"a{separator}=1+1"
        for separator in (";", "\t", "\r", "\n", "\r\n", "; ", ';"', ";'", ";''")
    ),
    'Ä;"=A1&"',
    'one ", two;=HYPERLINK("http://x.example")&"',
    "＋1;＝1\n－1\t＠1",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_no_formula_and_comes_back(target: Path, text: str) -> None:
    entry(description=text, project=text, tags=[text, "x"])
    export_to(target)
    row = table(target, "time_logs/time-entries")[0]
    assert not row["description"].startswith(FORMULA)
    assert unmarked(row["description"]) == unmarked(row["project"]) == text
    assert json.loads(row["tags"]) == [text, "x"]
    assert objects(target, "time_logs/time-entries")[0]["description"] == text


@pytest.mark.one_database
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_the_separator_is_taken_for(
    target: Path, separator: str
) -> None:
    for days_ago, text in enumerate(TEXTS):
        entry(description=text, project=text, tags=[text, "x"])
        weigh_in(days_ago, device=text)
    export_to(target)
    for name in ("time_logs/time-entries", "weight/weigh-ins"):
        content = ZipFile(target).read(f"{name}.csv").decode()
        cells = [
            cell
            for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator)
            for cell in row
        ]
        assert len(cells) > len(TEXTS)
        assert [one for one in cells if one.lstrip(' "').startswith(tuple("=+-@＝＋－＠"))] == []


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("say; -5 degrees", "say;' -5 degrees"),
        ("a - b; c = d", "a - b; c = d"),
        ("list:\n- one\n- two", "list:\n'- one\n'- two"),
    ],
)
def test_only_what_may_begin_a_cell_is_marked(target: Path, text: str, written: str) -> None:
    toggl_tag(name=text)
    export_to(target)
    assert table(target, "time_logs/toggl-tags")[0]["name"] == written


def test_numbers_below_zero_stay_numbers(target: Path) -> None:
    fast(utc_offset_min=-240)
    export_to(target)
    assert table(target, "fasting/fasts")[0]["utc_offset_min"] == "-240"


def test_excel_is_told_that_it_is_utf_8(target: Path) -> None:
    toggl_tag(name="Übung")
    export_to(target, excel=True)
    with ZipFile(target) as archive:
        for name in archive.namelist():
            marked = archive.read(name).startswith(b"\xef\xbb\xbf")
            assert marked == name.endswith(".csv"), name
        text = archive.read("time_logs/toggl-tags.csv").decode("utf-8-sig")
        assert "byte order mark" in archive.read("README.md").decode()
    assert [row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))] == ["Übung"]


def test_the_csv_follows_its_rules(target: Path) -> None:
    entry(description='one "two", three\nfour', tags=["a", "b"])
    export_to(target)
    text = ZipFile(target).read("time_logs/time-entries.csv")
    head, row = text[: text.index(b"\r\n")], text[text.index(b"\r\n") + 2 :]
    assert head.startswith(b"id,source,source_id,")
    assert b'"one ""two"", three\nfour"' in row
    assert b'"[""a"", ""b""]"' in row
    assert row.endswith(b"\r\n")
    assert row.count(b"\r\n") == 1


def test_what_is_gone_upstream_is_there_and_flagged(target: Path) -> None:
    weigh_in(kg=70)
    weigh_in(days_ago=1, kg=71, deleted_at=datetime(2026, 9, 1, tzinfo=UTC))
    export_to(target)
    found = {row["weight_kg"]: row["deleted_at"] for row in table(target, "weight/weigh-ins")}
    assert found == {"70.0000": "", "71.0000": "2026-09-01T00:00:00+00:00"}


# --- Nothing secret is in it ----------------------------------------------------------------------


def test_no_secret_is_in_it(target: Path) -> None:
    OAuthCredential.objects.create(provider="whoop", client_secret=TOKEN, access_token=TOKEN)
    robin = User.objects.create_user("robin", password=TOKEN)
    fill_every_table()
    told = export_to(target)
    with ZipFile(target) as archive:
        text = told + "".join(archive.read(name).decode() for name in archive.namelist())
    assert TOKEN not in text
    assert robin.password not in text
    assert not re.search(r"gAAAA[\w-]{20}", text), "something encrypted"
    for one in ALL:
        assert not any(isinstance(f, EncryptedTextField) for f in one.model._meta.concrete_fields)


# --- The command ----------------------------------------------------------------------------------


def test_the_file_and_what_is_told(target: Path) -> None:
    weigh_in()
    told = export_to(target)
    assert "weight/weigh-ins: 1\n" in told
    assert f"Export written to {target}: 1 row." in told
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="there already"):
        export_to(target)
    call_command("export", str(target), "--overwrite", stdout=io.StringIO())


def test_to_standard_output() -> None:
    weigh_in()
    found = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "export", "-"],
        env=processes.environment(),
        capture_output=True,
        check=True,
    )
    assert b"Export written to standard output: 1 row." in found.stderr
    assert "README.md" in ZipFile(io.BytesIO(found.stdout)).namelist()


# Of what was exported from the beginning; people's spreadsheets open files by these names.
FILES = {
    "fasting/fasts",
    "github_projects/commits",
    "github_projects/github-accounts",
    "github_projects/inclusions",
    "github_projects/repositories",
    "lifetracker/rejected-items",
    "time_logs/time-entries",
    "time_logs/toggl-projects",
    "time_logs/toggl-tags",
    "weight/measure-groups",
    "weight/weigh-ins",
    "whoop/cycles",
    "whoop/profiles",
    "whoop/recoveries",
    "whoop/sleeps",
    "workouts/workouts",
}


def test_files_keep_their_names() -> None:
    """Whatever becomes of the names of classes and of what the admin calls them."""
    assert {one.name for one in exported()} >= FILES

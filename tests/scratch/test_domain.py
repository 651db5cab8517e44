"""A domain that is one folder (`moods/`), put into a copy of the project, and used as any other."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection

from lifetracker.days import OUT_OF_RANGE
from tests import databases, processes
from tests.scratch.project import Project

SAID = "There is already a record with this date."
AHEAD = "This day must not be in the future."
BEGIN = """
import json
from django.contrib.auth.models import User
from django.test import Client
user = User.objects.filter(username="robin").first() or User.objects.create_superuser("robin")

def browser():
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client

def typed(client, date, score):
    return client.post("/api/moods", {"date": date, "score": score}, "application/json")

def form(date, score):
    return {"date": date, "score": score, "walk_km": ""}
"""
USE = (
    BEGIN
    + """
from lifetracker.admin import dashboard
from lifetracker.models.fields import label_of
from moods.models import Mood
client = browser()
add = "/admin/moods/mood/add/"
seen = {
    "labels": [label_of(Mood._meta.get_field(name)) for name in ("score", "walk_km")],
    "created": typed(client, "2025-09-14", 7).status_code,
    "again": typed(client, "2025-09-14", 8).json(),
    "ahead": typed(client, "2199-01-01", 8).json(),
    "long_ago": typed(client, "0001-01-01", 8).json(),
    "ahead_in_form": client.post(add, form("2199-01-01", 4)).content.decode(),
    "long_ago_in_form": client.post(add, form("0001-01-01", 4)).content.decode(),
    "form": client.get(add).content.decode(),
    "added": client.post(add, form("2025-09-15", 4)).status_code,
    "refused": client.post(add, form("2025-09-14", 4)).content.decode(),
}
rows = client.get("/api/moods?start_date=2025-09-01&end_date=2025-09-30").json()["results"]
path = f"/admin/moods/mood/{rows[0]['id']}/change/"
seen |= {
    "rows": [(row["date"], row["score"]) for row in rows],
    "changed": client.post(path, form("2025-09-15", 5)).status_code,
    "moved": client.post(path, form("2025-09-14", 5)).content.decode(),
    "patched": client.patch(f"/api/moods/{rows[0]['id']}", {"date": "2025-09-14"}, "application/json").json(),
    "put": client.put(f"/api/moods/{rows[1]['id']}", {"date": "2025-09-14", "score": 9}, "application/json").status_code,
    "list": client.get("/admin/moods/mood/").content.decode(),
    "home": client.get("/", headers={"accept": "text/html"}).content.decode(),
}
groups = dashboard(client.get("/admin/").wsgi_request, {})["app_list"]
seen["life"] = next([str(model["name"]) for model in one["models"]] for one in groups if one["name"] == "Life")
print(json.dumps(seen))
"""
)
FIELD = """    sleep_hours = fields.FloatField("sleep", unit="h", null=True, blank=True)

    class Meta"""
SEE_FIELD = (
    BEGIN
    + """
from lifetracker.models.fields import label_of
from moods.models import Mood
client = browser()
body = {"date": "2025-09-20", "score": 3, "sleep_hours": 7.5}
made = client.post("/api/moods", body, "application/json").json()
form = client.get(f"/admin/moods/mood/{made['id']}/change/").content.decode()
label = label_of(Mood._meta.get_field("sleep_hours"))
print(json.dumps([made["sleep_hours"], form, label]))
"""
)
# Each of two at once types in the same days, in the API and in the admin.
RACE = (
    BEGIN
    + """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from moods.models import Mood

at_once = Barrier(2, timeout=30)
days = [f"2025-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 16)]

def in_the_api(client, day):
    answer = typed(client, day, 5)
    return answer.status_code, answer.json() if answer.status_code == 400 else None

def in_the_admin(client, day):
    answer = client.post("/admin/moods/mood/add/", form(day, 5))
    return answer.status_code, SAID in answer.content.decode()

def all_days(act):
    client, found = browser(), []
    for day in days:
        at_once.wait()
        found.append(act(client, day))
    return found

def race(act):
    with ThreadPoolExecutor(2) as pool:
        pairs = zip(*pool.map(all_days, [act] * 2))
        return [sorted(pair, key=lambda answer: answer[0]) for pair in pairs]

seen = {"api": race(in_the_api)}
Mood.objects.all().delete()
seen["admin"] = race(in_the_admin)
seen["count"] = Mood.objects.count()
print(json.dumps(seen))
"""
)


@pytest.fixture
def database(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own, of the kind that the tests run on, from before the domain came."""
    if databases.new_file(tmp_path / "scratch.sqlite3"):
        yield f"sqlite:///{tmp_path / 'scratch.sqlite3'}"
        return
    url, _, name = processes.database_url().rpartition("/")
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_moods" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}_moods"')
        yield f"{url}/{name}_moods"
        cursor.execute(f'DROP DATABASE "{name}_moods" WITH (FORCE)')


@pytest.fixture
def project(tmp_path: Path, database: str) -> Project:
    project = Project(tmp_path / "project", "moods", DATABASE_URL=database)
    project.run("makemigrations", "moods")
    project.run("check", "--fail-level", "WARNING")
    project.run("migrate", "--verbosity", "0")
    if connection.vendor == "sqlite":
        shutil.copy(tmp_path / "scratch.sqlite3", tmp_path / "restored.sqlite3")
    return project


# Of two at once, PostgreSQL alone lets both write.
@pytest.mark.django_db
def test_a_domain_in_a_folder(project: Project, tmp_path: Path) -> None:
    it_is_used(project)
    assert project.run("spectacular").count("x-unit: points") >= 2
    it_is_kept(project, tmp_path)
    of_two_at_once_one_is_told(project)
    a_field_is_one_line(project, tmp_path)
    a_number_without_a_unit_is_refused(project)


def it_is_used(project: Project) -> None:
    seen = project.python(USE)
    assert seen["created"] == 201
    assert seen["again"] == seen["patched"] == {"date": [SAID]}
    for name, said in {"ahead": AHEAD, "long_ago": OUT_OF_RANGE}.items():
        assert seen[name] == {"date": [said]}
        assert said in seen[f"{name}_in_form"]
    for label in seen["labels"]:
        assert label in seen["form"]
    assert [
        word in label for word, label in zip(("points", "km"), seen["labels"], strict=True)
    ] == [True, True]
    assert seen["added"] == seen["changed"] == 302
    assert seen["rows"] == [["2025-09-15", 4], ["2025-09-14", 7]]
    assert seen["put"] == 200
    for page in (seen["refused"], seen["moved"]):
        assert SAID in page
    assert seen["labels"][0] in seen["list"]
    assert seen["life"][-1] == "Moods"
    assert ">Mood<" in seen["home"]
    assert "points" in seen["home"]


def it_is_kept(project: Project, folder: Path) -> None:
    backup, export = str(folder / "everything.backup"), folder / "everything.zip"
    restored = folder / "restored.sqlite3"
    project.run("export", str(export))
    with ZipFile(export) as archive:
        readme, written = (archive.read(name).decode() for name in ("README.md", "moods/moods.csv"))
    assert "| `score` | whole number | points | Score |" in readme
    assert "How a day felt." in readme
    assert ",2025-09-15,5," in written
    project.run("backup", backup)
    elsewhere = {"DATABASE_URL": f"sqlite:///{restored}"}
    if not restored.exists():
        project.run("migrate", "--verbosity", "0", **elsewhere)
    project.run("restore", backup, **elsewhere)
    with closing(sqlite3.connect(restored)) as copy:
        assert copy.execute("SELECT date, score FROM moods_mood ORDER BY date").fetchall() == [
            ("2025-09-14", 9),
            ("2025-09-15", 5),
        ]


def of_two_at_once_one_is_told(project: Project) -> None:
    seen = project.python(f"SAID = {SAID!r}\n{RACE}")
    assert seen["api"] == [[[201, None], [400, {"date": [SAID]}]]] * 30
    assert seen["admin"] == [[[200, True], [302, False]]] * 30
    assert seen["count"] == 30


def a_field_is_one_line(project: Project, folder: Path) -> None:
    project.edit("moods/models.py", "    class Meta", FIELD)
    project.run("makemigrations", "moods")
    project.run("migrate", "--verbosity", "0")
    stored, form, label = project.python(SEE_FIELD)
    assert stored == 7.5
    assert label in form
    project.run("export", str(folder / "field.zip"))
    with ZipFile(folder / "field.zip") as archive:
        assert "| `sleep_hours` | number | hours | Sleep |" in archive.read("README.md").decode()


def a_number_without_a_unit_is_refused(project: Project) -> None:
    project.edit("moods/models.py", 'unit="points", ', "")
    said = project.refusal("check")
    assert "moods.Mood.score does not say its unit." in said
    assert 'unit="kg"' in said

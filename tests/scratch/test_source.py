"""A source that is one folder (`somna/`), put into a copy of the project, and used as any other."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests

from tests import databases, processes
from tests.scratch.project import Project
from tests.scratch.services import DAY, LENGTH, Somna

# Pages and API as a person sees them, by one process.
LOOK = """
import json
from django.contrib.auth.models import User
from django.test import Client
user = User.objects.filter(username="robin").first() or User.objects.create_superuser("robin")
client = Client(headers={"accept": "text/html"}, SERVER_NAME="localhost")
client.force_login(user)
pages = {path: client.get(path) for path in ["/", "/connections/", "/admin/somna/somnaday/", "/admin/somna/somnanap/"]}
api = {path: client.get(f"/api/somna/{path}?days=30", headers={"accept": "application/json"}) for path in ["days", "naps"]}
answers = {**pages, **api}
assert all(one.status_code == 200 for one in answers.values()), answers
print(json.dumps({path: one.content.decode() for path, one in answers.items()}))
"""
QUEUE = """
import json
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from lifetracker.tasks import enqueue
print(json.dumps(enqueue(sources["Somna"], SyncRequest()).pk))
"""


@pytest.fixture
def service() -> Iterator[Somna]:
    with Somna() as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, service: Somna, django_db_setup: None) -> Project:
    databases.new_file(tmp_path / "scratch.sqlite3")
    return Project(
        tmp_path,
        "somna",
        SOMNA_API_URL=service.url,
        SOMNA_CLIENT_ID="an-id",
        SOMNA_CLIENT_SECRET="a-secret",
    )


def rows(database: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        return connection.execute(statement).fetchall()


def scores(database: Path) -> dict[str, int]:
    return dict(rows(database, "SELECT date, score FROM somna_somnaday WHERE deleted_at IS NULL"))


def status_of(project: Project, number: int) -> str:
    return str(dict(rows(project.database, "SELECT id, status FROM lifetracker_syncrun"))[number])


def consent(project: Project, service: Somna) -> None:
    """Outside of a browser, as `somna_auth --code` takes it."""
    form = {"redirect_uri": "http://localhost/back", "state": "any"}
    back = requests.post(f"{service.url}/oauth/authorize", form, allow_redirects=False, timeout=9)
    said = project.run("somna_auth", "--code", back.headers["Location"].split("code=")[1][:16])
    assert "SOMNA is connected" in said


def test_a_source_in_a_folder(project: Project, service: Somna, tmp_path: Path) -> None:
    project.run("check")
    project.run("migrate", "--verbosity", "0")
    restored = tmp_path / "restored.sqlite3"
    shutil.copy(project.database, restored)
    (schedule,) = rows(
        project.database, "SELECT minutes FROM django_q_schedule WHERE name LIKE '%omna%'"
    )
    assert schedule == (12 * 60,)
    assert "somna_auth" in project.refusal("sync_somna")
    consent(project, service)
    everything_comes(project, service)
    it_is_shown(project, service)
    it_is_kept(project, restored, tmp_path)
    changes_come_by_the_queue(project, service)


def everything_comes(project: Project, service: Somna) -> None:
    project.run("sync_somna", "--full")
    assert scores(project.database) == {str(day): score for day, score in service.scores.items()}
    assert len(service.scores) == LENGTH
    asked = [question for path, question in service.asked if path == "/v1/days"]
    assert asked[0]["end_date"] == str(service.today), "dates, and no moments"
    assert date.fromisoformat(asked[0]["start_date"]) < service.today


def it_is_shown(project: Project, service: Somna) -> None:
    seen = project.python(LOOK)
    assert 'aria-labelledby="source-somna"' in seen["/connections/"]
    assert "SOMNA" in seen["/connections/"]
    assert "<b>SOMNA</b>" in seen["/"]
    assert seen["/admin/somna/somnaday/"].count("/admin/somna/somnaday/") >= 50, (
        "a page of the list"
    )
    assert "/admin/somna/somnanap/" in seen["/admin/somna/somnanap/"]
    assert f'"date":"{service.today}"' in seen["days"]
    assert '"minutes":20.5' in seen["naps"]


def it_is_kept(project: Project, restored: Path, folder: Path) -> None:
    backup, export = str(folder / "everything.backup"), folder / "everything.zip"
    project.run("backup", backup)
    project.run("restore", backup, DATABASE_URL=f"sqlite:///{restored}")
    assert scores(restored) == scores(project.database)
    project.run("export", str(export))
    with ZipFile(export) as archive:
        written = archive.read("somna/somna-days.csv").decode()
    assert all(day in written for day in scores(project.database))


def changes_come_by_the_queue(project: Project, service: Somna) -> None:
    today, yesterday = service.today, service.today - DAY
    changed = service.today - 3 * DAY
    service.scores[changed] = 99
    del service.scores[today], service.scores[yesterday]
    number = project.python(QUEUE)
    worker = project.start("manage.py", "qcluster", QUEUE_WORKERS="1")
    try:
        processes.wait_until(lambda: status_of(project, number) == "success", 120)
    finally:
        processes.kill(worker)
    found = scores(project.database)
    assert found[str(changed)] == 99
    assert str(yesterday) not in found, "gone, because the day is over and it is not listed"
    assert str(today) in found, "today may still be in the making"


def test_what_is_missing_is_refused(project: Project) -> None:
    source = "somna/source.py"
    project.edit(source, '    title="SOMNA",\n', "")
    project.edit(source, '    schedule=Schedule(setting="SOMNA_SYNC_HOURS", hours=12),\n', "")
    project.edit(source, '    consent=ConsentPage(setting="SOMNA_API_URL"),\n', "")
    project.edit(
        "somna/streams.py", "declaration=SOURCE", "declaration=replace(SOURCE, settings=NEW)"
    )
    project.edit(
        "somna/streams.py",
        "LOOKBACK =",
        "from dataclasses import replace\n"
        "from lifetracker.sync.declaration import Setting\n"
        'NEW = (*SOURCE.settings, Setting(name="SOMNA_REGION", meaning=""))\n'
        "LOOKBACK =",
    )
    said = project.refusal("check")
    for number, word in {
        "30": "SOMNA_REGION",
        "31": "title",
        "32": "schedule",
        "33": "127",
    }.items():
        assert f"(lifetracker.E0{number})" in said
        assert word in said
    assert said.count("HINT") == 4

"""The history of runs: its rows, its pages by the last run shown, its filter, and one run."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lifetracker import tasks
from lifetracker.models import BEGINNING, SyncRun
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from lifetracker.web.connections import runs
from tests.browser.scenes import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin"))
    return client


def many(number: int, **values: Any) -> list[SyncRun]:
    given = {"source": "Whoop", "kind": "incremental", "status": "success"} | values
    rows = [
        SyncRun(
            started_at=NOW - timedelta(hours=at), finished_at=NOW - timedelta(hours=at), **given
        )
        for at in range(number)
    ]
    return SyncRun.objects.bulk_create(rows)


def shown(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r"/connections/runs/(\d+)", html)]


def test_each_page_goes_on_where_the_last_ended(visitor: Client) -> None:
    made = [run.pk for run in many(45)]
    first = visitor.get("/connections/runs").text
    assert shown(first) == made[:20]
    assert f"?before={made[19]}" in first
    second = visitor.get(f"/connections/runs?before={made[19]}").text
    assert shown(second) == made[20:40]
    third = visitor.get(f"/connections/runs?before={made[39]}").text
    assert shown(third) == made[40:]
    assert "Older" not in third
    assert "Newest" in third


def test_runs_of_one_moment_are_neither_lost_nor_doubled(visitor: Client) -> None:
    same = [
        SyncRun(source="Whoop", kind="webhook", status="success", started_at=NOW) for _ in range(30)
    ]
    made = [run.pk for run in SyncRun.objects.bulk_create(same)][::-1]
    first = shown(visitor.get("/connections/runs").text)
    second = shown(visitor.get(f"/connections/runs?before={first[-1]}").text)
    assert [*first, *second] == made


def test_a_filter_stays_from_page_to_page(visitor: Client) -> None:
    many(25)
    failed = [run.pk for run in many(25, source="Toggl", status="failed", error="500")]
    page = visitor.get("/connections/runs?source=Toggl&outcome=failed").text
    assert shown(page) == failed[:20]
    assert f"source=Toggl&amp;outcome=failed&amp;before={failed[19]}" in page
    assert not shown(visitor.get("/connections/runs?source=GitHub").text)
    assert "No runs fit these choices." in visitor.get("/connections/runs?source=GitHub").text


@pytest.mark.parametrize("query", ["source=Nobody", "outcome=lost", "before=-1", "before=x"])
def test_a_bad_choice_is_said(visitor: Client, query: str) -> None:
    many(1)
    page = visitor.get(f"/connections/runs?{query}").text
    assert 'role="alert"' in page
    assert "All runs are shown." in page
    assert len(shown(page)) == 1


def test_the_last_run_of_a_page_may_be_gone(visitor: Client) -> None:
    many(3)
    assert len(shown(visitor.get("/connections/runs?before=99999").text)) == 3


def test_the_history_costs_the_same_however_long(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = many(45)
    # One of them asks whether a source needs the person, for the mark in the rail.
    with django_assert_num_queries(4):
        visitor.get("/connections/runs?source=Whoop&outcome=success")
    with django_assert_num_queries(5):
        visitor.get(f"/connections/runs?before={made[19].pk}")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=-1), "0.0 s"),
        (timedelta(seconds=0.42), "0.4 s"),
        (timedelta(seconds=9.96), "10 s"),
        (timedelta(seconds=41), "41 s"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(minutes=63), "1 h 03"),
    ],
)
def test_how_long(time: timedelta, words: str) -> None:
    assert runs.lasted(time) == words


def test_every_outcome_kind_and_beginner_has_words() -> None:
    assert set(runs.OUTCOMES) == set(SyncRun.Status)
    assert set(runs.KINDS) == set(SyncRun.Kind)
    assert set(runs.BEGINNERS) == set(SyncRun.BegunBy)


def test_who_began_a_run_is_written_down(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "a-token"
    run = tasks.enqueue(sources["Toggl"], SyncRequest(), SyncRun.BegunBy.PERSON)
    assert runs.begun_words(run) == "by hand"
    assert tasks.enqueue(sources["Toggl"], SyncRequest(), SyncRun.BegunBy.API).begun_by == "person"
    SyncRun.objects.all().delete()
    tasks.start_sync("Toggl")
    assert runs.begun_words(SyncRun.objects.get()) == "planned"


def test_who_began_an_older_run() -> None:
    assert runs.begun_words(SyncRun(source="Toggl", kind="incremental")) == "not known"
    assert runs.begun_words(SyncRun(source="Toggl", kind="webhook")) == "webhook"
    assert runs.begun_words(SyncRun(source="Zero", kind="import")) == "by file"


def test_one_run_shows_its_streams(visitor: Client) -> None:
    run = SyncRun.objects.create(
        source="Whoop",
        kind="full",
        status="partial",
        started_at=NOW - timedelta(minutes=5),
        finished_at=NOW,
        window_start=BEGINNING,
        window_end=NOW,
        requests=1203,
        error="cycle: WHOOP answered 500.\nAnd a remark.",
        counts={
            "cycle": {"seen": 1270, "created": 4, "error": "WHOOP answered 500."},
            "sleep": {"seen": 0},
        },
    )
    page = " ".join(
        re.sub(r"<[^>]+>", " ", visitor.get(f"/connections/runs/{run.pk}").text).split()
    )
    assert "Was to read the whole history" in page
    assert "Records from the beginning to 16 Sep 2026" in page
    assert "Took 5 min" in page
    assert "Requests 1,203" in page
    assert "cycle 1,270 4 0 0 0 0 WHOOP answered 500." in page
    assert "sleep" not in page.split("By kind of record")[1]
    assert "And a remark." in page
    assert visitor.get("/connections/runs/99999").status_code == 404


def test_nothing_yet(visitor: Client) -> None:
    assert "No runs yet." in visitor.get("/connections/runs").text
    assert "Nothing was read yet." in visitor.get("/connections/").text


def test_files_imported_before_there_was_a_kind_for_them() -> None:
    def kinds() -> set[tuple[str, str]]:
        return set(SyncRun.objects.values_list("source", "kind"))

    before = {("Zero", "manual"), ("LoseIt", "manual"), ("Whoop", "manual"), ("Toggl", "full")}
    for source, kind in before:
        SyncRun.objects.create(source=source, kind=kind)
    migration = import_module("lifetracker.migrations.0025_kind_of_imports")
    migration.forward(apps, None)
    after = {("Zero", "import"), ("LoseIt", "import"), ("Whoop", "manual"), ("Toggl", "full")}
    assert kinds() == after
    migration.back(apps, None)
    assert kinds() == before

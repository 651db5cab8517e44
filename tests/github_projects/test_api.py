from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from github_projects.models import Repository
from lifetracker.models import SyncRun
from tests.makers import MORNING, commit, repository

pytestmark = pytest.mark.django_db

READ = ("projects", "project/portal", "metrics", "refresh/jobs", "refresh/status/1")
# What the contract says that a repository has.
FIELDS = {
    *("name", "full_name", "time_spent_min", "loc", "commit_count", "active_days"),
    *("last_commit_date", "code_churn", "primary_language", "languages", "repository_size_kb"),
    *("fork", "archived", "private", "loc_method", "failure", "gone_at"),
}
JOB = {
    *("id", "status", "started_at", "completed_at", "error_message"),
    *("repositories_processed", "total_repositories"),
}


def test_nobody_reads_without_a_login(client: Client) -> None:
    for path in READ:
        assert client.get(f"/api/github/{path}").status_code == 401
    assert client.post("/api/github/refresh").status_code == 401


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_list_has_all_and_a_constant_number_of_queries(
    person: Client, django_assert_num_queries: Any, slash: str
) -> None:
    for number in range(12):
        commit(repository(f"r{number}", fork=number == 3), days_ago=number)
    repository("gone", deleted_at=MORNING)
    Repository.objects.recount()
    with django_assert_num_queries(4):  # session, person, count, rows
        answer = person.get(f"/api/github/projects{slash}").json()
    assert answer["count"] == 13
    names = [row["name"] for row in answer["results"]]
    assert names == [*(f"r{number}" for number in range(12)), "gone"]
    assert answer["results"][0].keys() >= FIELDS
    assert (
        not {"raw", "digest", "pending_run", "tip_oid", "mined_oid"} & answer["results"][0].keys()
    )
    assert answer["results"][-1]["gone_at"] == "2026-09-16T06:00:00Z"


def test_one_by_its_name(person: Client, django_assert_num_queries: Any) -> None:
    for days_ago in (0, 0, 2):
        commit(repo := Repository.objects.first() or repository("portal"), days_ago=days_ago)
    Repository.objects.recount()
    with django_assert_num_queries(5):  # session, person, two for the name, days
        answer = person.get("/api/github/project/Portal").json()
    assert answer["full_name"] == repo.full_name
    assert [(day["date"], day["commits"]) for day in answer["per_day"]] == [
        ("2026-09-16", 2),
        ("2026-09-14", 1),
    ]
    assert person.get("/api/github/project/robin/portal/").json()["id"] == repo.pk
    assert person.get("/api/github/project/none").status_code == 404


def test_a_name_that_several_have_wants_the_owner(person: Client) -> None:
    repository("portal")
    repository("portal", full_name="kranich/portal")
    answer = person.get("/api/github/project/portal")
    assert answer.status_code == 409
    assert "kranich/portal, robin/portal" in answer.json()["detail"]
    assert person.get("/api/github/project/kranich/portal").status_code == 200


def test_metrics(person: Client, django_assert_num_queries: Any) -> None:
    one, other = repository("one", loc=100), repository("other", loc=50)
    fork = repository("fork", loc=9000, fork=True)
    commit(one, other, mine=True)
    commit(one, days_ago=2)
    commit(fork)
    commit(one, days_ago=30, mine=True)
    with django_assert_num_queries(7):
        answer = person.get("/api/github/metrics").json()
    assert (answer["start_date"], answer["end_date"]) == ("2026-09-10", "2026-09-16")
    assert (answer["repositories"], answer["loc"]) == (2, 150)
    assert (answer["commits"], answer["active_days"], answer["code_churn"]) == (2, 2, 28)
    assert answer["all_time"]["commits"] == 3
    assert [row["commits"] for row in answer["per_repository"]] == [2, 1]
    assert sum(map(sum, answer["by_weekday_and_hour"])) == 2
    assert person.get("/api/github/metrics?mine=true").json()["commits"] == 1
    assert person.get("/api/github/metrics?include=forks").json()["commits"] == 3
    assert person.get("/api/github/metrics?days=60&mine=true").json()["commits"] == 2


@pytest.mark.parametrize(
    ("query", "named"),
    [("include=everything", "include"), ("mine=perhaps", "mine"), ("days=0", "days")],
)
def test_bad_parameters_are_named(person: Client, query: str, named: str) -> None:
    answer = person.get(f"/api/github/metrics?{query}")
    assert answer.status_code == 400
    assert named in answer.json()


def test_a_refresh_is_a_job_and_a_second_one_the_same(person: Client, settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "ghp_made_up"
    answer = person.post("/api/github/refresh", content_type="application/json")
    assert answer.status_code == 202
    job = answer.json()
    assert job.keys() >= JOB
    assert job["job_id"] == job["id"] == SyncRun.objects.get().pk
    assert (job["status"], job["completed_at"]) == ("queued", None)
    assert (
        person.post("/api/github/refresh/", content_type="application/json").json()["job_id"]
        == job["id"]
    )
    shown = person.get(f"/api/github/refresh/status/{job['id']}")
    assert shown.json() == job
    SyncRun.objects.update(status="success", progress_done=30, progress_total=30)
    again = person.post("/api/github/refresh", content_type="application/json").json()
    assert again["job_id"] != job["id"]


def test_jobs_are_listed_newest_first(person: Client, django_assert_num_queries: Any) -> None:
    for number in range(5):
        SyncRun.objects.create(
            source="GitHub",
            kind="incremental",
            status="success",
            progress_done=number,
            progress_total=4,
            error="robin/broken: not found" if number == 4 else "",
        )
    SyncRun.objects.create(source="Toggl", kind="incremental")
    with django_assert_num_queries(4):  # session, person, count, rows
        answer = person.get("/api/github/refresh/jobs").json()
    assert [job["repositories_processed"] for job in answer["results"]] == [4, 3, 2, 1, 0]
    assert answer["results"][0]["error_message"] == "robin/broken: not found"
    assert answer["results"][0]["status"] == "success"


def test_a_job_of_another_source_is_none_of_these(person: Client) -> None:
    other = SyncRun.objects.create(source="Toggl", kind="incremental")
    assert person.get(f"/api/github/refresh/status/{other.pk}").status_code == 404


def test_without_a_token_the_answer_says_what_to_do(person: Client, settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = ""
    answer = person.post("/api/github/refresh", content_type="application/json")
    assert answer.status_code == 409
    assert "docs/github.md" in answer.json()["detail"]

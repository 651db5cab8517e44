"""The API of projects, and time and code by project."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from github_projects.models import Repository
from goals.models import Goal
from projects.models import Project, Suggestion
from tests.makers import MORNING, commit, entry, goal, repository, robin, toggl_project
from tests.projects.test_models import project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    later = MORNING + timedelta(hours=8)
    monkeypatch.setattr(timezone, "now", lambda: later)


@pytest.fixture
def person() -> Client:
    client = Client()
    client.force_login(robin())
    return client


def send(client: Client, method: str, path: str, **body: Any) -> Any:
    return client.generic(method, path, json.dumps(body), "application/json")


def test_a_project_is_created_changed_and_deleted(person: Client) -> None:
    code, times = repository(), toggl_project(1)
    body = {"name": "Garden", "repositories": [code.pk], "toggl_projects": [times.pk]}
    made = send(person, "POST", "/api/projects", **body)
    assert made.status_code == 201, made.content
    assert {key: made.json()[key] for key in body} == body
    path = f"/api/projects/{made.json()['id']}"
    changed = send(person, "PATCH", path, status="paused")
    assert (changed.json()["status"], changed.json()["repositories"]) == ("paused", [code.pk])
    emptied = send(person, "PATCH", path, repositories=[])
    assert (emptied.json()["repositories"], emptied.json()["toggl_projects"]) == ([], [times.pk])
    replaced = send(person, "PUT", path, name="House")
    assert replaced.status_code == 200, replaced.content
    assert (replaced.json()["status"], replaced.json()["toggl_projects"]) == ("active", [])
    assert person.delete(path).status_code == 204
    assert person.get(path).status_code == 404


def test_goals_belong_to_projects(person: Client) -> None:
    one, other = goal(name="Write"), goal(name="Read")
    made = send(person, "POST", "/api/projects", name="Garden", goals=[one.pk, other.pk])
    assert made.json()["goals"] == [one.pk, other.pk]
    house = send(person, "POST", "/api/projects", name="House", goals=[one.pk]).json()
    assert house["goals"] == [one.pk], "a goal may be that of several projects"
    Goal.objects.filter(pk=one.pk).mark_deleted()
    path = f"/api/projects/{house['id']}"
    assert person.get(path).json()["goals"] == []
    refused = send(person, "PATCH", path, goals=[one.pk])
    assert refused.json() == {"goals": [f"There is no record with the id {one.pk}."]}
    Goal.objects.filter(pk=one.pk).restore()
    assert person.get(path).json()["goals"] == [one.pk]
    assert person.delete(path).status_code == 204
    assert Goal.objects.live().count() == 2


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"name": "Garden"}, {"name": ["There is already a project with this name."]}),
        ({"name": ""}, {"name": ["This field may not be blank."]}),
        (
            {"name": "New", "start": "2026-09-02", "end": "2026-09-01"},
            {"end": ["The end must not be before the start."]},
        ),
        ({"name": "New", "status": "lost"}, {"status": ['"lost" is not a valid choice.']}),
        (
            {"name": "New", "repositories": [999]},
            {"repositories": ["There is no record with the id 999."]},
        ),
        ({"name": "New", "repos": []}, {"repos": ["This field does not exist."]}),
    ],
)
def test_bad_values_are_refused_by_field(person: Client, body: Any, refused: Any) -> None:
    project()
    answer = send(person, "POST", "/api/projects", **body)
    assert (answer.status_code, answer.json()) == (400, refused)


def test_what_belongs_to_another_project_is_refused_by_field(person: Client) -> None:
    code, times = repository(), toggl_project(1)
    project(repositories=[code], toggl_projects=[times])
    answer = send(person, "POST", "/api/projects", name="House", repositories=[code.pk])
    assert (answer.status_code, answer.json()) == (
        400,
        {"repositories": ["This repository already belongs to a project."]},
    )
    answer = send(person, "POST", "/api/projects", name="House", toggl_projects=[times.pk])
    assert answer.json() == {"toggl_projects": ["This Toggl project already belongs to a project."]}
    assert Project.objects.count() == 1, "nothing is left of what was refused"


def test_projects_are_listed_with_their_totals_at_one_cost(person: Client) -> None:
    made = project(repositories=[repository("a")], toggl_projects=[toggl_project(1)])
    entry(3, 90, project_ref="1")
    with CaptureQueriesContext(connection) as few:
        (listed,) = person.get("/api/projects").json()["results"]
    assert listed["totals"] == {
        "hours": 1.5,
        "commits": 0,
        "code_churn": 0,
        "active_days": 1,
        "last_activity": "2026-09-13",
        "idle_days": 3,
    }
    assert listed == person.get(f"/api/projects/{made.pk}").json()
    for number in range(4):
        project(f"P{number}", [repository(f"r{number}")], [toggl_project(10 + number)])
    with CaptureQueriesContext(connection) as many:
        assert person.get("/api/projects").json()["count"] == 5
    assert len(many) == len(few)


def test_weeks(person: Client) -> None:
    made = project(toggl_projects=[toggl_project(1)])
    entry(3, 90, project_ref="1")
    entry(100, 90, project_ref="1")
    answer = person.get(f"/api/projects/{made.pk}/weeks")
    week = {"week": "2026-09-07", "hours": 1.5, "commits": 0, "code_churn": 0, "active_days": 1}
    assert answer.json() == {"weeks": [week]}
    assert len(person.get(f"/api/projects/{made.pk}/weeks?days=200").json()["weeks"]) == 2
    assert person.get("/api/projects/999/weeks").status_code == 404
    assert person.get(f"/api/projects/{made.pk}/weeks?days=0").status_code == 400


def queries_of(person: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert person.get(path).status_code == 200
    return len(found)


def many(repositories: list[Repository], ref: str) -> None:
    """Entries of a Toggl project and commits, a week apart."""
    for number in range(1, 13):
        entry(number * 7, 45, project_ref=ref)
        commit(*repositories, days_ago=number * 7, mine=True)


def test_the_weeks_of_a_project_cost_the_same_however_many(person: Client) -> None:
    code, times = [repository("a")], [toggl_project(1)]
    path = f"/api/projects/{project(repositories=code, toggl_projects=times).pk}/weeks?days=200"
    entry(3, 90, project_ref="1")
    commit(*code, days_ago=1, mine=True)
    few = queries_of(person, path)
    more = [repository(f"r{number}") for number in range(8)]
    for one in more:
        Project.objects.get().repository_links.create(repository=one)
    for number in range(2, 10):
        times = [toggl_project(number)]
        Project.objects.get().toggl_links.create(toggl_project=times[0])
        many(more, str(number))
    assert len(person.get(path).json()["weeks"]) > 10
    assert queries_of(person, path) == few
    assert few <= 8


def test_what_belongs_to_no_project_costs_the_same_however_much(person: Client) -> None:
    path = "/api/projects/unassigned"
    project(repositories=[repository("a")], toggl_projects=[toggl_project(1)])
    many([repository("b")], "2")
    few = queries_of(person, path)
    for number in range(2, 10):
        toggl_project(number)
        many([repository(f"r{number}")], str(number))
        project(f"P{number}", [repository(f"p{number}")], [toggl_project(100 + number)])
        many([repository(f"q{number}")], str(100 + number))
    found = person.get(path).json()
    assert (len(found["repositories"]), len(found["toggl_projects"])) == (17, 8)
    assert queries_of(person, path) == few
    assert few <= 10


def test_what_belongs_to_no_project(person: Client) -> None:
    code, times = repository("portal"), toggl_project(1, name="Portal")
    project(repositories=[repository("b")], toggl_projects=[toggl_project(2)])
    entry(1, 30, project_ref="1")
    found = person.get("/api/projects/unassigned").json()
    assert found["repositories"] == [{"id": code.pk, "name": "robin/portal"}]
    assert found["toggl_projects"] == [{"id": times.pk, "name": "Portal"}]
    assert (found["totals"]["hours"], found["totals"]["commits"]) == (0.5, 0)


def test_suggestions(person: Client) -> None:
    code, times = repository("portal"), toggl_project(1, name="Portal")
    assert person.get("/api/projects/suggestions").json() == {"suggestions": []}
    (one,) = send(person, "POST", "/api/projects/suggestions").json()["suggestions"]
    assert (one["repository"], one["toggl_project"], one["project"]) == (code.pk, times.pk, None)
    path = f"/api/projects/suggestions/{one['id']}"
    assert send(person, "POST", f"{path}/refuse").json()["state"] == "refused"
    assert send(person, "POST", "/api/projects/suggestions").json() == {"suggestions": []}
    made = send(person, "POST", f"{path}/confirm").json()
    assert (made["name"], made["repositories"]) == ("Portal", [code.pk])
    again = send(person, "POST", f"{path}/confirm")
    assert again.json() == {"repository": ["This repository already belongs to a project."]}
    refused = send(person, "POST", f"{path}/refuse")
    words = "This suggestion was already confirmed. Take the records out of the project instead."
    assert (refused.status_code, refused.json()) == (400, {"non_field_errors": [words]})
    assert Suggestion.objects.get().state == "confirmed"


def test_time_by_project(person: Client) -> None:
    made = project(toggl_projects=[toggl_project(1), toggl_project(2)])
    entry(1, 60, project_ref="1", project="A")
    entry(1, 30, project_ref="2", project="B")
    entry(2, 15, project="C")
    totals = "/api/time-entries/totals"
    assert person.get(f"{totals}?by=owner_project").json()["totals"] == [
        {"owner_project": made.pk, "name": "Garden", "seconds": 5400},
        {"owner_project": None, "name": "", "seconds": 900},
    ]

    def days(asked: str) -> dict[str, float]:
        listed = person.get(f"{totals}?owner_project={asked}").json()["totals"]
        return {one["date"]: one["seconds"] for one in listed}

    assert days(f"{made.pk}") == {"2026-09-15": 5400}
    assert days("none") == {"2026-09-14": 900}
    assert days(f"{project('House').pk}") == {}
    by_project = person.get(f"{totals}?owner_project=none&by=project").json()["totals"]
    assert [one["project"] for one in by_project] == ["C"]
    listed = person.get(f"/api/time-entries?owner_project={made.pk}").json()["results"]
    assert {one["project"] for one in listed} == {"A", "B"}
    assert person.get("/api/time-entries?owner_project=none").json()["count"] == 1
    answer = person.get(f"{totals}?owner_project=garden")
    assert (answer.status_code, answer.json()) == (
        400,
        {"owner_project": ["Takes the id of a project, or none."]},
    )


def test_code_by_project(person: Client) -> None:
    portal, mirror, other = repository("portal"), repository("mirror"), repository("other")
    made = project(repositories=[portal, mirror])
    commit(portal, mirror, days_ago=1, mine=True)
    commit(other, days_ago=2, mine=True)
    commit(other, days_ago=2, mine=True)
    metrics = "/api/github/metrics"
    found = person.get(metrics).json()
    assert found["per_owner_project"] == [
        {"owner_project": None, "name": "", "commits": 2, "added": 20, "deleted": 8},
        {"owner_project": made.pk, "name": "Garden", "commits": 1, "added": 10, "deleted": 4},
    ]
    assert person.get(f"{metrics}?owner_project={made.pk}").json()["commits"] == 1
    loose = person.get(f"{metrics}?owner_project=none").json()
    assert (loose["commits"], loose["repositories"]) == (2, 1)
    listed = person.get(f"/api/github/projects?owner_project={made.pk}").json()["results"]
    assert {one["name"] for one in listed} == {"portal", "mirror"}
    assert person.get("/api/github/projects?owner_project=none").json()["count"] == 1


def test_a_commit_counts_once_in_a_project_and_in_what_belongs_to_none(person: Client) -> None:
    portal, mirror, loose, copy = (repository(name) for name in ("portal", "mirror", "l", "m"))
    made, house = project(repositories=[portal, mirror]), project("House", [repository("house")])
    commit(loose, copy, portal, mirror, house.repository_links.get().repository, mine=True)
    commit(copy, loose, added=1, deleted=0)
    found = person.get("/api/github/metrics").json()["per_owner_project"]
    one = {"commits": 1, "added": 10, "deleted": 4}
    assert sorted(found, key=lambda share: share["name"]) == [
        {"owner_project": None, "name": "", "commits": 1, "added": 1, "deleted": 0},
        {"owner_project": made.pk, "name": "Garden"} | one,
        {"owner_project": house.pk, "name": "House"} | one,
    ]
    # A link to a repository that totals leave out hides no other one.
    Repository.objects.filter(pk=portal.pk).update(archived=True)
    found = person.get("/api/github/metrics").json()["per_owner_project"]
    assert {"owner_project": made.pk, "name": "Garden"} | one in found
    assert len(found) == 3


def commits_asked(person: Client, asked: str) -> int:
    found: int = person.get(f"/api/github/metrics?mine=true&{asked}").json()["commits"]
    return found


def test_the_commits_of_projects_and_of_none_add_up_to_all(person: Client) -> None:
    portal, copy, loose = (repository(name) for name in ("portal", "copy", "loose"))
    made = project(repositories=[portal])
    house = project("House", [repository("house")])
    commit(portal, copy, days_ago=1, mine=True)
    commit(portal, days_ago=1, mine=True)
    commit(copy, loose, days_ago=2, mine=True)
    commit(house.repository_links.get().repository, days_ago=2, mine=True)
    whole = person.get("/api/github/metrics?mine=true").json()
    asked = [f"owner_project={one}" for one in (made.pk, house.pk, "none")]
    assert [commits_asked(person, one) for one in asked] == [2, 1, 1]
    assert whole["commits"] == 4
    assert sum(one["commits"] for one in whole["per_owner_project"]) == 4
    none = person.get("/api/github/metrics?mine=true&owner_project=none").json()
    assert none["all_time"]["commits"] == 1
    assert sum(one["commits"] for one in none["per_owner_project"]) == 1
    assert person.get("/api/projects/unassigned").json()["totals"]["commits"] == 1


def test_forks_and_archived_repositories_count_in_their_project(person: Client) -> None:
    fork, old = repository("fork", fork=True), repository("old", archived=True)
    made = project(repositories=[fork, old, repository("gone", deleted_at=timezone.now())])
    commit(fork, days_ago=1, mine=True)
    commit(old, days_ago=1, mine=True)
    asked = f"owner_project={made.pk}"
    assert person.get(f"/api/projects/{made.pk}").json()["totals"]["commits"] == 2
    assert commits_asked(person, asked) == 2
    assert commits_asked(person, f"{asked}&include=forks") == 1
    assert commits_asked(person, f"{asked}&include=") == 0
    assert commits_asked(person, "days=7") == 0
    assert commits_asked(person, "owner_project=none") == 0

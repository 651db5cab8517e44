"""The pages of projects: their numbers are those of the API, what is not known is not zero, and whatever is changed there can
be taken back."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.days import days_from, local_date, midnight
from lifetracker.models import SyncRun, SyncState
from lifetracker.web.charts.scales import begin_of
from lifetracker.web.sentences import hours_and_minutes, number
from lifetracker.web.stretches import begin_in_sql
from projects.commit_sums import CommitSums, commits_by_project
from projects.models import (
    Project,
    ProjectGoal,
    ProjectRepository,
    ProjectTogglProject,
    Suggestion,
)
from tests.makers import MORNING, commit, entry, goal, repository, toggl_project
from tests.projects.test_models import project

pytestmark = pytest.mark.django_db

TODAY = local_date(MORNING)


def words_of(client: Client, path: str, status: int = 200, **options: Any) -> str:
    answer = client.get(path, **options)
    assert answer.status_code == status, path
    return plain_words(answer.text)


def plain_words(html: str) -> str:
    return re.sub(
        r"\s+",
        " ",
        unescape(re.sub(r"<(?!/?bdi)[^>]+>", " ", html)).replace("<bdi>", "").replace("</bdi>", ""),
    )


def everything_is_read() -> None:
    """Toggl and GitHub were read to this moment."""
    now = timezone.now()
    begin = now - timedelta(days=3000)
    SyncState.objects.create(source="Toggl", stream="entry", verified_from=begin, verified_to=now)
    for source in ("Toggl", "GitHub"):
        SyncRun.objects.create(
            source=source, kind="full", status="success", started_at=now, finished_at=now
        )


def life() -> tuple[Project, Project]:
    """Two projects of 100 days, and work that belongs to none."""
    portal, mirror, other = repository("portal"), repository("mirror"), repository("other")
    first = project("Garden", [portal, mirror], [toggl_project(1), toggl_project(2)])
    second = project("House", [repository("house")], [])
    for back in range(0, 100, 3):
        entry(back, 45 + back, project_ref=str(1 + back % 2), project=f"Project {1 + back % 2}")
        commit(portal, *([mirror] if back % 2 else []), days_ago=back, mine=True)
    for back in range(0, 100, 7):
        entry(back + 0.2, 20, project_ref="9")
        entry(back + 0.3, 10)
        commit(other, days_ago=back, mine=True)
        # Not theirs, and in both: it belongs to the project.
        commit(portal, days_ago=back, mine=False)
        commit(other, portal, days_ago=back + 1, mine=True)
    commit(repository("fork", fork=True), days_ago=8, mine=True)
    # Over midnight, from a Sunday to a Monday, and one that is running.
    monday = MORNING - timedelta(days=MORNING.weekday(), hours=6)
    entry(start=monday - timedelta(hours=2), end=monday + timedelta(hours=1), project_ref="1")
    entry(0, None, project_ref="1")
    return first, second


# --- The numbers ----------------------------------------------------------------------------------


def test_the_list_has_the_weeks_of_the_api(person: Client) -> None:
    everything_is_read()
    garden, _house = life()
    first = TODAY - timedelta(days=TODAY.weekday() + 7 * 8)
    last = first + timedelta(days=7 * 8 - 1)
    page = person.get(f"/projects/?from={first}&to={last}").context
    query = f"start_date={first}&end_date={last}"
    weeks = person.get(f"/api/projects/{garden.pk}/weeks?{query}").json()["weeks"]
    row = next(one for one in page["rows"] if one.project == garden)
    assert row.hours == hours_and_minutes(sum(week["hours"] for week in weeks))
    assert row.commits == f"{sum(week['commits'] for week in weeks)} commits"
    cells = re.findall(r"<td>([^<]*)</td>", page["table"])
    by_week = [cells[at : at + 5] for at in range(0, len(cells), 5)]
    found = {week["week"]: week for week in weeks}
    assert len(by_week) == 8
    for at, (hours, commits, of_house, *_) in enumerate(by_week):
        week = found.get(str(first + timedelta(weeks=at)), {"hours": 0, "commits": 0})
        assert (hours, commits) == (hours_and_minutes(week["hours"]), str(week["commits"]))
        assert of_house == "0"


def test_the_whole_history_is_that_of_the_api(person: Client) -> None:
    everything_is_read()
    garden, _ = life()
    page = person.get("/projects/?range=all").context
    totals = person.get(f"/api/projects/{garden.pk}").json()["totals"]
    row = next(one for one in page["rows"] if one.project == garden)
    assert row.hours == hours_and_minutes(totals["hours"])
    assert row.commits == f"{totals['commits']} commits"
    loose = person.get("/api/projects/unassigned").json()["totals"]
    assert loose["hours"] > 0 < loose["commits"]
    assert page["loose"]["hours"] == hours_and_minutes(loose["hours"])
    assert page["loose"]["commits"] == f"{loose['commits']} commits"


def test_one_project_has_the_totals_of_the_api(person: Client) -> None:
    everything_is_read()
    garden, _ = life()
    page = person.get(f"/projects/{garden.pk}/?range=all").context
    totals = person.get(f"/api/projects/{garden.pk}").json()["totals"]
    assert [one.value for one in page["figures"]] == [
        hours_and_minutes(totals["hours"]),
        number(totals["commits"]),
        number(totals["code_churn"]),
        number(totals["active_days"]),
    ]
    assert f"The last activity was {'today' if not totals['idle_days'] else ''}" in page["sentence"]
    parts = {one.name: commits for one, _, commits in page["repositories"]}
    # A commit that is in two of them counts in each.
    assert sum(parts.values()) > totals["commits"]


def test_a_range_that_cuts_a_week_has_only_its_days(person: Client) -> None:
    everything_is_read()
    garden, _ = life()
    first, last = TODAY - timedelta(days=10), TODAY - timedelta(days=1)
    page = person.get(f"/projects/{garden.pk}/?from={first}&to={last}").context
    key = f"projects.{garden.pk}.hours"
    answer = person.get(f"/api/metrics/series?keys={key}&start_date={first}&end_date={last}")
    hours = sum(filter(None, answer.json()["series"][key]["values"]))
    assert page["figures"][0].value == hours_and_minutes(hours)


def test_years_are_drawn_by_month(person: Client) -> None:
    everything_is_read()
    garden, _ = life()
    entry(1000, 60, project_ref="1")
    page = person.get(f"/projects/{garden.pk}/?range=all").context
    assert page["charts"].unit == "month"
    totals = person.get(f"/api/projects/{garden.pk}").json()["totals"]
    assert page["figures"][0].value == hours_and_minutes(totals["hours"])
    assert page["figures"][1].value == number(totals["commits"])


@pytest.mark.parametrize("unit", ["week", "month"])
def test_the_database_begins_weeks_and_months_as_the_pages_do(unit: Any) -> None:
    days = days_from(date(2023, 12, 20), date(2024, 3, 10))
    made = project("Garden", [code := repository()])
    for day in days:
        commit(code, at=midnight(day) + timedelta(hours=9), mine=True)
    found = commits_by_project(days[0], days[-1], begin_in_sql(unit, 0))
    begins = Counter(max(begin_of(day, unit), days[0]) for day in days)
    assert found == {made.pk: CommitSums(dict(begins), 14 * len(days))}
    sundays = commits_by_project(days[0], days[-1], begin_in_sql("week", 6))[made.pk].commits
    assert all(begin.weekday() == 6 for begin in sundays if begin != days[0])


def test_projects_come_by_their_last_activity(person: Client) -> None:
    for number_, back in ((1, 30), (2, 3), (3, 200)):
        project(f"P{number_}", [], [toggl_project(number_)])
        entry(back, 60, project_ref=str(number_))
    project("Code", [code := repository()], [])
    commit(code, days_ago=120, mine=True)
    project("Never")
    page = person.get("/projects/").context
    assert [one.project.name for one in page["rows"]] == ["P2", "P1", "Code", "P3", "Never"]
    assert [(one.last, one.idle) for one in page["rows"]] == [
        ("13 September", ""),
        ("17 August", "idle for 30 days"),
        ("19 May", "idle for 120 days"),
        ("28 February", "idle for 200 days"),
        ("none yet", ""),
    ]


def test_pages_cost_the_same_for_any_number_of_projects(person: Client) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert person.get(path).status_code == 200
        return len(asked)

    garden, _ = life()
    ProjectGoal.objects.create(project=garden, goal=goal())
    paths = ["/projects/", "/projects/?range=all", f"/projects/{garden.pk}/?range=all"]
    before = [statements(path) for path in paths]
    for at in range(25):
        made = project(f"P{at}", [repository(f"r{at}")], [toggl_project(10 + at)])
        ProjectGoal.objects.create(project=made, goal=goal(name=f"G{at}"))
        entry(at * 20, project_ref=str(10 + at))
    assert [statements(path) for path in paths] == before
    assert max(before) <= 15


# --- What is not known ----------------------------------------------------------------------------


def test_what_nobody_read_is_not_zero(person: Client) -> None:
    made = project("Garden", [repository()], [toggl_project(1)])
    page = words_of(person, "/projects/")
    assert "Nothing is known of your projects" in page
    assert "not known" in page
    assert "0 min" not in page.split("Show the numbers")[0]
    one = words_of(person, f"/projects/{made.pk}/")
    assert "Nothing is known of it in 90 days. There was no activity yet." in one


def test_what_is_missing_says_so(person: Client) -> None:
    made = project("Garden")
    page = words_of(person, "/projects/")
    assert "no Toggl project" in page
    assert "no repository" in page
    assert "Nothing belongs to this project yet." in words_of(person, f"/projects/{made.pk}/")


def test_a_cost_is_that_of_the_known_days(person: Client) -> None:
    now = timezone.now()
    begin = now - timedelta(days=14)
    SyncState.objects.create(source="Toggl", stream="entry", verified_from=begin, verified_to=now)
    made = project("Garden", [], [toggl_project(1)])
    entry(1, 120, project_ref="1")
    entry(3, 60, project_ref="1")
    page = words_of(person, f"/projects/{made.pk}/?range=30d")
    assert "known on 14 of 30 days" in page, page
    assert "3 h 00 in 30 days, 1 h 30 a week." in page


def test_without_projects_the_page_says_how_to_begin(person: Client) -> None:
    page = words_of(person, "/projects/")
    assert "Add a project to see its time and code together." in page


@pytest.mark.parametrize("query", ["range=9d", "from=2026-09-10", "from=2026-09-10&to=2026-09-01"])
def test_a_range_that_cannot_be_had_is_named(person: Client, query: str) -> None:
    made = project()
    for path in ("/projects/", f"/projects/{made.pk}/"):
        assert "These are the last 30 days." in words_of(person, f"{path}?{query}", 400)


def test_names_of_others_do_no_harm(person: Client) -> None:
    name = '<b>"Garden" & ünïcode 🌱'
    made = project(name, [repository("<i>")], [toggl_project(1, name="<u>")])
    for path in ("/projects/", f"/projects/{made.pk}/"):
        html = person.get(path).text
        assert "<b>&quot;Garden" not in html
        assert "<i>" not in html
        assert "<u>" not in html
        assert name in unescape(html)


# --- Typing in ------------------------------------------------------------------------------------


def test_a_project_is_added_and_edited(person: Client) -> None:
    answer = person.post("/projects/new", {"name": "Garden", "status": "active"}, follow=True)
    made = Project.objects.get()
    assert answer.redirect_chain == [(f"/projects/{made.pk}/", 302)]
    assert "The project was added." in answer.text
    typed = {"name": "Yard", "status": "paused", "start": "2026-01-02", "end": "", "notes": "Soil."}
    page = plain_words(person.post(f"/projects/{made.pk}/edit", typed, follow=True).text)
    made.refresh_from_db()
    assert (made.name, made.status, made.start, made.end) == (
        "Yard",
        "paused",
        date(2026, 1, 2),
        None,
    )
    assert "Status paused Start 2 January" in page
    assert "Soil." in page


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "House"}, "There is already a project with this name."),
        ({"start": "2026-09-02", "end": "2026-09-01"}, "The end must not be before the start."),
        ({"status": "lost"}, "lost is not one of the available choices"),
        ({"start": "soon"}, "Enter a valid date."),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"name": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_the_api_refuses_is_refused_at_the_field(
    person: Client, typed: dict[str, str], message: str
) -> None:
    project("House")
    made = project("Garden")
    values = {"name": "Garden", "status": "active", "notes": "Kept."} | typed
    for path in ("/projects/new", f"/projects/{made.pk}/edit"):
        answer = person.post(path, values | ({"name": "New"} if "name" not in typed else {}))
        page = unescape(answer.text)
        assert message in page
        assert "Kept." in page
    body = {"name": "New"} | {k: v for k, v in typed.items() if v or k == "name"}
    api = person.post("/api/projects", body, content_type="application/json")
    assert api.status_code == 400
    assert Project.objects.count() == 2


# --- Joining --------------------------------------------------------------------------------------


def test_what_is_free_is_joined_and_taken_out(person: Client) -> None:
    made = project()
    code, times, aim = repository("portal"), toggl_project(1), goal()
    page = person.get(f"/projects/{made.pk}/").text
    for pk, name in ((code.pk, "robin/portal"), (times.pk, "Project 1"), (aim.pk, "Enough work")):
        assert f'<option value="{pk}">{name}' in page
    for kind, one in (("repository", code), ("toggl_project", times), ("goal", aim)):
        answer = person.post(f"/projects/{made.pk}/join", {kind: one.pk}, follow=True)
        assert "now belongs to Garden." in answer.text
    assert (made.repository_ids, made.toggl_project_ids, made.goal_ids) == (
        [code.pk],
        [times.pk],
        [aim.pk],
    )
    for kind, one in (("repository", code), ("toggl_project", times), ("goal", aim)):
        answer = person.post(f"/projects/{made.pk}/take-out", {kind: one.pk}, follow=True)
        assert "was taken out of Garden." in answer.text
    made = Project.objects.get()
    assert (made.repository_ids, made.toggl_project_ids, made.goal_ids) == ([], [], [])


def test_what_belongs_to_another_project_is_refused_with_its_name(person: Client) -> None:
    code, times = repository("portal"), toggl_project(1)
    project("Garden", [code], [times])
    other = project("House")
    for kind, one, noun in (
        ("repository", code, "repository"),
        ("toggl_project", times, "Toggl project"),
    ):
        answer = person.post(f"/projects/{other.pk}/join", {kind: one.pk})
        assert answer.status_code == 400
        page = plain_words(answer.text)
        assert f"This {noun} already belongs to a project. Take it out of Garden first." in page
    assert (other.repository_ids, other.toggl_project_ids) == ([], [])


@pytest.mark.parametrize("value", ["", "0", "999", "x", "9" * 30, "-1"])
def test_what_is_not_there_cannot_be_joined(person: Client, value: str) -> None:
    made = project()
    answer = person.post(f"/projects/{made.pk}/join", {"repository": value})
    assert answer.status_code == 400
    assert "Choose a repository of the list." in answer.text
    assert person.post(f"/projects/{made.pk}/take-out", {"repository": value}).status_code == 302


# --- Deleting -------------------------------------------------------------------------------------


def test_a_deleted_project_comes_back_with_what_belonged_to_it(person: Client) -> None:
    code, times, aim = repository("portal"), toggl_project(1), goal()
    made = project("Garden", [code], [times])
    ProjectGoal.objects.create(project=made, goal=aim)
    assert "Delete Garden?" in words_of(person, f"/projects/{made.pk}/delete")
    answer = person.post(f"/projects/{made.pk}/delete", follow=True)
    assert answer.redirect_chain == [(f"/projects/{made.pk}/deleted", 302)]
    assert "Garden was deleted" in plain_words(answer.text)
    assert person.get(f"/api/projects/{made.pk}").status_code == 404
    for path in ("", "edit", "delete"):
        there = person.get(f"/projects/{made.pk}/{path}")["Location"]
        assert there == f"/projects/{made.pk}/deleted"
    assert "Garden" not in words_of(person, "/projects/")
    assert not ProjectRepository.objects.exists()
    assert not ProjectTogglProject.objects.exists()
    answer = person.post(f"/projects/{made.pk}/restore", follow=True)
    assert "Garden is back." in answer.text
    made = Project.objects.get()
    assert (made.repository_ids, made.toggl_project_ids, made.goal_ids) == (
        [code.pk],
        [times.pk],
        [aim.pk],
    )
    assert (made.parted, made.deleted_at) == ({}, None)


def test_what_was_joined_elsewhere_stays_there(person: Client) -> None:
    code, gone = repository("portal"), toggl_project(1)
    made = project("Garden", [code], [gone])
    person.post(f"/projects/{made.pk}/delete")
    other = project("Garden", [code])
    gone.delete()
    answer = person.post(f"/projects/{made.pk}/restore", follow=True)
    assert "There is already a project with this name. Rename that one first." in answer.text
    Project.objects.filter(pk=other.pk).update(name="Yard")
    answer = person.post(f"/projects/{made.pk}/restore", follow=True)
    assert "Garden is back. 2 parts of it belong elsewhere by now." in answer.text
    assert ProjectRepository.objects.get().project == other


def test_the_api_deletes_as_the_page_does(person: Client) -> None:
    made = project("Garden", [repository()])
    assert person.delete(f"/api/projects/{made.pk}").status_code == 204
    assert person.get("/api/projects").json()["results"] == []
    assert person.get(f"/api/metrics/projects.{made.pk}.commits").status_code == 404
    person.post(f"/projects/{made.pk}/restore")
    assert person.get("/api/projects").json()["count"] == 1


# --- Suggestions ----------------------------------------------------------------------------------


def test_suggestions_are_answered_one_by_one(person: Client) -> None:
    for at, name in enumerate(("garden", "kitchen")):
        repository(name)
        toggl_project(at, name=name.title())
    answer = person.post("/projects/suggestions/look", follow=True)
    assert "2 new suggestions." in answer.text
    garden, kitchen = Suggestion.objects.order_by("pk")
    refused = person.post(f"/projects/suggestions/{kitchen.pk}/refuse", follow=True)
    assert '<details class="gap" open><summary>1 refused' in refused.text
    assert '<details class="gap"><summary>1 refused' in person.get("/projects/").text
    page = person.get("/projects/").context
    assert (page["suggestions"], page["refusals"]) == ([garden], [kitchen])
    answer = person.post(f"/projects/suggestions/{garden.pk}/confirm", follow=True)
    made = Project.objects.get()
    assert answer.redirect_chain == [(f"/projects/{made.pk}/", 302)]
    assert (made.name, len(made.repository_ids), len(made.toggl_project_ids)) == ("Garden", 1, 1)
    person.post("/projects/suggestions/look")
    page = person.get("/projects/").context
    assert (page["suggestions"], page["refusals"]) == ([], [kitchen])
    answer = person.post(f"/projects/suggestions/{kitchen.pk}/ask-again", follow=True)
    assert "The suggestion is back." in answer.text
    assert answer.context["suggestions"] == [kitchen]


def test_a_confirmed_suggestion_is_not_taken_back(person: Client) -> None:
    repository("garden")
    toggl_project(1, name="Garden")
    Suggestion.objects.find()
    one = Suggestion.objects.get()
    one.confirm()
    for answer in ("refuse", "ask-again"):
        page = person.post(f"/projects/suggestions/{one.pk}/{answer}", follow=True).text
        assert "This suggestion was already confirmed." in page
    again = person.post(f"/projects/suggestions/{one.pk}/confirm", follow=True).text
    assert "already belongs to a project." in again


def test_a_deleted_project_is_suggested_no_more(person: Client) -> None:
    made = project("Garden")
    repository("garden")
    Suggestion.objects.find()
    one = Suggestion.objects.get()
    person.post(f"/projects/{made.pk}/delete")
    assert person.get("/projects/").context["suggestions"] == []
    page = person.post(f"/projects/suggestions/{one.pk}/confirm", follow=True).text
    assert "This project was deleted. Restore it first." in page


def test_what_changes_something_needs_a_post(person: Client) -> None:
    made = project()
    for path in ("join", "take-out", "restore"):
        assert person.get(f"/projects/{made.pk}/{path}").status_code == 405
    for path in ("look", "1/confirm", "1/refuse", "1/ask-again"):
        assert person.get(f"/projects/suggestions/{path}").status_code == 405
    assert Client().get("/projects/").status_code == 302

"""Projects: what belongs to them, what they come to, and what may belong to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.days import local_date
from lifetracker.metrics.registry import UnknownMetric, all_metrics, metric_of
from lifetracker.metrics.series import read_series
from lifetracker.models import SyncRun, SyncState
from projects.models import (
    Project,
    ProjectRepository,
    ProjectTogglProject,
    Suggestion,
    are_alike,
    plain,
)
from projects.totals import totals_by_project, weeks_of
from tests.makers import MORNING, commit, entry, repository, toggl_project

pytestmark = pytest.mark.django_db

TODAY = local_date(MORNING)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    later = MORNING + timedelta(hours=8)
    monkeypatch.setattr(timezone, "now", lambda: later)


def project(name: str = "Garden", repositories: Any = (), toggl_projects: Any = ()) -> Project:
    made = Project.objects.create(name=name)
    for one in repositories:
        ProjectRepository.objects.create(project=made, repository=one)
    for one in toggl_projects:
        ProjectTogglProject.objects.create(project=made, toggl_project=one)
    return made


# --- What belongs to a project --------------------------------------------------------------------


def test_a_repository_and_a_toggl_project_belong_to_one_project_at_most() -> None:
    code, times = repository(), toggl_project(1)
    project(repositories=[code], toggl_projects=[times])
    other = project("House")
    with pytest.raises(IntegrityError) as refused:
        ProjectRepository.objects.create(project=other, repository=code)
    assert refused.value.message_dict == {  # type: ignore[attr-defined]
        "repository": ["This repository already belongs to a project."]
    }
    with pytest.raises(ValidationError) as refused_form:
        ProjectTogglProject(project=other, toggl_project=times).full_clean()
    assert refused_form.value.message_dict == {
        "toggl_project": ["This Toggl project already belongs to a project."]
    }
    assert ProjectRepository.objects.get().project.name == "Garden"


def test_names_are_given_once_and_ends_come_after_starts() -> None:
    project()
    with pytest.raises(ValidationError) as refused:
        Project(name="Garden", start=TODAY, end=TODAY - timedelta(days=1)).full_clean()
    assert refused.value.message_dict == {
        "name": ["There is already a project with this name."],
        "end": ["The end must not be before the start."],
    }


def test_renames_and_transfers_keep_the_join() -> None:
    code, times = repository(), toggl_project(1, name="Old")
    made = project(repositories=[code], toggl_projects=[times])
    entry(1, 60, project="Old", project_ref="1")
    commit(code, days_ago=1, mine=True)
    before = totals_by_project()
    code.full_name, code.name = "another-owner/renamed", "renamed"
    code.save()
    times.name = "New"
    times.save()
    assert totals_by_project() == before
    assert (before[made.pk].hours, before[made.pk].commits) == (1, 1)


# --- What projects come to ------------------------------------------------------------------------


def test_totals_of_projects_and_of_what_belongs_to_none() -> None:
    portal, mirror, other = repository("portal"), repository("mirror"), repository("other")
    made = project(
        repositories=[portal, mirror], toggl_projects=[toggl_project(1), toggl_project(2)]
    )
    empty = project("House")
    entry(1, 60, project_ref="1")
    entry(1, 30, project_ref="2")
    entry(3, 90, project_ref="2")
    entry(9, 60, project_ref="2", deleted_at=timezone.now())
    entry(0.1, None, project_ref="1")
    entry(4, 15, project_ref="3")
    entry(5, 15)
    # Once, although it is in two repositories of the project.
    commit(portal, mirror, days_ago=1, mine=True)
    commit(mirror, days_ago=2, mine=True)
    commit(portal, days_ago=2, mine=False)
    commit(portal, days_ago=2, mine=True, deleted_at=timezone.now())
    # In a project and beside it: it belongs to the project.
    commit(other, portal, days_ago=6, mine=True)
    commit(other, days_ago=7, mine=True)
    commit(repository("fork", fork=True), days_ago=8, mine=True)
    found = totals_by_project()
    assert found.keys() == {made.pk, None}
    assert empty.pk not in found
    mine, loose = found[made.pk], found[None]
    assert (mine.hours, mine.commits, mine.code_churn, mine.active_days) == (3, 3, 42, 4)
    assert (mine.last_activity, mine.idle_days) == (TODAY - timedelta(days=1), 1)
    assert (loose.hours, loose.commits, loose.code_churn, loose.active_days) == (0.5, 1, 14, 3)
    assert loose.last_activity == TODAY - timedelta(days=4)


def test_totals_cost_the_same_for_any_number_of_projects() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            totals_by_project()
        return len(asked)

    project(repositories=[repository("a")], toggl_projects=[toggl_project(1)])
    before = statements()
    for number in range(5):
        made = project(f"P{number}", [repository(f"r{number}")], [toggl_project(10 + number)])
        commit(*(link.repository for link in made.repository_links.all()), mine=True)
        entry(number, project_ref=str(10 + number))
    assert statements() == before == 4


def test_weeks_add_up_to_the_totals(settings: Any) -> None:
    """Also an entry from Sunday to Monday, of which each week has its part."""
    settings.TIME_ZONE = "Europe/Berlin"
    code = repository()
    made = project(repositories=[code], toggl_projects=[toggl_project(1)])
    # From 22:00 on Sunday 13 September to 03:00 on Monday.
    entry(2, 300, start=MORNING - timedelta(days=2, hours=10), project_ref="1",
          end=MORNING - timedelta(days=2, hours=5))  # fmt: skip
    entry(20, 60, project_ref="1")
    entry(20, 60, project_ref="2")
    commit(code, days_ago=1, mine=True)
    weeks = weeks_of(made.pk, date(2026, 8, 1), TODAY)
    assert [(one.week, one.hours, one.commits, one.active_days) for one in weeks] == [
        (date(2026, 9, 14), 3, 1, 1),
        (date(2026, 9, 7), 2, 0, 1),
        (date(2026, 8, 24), 1, 0, 1),
    ]
    whole = totals_by_project()[made.pk]
    assert whole.hours == sum(one.hours for one in weeks)
    assert whole.active_days == sum(one.active_days for one in weeks)
    assert weeks_of(project("House").pk, date(2026, 8, 1), TODAY) == []


@pytest.mark.parametrize("day", [date(2026, 9, 7), date(2026, 9, 10), date(2026, 9, 13)])
def test_weeks_are_whole_whichever_of_their_days_are_asked_for(day: date) -> None:
    code = repository()
    made = project(repositories=[code], toggl_projects=[toggl_project(1)])
    for ago in (1, 2, 3, 5, 8, 9, 10):  # Wednesday, 16 September, is today.
        entry(ago, 60, project_ref="1")
        commit(code, days_ago=ago, mine=True)
    (week,) = weeks_of(made.pk, day, day)
    assert (week.week, week.hours, week.commits, week.active_days) == (date(2026, 9, 7), 4, 4, 4)


def test_a_project_without_a_toggl_project_has_no_hours() -> None:
    code = repository()
    made = project(repositories=[code])
    commit(code, days_ago=1, mine=True)
    assert totals_by_project()[made.pk].hours is None
    assert [one.hours for one in weeks_of(made.pk, TODAY, TODAY)] == [None]
    timed = project("House", toggl_projects=[toggl_project(1)])
    assert totals_by_project()[timed.pk].hours == 0


# --- Metrics --------------------------------------------------------------------------------------


def test_each_project_has_metrics_of_what_belongs_to_it() -> None:
    code, other = repository("portal"), repository("mirror")
    made = project(repositories=[code, other], toggl_projects=[toggl_project(1), toggl_project(2)])
    untimed = project("House", repositories=[repository("house")])
    start = MORNING - timedelta(days=30)
    SyncState.objects.create(
        source="Toggl", stream="entry", verified_from=start, verified_to=timezone.now()
    )
    SyncRun.objects.create(source="GitHub", kind="full", status="success", started_at=MORNING)
    entry(1, 60, project_ref="1")
    entry(1, 30, project_ref="2")
    entry(2, 30, project_ref="3")
    commit(code, other, days_ago=2, mine=True)
    keys = [one.key for one in all_metrics() if one.key.startswith("projects.")]
    assert keys == [
        f"projects.{made.pk}.hours",
        f"projects.{made.pk}.commits",
        f"projects.{untimed.pk}.commits",
    ]
    found = read_series([metric_of(key) for key in keys], TODAY - timedelta(days=3), TODAY)
    assert [one.values for one in found.values()] == [[0, 0, 1.5, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert found[keys[0]].metric.label == "Time on Garden"
    records = metric_of(keys[0]).series.records(TODAY - timedelta(days=1))  # type: ignore[union-attr,misc]
    assert records.count() == 2
    for key in (f"projects.{untimed.pk}.hours", "projects.0.hours", "projects.x", "projects.1."):
        with pytest.raises(UnknownMetric):
            metric_of(key)


# --- Suggestions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Garden-Planner", "garden planner", True),
        ("garden", "garden-app", True),
        ("app", "apple", False),
        ("web", "web", True),
        ("garden", "garden-of-the-neighbours", False),
        ("Übung", "übung", True),
        ("--", "!!", False),
    ],
)
def test_names_that_are_alike(one: str, other: str, alike: bool) -> None:
    assert are_alike(plain(one), plain(other)) is alike
    assert are_alike(plain(other), plain(one)) is alike


def suggested() -> list[str]:
    Suggestion.objects.find()
    return sorted(one.text for one in Suggestion.objects.waiting())


def test_suggestions_are_confirmed_one_by_one() -> None:
    toggl_project(1, name="Garden Planner")
    toggl_project(2, name="Taxes")
    repository("garden-planner")
    assert suggested() == [
        "The repository robin/garden-planner and the Toggl project Garden Planner may belong together."
    ]
    made = Suggestion.objects.get().confirm()
    assert made.name == "Garden Planner"
    assert (len(made.repository_ids), len(made.toggl_project_ids)) == (1, 1)
    assert suggested() == []
    repository("garden-planner-app")
    assert suggested() == [
        "The repository robin/garden-planner-app and the project Garden Planner may belong together."
    ]
    assert Suggestion.objects.waiting().get().confirm() == made
    assert len(Project.objects.get().repository_ids) == 2


def test_what_was_refused_is_not_suggested_again() -> None:
    toggl_project(1, name="portal")
    repository("portal")
    assert len(suggested()) == 1
    Suggestion.objects.get().refuse()
    assert suggested() == []
    assert Suggestion.objects.find() == 0
    assert Suggestion.objects.get().state == Suggestion.State.REFUSED


@pytest.mark.parametrize("deleted", [True, False])
def test_what_was_confirmed_and_parted_is_suggested_again(deleted: bool) -> None:
    toggl_project(1, name="portal")
    repository("portal")
    before = suggested()
    made = Suggestion.objects.get().confirm()
    assert Suggestion.objects.find() == 0
    if deleted:
        made.delete()
    else:
        made.name = "House"
        made.save()
        ProjectRepository.objects.all().delete()
        assert suggested() == []
        ProjectTogglProject.objects.all().delete()
    assert Suggestion.objects.find() == 1
    assert suggested() == before
    Suggestion.objects.get().refuse()
    assert suggested() == []


def test_what_was_confirmed_is_not_refused() -> None:
    toggl_project(1, name="portal")
    repository("portal")
    assert len(suggested()) == 1
    suggestion, outdated = Suggestion.objects.get(), Suggestion.objects.get()
    suggestion.confirm()
    for one in (suggestion, outdated):
        with pytest.raises(ValidationError, match="already confirmed"):
            one.refuse()
    assert Suggestion.objects.get().state == Suggestion.State.CONFIRMED


def test_what_is_no_longer_suggested_is_gone() -> None:
    toggl_project(1, name="portal")
    code = repository("portal")
    assert len(suggested()) == 1
    suggestion = Suggestion.objects.get()
    project("House", repositories=[code])
    assert list(Suggestion.objects.waiting()) == []
    with pytest.raises(ValidationError, match="already belongs to a project"):
        suggestion.confirm()
    assert not Project.objects.filter(name="portal").exists()
    assert suggested() == []
    assert not Suggestion.objects.exists()

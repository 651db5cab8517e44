"""Time and code by project in a week, a month and a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lifetracker.models import DayMark, SyncRun, SyncState
from projects.review import projects_of
from review.periods import Period
from review.sections import Content, Look, Row
from tests.makers import commit, entry, repository, toggl_project
from tests.projects.test_models import project

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
TODAY = NOW.date()
#: Of the week that is looked back on.
MONDAY = datetime(2026, 9, 7, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"


def read_until(moment: datetime) -> None:
    """Toggl and GitHub were read up to then."""
    begin = moment - timedelta(days=3000)
    SyncState.objects.create(
        source="Toggl", stream="entry", verified_from=begin, verified_to=moment
    )
    for source in ("Toggl", "GitHub"):
        SyncRun.objects.create(
            source=source, kind="full", status="success", started_at=moment, finished_at=moment
        )


def track(ref: str, hours: float, weeks_ago: int = 0, day: int = 0) -> None:
    start = MONDAY + timedelta(days=day - 7 * weeks_ago)
    entry(start=start, end=start + timedelta(hours=hours), project_ref=ref)


def said(name: str = "2026-W37", today: date = TODAY) -> Content:
    return projects_of(Look(Period.named(name), today))


def words(row: Row) -> tuple[str, str, str]:
    return row.name, row.value, row.words


def test_without_projects_there_is_nothing_to_say() -> None:
    track("1", 2)
    assert not said()
    project("Garden")
    assert said().lead == "2 h 00 without a project."


def test_a_week_lies_to_the_weeks_before() -> None:
    """Six weeks of 2 and 4 h by turns: mean 3, deviation sqrt(6 / 5) = 1.095; 6 h are 2.7 above."""
    read_until(NOW)
    garden = project("Garden", toggl_projects=[toggl_project(1)])
    for weeks_ago in range(1, 7):
        track("1", 4 if weeks_ago % 2 else 2, weeks_ago)
    track("1", 6)
    track("", 1.5, day=1)
    content = said()
    assert [words(row) for row in content.rows] == [
        ("Garden", "6 h 00", "well above the usual 3 h 00"),
        ("Without a project", "1 h 30", "far above the usual 0 min"),
    ]
    assert content.lead == "6 h 00 in 1 project; 1 h 30 without a project."
    assert content.note == ""
    assert content.rows[0].url == f"/projects/{garden.pk}/?from=2026-09-07&to=2026-09-13"
    assert content.rows[1].url == "/projects/"


def test_a_project_that_began_lately_has_no_usual() -> None:
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)])
    for weeks_ago in range(6):
        track("1", 3, weeks_ago)
    assert [words(row) for row in said().rows] == [("Garden", "3 h 00", "")]


def test_days_before_the_first_record_are_not_known() -> None:
    """Toggl was read for years; the first entry is of Thursday."""
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)])
    track("1", 3, day=3)
    content = said()
    assert words(content.rows[0]) == ("Garden", "3 h 00", "")
    assert content.note == "Time is known on 4 of 7 days: there may be more."


def test_weeks_of_rest_are_usual_too() -> None:
    """7 h a week up to a year ago, none in the weeks 12 to 7 before, 7 h since: 42 h in 12 weeks."""
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)])
    for weeks_ago in (60, *range(7)):
        track("1", 7, weeks_ago)
    assert words(said().rows[0]) == ("Garden", "7 h 00", "about the usual 3 h 30")


def test_a_project_that_rests_longer_has_a_usual_of_nothing() -> None:
    read_until(NOW)
    code = repository("portal")
    project("Garden", toggl_projects=[toggl_project(1)])
    project("Portal", repositories=[code])
    track("1", 7, 14)
    track("1", 7)
    for weeks_ago in (14, 0):
        commit(code, at=MONDAY - timedelta(weeks=weeks_ago), mine=True)
    assert [words(row) for row in said().rows] == [
        ("Garden", "7 h 00", "far above the usual 0 min"),
        ("Portal", "1 commit", "a little above the usual 0"),
    ]


def test_what_usually_has_some_and_has_none_is_told() -> None:
    """Six projects of 1 to 6 h a week, each none in this one; another had some in five of twelve weeks alone."""
    read_until(NOW)
    for number in range(1, 8):
        project(f"Project {number}", toggl_projects=[toggl_project(number)])
    for weeks_ago in range(1, 13):
        for number in range(1, 7):
            track(str(number), number, weeks_ago, day=number)
        if weeks_ago > 7:
            track("7", 9, weeks_ago)
    content = said()
    assert [words(row) for row in content.rows] == [
        (f"Project {number}", "0 h", f"far below the usual {number} h 00")
        for number in (6, 5, 4, 3)
    ]
    assert [line.text for line in content.lines] == [
        "2 more projects that mostly had some had none."
    ]
    assert content.lead == "Nothing in any project."


def test_none_within_one_deviation_is_not_about_as_usual() -> None:
    """Nine weeks of one hour and three of twenty: a mean of 5.75 h with a deviation of 8.6 h."""
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)])
    for weeks_ago in range(1, 13):
        track("1", 20 if weeks_ago > 9 else 1, weeks_ago)
    assert [words(row) for row in said().rows] == [
        ("Garden", "0 h", "usually 5 h 45, which varies by as much")
    ]


def test_commits_without_the_usual_hours_say_so() -> None:
    read_until(NOW)
    code = repository("garden")
    project("Garden", toggl_projects=[toggl_project(1)], repositories=[code])
    for weeks_ago in range(1, 13):
        track("1", 5, weeks_ago)
    commit(code, at=MONDAY, mine=True)
    assert words(said().rows[0]) == ("Garden", "0 h, 1 commit", "far below the usual 5 h 00")


def test_many_projects_that_began_lately_cost_as_much(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    read_until(NOW)
    for number in range(1, 5):
        project(f"Time {number}", toggl_projects=[toggl_project(number)])
        track(str(number), 1)
        code = repository(f"code {number}")
        project(f"Code {number}", repositories=[code])
        commit(code, at=MONDAY, mine=True)
    track("", 1, day=1)
    with django_assert_num_queries(10):
        projects_of(Look(Period.named("2026-W37"), TODAY))


def test_weeks_away_are_not_usual() -> None:
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)])
    for weeks_ago in (0, 1, 2, 3, 4, 5, 7):
        track("1", 3, weeks_ago)
    assert words(said().rows[0])[2] == "about the usual 2 h 34"
    for day in range(7):
        away = MONDAY.date() - timedelta(weeks=6) + timedelta(days=day)
        DayMark.objects.create(date=away, kind=DayMark.Kind.HOLIDAY)
    assert words(said().rows[0])[2] == "about the usual 3 h 00"


def test_what_was_not_read_is_not_compared() -> None:
    read_until(datetime(2026, 9, 12, tzinfo=UTC))
    project("Garden", toggl_projects=[toggl_project(1)])
    for weeks_ago in range(8):
        track("1", 3, weeks_ago)
    commit(repository(), at=MONDAY - timedelta(days=30), mine=True)
    content = said()
    assert [words(row) for row in content.rows] == [("Garden", "3 h 00", "")]
    assert content.note == (
        "Time is known on 5 of 7 days: there may be more. Commits are known on 5 of 7 days: there may be more."
    )


def test_code_alone_is_compared_by_commits() -> None:
    read_until(NOW)
    code = repository("portal")
    project("Portal", repositories=[code])
    for weeks_ago in range(1, 8):
        commit(code, at=MONDAY - timedelta(weeks=weeks_ago), mine=True)
    for hour in range(5):
        commit(code, at=MONDAY + timedelta(hours=hour), mine=True)
    content = said()
    assert [words(row) for row in content.rows] == [
        ("Portal", "5 commits", "far above the usual 1")
    ]
    assert content.lead == "5 commits in 1 project."


def test_a_running_week_is_compared_with_the_same_days() -> None:
    """On Wednesday: Monday and Tuesday."""
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)])
    for weeks_ago in range(8):
        track("1", 2, weeks_ago - 1)
        track("1", 8, weeks_ago, day=2)
    track("1", 8, -1, day=2)
    assert [words(row) for row in said("2026-W38").rows] == [
        ("Garden", "2 h 00", "about the usual 2 h 00")
    ]
    assert not said("2026-W38", today=date(2026, 9, 14)), "nothing of it is over"


def test_many_projects_are_summed() -> None:
    for number in range(1, 12):
        project(f"Project {number:02}", toggl_projects=[toggl_project(number)])
        track(str(number), 12 - number, day=number % 7)
    content = said()
    assert len(content.rows) == 9
    assert words(content.rows[0]) == ("Project 01", "11 h 00", "")
    assert words(content.rows[-1]) == ("3 others", "6 h 00", "")
    assert content.lead == "66 h 00 in 11 projects."


def test_months_are_of_as_many_days() -> None:
    """60 h in August, of 31 days, and in each of the three months before; of September 15 days are over."""
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)])
    for month in (4, 5, 6, 7, 8):
        start = datetime(2026, month, 3, 8, tzinfo=UTC)
        entry(start=start, end=start + timedelta(hours=6), project_ref="1")
    assert [words(row) for row in said("2026-08").rows] == [
        ("Garden", "6 h 00", "about the usual 6 h 06")
    ]


def test_a_year_costs_what_a_week_does(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    read_until(NOW)
    project("Garden", toggl_projects=[toggl_project(1)], repositories=[repository()])
    track("1", 3)
    for name in ("2026-W37", "2026-09", "2026"):
        look = Look(Period.named(name), TODAY)
        # One of them asks since when there is time of it.
        with django_assert_num_queries(7):
            projects_of(look)

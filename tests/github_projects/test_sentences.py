"""What GitHub's pages say: each rule on either side of its limits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from github_projects.sentences import (
    AGAIN,
    GIVE_ACCESS,
    NOTHING_READ,
    STAYS,
    TO_DO,
    Opening,
    live_words,
    opening,
    trouble_of,
)
from github_projects.services.git_errors import Reason, RepositoryUnreadable
from lifetracker.models import SyncRun
from lifetracker.web.ranges import Range

TODAY = date(2026, 9, 16)


def shown(days: int, *, is_all: bool = False) -> Range:
    return Range(TODAY - timedelta(days=days - 1), TODAY, TODAY, is_all)


def told(days: int = 30, *, is_all: bool = False, **values: Any) -> str:
    usual = {"commits": 12, "active_days": 5, "before": None, "known_days": days, "known_to": None}
    return opening(Opening(**{"shown": shown(days, is_all=is_all), **usual, **values}))


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (8, ", 4 more than in the 30 days before"),
        (13, ", 1 fewer than in the 30 days before"),
        (12, ", as many as in the 30 days before"),
        (0, ", 12 more than in the 30 days before"),
        (None, ""),
    ],
)
def test_commits_and_active_days_against_the_stretch_before(before: int | None, words: str) -> None:
    assert told(before=before) == f"12 commits on 5 days{words}."


def test_a_year_is_called_one() -> None:
    assert told(365, before=8) == "12 commits on 5 days, 4 more than in the year before."


def test_one_commit_on_one_day() -> None:
    assert told(commits=1, active_days=1) == "1 commit on 1 day."
    assert told(1, commits=2, active_days=1) == "2 commits on 16 September 2026."
    assert told(1, commits=2, active_days=1, before=1) == (
        "2 commits on 16 September 2026, 1 more than the day before."
    )


def test_where_and_when_the_most_were() -> None:
    fullest = (date(2026, 9, 3), 7)
    assert told(busiest=("portal", 9), fullest=fullest) == (
        "12 commits on 5 days. 9 of them in portal; 3 September was the fullest day, with 7."
    )
    assert told(busiest=("portal", 12)) == "12 commits on 5 days. All of them in portal."
    assert told(fullest=(date(2025, 9, 3), 7)).endswith(
        " 3 September 2025 was the fullest day, with 7."
    )


def test_of_few_commits_or_days_the_most_is_not_told() -> None:
    few = told(commits=2, active_days=2, busiest=("portal", 1), fullest=(date(2026, 9, 3), 1))
    assert few == "2 commits on 2 days."


def test_nothing_was_done() -> None:
    none = {"commits": 0, "active_days": 0}
    assert told(7, **none) == "No commits from 10 to 16 September 2026."
    assert told(1, **none) == "No commits on 16 September 2026."
    assert told(is_all=True, **none) == "No commits of yours are stored yet."


def test_nothing_is_known() -> None:
    assert told(commits=0, active_days=0, known_days=0) == NOTHING_READ


def test_known_in_part() -> None:
    assert told(before=20, known_days=20, known_to=date(2026, 9, 6)) == (
        "At least 12 commits on 5 days. GitHub was not read after 6 September."
    )


def test_a_repository_that_could_not_be_read() -> None:
    assert told(before=20, failed=1) == (
        "At least 12 commits on 5 days. 1 repository could not be read."
    )
    assert told(7, commits=0, active_days=0, failed=2) == (
        "No commits were found from 10 to 16 September 2026. 2 repositories could not be read."
    )


# --- A repository that could not be read ----------------------------------------------------------


def test_all_is_well() -> None:
    assert trouble_of(gone="", hidden="", failure="") is None


def test_a_deleted_one_stays_as_it_was() -> None:
    found = trouble_of(gone="3 March 2026", hidden="", failure="")
    assert found == ("It was deleted at GitHub by 3 March 2026.", STAYS, "")


def test_a_hidden_one_says_how_to_give_access_back() -> None:
    found = trouble_of(gone="", hidden="3 March 2026", failure="The repository cannot be read.")
    assert found is not None
    assert found.what == "GitHub has not shown it to the token since 3 March 2026."
    assert found.to_do.startswith(GIVE_ACCESS)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_failure_says_what_can_be_done(reason: Reason) -> None:
    found = trouble_of(gone="", hidden="", failure=str(RepositoryUnreadable(reason)))
    assert found is not None
    assert found.to_do == TO_DO.get(reason, AGAIN)


# --- What runs now --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "queued"}, "It waits for its turn."),
        ({"status": "running", "progress_done": 1}, "1 record so far."),
        (
            {"status": "running", "progress_done": 7, "progress_total": 10},
            "7 of 10 repositories are up to date.",
        ),
        (
            {"status": "running", "progress_done": 7, "progress_total": 10, "progress_failed": 2},
            "5 of 10 repositories are up to date, 2 could not be read.",
        ),
        ({"status": "failed"}, "It could not be read. Connections says why."),
        ({"status": "success", "counts": {"repository": {"created": 3}}}, "Read: 3 new."),
    ],
)
def test_how_far_a_run_is(values: dict[str, Any], words: str) -> None:
    assert live_words(SyncRun(source="GitHub", **values)) == words

"""The whole way of a repository: listed by the API, fetched by git, mined, counted."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from github_projects import analyzer
from github_projects.models import Commit, GitHubAccount, Repository, StoredAnswer
from github_projects.services.github_client import GitHubClient
from github_projects.services.github_requests import expiration
from lifetracker import tasks
from lifetracker.errors import NotConfigured
from lifetracker.models import Lease, RejectedItem, SyncRun
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from tests.conftest import NOW, run
from tests.github_projects.repositories import MORNING, History, raw_commit

GITHUB = "GitHub"
PAYLOADS = Path(__file__).parents[1] / "payloads" / "github"
SMALL = (PAYLOADS / "history_small.fi").read_bytes()
EXPECTED = json.loads((PAYLOADS / "history_small.expected.json").read_text())
NUMBERS = (
    *("commit_count", "merge_count", "lines_added", "lines_deleted", "code_churn"),
    *("active_days", "time_spent_min", "last_commit_date", "loc", "my_commit_count"),
)

Moving = Callable[[datetime], None]


def only(github: Any, *names: str) -> None:
    """Leave nothing in the account but these."""
    for item in github.repositories():
        if item["name"] not in names:
            github.delete(item["full_name"])


def few(github: Any) -> None:
    """Leave one with many commits, one with few, a fork and an empty one, for what needs no more."""
    only(github, "customer-portal", "piano-practice", "metronome", "sketches")


def one_commit(content: bytes, history: History | None = None) -> bytes:
    history = history or History()
    history.commit({b"a.py": content})
    return history.stream()


def stored(name: str) -> Repository:
    return Repository.objects.get(name=name)


def numbers(name: str) -> dict[str, Any]:
    return {field: getattr(stored(name), field) for field in NUMBERS}


def log(path: Path, branch: str, *options: str) -> list[str]:
    """Of plain git, another way to the same numbers."""
    command = ["git", f"--git-dir={path}", "log", *options, branch, "--"]
    zone = {**os.environ, "TZ": django_settings.TIME_ZONE, "GIT_CONFIG_GLOBAL": "/dev/null"}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=zone
    ).stdout.split("\n")


def truth(path: Path, branch: str) -> dict[str, Any]:
    changes = [
        line.split("\t")[:2]
        for line in log(path, branch, "--no-merges", "--numstat", "-M100%", "--format=")
        if line and not line.startswith("-")
    ]
    days = log(path, branch, "--format=%ad", "--date=format-local:%Y-%m-%d")
    moments = [int(line) for line in log(path, branch, "--format=%ct") if line]
    added, deleted = (sum(int(change[side]) for change in changes) for side in (0, 1))
    return {
        "commit_count": len(moments),
        "merge_count": len([line for line in log(path, branch, "--merges", "--format=%H") if line]),
        "lines_added": added,
        "lines_deleted": deleted,
        "code_churn": added + deleted,
        "active_days": len({day for day in days if day}),
        "time_spent_min": (max(moments) - min(moments)) // 60,
        "last_commit_date": datetime.fromtimestamp(max(moments), UTC),
    }


def assert_equals_upstream(github: Any) -> None:
    """Every repository, by numbers that plain git gives of the stand-in's own."""
    listed = github.repositories()
    assert {one["id"] for one in listed} == {
        int(source_id)
        for source_id in Repository.objects.live().values_list("source_id", flat=True)
    }
    for one in listed:
        mined = Repository.objects.get(source_id=one["id"])
        assert mined.failure == "", one["full_name"]
        assert (mined.full_name, mined.archived) == (one["full_name"], one["archived"])
        path = github.path(one["full_name"])
        if not log(path, "--all", "--format=%H")[0]:
            assert (mined.commit_count, mined.loc, mined.time_spent_min) == (0, 0, None)
            continue
        expected = truth(path, one["default_branch"])
        assert {name: getattr(mined, name) for name in expected} == expected, one["full_name"]


# --- All of it ------------------------------------------------------------------------------------


def test_every_repository_is_as_upstream(github: Any, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    record = run(GITHUB)
    assert (record.status, record.error) == ("success", "")
    assert record.progress_done == record.progress_total == len(github.repositories()) > 10
    assert_equals_upstream(github)
    code = Repository.objects.filter(loc__gt=0)
    assert code.count() > 8
    assert {one.loc_method for one in code} == {"scc 4.1.0"}
    assert all(one.languages and one.primary_language in one.languages for one in code)
    assert 0 < Commit.objects.filter(mine=True).count() < Commit.objects.count()
    # What is in two repositories is one commit.
    links = Repository.commits.through.objects.count()
    assert Commit.objects.count() < links
    assert not RejectedItem.objects.exists()
    assert not Lease.objects.filter(name__startswith="mine:", expires_at__gt=NOW).exists()


def test_an_unchanged_refresh_is_quick_and_fetches_nothing(github: Any, sandbox: Any) -> None:
    few(github)
    for number in range(98):
        github.add_repository(f"more-{number:02}")
    run(GITHUB)
    fetches, before = len(github.fetches), list(Repository.objects.values())
    sandbox.requests.clear()
    record = run(GITHUB)
    assert record.status == "success"
    assert len(sandbox.requests) == record.requests <= 5
    assert len(github.fetches) == fetches
    assert list(Repository.objects.values()) == before
    assert record.total("unchanged") == len(github.repositories()) > 100


def test_time_passes_and_only_what_changed_is_fetched(
    github: Any, at: Moving, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    few(github)
    run(GITHUB)
    before = {one.full_name: one.tip_oid for one in Repository.objects.all()}
    github.fetches.clear()
    at(NOW + timedelta(days=3))
    record = run(GITHUB)
    assert record.status == "success", record.error
    changed = {o.full_name for o in Repository.objects.all() if before[o.full_name] != o.tip_oid}
    assert 0 < len(changed) < len(before)
    assert set(github.fetches) == changed
    assert_equals_upstream(github)


def test_a_second_full_run_changes_nothing(github: Any) -> None:
    few(github)
    run(GITHUB)
    commits = list(Commit.objects.order_by("pk").values())
    before = {one.name: numbers(one.name) for one in Repository.objects.all()}
    record = run(GITHUB, kind=SyncRun.Kind.FULL, full=True)
    assert record.status == "success"
    assert list(Commit.objects.order_by("pk").values()) == commits
    assert {one.name: numbers(one.name) for one in Repository.objects.all()} == before


# --- The small history ----------------------------------------------------------------------------


def assert_small_is_whole() -> None:
    small = stored("small")
    churn = EXPECTED["churn"]["exact_renames_M100"]
    assert small.mined_oid == EXPECTED["head"]
    assert small.commit_count == EXPECTED["total_commits"]
    assert small.merge_count == EXPECTED["merge_commits"]
    assert small.active_days == EXPECTED["active_days_author_date_utc"]
    assert small.time_spent_min == EXPECTED["span_minutes_committer"]
    assert small.first_commit_date.timestamp() == EXPECTED["first_committer_epoch"]
    assert small.last_commit_date.timestamp() == EXPECTED["last_committer_epoch"]
    assert (small.lines_added, small.lines_deleted) == (churn["added"], churn["deleted"])
    assert small.code_churn == churn["churn"]
    lines = EXPECTED["loc_code_unique_blobs"]
    assert small.loc_by_language == {
        "Plain Text": small.loc_by_language["Plain Text"],
        "Python": lines["Python"],
        "JavaScript": lines["JavaScript"],
        "Markdown": lines["Markdown (non-blank)"],
    }
    assert small.loc == lines["Python"] + lines["JavaScript"]
    per_author = {}
    for commit in small.commits.all():
        of_one = per_author.setdefault(commit.author_email, [0, 0, 0])
        for place, value in enumerate((1, commit.added, commit.deleted)):
            of_one[place] += value
    assert (
        per_author == EXPECTED["per_author_latin1 {email: [commits, added, deleted] with -M100%}"]
    )


def test_the_small_history_whole_in_halves_and_after_force_pushes(github: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    run(GITHUB)
    assert_small_is_whole()

    github.force_push("small", drop=3)
    run(GITHUB)
    half = truth(github.path("small"), "main")
    assert half["commit_count"] < EXPECTED["total_commits"]
    assert {name: getattr(stored("small"), name) for name in half} == half
    assert Commit.objects.live().count() == half["commit_count"]
    assert Commit.objects.count() == EXPECTED["total_commits"], "what is gone is kept, hidden"

    github.force_push("small", EXPECTED["head"])
    run(GITHUB)
    assert_small_is_whole()
    assert not Commit.objects.filter(deleted_at__isnull=False).exists()


def test_half_first_and_the_rest_later(github: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    github.force_push("small", drop=3)
    run(GITHUB)
    assert stored("small").commit_count < EXPECTED["total_commits"]
    github.force_push("small", EXPECTED["head"])
    record = run(GITHUB)
    assert record.status == "success"
    assert_small_is_whole()


# --- What becomes of repositories -----------------------------------------------------------------


def test_a_renamed_and_transferred_one_stays_the_same_row(github: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    run(GITHUB)
    row = stored("small")
    github.rename("small", "tiny")
    run(GITHUB)
    row.refresh_from_db()
    assert (row.name, row.full_name) == ("tiny", f"{github.login}/tiny")
    assert len(github.fetches) == 1, "nothing of it has changed"
    github.commit("tiny", {"new.py": "a = 1\n"})
    run(GITHUB)
    row.refresh_from_db()
    assert row.commit_count == EXPECTED["total_commits"] + 1


def test_what_is_gone_keeps_its_numbers_with_a_date(github: Any, settings: Any, at: Moving) -> None:
    """A classic token sees all that its owner may see, so that nothing can be hidden from it."""
    github.options.configure(token_kind="classic")
    settings.GITHUB_ACCESS_TOKEN = github.token
    github.add_repository("small", SMALL)
    only(github, "small", "piano-practice")
    run(GITHUB)
    before = numbers("small")
    github.delete("small")
    at(NOW + timedelta(days=1))
    record = run(GITHUB)
    assert record.total("deleted") == 1
    gone = stored("small")
    assert gone.deleted_at == NOW + timedelta(days=1)
    assert numbers("small") == before
    assert gone not in Repository.objects.counted()


def test_one_made_again_under_the_same_name_is_another(github: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    run(GITHUB)
    github.recreate("small", one_commit(b"x = 1\n"))
    run(GITHUB)
    assert Repository.objects.filter(name="small").count() == 2
    (alive,) = Repository.objects.with_name("small")
    assert alive.commit_count == 1


def test_the_default_branch_is_renamed(github: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    run(GITHUB)
    github.rename_branch("small", "trunk/next")
    run(GITHUB)
    assert stored("small").default_branch == "trunk/next"
    github.commit("small", {"new.py": "a = 1\n"})
    run(GITHUB)
    assert stored("small").commit_count == EXPECTED["total_commits"] + 1


def test_an_empty_one_is_no_error_and_may_fill(github: Any) -> None:
    github.add_repository("fresh")
    only(github, "fresh")
    assert run(GITHUB).error == ""
    fresh = stored("fresh")
    assert (fresh.commit_count, fresh.loc, fresh.time_spent_min) == (0, 0, None)
    github.commit("fresh", {"a.py": "x = 1\n"})
    run(GITHUB)
    assert stored("fresh").commit_count == 1


def test_a_commit_that_two_have_is_mined_once(github: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    github.add_repository("one", SMALL)
    github.add_repository("two", SMALL)
    only(github, "one", "two")
    mined: list[str] = []
    mine = analyzer.Clone.read_commits

    def noted(self: Any, oids: Any) -> Any:
        mined.extend(oids)
        return mine(self, oids)

    monkeypatch.setattr(analyzer.Clone, "read_commits", noted)
    monkeypatch.setattr(analyzer, "PARALLEL", 1)
    run(GITHUB)
    assert sorted(mined) == sorted(set(mined))
    assert numbers("one") == numbers("two")
    both = Commit.objects.within(Repository.objects.all()).churn()
    assert both.commits == EXPECTED["total_commits"]
    assert both.added + both.deleted == EXPECTED["churn"]["exact_renames_M100"]["churn"]


# --- What goes wrong ------------------------------------------------------------------------------


def small_ones(github: Any, count: int) -> None:
    """Put so many with one commit each, r00 and on, in the place of all others."""
    only(github)
    for number in range(count):
        name = f"r{number:02}"
        github.add_repository(name, one_commit(b"x = %d\n" % number))


@pytest.mark.one_database
def test_one_broken_of_twelve_is_marked_and_stops_no_other(github: Any, at: Moving) -> None:
    small_ones(github, 12)
    github.break_repository("r11", "500")
    record = run(GITHUB)
    assert record.status == "success"
    assert record.error.startswith(f"{github.login}/r11: ")
    assert (record.progress_done, record.progress_total) == (12, 12)
    broken = stored("r11")
    assert broken.failure
    assert broken.failed_at == NOW
    good = Repository.objects.filter(failure="", commit_count=1)
    assert good.count() == 11

    github.break_repository("r11", None)
    at(NOW + timedelta(days=1))
    record = run(GITHUB)
    assert (record.status, record.error) == ("success", "")
    assert (stored("r11").commit_count, stored("r11").failure) == (1, "")


@pytest.mark.one_database
def test_if_none_can_be_read_the_run_did_not_succeed(github: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    github.break_repository("small", "404")
    record = run(GITHUB)
    assert record.status == "partial"
    assert "small" in record.error


def test_a_repository_that_breaks_later_keeps_its_numbers(github: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small", "piano-practice")
    run(GITHUB)
    before = numbers("small")
    github.commit("small", {"b.py": "y = 2\n"})
    for how in ("404", "cut", "corrupt"):
        github.break_repository("small", how)
        assert run(GITHUB).status == "success"
        assert numbers("small") == before
        assert stored("small").failure
    github.break_repository("small", None)
    run(GITHUB)
    assert stored("small").commit_count == before["commit_count"] + 1


@pytest.mark.one_database
def test_one_that_is_too_large_is_not_even_fetched(github: Any, settings: Any) -> None:
    github.add_repository("small", SMALL, disk_usage=5_000_000)
    only(github, "small", "piano-practice")
    run(GITHUB)
    assert "GITHUB_MAX_REPOSITORY_MB" in stored("small").failure
    assert not any("small" in name for name in github.fetches)


@pytest.mark.one_database
def test_a_fault_of_ours_is_marked_and_surfaces_after_the_others(
    github: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    small_ones(github, 6)
    count = analyzer.Clone.count_lines
    third = next(str(one["id"]) for one in github.repositories() if one["name"] == "r03")

    def stumble(self: Any, *arguments: Any) -> Any:
        if self.key == third:
            raise ZeroDivisionError
        return count(self, *arguments)

    monkeypatch.setattr(analyzer.Clone, "count_lines", stumble)
    with pytest.raises(ZeroDivisionError):
        run(GITHUB)
    assert stored("r03").failure == "An error in Life Tracker: ZeroDivisionError."
    assert Repository.objects.filter(failure="", commit_count=1).count() == 5
    assert SyncRun.objects.get().status == "partial"
    assert f"repository {stored('r03').pk} cannot be analyzed" in caplog.text


@pytest.mark.one_database
def test_without_git_the_list_comes_and_the_person_is_told(
    github: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    record = run(GITHUB)
    assert record.status == "partial"
    assert "git" in record.error
    assert "Aptfile" in record.error
    assert Repository.objects.count() == len(github.repositories())


@pytest.mark.one_database
def test_a_revoked_token_stops_all_and_says_what_to_do(github: Any) -> None:
    few(github)
    run(GITHUB)
    before = Repository.objects.live().count()
    github.revoke_token()
    record = run(GITHUB)
    assert record.status == "failed"
    assert "Make a new one" in record.error
    assert Repository.objects.live().count() == before


@pytest.mark.one_database
def test_without_a_token_nothing_begins(github: Any, settings: Any) -> None:
    for token, words in (("", "is not set"), ("gh p", "no token has")):
        settings.GITHUB_ACCESS_TOKEN = token
        with pytest.raises(NotConfigured, match=words):
            run(GITHUB)
    assert not SyncRun.objects.exists()


@pytest.mark.one_database
@pytest.mark.parametrize(("days", "told"), [(6, True), (8, False)])
def test_a_token_that_expires_soon_is_told_of(github: Any, days: int, told: bool) -> None:
    only(github)
    expires = NOW + timedelta(days=days)
    github.set_token_expiry(expires)
    record = run(GITHUB)
    assert record.status == "success"
    assert ("The token expires on 2026-09-22" in record.error) is told
    assert GitHubAccount.current().token_expires_at == expires


@pytest.mark.one_database
def test_used_up_points_end_the_run_with_the_time(github: Any) -> None:
    few(github)
    github.limits.configure(graphql=1)
    run(GITHUB)
    record = run(GITHUB)
    assert record.status in {"failed", "partial"}
    assert "opens again in" in record.error


@pytest.mark.one_database
def test_a_secondary_limit_is_waited_for(github: Any, sandbox: Any) -> None:
    only(github)
    github.limits.secondary(1, retry_after=1)
    assert run(GITHUB).status == "success"


# --- The list -------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_pages_grow_smaller_where_graphql_takes_too_long(github: Any) -> None:
    few(github)
    for number in range(30):
        github.add_repository(f"more-{number:02}")
    github.options.configure(graphql_most=20)  # languages are asked for by 20
    run(GITHUB)
    assert Repository.objects.live().count() == len(github.repositories())
    assert all(one.tip_oid is not None for one in Repository.objects.all())


def test_without_graphql_rest_brings_the_same(github: Any, sandbox: Any, at: Moving) -> None:
    github.options.configure(graphql="off")
    record = run(GITHUB)
    assert record.status == "success", record.error
    assert_equals_upstream(github)
    assert all(one.languages for one in Repository.objects.filter(primary_language__isnull=False))
    assert all(one.tip_oid is None for one in Repository.objects.all())
    fetches = len(github.fetches)
    sandbox.requests.clear()
    run(GITHUB)
    asked = [request for request in sandbox.requests if "graphql" not in request.path]
    assert {request.status for request in asked} == {304}, "what is known costs nothing"
    assert len(github.fetches) == fetches
    github.options.configure(graphql="on")
    run(GITHUB)
    assert_equals_upstream(github)
    assert len(github.fetches) == fetches, "the tips that are told now were mined already"


def test_another_token_asks_anew(github: Any, settings: Any, sandbox: Any) -> None:
    few(github)
    run(GITHUB)
    answers = StoredAnswer.objects.count()
    settings.GITHUB_ACCESS_TOKEN = github.issue_token()
    sandbox.requests.clear()
    assert run(GITHUB).status == "success"
    assert all(request.status == 200 for request in sandbox.requests)
    assert StoredAnswer.objects.count() > answers


# --- Mine, and days -------------------------------------------------------------------------------


def test_more_addresses_make_more_commits_mine_without_mining(github: Any, settings: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    run(GITHUB)
    assert stored("small").my_commit_count == 0
    settings.GITHUB_EMAILS = ["Ada@Example.org"]
    run(GITHUB)
    small = stored("small")
    assert (small.my_commit_count, small.my_code_churn) == (5, 16)
    assert len(github.fetches) == 1
    settings.GITHUB_EMAILS = []
    run(GITHUB)
    assert stored("small").my_commit_count == 0


def test_a_token_that_may_not_read_addresses_still_knows_the_hidden_ones(github: Any) -> None:
    few(github)
    github.options.configure(emails=False)
    assert run(GITHUB).status == "success"
    assert Commit.objects.filter(mine=True).exists()
    assert all("noreply" in email for email in GitHubAccount.current().emails)


def test_another_zone_means_other_days_without_mining(github: Any, settings: Any) -> None:
    late = History(seconds=int(datetime(2026, 9, 15, 21, 30, tzinfo=UTC).timestamp()))
    github.add_repository("late", one_commit(b"x = 1\n", late))
    only(github, "late")
    run(GITHUB)
    commit = Commit.objects.get()
    assert (str(commit.date), commit.hour) == ("2026-09-15", 22)
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    run(GITHUB)
    commit.refresh_from_db()
    assert (str(commit.date), commit.hour) == ("2026-09-16", 0)
    assert len(github.fetches) == 1


def test_absurd_times_and_names_are_kept_and_in_no_day(github: Any) -> None:
    odd = History(seconds=MORNING)
    for seconds in (0, 4_102_444_800, 253_402_300_800_000):
        odd.commit({b"a.py": b"x = %d\n" % seconds}, authored=seconds)
    odd.commit({b"a.py": b"y = 1\n"}, who=b"\xff\xfe|name <Odd@\xe9>")
    github.add_repository("odd", odd.stream())
    only(github, "odd")
    record = run(GITHUB)
    assert record.error == ""
    mined = stored("odd")
    assert (mined.commit_count, mined.active_days) == (4, 1)
    assert mined.time_spent_min == 3 * 60


# --- Secrets --------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_the_token_is_nowhere(
    github: Any, settings: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    few(github)
    github.add_repository("small", SMALL)
    github.break_repository("small", "500")
    run(GITHUB)
    token = settings.GITHUB_ACCESS_TOKEN.encode()
    texts = [caplog.text, *SyncRun.objects.values_list("error", flat=True)]
    texts += Repository.objects.values_list("failure", flat=True)
    texts += [str(row) for row in StoredAnswer.objects.values()]
    texts += [str(row) for row in GitHubAccount.objects.values()]
    assert all(token.decode() not in text for text in texts)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert all(token not in path.read_bytes() for path in files)


@pytest.mark.one_database
def test_a_redirect_to_another_host_is_not_followed(github: Any, sandbox: Any) -> None:
    elsewhere = {"Location": "https://evil.example/user/repos"}
    github.options.configure(graphql="off")
    sandbox.faults.add("/user/repos", kind="status", status=301, headers=elsewhere)
    record = run(GITHUB)
    assert "another host" in record.error


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01 10:00:00 UTC", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("2026-12-01 10:00:00 +0200", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("soon", None),
    ],
)
def test_when_a_token_expires(text: str, moment: datetime | None) -> None:
    assert expiration(text) == moment


def test_the_client_says_whether_it_is_set_up(settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = ""
    assert not GitHubClient.is_configured()


# --- The command ----------------------------------------------------------------------------------


def command(*options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("sync_github", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.one_database
def test_the_command_says_what_came_of_it(github: Any) -> None:
    small_ones(github, 5)
    github.break_repository("r03", "404")
    out, err = command()
    assert "GitHub: 5 repositories (5 new" in out
    assert "GitHub: 4 of 5 are up to date, 1 could not be read" in out
    run = SyncRun.objects.get()
    assert (run.progress_done, run.progress_total, run.progress_failed) == (5, 5, 1)
    assert err.startswith("GitHub was synced, with remarks:\n")
    assert f"{github.login}/r03: " in err


def test_all_is_not_said_of_one_that_could_not_be_read(github: Any) -> None:
    for name in ("bad", "good"):
        github.add_repository(name, one_commit(b"x = 1\n"))
    only(github, "bad", "good")
    github.break_repository("bad", "500")
    out = StringIO()
    call_command("sync_all", stdout=out, stderr=StringIO())
    assert "GitHub: 1 of 2 is up to date, 1 could not be read" in out.getvalue()
    assert "All sources synced:" not in out.getvalue()
    assert "All sources synced, with remarks on GitHub" in out.getvalue()
    github.break_repository("bad", None)
    call_command("sync_all", stdout=out, stderr=StringIO())
    assert "GitHub: 2 repositories\n" in out.getvalue().splitlines(keepends=True)[-2:][0]
    assert "All sources synced: GitHub" in out.getvalue()


def test_what_was_never_read_has_no_numbers(github: Any, client: Client) -> None:
    github.add_repository("bad", one_commit(b"x = 1\n"))
    only(github, "bad")
    github.break_repository("bad", "500")
    run(GITHUB)
    client.force_login(User.objects.create_user("robin", is_staff=True))
    (project,) = client.get("/api/github/projects").json()["results"]
    unknown = ("commit_count", "active_days", "code_churn", "loc", "my_commit_count", "lines_added")
    assert {project[name] for name in unknown} == {None}
    figures = client.get("/api/github/metrics").json()
    assert (figures["loc"], figures["repositories_measured"]) == (None, 0)
    assert (figures["repositories"], figures["repositories_failed"]) == (1, 1)
    # A zone or an address that changes counts all anew, and still knows nothing of this one.
    Repository.objects.recount()
    assert stored("bad").commit_count is None
    github.break_repository("bad", None)
    run(GITHUB)
    assert (stored("bad").commit_count, stored("bad").loc, stored("bad").merge_count) == (1, 1, 0)
    assert client.get("/api/github/metrics").json()["loc"] == 1


def test_one_alone_by_its_name(github: Any) -> None:
    small_ones(github, 8)
    command("--repo", f"{github.login}/r05")
    assert Repository.objects.exclude(mined_at=None).get().name == "r05"
    before = stored("r05").mined_at
    command("--repo", "R06")
    assert stored("r06").commit_count == 1
    assert stored("r05").mined_at == before
    with pytest.raises(CommandError):
        command("--repo", "none")
    assert "There is no repository none" in SyncRun.objects.first().error


def test_full_looks_into_all_again(github: Any, at: Moving) -> None:
    small_ones(github, 4)
    command()
    at(NOW + timedelta(hours=1))
    command("--full")
    assert set(Repository.objects.values_list("mined_at", flat=True)) == {NOW + timedelta(hours=1)}


def test_days_look_again_into_what_was_pushed_since(github: Any, at: Moving) -> None:
    small_ones(github, 4)
    github.set_fields("r01", pushed_at=NOW - timedelta(days=9))
    command()
    at(NOW + timedelta(hours=1))
    command("--days", "3")
    assert stored("r02").mined_at == NOW + timedelta(hours=1)
    assert stored("r01").mined_at == NOW


@pytest.mark.one_database
def test_a_malformed_one_is_read_on_the_persons_word(github: Any) -> None:
    """An author's line that ends where no date can stand."""
    github.add_repository("old", one_commit(b"x = 1\n"))
    only(github, "old")
    raw_commit(github.path("old"), b"Ada <ada@example.org> <more> 1577840400 +0000")
    github.set_fields("old", pushed_at=NOW)
    with pytest.raises(CommandError):
        command()
    assert "--accept-malformed" in stored("old").failure
    with pytest.raises(CommandError, match="needs --repo"):
        command("--accept-malformed")
    command("--repo", "old", "--accept-malformed")
    assert (stored("old").failure, stored("old").commit_count) == ("", 1)
    command("--full")
    assert stored("old").failure == ""


# --- What a hostile or unlucky world does ---------------------------------------------------------


@pytest.mark.one_database
def test_a_name_says_nothing_about_what_went_wrong(github: Any) -> None:
    names = ("certificate-manager", "redirect-svc", "DMCA", "no-space-left")
    for name in names:
        github.add_repository(name, one_commit(b"x = 1\n"))
        github.break_repository(name, "500")
    github.add_repository("good", one_commit(b"x = 2\n"))
    only(github, *names, "good")
    record = run(GITHUB)
    assert record.status == "success"
    assert {stored(name).failure for name in names} == {
        "GitHub: the repository could not be fetched, the network failed."
    }
    assert stored("good").commit_count == 1


def test_a_failure_is_tried_again_though_nothing_was_pushed(github: Any) -> None:
    github.add_repository("small", SMALL)
    github.add_repository("good", one_commit(b"x = 2\n"))
    only(github, "small", "good")
    run(GITHUB)
    github.break_repository("small", "500")
    run(GITHUB, kind=SyncRun.Kind.FULL, full=True)
    assert stored("small").failure
    github.break_repository("small", None)
    assert run(GITHUB).error == ""
    assert stored("small").failure == ""


@pytest.mark.one_database
def test_a_clone_that_is_still_in_use_is_waited_for(
    github: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by the git of a worker that was killed."""
    small_ones(github, 9)
    monkeypatch.setattr(analyzer, "RETRY_INTERVAL", 0.1)
    number = next(one["id"] for one in github.repositories() if one["name"] == "r07")
    django_settings.GITHUB_CACHE_DIR.mkdir(parents=True)
    lock = (django_settings.GITHUB_CACHE_DIR / f"{number}.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    threading.Timer(1, lock.close).start()
    record = run(GITHUB)
    assert (record.status, record.error) == ("success", "")
    assert stored("r07").commit_count == 1


@pytest.mark.one_database
def test_no_more_than_two_at_a_time_on_one_machine(github: Any) -> None:
    only(github)
    first, second = analyzer.acquire_slot(), analyzer.acquire_slot()
    assert first is not None
    assert second is not None
    assert analyzer.acquire_slot() is None
    os.close(first)
    third = analyzer.acquire_slot()
    assert third is not None
    os.close(third)
    os.close(second)


def test_one_made_anew_while_it_is_read_does_not_get_the_others_numbers(
    github: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.add_repository("small", SMALL)
    github.add_repository("good", one_commit(b"x = 2\n"))
    only(github, "small", "good")
    run(GITHUB)
    before = numbers("small")
    github.commit("small", {"b.py": "y = 1\n"})
    emails = GitHubClient.emails

    def meanwhile(self: Any) -> Any:
        github.recreate("small", one_commit(b"other = 1\n"))
        return emails(self)

    with monkeypatch.context() as patch:
        patch.setattr(GitHubClient, "emails", meanwhile)
        run(GITHUB)
    assert numbers("small") == before
    assert "while it was read" in stored("small").failure


@pytest.mark.one_database
def test_languages_and_addresses_that_cannot_be_read_stop_nothing(
    github: Any, sandbox: Any, at: Moving
) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    run(GITHUB)
    known = GitHubAccount.current().emails
    at(NOW + timedelta(hours=1))
    github.commit("small", {"b.py": "y = 1\n"})
    github.options.configure(graphql="off")
    sandbox.faults.add("/languages", kind="status", status=451, times=None)
    sandbox.faults.add("/user/emails", kind="status", status=422, times=None)
    record = run(GITHUB)
    assert record.status == "success"
    assert "addresses could not be read" in record.error
    assert GitHubAccount.current().emails == known
    assert stored("small").commit_count == EXPECTED["total_commits"] + 1


@pytest.mark.one_database
def test_a_list_without_an_end_is_an_error(github: Any, sandbox: Any) -> None:
    few(github)
    github.options.configure(graphql="off")
    again = {"Link": f'<{github.url}/user/repos?page=1>; rel="next"'}
    body = json.dumps(github.repositories())
    sandbox.faults.add(
        "/user/repos", kind="status", status=200, times=None, headers=again, body=body
    )
    record = run(GITHUB)
    assert "no end" in record.error
    assert len([one for one in sandbox.requests if one.path.endswith("/user/repos")]) < 5


@pytest.mark.one_database
@pytest.mark.parametrize(
    "answer",
    [
        {"data": None},
        {"data": {"viewer": {"login": "x", "databaseId": 1, "repositories": {"nodes": []}}}},
        {"errors": ["boom"]},
        {"errors": {"a": 1}},
        [],
        {
            "data": {
                "viewer": {
                    "login": "mara-lindner",
                    "databaseId": 0,
                    "repositories": {
                        "pageInfo": {"hasNextPage": False, "endCursor": None},
                        "nodes": [None, {"languages": None}, 7],
                    },
                }
            }
        },
    ],
)
def test_odd_answers_are_told_and_bury_nothing(github: Any, sandbox: Any, answer: Any) -> None:
    github.add_repository("small", SMALL)
    only(github, "small")
    run(GITHUB)
    body = json.dumps(answer).replace('"databaseId": 0', f'"databaseId": {github.user_id}')
    sandbox.faults.add("/graphql", kind="status", status=200, times=None, body=body)
    sandbox.faults.add("/user/repos", kind="status", status=500, times=None)
    sandbox.faults.add("/user/repos", kind="status", status=500, times=None)
    record = run(GITHUB)
    assert record.error or record.total("rejected")
    assert Repository.objects.live().count() == 1


@pytest.mark.one_database
def test_another_accounts_token_is_refused(github: Any) -> None:
    few(github)
    run(GITHUB)
    GitHubAccount.objects.update(user_id=1)
    before = Repository.objects.live().count()
    record = run(GITHUB)
    assert record.status == "failed"
    assert "another account" in record.error
    assert Repository.objects.live().count() == before
    GitHubAccount.objects.all().delete()
    assert run(GITHUB).status == "success"


def test_a_database_that_was_away_does_not_end_a_queued_run(github: Any, at: Moving) -> None:
    small_ones(github, 6)
    asked = tasks.enqueue(sources[GITHUB], SyncRequest())

    def away(*_: Any) -> None:
        raise OperationalError("deadlock detected")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analyzer, "set_commits", away)
        with pytest.raises(OperationalError):
            tasks.execute_run(asked.pk)
    asked.refresh_from_db()
    assert asked.status == "queued"
    assert asked.resume_at is not None
    assert not [one for one in threading.enumerate() if one.name.startswith("git ")]
    at(asked.resume_at)
    assert tasks.execute_run(asked.pk) == "success"
    assert Repository.objects.filter(commit_count=1).count() == 6


# --- Payloads -------------------------------------------------------------------------------------


def test_a_repository_keeps_the_payload_of_either_api(github: Any, sandbox: Any) -> None:
    """By GraphQL, and by REST where that is refused; in both the rest is the same repository."""
    few(github)
    run(GITHUB)
    rows = Repository.objects.live().order_by("pk")
    assert all({"nameWithOwner", "languages"} <= row.raw.keys() for row in rows)
    moments = list(rows.values_list("updated_at", flat=True))
    known = [row.listed_languages for row in rows]
    assert any(known)
    sandbox.faults.add("/graphql", kind="status", status=403, times=None)
    run(GITHUB)
    assert all({"full_name", "clone_url", "owner"} <= row.raw.keys() for row in rows.all())
    assert [row.listed_languages for row in rows.all()] == [None] * len(known)
    assert len(moments) == rows.count()

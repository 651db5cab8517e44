"""What commits and repositories add up to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from github_projects.models import Commit, Repository, RepositoryCommit
from tests.makers import MORNING, commit, repository

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 16)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: MORNING + timedelta(hours=8))


def counted(one: Repository) -> Repository:
    Repository.objects.filter(pk=one.pk).recount()
    one.refresh_from_db()
    return one


def test_the_numbers_of_a_repository_are_those_of_its_commits() -> None:
    one, other = repository("one"), repository("other")
    commit(one, days_ago=3, mine=True, generated=5)
    commit(one, days_ago=3, added=1, deleted=0)
    commit(one, days_ago=1, merge=True, added=0, deleted=0)
    commit(other, days_ago=2)
    counted(one)
    assert (one.commit_count, one.merge_count, one.active_days) == (3, 1, 2)
    assert (one.lines_added, one.lines_deleted, one.code_churn) == (11, 4, 15)
    assert one.code_churn_generated == 5
    assert (one.my_commit_count, one.my_active_days, one.my_code_churn) == (1, 1, 14)
    assert one.time_spent_min == 2 * 24 * 60
    assert one.last_commit_date == MORNING - timedelta(days=1)


def test_one_commit_spans_no_time_and_none_is_unknown() -> None:
    one, empty = repository("one"), repository("empty")
    commit(one)
    assert counted(one).time_spent_min == 0
    assert counted(empty).time_spent_min is None
    assert empty.last_commit_date is None
    assert (empty.commit_count, empty.code_churn) == (0, 0)


def test_what_is_withdrawn_is_zero_again() -> None:
    one = repository()
    commit(one)
    counted(one)
    RepositoryCommit.objects.all().delete()
    assert counted(one).commit_count == 0
    assert one.time_spent_min is None


@pytest.mark.parametrize(
    "moment",
    [datetime(1970, 1, 1, 5, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), None],
)
def test_times_that_no_history_can_have_make_no_day_and_no_span(moment: datetime | None) -> None:
    one = repository()
    commit(one, days_ago=5)
    odd: dict[str, Any] = {"authored_at": moment, "committed_at": moment}
    commit(one, **odd | {"date": moment and moment.date()})
    counted(one)
    assert (one.commit_count, one.active_days, one.time_spent_min) == (2, 1, 0)
    assert Commit.objects.all().churn().active_days == 1
    assert len(Commit.objects.all().per_day()) == 1


def test_the_span_is_the_committers_and_the_days_are_the_authors() -> None:
    one = repository()
    for days_ago in (1, 2):
        moment = MORNING - timedelta(days=days_ago)
        commit(one, days_ago=400 + days_ago, committed_at=moment)
    counted(one)
    assert one.time_spent_min == 24 * 60
    assert one.active_days == 2
    assert one.last_commit_date == MORNING - timedelta(days=1)


def test_a_commit_in_two_repositories_counts_once_in_their_sum() -> None:
    one, other = repository("one"), repository("other")
    commit(one, other)
    commit(other, days_ago=1)
    both = Commit.objects.within(Repository.objects.all())
    assert both.churn() == (2, 0, 2, 20, 8, 0)
    rows = both.per_repository(Repository.objects.all())
    assert [(row["full_name"], row["commits"]) for row in rows] == [
        ("robin/other", 2),
        ("robin/one", 1),
    ]
    assert Commit.objects.within(Repository.objects.filter(pk=one.pk)).churn().commits == 1


def test_forks_archived_and_gone_ones_are_not_counted() -> None:
    kept = repository("kept")
    left_out: tuple[dict[str, Any], ...] = (
        {"fork": True},
        {"archived": True},
        {"deleted_at": MORNING},
    )
    for number, fields in enumerate(left_out):
        commit(repository(f"out{number}", **fields))
    commit(kept)
    assert list(Repository.objects.counted()) == [kept]
    assert Commit.objects.within(Repository.objects.counted()).churn().commits == 1


def test_days_and_hours_are_the_persons(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    # Half past eleven in the evening of a Tuesday in UTC: half past one on Wednesday in Berlin.
    commit(repository(), at=datetime(2026, 9, 15, 23, 30, tzinfo=UTC))
    every = Commit.objects.all()
    assert [row["date"] for row in every.per_day()] == [TODAY]
    table = every.activity().by_weekday_and_hour()
    assert table[2][1] == 1
    assert sum(map(sum, table)) == 1
    assert every.between(TODAY, TODAY).count() == 1
    assert every.between(TODAY - timedelta(days=1), TODAY - timedelta(days=1)).count() == 0


def test_mine_is_known_by_the_address_whatever_its_case() -> None:
    mine = commit(author_email="Robin@Example.ORG")
    other = commit(author_email="jonas@example.org", mine=True)
    assert Commit.objects.mark_mine(["ROBIN@example.org"]) == 2
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.mine, other.mine) == (True, False)
    assert Commit.objects.mark_mine(["robin@example.org"]) == 0


def test_a_sitting_is_the_time_between_own_commits_at_most_two_hours_apart() -> None:
    one, other = repository(), repository(name="other")
    begin = datetime(2026, 9, 15, 23, 0, tzinfo=UTC)
    minutes = (0, 30, 150, 271, 272)
    own = [commit(one, at=begin + timedelta(minutes=late), mine=True) for late in minutes]
    between = commit(one, at=begin + timedelta(minutes=60), author_email="jonas@example.org")
    elsewhere = commit(other, at=begin + timedelta(minutes=260), mine=True)
    gone = commit(at=begin + timedelta(minutes=100), mine=True, deleted_at=begin)

    def seconds() -> list[int]:
        return [Commit.objects.get(pk=made.pk).sitting_seconds for made in own]

    assert Commit.objects.measure_sittings() == 5
    assert seconds() == [0, 30 * 60, 120 * 60, 11 * 60, 60]
    others = Commit.objects.filter(pk__in=[between.pk, gone.pk, elsewhere.pk]).order_by("pk")
    assert [made.sitting_seconds for made in others] == [0, 110 * 60, 0]
    assert Commit.objects.measure_sittings() == 0

    Commit.objects.filter(pk=elsewhere.pk).update(mine=False)
    assert Commit.objects.measure_sittings() == 2
    assert seconds() == [0, 30 * 60, 120 * 60, 0, 60]
    assert Commit.objects.get(pk=elsewhere.pk).sitting_seconds == 0


def test_a_commit_that_no_repository_has_is_buried_until_one_has_it_again() -> None:
    one = repository()
    lost, kept = commit(), commit(one)
    Commit.objects.reconcile()
    assert list(Commit.objects.live()) == [kept]
    RepositoryCommit.objects.create(repository=one, commit=lost)
    Commit.objects.reconcile()
    assert Commit.objects.live().count() == 2


@pytest.mark.parametrize(
    ("fields", "is_stale"),
    [
        ({"tip_oid": "a", "mined_oid": None}, True),
        ({"tip_oid": "a", "mined_oid": "b"}, True),
        ({"tip_oid": "a", "mined_oid": "a"}, False),
        ({"tip_oid": "", "mined_oid": ""}, False),
        ({"tip_oid": "", "mined_oid": None}, True),
        ({"tip_oid": "a", "mined_oid": "b", "deleted_at": MORNING}, False),
        # By REST, which tells no tip.
        ({"tip_oid": None, "mined_oid": None}, True),
        ({"tip_oid": None, "mined_oid": "a", "pushed_at": MORNING}, True),
        ({"tip_oid": None, "mined_oid": "a", "pushed_at": MORNING, "mined_push": MORNING}, False),
        ({"tip_oid": None, "mined_oid": "a", "default_branch": "main"}, True),
        ({"tip_oid": None, "mined_oid": "", "pushed_at": None}, False),
    ],
)
def test_what_has_changed_since_it_was_mined(fields: dict[str, Any], is_stale: bool) -> None:
    repository(**fields)
    assert Repository.objects.stale().exists() is is_stale


def test_a_name_finds_those_that_are_there_before_those_that_are_gone() -> None:
    gone = repository("portal", deleted_at=MORNING)
    assert list(Repository.objects.with_name("Portal")) == [gone]
    again = repository("portal")
    assert list(Repository.objects.with_name("portal")) == [again]
    other = repository("portal", full_name="kranich/portal")
    assert set(Repository.objects.with_name("portal")) == {again, other}
    assert list(Repository.objects.with_name("Kranich/Portal")) == [other]
    assert not Repository.objects.with_name("robin/none").exists()

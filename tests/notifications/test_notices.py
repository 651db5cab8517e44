"""What the apps say is due, at moments around which it changes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from experiments.models import Experiment, State
from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.models import Event
from lifetracker.doctor.report import examine
from lifetracker.models import Preferences, SyncRun
from lifetracker.models.preferences import read_once
from lifetracker.ops.notices import Notice, notice_kinds
from oauth_integration.models import OAuthCredential
from tests import makers
from tests.conftest import NOW, run

pytestmark = pytest.mark.django_db
Move = Callable[[datetime], None]
#: In the evening of the day.
EVENING = NOW.replace(hour=19)


def due(kind: str, now: datetime) -> list[Notice]:
    with read_once():
        found = list(notice_kinds()[kind].due(now))
    for one in found:
        resolve(f"/{one.path}")
        assert len(one.key) <= 100
    return found


def test_every_kind_is_declared_once() -> None:
    kinds = notice_kinds()
    assert kinds.keys() >= {"goal", "fast", "experiment", "connection", "backup"}
    assert all(one.title and one.about.endswith(".") for one in kinds.values())


# --- Goals ----------------------------------------------------------------------------------------


def test_a_goal_of_the_day_is_due_tonight(move: Move) -> None:
    move(EVENING)
    goal = makers.goal(name="Read", metric="time.hours", per="day", target=2, start=NOW.date())
    makers.entry(minutes=90)
    (one,) = due("goal", EVENING)
    assert one == Notice(
        key=f"{goal.pk} 2026-09-16",
        title="Due tonight: Read",
        text="Still missing today: 30 min. So far: 1 h 30 of 2 h a day.",
        path=f"goals/{goal.pk}/",
    )
    makers.entry(minutes=30)
    assert due("goal", EVENING) == [], "it is reached"


@pytest.mark.parametrize(
    ("fields", "day", "is_due"),
    [
        # 16 September 2026 is a Wednesday, the 20th a Sunday, the 30th the last of the month.
        ({"per": "week"}, 16, False),
        ({"per": "week"}, 20, True),
        ({"per": "month"}, 20, False),
        ({"per": "month"}, 30, True),
        ({"per": "rolling", "rolling_days": 7}, 20, True),
        ({"per": "week", "direction": "at_most"}, 20, False),
        ({"kind": "reach", "per": "", "end": datetime(2026, 9, 20, tzinfo=UTC).date()}, 20, False),
        ({"kind": "mean", "metric": "whoop.sleep_hours", "target": 8}, 20, False),
        ({"per": "day", "weekdays": "1234"}, 20, False),
        ({"per": "day", "weekdays": "67"}, 20, True),
        ({"per": "week", "start": datetime(2026, 9, 21, tzinfo=UTC).date()}, 20, False),
        ({"per": "week", "target": 200}, 20, False),
    ],
    ids=str,
)
def test_which_goals_are_due_on_an_evening(
    move: Move, fields: dict[str, Any], day: int, *, is_due: bool
) -> None:
    moment = EVENING.replace(day=day)
    move(moment)
    makers.goal(**{"start": datetime(2026, 9, 1, tzinfo=UTC).date(), "target": 5} | fields)
    makers.entry(days_ago=16 - day, minutes=60)
    assert bool(due("goal", moment)) == is_due


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"per": "day", "target": 2}, "Still missing today: 1 h 30. So far: 30 min of 2 h a day."),
        (
            {"per": "week", "target": 4},
            "Still missing today: up to 3 h 30. So far: at least 30 min of 4 h a week.",
        ),
        (
            {"per": "rolling", "rolling_days": 7, "target": 4},
            "Still missing today: up to 3 h 30. So far: at least 30 min of 4 h in 7 days.",
        ),
    ],
    ids=str,
)
def test_what_is_missing_is_not_said_as_a_limit(
    move: Move, fields: dict[str, Any], words: str
) -> None:
    moment = EVENING.replace(day=20)
    move(moment)
    makers.goal(**fields | {"start": datetime(2026, 9, 1, tzinfo=UTC).date()})
    makers.entry(days_ago=-4, minutes=30)
    assert [one.text for one in due("goal", moment)] == [words]


def test_what_a_mean_asks_of_its_last_evening(move: Move) -> None:
    moment = EVENING.replace(day=20)
    move(moment)
    metric = makers.own_metric(unit="points")
    makers.goal(
        metric=f"own.{metric.pk}",
        kind="mean",
        target=5,
        unit="points",
        start=datetime(2026, 9, 14, tzinfo=UTC).date(),
    )
    makers.own_value(metric, 4, days_ago=-3)
    (one,) = due("goal", moment)
    assert one.text == "Today needs 6 points. The mean so far: 4 points of 5 points a day."


def test_what_a_night_is_too_short_for_is_not_asked(move: Move) -> None:
    makers.goal(per="day", target=2, start=NOW.date())
    makers.goal(per="day", target=19, start=NOW.date())
    makers.goal(metric="fasting.hours", per="day", target=16, start=NOW.date())
    makers.entry(minutes=30)
    for hour, minute, number in ((18, 1, 1), (22, 29, 1), (22, 31, 0), (23, 58, 0)):
        moment = NOW.replace(hour=hour, minute=minute)
        move(moment)
        assert len(due("goal", moment)) == number


@pytest.mark.parametrize("per", ["week", "month"])
def test_a_goal_that_ends_within_its_week_is_due_on_its_last_evening(move: Move, per: str) -> None:
    makers.goal(
        per=per,
        target=3,
        start=datetime(2026, 9, 1, tzinfo=UTC).date(),
        end=datetime(2026, 9, 16, tzinfo=UTC).date(),
    )
    makers.entry(minutes=30)
    for day, number in ((15, 0), (16, 1), (17, 0), (20, 0), (30, 0)):
        moment = EVENING.replace(day=day)
        move(moment)
        assert len(due("goal", moment)) == number, day


def test_what_is_not_known_is_not_missed(toggl: Any, move: Move) -> None:
    """A service that was not read may have what is missing."""
    makers.goal(name="Work", per="day", target=2, start=NOW.date())
    assert due("goal", EVENING) == []
    run("Toggl")
    assert [one.title for one in due("goal", NOW)] in ([], ["Due tonight: Work"])
    move(NOW + timedelta(days=1, hours=5))
    assert due("goal", NOW + timedelta(days=1, hours=5)) == []


def test_a_deleted_goal_or_metric_says_nothing(move: Move) -> None:
    move(EVENING)
    metric = makers.own_metric()
    makers.goal(metric=f"own.{metric.pk}", kind="total", per="day", target=5, start=NOW.date())
    deleted = makers.goal(per="day", start=NOW.date())
    deleted.deleted_at = EVENING
    deleted.save()
    metric.delete()
    assert due("goal", EVENING) == []


def test_goals_cost_the_same_however_many(move: Move) -> None:
    move(EVENING)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            due("goal", EVENING)
        return len(queries)

    for number in range(2):
        makers.goal(name=f"{number}", per="day", target=2, start=NOW.date())
    few = cost()
    for number in range(30):
        makers.goal(name=f"{number}", per="week", target=9, start=NOW.date())
    assert cost() == few <= 8


# --- Fasts ----------------------------------------------------------------------------------------


def test_the_fast_that_runs_reaches_its_goal(move: Move) -> None:
    # Begun at 18:00 the evening before.
    fast = makers.fast(hours=None, goal_hours=16)
    reached = fast.start + timedelta(hours=16)
    move(reached)
    assert due("fast", reached - timedelta(seconds=1)) == []
    (one,) = due("fast", reached)
    assert one.key == "2026-09-16T10:00+00:00"
    assert one.title == "Your fast reached its goal"
    assert one.text == "16 h at 10:00, since Tue 18:00."
    (late,) = due("fast", reached + timedelta(hours=26))
    assert (late.key, late.text) == (one.key, "16 h at Wed 10:00, since Tue 18:00."), "the same"
    assert due("fast", reached + timedelta(days=2)) == [], "it is no news any more"
    Preferences(pk=1, clock=12).save()
    assert "10:00 am" in due("fast", reached)[0].text.replace("\xa0", " ")
    fast.goal_hours = 18
    fast.save()
    assert due("fast", reached) == []
    (other,) = due("fast", reached + timedelta(hours=2))
    assert other.key != one.key, "another goal"
    fast.start, fast.goal_hours = fast.start + timedelta(hours=1), 16
    fast.save()
    assert due("fast", reached) == []
    assert due("fast", reached + timedelta(hours=1))[0].key != one.key, "another beginning"


def test_a_fast_that_two_sources_have_is_told_once(move: Move) -> None:
    fast = makers.fast(hours=None, goal_hours=16)
    makers.fast(hours=None, goal_hours=16, source="Zero", start=fast.start)
    assert len(due("fast", fast.start + timedelta(hours=16))) == 1


def test_a_fast_that_ended_or_has_no_goal_says_nothing(move: Move) -> None:
    move(EVENING)
    makers.fast(days_ago=1, hours=20, goal_hours=16)
    makers.fast(hours=None)
    assert due("fast", EVENING) == []


# --- Experiments ----------------------------------------------------------------------------------


def test_an_experiment_says_the_arm_and_nothing_of_the_outcome(move: Move) -> None:
    move(NOW)
    makers.experiment(question="Not begun")
    over = makers.experiment(state=State.STOPPED, start=NOW.date(), seed=1)
    experiment = makers.experiment(state=State.RUNNING, start=NOW.date(), seed=1)
    assert over.pk != experiment.pk
    arms = set()
    for number in range(12):
        moment = NOW + timedelta(days=number)
        (one,) = due("experiment", moment)
        words = one.title.removeprefix("Today: ")
        arms.add(words)
        assert one.key == f"{experiment.pk} {moment.date()}"
        assert one.text.startswith(("A. Day ", "B. Day "))
        assert one.text.endswith(" of its block. Does a long fast lift my HRV?")
        arm = experiment.arm_on(moment.date())
        assert arm is not None
        assert words == experiment.words_of(arm)
    assert arms == {"fast for 17 hours", "eat as usual"}
    assert due("experiment", NOW - timedelta(days=1)) == []
    assert due("experiment", NOW + timedelta(days=100)) == []


def test_the_message_of_a_day_is_the_same_whatever_the_outcome(move: Move) -> None:
    experiment = makers.experiment(state=State.RUNNING, start=NOW.date(), seed=1)
    before = due("experiment", NOW)
    Experiment.objects.filter(pk=experiment.pk).update(result={"difference": 99}, power={"sd": 1})
    assert due("experiment", NOW) == before


# --- Connections and backups ----------------------------------------------------------------------


def test_a_withdrawn_consent_needs_its_owner_until_it_is_given_again(whoop: Any) -> None:
    assert due("connection", NOW) == []
    OAuthCredential.objects.update(needs_reauthorization=True)
    (one,) = due("connection", NOW)
    assert one.title == "WHOOP needs you"
    assert one.text == "Your consent has expired or was withdrawn."
    assert one.key == due("connection", NOW + timedelta(hours=5))[0].key
    OAuthCredential.objects.update(needs_reauthorization=False)
    assert due("connection", NOW) == []


def test_a_service_that_cannot_be_read_for_long(whoop: Any, at: Any) -> None:
    run()
    SyncRun.objects.update(started_at=NOW)
    later = NOW + timedelta(hours=35)
    at(later)
    assert due("connection", later) == []
    later = NOW + timedelta(hours=37)
    at(later)
    (one,) = due("connection", later)
    assert (one.title, one.text) == (
        "WHOOP needs you",
        "The last successful sync was at 2026-09-16 14:00.",
    )
    SyncRun.objects.create(source="Whoop", status="failed", error="secret words of a service")
    assert due("connection", later) == [one], "the same message, and no words of the service"
    SyncRun.objects.filter(status="success").update(started_at=later)
    assert due("connection", later) == []


def test_a_refused_consent_stays_one_message_however_often_its_row_is_saved(whoop: Any) -> None:
    OAuthCredential.objects.update(needs_reauthorization=True)
    (one,) = due("connection", NOW)
    call_command("rotate_encryption", verbosity=0)
    OAuthCredential.objects.get().save()
    assert due("connection", NOW + timedelta(hours=1)) == [one]


def test_a_service_that_could_never_be_read(whoop: Any, at: Any) -> None:
    failed = SyncRun.objects.create(source="Whoop", status="failed", error="a word of a service")
    SyncRun.objects.update(started_at=NOW)
    for hours, number in ((35, 0), (37, 1)):
        later = NOW + timedelta(hours=hours)
        at(later)
        assert len(due("connection", later)) == number
    (one,) = due("connection", later)
    assert one.text == "It could never be read since it was set up."
    SyncRun.objects.filter(pk=failed.pk).update(status="running")
    assert due("connection", later) == [], "it is being read"
    SyncRun.objects.filter(pk=failed.pk).update(status="success", started_at=later)
    assert due("connection", later) == []


def test_a_service_that_is_not_read_by_itself_misses_no_sync(
    whoop: Any, at: Any, settings: Any
) -> None:
    run()
    SyncRun.objects.update(started_at=NOW)
    for sync_hours, hours, number in ((0, 400, 0), (72, 83, 0), (72, 85, 1), (4, 37, 1)):
        settings.SYNC_HOURS = settings.SYNC_HOURS | {"Whoop": sync_hours}
        later = NOW + timedelta(hours=hours)
        at(later)
        assert len(due("connection", later)) == number
    OAuthCredential.objects.update(needs_reauthorization=True)
    settings.SYNC_HOURS = settings.SYNC_HOURS | {"Whoop": 0}
    assert len(due("connection", later)) == 1, "a consent is its owner's matter all the same"


@pytest.mark.django_db(transaction=True)
def test_a_failed_backup_is_known_until_one_succeeds(tmp_path: Path, move: Move) -> None:
    move(NOW)
    assert due("backup", NOW) == []
    missing = tmp_path / "nowhere" / "backup.zip"
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("backup", str(missing))
    (one,) = due("backup", NOW)
    assert one.title == "The backup failed"
    assert one.text.startswith("At 2026-09-16 14:00: There is no folder")
    trouble = next(one for one in examine().troubles if one.subject == "Backup")
    assert trouble.text.startswith("The last one, at 2026-09-16 14:00, failed: There is no folder")
    with pytest.raises(CommandError):
        call_command("backup", str(missing))
    assert due("backup", NOW)[0].key != one.key, "another failure"
    call_command("backup", str(tmp_path / "backup.zip"), stdout=io.StringIO())
    assert due("backup", NOW) == []
    assert not [one for one in examine().findings if one.subject == "Backup"]


def backups(*days_ago: float, kind: Kind = Kind.BACKUP) -> None:
    """The log of backups that were made so many days before `NOW`, the last of them last."""
    for days in days_ago:
        record(kind, detail="3 rows")
        newest = Event.objects.order_by("-pk")[:1].values("pk")
        Event.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(
            at=NOW - timedelta(days=days)
        )


@pytest.mark.parametrize(
    ("days_ago", "words"),
    [
        # Each day: the second that is missing is told, half a day late.
        ((4, 3, 2.4), ""),
        ((5, 4, 2.6), "2026-09-13 23:36. Before that, one came each day."),
        # Each hour, and each week.
        ((5, 4, 3 + 2 / 24, 3 + 1 / 24, 3), "2026-09-13 14:00. Before that, one came each day."),
        ((28, 21, 14), ""),
        ((29, 22, 15), "2026-09-01 14:00. Before that, one came at least every 7 days."),
        # Each day until it was changed to each week, which one such week shows.
        ((12, 11, 10, 3), ""),
        # Each week until it was changed to each day.
        ((20, 13, 6, 5, 4, 3), "2026-09-13 14:00. Before that, one came each day."),
        # Of so few nobody can say how often they come.
        ((14,), ""),
        ((15.1, 15, 14.9), "2026-09-01 16:24."),
    ],
    ids=str,
)
def test_a_backup_that_never_started_is_overdue(
    move: Move, days_ago: tuple[float, ...], words: str
) -> None:
    move(NOW)
    backups(*days_ago)
    found = due("backup", NOW)
    if not words:
        assert found == []
        return
    (one,) = found
    assert one.title == "A backup is overdue"
    said = f"No backup has come since {words}"
    assert one.text == f"{said} See whether cron starts one: docs/backups.md."
    assert due("backup", NOW + timedelta(days=3))[0].key == one.key, "told once"
    troubles = [trouble.text for trouble in examine().troubles if trouble.subject == "Backup"]
    assert troubles == ([said] if "Before" in words else []), "there may be other ways"
    record(Kind.BACKUP)
    assert due("backup", NOW) == []


def test_a_backup_that_fails_each_day_is_not_overdue_too(move: Move) -> None:
    move(NOW)
    backups(6, 5, 4)
    backups(3, 2, 1, kind=Kind.BACKUP_FAILED)
    assert [one.title for one in due("backup", NOW)] == ["The backup failed"]
    found = due("backup", NOW + timedelta(days=2))
    assert [one.title for one in found] == ["The backup failed", "A backup is overdue"]
    assert len({one.key for one in found}) == 2


def test_who_never_made_a_backup_is_told_after_two_weeks(person: Client) -> None:
    User.objects.update(date_joined=NOW)
    assert due("backup", NOW + timedelta(days=14)) == []
    (one,) = due("backup", NOW + timedelta(days=15))
    assert one.text == "No backup was ever made. See whether cron starts one: docs/backups.md."
    assert due("backup", NOW + timedelta(days=90)) == [one]


def test_what_is_said_of_backups_costs_one_statement(move: Move) -> None:
    move(NOW)
    backups(*range(300, 1, -1))
    with CaptureQueriesContext(connection) as queries:
        assert due("backup", NOW) == []
    assert len(queries) == 1


def test_a_download_that_fails_is_noted(person: Client) -> None:
    record(Kind.BACKUP_FAILED, detail="The disk is full.")
    assert due("backup", NOW)[0].text.endswith("The disk is full.")
    record(Kind.BACKUP, detail="downloaded")
    assert due("backup", NOW) == []

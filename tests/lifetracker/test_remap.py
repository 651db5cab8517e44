"""Stored payloads are mapped again, without a request."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lifetracker.models import Lease, Revision, SyncRun
from lifetracker.sync.remap import remap, streams_named
from lifetracker.sync.streams import sources
from tests.conftest import NOW, run
from time_logs.models import TimeEntry, TogglProject
from weight.models import WeighIn
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep

pytestmark = pytest.mark.django_db

OLD = NOW - timedelta(days=7)


def remapped(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("remap", *arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def emptied() -> dict[str, float | None]:
    """As rows are that were stored before the column `strain` was there; returns what it should be."""
    expected = dict(WhoopCycle.objects.values_list("source_id", "strain"))
    WhoopCycle.objects.update(strain=None, updated_at=OLD)
    return expected


def strains() -> dict[str, float | None]:
    return dict(WhoopCycle.objects.values_list("source_id", "strain"))


def test_a_new_column_is_filled_in_every_stored_row(whoop: Any, sandbox: Any) -> None:
    run(days=60)
    expected = emptied()
    changed = sum(strain is not None for strain in expected.values())
    assert changed > 40
    sandbox.requests.clear()
    told = remapped("whoop", "cycle")
    assert strains() == expected
    assert not sandbox.requests
    assert f"{len(expected)} records, {changed} changed" in told
    untouched = WhoopCycle.objects.filter(updated_at=OLD)
    assert untouched.count() == len(expected) - changed
    assert SyncRun.objects.first().kind == "remap"
    assert SyncRun.objects.last_success("Whoop").kind != "remap", "it tells nothing of what is new"


def test_what_comes_into_a_new_column_leaves_no_revision(whoop: Any) -> None:
    run(days=30)
    emptied()
    Revision.objects.all().delete()
    remapped("whoop", "cycle")
    assert not Revision.objects.exists(), "it replaces nothing"


def test_a_value_that_is_mapped_otherwise_now_is_kept(whoop: Any) -> None:
    run(days=30)
    first, second = WhoopCycle.objects.exclude(strain=None).order_by("pk")[:2]
    WhoopCycle.objects.filter(pk=first.pk).update(strain=1)
    WhoopCycle.objects.filter(pk=second.pk).update(strain=2, kilojoules=None, deleted_at=OLD)
    Revision.objects.all().delete()
    remapped("whoop", "cycle")
    rows = Revision.objects.order_by("record_id")
    assert [(row.record_id, row.kind, row.old_values) for row in rows] == [
        (first.pk, "changed", {"strain": 1}),
        (second.pk, "changed", {"strain": 2, "kilojoules": None}),
    ]
    assert {row.run and row.run.kind for row in rows} == {"remap"}


def test_a_sync_after_it_finds_nothing_changed(whoop: Any) -> None:
    run(days=60)
    emptied()
    remapped("whoop")
    moments = dict(WhoopCycle.objects.values_list("source_id", "updated_at"))
    payloads = dict(WhoopCycle.objects.values_list("source_id", "raw"))
    after = run(days=60)
    assert after.counts["cycle"]["updated"] == after.counts["cycle"]["created"] == 0
    assert dict(WhoopCycle.objects.values_list("source_id", "updated_at")) == moments
    assert dict(WhoopCycle.objects.values_list("source_id", "raw")) == payloads


def test_deleted_rows_are_mapped_and_stay_deleted(whoop: Any) -> None:
    run(days=30)
    WhoopSleep.objects.update(respiratory_rate=None, deleted_at=OLD)
    remapped("Whoop", "sleep")
    assert WhoopSleep.objects.filter(deleted_at=OLD).count() == WhoopSleep.objects.count() > 20
    assert WhoopSleep.objects.filter(respiratory_rate__isnull=False).count() > 20


def test_a_dry_run_counts_and_writes_nothing(whoop: Any) -> None:
    run(days=30)
    expected = emptied()
    runs = SyncRun.objects.count()
    told = remapped("whoop", "cycle", dry_run=True)
    changed = sum(strain is not None for strain in expected.values())
    assert f"{len(expected)} records, {changed} would change" in told
    assert set(strains().values()) == {None}
    assert SyncRun.objects.count() == runs


def test_a_dry_run_counts_what_copies_from_rows_that_would_change(whoop: Any) -> None:
    run(days=30)
    for model in (WhoopSleep, WhoopRecovery):
        model.objects.filter(date__gt=NOW - timedelta(days=9)).update(date=OLD.date())
    planned = remapped("whoop", dry_run=True)
    assert WhoopRecovery.objects.filter(date=OLD.date()).count() > 5
    assert remapped("whoop") == planned.replace("would change", "changed")
    assert SyncRun.objects.first().counts["recovery"]["updated"] > 5


def test_a_remap_closes_a_run_that_was_killed(whoop: Any) -> None:
    run(days=3)
    killed = SyncRun.objects.create(source="Whoop", kind="remap", status="running")
    remapped("whoop", dry_run=True)
    killed.refresh_from_db()
    assert killed.status == "running", "a dry run writes nothing"
    remapped("whoop")
    killed.refresh_from_db()
    assert killed.status == "failed"


def test_retrying_rejected_items_closes_a_run_that_was_killed(whoop: Any) -> None:
    killed = SyncRun.objects.create(source="Whoop", kind="retry", status="running")
    call_command("sync_whoop", "--retry-rejected", stdout=StringIO())
    killed.refresh_from_db()
    assert killed.status == "failed"


def test_it_is_silent_where_nothing_is_to_be_told(whoop: Any) -> None:
    run(days=3)
    assert remapped("whoop", verbosity=0) == ""
    assert "profile: 1 record, " in remapped("whoop")


def test_records_that_are_made_from_others_follow(withings: Any) -> None:
    run("Withings", days=60)
    expected = dict(WeighIn.objects.values_list("source_id", "weight_kg"))
    assert len(expected) > 10
    before = {row.source_id: row for row in WeighIn.objects.all()}
    some = sorted(expected)[0]
    WeighIn.objects.filter(source_id=some).update(weight_kg=1, digest="")
    Revision.objects.all().delete()
    remapped("withings")
    assert Revision.objects.get().old_values["weight_kg"] == 1
    assert dict(WeighIn.objects.values_list("source_id", "weight_kg")) == expected
    for row in WeighIn.objects.exclude(source_id=some):
        assert row.updated_at == before[row.source_id].updated_at


def test_what_cannot_be_mapped_stays_and_is_told(whoop: Any) -> None:
    run(days=30)
    cycle = WhoopCycle.objects.live().last()
    WhoopCycle.objects.filter(pk=cycle.pk).update(raw={"id": cycle.source_id})
    err = StringIO()
    with pytest.raises(CommandError, match="Some records could not be mapped"):
        call_command("remap", "whoop", "cycle", stdout=StringIO(), stderr=err)
    assert cycle.source_id in err.getvalue()
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("remap", "whoop", "cycle", dry_run=True, stdout=StringIO(), stderr=err)
    kept = WhoopCycle.objects.get(pk=cycle.pk)
    assert (kept.start_time, kept.deleted_at) == (cycle.start_time, None)
    assert f"{1:,} stored payloads cannot be mapped" in SyncRun.objects.first().error


def test_a_remap_that_was_stopped_goes_on(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(days=60)
    expected = emptied()
    monkeypatch.setattr("lifetracker.sync.remap.ROWS_PER_TRANSACTION", 20)
    written: list[int] = []

    def stop(self: Any, seconds: float) -> None:
        written.append(WhoopCycle.objects.exclude(strain=None).count())
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("lifetracker.sync.runs.LeaseKeeper.on_wait", stop)
        with pytest.raises(KeyboardInterrupt):
            remap(sources["Whoop"], streams_named(sources["Whoop"], "cycle"))
    assert 0 < written[0] < len(expected)
    assert "Ctrl-C" in SyncRun.objects.first().error
    told = remapped("whoop", "cycle")
    assert strains() == expected
    changed = sum(strain is not None for strain in expected.values())
    assert f"{changed - written[0]} changed" in told, "the rest"


def test_it_waits_for_no_sync_that_is_at_work(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lifetracker.sync.remap.LEASE", timedelta(seconds=0.1))
    assert Lease.objects.acquire("sync:Whoop", timedelta(hours=1))
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("remap", "whoop", stdout=StringIO(), stderr=err)
    assert "Another sync of" in err.getvalue()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nobody",), "There is no source 'nobody' that keeps payloads. There are: whoop, "),
        (("whoop", "steps"), "There is no stream 'steps'. WHOOP has profile, cycle, "),
        (("", "steps"), "GitHub has repository."),
    ],
)
def test_an_unknown_name_says_which_there_are(arguments: tuple[str, ...], told: str) -> None:
    err = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("remap", *arguments, stdout=StringIO(), stderr=err)
    assert told in str(error.value)
    assert not err.getvalue()


# --- Payloads as they were received ---------------------------------------------------------------


def test_an_entry_keeps_the_payload_of_the_list(toggl: Any) -> None:
    run("Toggl", days=30)
    upstream = {str(one["id"]): one for one in toggl.entries()}
    rows = dict(TimeEntry.objects.live().values_list("source_id", "raw"))
    assert rows
    for source_id, raw in rows.items():
        assert {"duronly", "uid", "wid"} <= raw.keys(), "what no column takes is kept too"
        assert raw["description"] == upstream[source_id]["description"]


def test_an_entry_keeps_the_payload_of_the_report(toggl: Any, at: Any) -> None:
    run("Toggl", full=True)
    old = TimeEntry.objects.filter(start__lt=NOW - timedelta(days=95))
    assert old.count() > 5
    for row in old:
        assert "username" in row.raw
        (entry,) = row.raw["time_entries"]
        assert str(entry["id"]) == row.source_id
    # The two forms of one entry are one entry: read in the other way, nothing has changed.
    ended = TimeEntry.objects.filter(end__isnull=False)
    moments = dict(ended.values_list("source_id", "updated_at"))
    at(NOW + timedelta(days=60))
    run("Toggl", full=True)
    now = dict(TimeEntry.objects.values_list("source_id", "updated_at"))
    assert {key: now[key] for key in moments} == moments
    reread = TimeEntry.objects.filter(
        start__range=(NOW - timedelta(days=80), NOW - timedelta(days=40))
    )
    assert any("time_entries" in row.raw for row in reread), "and the payload is the last one"


def test_a_payload_that_changes_in_what_no_column_takes_is_kept(toggl: Any, sandbox: Any) -> None:
    run("Toggl", days=30)
    row = TimeEntry.objects.live().first()
    TimeEntry.objects.filter(pk=row.pk).update(
        raw={**row.raw, "uid": 0}, digest="0" * 16 + row.digest[16:]
    )
    run("Toggl", days=30)
    again = TimeEntry.objects.get(pk=row.pk)
    assert again.raw == row.raw
    assert again.updated_at == row.updated_at


def test_a_project_keeps_its_payload_beside_its_clients_name(toggl: Any) -> None:
    run("Toggl", full=True)
    project = TogglProject.objects.live().exclude(client="").first()
    assert project.raw["client"]["name"] == project.client
    assert {"actual_seconds", "is_private"} <= project.raw.keys()


def test_a_payload_of_an_earlier_version_is_told(toggl: Any) -> None:
    run("Toggl", days=30)
    row = TimeEntry.objects.live().first()
    former = ("id", "workspace_id", "user_id", "project_id", "task_id", "duration", "billable")
    more = ("description", "tag_ids", "tags", "start", "stop", "at", "server_deleted_at")
    kept = {name: row.raw[name] for name in (*former, *more)}
    TimeEntry.objects.filter(pk=row.pk).update(raw=kept)
    told = remapped("toggl", "entry")
    assert "1 with a payload that an earlier version shortened" in told
    assert " 0 changed" in told

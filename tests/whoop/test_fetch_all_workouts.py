"""`fetch_all_workouts`: the workouts alone, whole, and no claim about anything else."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from lifetracker.models import Lease, RejectedItem, SyncRun, SyncState
from lifetracker.sync.job import sync
from oauth_integration.models import OAuthCredential
from tests.conftest import MODELS, NOW, run, stored, upstream
from workouts.models import Workout


def fetch() -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("fetch_all_workouts", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def requested(sandbox: Any) -> set[str]:
    return {one.path.rpartition("/v2/")[2] for one in sandbox.requests if "/v2/" in one.path}


def test_it_reads_all_workouts_and_nothing_else(whoop: Any, sandbox: Any) -> None:
    out, err = fetch()
    assert stored("workout") == upstream(whoop, "workout")
    assert min(row["start"] for row in stored("workout").values()) < str(NOW - timedelta(days=100))
    assert requested(sandbox) == {"activity/workout"}
    assert not any(MODELS[kind].objects.exists() for kind in ("cycle", "sleep", "recovery"))
    state = SyncState.objects.get()
    assert (state.stream, state.whole_history) == ("workout", True)
    number = len(upstream(whoop, "workout"))
    assert re.fullmatch(rf"WHOOP: {number:,} workouts, \d.* \({number:,} new\)\n", out)
    assert err == ""
    again, _ = fetch()
    assert "new" not in again
    assert SyncRun.objects.first().total("unchanged") == number


def test_its_run_says_nothing_of_the_source(
    client: Client, admin_client: Client, whoop: Any
) -> None:
    fetch()
    made = SyncRun.objects.get()
    assert (made.source, made.kind, made.status) == ("Whoop", "backfill", "success")
    assert list(made.counts) == ["workout"]
    assert admin_client.get("/api/health").json()["last_success"] == {}
    assert admin_client.get("/api/whoop/sync/status").json()["status"] == "never"
    listed = admin_client.get("/api/sync/runs?kind=backfill").json()["results"]
    assert [one["id"] for one in listed] == [made.pk]
    assert run().status == "success"
    assert set(SyncState.objects.values_list("stream", flat=True)) == set(MODELS)


def test_it_goes_on_where_it_was_interrupted(whoop: Any, sandbox: Any) -> None:
    fetch()
    pages = sum("/activity/workout" in one.path for one in sandbox.requests)
    Workout.objects.all().delete()
    SyncState.objects.all().delete()
    SyncRun.objects.all().delete()
    sandbox.faults.add("/activity/workout", kind="status", status=404, times=None, nth=pages)
    with pytest.raises(CommandError, match="were not synced completely"):
        fetch()
    state = SyncState.objects.get()
    assert state.full_from is not None
    assert SyncRun.objects.get().status == "partial"
    sandbox.faults.clear()
    fetch()
    assert stored("workout") == upstream(whoop, "workout")
    state.refresh_from_db()
    assert state.whole_history


def test_it_holds_the_lease_of_the_source(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sync.__kwdefaults__, "patience", timedelta(0))
    assert Lease.objects.acquire("sync:Whoop", timedelta(minutes=1)) is not None
    with pytest.raises(CommandError, match="were not synced completely"):
        fetch()
    assert not SyncRun.objects.exists()


def test_a_workout_that_cannot_be_understood_is_kept(whoop: Any) -> None:
    workout = whoop.records("workout")[0]
    whoop.replace("workout", workout["id"], {**workout, "start": "soon"})
    _, err = fetch()
    assert RejectedItem.objects.get().item_key == workout["id"]
    assert "1 rejected item is kept" in err


def test_without_consent_it_says_the_next_step(whoop: Any) -> None:

    OAuthCredential.objects.get().forget_tokens()
    err = StringIO()
    with pytest.raises(CommandError, match="were not synced completely"):
        call_command("fetch_all_workouts", stderr=err)
    assert "press Connect" in err.getvalue()
    assert not SyncRun.objects.exists()

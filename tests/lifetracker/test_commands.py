"""The commands as a person meets them: lines, exit statuses, plain words for what is wrong."""

from __future__ import annotations

import socket
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lifetracker import sync as machinery
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.streams import sources
from oauth_integration.models import OAuthCredential
from tests import processes
from tests.conftest import use


def call(*words: str, **options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_sync_whoop_says_a_line_for_each_stream(whoop: Any) -> None:
    out, err = call("sync_whoop")
    assert err == ""
    lines = out.splitlines()
    streams = [stream.name for stream in sources["Whoop"].streams]
    assert [line.split(":")[0] for line in lines] == [f"Whoop {name}" for name in streams]
    cycles = int(SyncRun.objects.get().counts["cycle"]["created"])
    assert f"{cycles} seen: {cycles} created, 0 updated" in out
    again, _ = call("sync_whoop")
    assert again.count("0 created, 0 updated") == len(streams)


def test_sync_whoop_options(whoop: Any) -> None:
    call("sync_whoop", "--days", "3")
    call("sync_whoop", "--full")
    call("sync_whoop")
    call("sync_whoop", "--retry-rejected")
    kinds = list(SyncRun.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["manual", "full", "incremental", "retry"]


@pytest.mark.parametrize("days", ["0", "-3", "seven", "1.5", "99999999", ""])
def test_a_wrong_number_of_days(days: str) -> None:
    with pytest.raises(CommandError, match="number of days"):
        call_command("sync_whoop", f"--days={days}")


def test_options_that_contradict() -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("sync_whoop", "--days=3", "--full")


def test_rejected_items_are_announced(whoop: Any) -> None:
    broken = whoop.records("sleep")[1]
    whoop.replace("sleep", broken["id"], {**broken, "end": "?"})
    out, err = call("sync_whoop")
    assert "1 rejected" in out
    assert "--retry-rejected" in err
    whoop.replace("sleep", broken["id"], broken)
    call("sync_whoop")
    assert RejectedItem.objects.count() == 0


def test_a_failing_stream_makes_the_command_fail(whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(match="/v2/cycle", times=None, kind="status", status=404)
    err = StringIO()
    with pytest.raises(CommandError, match="not synced completely"):
        call_command("sync_whoop", stdout=StringIO(), stderr=err)
    assert "cycle" in err.getvalue()
    assert "404" in err.getvalue()


def test_sync_all(whoop: Any, sandbox: Any) -> None:
    out, _ = call("sync_all", "--whoop-only", "--days", "5")
    assert "All synced: Whoop" in out
    sandbox.faults.add(match="/v2/cycle", times=None, kind="status", status=404)
    with pytest.raises(CommandError, match="Not synced completely: Whoop"):
        call("sync_all")


@pytest.fixture
def everything(whoop: Any, withings: Any, toggl: Any, sandbox: Any) -> Any:
    """All services connected."""
    return sandbox


def test_sync_all_reads_every_source_and_ends_with_one_summary(everything: Any) -> None:
    out, err = call("sync_all")
    assert err == ""
    summary = out.rpartition("\n\n")[2].splitlines()
    assert [line.split(":")[0] for line in summary] == ["Whoop", "Withings", "Toggl", "All synced"]
    for line, run in zip(summary, SyncRun.objects.order_by("id"), strict=False):
        assert line.startswith(f"{run.source}: success: {run.total('created')} created")
    again, _ = call("sync_all")
    assert again.count("success: 0 created, 0 updated") == 3


@pytest.mark.parametrize(
    ("source", "path"),
    [("Whoop", "/v2/"), ("Withings", "/withings/measure"), ("Toggl", "/api/v9/")],
)
def test_a_failing_source_stops_no_other(everything: Any, source: str, path: str) -> None:
    everything.faults.add(path, kind="status", status=418, times=None)
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match=f"Not synced completely: {source}\\."):
        call_command("sync_all", stdout=out, stderr=err)
    assert "418" in err.getvalue()
    assert out.getvalue().count(": success:") == 2
    assert "All synced" not in out.getvalue()


def test_a_fault_of_ours_in_one_source_stops_no_other(
    everything: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("whoop.services.whoop_client.WhoopAPIClient.get", broken)
    out = StringIO()
    with pytest.raises(ZeroDivisionError):
        call_command("sync_all", stdout=out)
    assert "Whoop: failed" in out.getvalue()
    assert out.getvalue().count(": success:") == 2


def test_the_person_stops_them_all(everything: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("whoop.services.whoop_client.WhoopAPIClient.get", stopped)
    with pytest.raises(CommandError) as caught:
        call("sync_all")
    assert caught.value.returncode == 130
    assert set(SyncRun.objects.values_list("source", flat=True)) == {"Whoop"}


@pytest.mark.parametrize("command", ["sync_withings", "sync_toggl"])
def test_each_source_has_its_command(everything: Any, command: str) -> None:
    name = command.removeprefix("sync_").capitalize()
    out, err = call(command)
    assert err == ""
    streams = [stream.name for stream in sources[name].streams]
    assert [line.split(":")[0] for line in out.splitlines()] == [f"{name} {s}" for s in streams]
    call(command, "--days", "3")
    call(command, "--full")
    call(command, "--retry-rejected")
    kinds = list(SyncRun.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["incremental", "manual", "full", "retry"]


@pytest.mark.parametrize(
    ("command", "settings_of", "says"),
    [
        ("sync_withings", {}, "WITHINGS_CLIENT_ID"),
        ("sync_withings", {"WITHINGS_CLIENT_ID": "x"}, "WITHINGS_CLIENT_SECRET"),
        (
            "sync_withings",
            {"WITHINGS_CLIENT_ID": "x", "WITHINGS_CLIENT_SECRET": "y"},
            "withings_auth",
        ),
        ("sync_toggl", {}, "TOGGL_API_TOKEN"),
    ],
)
@pytest.mark.usefixtures("db")
def test_a_source_that_is_not_set_up_says_the_next_step(
    settings: Any, sandbox: Any, command: str, settings_of: dict[str, str], says: str
) -> None:
    use(settings, sandbox)
    for name, value in settings_of.items():
        setattr(settings, name, value)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command(command, stdout=StringIO(), stderr=err)
    assert says in err.getvalue()


def test_sync_all_with_nothing_configured(settings: Any, db: None) -> None:
    settings.WHOOP_CLIENT_ID = ""
    out = StringIO()
    with pytest.raises(CommandError, match="README"):
        call_command("sync_all", stdout=out)
    assert "Whoop: skipped, it is not configured" in out.getvalue()
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({"WHOOP_CLIENT_ID": ""}, "WHOOP_CLIENT_ID"),
        ({"WHOOP_CLIENT_ID": "x", "WHOOP_CLIENT_SECRET": ""}, "WHOOP_CLIENT_SECRET"),
        ({"WHOOP_CLIENT_ID": "x", "WHOOP_CLIENT_SECRET": "y"}, "whoop_auth"),
    ],
)
def test_sync_whoop_with_a_part_of_the_configuration(
    settings: Any, sandbox: Any, db: None, missing: dict[str, str], says: str
) -> None:
    use(settings, sandbox)
    for name, value in missing.items():
        setattr(settings, name, value)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("sync_whoop", stdout=StringIO(), stderr=err)
    assert says in err.getvalue()


def test_a_second_run_waits_for_a_dead_one_and_not_for_ever(
    whoop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = machinery.Lease.objects.acquire("sync:Whoop", timedelta(hours=1))
    assert held
    monkeypatch.setattr(machinery.sync, "__defaults__", (None, timedelta(seconds=0.2), None))
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("sync_whoop", stdout=StringIO(), stderr=err)
    assert "Another run of Whoop is at work" in err.getvalue()


# --- In a process of their own: what reaches the terminal -----------------------------------------


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"SECRET_KEY": "", "DEMO": "false"}, "SECRET_KEY"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE"),
        ({"PORT": "eighty"}, "PORT"),
        ({"HTTPS": "perhaps"}, "HTTPS"),
        ({"WHOOP_REQUESTS_PER_MINUTE": "many"}, "WHOOP_REQUESTS_PER_MINUTE"),
        ({"WHOOP_CLIENT_ID": ""}, "WHOOP_CLIENT_ID"),
        ({"WHOOP_CLIENT_ID": "x"}, "WHOOP_CLIENT_SECRET"),
        (
            {
                "WHOOP_CLIENT_ID": "x",
                "WHOOP_CLIENT_SECRET": "y",
                "WHOOP_REFRESH_TOKEN": "z",
                "WHOOP_API_URL": "http://127.0.0.1:9",
            },
            "127.0.0.1:9",
        ),
        (
            {
                "WHOOP_CLIENT_ID": "x",
                "WHOOP_CLIENT_SECRET": "y",
                "WHOOP_REFRESH_TOKEN": "z",
                "WHOOP_API_URL": "not an address",
            },
            "WHOOP_API_URL",
        ),
        ({"WHOOP_API_URL": "http://host:abc"}, "WHOOP_API_URL"),
        ({"WHOOP_API_URL": "http://host:99999"}, "WHOOP_API_URL"),
        ({"WHOOP_API_URL": "http://me:hidden@host"}, "WHOOP_API_URL"),
        ({"WHOOP_REQUESTS_PER_MINUTE": "-5"}, "WHOOP_REQUESTS_PER_MINUTE"),
        ({"TIME_ZONE": "Europe"}, "TIME_ZONE"),
        ({"PORT": "99999"}, "PORT"),
        ({"DATABASE_URL": "postgres://u:hidden@h:abc/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////no/such/folder/x.sqlite3"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:9/x"}, "DATABASE_URL"),
    ],
)
def test_wrong_configuration_is_named_without_a_traceback(
    transactional_db: None, variables: dict[str, str], says: str
) -> None:
    code, out, err = processes.command("sync_whoop", **variables)
    assert code == 1
    assert says in err
    assert "Traceback" not in out + err
    assert "hidden" not in out + err


@pytest.mark.parametrize(
    ("command", "variables", "says"),
    [
        (
            "sync_toggl",
            {
                "TOGGL_API_TOKEN": "hidden",
                "TOGGL_API_URL": "http://127.0.0.1:9",
                "TOGGL_REQUESTS_PER_MINUTE": "0",
            },
            "127.0.0.1:9",
        ),
        ("sync_toggl", {"TOGGL_API_URL": "http://me:hidden@host"}, "TOGGL_API_URL"),
        (
            "sync_withings",
            {
                "WITHINGS_CLIENT_ID": "x",
                "WITHINGS_CLIENT_SECRET": "hidden",
                "WITHINGS_REFRESH_TOKEN": "hidden",
                "WITHINGS_API_URL": "http://127.0.0.1:9",
            },
            "127.0.0.1:9",
        ),
        ("sync_withings", {"WITHINGS_ACCOUNT_URL": "nowhere"}, "WITHINGS_ACCOUNT_URL"),
        ("withings_auth", {}, "WITHINGS_CLIENT_ID"),
    ],
)
def test_no_secret_reaches_the_terminal(
    transactional_db: None, command: str, variables: dict[str, str], says: str
) -> None:
    code, out, err = processes.command(command, **variables)
    assert code == 1
    assert says in err
    assert "Traceback" not in out + err
    assert "hidden" not in out + err


def test_a_database_without_tables_is_said(tmp_path: Any) -> None:
    code, out, err = processes.command(
        "sync_whoop", DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3", WHOOP_CLIENT_ID="x"
    )
    assert code == 1
    assert "python manage.py migrate" in err
    assert "Traceback" not in out + err


def test_the_exit_status_of_a_good_run(transactional_db: None, sandbox: Any, settings: Any) -> None:
    sandbox.clock.follow()
    tokens = sandbox.whoop.issue_tokens()
    code, out, err = processes.command(
        "sync_all",
        WHOOP_API_URL=sandbox.whoop.url,
        WHOOP_CLIENT_ID=sandbox.whoop.client_id,
        WHOOP_CLIENT_SECRET=sandbox.whoop.client_secret,
        WHOOP_REFRESH_TOKEN=tokens["refresh_token"],
    )
    assert (code, err) == (0, "")
    assert "All synced: Whoop" in out
    assert OAuthCredential.objects.get().is_connected


def test_a_taken_port_is_said_by_the_sandbox() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=str(port)):
            call_command("sandbox", port=port)


def test_the_demo_does_not_touch_a_persons_database() -> None:
    with pytest.raises(CommandError, match="make demo"):
        call_command("demo")

"""The commands as a person meets them: lines, exit statuses, plain words for what is wrong."""

from __future__ import annotations

import socket
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lifetracker.models import Lease, RejectedItem, SyncRun
from lifetracker.sync import job as machinery
from lifetracker.sync.streams import sources
from lifetracker.words import title_of
from oauth_integration.models import OAuthCredential
from tests import processes
from tests.conftest import NOW, use
from whoop.models import WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep
from workouts.models import Workout


def call(*words: str, **options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_sync_whoop_says_a_line_for_each_stream(whoop: Any) -> None:
    out, err = call("sync_whoop", "--verbosity", "2")
    assert err == ""
    _, *lines = out.splitlines()
    streams = [stream.name for stream in sources["Whoop"].streams]
    assert [line.split(":")[0].strip() for line in lines] == streams
    cycles = int(SyncRun.objects.get().counts["cycle"]["created"])
    assert f"{cycles} read, {cycles} new, 0 changed" in out
    again, _ = call("sync_whoop", "--verbosity", "2")
    assert again.count("0 new, 0 changed") == len(streams)


def test_a_source_takes_one_line(whoop: Any, at: Any) -> None:
    at(NOW)
    out, err = call("sync_whoop")
    assert err == ""
    models = (WhoopCycle, WhoopSleep, WhoopRecovery, WhoopProfile, Workout)
    number = sum(model.objects.count() for model in models)
    first = min(WhoopCycle.objects.values_list("date", flat=True))
    new = SyncRun.objects.get().total("created")
    assert out == f"WHOOP: {number:,} records, {first.day} {first:%b %Y} to today ({new:,} new)\n"
    again, _ = call("sync_whoop")
    assert again == f"WHOOP: {number:,} records, {first.day} {first:%b %Y} to today\n"


def test_without_words_only_what_failed_is_said(whoop: Any, sandbox: Any) -> None:
    assert call("sync_whoop", "--verbosity", "0") == ("", "")
    assert call("sync_all", "--whoop-only", "--verbosity", "0") == ("", "")
    sandbox.faults.add(match="/v2/cycle", times=None, kind="status", status=404)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("sync_whoop", verbosity=0, stdout=StringIO(), stderr=err)
    assert "cycle" in err.getvalue()


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
    assert "All sources synced: WHOOP" in out
    sandbox.faults.add(match="/v2/cycle", times=None, kind="status", status=404)
    with pytest.raises(CommandError, match="Not synced completely: WHOOP"):
        call("sync_all")


@pytest.fixture
def everything(whoop: Any, withings: Any, toggl: Any, sandbox: Any) -> Any:
    """All services connected."""
    return sandbox


def test_sync_all_reads_every_source_and_ends_with_one_summary(everything: Any) -> None:
    out, err = call("sync_all")
    assert err == ""
    *lines, summary = out.splitlines()
    # GitHub is not set up here, and skipped.
    lines = [line for line in lines if "skipped" not in line]
    assert [line.split(":")[0] for line in lines] == ["WHOOP", "Withings", "Toggl"]
    assert summary == "All sources synced: WHOOP, Withings, Toggl"
    for line, run in zip(lines, SyncRun.objects.order_by("id"), strict=True):
        assert f"({run.total('created'):,} new" in line
    again, _ = call("sync_all")
    assert " new" not in again
    assert " changed" not in again


@pytest.mark.parametrize(
    ("source", "path"),
    [("Whoop", "/v2/"), ("Withings", "/withings/measure"), ("Toggl", "/api/v9/")],
)
def test_a_failing_source_stops_no_other(everything: Any, source: str, path: str) -> None:
    everything.faults.add(path, kind="status", status=418, times=None)
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match=f"Not synced completely: {title_of(source)}\\."):
        call_command("sync_all", stdout=out, stderr=err)
    assert "418" in err.getvalue()
    done = SyncRun.objects.filter(status="success")
    assert sorted(run.source for run in done) == sorted({"Whoop", "Withings", "Toggl"} - {source})
    assert "All sources synced" not in out.getvalue()


def test_a_fault_of_ours_in_one_source_stops_no_other(
    everything: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("whoop.services.whoop_client.WhoopAPIClient.get", broken)
    out = StringIO()
    with pytest.raises(ZeroDivisionError):
        call_command("sync_all", stdout=out)
    assert SyncRun.objects.get(source="Whoop").status == "failed"
    assert SyncRun.objects.filter(status="success").count() == 2
    assert "All sources synced" not in out.getvalue()


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
    out, err = call(command, "--verbosity", "2")
    assert err == ""
    streams = [stream.name for stream in sources[name].streams]
    first, *lines = out.splitlines()
    assert first.startswith(f"{name}: ")
    assert [line.split(":")[0].strip() for line in lines] == streams
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
    assert "WHOOP: skipped, not set up" in out.getvalue()
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
    held = Lease.objects.acquire("sync:Whoop", timedelta(hours=1))
    assert held
    monkeypatch.setitem(machinery.sync.__kwdefaults__, "patience", timedelta(seconds=0.2))
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("sync_whoop", stdout=StringIO(), stderr=err)
    assert "Another sync of WHOOP is running" in err.getvalue()


# --- In a process of their own: what reaches the terminal -----------------------------------------


@pytest.mark.one_database
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


@pytest.mark.one_database
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
    assert "All sources synced: WHOOP" in out
    assert OAuthCredential.objects.get().is_connected


@pytest.mark.parametrize("unbuffered", ["1", ""], ids=["at once", "at the end"])
def test_whoever_reads_the_output_may_have_enough(transactional_db: None, unbuffered: str) -> None:
    env = processes.environment(PYTHONUNBUFFERED=unbuffered)
    with processes.start("metrics", "--format", "csv", env=env) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


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

"""From the consent to a whole history: what is queued, what waits, and what the page says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_q.models import Schedule

from lifetracker import tasks
from lifetracker.errors import NeedsReauthorization
from lifetracker.models import PlannedSync, SyncRun, SyncState
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from oauth_integration.client import source_of
from oauth_integration.models import OAuthCredential
from tests import makers
from tests.conftest import NOW, assert_equals_upstream, store_tokens, use
from time_logs.models import TimeEntry
from weight.models import WeighIn
from whoop.services.whoop_client import WhoopAPIClient

Moving = Callable[[datetime], None]
PROVIDERS = ["whoop", "withings"]
# The pages that show how a run gets on.
PAGES = ["/", "/connections/"]


@pytest.fixture
def services(sandbox: Sandbox, settings: Any, db: None, at: Moving) -> Sandbox:
    """WHOOP and Withings set up in .env, and not connected; nothing else set up."""
    at(NOW)
    use(settings, sandbox)
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""
    for service in (sandbox.whoop, sandbox.withings):
        for name in ("client_id", "client_secret"):
            setattr(settings, f"{service.name}_{name}".upper(), getattr(service, name))
        setattr(settings, f"{service.name}_REDIRECT_URI".upper(), service.redirect_uris[0])
    return sandbox


@pytest.fixture
def robin(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def allow(address: str) -> dict[str, str]:
    """Press Allow on the consent page; what the browser comes back with."""
    form = dict(parse_qsl(urlsplit(address).query)) | {"decision": "allow"}
    answer = requests.post(address.partition("?")[0], data=form, allow_redirects=False, timeout=5)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def connect(robin: Client, provider: str = "whoop") -> str:
    """Connect in the browser; the page that it comes back to."""
    begun = robin.post(f"/oauth/{provider}/connect")
    return robin.get(f"/oauth/{provider}/callback", allow(begun["Location"]), follow=True).text


def card_of(page: str) -> str:
    """Return the card of WHOOP on the page of connections."""
    return page.partition('id="whoop"')[2].partition("</section>")[0]


def runs() -> list[tuple[str, str, str]]:
    return list(SyncRun.objects.order_by("pk").values_list("source", "kind", "status"))


# --- Consent begins the work ----------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
def test_consent_queues_the_whole_history(robin: Client, services: Any, provider: str) -> None:
    page = connect(robin, provider)
    source = source_of(provider)
    assert runs() == [(source.name, "full", "queued")]
    assert "is connected. Life Tracker reads its whole history now" in page
    assert "The whole history waits for its turn." in page
    assert tasks.execute_run(SyncRun.objects.get().pk) == "success"
    states = SyncState.objects.filter(source=source.name, stream__in=source.history_streams)
    assert states.count() == len(source.history_streams)
    assert all(state.whole_history for state in states)
    if provider == "whoop":
        assert_equals_upstream(services.whoop)
    else:
        assert WeighIn.objects.filter(measured_at__lt=NOW - timedelta(days=100)).exists()


def test_a_history_that_is_known_is_not_read_again(robin: Client, services: Any) -> None:
    connect(robin)
    tasks.execute_run(SyncRun.objects.get().pk)
    robin.post("/oauth/whoop/disconnect")
    assert "Life Tracker reads what is new there now" in connect(robin)
    assert runs()[1:] == [("Whoop", "incremental", "queued")]


def test_a_consent_that_failed_queues_nothing(robin: Client, services: Any) -> None:
    robin.post("/oauth/whoop/connect")
    answer = robin.get("/oauth/whoop/callback", {"error": "access_denied"}, follow=True)
    assert "WHOOP is connected" not in answer.text
    assert runs() == []


def test_consent_by_the_api_queues_it_too(robin: Client, services: Any) -> None:
    begun = robin.get("/api/whoop/auth/authorize-url").json()
    given = allow(begun["authorize_url"])
    sent = {"code": given["code"], "state": given["state"]}
    answer = robin.post("/api/whoop/auth/exchange-code", sent, content_type="application/json")
    assert (answer.status_code, answer.json()["connected"]) == (200, True)
    assert runs() == [("Whoop", "full", "queued")]


def consent_at_the_terminal() -> str:
    out = StringIO()
    address = WhoopAPIClient().get_authorization_url("a-state-of-16-chars")
    call_command("whoop_auth", code=allow(address)["code"], stdout=out)
    return out.getvalue()


def test_consent_at_the_terminal_says_the_next_step(services: Any) -> None:
    Schedule.objects.filter(name=tasks.MINUTES_TASK).delete()
    tasks.plan_schedules()
    assert "sync_whoop --full reads your whole history" in consent_at_the_terminal()
    assert runs() == []


def test_consent_at_the_terminal_wakes_a_worker_that_is_there(services: Any) -> None:
    tasks.plan_schedules()
    Schedule.objects.filter(name=tasks.MINUTES_TASK).update(next_run=NOW + timedelta(seconds=20))
    assert "Your worker reads your whole history now" in consent_at_the_terminal()
    assert runs() == [("Whoop", "full", "queued")]


def test_a_worker_that_is_gone_does_not_count(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Schedule.objects.filter(name=tasks.MINUTES_TASK).delete()
    tasks.plan_schedules()
    assert not tasks.has_worker(), "no worker has looked yet"
    task = Schedule.objects.filter(name=tasks.MINUTES_TASK)
    task.update(next_run=timezone.now() + timedelta(seconds=50))
    assert tasks.has_worker()
    task.update(next_run=timezone.now() - timedelta(minutes=2))
    assert not tasks.has_worker()


# --- What waits for consent is no failure ---------------------------------------------------------


def lapse() -> None:
    """The service has withdrawn the consent, and this program knows."""
    OAuthCredential.objects.update(needs_reauthorization=True)


@pytest.fixture(params=["never given", "withdrawn"])
def without_consent(request: pytest.FixtureRequest, services: Any) -> str:
    PlannedSync.objects.all().delete()
    Schedule.objects.all().delete()
    if request.param == "withdrawn":
        for service in (services.whoop, services.withings):
            store_tokens(service, service.issue_tokens())
        lapse()
    return str(request.param)


def test_no_run_is_made_of_what_waits_for_consent(without_consent: str) -> None:
    tasks.on_worker_start()
    for name in ("Whoop", "Withings"):
        tasks.start_sync(name)
        with pytest.raises(NeedsReauthorization, match="press Connect"):
            tasks.enqueue(sources[name], SyncRequest())
        makers.delivery(source=name, delivery_id=name)
    tasks.resume_stalled_runs()
    assert runs() == []


def test_every_way_to_ask_says_what_is_missing(robin: Client, without_consent: str) -> None:
    for path in ("refresh", "refresh/today", "sync/incremental", "sync/full?days=90"):
        answer = robin.generic("POST", f"/api/whoop/{path}")
        assert answer.status_code == 409
        assert "press Connect" in answer.json()["detail"]
    assert "press Connect" in robin.post("/sync/whoop", follow=True).text
    assert robin.get("/api/whoop/sync/status").json()["status"] == "never"
    assert robin.get("/api/health").json()["last_success"] == {}
    page = robin.get("/connections/").text
    assert ">failed</span>" not in page
    assert "note error" not in page
    assert f">{'not connected' if without_consent == 'never given' else 'needs you'}</span>" in page
    assert runs() == []


def test_its_own_command_says_what_is_missing_and_fails(without_consent: str) -> None:
    err = StringIO()
    with pytest.raises(CommandError, match="WHOOP was not synced"):
        call_command("sync_whoop", stderr=err)
    assert "press Connect" in err.getvalue()
    assert runs() == []


def test_sync_all_passes_over_what_was_never_connected(services: Any, settings: Any) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="No source is connected yet"):
        call_command("sync_all", stdout=out)
    settings.TOGGL_API_TOKEN = services.toggl.api_token
    call_command("sync_all", stdout=out)
    assert "WHOOP: skipped, waiting for your consent. WHOOP is not connected yet." in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "All sources synced: Toggl"


def test_sync_all_fails_where_a_consent_has_ended(services: Any, settings: Any) -> None:
    """A script that runs it every day must hear of that."""
    settings.WITHINGS_CLIENT_ID = ""
    store_tokens(services.whoop, services.whoop.issue_tokens())
    lapse()
    with pytest.raises(CommandError, match="Not synced completely: WHOOP"):
        call_command("sync_all", stdout=StringIO(), stderr=StringIO())


def test_what_was_asked_for_before_a_consent_ended_waits_for_the_next(
    robin: Client, services: Any, at: Moving
) -> None:
    store_tokens(services.whoop, services.whoop.issue_tokens())
    run = tasks.enqueue(sources["Whoop"], SyncRequest(SyncRun.Kind.MANUAL, 3))
    robin.post("/oauth/whoop/disconnect")
    assert tasks.execute_run(run.pk) == "waits for consent"
    card = card_of(robin.get("/connections/").text)
    assert "It waits for your consent." in card
    assert "failed" not in card.lower()
    assert "qcluster" not in card
    connect(robin)
    assert runs() == [("Whoop", "manual", "queued"), ("Whoop", "full", "queued")]
    assert tasks.execute_run(run.pk) == "success"


# --- Sources with a token -------------------------------------------------------------------------


@pytest.fixture
def tokens(services: Sandbox, settings: Any) -> Sandbox:
    PlannedSync.objects.all().delete()
    Schedule.objects.all().delete()
    settings.WHOOP_CLIENT_ID = settings.WITHINGS_CLIENT_ID = ""
    settings.TOGGL_API_TOKEN = services.toggl.api_token
    settings.GITHUB_ACCESS_TOKEN = services.github.token
    return services


def test_a_worker_begins_with_the_whole_history(tokens: Any) -> None:
    """GitHub's repositories are always read whole: again from the beginning would be twice."""
    tasks.on_worker_start()
    assert sorted(runs()) == [("GitHub", "incremental", "queued"), ("Toggl", "full", "queued")]


def test_an_hours_quota_only_makes_it_wait(tokens: Any, settings: Any, at: Moving) -> None:
    settings.GITHUB_ACCESS_TOKEN = ""
    tokens.toggl.quota.configure(user=30, organization=4, window=3600.0)
    tasks.on_worker_start()
    run = SyncRun.objects.get()
    assert tasks.execute_run(run.pk) == "queued"
    run.refresh_from_db()
    assert run.resume_at is not None
    assert NOW + timedelta(minutes=55) < run.resume_at < NOW + timedelta(minutes=65)
    tasks.start_sync("Toggl")
    assert SyncRun.objects.count() == 1, "what waits reads what is new as well"
    tokens.toggl.quota.configure(user=30, organization=30, window=3600.0)
    at(run.resume_at)
    assert tasks.execute_run(run.pk) == "success"
    upstream = {str(entry["id"]) for entry in tokens.toggl.entries()}
    assert set(TimeEntry.objects.live().values_list("source_id", flat=True)) == upstream


def test_a_history_that_was_interrupted_goes_on_with_the_schedule(tokens: Any) -> None:
    state = {"source": "Toggl", "stream": "entry", "verified_to": NOW}
    back_to = NOW - timedelta(days=90)
    assert sources["Toggl"].history_streams == ["entry"]
    SyncState.objects.create(verified_from=back_to, full_from=back_to, **state)
    tasks.start_sync("Toggl")
    assert runs() == [("Toggl", "full", "queued")]
    SyncRun.objects.all().delete()
    SyncState.objects.update(full_from=None)
    tasks.start_sync("Toggl")
    assert runs() == [("Toggl", "incremental", "queued")], "only a part was asked for"


# --- Sync now -------------------------------------------------------------------------------------


def test_sync_now_can_read_the_whole_history(robin: Client, services: Any) -> None:
    store_tokens(services.whoop, services.whoop.issue_tokens())
    SyncState.objects.create(
        source="Whoop", stream="sleep", verified_from=NOW - timedelta(days=30), verified_to=NOW
    )
    assert "Read the whole history" in robin.get("/connections/").text
    page = robin.post("/sync/whoop", {"history": "whole"}, follow=True).text
    assert "WHOOP: a sync of the whole history has been queued." in page
    assert runs() == [("Whoop", "full", "queued")]
    tasks.execute_run(SyncRun.objects.get().pk)
    assert "Read all again" in robin.get("/connections/").text
    assert "WHOOP: a sync has been queued." in robin.post("/sync/whoop", follow=True).text
    assert runs()[1:] == [("Whoop", "incremental", "queued")]


# --- The page shows it as it comes ----------------------------------------------------------------


def test_the_page_tells_how_far_a_history_was_read(robin: Client, services: Any) -> None:
    store_tokens(services.whoop, services.whoop.issue_tokens())
    run = tasks.enqueue(sources["Whoop"], SyncRequest.from_options(full=True))
    counts = {"cycle": {"seen": 1204}, "sleep": {"seen": 0}, "profile": {"seen": 1}}
    SyncRun.objects.filter(pk=run.pk).update(status="running", counts=counts)
    back_to = NOW - timedelta(days=500)
    SyncState.objects.create(
        source="Whoop", stream="cycle", verified_from=back_to, verified_to=NOW, full_from=back_to
    )
    card = card_of(robin.get("/connections/").text)
    assert '<p class="cap">Cycles: 1,204, back to May 2025.</p>' in card
    assert '<p class="cap">Sleeps: 0.</p>' in card
    for path in PAGES:
        assert '<meta http-equiv="refresh" content="15">' in robin.get(path).text
        assert "refresh" not in robin.get(f"{path}?still=yes").text.partition("</head>")[0]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_which_nothing_moves_does_not_renew_itself(
    robin: Client, services: Any, path: str
) -> None:
    assert "http-equiv" not in robin.get(path).text
    store_tokens(services.whoop, services.whoop.issue_tokens())
    run = tasks.enqueue(sources["Whoop"], SyncRequest())
    assert "http-equiv" in robin.get(path).text
    SyncRun.objects.filter(pk=run.pk).update(resume_at=NOW + timedelta(hours=1))
    assert "http-equiv" not in robin.get(path).text, "it waits for a limit"
    SyncRun.objects.filter(pk=run.pk).update(resume_at=None, started_at=NOW - timedelta(hours=1))
    assert "http-equiv" not in robin.get(path).text, "no worker takes it up"
    SyncRun.objects.update(status="success", finished_at=NOW)
    assert "http-equiv" not in robin.get(path).text

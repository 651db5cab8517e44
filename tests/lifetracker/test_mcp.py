"""AI clients at the door: who comes in, in which revision of the protocol, and what is written down."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_mcpz.server import SUPPORTED_PROTOCOL_VERSIONS
from mcp import Client as ReferenceClient
from mcp.client import session as reference_session
from mcp.client.streamable_http import streamable_http_client

from lifetracker.accounts import housekeeping as chores
from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.models import Event
from lifetracker.domains import domains
from lifetracker.models import ApiToken, SyncRun
from lifetracker.models.tokens import Scope
from lifetracker.tools.door import server
from tests import databases, makers
from tests.browser import scenes
from tests.lifetracker.mcp_calls import (
    HANDSHAKE,
    JSON,
    NEWEST,
    REVISIONS,
    ask,
    bearer,
    call,
    message,
    outcome,
    refusal,
)

pytestmark = pytest.mark.django_db

READING = {
    "list_metrics",
    "metric_series",
    "day",
    "records",
    "compare",
    "goals",
    "insights",
    "review",
    "coverage",
    "explain",
}
WRITING = {"add_note", "start_sync"}
SEPTEMBER = {
    "first_start": "2026-09-01",
    "first_end": "2026-09-07",
    "second_start": "2026-09-08",
    "second_end": "2026-09-16",
}
#: With what each tool is called here.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "list_metrics": {},
    "metric_series": {"keys": ["weight.kg", "time.hours"]},
    "day": {"date": "2026-09-16"},
    "records": {"key": "time.hours", "date": "2026-09-16"},
    "compare": {"keys": ["time.hours"], **SEPTEMBER},
    "goals": {},
    "insights": {},
    "review": {"period": "2026-W37"},
    "coverage": {},
    "explain": {"key": "weight.trend", "date": "2026-09-16"},
    "add_note": {"text": "A quiet day."},
    "start_sync": {"source": "WHOOP"},
}


@pytest.fixture
def life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: scenes.NOW)
    databases.once(scenes.everything)


# --- The reference client -------------------------------------------------------------------------

Visit = Callable[[ReferenceClient], Awaitable[Any]]


def visit(url: str, secret: str, mode: str, what: Visit) -> Any:
    """Do something with the official SDK's client, over HTTP."""

    async def visiting() -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            ReferenceClient(
                streamable_http_client(f"{url}/mcp", http_client=http), mode=mode
            ) as client,
        ):
            return await what(client)

    return asyncio.run(visiting())


async def everything_of(client: ReferenceClient) -> dict[str, Any]:
    tools = (await client.list_tools()).tools
    answers = {}
    for tool in tools:
        result = await client.call_tool(tool.name, ARGUMENTS[tool.name])
        text: Any = result.content[0]
        assert not result.is_error, text.text
        answers[tool.name] = json.loads(text.text)
    return answers


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE])
@pytest.mark.parametrize("revision", REVISIONS)
def test_the_reference_client_calls_every_tool(
    live_server: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, revision: str, scope: Scope
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: scenes.NOW)
    scenes.everything()
    robin = makers.robin()
    robin.is_staff = True
    robin.save()
    secret = makers.api_token("assistant", scope=scope).secret
    # The newest revision with a handshake is what it offers; an older client offers an older one.
    monkeypatch.setattr(reference_session, "LATEST_HANDSHAKE_VERSION", revision)
    mode = NEWEST if revision == NEWEST else "legacy"
    answers = visit(live_server.url, secret, mode, everything_of)
    expected = READING | WRITING if scope == Scope.WRITE else READING
    assert set(answers) == expected
    assert answers["metric_series"]["metrics"]["weight.kg"]["unit"] == "kg"
    assert SyncRun.objects.filter(status="queued").exists() == (scope == Scope.WRITE)
    used = list(Event.objects.filter(kind="tool used").values_list("detail", flat=True))
    assert len(used) == len(expected)


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", [NEWEST, "legacy"])
def test_a_token_of_the_page_works_until_it_is_revoked_in_the_midst_of_a_session(
    live_server: Any, mode: str
) -> None:
    owner = Client()
    owner.force_login(makers.robin())
    made = {"name": "my assistant", "rights": "read", "days": "30"}
    page = owner.post("/settings/tokens/", made).text
    (secret,) = set(re.findall(r"lt_[\w-]{30,}", page))

    async def until_revoked(client: ReferenceClient) -> str:
        before = await client.call_tool("coverage", {})
        assert not before.is_error
        await sync_to_async(ApiToken.objects.all().revoke)()
        with pytest.raises(Exception) as refused:  # noqa: PT011 - whichever the SDK takes
            await client.call_tool("coverage", {})
        return str(refused.value)

    assert visit(live_server.url, secret, mode, until_revoked)
    used = Event.objects.filter(kind="tool used").values_list("detail", flat=True)
    assert len(used) == 1
    assert used[0].startswith("coverage by my assistant (lt_")
    # What a client of another make would see.
    body, own = message(NEWEST, "tools/call", {"name": "coverage", "arguments": {}})
    headers = own | {"Authorization": f"Bearer {secret}", "Content-Type": JSON}
    answer = httpx2.post(f"{live_server.url}/mcp", content=json.dumps(body), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "revoked" in answer.json()["detail"]


# --- Revisions ------------------------------------------------------------------------------------


def test_the_revisions_are_those_of_the_package() -> None:
    assert set(server.supported_versions) == set(REVISIONS)
    assert SUPPORTED_PROTOCOL_VERSIONS == [NEWEST]


@pytest.mark.parametrize("revision", HANDSHAKE)
def test_a_handshake(revision: str) -> None:
    params = {
        "protocolVersion": revision,
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    headers = bearer()
    result = ask("initialize", params, headers=headers, revision=revision).json()["result"]
    assert result["protocolVersion"] == revision
    assert result["capabilities"] == {"tools": {}}
    assert result["serverInfo"]["name"] == "life-tracker"
    assert "never zero" in result["instructions"]
    assert ask("ping", headers=headers, revision=revision).json()["result"] == {}
    body, own = message(revision, "notifications/initialized", {})
    del body["id"]
    answer = Client().post("/mcp", json.dumps(body), JSON, headers=own | headers)
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_revision_lists_and_calls(life: None, revision: str) -> None:
    headers = bearer()
    listed = ask("tools/list", headers=headers, revision=revision).json()["result"]["tools"]
    assert {one["name"] for one in listed} == READING | WRITING
    for one in listed:
        assert one["inputSchema"]["type"] == "object"
        assert one["inputSchema"]["additionalProperties"] is False
        assert one["annotations"]["readOnlyHint"] == (one["name"] in READING)
        assert len(one["description"]) > 80
    assert call("day", headers, revision, date="2026-09-16")["is_today"]
    wrong = outcome("day", headers, revision, date="soon")
    assert wrong["isError"]


def test_the_newest_revision_wants_its_headers(life: None) -> None:
    assert ask("server/discover", headers=bearer()).json()["result"]["supportedVersions"]
    body, own = message(NEWEST, "tools/list", {})
    del own["Mcp-Method"]
    wrong = Client().post("/mcp", json.dumps(body), JSON, headers=own | bearer("other"))
    assert wrong.status_code == 400
    unknown = ask("tools/list", headers=bearer("third") | {"MCP-Protocol-Version": "2024-11-05"})
    assert unknown.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b'"x"', b"[" * 50_000, b'{"jsonrpc":"2.0"}', b"\xff\xfe"),
        b'{"jsonrpc":"2.0","id":1,"method":"nothing","params":{}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nothing"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"day","arguments":[1]}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}}',
    ],
)
def test_what_is_no_message_is_an_error_and_no_crash(body: bytes) -> None:
    answer = Client().post("/mcp", body, JSON, headers=bearer())
    assert answer.status_code in {200, 400}, answer.content
    assert "error" in answer.json()


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
def test_who_sends_too_much_is_told_so(live_server: Any) -> None:
    headers = bearer() | {"Content-Type": JSON}
    answer = httpx2.post(
        f"{live_server.url}/mcp", content=b" " * 10_000_000, headers=headers, timeout=60
    )
    assert answer.status_code == 413
    assert "too long" in answer.json()["error"]["message"]


# --- Who comes in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "Bearer lt_wrong", "Bearer", "Basic x", "Bearer \xff"])
def test_without_a_token_nobody(header: str) -> None:
    answer = ask("tools/list", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "token" in answer.json()["detail"].lower()


def test_a_login_is_no_token(person: Client) -> None:
    assert ask("tools/list", headers={}, client=person).status_code == 401


def test_expired_and_revoked_tokens() -> None:
    headers = bearer()
    ApiToken.objects.all().revoke()
    assert "revoked" in ask("tools/list", headers=headers).json()["detail"]


def test_a_token_for_files_stays_outside() -> None:
    answer = ask("tools/list", headers=bearer(scope=Scope.IMPORT))
    assert answer.status_code == 403
    assert "only send files" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_only_post(client: Client, method: str) -> None:
    answer = client.generic(method, "/mcp", headers=bearer())
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/json"


def test_other_pages_may_not(life: None) -> None:
    assert (
        ask("tools/list", headers=bearer() | {"Origin": "https://evil.example"}).status_code == 403
    )


def test_the_switch(settings: Any) -> None:
    settings.MCP = False
    answer = ask("tools/list", headers=bearer())
    assert answer.status_code == 404
    assert "MCP=true" in answer.json()["detail"]


def test_it_counts_with_the_other_requests_of_the_token(settings: Any, client: Client) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    cache.clear()
    headers = bearer()
    assert client.get("/api/weight", headers=headers).status_code == 200
    assert ask("tools/list", headers=headers).status_code == 200
    refused = ask("tools/list", headers=headers)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert client.get("/api/weight", headers=headers).status_code == 429


# --- What a token may -----------------------------------------------------------------------------


def test_a_token_for_reading_has_no_tool_that_writes(life: None) -> None:
    headers = bearer(scope=Scope.READ)
    listed = ask("tools/list", headers=headers).json()["result"]["tools"]
    assert {one["name"] for one in listed} == READING
    for tool in WRITING:
        params = {"name": tool, "arguments": ARGUMENTS[tool]}
        for revision in REVISIONS:
            answer = ask("tools/call", params, headers=headers, revision=revision).json()
            assert f"This token may only read, and {tool} writes." in answer["error"]["message"]
            assert answer["id"] == 1
    refused = Event.objects.filter(kind="tool used", detail__endswith=": refused")
    assert refused.count() == len(WRITING) * len(REVISIONS)
    params = {"name": "nothing", "arguments": {}}
    answer = ask("tools/call", params, headers=headers).json()
    assert "Unknown tool" in answer["error"]["message"]
    assert not SyncRun.objects.filter(status="queued").exists()


@pytest.mark.parametrize("domain", sorted(domains()))
def test_a_token_for_a_domain_sees_only_that(life: None, domain: str) -> None:
    headers = bearer(domains=[domain])
    title = domains()[domain]
    answer = call("list_metrics", headers)
    assert answer["limited_to"] == title
    assert {one["domain"] for one in answer["metrics"]} <= {title}
    assert {one["domain"] for one in call("day", headers, date="2026-09-16")["numbers"]} <= {title}
    names = {one["name"] for one in ask("tools/list", headers=headers).json()["result"]["tools"]}
    assert ("goals" in names, "add_note" in names) == (domain == "goals", domain == "journal")
    for key, owner in (
        ("weight.kg", "weight"),
        ("time.hours", "time_logs"),
        ("whoop.hrv", "whoop"),
    ):
        if owner == domain:
            assert call("explain", headers, key=key, date="2026-09-15")["value"]
        else:
            for tool in ("explain", "records"):
                refused = refusal(tool, headers, key=key, date="2026-09-16")
                assert f"beyond what this token may see, which is {title}" in refused
            assert "beyond" in refusal("metric_series", headers, keys=[key])
            assert "beyond" in refusal("compare", headers, keys=[key], **SEPTEMBER)
    if domain != "whoop":
        assert "no service" in refusal("start_sync", headers, source="WHOOP")
    sources = {one["source"] for one in call("coverage", headers)["sources"]}
    own = {
        "whoop": "WHOOP",
        "weight": "Withings",
        "time_logs": "Toggl",
        "github_projects": "GitHub",
    }
    assert sources <= {own.get(domain, "")}


def test_a_tool_of_another_domain_says_what_the_token_may_see(life: None) -> None:
    params = {"name": "goals", "arguments": {}}
    answer = ask("tools/call", params, headers=bearer(domains=["weight"])).json()
    said = "goals belongs to Goals, and this token may see only Weight."
    assert said in answer["error"]["message"]


def test_who_is_no_staff_starts_no_sync(life: None) -> None:
    robin = makers.robin()
    robin.is_staff = robin.is_superuser = False
    robin.save()
    assert "staff rights" in refusal("start_sync", bearer(), source="WHOOP")
    assert not SyncRun.objects.filter(status="queued").exists()


# --- What is written down -------------------------------------------------------------------------


def test_the_log_of_events_has_tool_token_and_rows_and_no_value(
    life: None, caplog: pytest.LogCaptureFixture
) -> None:
    headers = bearer("my assistant")
    with caplog.at_level(logging.INFO):
        call("add_note", headers, text="Something private about knees.")
        call("metric_series", headers, keys=["weight.kg"], start_date="2026-09-10")
        refusal("day", headers, date="knees")
    details = list(
        Event.objects.filter(kind="tool used").order_by("pk").values_list("detail", "by")
    )
    assert [one.partition(" by ")[0] for one, _ in details] == ["add_note", "metric_series", "day"]
    assert [one.rpartition(": ")[2] for one, _ in details] == ["1 row", "7 rows", "refused"]
    assert all("my assistant (lt_" in one and by == "robin" for one, by in details)
    written = caplog.text + str(list(Event.objects.values()))
    for private in ("knees", "weight.kg", "72.2"):
        assert private not in written
    secret = headers["Authorization"].removeprefix("Bearer ")
    assert secret not in written


def test_calls_of_tools_do_not_fill_the_log_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "MOST_OF_MANY", 3)
    for number in range(5):
        record(Kind.TOOL_USED, "robin", f"day {number}")
        record(Kind.TOKEN_MADE, "robin", f"token {number}")
    old = Event.objects.filter(kind="tool used").latest("pk")
    Event.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=91))
    chores.forget_events(timezone.now())
    kept = Event.objects.filter(kind="tool used").values_list("detail", flat=True)
    assert sorted(kept) == ["day 2", "day 3"]
    assert Event.objects.filter(kind="token made").count() == 5


# --- The page -------------------------------------------------------------------------------------


def test_the_page_of_tokens_has_the_address(person: Client, settings: Any) -> None:
    page = person.get("/settings/tokens/").text
    assert ">http://testserver/mcp</code>" in page
    assert "claude mcp add --transport http life-tracker http://testserver/mcp --header" in page
    settings.PUBLIC_URL = "https://tracker.example/life"
    assert ">https://tracker.example/life/mcp</code>" in person.get("/settings/tokens/").text
    settings.MCP = False
    page = person.get("/settings/tokens/").text
    assert "AI clients are switched off" in page
    assert "claude mcp add" not in page


# --- What is exempt from the locks ----------------------------------------------------------------

# It has no cookies: a token in each request says who calls, and no page can make a browser send one.
EXEMPT = "mcp"
# What programs of AI clients send to before they have a token: a code, a refresh token or a name is all that counts. The
# page on which a person allows it asks for the CSRF token.
OF_OAUTH = {"token", "register", "revoke"}
# Pages that receive large files check it themselves, once they have said where these are put.
CHECKED_LATER = "-import"


def views(patterns: Any = None) -> list[tuple[str, Any]]:
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            found += views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            found.append((pattern.name or str(pattern.pattern), pattern.callback))
    return found


def test_what_asks_for_no_csrf_token_is_named(person: Client) -> None:
    """Beside the API, whose views ask for it themselves, and what services push, which is signed."""
    exempt = {
        name
        for name, view in views()
        if getattr(view, "csrf_exempt", False) and not hasattr(view, "cls") and name != "webhook"
    }
    later = {name for name in exempt if name.endswith(CHECKED_LATER)}
    assert exempt - later == {EXEMPT, *OF_OAUTH}
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = person.cookies
    for name in later:
        assert strict.post(reverse(name), {}).status_code == 403, name


def test_what_asks_for_no_login_is_known() -> None:
    """What else is open says so in `test_who_may`, which asks every address without a login."""
    server_view = dict(views())[EXEMPT]
    assert server_view.login_required is False
    assert ask("tools/list", headers={}).status_code == 401

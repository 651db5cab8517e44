"""Access of AI clients by OAuth: the whole way over real HTTP, and every way in which it is refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection
from django.test import Client as Anyone
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_mcpz.oauth.models import AccessToken, AuthorizationCode, Client, RefreshToken
from mcp import Client as ReferenceClient
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

from ai_access.consent_page import ORIGIN
from ai_access.endpoints import MOST_UNUSED
from ai_access.housekeeping import forget_accesses
from ai_access.models import Consent, name_of
from lifetracker.accounts import freshness
from lifetracker.accounts.models import Event
from lifetracker.models import ApiToken
from tests.ai_access.flow import CALLBACK, PASSWORD, Browser, Program, close, told
from tests.lifetracker.mcp_calls import ask, bearer

pytestmark = pytest.mark.django_db(transaction=True)

WRITING = {"add_note", "start_sync"}
OPEN = (
    "/.well-known/oauth-authorization-server/ai-access",
    "/.well-known/oauth-protected-resource/mcp",
)
#: What a program sends to, without a login and without a CSRF token.
ENDPOINTS = ("/ai-access/token", "/ai-access/register", "/ai-access/revoke")


@pytest.fixture(autouse=True)
def on(settings: Any) -> Iterator[None]:
    assert settings.MCP_OAUTH is False, "it is off unless it is switched on"
    settings.MCP_OAUTH = True
    cache.clear()
    User.objects.create_user("robin", password=PASSWORD, is_staff=True)
    yield
    close()


@pytest.fixture
def program(live_server: Any) -> Program:
    return Program(live_server.url)


@pytest.fixture
def browser(live_server: Any) -> Browser:
    return Browser(live_server.url)


def connect(program: Program, browser: Browser, **chosen: Any) -> dict[str, Any]:
    code = told(browser.press(program.address(), **chosen))["code"]
    answer = program.exchange(code)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens | {"code": code}


# --- The whole way --------------------------------------------------------------------------------


class Memory:
    """Where the reference client keeps what it got."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


def test_the_reference_client_is_let_in(live_server: Any, browser: Browser) -> None:
    memory, answers = Memory(), []

    async def lead(address: str) -> None:
        path = address.removeprefix(live_server.url)
        answers.append(told(await asyncio.to_thread(browser.press, path)))

    async def came_back() -> AuthorizationCodeResult:
        told_it = answers[-1]
        return AuthorizationCodeResult.model_validate(told_it)

    async def visit() -> set[str]:
        described = OAuthClientMetadata.model_validate(
            {"client_name": "Reference", "redirect_uris": [CALLBACK]}
        )
        auth = OAuthClientProvider(f"{live_server.url}/mcp", described, memory, lead, came_back)
        async with (
            httpx2.AsyncClient(auth=auth, timeout=60) as http,
            ReferenceClient(
                streamable_http_client(f"{live_server.url}/mcp", http_client=http), mode="legacy"
            ) as client,
        ):
            return {tool.name for tool in (await client.list_tools()).tools}

    tools = asyncio.run(visit())
    assert "day" in tools
    assert not tools & WRITING
    assert len(answers) == 1
    assert memory.tokens
    assert memory.tokens.scope == "read"
    token = ApiToken.objects.get()
    assert str(token) == "Reference (this computer) (OAuth)"
    assert token.last_used_at
    made = Event.objects.get(kind="token made")
    assert (made.account, made.by, made.detail) == ("robin", "robin", f"{token}: read only")


def test_the_page_says_who_asks(live_server: Any, browser: Browser) -> None:
    program = Program(live_server.url, "<b>Bank</b>", "https://evil.example/back")
    page = browser.http.get(program.address())
    assert "&lt;b&gt;Bank&lt;/b&gt;" in page.text
    assert "evil.example" in page.text
    policy = page.headers["Content-Security-Policy"]
    directives = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    assert directives["frame-ancestors"] == "'none'"
    assert directives["default-src"] == "'none'"
    assert "https://evil.example" in directives["form-action"].split()
    assert "no-store" in page.headers["Cache-Control"]
    others = browser.http.get("/settings/tokens/").headers["Content-Security-Policy"]
    assert "evil.example" not in others


def test_what_could_begin_another_directive_is_no_origin() -> None:
    assert ORIGIN.match("https://a.example:8443/x")[0] == "https://a.example:8443"  # type: ignore[index]
    found = ORIGIN.match("https://a.example;script-src *")
    assert found
    assert ";" not in found[0]
    assert ORIGIN.match("https://;script-src") is None


def test_reading_cannot_write_and_writing_can(program: Program, browser: Browser) -> None:
    reads = connect(program, browser, rights="read")["access_token"]
    assert not program.tools(reads) & WRITING
    params = {"name": "add_note", "arguments": {"text": "no"}}
    refused = program.ask("tools/call", reads, **params).json()
    assert "error" in refused or refused["result"]["isError"]
    writes = connect(program, browser, rights="write")["access_token"]
    assert program.tools(writes) >= WRITING
    assert not program.ask("tools/call", writes, **params).json()["result"]["isError"]


def test_a_limit_to_domains_holds(program: Program, browser: Browser) -> None:
    limited = connect(program, browser, domains=["weight"])["access_token"]
    params = {"name": "list_metrics", "arguments": {}}
    found = program.ask("tools/call", limited, **params).json()["result"]["content"][0]["text"]
    assert "weight.kg" in found
    assert "time.hours" not in found
    assert ApiToken.objects.get().domains == ["weight"]


def test_the_rights_for_files_cannot_be_given(program: Program, browser: Browser) -> None:
    page = browser.press(program.address(), rights="import")
    assert page.status_code == 200
    assert "Select a valid choice" in page.text
    assert not AuthorizationCode.objects.exists()
    assert not ApiToken.objects.exists()


def test_deny_tells_the_client(program: Program, browser: Browser) -> None:
    answer = told(browser.press(program.address(), "deny"))
    assert (answer["error"], answer["state"]) == ("access_denied", "a state")
    assert not ApiToken.objects.exists()


def test_it_opens_nothing_but_this_door(program: Program, browser: Browser) -> None:
    tokens = connect(program, browser, rights="write")
    for token in (tokens["access_token"], tokens["refresh_token"]):
        shown = {"Authorization": f"Bearer {token}"}
        assert program.http.get("/api/weight", headers=shown).status_code == 401
    assert program.ask("tools/list", tokens["refresh_token"]).status_code == 401


# --- Who is asked ---------------------------------------------------------------------------------


def test_the_login_comes_first(live_server: Any, program: Program) -> None:
    answer = httpx2.get(f"{live_server.url}{program.address()}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/?next=/ai-access/authorize")


def test_a_login_of_a_while_ago_is_confirmed(
    program: Program, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "LASTS", 0)
    for answer in (
        browser.http.get(program.address()),
        browser.post(program.address(), {"decision": "allow", "rights": "read"}),
    ):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/confirm/?next=")
    assert not AuthorizationCode.objects.exists()


def test_no_other_site_can_press_allow(program: Program) -> None:
    strict = Anyone(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    data = {"decision": "allow", "rights": "write"}
    assert strict.post(program.address(), data).status_code == 403
    assert not AuthorizationCode.objects.exists()


# --- Bad requests ---------------------------------------------------------------------------------


def test_a_wrong_redirect_address_is_not_followed(program: Program, browser: Browser) -> None:
    for wrong in ("https://evil.example/back", "http://127.0.0.1:8123/other", "javascript:1"):
        page = browser.http.get(program.address(redirect_uri=wrong))
        assert page.status_code == 400
        assert "Unregistered redirect_uri" in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"resource": "https://elsewhere.example/mcp"},
        {"resource": None},
        {"response_type": "token"},
    ],
)
def test_a_request_that_is_not_safe(
    program: Program, browser: Browser, changes: dict[str, str | None]
) -> None:
    answer = told(browser.http.get(program.address(**changes)))
    assert answer["error"]
    assert "code" not in answer


def test_a_code_needs_its_verifier_and_its_client(
    live_server: Any, program: Program, browser: Browser
) -> None:
    code = told(browser.press(program.address()))["code"]
    assert program.exchange(code, code_verifier="x" * 50).json()["error"] == "invalid_grant"
    assert Program(live_server.url).exchange(code).json()["error"] == "invalid_grant"
    wrong = program.exchange(code, redirect_uri="https://evil.example/back")
    assert wrong.json()["error"] == "invalid_grant"
    assert program.exchange(code).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 10_000,
        b"not json",
        b"\xff",
        b'{"client_name": "a\\u0000b", "redirect_uris": ["https://a.example/"]}',
        b'{"client_name": "\\ud800", "redirect_uris": ["https://a.example/"]}',
        b'{"redirect_uris": ["javascript:alert(1)"]}',
        b'{"redirect_uris": ["http://a.example/"]}',
        b'{"client_name": "' + b"a" * 20_000 + b'", "redirect_uris": ["https://a.example/"]}',
        b"[]",
        b"",
    ],
)
def test_a_registration_that_cannot_be_kept(body: bytes) -> None:
    answer = Anyone().post("/ai-access/register", body, "application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not Client.objects.exists()


@pytest.mark.parametrize("path", ["/ai-access/token", "/ai-access/revoke"])
def test_a_nul_is_refused(path: str) -> None:
    answer = Anyone().post(path, {"client_id": "a\0b", "grant_type": "refresh_token"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


# --- What ends it ---------------------------------------------------------------------------------


def is_in(program: Program, tokens: dict[str, Any]) -> bool:
    return program.ask("tools/list", tokens["access_token"]).status_code == 200


def test_a_code_that_is_shown_twice_ends_all(program: Program, browser: Browser) -> None:
    tokens = connect(program, browser)
    assert is_in(program, tokens)
    assert program.exchange(tokens["code"]).json()["error"] == "invalid_grant"
    assert not is_in(program, tokens)
    assert program.refresh(tokens["refresh_token"]).status_code == 400
    assert ApiToken.objects.get().revoked_at
    assert Event.objects.filter(kind="token revoked").count() == 1


def test_a_refresh_token_works_once_and_twice_ends_all(program: Program, browser: Browser) -> None:
    first = connect(program, browser, rights="write", domains=["journal"])
    second = program.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == "read write"
    assert is_in(program, second)
    assert program.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert not is_in(program, second)
    assert not is_in(program, first)
    assert program.refresh(second["refresh_token"]).status_code == 400
    assert ApiToken.objects.get().revoked_at


def test_it_is_revoked_beside_the_tokens(program: Program, browser: Browser) -> None:
    tokens = connect(program, browser)
    waiting = told(browser.press(program.address()))["code"]
    page = browser.http.get("/settings/tokens/").text
    assert "Helper (this computer)</bdi>" in page
    assert "Helper (this computer) 2" in page
    for token in ApiToken.objects.all():
        browser.post(reverse("token-revoke", args=[token.pk]), {})
    answer = program.ask("tools/list", tokens["access_token"])
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert program.refresh(tokens["refresh_token"]).status_code == 400
    assert program.exchange(waiting).status_code == 400
    assert Event.objects.filter(kind="token revoked").count() == 2


def test_a_token_that_is_deleted_or_has_expired_ends_it(program: Program, browser: Browser) -> None:
    for end in (
        lambda token: token.delete(),
        lambda token: ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now()),
    ):
        tokens = connect(program, browser)
        end(ApiToken.objects.latest("pk"))
        assert not is_in(program, tokens)
        assert program.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_inactive_person_lets_nobody_in(program: Program, browser: Browser) -> None:
    tokens = connect(program, browser)
    User.objects.update(is_active=False)
    assert not is_in(program, tokens)
    assert program.refresh(tokens["refresh_token"]).status_code == 400


def test_a_client_can_revoke_its_own(live_server: Any, program: Program, browser: Browser) -> None:
    tokens = connect(program, browser)
    other = Program(live_server.url)
    for client in (other, program):
        data = {"client_id": client.client_id, "token": tokens["refresh_token"]}
        assert client.http.post("/ai-access/revoke", data=data).status_code == 200
        assert is_in(program, tokens) == (client is other)
    assert ApiToken.objects.get().revoked_at


def test_an_access_lasts_an_hour(program: Program, browser: Browser) -> None:
    tokens = connect(program, browser)
    assert tokens["expires_in"] == 3600
    AccessToken.objects.update(expires_at=timezone.now())
    assert not is_in(program, tokens)
    assert is_in(program, program.refresh(tokens["refresh_token"]).json())


# --- Off, and bounds ------------------------------------------------------------------------------


@pytest.mark.parametrize("switch", ["MCP", "MCP_OAUTH"])
def test_nothing_answers_while_it_is_off(
    program: Program, browser: Browser, settings: Any, switch: str
) -> None:
    tokens = connect(program, browser)
    setattr(settings, switch, False)
    for path in OPEN:
        assert program.http.get(path).status_code == 404
    for path in ENDPOINTS:
        assert program.http.post(path).status_code == 404
    assert program.http.get(program.address()).status_code == 404
    assert browser.http.get(program.address()).status_code == 404
    assert not is_in(program, tokens)
    if switch == "MCP_OAUTH":
        assert program.ask("tools/list", "").headers["WWW-Authenticate"] == "Bearer"
        assert program.ask("tools/list", "mcp_x").headers["WWW-Authenticate"] == "Bearer"


def test_it_costs_an_api_token_no_statement(settings: Any) -> None:
    headers, costs = bearer(), []
    ask("tools/list", headers=headers)
    for is_on in (False, True):
        settings.MCP_OAUTH = is_on
        with CaptureQueriesContext(connection) as queries:
            assert ask("tools/list", headers=headers).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_what_is_open_without_a_login_is_named() -> None:
    client = Anyone(enforce_csrf_checks=True)
    for path in OPEN:
        assert client.get(path).status_code == 200
    for path in ENDPOINTS:
        assert client.post(path).status_code in {400, 401}
        assert client.get(path).status_code == 405
    challenge = ask("tools/list", headers={}).headers["WWW-Authenticate"]
    assert challenge.endswith('/.well-known/oauth-protected-resource/mcp"')


def test_registrations_are_bounded() -> None:
    described = {"client_name": "x", "redirect_uris": ["https://a.example/"]}
    codes = [
        Anyone().post("/ai-access/register", described, "application/json").status_code
        for _ in range(12)
    ]
    assert codes == [201] * 10 + [429] * 2
    kept = [
        Client(client_id=f"{number}", kind="registered", redirect_uris=[])
        for number in range(MOST_UNUSED)
    ]
    Client.objects.bulk_create(kept)
    cache.clear()
    assert Anyone().post("/ai-access/register", described, "application/json").status_code == 201
    assert Client.objects.count() == MOST_UNUSED


def test_codes_cannot_be_tried_through(program: Program) -> None:
    answers = [program.exchange(f"{number}") for number in range(61)]
    assert {one.status_code for one in answers[:60]} == {400}
    assert answers[60].status_code == 429
    assert int(answers[60].headers["Retry-After"]) > 0


def test_a_page_that_is_asked_for_too_often_says_so(program: Program, browser: Browser) -> None:
    pages = [browser.http.get(program.address()) for _ in range(31)]
    assert pages[29].status_code == 200
    assert pages[30].status_code == 429
    assert "Too many requests" in pages[30].text


def test_calls_are_throttled_as_those_of_a_token(
    program: Program, browser: Browser, settings: Any
) -> None:
    tokens = connect(program, browser)
    settings.API_REQUESTS_PER_MINUTE = 2
    codes = [program.ask("tools/list", tokens["access_token"]).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_no_secret_is_logged(
    program: Program, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = connect(program, browser)
    program.refresh(tokens["refresh_token"])
    is_in(program, tokens)
    secrets = [tokens[name] for name in ("code", "access_token", "refresh_token")]
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("http")]
    stored = [*ours, *Event.objects.values_list("detail", flat=True)]
    assert stored
    assert not [one for one in stored for secret in secrets if secret in one]


# --- Housekeeping and checks ----------------------------------------------------------------------


def test_what_has_expired_is_deleted(program: Program, browser: Browser) -> None:
    tokens = connect(program, browser)
    told(browser.press(program.address()))
    forget_accesses(timezone.now())
    assert is_in(program, tokens)
    assert ApiToken.objects.filter(revoked_at=None).count() == 2
    past = timezone.now() - timedelta(minutes=1)
    AuthorizationCode.objects.update(expires_at=past)
    forget_accesses(timezone.now())
    # The code that nobody came for.
    assert ApiToken.objects.filter(revoked_at=None).count() == 1
    assert is_in(program, tokens)
    RefreshToken.objects.update(expires_at=past)
    AccessToken.objects.update(expires_at=past)
    Client.objects.update(
        created_at=past - timedelta(days=91), last_used_at=past - timedelta(days=91)
    )
    forget_accesses(timezone.now())
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    for model in (AccessToken, RefreshToken, AuthorizationCode, Consent, Client):
        assert not model._default_manager.exists(), model


def test_a_deployment_needs_https_and_a_name_of_its_own(settings: Any) -> None:
    def found() -> set[str]:
        every = run_checks(tags=["security"], include_deployment_checks=True)
        return {str(one.id) for one in every} & {"lifetracker.E053", "lifetracker.E054"}

    settings.HTTPS, settings.PATH_PREFIX = False, "/tracker"
    assert found() == {"lifetracker.E053", "lifetracker.E054"}
    settings.MCP_OAUTH = False
    assert not found()
    settings.MCP_OAUTH, settings.HTTPS, settings.PATH_PREFIX = True, True, ""
    assert not found()


def test_a_name_leaves_the_host_whole() -> None:
    assert name_of("Claude", "claude.ai") == "Claude (claude.ai)"
    assert name_of("\u202ea\n b" + "x" * 200, "claude.ai").endswith("x (claude.ai)")
    assert name_of("", "claude.ai") == "AI client (claude.ai)"
    long = name_of("x" * 200, "a." * 100 + "example.org")
    assert long.endswith("example.org)")
    assert len(f"{long} 999") <= 60

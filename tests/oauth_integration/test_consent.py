"""Consent, by the command and by the web page, against the sandbox's own consent page."""

from __future__ import annotations

import re
import socket
import threading
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from oauth_integration.models import OAuthCredential
from tests.conftest import NOW, run, use
from tests.processes import free_ports
from whoop.services.whoop_client import WhoopAPIClient


@pytest.fixture
def service(sandbox: Any, settings: Any, db: None) -> Any:
    """WHOOP's stand-in, configured by the environment and not connected."""
    use(settings, sandbox)
    settings.WHOOP_CLIENT_ID = sandbox.whoop.client_id
    settings.WHOOP_CLIENT_SECRET = sandbox.whoop.client_secret
    settings.WHOOP_REDIRECT_URI = f"http://localhost:{free_ports(1)[0]}/oauth/whoop/callback"
    sandbox.whoop.redirect_uris.append(settings.WHOOP_REDIRECT_URI)
    return sandbox.whoop


def decide(address: str, decision: str = "allow") -> str:
    """What the person does in the browser; where the service sends the browser then."""
    page = requests.get(address, timeout=5)
    assert "Allow" in page.text
    form = dict(parse_qsl(urlsplit(address).query)) | {"decision": decision}
    answer = requests.post(address.partition("?")[0], data=form, allow_redirects=False, timeout=5)
    return answer.headers["Location"]


def paste(monkeypatch: pytest.MonkeyPatch, out: StringIO, change: Any) -> None:
    """Answer the command's question with `change(address printed before)`."""

    def answer(_question: str) -> str:
        found = re.search(r"https?://\S+", out.getvalue())
        assert found
        return str(change(found.group()))

    monkeypatch.setattr("builtins.input", answer)


def test_pasted_redirect(service: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    paste(monkeypatch, out, decide)
    call_command("whoop_auth", no_browser=True, stdout=out)
    assert "sync_whoop" in out.getvalue()
    assert OAuthCredential.objects.get().is_connected
    at(NOW)
    assert run().status == "success"


def test_pasted_code(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    paste(monkeypatch, out, lambda url: dict(parse_qsl(urlsplit(decide(url)).query))["code"])
    call_command("whoop_auth", no_browser=True, stdout=out)
    assert OAuthCredential.objects.get().is_connected


def test_code_as_an_option(service: Any) -> None:
    address = WhoopAPIClient().get_authorization_url("a-state-of-16-chars")
    code = dict(parse_qsl(urlsplit(decide(address)).query))["code"]
    call_command("whoop_auth", code=code, stdout=StringIO())
    assert OAuthCredential.objects.get().is_connected


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda url: decide(url, "deny"), "did not give your consent"),
        (lambda url: decide(url).replace("state=", "state=x"), "not begun here"),
        (lambda url: decide(url).replace("state=", "state=x").split("://")[1], "not begun here"),
        (lambda _url: "", "Nothing was pasted"),
        (lambda _url: "no-such-code", "invalid_grant"),
        (lambda _url: "http://localhost/callback?error=oops", "not begun here"),
    ],
)
def test_what_goes_wrong_at_the_prompt(
    service: Any, monkeypatch: pytest.MonkeyPatch, change: Any, says: str
) -> None:
    out = StringIO()
    paste(monkeypatch, out, change)
    with pytest.raises(CommandError, match=says):
        call_command("whoop_auth", no_browser=True, stdout=out)
    assert not OAuthCredential.objects.filter(access_token__gt="").exists()


def test_the_browser_comes_back_by_itself(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser is played by a thread; the listener, the consent page and the redirect are real."""
    pages: list[tuple[int, str]] = []

    def browser(address: str) -> bool:
        def visit() -> None:
            back = decide(address)
            forged = re.sub(r"state=[^&]+", "state=forged-forged-forged", back)
            for url in (urlsplit(back)._replace(path="/favicon.ico").geturl(), forged, back):
                answer = requests.get(url, timeout=5)
                pages.append((answer.status_code, answer.text))

        threading.Thread(target=visit).start()
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    call_command("whoop_auth", stdout=StringIO())
    assert OAuthCredential.objects.get().is_connected
    assert wait_for_three(pages) == [404, 400, 200]
    assert "close this window" in pages[2][1]


def wait_for_three(pages: list[tuple[int, str]]) -> list[int]:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(5)
    return [status for status, _ in pages]


def test_a_refusal_in_the_browser_ends_the_command(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def browser(address: str) -> bool:
        back = decide(address, "deny")
        threading.Thread(target=lambda: requests.get(back, timeout=5)).start()
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    with pytest.raises(CommandError, match="did not give your consent"):
        call_command("whoop_auth", stdout=StringIO())


def test_a_port_in_use_and_a_foreign_redirect_are_said(service: Any, settings: Any) -> None:
    port = urlsplit(settings.WHOOP_REDIRECT_URI).port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(CommandError, match=f"Port {port}.*--no-browser"):
            call_command("whoop_auth", stdout=StringIO())
    settings.WHOOP_REDIRECT_URI = "https://tracker.example/oauth/whoop/callback"
    with pytest.raises(CommandError, match="--no-browser"):
        call_command("whoop_auth", stdout=StringIO())


def test_an_empty_code_is_no_code(service: Any) -> None:
    with pytest.raises(CommandError, match="Nothing was pasted"):
        call_command("whoop_auth", code="")


@pytest.mark.parametrize("port", ["99999", "abc"])
def test_a_redirect_uri_with_an_odd_port_is_said(service: Any, settings: Any, port: str) -> None:
    settings.WHOOP_REDIRECT_URI = f"http://localhost:{port}/x"
    with pytest.raises(CommandError, match="port"):
        call_command("whoop_auth", stdout=StringIO())


def test_an_unconfigured_service_is_said(settings: Any, db: None) -> None:
    settings.WHOOP_CLIENT_ID = ""
    with pytest.raises(CommandError, match="WHOOP_CLIENT_ID"):
        call_command("whoop_auth", no_browser=True)


# --- In the browser -------------------------------------------------------------------------------


@pytest.fixture
def person(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_user("person", is_staff=True))
    return client


def messages_of(response: Any) -> str:
    return " ".join(str(m) for m in response.wsgi_request._messages)


def test_connect_and_disconnect_on_the_page(service: Any, at: Any, person: Client) -> None:
    begun = person.post("/oauth/whoop/connect")
    assert begun.status_code == 302
    back = decide(begun["Location"])
    done = person.get("/oauth/whoop/callback", dict(parse_qsl(urlsplit(back).query)))
    assert done["Location"] == "/connections/#whoop"
    assert OAuthCredential.objects.get().is_connected
    at(NOW)
    assert run().status == "success"

    ended = person.post("/oauth/whoop/disconnect")
    assert ended["Location"] == "/connections/#whoop"
    assert not OAuthCredential.objects.get().is_connected


def test_a_state_is_good_once_and_for_its_own_session(service: Any, person: Client) -> None:
    begun = person.post("/oauth/whoop/connect")
    query = dict(parse_qsl(urlsplit(decide(begun["Location"])).query))

    person.get("/oauth/whoop/callback", {**query, "state": "x" * 32})
    assert not OAuthCredential.objects.filter(access_token__gt="").exists()
    answer = person.get("/oauth/whoop/callback", query)
    assert "not begun here" in messages_of(answer), "the wrong answer has spent the state"
    assert not OAuthCredential.objects.filter(access_token__gt="").exists()


def test_each_consent_has_a_state_of_its_own() -> None:
    states = {WhoopAPIClient.new_state() for _ in range(50)}
    assert len(states) == 50
    assert min(map(len, states)) >= 16


@pytest.mark.parametrize("path", ["connect", "callback", "disconnect"])
def test_nobody_connects_without_a_login(client: Client, db: None, path: str) -> None:
    for method in (client.get, client.post):
        assert method(f"/oauth/whoop/{path}").status_code in {302, 405}
    assert client.post("/oauth/whoop/connect")["Location"].startswith("/login/")


def test_connecting_changes_something_and_so_needs_a_post(person: Client) -> None:
    assert person.get("/oauth/whoop/connect").status_code == 405
    assert person.get("/oauth/whoop/disconnect").status_code == 405


def test_unknown_service(person: Client) -> None:
    assert person.post("/oauth/strava/connect").status_code == 404


def test_an_unconfigured_service_is_said_on_the_page(person: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = ""
    assert "WHOOP_CLIENT_ID" in messages_of(person.post("/oauth/whoop/connect"))


# --- From the environment into the database -------------------------------------------------------


def test_migrate_oauth_to_db(service: Any, at: Any, settings: Any) -> None:
    settings.WHOOP_REFRESH_TOKEN = service.issue_tokens()["refresh_token"]
    out = StringIO()
    call_command("migrate_oauth_to_db", stdout=out)
    assert "can leave the environment" in out.getvalue()
    settings.WHOOP_CLIENT_ID = settings.WHOOP_CLIENT_SECRET = settings.WHOOP_REFRESH_TOKEN = ""
    at(NOW)
    assert run().status == "success"
    token = OAuthCredential.objects.get().refresh_token
    call_command("migrate_oauth_to_db", stdout=out)
    assert OAuthCredential.objects.get().refresh_token == token, "what is there stays"


def test_migrate_oauth_to_db_completes_a_row_without_tokens(service: Any, settings: Any) -> None:
    OAuthCredential.objects.create(provider="whoop", client_id=service.client_id)
    settings.WHOOP_REFRESH_TOKEN = service.issue_tokens()["refresh_token"]
    call_command("migrate_oauth_to_db", stdout=StringIO())
    assert OAuthCredential.objects.get().refresh_token == settings.WHOOP_REFRESH_TOKEN


def test_migrate_oauth_to_db_with_a_part_only(settings: Any, db: None) -> None:
    out, err = StringIO(), StringIO()
    settings.WHOOP_CLIENT_ID = ""
    call_command("migrate_oauth_to_db", stdout=out)
    assert "nothing to move" in out.getvalue()
    settings.WHOOP_CLIENT_ID, settings.WHOOP_CLIENT_SECRET = "an-id", ""
    with pytest.raises(CommandError, match="whoop"):
        call_command("migrate_oauth_to_db", stdout=out, stderr=err)
    assert "WHOOP_CLIENT_SECRET" in err.getvalue()

"""The steps to the first connection: what a source declares, and what the page adds by itself."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.sync.streams import sources
from lifetracker.web.connections.setup import setup_steps
from lifetracker.web.source_status import one_source_status
from oauth_integration.models import OAuthCredential
from tests.scratch.somna.source import SOURCE as SOMNA
from whoop.services.whoop_client import WhoopAPIClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_set_up(settings: Any) -> None:
    for name in ("WHOOP", "WITHINGS"):
        for what in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
            setattr(settings, f"{name}_{what}", "")
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def steps_of(html: str, slug: str) -> str:
    found = re.search(rf'<section[^>]*id="{slug}-steps".*?</section>', html, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def test_whoop(visitor: Client, settings: Any) -> None:
    settings.WHOOP_REDIRECT_URI = "https://life.example/oauth/whoop/callback"
    html = visitor.get("/connections/").text
    said = steps_of(html, "whoop")
    assert 'href="https://developer-dashboard.whoop.com"' in html
    assert "https://life.example/oauth/whoop/callback" in said
    assert "without https" not in said
    assert "WHOOP_CLIENT_ID= WHOOP_CLIENT_SECRET=" in said
    assert ".env , or into the variables on the settings page of your platform" in said
    assert "WHOOP asks you for offline , read:cycles" in said
    assert "?provider=whoop" in html
    assert 'href="#whoop-steps"' in html


def test_the_address_is_the_one_that_the_consent_names(visitor: Client, settings: Any) -> None:
    """Also where it is stored with the connection, which the environment then does not decide."""
    stored = "https://stored.example/oauth/whoop/callback"
    OAuthCredential.objects.create(
        provider="whoop", client_id="an-id", client_secret="a-secret", redirect_uri=stored
    )
    settings.WHOOP_REDIRECT_URI = "https://other.example/oauth/whoop/callback"
    html = visitor.get("/connections/").text
    consent = visitor.post("/oauth/whoop/connect")["Location"]
    assert parse_qs(urlsplit(consent).query)["redirect_uri"] == [stored]
    assert stored in steps_of(html, "whoop")
    assert "other.example" not in html
    assert "a-secret" not in html


def test_an_address_without_https_has_a_remark(visitor: Client, settings: Any) -> None:
    settings.WITHINGS_REDIRECT_URI = "http://localhost:5001/oauth/withings/callback"
    said = steps_of(visitor.get("/connections/").text, "withings")
    assert "If Withings refuses an address without https" in said
    assert "set WITHINGS_REDIRECT_URI" in said
    assert "Withings asks you for user.metrics and nothing else." in said


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("toggl", ("API token at the bottom", "TOGGL_API_TOKEN=", "or choose Read now")),
        ("github", ("Contents", "Email addresses", "GITHUB_ACCESS_TOKEN=", "or choose Read now")),
    ],
)
def test_sources_with_a_token(visitor: Client, slug: str, words: tuple[str, ...]) -> None:
    said = steps_of(visitor.get("/connections/").text, slug)
    for one in words:
        assert one in said
    assert "redirect" not in said
    assert "nothing else" not in said


def test_they_go_once_it_is_connected(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "x" * 20
    OAuthCredential.objects.create(provider="whoop", client_id="an-id", refresh_token="r")
    OAuthCredential.objects.create(
        provider="withings", client_id="an-id", refresh_token="r", needs_reauthorization=True
    )
    html = visitor.get("/connections/").text
    assert not any(steps_of(html, slug) for slug in ("whoop", "toggl", "withings"))
    assert steps_of(html, "github")


def test_what_is_set_up_and_not_connected_keeps_them(visitor: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = "an-id"
    html = visitor.get("/connections/").text
    assert steps_of(html, "whoop")
    assert "Connect<span" in html


def test_the_scopes_of_the_dashboard_are_those_of_the_consent() -> None:
    """`offline` is none of the dashboard's: it asks for a refresh token."""
    said = " ".join(step.text for step in one_source_status(sources["Whoop"]).steps)
    assert set(re.findall(r"`(.+?)`", said)) == {*WhoopAPIClient.scopes} - {"offline"}


def test_every_source_has_numbered_steps() -> None:
    for source in sources.values():
        steps = setup_steps(one_source_status(source))
        assert 3 <= len(steps) <= 6, source.name
        assert steps[0].url.startswith("https://")
    assert SOMNA.steps


def test_a_copy_button_waits_for_the_script(visitor: Client) -> None:
    html = visitor.get("/connections/").text
    buttons = re.findall(r"<button[^>]*data-copy=\"([\w-]+)\"[^>]*>", html)
    assert len(buttons) == 6
    assert html.count(" hidden>Copy") == len(buttons)
    assert all(f'<code id="{name}"' in html for name in buttons)


def test_others_are_not_led_to_the_admin(visitor: Client) -> None:
    User.objects.update(is_staff=False)
    html = visitor.get("/connections/").text
    assert steps_of(html, "whoop")
    assert "oauthcredential" not in html

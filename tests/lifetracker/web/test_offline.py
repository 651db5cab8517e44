"""The page for who is offline, and the worker that keeps it."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.test.utils import override_script_prefix

from lifetracker.web import offline

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def held(client: Client) -> dict[str, object]:
    script = client.get("/service-worker.js").text
    found: dict[str, object] = json.loads(script.partition("self.held = ")[2].partition(";\n")[0])
    return found


def test_the_page_is_the_same_for_everybody(client: Client, person: Client) -> None:
    answer = person.get("/offline")
    assert answer.status_code == 200
    assert answer.text == client.get("/offline").text
    assert "You are offline" in answer.text
    assert "<script" not in answer.text
    assert answer.cookies == {}


def test_what_the_page_needs_is_kept_with_it(client: Client) -> None:
    needed = re.findall(
        r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', client.get("/offline").text
    )
    assert sorted(held(client)["files"]) == sorted(needed)  # type: ignore[call-overload]  # a list of texts
    assert held(client)["page"] == "/offline"


def test_the_version_follows_the_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = held(client)["version"]
    assert before == held(client)["version"]
    monkeypatch.setattr(offline, "page", lambda: "another")
    assert held(client)["version"] != before


def test_the_worker_may_ask_us_alone(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript"
    policy = answer["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "script-src 'self'" in policy


def test_below_a_path_it_answers_for_that_path(client: Client) -> None:
    with override_script_prefix("/tracker/"):
        assert held(client)["page"] == "/tracker/offline"

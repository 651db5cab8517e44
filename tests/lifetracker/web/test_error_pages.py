"""What a page says of an error: what happened, the way back, and the id that the log has of the request."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from tests import makers

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

WAY_BACK = re.compile(r'<a class="button primary" href="([^"]+)">([^<]+)</a>')


@pytest.mark.parametrize(
    ("path", "status", "title", "back"),
    [
        ("/nothing", 404, "Page not found", ("/", "Go to the home page")),
        ("/sync/whoop", 405, "This page cannot be opened directly", ("/", "Go to the home page")),
        ("/login/?next=%00", 400, "Invalid request", ("/", "Go to the home page")),
        ("/?day=2026-02-30", 400, "No such day", ("/", "Go to today")),
        ("/whoop/2999-01-01", 404, "No such day", ("/whoop/", "Go to WHOOP")),
        ("/whoop/2026-02-30", 404, "No such day", ("/whoop/", "Go to WHOOP")),
    ],
)
def test_it_says_what_happened_and_leads_back(
    person: Client, path: str, status: int, title: str, back: tuple[str, str]
) -> None:
    answer = person.get(path)
    assert answer.status_code == status
    assert f"Error {status}" in answer.text
    assert f'<h1 id="error">{title}</h1>' in answer.text
    assert WAY_BACK.findall(answer.text) == [back]
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.text


def test_a_form_that_has_expired_leads_back_to_its_page(person: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = person.cookies
    page = "http://testserver/fasting/new"
    answer = strict.post("/fasting/start", headers={"referer": page, "accept": "text/html"})
    assert (answer.status_code, "This form has expired" in answer.text) == (403, True)
    assert WAY_BACK.findall(answer.text) == [("/fasting/new", "Go back to the page")]


@pytest.mark.parametrize("given", ['"><script>x</script>', "short", "x" * 81])
def test_an_id_that_is_none_is_not_taken_over(client: Client, given: str) -> None:
    answer = client.get("/nothing", headers={"X-Request-ID": given})
    assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])
    assert given not in answer.text


def broken(*args: Any) -> Any:
    raise OperationalError("the database is away")


@pytest.mark.parametrize("path", ["/", "/nothing", "/login/", "/fasting/", "/whoop/2026-09-16"])
def test_without_a_database_there_is_a_page(person: Client, path: str) -> None:
    person.raise_request_exception = False
    with connection.execute_wrapper(broken):
        answer = person.get(path)
    assert (answer.status_code, "The database is not available" in answer.text) == (503, True)
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.text
    assert 'aria-label="Pages"' not in answer.text


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (OperationalError, 503, "could not use its database"),
        (InterfaceError, 503, "could not use its database"),
        (RuntimeError, 500, "An error occurred in Life Tracker"),
    ],
)
def test_programs_get_the_id_too(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int, detail: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    client = Client(headers={"Authorization": f"Bearer {makers.api_token().secret}"})
    client.raise_request_exception = False
    monkeypatch.setattr("rest_framework.views.APIView.initial", fail)
    answer = client.get("/api/weight")
    assert answer.status_code == status
    assert detail in answer.json()["detail"]
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_what_was_refused_says_why(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> Any:
        raise PermissionDenied("Only <staff> may do this.")

    monkeypatch.setattr("fasting.views.RangeView.get", refuse)
    answer = person.get("/fasting/")
    assert answer.status_code == 403
    assert "Only &lt;staff&gt; may do this." in answer.text

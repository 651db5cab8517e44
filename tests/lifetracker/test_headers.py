"""What every answer tells the browser to forbid, and how cookies travel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from lifetracker.web.middleware import answer_head_without_body

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PASSWORD = "correct horse battery"
PAGES = [
    "/",
    "/settings/tokens/",
    "/login/",
    "/nothing",
    "/sync/nobody",
    "/api/weight",
    "/api/health",
]
ADMIN = ["/admin/", "/admin/auth/user/", "/admin/nothing"]


@pytest.fixture
def root(client: Client, quick_passwords: None) -> Client:
    client.force_login(User.objects.create_superuser("robin", password=PASSWORD))
    return client


@pytest.fixture
def https(settings: Any) -> None:
    """As in production behind a proxy."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.TRUSTED_PROXIES = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def policy(answer: Any) -> dict[str, list[str]]:
    directives = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {words[0]: words[1:] for words in directives}


@pytest.mark.parametrize("path", PAGES)
def test_our_own_pages_load_our_own_files_and_nothing_inline(root: Client, path: str) -> None:
    found = policy(root.get(path))
    assert found["default-src"] == found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    assert found["style-src"] == found["img-src"] == ["'self'"]
    assert found["script-src"] == found["manifest-src"] == found["worker-src"] == ["'self'"]
    assert not re.search(r"unsafe|\*(?!\.)|data:|http:(?!//127)", str(found))


@pytest.mark.parametrize("path", ADMIN)
def test_only_the_admin_may_more(root: Client, path: str) -> None:
    found = policy(root.get(path))
    assert "'unsafe-eval'" in found["script-src"]
    assert found["default-src"] == found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    assert found["form-action"] == ["'self'"]


def test_forms_may_lead_to_the_consent_pages(root: Client) -> None:
    ends = policy(root.get("/"))["form-action"]
    assert {"'self'", "https://*.whoop.com", "https://account.withings.com"} <= set(ends)
    assert all(end == "'self'" or end.startswith("https://") for end in ends)


@pytest.mark.parametrize("path", [*PAGES, *ADMIN])
def test_the_other_headers(root: Client, path: str) -> None:
    answer = root.get(path)
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_fault_has_the_headers_too(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("lifetracker.web.today.source_statuses", broken)
    root.raise_request_exception = False
    answer = root.get("/")
    assert answer.status_code == 500
    assert policy(answer)["default-src"] == ["'none'"]
    assert answer["X-Frame-Options"] == "DENY"


def test_https_alone(https: None) -> None:
    client = Client()
    assert client.get("/api/weight").url == "https://testserver/api/weight"
    answer = client.get("/api/health", headers={"X-Forwarded-Proto": "https"})
    assert answer.status_code == 200
    hsts = answer["Strict-Transport-Security"]
    assert hsts == "max-age=31536000"


def test_names_below_and_the_browsers_lists_are_the_owners_choice(
    https: None, settings: Any
) -> None:
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    answer = Client().get("/api/health", secure=True)
    hsts = answer["Strict-Transport-Security"]
    assert hsts == "max-age=31536000; includeSubDomains; preload"


def test_cookies_are_for_https_and_for_us(root: Client, https: None) -> None:
    client = Client()
    login = client.get("/login/", secure=True)
    csrf = login.cookies["csrftoken"]
    assert (csrf["secure"], csrf["samesite"]) == (True, "Lax")
    form = {"username": "robin", "password": PASSWORD}
    session = client.post("/login/", form, secure=True).cookies["sessionid"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")


def test_what_holds_a_token_is_kept_nowhere(person: Client) -> None:
    answer = person.post("/settings/tokens/", {"name": "a", "rights": "read", "days": ""})
    assert "no-store" in answer["Cache-Control"]
    assert "lt_" not in str(answer.cookies) + str(answer.headers)


def test_head_has_the_headers_of_get_and_no_body(rf: RequestFactory) -> None:
    closed = []

    def rows() -> Iterator[bytes]:
        try:
            yield b"a row"
        finally:
            closed.append(True)

    def download(_: HttpRequest) -> StreamingHttpResponse:
        made = rows()
        next(made)
        return StreamingHttpResponse(made)

    def page(_: HttpRequest) -> HttpResponse:
        return HttpResponse(b"A page", headers={"Content-Length": "6"})

    assert answer_head_without_body(page)(rf.get("/")).content == b"A page"
    answer: Any = answer_head_without_body(page)(rf.head("/"))
    assert (answer.content, answer["Content-Length"]) == (b"", "6")
    streamed: Any = answer_head_without_body(download)(rf.head("/"))
    assert list(streamed) == []
    streamed.close()
    assert closed, "what it holds is let go"
    order = list(settings.MIDDLEWARE)
    ours = "lifetracker.web.middleware.answer_head_without_body"
    assert order.index(ours) < order.index("django.middleware.gzip.GZipMiddleware")

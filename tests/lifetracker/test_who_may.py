"""The doors: what is closed without a login, and what no login opens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.db.models import F
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from rest_framework.views import APIView

from lifetracker.accounts.addresses import client_address
from lifetracker.environment import Environment, origins
from tests import makers
from tests.addresses import addresses, for_programs

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE")
# Open to everybody, each for its reason: who logs in is not logged in, monitors have no account, and browsers ask for
# the manifest, and what they show while they are offline, without the session.
OPEN = (
    "/login/",
    "/login/passkey/options",
    "/admin/login/",
    "/api/health",
    "/manifest.webmanifest",
    "/offline",
    "/service-worker.js",
)
# Services cannot log in: what they send is known by its signature.
SIGNED = "/webhooks/"
PASSWORD = "correct horse battery"


# --- Closed unless it is opened -------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("address", sorted(set(addresses())))
def test_nothing_answers_without_a_login(client: Client, address: str) -> None:
    if address in OPEN or address.startswith(SIGNED):
        pytest.skip("open")
    for method in METHODS:
        answer = client.generic(method, address)
        if answer.status_code == 302:
            assert answer.url.startswith(("/login/?next=", "/admin/login/?next=")), method
        else:
            assert answer.status_code in {401, 403, 404, 405}, method
        if for_programs(address) and answer.status_code == 401:
            assert answer["WWW-Authenticate"] == "Bearer"
            assert method == "HEAD" or "API token" in answer.json()["detail"]


def test_the_walk_finds_what_there_is() -> None:
    every = set(addresses())
    assert set(OPEN) <= every
    assert {"/", "/settings/tokens/", "/api/github/project/1", "/admin/auth/user/add/"} <= every
    assert len(every) > 100


def forgetful_page(request: Any) -> HttpResponse:
    return HttpResponse("a secret")


class ForgetfulEndpoint(APIView):
    def get(self, request: Any) -> Any:
        raise AssertionError


urlpatterns = [
    path("login/", forgetful_page, name="login"),
    path("page", forgetful_page),
    path("api/endpoint", ForgetfulEndpoint.as_view()),
]


@pytest.mark.urls(__name__)
def test_a_view_that_forgets_to_ask_is_closed_too(client: Client) -> None:
    assert client.get("/page").url == "/login/?next=/page"
    assert client.get("/api/endpoint").status_code == 401


def test_sessions_need_a_csrf_token_and_tokens_do_not() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("robin"))
    weighed = {"measured_at": "2026-09-16T07:00", "weight_kg": 70}
    refused = strict.post("/api/weight", weighed, content_type="application/json")
    assert (refused.status_code, list(refused.json())) == (403, ["detail"])
    page = strict.get("/settings/tokens/")
    token = page.context["csrf_token"]
    accepted = strict.post(
        "/api/weight", weighed, content_type="application/json", headers={"X-CSRFToken": str(token)}
    )
    assert accepted.status_code == 201
    script = Client(enforce_csrf_checks=True)
    bearer = {"Authorization": f"Bearer {makers.api_token().secret}"}
    later = weighed | {"measured_at": "2026-09-17T07:00"}
    assert (
        script.post("/api/weight", later, content_type="application/json", headers=bearer)
    ).status_code == 201


# --- Other origins --------------------------------------------------------------------------------

NOTES = "https://notes.example.com"


@pytest.fixture
def notes(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [NOTES]


def preflight(client: Client, address: str, origin: str) -> Any:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    return client.options(address, headers=asked)


def test_a_named_origin_may_call_the_api_with_a_token(client: Client, notes: None) -> None:
    answer = preflight(client, "/api/weight", NOTES)
    assert answer["Access-Control-Allow-Origin"] == NOTES
    assert "authorization" in answer["Access-Control-Allow-Headers"]
    bearer = {"Authorization": f"Bearer {makers.api_token().secret}", "Origin": NOTES}
    answer = client.get("/api/weight", headers=bearer)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, NOTES)
    # Without this, a browser neither sends cookies along nor lets the page read the answer.
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("/api/weight", "https://evil.example.com"),
        ("/api/weight", "http://notes.example.com"),
        ("/api/weight", "null"),
        ("/settings/tokens/", NOTES),
        ("/login/", NOTES),
        ("/admin/", NOTES),
    ],
)
def test_nobody_else_may(client: Client, notes: None, address: str, origin: str) -> None:
    for answer in (
        preflight(client, address, origin),
        client.get(address, headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in answer


def test_without_the_setting_no_origin_may(client: Client) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, "/api/weight", NOTES)


@pytest.mark.parametrize("wrong", ["notes.example.com", "https://a.example/path", "*", "ftp://a.b"])
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("CORS_ORIGINS", f"https://fine.example, {wrong}")
    with pytest.raises(Exception, match="CORS_ORIGINS has an invalid value"):
        Environment().read_list("CORS_ORIGINS", origins)


def test_origins_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example/, http://localhost:3000")
    read = Environment().read_list("CORS_ORIGINS", origins)
    assert read == ["https://a.example", "http://localhost:3000"]


# --- How much -------------------------------------------------------------------------------------


@pytest.fixture
def three(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    cache.clear()


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {makers.api_token(name).secret}"}


def statuses(client: Client, count: int, **options: Any) -> list[int]:
    return [client.get("/api/weight", **options).status_code for _ in range(count)]


def test_each_token_and_each_person_has_so_many_requests(client: Client, three: None) -> None:
    one, other = bearer("one"), bearer("other")
    assert statuses(client, 4, headers=one) == [200, 200, 200, 429]
    answer = client.get("/api/whoop/sleep", headers=one)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "throttled" in answer.json()["detail"]
    assert statuses(client, 1, headers=other) == [200]
    client.force_login(User.objects.get())
    assert statuses(client, 4) == [200, 200, 200, 429]
    assert statuses(client, 1, headers=other) == [200]


def test_health_always_answers(client: Client, three: None) -> None:
    assert {client.get("/api/health").status_code for _ in range(10)} == {200}


def test_strangers_use_up_nobodys_requests(client: Client, three: None) -> None:
    assert statuses(client, 10) == [401] * 10
    assert statuses(client, 1, headers=bearer("one")) == [200]


def test_zero_is_no_limit(client: Client, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    assert set(statuses(client, 20, headers=bearer("one"))) == {200}


def test_processes_count_together_in_redis(
    client: Client, three: None, settings: Any, redis_url: str
) -> None:
    redis = {"BACKEND": "lifetracker.ops.caches.JsonRedisCache", "LOCATION": redis_url}
    settings.CACHES = {"default": redis | {"KEY_PREFIX": "first-test"}}
    one = bearer("one")
    assert statuses(client, 4, headers=one) == [200, 200, 200, 429]
    # Another process has another connection and nothing else.
    settings.CACHES = {"default": redis | {"KEY_PREFIX": "first-test"}}
    assert statuses(client, 1, headers=one) == [429]


def test_without_redis_the_api_answers(
    client: Client, three: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "lifetracker.ops.caches.JsonRedisCache",
            "LOCATION": "redis://:a-password@127.0.0.1:1",
        }
    }
    assert statuses(client, 4, headers=bearer("one")) == [200] * 4
    assert "Requests cannot be counted" in caplog.text
    assert "a-password" not in caplog.text


# --- Guessing passwords ---------------------------------------------------------------------------

each_login = pytest.mark.parametrize("address", ["/login/", "/admin/login/"])


@pytest.fixture
def robin(quick_passwords: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


def log_in(address: str = "/login/", password: str = PASSWORD, **options: Any) -> Any:
    form = {"username": "robin", "password": password, "next": "/settings/tokens/"}
    return Client().post(address, form | options.pop("form", {}), **options)


def guess(times: int, address: str = "/login/", **options: Any) -> list[int]:
    return [log_in(address, "wrong", **options).status_code for _ in range(times)]


@each_login
def test_after_five_wrong_passwords_the_right_one_waits_too(robin: User, address: str) -> None:
    assert guess(5, address) == [200, 200, 200, 200, 429]
    for login in ("/login/", "/admin/login/"):
        answer = log_in(login)
        assert answer.status_code == 429
        assert "Too many wrong passwords" in answer.text
        assert "15 minutes" in answer.text
        assert "robin" not in answer.text
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=14))
    assert log_in(address).status_code == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=1))
    assert log_in(address).url == "/settings/tokens/"


def test_others_are_not_locked_out(robin: User) -> None:
    User.objects.create_user("sam", password=PASSWORD)
    guess(6)
    assert log_in(form={"username": "sam"}).status_code == 302
    assert log_in(REMOTE_ADDR="192.0.2.9").status_code == 302


def test_a_login_forgives_what_was_wrong_before(robin: User) -> None:
    guess(4)
    assert log_in().status_code == 302
    assert guess(4) == [200] * 4


def test_the_wait_can_be_ended(robin: User) -> None:
    guess(5)
    call_command("axes_reset_username", "robin", verbosity=0)
    assert log_in().status_code == 302
    guess(5)
    call_command("axes_reset", verbosity=0)
    assert log_in().status_code == 302


def test_names_that_no_database_takes(robin: User) -> None:
    for name in ("ro\0bin", "x" * 5_000, "\N{WAVING HAND SIGN}" * 300):
        for address in ("/login/", "/admin/login/"):
            answer = log_in(address, "wrong", form={"username": name})
            assert answer.status_code in {200, 400, 429}


@each_login
def test_another_spelling_or_browser_is_no_other_guess(robin: User, address: str) -> None:
    """The form takes all of these for robin."""
    for number, name in enumerate((" robin", "robin  ", "\uff52obin", "robin\t", "ro\uff42in")):
        browser = {"User-Agent": f"browser {number}", "Accept": f"text/{number}"}
        last = guess(1, address, form={"username": name}, headers=browser)
    assert last == [429]
    assert log_in(address).status_code == 429


def test_a_locked_login_tells_other_origins_nothing(robin: User) -> None:
    guess(5)
    asked = {"X-Requested-With": "XMLHttpRequest", "Origin": "https://evil.example"}
    answer = log_in(headers=asked)
    assert answer.status_code == 429
    assert "Access-Control-Allow-Origin" not in answer


def test_no_header_of_the_client_moves_the_lock(robin: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    for number in range(5):
        last = guess(1, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert last == [429]
    settings.TRUSTED_PROXIES = 1
    User.objects.create_user("sam", password=PASSWORD)
    for number in range(5):
        spoofed = {"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.77"}
        last = guess(1, headers=spoofed, form={"username": "sam"})
    assert last == [429]
    theirs = {"X-Forwarded-For": "192.0.2.77"}
    mine = {"X-Forwarded-For": "192.0.2.77, 198.51.100.1"}
    assert log_in(headers=theirs, form={"username": "sam"}).status_code == 429
    assert log_in(headers=mine, form={"username": "sam"}).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1,198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1, 198.51.100.1, 203.0.113.5", "198.51.100.1"),
        (2, "198.51.100.1", "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "198.51.100.1, unknown", "127.0.0.1"),
        (1, "' OR 1=1", "127.0.0.1"),
        (1, "198.51.100.1:5678", "198.51.100.1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "[2001:DB8:0::1]:80", "2001:db8::1"),
        (1, '"[::1]:80"', "::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "[::ffff:198.51.100.1]:443", "198.51.100.1"),
        (2, "203.0.113.5:1, 198.51.100.1:2", "203.0.113.5"),
        (1, "198.51.100.1:port", "127.0.0.1"),
        (1, "[198.51.100.1", "127.0.0.1"),
    ],
)
def test_the_address_behind_proxies(
    settings: Any, proxies: int, header: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": header} if header else {}
    assert client_address(RequestFactory().get("/", headers=headers)) == expected

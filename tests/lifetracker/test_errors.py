"""What is answered when something is wrong: in JSON to programs, and never with the inside of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import groupby, product
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.urls import is_valid_path
from rest_framework.views import APIView

from tests import databases, makers
from tests.addresses import addresses, for_programs

pytestmark = pytest.mark.django_db

JSON = "application/json"
SECRET = "hunter2-the-secret"
SQL = "SELECT password FROM auth_user"
# What a page of DEBUG, or a careless handler, would show.
INSIDE = (SECRET, "SELECT", "Traceback", "OperationalError", "RuntimeError", "site-packages", ".py")

TITLES = {500: "Something went wrong", 503: "The database is not available"}


def by_beginning(paths: Iterable[str]) -> dict[str, list[str]]:
    """The addresses of `/api/whoop`, of `/admin/auth` and so on."""
    return {
        beginning: list(these)
        for beginning, these in groupby(
            sorted(set(paths)), lambda path: "/".join(path.split("/")[:3])
        )
    }


EVERY = by_beginning(addresses())
each_beginning = pytest.mark.parametrize("paths", EVERY.values(), ids=EVERY)


@pytest.fixture
def root(client: Client) -> Client:
    """May everything, and sees the answer instead of the exception."""
    databases.once(log_in)
    client.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().pk
    client.raise_request_exception = False
    return client


def log_in() -> None:
    Client().force_login(User.objects.create_superuser("robin"))


def fail(*args: Any, **kwargs: Any) -> Any:
    password = SECRET
    raise RuntimeError(f"{password}: {SQL}")


class FailingViews:
    """Middleware under which every view that is none of DRF's fails."""

    def __init__(self, get_response: Callable[..., Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, *args: Any) -> None:
        if not hasattr(view, "cls"):
            fail()


def assert_tells_nothing(answer: Any, path: str) -> None:
    everything = answer.text + str(dict(answer.headers))
    for part in INSIDE:
        assert part not in everything, (path, part)
    if for_programs(path):
        assert answer["Content-Type"] == JSON, path
        assert answer.json().keys() & {"detail", "status"}, path
    else:
        assert answer["Content-Type"].startswith("text/html"), path
        assert TITLES[answer.status_code] in answer.text, path
        assert answer["X-Request-ID"] in answer.text, path


@pytest.mark.one_database
@each_beginning
def test_a_view_that_fails_tells_nothing(
    root: Client, paths: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.FailingViews"]
    monkeypatch.setattr(APIView, "initial", fail)
    logged_in = root.cookies.output()
    for path, method in product(paths, ("GET", "POST")):
        answer = root.generic(method, path, "{}", JSON)
        assert answer.status_code == 500, (path, method)
        assert_tells_nothing(answer, path)
        assert root.cookies.output() == logged_in, path


@pytest.mark.one_database
@each_beginning
def test_a_database_that_fails_tells_nothing(root: Client, paths: list[str]) -> None:
    def broken(*args: Any) -> Any:
        raise OperationalError(f"host=db password={SECRET} near: {SQL}")

    logged_in = root.cookies.output()
    for path, method in product(paths, ("GET", "POST")):
        with connection.execute_wrapper(broken):
            answer = root.generic(method, path, "{}", JSON)
        # What needs no database: a method that health does not have.
        if (path, method) != ("/api/health", "POST"):
            assert answer.status_code == 503, (path, method)
            assert_tells_nothing(answer, path)
        assert root.cookies.output() == logged_in, path


# --- Addresses and hosts --------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path",
    [
        *("/api", "/api/", "/api/nothing", "/api/whoop/", "/api/github/project/", "/api/weight/x"),
        *("/api/weight/99999999999999999999", "/webhooks/", "/webhooks/nobody", "/api/%2e%2e/x"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_not_there_is_a_404_in_json(client: Client, path: str, method: str) -> None:
    answer = client.generic(method, path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == JSON
    assert list(answer.json()) == ["detail"]


def test_people_get_a_page(client: Client) -> None:
    for path in ("/nothing", "/apis", "/apis/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Page not found" in answer.text


def test_an_address_is_found_with_a_slash_too_many_and_too_few(root: Client) -> None:
    every = sorted(path for path in set(addresses()) if len(path) > 1)
    for path in every:
        other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
        if not is_valid_path(other):
            answer = root.get(f"{other}?show=all")
            assert answer.status_code == 301, other
            assert answer["Location"] == f"{path}?show=all", other
    assert root.get("/review/2026-W48//")["Location"] == "/review/2026-W48"
    for path in ("/goals/99/", "/nothing/", "//review/2026-W48/", "/github/robin/../", "/"):
        assert root.get(path).status_code in {200, 404}, path
    assert root.post("/review/2026-W48/").status_code == 404


def test_a_record_that_is_not_there_is_json(root: Client) -> None:
    for path in ("/api/weight/12345", "/api/github/project/nothing"):
        answer = root.get(path)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])


@pytest.mark.one_database
def test_a_host_that_is_not_ours(client: Client) -> None:
    answer = client.get("/api/weight", headers={"Host": "evil.example"})
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_wrong_method_is_a_405_in_json(root: Client) -> None:
    for method in ("PUT", "PURGE"):
        answer = root.generic(method, "/api/weight")
        assert (answer.status_code, list(answer.json())) == (405, ["detail"])


# --- Bodies ---------------------------------------------------------------------------------------

BROKEN = {
    "nothing that is JSON": b"weight_kg=70",
    "cut off": b'{"weight_kg": 70',
    "nested deeply": b"[" * 200_000,
    "objects nested deeply": b'{"a":' * 100_000,
    "nested deeply and closed": b"[" * 100_000 + b"]" * 100_000,
    "not UTF-8": b'{"note": "\xff\xfe"}',
    "UTF-16": '{"note": "x"}'.encode("utf-16"),
    "NaN": b'{"weight_kg": NaN}',
    "Infinity": b'{"weight_kg": -Infinity}',
    "a number of very many digits": b'{"weight_kg": ' + b"9" * 20_000 + b"}",
    "a NUL": b'{"weight_kg": 70\x00}',
    "a list": b"[1, 2]",
    "a text": b'"weight"',
    "null": b"null",
    "a number": b"70",
}
WRITABLE = ["/api/weight", "/api/workouts", "/api/fasting", "/api/time-entries"]
ACTIONS = ["/api/fasting/start", "/api/whoop/refresh", "/api/whoop/sync/full"]


@pytest.mark.one_database
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_makes_no_sense_is_a_400(root: Client, body: bytes) -> None:
    root.raise_request_exception = True
    for path in (*WRITABLE, *ACTIONS):
        answer = root.post(path, body, JSON)
        assert answer.status_code == 400, path
        assert isinstance(answer.json(), dict), path


@pytest.mark.one_database
def test_a_body_that_is_too_large_is_a_400(root: Client) -> None:
    bearer = {"Authorization": f"Bearer {makers.api_token().secret}"}
    note = "x" * 3_000_000
    for path in ("/api/fasting", "/api/fasting/start"):
        for answer in (
            Client().post(path, {"note": note}, JSON, headers=bearer),
            root.post(path, {"note": note}, JSON),
        ):
            assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.one_database
@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "base64", "hex", "nonsense", "idna"])
def test_json_is_utf_8_whatever_the_header_says(root: Client, charset: str) -> None:
    body = json.dumps({"measured_at": "2026-09-16T07:00", "weight_kg": 70})
    answer = root.generic("POST", "/api/weight", body, f"{JSON}; charset={charset}")
    assert answer.status_code == 201


@pytest.mark.one_database
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x"]
)
def test_what_is_not_json_is_a_415(root: Client, content_type: str) -> None:
    answer = root.post("/api/weight", b"<weight/>", content_type)
    assert (answer.status_code, list(answer.json())) == (415, ["detail"])


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udfff\ud800"])
@pytest.mark.parametrize(
    ("path", "field", "rest"),
    [
        ("/api/workouts", "sport_name", {}),
        ("/api/time-entries", "description", {}),
        ("/api/time-entries", "project", {}),
        ("/api/fasting", "note", {}),
    ],
)
def test_characters_that_no_database_takes(
    root: Client, path: str, field: str, rest: dict[str, Any], text: str
) -> None:
    root.raise_request_exception = True
    times = {"start": "2026-09-16T07:00", "end": "2026-09-16T08:00"}
    answer = root.post(path, json.dumps(times | {field: text}), JSON)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_tags_that_no_database_takes(root: Client) -> None:
    times = {"start": "2026-09-16T07:00", "end": "2026-09-16T08:00", "tags": ["a\0b"]}
    assert root.post("/api/time-entries", json.dumps(times), JSON).status_code == 400


# --- Parameters -----------------------------------------------------------------------------------

NUL = ["/api/github/project/a%00b", "/api/weight?days=%00", "/?%00", "/admin/auth/user/?q=%00"]


@pytest.mark.parametrize("path", [*NUL, "/login/?next=%00"])
def test_a_nul_in_the_address_is_a_400(root: Client, path: str) -> None:
    root.raise_request_exception = True
    assert root.get(path).status_code == 400


def test_a_nul_in_a_cookie_is_a_400(client: Client) -> None:
    # The octal form is how a header carries it.
    answer = client.get("/api/weight", headers={"Cookie": 'sessionid="abcdefgh\\000ijklmnop"'})
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.parametrize(
    "path",
    [
        *("/api/weight", "/api/workouts", "/api/fasting", "/api/time-entries"),
        *("/api/whoop/recovery", "/api/whoop/sleep", "/api/whoop/cycles", "/api/whoop/workouts"),
        *("/api/github/projects", "/api/github/refresh/jobs"),
    ],
)
def test_a_page_that_is_not_there_is_named(root: Client, path: str) -> None:
    makers.weigh_in()
    for page in ("0", "-1", "2", "x", "99999999999999999999", "1.5", "%FF", " "):
        answer = root.get(f"{path}?page={page}")
        assert (answer.status_code, list(answer.json())) == (400, ["page"]), page


@pytest.mark.one_database
def test_too_many_parameters_are_a_400(root: Client) -> None:
    answer = root.get("/api/weight?" + "&".join(f"a{n}=1" for n in range(1_500)))
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])

"""`GET /` tells programs every endpoint, and shows people the home page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve

from lifetracker.api.index import API, endpoints
from tests import makers
from tests.conftest import BROWSER

JSON = "application/json"


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each path, without the slash that may end it, and its view."""
    for pattern in patterns:
        text = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, text)
        else:
            yield simplify_regex(text.removesuffix("$").removesuffix("/?")), pattern.callback


@pytest.fixture
def robin(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


@pytest.mark.parametrize("accept", [JSON, "*/*", "", "text/plain", "application/json, text/html"])
def test_programs_get_the_list(robin: Client, django_assert_num_queries: Any, accept: str) -> None:
    with django_assert_num_queries(2):  # session, person
        answer = robin.get("/", headers={"accept": accept})
    assert answer["Content-Type"] == JSON
    assert "Accept" in answer["Vary"]
    listed = answer.json()["endpoints"]
    assert {
        "path": "/api/whoop/recovery",
        "method": "GET",
        "line": "The recoveries of the asked days, by the local date of waking",
    } in listed
    assert [one._asdict() for one in endpoints()] == listed


def test_who_says_nothing_is_a_program_too(robin: Client) -> None:
    del robin.defaults["HTTP_ACCEPT"]
    assert robin.get("/")["Content-Type"] == JSON


@pytest.mark.parametrize(
    "accept", [BROWSER, "text/html, application/json;q=0.9", "text/html, */*", "TEXT/HTML"]
)
def test_browsers_get_the_page(robin: Client, accept: str) -> None:
    answer = robin.get("/", headers={"accept": accept})
    assert answer["Content-Type"].startswith("text/html")
    assert "Accept" in answer["Vary"]


@pytest.mark.parametrize("accept", [BROWSER, "*/*", JSON])
def test_whoever_shows_a_token_is_a_program(client: Client, db: None, accept: str) -> None:
    for secret, status in ((makers.api_token().secret, 200), ("lt_wrong", 401)):
        bearer = {"accept": accept, "authorization": f"Bearer {secret}"}
        answer = client.get("/", headers=bearer)
        assert (answer.status_code, answer["Content-Type"]) == (status, JSON)


@pytest.mark.parametrize("accept", [JSON, "*/*", ""])
def test_a_program_without_a_login_is_told_so_in_json(
    client: Client, db: None, accept: str
) -> None:
    answer = client.get("/", headers={"accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (401, JSON)
    assert "API token" in answer.json()["detail"]


def test_a_browser_without_a_login_is_led_to_it(client: Client, db: None) -> None:
    assert client.get("/", headers={"accept": BROWSER})["Location"].startswith("/login/")


def test_every_path_of_the_api_is_listed_and_says_what_it_is_for() -> None:
    """A plain function tells no method: such a view must be a class."""
    paths = {path for path, _ in views(get_resolver().url_patterns) if path.startswith(API)}
    assert len(paths) > 40
    pushed = {f"/webhooks/{name}" for name in ("whoop", "withings", "toggl", "github")}
    assert paths | pushed == {one.path for one in endpoints()}
    assert not [one for one in endpoints() if len(one.line) < 10]


def example(path: str) -> str:
    """Return a listed path with values for its parameters."""
    values = {"<pk>": "1", "<name>": "portal", "<key>": "weight.kg", "<date>": "2026-09-16"}
    values |= {"<code>": "2099999000017", "<period>": "2026-W37"}
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def test_the_list_is_the_same_after_the_views_were_called(robin: Client) -> None:
    before = endpoints()
    for path in {one.path for one in before if one.method == "GET"}:
        robin.options(example(path))
    endpoints.cache_clear()
    assert endpoints() == before


def test_no_path_is_missed() -> None:
    def count(patterns: Any) -> int:
        return sum(count(p.url_patterns) if isinstance(p, URLResolver) else 1 for p in patterns)

    patterns = get_resolver().url_patterns
    assert count(patterns) == len(list(views(patterns)))


@pytest.mark.parametrize("slash", ["", "/"])
def test_what_is_listed_is_there(slash: str) -> None:
    """With a slash at the end, and without."""
    for path in {one.path for one in endpoints()}:
        assert resolve(example(path) + slash)


def test_what_is_listed_is_allowed(robin: Client) -> None:
    """By the answer to OPTIONS, which is made by another way."""
    for path in {one.path for one in endpoints() if one.path.startswith(API)}:
        address = example(path)
        answer = robin.options(address)
        if answer.status_code == 403:  # for staff
            continue
        allowed = {word.strip() for word in answer["Allow"].split(",")} - {"HEAD", "OPTIONS"}
        assert allowed == {one.method for one in endpoints() if one.path == path}, path

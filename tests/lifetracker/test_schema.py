"""The description of the API, and the page that shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from lifetracker.api.schema import description

VERBS = {"get", "post", "put", "patch", "delete"}


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": operation
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    }


def parameters(operation: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one["schema"] for one in operations()[operation].get("parameters", [])}


def test_nothing_is_left_to_guessing(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "api.yml"))


def test_each_path_is_there_once_and_plain() -> None:
    paths = list(description()["paths"])
    assert "/api/whoop/recovery" in paths
    assert "/api/weight/{id}" in paths
    for path in paths:
        assert re.fullmatch(r"/api(/[a-z-]+|/\{[a-z]+\})+", path), path


def test_every_operation_says_what_it_is() -> None:
    names = [one["operationId"] for one in operations().values()]
    assert len(names) == len(set(names))
    for name, one in operations().items():
        assert len(one["summary"]) > 8, name
        assert one["tags"] == [name.split("/")[2]], name


def test_parameters_are_those_that_are_checked() -> None:
    asked = parameters("get /api/whoop/recovery")
    assert asked["days"] == {"type": "integer", "minimum": 1, "maximum": 36_500, "default": 7}
    assert asked["start_date"] == asked["end_date"] == {"type": "string", "format": "date"}
    assert asked["page"] == {"type": "integer", "minimum": 1, "default": 1}
    assert parameters("get /api/weight/{id}").keys() == {"id"}
    assert parameters("get /api/time-entries/totals")["by"]["enum"] == [
        *("day", "project", "client", "tag", "owner_project"),
    ]
    assert "pattern" in json.dumps(parameters("get /api/github/metrics")["include"])


def test_errors_are_told() -> None:
    def statuses(operation: str) -> set[int]:
        return {int(status) for status in operations()[operation]["responses"]}

    assert statuses("get /api/whoop/recovery") >= {200, 400, 401}
    assert statuses("get /api/whoop/recovery/latest") >= {200, 401, 404}
    assert statuses("post /api/weight") >= {201, 400, 401, 403, 415}
    assert statuses("delete /api/weight/{id}") >= {204, 401, 403, 404}
    assert statuses("post /api/whoop/refresh") >= {202, 400, 401, 403, 409}
    assert statuses("get /api/whoop/refresh/today") >= {200, 202, 409}
    assert statuses("get /api/health") >= {200, 503}
    assert 401 not in statuses("get /api/health")


def test_an_empty_text_is_of_one_kind() -> None:
    goal = description()["components"]["schemas"]["GoalRequest"]["properties"]
    assert goal["notes"]["pattern"] == "^[^\\u0000]*$"
    assert "oneOf" not in goal["notes"]


def test_a_text_that_is_needed_is_neither_blank_nor_has_a_nul() -> None:
    workout = description()["components"]["schemas"]["WorkoutRequest"]["properties"]
    pattern = workout["sport_name"]["pattern"]
    assert all(re.search(pattern, text) for text in ("a", " Trail running "))
    assert not any(re.search(pattern, text) for text in ("", " ", "\0", "a\0", "\0a", " \0 "))


def test_the_login_is_described() -> None:
    schemes = description()["components"]["securitySchemes"]
    assert (schemes["cookieAuth"]["in"], schemes["cookieAuth"]["name"]) == ("cookie", "sessionid")
    assert "X-CSRFToken" in schemes["cookieAuth"]["description"]
    for name, one in operations().items():
        assert {"cookieAuth": []} in one["security"] or name == "get /api/health"


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_is_served_as_json_and_as_yaml(person: Client, slash: str) -> None:
    path = f"/api/schema{slash}"
    told = person.get(path)
    assert told.headers["Content-Type"] == "application/json"
    assert told.json()["paths"].keys() == description()["paths"].keys()
    for answer in (
        person.get(path, {"format": "yaml"}),
        person.get(path, HTTP_ACCEPT="application/yaml"),
    ):
        assert "yaml" in answer.headers["Content-Type"]
        # The reader of libyaml, which takes a tenth of the time.
        assert yaml.load(answer.content, yaml.CSafeLoader) == told.json()
    wrong = person.get(path, {"format": "xml"})
    assert (wrong.status_code, list(wrong.json())) == (400, ["format"])


def test_only_who_is_logged_in_sees_it(client: Client, db: None) -> None:
    assert client.get("/api/schema").status_code in {401, 403}
    assert client.get("/api/docs").url == "/login/?next=/api/docs"


def test_the_page_is_all_our_own(person: Client) -> None:
    page = person.get("/api/docs").text
    files = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert any(name.startswith("drf_spectacular_sidecar/") for name in files)
    for name in files:
        # What follows # is one symbol of the file.
        assert finders.find(name.partition("#")[0]), name
    assert "://" not in page
    assert 'data-schema="/api/schema"' in page


def test_it_is_found_from_the_home_page(person: Client) -> None:
    assert 'href="/api/docs"' in person.get("/").text

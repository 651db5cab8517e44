"""Texts for users: plain words, English quotation marks, and the names of the services as they write themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.forms import BaseForm
from django.test import RequestFactory
from drf_spectacular.generators import SchemaGenerator

from fasting.forms import PageForm
from lifetracker.accounts.forms import AppForm, PasskeyForm, PasswordForm
from lifetracker.web.token_page import TokenForm

ROOT = Path(settings.BASE_DIR)
APPS = [one.name for one in apps.get_app_configs() if Path(one.path).parent == ROOT]
# Stand-ins for services, whose texts are theirs.
NOT_OURS = ("sandbox", "migrations")

BANNED = re.compile(
    r"[«»]|\b(the person|told|the door|in no figure|looks again into|books of the sync|comes back to life"
    r"|gone upstream|stands? above|whoever runs|anew)\b",
    re.IGNORECASE,
)
MISSPELT = re.compile(r"\b(Whoop|Github|Git Hub|TOGGL|WITHINGS|ZERO)\b")
LONGEST_LABEL = 40


# --- Where texts stand ----------------------------------------------------------------------------


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}|<[^>]*>", " ", path.read_text(), flags=re.DOTALL)
        yield path.relative_to(ROOT).as_posix(), re.sub(r"\{[{%].*?[%}]\}", " ", text)


def sentences() -> Iterator[tuple[str, str]]:
    """Yield the strings of the code that hold more than one word, without docstrings."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not set(NOT_OURS) & set(path.parts):
                for line, text in strings_of(ast.parse(path.read_text())):
                    yield f"{path.relative_to(ROOT)}:{line}", text


def strings_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            alone |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in alone:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(p.value if isinstance(p, ast.Constant) else "…" for p in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if " " in text.strip():
            yield node.lineno, text


def declared() -> Iterator[tuple[str, str]]:
    """Yield the names and help texts of the models' columns."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in APPS:
            continue
        for field in model._meta.concrete_fields:
            yield str(field), str(field.verbose_name)
            yield str(field), str(field.help_text)


def described() -> Iterator[tuple[str, str]]:
    """Yield the descriptions of the API."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    yield from descriptions_in(schema, "schema")


def descriptions_in(part: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            yield place, re.sub(r"`[^`]*`", "", part["description"])
        for name, value in part.items():
            yield from descriptions_in(value, f"{place}/{name}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from descriptions_in(value, f"{place}/{number}")


PLACES = [templates, sentences, declared, described]


@pytest.mark.parametrize("places", PLACES, ids=lambda places: places.__name__)
def test_texts_are_plain(places: Any) -> None:
    found = [(place, text) for place, text in places() if BANNED.search(text)]
    assert found == []


@pytest.mark.parametrize("places", PLACES, ids=lambda places: places.__name__)
def test_services_are_named_as_they_write_themselves(places: Any) -> None:
    found = [(place, text) for place, text in places() if MISSPELT.search(text)]
    assert found == []


def test_the_scan_finds_what_it_looks_for() -> None:
    code = 'def a():\n    """told"""\n    return f"Whoop: {1} was told, «so»."'
    [(_, text)] = strings_of(ast.parse(code))
    assert len(BANNED.findall(text)) == 3
    assert MISSPELT.search(text)
    assert len(list(templates())) > 30


# --- Forms ----------------------------------------------------------------------------------------


def forms() -> Iterator[tuple[str, Any]]:
    request = RequestFactory().get("/")
    request.user = User(username="robin", is_superuser=True, is_staff=True)
    for model, entry in admin.site._registry.items():
        if entry.has_add_permission(request):
            yield model.__name__, entry.get_form(request)
    for form in (PageForm, AppForm, PasskeyForm, PasswordForm, TokenForm):
        yield form.__name__, form


@pytest.mark.django_db
def test_a_label_is_a_name_and_no_sentence() -> None:
    admin.autodiscover()
    seen = 0
    for name, form in forms():
        assert issubclass(form, BaseForm)
        for field, one in form.base_fields.items():
            label = str(one.label or field)
            seen += 1
            assert not label.endswith("."), (name, label)
            assert len(label) <= LONGEST_LABEL, (name, label)
    assert seen > 50


@pytest.mark.django_db
def test_a_workout_is_typed_in_without_what_only_a_service_knows(admin_client: Any) -> None:
    page = admin_client.get("/admin/workouts/workout/add/").text
    assert ">Sport<" in re.sub(r"\s+", "", page)
    for name in ("sport_id", "score_state", "source_id"):
        assert f'name="{name}"' not in page

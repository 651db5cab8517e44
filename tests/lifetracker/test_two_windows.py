"""The same record in two windows: no change is replaced unseen, and nothing typed for a deleted record is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from goals.models import FreePeriod
from nutrition import diary
from nutrition.models import MealItem
from projects.models import Project
from tests import makers
from workouts.models import Workout

pytestmark = pytest.mark.django_db
INPUT = re.compile(r"<input[^>]*>")
AREA = re.compile(r'<textarea[^>]*name="(\w+)"[^>]*>\s*(.*?)</textarea>', re.DOTALL)
CHOSEN = re.compile(
    r'<select[^>]*name="(\w+)"(?:(?!</select).)*?<option value="([^"]*)" selected', re.DOTALL
)


class Kind(NamedTuple):
    make: Callable[[], Model]
    #: Where it is edited, and the field that is changed.
    path: str
    field: str
    first: str
    second: str
    #: What is said of the first change when the second is sent.
    stored: str


def workout() -> Workout:
    start = timezone.now() - timedelta(days=1)
    end = start + timedelta(hours=1)
    return Workout.objects.create(
        start=start, end=end, date=start.date(), duration_min=60, sport_name="running"
    )


def free_period() -> FreePeriod:
    goal = makers.goal(pk=1)
    return FreePeriod.objects.create(goal=goal, start=date(2026, 9, 1), end=date(2026, 9, 3))


def eaten() -> MealItem:
    moment = timezone.now() - timedelta(hours=1)
    (item,) = diary.add([diary.Wanted(makers.food(), 200)], moment)
    return item


RECORDS = {
    "weigh-in": Kind(
        makers.weigh_in, "/weight/{}/edit", "weight_kg", "71", "72", "Weight (kg): 71.0"
    ),
    "workout": Kind(workout, "/workouts/{}/edit", "calories", "300", "400", "Energy (kcal): 300.0"),
    "entry": Kind(
        makers.entry, "/time/entries/{}", "description", "One", "Two", "Description: One"
    ),
    "meal": Kind(lambda: eaten().meal, "/nutrition/meals/{}", "note", "One", "Two", "Note: One"),
    "own metric": Kind(makers.own_metric, "/own-metrics/{}/edit", "unit", "g", "kg", "Unit: g"),
    "own value": Kind(
        lambda: makers.own_value(makers.own_metric()),
        "/own-metrics/values/{}",
        *("note", "One", "Two", "Note: One"),
    ),
    "intention": Kind(
        makers.intention, "/review/intentions/{}", "text", "One", "Two", "Intention: One"
    ),
    "fast": Kind(makers.fast, "/fasting/{}", "note", "One", "Two", "Note: One"),
}
OTHERS = {
    "project": Kind(
        lambda: Project.objects.create(name="House"),
        "/projects/{}/edit",
        "notes",
        "One",
        "Two",
        "Notes: One",
    ),
    "item": Kind(eaten, "/nutrition/items/{}", "amount", "150", "250", "Amount: 150"),
    "goal": Kind(makers.goal, "/goals/{}/change", "name", "One", "Two", "Name: One"),
    "experiment": Kind(
        makers.experiment, "/experiments/{}/change", "question", "One", "Two", "Question: One"
    ),
    "free days": Kind(free_period, "/goals/1/free/{}", "note", "One", "Two", "Note: One"),
}
KINDS = pytest.mark.parametrize(
    "kind", [*RECORDS.values(), *OTHERS.values()], ids=[*RECORDS, *OTHERS]
)


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def form_of(page: Any) -> dict[str, str]:
    """What a browser would send of the form that a page shows."""
    found: dict[str, str] = {}
    text = page.content.decode().partition("<main")[2]
    for tag in INPUT.findall(text):
        parts = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if "name" in parts and (parts.get("type") != "checkbox" or " checked" in tag):
            found[parts["name"]] = html.unescape(parts.get("value", ""))
    found |= {name: html.unescape(value) for name, value in AREA.findall(text)}
    return found | dict(CHOSEN.findall(text))


@KINDS
def test_a_change_of_another_window_is_shown_before_it_is_replaced(
    person: Client, kind: Kind
) -> None:
    record = kind.make()
    path = kind.path.format(record.pk)
    shown = form_of(person.get(path))
    assert person.post(path, shown | {kind.field: kind.first}).status_code == 302
    answer = person.post(path, shown | {kind.field: kind.second})
    assert answer.status_code == 409
    text = html.unescape(answer.content.decode())
    assert (
        "This was changed in another window since you opened it. "
        f"What is stored now: {kind.stored}. Save again to replace it."
    ) in text
    again = form_of(answer)
    assert again[kind.field] == kind.second
    record.refresh_from_db()
    assert f"{getattr(record, kind.field)}".startswith(kind.first)
    assert person.post(path, again).status_code == 302
    record.refresh_from_db()
    assert f"{getattr(record, kind.field)}".startswith(kind.second)


@KINDS
def test_what_was_typed_twice_alike_or_without_the_moment_is_saved(
    person: Client, kind: Kind
) -> None:
    record = kind.make()
    path = kind.path.format(record.pk)
    shown = form_of(person.get(path))
    for _ in range(2):
        assert person.post(path, shown | {kind.field: kind.first}).status_code == 302
    del shown["updated_at"]
    assert person.post(path, shown | {kind.field: kind.second}).status_code == 302
    record.refresh_from_db()
    assert f"{getattr(record, kind.field)}".startswith(kind.second)


DELETABLE = RECORDS | {name: OTHERS[name] for name in ("project", "goal", "experiment")}


@pytest.mark.parametrize("kind", DELETABLE.values(), ids=DELETABLE)
def test_what_was_typed_for_a_deleted_record_is_shown_with_the_way_to_bring_it_back(
    person: Client, kind: Kind
) -> None:
    record = kind.make()
    path = kind.path.format(record.pk)
    base = re.sub("/(edit|change)$", "", path)
    shown = form_of(person.get(path))
    assert person.post(f"{base}/delete").status_code == 302
    answer = person.post(path, shown | {kind.field: kind.second})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "It was deleted in another window, so what you typed was not saved." in text
    assert f"<bdi>{kind.second}</bdi>" in text
    assert f'action="{base}/restore"' in text
    slash = "/" if kind in OTHERS.values() else ""
    # A goal and an experiment are deleted without being asked first.
    asks = {f"{base}/delete"} - {f"/{one}/{record.pk}/delete" for one in ("goals", "experiments")}
    for address in {f"{base}{slash}", path, *asks}:
        page = person.get(address, follow=True)
        assert page.status_code == 200
        assert f'action="{base}/restore"' in page.content.decode()
    assert person.post(f"{base}/delete").status_code == 302
    assert person.post(f"{base}/restore").status_code == 302
    # What was deleted and brought back has changed, but for these.
    status = 302 if kind in (OTHERS["goal"], OTHERS["experiment"]) else 409
    assert person.post(path, shown | {kind.field: kind.second}).status_code == status

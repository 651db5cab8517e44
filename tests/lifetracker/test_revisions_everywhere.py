"""Whichever way a person changes a record, on a page, by the API or in the admin, what it was is kept, with who did it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from goals.models import FreePeriod
from lifetracker.models import DayMark, Revision
from lifetracker.models.kept import recorded_models
from lifetracker.models.revisions import type_of
from nutrition.models import CompleteDay, RecipePart
from projects.models import Project, ProjectGoal, ProjectRepository, ProjectTogglProject
from tests import makers
from tests.lifetracker.test_admin import address
from tests.lifetracker.test_two_windows import OTHERS, RECORDS, Kind, eaten, form_of, workout

pytestmark = pytest.mark.django_db

#: Only services write these.
BY_SERVICES = {
    *("whoop.WhoopRecovery", "whoop.WhoopSleep", "whoop.WhoopCycle", "whoop.WhoopProfile"),
    *("weight.MeasureGroup", "time_logs.TogglProject", "time_logs.TogglTag"),
    *("github_projects.Commit", "apple_health.AppleDay", "apple_health.AppleNight"),
}


class Way(NamedTuple):
    """A change by a person: of a new record, by one request, and what is kept of it."""

    make: Callable[[], Model]
    send: Callable[[Client, Any], Any]
    kind: str
    #: A column that is kept, and its value.
    column: str = ""
    value: object = None


def post(path: str, **data: object) -> Callable[[Client, Any], Any]:
    return lambda client, record: client.post(path.format(record.pk), data)


def api(method: str, path: str, **data: object) -> Callable[[Client, Any], Any]:
    def send(client: Client, record: Any) -> Any:
        call = getattr(client, method)
        return call(path.format(record.pk), data, content_type="application/json")

    return send


def in_admin(page: str, **data: object) -> Callable[[Client, Any], Any]:
    def send(client: Client, record: Any) -> Any:
        where = address(type(record), page, record.pk)
        if page == "delete":
            return client.post(where, {"post": "yes"})
        form = client.get(where).content.decode().partition('id="content"')[2]
        return client.post(where, {**form_of(HttpResponse(f"<main>{form}")), **data})

    return send


def edited(kind: Kind) -> Way:
    def send(client: Client, record: Any) -> Any:
        path = kind.path.format(record.pk)
        return client.post(path, form_of(client.get(path)) | {kind.field: kind.first})

    return Way(kind.make, send, "changed", kind.field)


def scale() -> Model:
    return makers.weigh_in(source="Withings", source_id="1")


def project(**fields: Any) -> Project:
    return Project.objects.create(**{"name": "House", "notes": "mine"} | fields)


def linked(kind: str, record: Model) -> Model:
    links: dict[str, Any] = {
        "repository": ProjectRepository,
        "toggl_project": ProjectTogglProject,
        "goal": ProjectGoal,
    }
    made: Model = links[kind].objects.create(project=project(), **{kind: record})
    return made


def taken_out(kind: str) -> Callable[[Client, Any], Any]:
    return lambda client, record: client.patch(
        f"/api/projects/{record.project_id}", {kind: []}, content_type="application/json"
    )


def marked(**fields: Any) -> DayMark:
    return DayMark.objects.create(**{"date": date(2026, 9, 10), "kind": "sick"} | fields)


def complete() -> CompleteDay:
    return CompleteDay.objects.create(date=date(2026, 9, 10))


def part() -> RecipePart:
    makers.recipe("Porridge", (makers.food("Oats"), 60))
    return RecipePart.objects.get()


def free_days() -> FreePeriod:
    return FreePeriod.objects.create(
        goal=makers.goal(), start=date(2026, 9, 1), end=date(2026, 9, 3), note="away"
    )


def other_parts(client: Client, record: Any) -> Any:
    more = makers.food("Milk")
    return client.patch(
        f"/api/nutrition/recipes/{record.recipe_id}",
        {"parts": [{"food": more.pk, "amount": 100}]},
        content_type="application/json",
    )


def answered() -> Model:
    return makers.answer(makers.behaviour())


def valued() -> Model:
    return makers.own_value(makers.own_metric())


def deleted(make: Callable[[], Model]) -> Callable[[], Model]:
    def made() -> Model:
        record: Any = make()
        record.deleted_at = timezone.now() - timedelta(minutes=1)
        record.save()
        Revision.objects.all().delete()
        return record  # type: ignore[no-any-return]

    return made


WAYS = {
    **{f"page of a {name}": edited(kind) for name, kind in (RECORDS | OTHERS).items()},
    "weigh-in deleted": Way(makers.weigh_in, post("/weight/{}/delete"), "deleted"),
    "weigh-in restored": Way(deleted(makers.weigh_in), post("/weight/{}/restore"), "returned"),
    "whose": Way(scale, post("/weight/{}/whose", whose="mine"), "changed", "is_mine"),
    "weigh-in by the API": Way(
        makers.weigh_in, api("patch", "/api/weight/{}", weight_kg=71), "changed", "weight_kg", 70
    ),
    "weigh-in deleted by the API": Way(makers.weigh_in, api("delete", "/api/weight/{}"), "deleted"),
    "weigh-in in the admin": Way(
        makers.weigh_in, in_admin("change", weight_kg="71"), "changed", "weight_kg", 70
    ),
    "weigh-in deleted in the admin": Way(
        makers.weigh_in, in_admin("delete"), "deleted", "weight_kg", 70
    ),
    "workout deleted": Way(workout, post("/workouts/{}/delete"), "deleted"),
    "workout by the API": Way(
        workout, api("patch", "/api/workouts/{}", sport_name="rowing"), "changed", "sport_name"
    ),
    "entry by the API": Way(
        makers.entry, api("patch", "/api/time-entries/{}", description="x"), "changed"
    ),
    "fast by the API": Way(
        makers.fast, api("patch", "/api/fasting/{}", note="x"), "changed", "note", ""
    ),
    "fast deleted": Way(makers.fast, post("/fasting/{}/delete"), "deleted"),
    "meal by the API": Way(
        lambda: eaten().meal, api("patch", "/api/nutrition/meals/{}", note="x"), "changed", "note"
    ),
    "meal deleted": Way(lambda: eaten().meal, api("delete", "/api/nutrition/meals/{}"), "deleted"),
    "meal deleted in the admin": Way(lambda: eaten().meal, in_admin("delete"), "deleted", "kind"),
    "item by the API": Way(
        eaten, api("patch", "/api/nutrition/items/{}", amount=120), "changed", "amount", 200
    ),
    "item deleted": Way(eaten, api("delete", "/api/nutrition/items/{}"), "deleted"),
    "food by the API": Way(
        makers.food, api("patch", "/api/nutrition/foods/{}", kcal=61), "changed", "kcal", 60
    ),
    "part of a recipe": Way(part, other_parts, "deleted", "amount", 60),
    "day that is not complete": Way(
        complete,
        lambda client, _: client.put(
            "/api/nutrition/day/2026-09-10", {"complete": False}, content_type="application/json"
        ),
        "deleted",
        "date",
        "2026-09-10",
    ),
    "goal by the API": Way(
        makers.goal, api("patch", "/api/goals/{}", name="x"), "changed", "name", "Enough work"
    ),
    "experiment by the API": Way(
        makers.experiment, api("patch", "/api/experiments/{}", pairs=12), "changed", "pairs", 10
    ),
    "experiment deleted": Way(makers.experiment, api("delete", "/api/experiments/{}"), "deleted"),
    "experiment restored": Way(
        deleted(makers.experiment), api("post", "/api/experiments/{}/restore"), "returned"
    ),
    "experiment in the admin": Way(
        makers.experiment, in_admin("change", notes="x"), "changed", "notes", ""
    ),
    "goal deleted": Way(makers.goal, api("delete", "/api/goals/{}"), "deleted"),
    "goal restored": Way(deleted(makers.goal), api("post", "/api/goals/{}/restore"), "returned"),
    "free days by the API": Way(
        free_days, api("patch", "/api/goals/free-periods/{}", note="x"), "changed", "note", "away"
    ),
    "project by the API": Way(
        project, api("patch", "/api/projects/{}", notes="x"), "changed", "notes", "mine"
    ),
    "project deleted": Way(project, post("/projects/{}/delete"), "deleted"),
    "repository of a project": Way(
        lambda: linked("repository", makers.repository()), taken_out("repositories"), "deleted"
    ),
    "Toggl project of a project": Way(
        lambda: linked("toggl_project", makers.toggl_project()),
        taken_out("toggl_projects"),
        "deleted",
    ),
    "goal of a project": Way(
        lambda: linked("goal", makers.goal()), taken_out("goals"), "deleted", "project_id"
    ),
    "mark deleted": Way(marked, api("delete", "/api/day-marks/{}"), "deleted", "kind", "sick"),
    "mark confirmed": Way(
        lambda: marked(state="proposed"),
        api("post", "/api/day-marks/{}/confirm"),
        "changed",
        "state",
        "proposed",
    ),
    "mark in the admin": Way(marked, in_admin("change", note="x"), "changed", "note", ""),
    "behaviour by the API": Way(
        makers.behaviour,
        api("patch", "/api/journal/behaviours/{}", name="Wine"),
        "changed",
        "name",
        "Alcohol",
    ),
    "behaviour archived": Way(
        makers.behaviour, post("/journal/behaviours/{}/archive"), "changed", "archived_at"
    ),
    "answer by the API": Way(
        answered, api("patch", "/api/journal/answers/{}", value=0), "changed", "value", 1
    ),
    "answer deleted": Way(answered, api("delete", "/api/journal/answers/{}"), "deleted"),
    "answer deleted in the admin": Way(answered, in_admin("delete"), "deleted", "value", 1),
    "own metric by the API": Way(
        makers.own_metric,
        api("patch", "/api/own-metrics/{}", name="Iron"),
        *("changed", "name", "Ferritin"),
    ),
    "own metric deleted": Way(makers.own_metric, post("/own-metrics/{}/delete"), "deleted"),
    "own value by the API": Way(
        valued, api("patch", "/api/own-metrics/values/{}", value=70), "changed", "value", 80
    ),
    "own value deleted": Way(valued, post("/own-metrics/values/{}/delete"), "deleted"),
    "own value restored": Way(deleted(valued), post("/own-metrics/values/{}/restore"), "returned"),
    "own value deleted in the admin": Way(valued, in_admin("delete"), "deleted", "value", 80),
    "note by the API": Way(
        makers.note, api("patch", "/api/journal/notes/{}", text="x"), "changed", "text", "A walk."
    ),
    "note deleted": Way(makers.note, post("/journal/notes/{}/delete"), "deleted"),
    "note restored": Way(deleted(makers.note), post("/journal/notes/{}/restore"), "returned"),
    "intention by the API": Way(
        makers.intention, api("patch", "/api/intentions/{}", note="x"), "changed", "note", ""
    ),
    "intention answered": Way(
        makers.intention,
        post("/review/intentions/{}/answer", kept="partly"),
        *("changed", "kept", ""),
    ),
    "intention deleted": Way(makers.intention, post("/review/intentions/{}/delete"), "deleted"),
    "intention restored": Way(
        deleted(makers.intention), post("/review/intentions/{}/restore"), "returned"
    ),
    "hidden repository": Way(
        lambda: makers.repository(not_visible_since=timezone.now()),
        lambda client, record: client.post(
            "/admin/github_projects/repository/",
            {"action": "mark_deleted", "_selected_action": record.pk},
        ),
        "deleted",
    ),
}


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_a_person_changes_is_kept_with_who_did_it(person: Client, way: Way) -> None:
    record = way.make()
    pk = record.pk
    Revision.objects.all().delete()
    answer = way.send(person, record)
    assert answer.status_code in {200, 204, 302}, answer.content.decode()[:2000]
    rows = Revision.objects.filter(record_type=type_of(type(record)), record_id=pk)
    assert [row.kind for row in rows] == [way.kind]
    (row,) = rows
    assert row.changed_by == "robin"
    if way.column:
        assert way.column in row.old_values
    if way.value is not None:
        assert row.old_values[way.column] == way.value


def test_a_way_to_each_kind_of_record_is_tried() -> None:
    tried = set()
    for way in WAYS.values():
        with transaction.atomic():
            tried.add(type_of(type(way.make())))
            transaction.set_rollback(True)
    every = {type_of(model) for model in recorded_models()}
    assert every - tried - BY_SERVICES == set()

"""Goals in the admin: typed in, looked at, deleted and restored."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goals.models import FreePeriod, Goal
from goals.validation import FIXED
from projects.models import Project, ProjectTogglProject
from tests import makers

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Enough work",
    "metric": "time.hours",
    "kind": "total",
    "per": "week",
    "direction": "at_least",
    "target": "20",
    "start": "2026-09-14",
    "free_periods-TOTAL_FORMS": "0",
    "free_periods-INITIAL_FORMS": "0",
    "lines-TOTAL_FORMS": "0",
    "lines-INITIAL_FORMS": "0",
}
LIST = reverse("admin:goals_goal_changelist")


@pytest.fixture
def staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: makers.MORNING)
    client.force_login(User.objects.create_superuser("robin"))
    return client


def page_of(goal: Goal) -> str:
    return reverse("admin:goals_goal_change", args=[goal.pk])


def made(staff: Client, **values: Any) -> Goal:
    answer = staff.post(reverse("admin:goals_goal_add"), FORM | values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Goal.objects.latest("pk")


def test_a_goal_is_typed_in_and_its_page_says_where_it_stands(staff: Client) -> None:
    form = staff.get(reverse("admin:goals_goal_add")).content.decode()
    assert "Free periods" in form
    assert "Lines of goals" not in form
    assert "The key of a metric" not in form
    goal = made(staff)
    assert (goal.unit, [line.target for line in goal.lines.all()]) == ("h", [20])
    makers.entry(2, 600)
    page = staff.get(page_of(goal)).content.decode()
    assert "Nothing is due today, and 1.43 h by 2026-09-17." in page
    assert "at least 20 h per week" in staff.get(LIST).content.decode()


def test_what_cannot_be_is_refused_beside_its_field(staff: Client) -> None:
    answer = staff.post(reverse("admin:goals_goal_add"), FORM | {"metric": "whoop.recovery_score"})
    errors = answer.context["adminform"].form.errors
    assert errors == {
        "kind": ["Days of Recovery cannot be added up. Choose the mean or a count of days."]
    }


@pytest.mark.parametrize("name", ["target", "start", "metric", "kind", "name"])
def test_what_is_left_out_is_asked_for(staff: Client, name: str) -> None:
    answer = staff.post(reverse("admin:goals_goal_add"), FORM | {name: ""})
    assert answer.context["adminform"].form.errors[name] == ["This field is required."]


def test_a_change_makes_a_line_and_free_days_are_typed_in_beside_it(staff: Client) -> None:
    goal = made(staff)
    values = FORM | {"target": "30", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1"}
    values |= {"lines-0-id": goal.lines.get().pk, "lines-0-goal": goal.pk}
    values |= {"free_periods-TOTAL_FORMS": "1", "free_periods-0-goal": goal.pk}
    values |= {"free_periods-0-start": "2026-09-14", "free_periods-0-mark": "sick"}
    # What makes it another goal stands there to be read.
    answer = staff.post(page_of(goal), values | {"metric": "time.deep_hours"})
    assert answer.status_code == 302, answer.context["errors"]
    goal.refresh_from_db()
    assert (goal.metric, [line.target for line in goal.lines.all()]) == ("time.hours", [20, 30])
    assert (FreePeriod.objects.get().goal, FreePeriod.objects.get().mark) == (goal, "sick")


def test_what_is_deleted_can_be_restored(staff: Client) -> None:
    first, second = made(staff), made(staff, name="Less work")
    assert (
        staff.post(f"{page_of(first)[: -len('change/')]}delete/", {"post": "yes"}).status_code
        == 302
    )
    chosen = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    assert staff.post(LIST, chosen).status_code == 302
    assert not Goal.objects.live().exists()
    # With what was done, which is said once.
    staff.get(LIST)
    assert first.name not in staff.get(LIST).content.decode()
    assert first.name in staff.get(f"{LIST}?deleted=yes").content.decode()
    chosen = {"action": "restore", "_selected_action": [first.pk, second.pk]}
    staff.post(f"{LIST}?deleted=yes", chosen)
    assert Goal.objects.live().count() == 2
    assert first.lines.count() == 1


def test_a_goal_whose_project_is_gone_can_be_renamed(staff: Client) -> None:
    project = Project.objects.create(name="Relaunch")
    ProjectTogglProject.objects.create(project=project, toggl_project=makers.toggl_project())
    goal = made(staff, metric=f"projects.{project.pk}.hours")
    project.delete()
    values = {name: value for name, value in FORM.items() if name not in FIXED}
    values |= {"name": "Once", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1"}
    values |= {"lines-0-id": goal.lines.get().pk, "lines-0-goal": goal.pk}
    assert staff.post(page_of(goal), values).status_code == 302
    goal.refresh_from_db()
    assert goal.name == "Once"


def test_the_list_of_free_periods_says_of_which_goal(staff: Client) -> None:
    goal = made(staff)
    path = reverse("admin:goals_freeperiod_add")
    assert staff.post(path, {"goal": goal.pk, "start": "2026-09-14"}).status_code == 200
    free = {"goal": goal.pk, "start": "2026-09-14", "end": "2026-09-15"}
    assert staff.post(path, free).status_code == 302
    page = staff.get(reverse("admin:goals_freeperiod_changelist")).content.decode()
    assert goal.name in page


def test_free_days_are_deleted_so_that_they_can_be_restored(client: Client) -> None:
    client.force_login(User.objects.create_superuser("chief"))
    period = FreePeriod.objects.create(start=date(2026, 9, 1), end=date(2026, 9, 2))
    client.post(f"/admin/goals/freeperiod/{period.pk}/delete/", {"post": "yes"})
    assert FreePeriod.objects.get().deleted_at
    assert client.get("/admin/goals/freeperiod/").context["cl"].result_count == 0
    FreePeriod.objects.restore()
    chosen = {"action": "delete_selected", "_selected_action": period.pk, "post": "yes"}
    client.post("/admin/goals/freeperiod/", chosen)
    assert FreePeriod.objects.get().deleted_at

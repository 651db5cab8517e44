"""While an experiment runs, nothing is said of what goes with what it tries: that would be a look at its outcome."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from experiments.models import Experiment
from insights.models import Finding, FindingTest, InsightRun
from journal.merging import merge, take_apart
from lifetracker.backups.export import Exported
from tests import makers
from tests.insights.conftest import NOW

pytestmark = pytest.mark.django_db
BOUND = {
    "action": "whoop.bedtime",
    "outcome": "weight.morning",
    "lag": 0,
    "days": 300,
    "step_words": "30 minutes later",
    "low": -0.4,
    "high": 0.2,
    "times_smallest": 2.0,
}
QUESTION = "Does an early bed help?"
FOUND = "Bedtime 30 minutes later"


@pytest.fixture
def page(page: Client) -> Client:
    makers.finding()
    InsightRun.objects.update(bounds=[BOUND])
    return page


def bedtimes(**fields: Any) -> Experiment:
    """Return an experiment on when one goes to bed; the finding of `makers` is one on bedtime and recovery."""
    values = {"question": QUESTION, "action": "whoop.bedtime", "outcome": "whoop.recovery_score"}
    return makers.experiment(**values | {"state": "running", "start": NOW.date()} | fields)


PAGES = ("/insights/", "/", "/search/?q=recovery", "/review/2026-W37")


def everywhere(client: Client) -> str:
    return " ".join(client.get(one, headers={"accept": "text/html"}).text for one in PAGES)


def test_nothing_is_said_of_it_on_any_page(page: Client) -> None:
    before = everywhere(page)
    assert FOUND in before
    assert "Bedtime and recovery" in before
    one = bedtimes()
    said = everywhere(page)
    assert FOUND not in said
    assert "Bedtime and recovery" not in said
    assert f"While “{QUESTION}” runs, what it tries is left out here" in said
    Experiment.objects.filter(pk=one.pk).update(state="ended")
    assert FOUND in everywhere(page)


def test_today_tells_the_next_one(page: Client) -> None:
    makers.finding(1, action="whoop.steps", action_name="Steps", effect=-2.2)
    assert f"{FOUND}: your recovery" in page.get("/", headers={"accept": "text/html"}).text
    bedtimes()
    said = page.get("/", headers={"accept": "text/html"}).text
    assert FOUND not in said
    assert "Steps 30 minutes later: your recovery" in said


def test_the_api_says_nothing_of_it(page: Client) -> None:
    def answer() -> Any:
        return page.get("/api/insights").json()

    before = answer()
    assert (len(before["insights"]), len(before["not_found"]), before["held_back"]) == (1, 1, "")
    bedtimes()
    after = answer()
    assert (after["insights"], after["not_found"]) == ([], [])
    assert QUESTION in after["held_back"]
    pk = Finding.objects.get().pk
    assert page.post(f"/api/insights/{pk}/hide").status_code == 404
    assert page.post(reverse("insight-hide", args=[pk])).status_code == 404


def test_the_admin_and_the_export_hold_it_back(page: Client) -> None:
    def exported(model: type[Model]) -> int:
        return len(list(Exported(model).rows(["pk"])))

    address = reverse("admin:insights_finding_changelist")
    look = reverse("admin:insights_insightrun_change", args=[InsightRun.objects.get().pk])
    assert "Bedtime, Recovery" in page.get(address).text
    assert [*map(exported, (Finding, FindingTest, InsightRun))] == [1, 1, 1]
    bedtimes()
    assert "Bedtime, Recovery" not in page.get(address).text
    assert BOUND["outcome"] not in page.get(look).text
    assert [*map(exported, (Finding, FindingTest, InsightRun))] == [0, 0, 0]
    InsightRun.objects.update(bounds=[BOUND | {"action": "whoop.steps"}])
    assert exported(InsightRun) == 1


def test_what_shares_records_with_it_is_held_back_too(page: Client) -> None:
    Finding.objects.update(action="whoop.bedtime")
    one = bedtimes(action="nutrition.last_meal_to_sleep")
    answer = page.get("/api/insights").json()
    assert (answer["insights"], answer["not_found"]) == ([], [])
    Experiment.objects.filter(pk=one.pk).update(action="nutrition.last_meal")
    answer = page.get("/api/insights").json()
    assert (len(answer["insights"]), len(answer["not_found"])) == (1, 1)


def test_what_goes_along_with_it_is_held_back_too(page: Client) -> None:
    bedtimes(action="workouts.minutes")
    assert FOUND in everywhere(page)
    InsightRun.objects.update(collinear={"workouts.minutes": ["whoop.bedtime"]})
    assert FOUND not in everywhere(page)
    answer = page.get("/api/insights").json()
    assert (answer["insights"], answer["not_found"]) == ([], [])


@pytest.mark.parametrize(
    ("merged", "into"),
    [("found", "tried"), ("tried", "found"), ("found tried", "other"), ("tried found", "other")],
)
def test_what_is_merged_with_it_is_held_back_and_comes_back(
    page: Client, merged: str, into: str
) -> None:
    named = {name: makers.behaviour(name) for name in ("found", "tried", "other")}
    key = f"journal.{named['found'].pk}"
    Finding.objects.update(action=key)
    InsightRun.objects.update(bounds=[BOUND | {"action": key}])
    bedtimes(action=f"journal.{named['tried'].pk}")
    assert len(page.get("/api/insights").json()["insights"]) == 1
    assert FOUND in everywhere(page)
    for name in merged.split():
        merge(named[name], named[into])
    answer = page.get("/api/insights").json()
    assert (answer["insights"], answer["not_found"]) == ([], [])
    assert FOUND not in everywhere(page)
    for name in merged.split():
        take_apart(named[name], [])
    assert len(page.get("/api/insights").json()["insights"]) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "planned", "start": None},
        {"state": "stopped"},
        {"action": "whoop.steps"},
        {"action": ""},
        {"deleted_at": NOW},
    ],
)
def test_what_no_experiment_tries_is_said(page: Client, fields: dict[str, Any]) -> None:
    bedtimes(**fields)
    assert len(page.get("/api/insights").json()["insights"]) == 1

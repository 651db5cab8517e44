"""What a record was before it was changed is kept: by syncs in batches, and by everything else one by one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from github_projects.commit_rows import set_commits
from lifetracker.models import DayMark, Revision, SyncRun
from lifetracker.models.conflicts import ConstraintViolated
from lifetracker.models.exported import is_exported
from lifetracker.models.kept import KeepsRevisions, KeepsRevisionsQuerySet
from lifetracker.models.revisions import changed_by, without_revisions
from lifetracker.ops.housekeeping import forget_revisions
from lifetracker.sync.upsert import Batch, Written, mark_deleted, upsert
from nutrition.models import MealItem, RecipePart
from nutrition.recipes import Part, save_recipe
from projects.models import Project, ProjectRepository
from tests import makers
from tests.conftest import run
from tests.fasting.test_import import call as bring_in
from tests.fasting.test_import import table
from weight.models import WeighIn
from whoop.models import WhoopRecovery, WhoopWorkout
from workouts.models import Workout

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 8, 30, 15, 250000, UTC)
COLUMNS = ["source_id", "date", "start", "end", "sport_name", "strain", "duration_min", "raw"]


def row(n: int, **changes: Any) -> list[Any]:
    values = {
        "source_id": f"w{n}",
        "date": date(2026, 1, 1) + timedelta(days=n % 300),
        "start": START + timedelta(hours=n),
        "end": START + timedelta(hours=n + 1),
        "sport_name": "running",
        "strain": n / 7,
        "duration_min": 60.0,
        "raw": f'{{"n":{n}}}',
    }
    return list((values | changes).values())


def write(*rows: list[Any], **options: Any) -> Written:
    return upsert(Batch(Workout, "Whoop", COLUMNS, list(rows), **options))


def kept(record: models.Model | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Return kinds and old values, the oldest first."""
    rows = Revision.objects.of(record) if record else Revision.objects.all()
    return list(rows.order_by("id").values_list("kind", "old_values"))


# --- In batches -----------------------------------------------------------------------------------


def test_a_batch_keeps_what_it_replaces_and_nothing_else() -> None:
    write(*map(row, range(5)))
    assert not kept()
    write(row(0), row(1, strain=20.5, sport_name="rowing"), row(2, raw='{"n":"new"}'), row(7))
    changed = Workout.objects.get(source_id="w1")
    assert kept() == [("changed", {"sport_name": "running", "strain": 1 / 7})]
    revision = Revision.objects.get()
    assert revision.record == f"workouts.Workout:{changed.pk}"
    assert list(Revision.objects.of(WhoopWorkout.objects.get(pk=changed.pk))) == [revision]
    assert (revision.run, revision.changed_by) == (None, "")
    assert revision.changed_at > timezone.now() - timedelta(minutes=1)


def test_values_are_kept_as_the_export_writes_them() -> None:
    write(row(1))
    write(row(1, date=date(2026, 5, 4), end=START + timedelta(days=1), strain=None))
    write(row(1, end=START + timedelta(days=1)))
    assert kept() == [
        (
            "changed",
            {
                "date": "2026-01-02",
                "end": "2026-01-01T10:30:15.250000+00:00",
                "strain": 1 / 7,
            },
        ),
        ("changed", {"date": "2026-05-04", "strain": None}),
    ]


def test_deletions_and_returns_are_kept() -> None:
    write(row(1), row(2))
    rows = Workout.objects.filter(source="Whoop")
    assert mark_deleted(rows, ["w1", "w9"]) == 1
    assert mark_deleted(rows, ["w1"]) == 0
    write(row(1))
    mark_deleted(rows, ["w1"])
    write(row(1, strain=9.0))
    assert kept(Workout.objects.get(source_id="w1")) == [
        ("deleted", {}),
        ("returned", {}),
        ("deleted", {}),
        ("returned", {"strain": 1 / 7}),
    ]
    assert not kept(Workout.objects.get(source_id="w2"))


def test_a_row_that_stays_deleted_does_not_return() -> None:
    write(row(1))
    known = dict(Workout.objects.values_list("source_id", "digest"))
    mark_deleted(Workout.objects.filter(source="Whoop"), ["w1"])
    write(row(1, strain=3.0), keeps_deleted=True, known=known)
    assert [kind for kind, _ in kept()] == ["deleted", "changed"]
    assert Workout.objects.get().deleted_at


def test_an_item_that_comes_twice_leaves_one_revision_and_the_refused_none() -> None:
    write(row(1))
    write(row(1, strain=5.0), row(1, strain=6.0))
    assert kept() == [("changed", {"strain": 1 / 7})]
    written = write(row(1, strain=7.0), row(2, end=START - timedelta(days=9)))
    assert [reason for _, reason in written.refused]
    assert kept()[1:] == [("changed", {"strain": 6.0})]


def cost(*rows: list[Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        write(*rows)
    return len(queries)


def test_a_first_sync_costs_no_statement_and_a_batch_a_constant_number(settings: Any) -> None:
    first = cost(*map(row, range(50)))
    unchanged = cost(*map(row, range(50)))
    few = cost(*(row(n, strain=1.5) for n in range(3)))
    many = cost(*(row(n, strain=2.5) for n in range(50)))
    assert few == many
    settings.KEEP_REVISIONS = False
    assert cost(*(row(100 + n) for n in range(50))) == first
    assert cost(*(row(100 + n) for n in range(50))) == unchanged
    assert cost(*(row(n, strain=3.5) for n in range(50))) == many - 2
    assert Revision.objects.count() == 53


def test_what_fails_keeps_nothing() -> None:
    write(row(1))
    with suppress(KeyError), transaction.atomic():
        write(row(1, strain=5.0))
        raise KeyError
    assert not kept()


# --- A sync ---------------------------------------------------------------------------------------


def test_a_sync_leaves_none_at_first_and_then_one_for_each_change(whoop: Any) -> None:
    run(days=5)
    assert not kept()
    night = next(one for one in whoop.records("recovery") if one["score_state"] == "SCORED")
    before = WhoopRecovery.objects.get(source_id=str(night["cycle_id"]))
    whoop.rescore("recovery", night["cycle_id"], recovery_score=12.0)
    synced = run(days=5)
    revision = Revision.objects.get()
    assert revision.record == f"whoop.WhoopRecovery:{before.pk}"
    assert revision.old_values == {"recovery_score": before.recovery_score}
    assert revision.run == synced
    run(days=5)
    assert Revision.objects.count() == 1
    synced.delete()
    assert Revision.objects.get().run is None


def test_an_import_is_the_author_of_what_it_changes(tmp_path: Path) -> None:
    row = "2/13/22,19:30,13:45,18,1"
    bring_in(table(tmp_path, row, "2/9/22,18:00,18:00,24,0"))
    assert not kept()
    edited = makers.weigh_in()
    edited.weight_kg = 99
    edited.save()
    bring_in(table(tmp_path, "2/13/22,19:30,14:45,19,1", "2/8/22,18:00,18:00,24,0"))
    mine, *imported = Revision.objects.order_by("id")
    assert mine.run is None
    assert {one.kind for one in imported} == {"changed", "deleted"}
    assert {one.run for one in imported} == {SyncRun.objects.first()}
    assert imported[0].old_values["end"] == "2022-02-14T13:45:00+00:00"
    bring_in(table(tmp_path, row), "--dry-run")
    assert Revision.objects.count() == 1 + len(imported)


# --- One by one -----------------------------------------------------------------------------------


def test_saving_keeps_what_differs() -> None:
    record = makers.weigh_in(kg=70)
    record.save()
    assert not kept()
    with changed_by(name=lambda: "robin"):
        record.weight_kg = 71.5
        record.save()
    assert kept(record) == [("changed", {"weight_kg": 70})]
    assert Revision.objects.get().changed_by == "robin"
    with changed_by(SyncRun.objects.create(source="Whoop", kind="manual").pk, lambda: "robin"):
        record.mark_deleted()
    assert Revision.objects.first().kind == "deleted"  # type: ignore[union-attr]
    assert Revision.objects.first().changed_by == "", "a run did"  # type: ignore[union-attr]
    record.deleted_at = None
    record.save(update_fields=["deleted_at"])
    assert [kind for kind, _ in kept(record)] == ["changed", "deleted", "returned"]


def test_saving_some_fields_or_a_deferred_record_keeps_what_is_written() -> None:
    record = makers.weigh_in(kg=70)
    record.weight_kg, record.fat_ratio = 71, 20
    record.save(update_fields=["fat_ratio"])
    assert kept() == [("changed", {"fat_ratio": None})]
    lean = WeighIn.objects.defer("raw", "fat_ratio").get()
    lean.weight_kg = 72
    lean.save()
    assert kept()[1:] == [("changed", {"weight_kg": 70})]


def test_values_of_another_type_in_python_are_no_change() -> None:
    project = Project.objects.create(name="Portal", start=date(2026, 1, 1))
    project.start = "2026-01-01"  # type: ignore[assignment]  # as a form could leave it
    project.save()
    food = makers.food(servings=[["slice", 30]])
    food.servings = [("slice", 30)]
    food.kcal = 60.0
    food.save()
    assert not kept()


def test_updates_keep_what_they_replace() -> None:
    one, other = makers.weigh_in(1, 70), makers.weigh_in(2, 80)
    assert WeighIn.objects.filter(weight_kg__gt=75).update(is_mine=False) == 1
    assert kept() == [("changed", {"is_mine": None})]
    assert WeighIn.objects.all().update(weight_kg=models.F("weight_kg") + 1) == 2
    assert sorted(kept(one) + kept(other)[1:], key=str) == [
        ("changed", {"weight_kg": 70}),
        ("changed", {"weight_kg": 80}),
    ]
    assert WeighIn.objects.filter(pk=one.pk).update(weight_kg=71) == 1
    assert len(kept(one)) == 1, "it is 71 already"


def test_an_update_that_meets_nothing_costs_as_much_as_ever() -> None:
    with CaptureQueriesContext(connection) as queries:
        WeighIn.objects.all().update(weight_kg=1)
    assert len(queries) == 1


def test_what_is_deleted_for_good_is_kept_whole_with_all_that_goes_with_it() -> None:
    project = Project.objects.create(name="Portal", notes="mine")
    link = ProjectRepository.objects.create(project=project, repository=makers.repository())
    meal, food = makers.meal(), makers.food()
    item = MealItem.objects.create(meal=meal, food=food, name="Skyr", amount=100)
    food.delete()
    assert kept(item) == [("changed", {"food_id": item.food_id})]
    Project.objects.all().delete()
    meal.delete()
    whole = dict(Revision.objects.filter(kind="deleted").values_list("record_type", "old_values"))
    assert whole["projects.Project"]["notes"] == "mine"
    assert whole["projects.ProjectRepository"]["repository_id"] == link.repository_id
    assert whole["nutrition.MealItem"]["name"] == "Skyr"
    assert whole["nutrition.Meal"]["kind"] == "snack"
    assert whole["nutrition.FoodItem"]["kcal"] == 60
    assert whole.keys() >= {"nutrition.MealItem", "nutrition.Meal"}
    assert "raw" not in whole["nutrition.Meal"]


def test_what_a_constraint_refuses_keeps_nothing() -> None:
    Project.objects.create(name="Portal")
    other = Project.objects.create(name="Other")
    other.name = "Portal"
    with pytest.raises(ConstraintViolated):
        other.save()
    assert not kept(), "and the transaction goes on"


def test_a_commit_that_returns_leaves_a_revision() -> None:
    repository = makers.repository()
    away, here = makers.commit(), makers.commit(repository)
    away.deleted_at = START
    away.save()
    Revision.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        set_commits(repository, [here.source_id, away.source_id])
    assert kept(away) == [("returned", {})]
    assert kept() == kept(away)
    away.refresh_from_db()
    assert away.deleted_at is None
    with CaptureQueriesContext(connection) as again:
        set_commits(repository, [here.source_id, away.source_id])
    assert len(again) < len(asked)
    assert kept() == kept(away)


def test_what_the_program_computes_is_not_kept() -> None:
    one = makers.commit(makers.repository())
    type(one).objects.all().update(mine=True, sitting_seconds=5)
    mark = DayMark.objects.create(date=date(2026, 1, 1), kind="sick")
    with without_revisions():
        mark.delete()
    assert not kept()


def test_the_switch(settings: Any) -> None:
    settings.KEEP_REVISIONS = False
    record = makers.weigh_in()
    record.weight_kg = 99
    record.save()
    WeighIn.objects.update(weight_kg=98)
    record.delete()
    assert not kept()


def test_the_age_limit(settings: Any) -> None:
    record = makers.weigh_in()
    for kg in (71, 72):
        record.weight_kg = kg
        record.save()
    newest = Revision.objects.first()
    Revision.objects.exclude(pk=newest.pk).update(changed_at=timezone.now() - timedelta(days=31))  # type: ignore[union-attr]
    assert forget_revisions(timezone.now()) == 0
    settings.REVISIONS_DAYS = 30
    assert forget_revisions(timezone.now()) == 1
    assert Revision.objects.get() == newest


def test_parts_of_a_recipe_that_stay_leave_none() -> None:
    oats, milk = makers.food("Oats"), makers.food("Milk")
    recipe = makers.recipe("Porridge", (oats, 60), (milk, 200))
    parts = [Part(oats, 60, "g"), Part(milk, 200, "g")]
    save_recipe(recipe, parts)
    before = list(RecipePart.objects.values())
    Revision.objects.all().delete()
    save_recipe(recipe, parts)
    assert not kept()
    assert list(RecipePart.objects.values()) == before
    save_recipe(recipe, [parts[0], Part(milk, 150, "g")])
    gone = Revision.objects.get(kind="deleted")
    assert (gone.record_id, gone.old_values["amount"]) == (before[1]["id"], 200)
    assert RecipePart.objects.get(food=oats).pk == before[0]["id"]


# --- Two at once ----------------------------------------------------------------------------------


def both(write_one: Callable[[int], object]) -> None:
    """Let two threads write five values each."""

    def work(first: int) -> None:
        try:
            for number in range(first, first + 5):
                write_one(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (100, 200)))


WRITTEN = [*range(100, 105), *range(200, 205)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_each_keeps_what_the_other_one_wrote() -> None:
    record = makers.weigh_in(kg=60)

    def save(kg: int) -> None:
        mine = WeighIn.objects.get(pk=record.pk)
        mine.weight_kg = kg
        mine.save()

    both(save)
    old = [values["weight_kg"] for _, values in kept(record)]
    assert sorted([*old, WeighIn.objects.get().weight_kg]) == [60, *WRITTEN]


@pytest.mark.django_db(transaction=True)
def test_so_do_two_batches() -> None:
    write(row(1, strain=60.0))
    both(lambda strain: write(row(1, strain=float(strain))))
    record = Workout.objects.get()
    old = [values["strain"] for _, values in kept(record)]
    assert sorted([*old, record.strain]) == [60, *WRITTEN]


# --- All of them ----------------------------------------------------------------------------------

#: Exported, and without values that could change.
WITHOUT = {
    "csv_import.KeptMapping": "what was chosen last for the columns of a file, and no value of a day",
    "github_projects.GitHubAccount": "what GitHub says of the account, machinery of the analysis",
    "github_projects.RepositoryCommit": "which commit is in which repository: git knows it",
    "goals.GoalLine": "lines are never changed: they are the history",
    "insights.Finding": "worked out from what is known: a new look writes it anew",
    "insights.FindingTest": "one test of a finding, which is never changed",
    "insights.InsightRun": "a look at the days, which is never changed",
    "insights.MetricChange": "worked out from what is known: a new look writes it anew",
    "insights.MetricChangeTest": "one look at a change, which is never changed",
    "lifetracker.RejectedItem": "what could not become a record",
    "lifetracker.Revision": "it is one",
}


def test_every_exported_model_keeps_revisions() -> None:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not is_exported(model) or model._meta.label in WITHOUT:
            continue
        assert issubclass(model, KeepsRevisions), model
        assert isinstance(model._default_manager.all(), KeepsRevisionsQuerySet), model
        assert model._meta.pk.name == "id", model

"""Compares a diary with what is stored, and brings it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lifetracker.days import ONE_DAY, midnight
from lifetracker.models import SyncRun
from lifetracker.models.kept import replace_rows
from lifetracker.sync.digests import digest
from lifetracker.sync.file_imports import (
    Question,
    first_named,
    is_too_little,
    record_rejected,
    to_json,
)
from lifetracker.sync.files import Refusal
from lifetracker.sync.reporting import reported
from lifetracker.sync.runs import Counts, record_import
from lifetracker.sync.upsert import Batch, mark_deleted, upsert
from lifetracker.sync.writer import batches_of
from nutrition.diary_import.entries import Diary, DiaryMeal, Eaten, Options
from nutrition.models import CompleteDay, Meal, MealItem
from nutrition.nutrients import Amounts

STREAM = "diary"
COLUMNS = [
    *("source_id", "date", "eaten_at", "kind", "note"),
    *("utc_offset_min", "is_time_known", "raw"),
]
#: Where a meal stands in its day whose time nobody has said.
PLACES = {
    Meal.Kind.BREAKFAST: time(8),
    Meal.Kind.LUNCH: time(13),
    Meal.Kind.SNACK: time(16),
    Meal.Kind.DINNER: time(19),
}


class Stored(NamedTuple):
    """A meal of an earlier import."""

    source_id: str
    date: date
    kind: str
    digest: str
    deleted_at: datetime | None

    @property
    def words(self) -> str:
        return f"{self.date} {self.kind}"


@dataclass
class Outcome:
    """The result of an import. `completed` and `reopened`: days that are marked as complete, or no longer."""

    diary: Diary
    created: list[DiaryMeal] = field(default_factory=list)
    updated: list[DiaryMeal] = field(default_factory=list)
    unchanged: int = 0
    removed: list[Stored] = field(default_factory=list)
    #: What the file lacks, on days of which a row cannot be read.
    spared: list[Stored] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    completed: list[date] = field(default_factory=list)
    reopened: list[date] = field(default_factory=list)
    #: Days that the app calls complete, of which no meal is stored, or not all that was eaten.
    not_marked: list[date] = field(default_factory=list)
    run: SyncRun | None = None

    def counts(self) -> Counts:
        return Counts(
            seen=len(self.created) + len(self.updated) + self.unchanged + len(self.refusals),
            created=len(self.created),
            updated=len(self.updated),
            unchanged=self.unchanged,
            deleted=len(self.removed),
            rejected=len(self.refusals),
        )


def question_of(outcome: Outcome, compared: list[Stored], known: int) -> Question:
    removed = outcome.removed
    named = first_named([one.words for one in removed])
    loss = f"Importing it would remove {len(removed)}: {named}. " if removed else ""
    return Question(
        f"The file has {known} of the {len(compared)} meals that are stored from {compared[0].date} to "
        f"{compared[-1].date}. {loss}Nothing was imported. Check that it is your own file, and whole. "
        "If it is, add --replace.",
        outcome,
    )


def import_diary(
    diary: Diary,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
) -> Outcome:
    """Import a diary, or roll it back after a dry run. Raises CannotImport."""
    with Meal.objects.locked():
        started = timezone.now()
        outcome = Outcome(diary, refusals=list(diary.refusals))
        known = stored_meals(diary.source)
        meals = diary.meals()
        compared, lacking = compare(diary, meals, known)
        outcome.spared = [one for one in lacking if diary.is_unsure or one.date in diary.unsure]
        outcome.removed = [one for one in lacking if one not in outcome.spared]
        write_meals(meals, known, options, outcome)
        rows = Meal.objects.filter(source=diary.source)
        mark_deleted(rows, [one.source_id for one in outcome.removed])
        mark_days(outcome)
        has = len(compared) - len(lacking)
        if is_too_little(has, len(compared), len(outcome.removed)) and not options.replace:
            # Which takes back what has been written.
            raise question_of(outcome, compared, has)
        record_rejected(diary.source, STREAM, outcome.refusals)
        record_run(outcome, started, begun_by)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def stored_meals(source: str) -> dict[str, Stored]:
    rows = Meal.objects.filter(source=source).order_by("date", "source_id")
    return {row[0]: Stored(*row) for row in rows.values_list(*Stored._fields)}


def compare(
    diary: Diary, meals: Iterable[DiaryMeal], known: dict[str, Stored]
) -> tuple[list[Stored], list[Stored]]:
    """Return the live meals that are stored within the stretch of the file, and those of them that it lacks."""
    if diary.span is None:
        return [], []
    first, last = diary.span
    ids = {meal.source_id for meal in meals}
    live = [one for one in known.values() if one.deleted_at is None and first <= one.date <= last]
    return live, [one for one in live if one.source_id not in ids]


# --- Meals ----------------------------------------------------------------------------------------


def write_meals(
    meals: list[DiaryMeal], known: dict[str, Stored], options: Options, outcome: Outcome
) -> None:
    for some in reported(batches_of(meals), len(meals)):
        rows = [row_of(meal, options) for meal in some]
        # Of the items as well, which are rows of their own.
        digests = [
            digest([row, *map(values_of, meal.items)]) for row, meal in zip(rows, some, strict=True)
        ]
        batch = Batch(Meal, outcome.diary.source, COLUMNS, rows, digests)
        refused = {str(row[0]): reason for row, reason in upsert(batch).refused}
        written = []
        for meal, now in zip(some, digests, strict=True):
            before = known.get(meal.source_id)
            if meal.source_id in refused:
                reason = f"the database refuses it: {refused[meal.source_id]}"
                outcome.refusals.append(Refusal(meal.items[0].where, reason, meal.items[0].raw))
            elif before and before.digest == now and before.deleted_at is None:
                outcome.unchanged += 1
            else:
                (outcome.updated if before else outcome.created).append(meal)
                written.append(meal)
        write_items(written, outcome.diary.source)


def row_of(meal: DiaryMeal, options: Options) -> list[object]:
    """Return the values of COLUMNS. The day is that of the diary, whatever the zone."""
    at = meal.at or PLACES[Meal.Kind(meal.kind)]
    moment = datetime.combine(meal.day, at, options.zone).astimezone(UTC)
    ahead = moment.astimezone(options.zone).utcoffset() or timedelta()
    raw = [item.raw for item in meal.items]
    return [
        meal.source_id,
        meal.day,
        moment,
        str(meal.kind),
        meal.note[:10_000],
        ahead // timedelta(minutes=1),
        meal.at is not None,
        to_json(raw),
    ]


def values_of(eaten: Eaten) -> tuple[object, ...]:
    """Return what an item is, wherever it stands in the file."""
    return eaten.name, eaten.amount, eaten.unit, eaten.size, sorted(eaten.amounts.items())


def write_items(meals: list[DiaryMeal], source: str) -> None:
    """Give the meals their items, in the place of those that they had."""
    ids = [meal.source_id for meal in meals]
    rows: QuerySet[Meal] = Meal.objects.filter(source=source, source_id__in=ids)
    by_id = dict(rows.values_list("source_id", "pk"))
    items = [
        item_of(one, by_id[meal.source_id], position)
        for meal in meals
        for position, one in enumerate(meal.items)
    ]
    replace_rows(MealItem.objects.filter(meal__in=by_id.values()), items)


def item_of(eaten: Eaten, meal_id: int, position: int) -> MealItem:
    item = MealItem(meal_id=meal_id, position=position, name=eaten.name)
    item.amount, item.unit, item.size = eaten.amount, eaten.unit, eaten.size
    item.amounts = Amounts(eaten.amounts)
    return item


# --- Days, and the run ----------------------------------------------------------------------------


def mark_days(outcome: Outcome) -> None:
    """Mark days as complete that the app calls so, and take back what an earlier file has marked. A day of which something
    was eaten is complete only where that is stored: else it would count as a day of fasting."""
    diary = outcome.diary
    if not diary.days:
        return
    marked = dict(CompleteDay.objects.filter(date__in=diary.days).values_list("date", "source"))
    eaten = set(Meal.objects.live().filter(date__in=diary.days).values_list("date", flat=True))
    for day, end in sorted(diary.days.items()):
        if not end.is_complete:
            if marked.get(day) == diary.source:
                outcome.reopened.append(day)
        elif (day not in eaten and end.kcal != 0) or diary.is_unsure or day in diary.unsure:
            outcome.not_marked.append(day)
        elif day not in marked:
            outcome.completed.append(day)
    CompleteDay.objects.filter(date__in=outcome.reopened, source=diary.source).delete()
    CompleteDay.objects.bulk_create(
        CompleteDay(date=day, source=diary.source) for day in outcome.completed
    )


def record_run(outcome: Outcome, started: datetime, begun_by: str) -> None:
    days = outcome.diary.span or (min(outcome.diary.days), max(outcome.diary.days))
    span = (midnight(days[0]), midnight(days[1] + ONE_DAY))
    outcome.run = record_import(
        outcome.diary.source,
        STREAM,
        outcome.counts(),
        span=span,
        started=started,
        begun_by=begun_by,
    )

"""What one does with the diary: adding, changing, taking away, copying. The pages, the API and the imports do it through
these, one transaction each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lifetracker.days import local_date, midnight
from lifetracker.models import MANUAL, new_source_id
from lifetracker.models.table_locks import lock_table
from nutrition.models import CompleteDay, FoodItem, Meal, MealItem

#: What is added within this time of a meal of its kind belongs to that meal.
SAME_MEAL = timedelta(hours=1)
#: Until these hours of the day a meal is of this kind, unless its owner says another one.
KINDS_BY_HOUR = (
    (4, Meal.Kind.SNACK),
    (11, Meal.Kind.BREAKFAST),
    (15, Meal.Kind.LUNCH),
    (17, Meal.Kind.SNACK),
    (22, Meal.Kind.DINNER),
    (24, Meal.Kind.SNACK),
)


class AlreadyThere(ValidationError):
    """The same meal stands at that time already."""


class Copied(NamedTuple):
    """What became of the copy of a day. `there`: the meals that its day has already."""

    made: list[Meal]
    there: list[Meal]


class Wanted(NamedTuple):
    """What is to be added: so much of a food; or `name` with its energy alone, in kcal, where there is no food."""

    food: FoodItem | None = None
    amount: float = 1
    unit: str = "g"
    name: str = ""
    kcal: float | None = None


def kind_at(moment: datetime) -> Meal.Kind:
    """Return which meal one is likely to have at a time."""
    hour = timezone.localtime(moment).hour
    return next(kind for until, kind in KINDS_BY_HOUR if hour < until)


@transaction.atomic
def add(
    wanted: Iterable[Wanted], moment: datetime, kind: str = "", press: str = ""
) -> list[MealItem]:
    """Add items to the meal of this time and kind, or to a new one. Raises ValidationError, and adds nothing then. `press`:
    which press of a button it is, so that one that comes twice adds once."""
    lock_table(Meal)
    if press and (done := added_by(press, moment)):
        return done
    return put_into(meal_at(moment, kind or kind_at(moment)), wanted, press)


def added_by(press: str, moment: datetime) -> list[MealItem]:
    """Return what a press of a button has added already."""
    rows = MealItem.objects.filter(meal__source=MANUAL, meal__date=local_date(moment))
    return list(rows.filter(source_id=press).order_by("position", "pk"))


def meal_at(moment: datetime, kind: str) -> Meal:
    """Return the typed-in meal of a kind that is had at this time, else a new one."""
    near = (moment - SAME_MEAL, moment + SAME_MEAL)
    same = Meal.objects.live().filter(source=MANUAL, kind=kind, date=local_date(moment))
    found = same.filter(eaten_at__range=near).order_by("eaten_at").select_for_update().first()
    if found:
        return found  # type: ignore[no-any-return]
    meal = Meal(eaten_at=moment, kind=kind)
    meal.full_clean()
    meal.save()
    return meal


def made(meal: Meal, wanted: Wanted, position: int) -> MealItem:
    """Return the item, which is not saved yet. Raises ValidationError."""
    item = MealItem(meal=meal, position=position, amount=wanted.amount, unit=wanted.unit)
    if wanted.food:
        item.food = wanted.food
        item.freeze()
    else:
        item.name, item.kcal, item.unit = wanted.name, wanted.kcal, "portion"
    item.full_clean()
    return item


@transaction.atomic
def resize(pk: int, amount: float, unit: str) -> MealItem:
    """Change how much of something was eaten. Raises MealItem.DoesNotExist, ValidationError."""
    item = for_change(pk)
    item.resize(amount, unit)
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def say_in(pk: int, unit: str) -> MealItem:
    """Say how much it is in another unit. Raises MealItem.DoesNotExist, ValidationError."""
    item = for_change(pk)
    item.say_in(unit)
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def take_new_values(pk: int) -> MealItem:
    """Give an item the values that its food has by now. Raises MealItem.DoesNotExist, ValidationError."""
    item = for_change(pk)
    item.freeze()
    item.save()
    return item


@transaction.atomic
def remove(pk: int) -> MealItem:
    """Mark an item as deleted, and its meal once nothing is left of it. Raises MealItem.DoesNotExist."""
    item = for_change(pk)
    item.deleted_at = timezone.now()
    item.save()
    if not item.meal.items.live().exists():
        item.meal.mark_deleted()
    return item


@transaction.atomic
def remove_meals(pks: Iterable[int]) -> None:
    """Mark typed-in meals as deleted. What is in them stays as it is."""
    for meal in Meal.objects.live().filter(source=MANUAL, pk__in=pks).select_for_update():
        meal.mark_deleted()


@transaction.atomic
def restore(pk: int) -> MealItem:
    """Bring a deleted item back, and its meal with it. Raises MealItem.DoesNotExist."""
    item = for_change(pk, is_deleted=True)
    item.deleted_at = None
    item.save()
    if item.meal.deleted_at:
        item.meal.deleted_at = None
        item.meal.save()
    return item


@transaction.atomic
def remove_together(pks: Iterable[int]) -> None:
    """Mark items as deleted, as far as they are not deleted already."""
    for pk in items_among(pks, is_deleted=False):
        remove(pk)


@transaction.atomic
def restore_together(pks: Iterable[int]) -> None:
    """Bring deleted items back, as far as they are deleted."""
    for pk in items_among(pks, is_deleted=True):
        restore(pk)


def items_among(pks: Iterable[int], *, is_deleted: bool) -> list[int]:
    rows = MealItem.objects.filter(pk__in=pks, deleted_at__isnull=not is_deleted)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def for_change(pk: int, *, is_deleted: bool = False) -> MealItem:
    """Return an item of a typed-in meal, locked. Raises MealItem.DoesNotExist."""
    rows = MealItem.objects.filter(deleted_at__isnull=not is_deleted, meal__source=MANUAL)
    return rows.select_for_update(of=("self",)).select_related("meal", "food").get(pk=pk)


# --- Whole meals ----------------------------------------------------------------------------------


@transaction.atomic
def new_meal(meal: Meal, wanted: Iterable[Wanted]) -> Meal:
    """Store a meal with what is in it. Raises ValidationError, and stores nothing then."""
    meal.full_clean()
    meal.save()
    put_into(meal, wanted)
    return meal


@transaction.atomic
def put_into(meal: Meal, wanted: Iterable[Wanted], press: str = "") -> list[MealItem]:
    """Add items behind those that a meal has. Raises ValidationError, and adds nothing then."""
    place = meal.items.aggregate(last=Max("position"))["last"]
    first = 0 if place is None else place + 1
    added = [made(meal, one, position) for position, one in enumerate(wanted, first)]
    for item in added:
        item.source_id = press
        item.save()
    return added


@transaction.atomic
def restore_meal(pk: int) -> Meal:
    """Bring a deleted meal back, with what was in it. Raises Meal.DoesNotExist."""
    meal: Meal = Meal.objects.select_for_update().get(pk=pk, source=MANUAL)
    meal.deleted_at = None
    meal.save()
    return meal


# --- Copies ---------------------------------------------------------------------------------------


@transaction.atomic
def copy_meal(meal: Meal, moment: datetime, press: str = "") -> Meal:
    """Have the same again at another time, with the values that its foods have now. Raises ValidationError, and
    AlreadyThere where it would double a meal. What one press of a button asks for twice is done once."""
    lock_table(Meal)
    source_id = f"{press}.{meal.pk}.{local_date(moment)}" if press else new_source_id()
    if done := Meal.objects.filter(source=MANUAL, source_id=source_id).first():
        return done  # type: ignore[no-any-return]
    items = live_items(meal)
    if is_there(meal.kind, items, moment):
        name = meal.get_kind_display()
        raise AlreadyThere(f"The same {name.lower()} is there already, so nothing was copied.")
    copy = Meal(eaten_at=moment, kind=meal.kind, note=meal.note, source_id=source_id)
    copy.full_clean()
    copy.save()
    for item in items:
        again(item, copy).save()
    return copy


def live_items(meal: Meal) -> list[MealItem]:
    return list(meal.items.live().select_related("food").order_by("position", "pk"))


def is_there(kind: str, items: Iterable[MealItem], moment: datetime) -> bool:
    """Return whether a meal of a kind with the same items stands at a time, to the minute."""
    minute = moment.replace(second=0, microsecond=0)
    rows = Meal.objects.live().filter(kind=kind, eaten_at__gte=minute)
    wanted = contents(items)
    near = rows.filter(eaten_at__lt=minute + timedelta(minutes=1)).defer("raw")
    return any(contents(live_items(meal)) == wanted for meal in near)


def contents(items: Iterable[MealItem]) -> list[tuple[str, float, str]]:
    """Return what is eaten and how much, whatever stands first. A food is called as it is now."""
    return sorted((str(item.food or item.name), item.amount, item.unit) for item in items)


def again(item: MealItem, meal: Meal) -> MealItem:
    """Return the same item in another meal, which is not saved yet."""
    copy = MealItem(meal=meal, position=item.position, name=item.name, food=item.food)
    copy.amount, copy.unit, copy.size = item.amount, item.unit, item.size
    copy.amounts = item.amounts
    if item.food and item.food.deleted_at is None and item.size is not None:
        copy.freeze()
    return copy


@transaction.atomic
def copy_day(day: date, to: date, press: str = "") -> Copied:
    """Have on one day what was eaten on another one, at the same times by the clock, without the meals that are there
    already. Raises ValidationError, for a time that has not come as well, and copies nothing then."""
    meals = list(Meal.objects.all().of_day(day))
    if not meals:
        raise ValidationError(f"Nothing is written down on {day:%-d %B}.")
    copied = Copied([], [])
    for meal in meals:
        try:
            copied.made.append(copy_meal(meal, same_time(meal, to), press))
        except AlreadyThere:
            copied.there.append(meal)
    return copied


def same_time(meal: Meal, day: date) -> datetime:
    """Return the moment on another day at which clocks show what they showed at a meal."""
    since = timezone.localtime(meal.eaten_at)
    begin = timezone.localtime(midnight(day))
    return begin.replace(hour=since.hour, minute=since.minute, second=0, microsecond=0)


# --- Complete days --------------------------------------------------------------------------------


def mark_complete(day: date) -> CompleteDay:
    """Say that everything eaten on a day is written down. Raises ValidationError for a day that has not come."""
    CompleteDay(date=day).clean()
    return CompleteDay.objects.get_or_create(date=day)[0]


def unmark_complete(day: date) -> None:
    CompleteDay.objects.filter(date=day).delete()

"""What behaviours, answers and notes may be, and which answer counts."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from journal.answers import behaviour_named
from journal.merging import merge
from journal.models import Answer, Behaviour, Note
from lifetracker.days import ONE_DAY, today
from lifetracker.models.conflicts import ConstraintViolated

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 16)
YES_NO, AMOUNT, SCALE = Behaviour.Kind.YES_NO, Behaviour.Kind.AMOUNT, Behaviour.Kind.SCALE


def answer(
    behaviour: Behaviour, value: float, day: date = DAY, source: str = "Manual", **others: str
) -> Answer:
    found: Answer = Answer.objects.create(
        behaviour=behaviour, date=day, value=value, source=source, **others
    )
    return found


def counted(behaviour: Behaviour, day: date = DAY) -> float | None:
    """Return what counts of a day, in both ways in which it is asked for."""
    counts_for = Behaviour.objects.all().counts_for()
    found = Answer.objects.all().by_day(counts_for, day, day)
    of_day = found.get(behaviour.pk, {}).get(day)
    wordings = [pk for pk, one in counts_for.items() if one == behaviour.pk]
    rows = Answer.objects.all().counted(wordings).filter(date=day)
    assert list(rows.values_list("pk", flat=True)) == ([] if of_day is None else [of_day.pk])
    return None if of_day is None else of_day.value


def test_a_name_is_the_same_in_other_capitals_and_spaces() -> None:
    first = behaviour_named("Any alcohol?", YES_NO)
    assert behaviour_named("  any   ALCOHOL? ", YES_NO) == first
    with pytest.raises(ConstraintViolated, match="already a behaviour with this name"):
        Behaviour.objects.create(name="any  alcohol?")
    first.mark_deleted()
    assert Behaviour.objects.create(name="any  alcohol?").name == "any alcohol?"


def test_new_behaviours_come_after_the_others() -> None:
    names = [behaviour_named(name, YES_NO).name for name in ("b", "a", "c")]
    assert [one.name for one in Behaviour.objects.all().asked()] == names


def test_a_deleted_one_comes_back_with_its_answers() -> None:
    first = behaviour_named("Mood", SCALE)
    answer(first, 4)
    first.mark_deleted()
    assert behaviour_named("mood", SCALE) == first
    assert counted(first) == 4


def test_a_name_that_has_another_kind_of_answers_makes_a_second_one() -> None:
    cups = behaviour_named("Coffee", AMOUNT, "cups")
    asked = behaviour_named("Coffee", YES_NO, source="WhoopExport")
    assert (asked.name, asked.kind, asked.source) == ("Coffee (yes or no)", YES_NO, "WhoopExport")
    assert behaviour_named("coffee", YES_NO) == asked
    assert cups.unit == "cups"


def test_answers_in_another_wording_count() -> None:
    alcohol, wording = behaviour_named("Alcohol", YES_NO), behaviour_named("Any drinks?", YES_NO)
    answer(wording, 1, source="WhoopExport")
    wording.merged_into = alcohol
    wording.save()
    assert behaviour_named("any drinks?", YES_NO) == alcohol
    assert counted(alcohol) == 1
    answer(alcohol, 0)
    assert counted(alcohol) == 0


def test_what_was_typed_in_counts_before_what_was_imported() -> None:
    alcohol = behaviour_named("Alcohol", YES_NO)
    typed = answer(alcohol, 0)
    answer(alcohol, 1, source="WhoopExport")
    assert counted(alcohol) == 0
    typed.mark_deleted()
    assert counted(alcohol) == 1
    assert counted(alcohol, DAY + ONE_DAY) is None


def test_one_answer_a_day_from_each_source() -> None:
    alcohol = behaviour_named("Alcohol", YES_NO)
    first = answer(alcohol, 0)
    with pytest.raises(ConstraintViolated, match="already an answer for this day"):
        answer(alcohol, 1)
    first.mark_deleted()
    answer(alcohol, 1)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (YES_NO, 2, "Enter 1 for yes or 0 for no."),
        (YES_NO, 0.5, "Enter 1 for yes or 0 for no."),
        (SCALE, 0, "Enter a whole number from 1 to 5."),
        (SCALE, 6, "Enter a whole number from 1 to 5."),
        (SCALE, 2.5, "Enter a whole number from 1 to 5."),
        (AMOUNT, -1, "Enter a number between 0 and 1,000,000."),
        (AMOUNT, float("nan"), "Enter a number between 0 and 1,000,000."),
    ],
)
def test_what_is_no_answer(kind: str, value: float, reason: str) -> None:
    one = behaviour_named("One", kind)
    with pytest.raises(ValidationError) as refused:
        Answer(behaviour=one, date=DAY, value=value).full_clean()
    assert refused.value.message_dict == {"value": [reason]}


@pytest.mark.parametrize(("kind", "value"), [(YES_NO, 0), (YES_NO, 1), (SCALE, 5), (AMOUNT, 2.5)])
def test_what_is_an_answer(kind: str, value: float) -> None:
    Answer(behaviour=behaviour_named("One", kind), date=today(), value=value).full_clean()


def test_a_day_that_has_not_come_has_no_answer() -> None:
    tomorrow = Answer(behaviour=behaviour_named("One", YES_NO), date=today() + ONE_DAY, value=1)
    with pytest.raises(ValidationError, match="must not be in the future"):
        tomorrow.full_clean()


def test_the_kind_of_answers_stays() -> None:
    one = behaviour_named("One", YES_NO)
    one.kind = SCALE
    one.full_clean()
    answer(one, 1)
    one.save()
    one.kind = AMOUNT
    with pytest.raises(ValidationError, match="has answers already"):
        one.full_clean()


def test_tags_are_plain_words() -> None:
    note = Note(
        written_at="2026-09-16T08:00:00Z", text="a", tags=["#Travel", " travel", "", "old  town"]
    )
    note.full_clean(exclude=["date"])
    assert note.tags == ["Travel", "old town"]
    note.tags = "travel"
    with pytest.raises(ValidationError, match="list of words"):
        note.full_clean(exclude=["date"])


def test_of_two_wordings_the_newest_answer_counts() -> None:
    alcohol, wording = behaviour_named("Alcohol", YES_NO), behaviour_named("Any drinks?", YES_NO)
    wording.merged_into = alcohol
    wording.save()
    answer(alcohol, 0, source="WhoopExport")
    answer(wording, 1, source="WhoopExport")
    assert counted(alcohol) == 1
    answer(wording, 1)
    answer(alcohol, 0)
    assert counted(alcohol) == 0


def test_wordings_are_deleted_and_come_back_with_what_they_count_for() -> None:
    alcohol = behaviour_named("Alcohol", YES_NO)
    names = ("Drank", "Drinks", "Deleted before")
    drank, drinks, before = (behaviour_named(name, YES_NO) for name in names)
    for wording in (drank, drinks, before):
        merge(wording, alcohol)
    answer(alcohol, 0)
    answer(drank, 1)
    answer(before, 1)
    before.mark_deleted()
    assert alcohol.number_of_answers() == 2
    alcohol.mark_deleted()
    assert alcohol.number_of_answers() == 2
    assert not Behaviour.objects.live().exists()
    behaviour_named("Drinks", YES_NO)
    live = Behaviour.objects.live().order_by("pk")
    assert [one.name for one in live] == ["Alcohol", "Drank", "Drinks"]


def test_a_wording_whose_name_is_taken_stays_deleted() -> None:
    alcohol, drank = behaviour_named("Alcohol", YES_NO), behaviour_named("Drank", YES_NO)
    merge(drank, alcohol)
    alcohol.mark_deleted()
    Behaviour(name="DRANK").save()
    alcohol.deleted_at = None
    alcohol.save()
    drank.refresh_from_db()
    assert drank.deleted_at


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_unit_stays_where_there_are_answers_or_wordings(is_answered: bool) -> None:
    coffee, espresso = (behaviour_named(name, AMOUNT, "cups") for name in ("Coffee", "Espresso"))
    if is_answered:
        answer(coffee, 3)
    else:
        merge(espresso, coffee)
    coffee.refresh_from_db()
    coffee.unit = "litres"
    with pytest.raises(ValidationError, match="unit cannot change") as refused:
        coffee.full_clean()
    assert set(refused.value.message_dict) == {"unit"}
    espresso.unit = "litres"
    if is_answered:
        espresso.full_clean()
    else:
        with pytest.raises(ValidationError, match="Take them apart first"):
            espresso.full_clean()

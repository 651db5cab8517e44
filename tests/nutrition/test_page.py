"""The page of a day: its numbers are those of what was eaten; what is typed wrongly is not lost; what is sent twice is
done once; what is done can be undone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from fasting.models import FastingPeriod
from nutrition import diary
from nutrition.diary import Wanted
from nutrition.models import CompleteDay, FoodItem, Meal, MealItem
from nutrition.nutrients import total_of
from tests import makers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("person")]

# The moment of `person`: 14:00 on a Wednesday.
NOW = makers.MORNING + timedelta(hours=8)
TODAY, YESTERDAY = date(2026, 9, 16), date(2026, 9, 15)
HOUR = timedelta(hours=1)
PAGE = "/nutrition/"


@pytest.fixture(autouse=True)
def utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def said(answer: Any) -> str:
    """The words of the main part of a page."""
    text = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", text)))


def skyr(**fields: Any) -> FoodItem:
    values = {"kcal": 63, "protein": 11, "carbohydrate": 4, "fat": 0.2, "servings": [["cup", 150]]}
    return makers.food("Skyr", **values | fields)


def eat(*wanted: Wanted, at: datetime = NOW - HOUR, kind: str = "") -> list[MealItem]:
    return diary.add(wanted, at, kind)


def form_of(text: str, action: str) -> dict[str, str]:
    """What a browser would send of the form with this address."""
    form = text.partition(f'action="{action}"')[2].partition("</form>")[0]
    fields = [
        dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)
    ]
    chosen = re.findall(r'<select[^>]*name="(\w+)".*?<option(?: value="([^"]*)")? selected>([^<]*)', form, re.DOTALL)  # fmt: skip
    found = {one["name"]: unescape(one.get("value", "")) for one in fields if "name" in one}
    return found | {name: value or words for name, value, words in chosen}


# --- Numbers --------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_items(person: Client) -> None:
    food, soup = skyr(), makers.food("Soup", kcal=50)
    eat(Wanted(food, 2, "cup"), Wanted(soup, 400), at=NOW - 2 * HOUR, kind="lunch")
    eat(Wanted(name="Cake", kcal=350), kind="snack")
    shown = person.get(PAGE)
    total = total_of(item.amounts for item in MealItem.objects.all())
    assert (total["kcal"], total["protein"]) == (189 + 200 + 350, 33)
    values = [(one.label, one.before, one.value) for one in shown.context["bullets"]]
    assert values == [
        ("Energy", "", "739"), ("Protein", "at least", "33"),
        ("Carbohydrate", "at least", "12"), ("Fat", "at least", "1"),
    ]  # fmt: skip
    text = said(shown)
    assert "739 kcal so far today: at least 33 g protein," in text
    assert "3,092 kJ so far" in text
    assert "Lunch 12:00 389 kcal" in text
    assert "Skyr 2 cups, 300 g 189" in text
    assert "Cake 350" in text
    assert "eaten 12:00 to 13:00" in text


def test_a_day_costs_as_many_statements_however_much_was_eaten(
    person: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    food = skyr()
    for hour in range(1, 13):
        eat(Wanted(food), Wanted(name="Cake", kcal=1), at=NOW - hour * HOUR)
        eat(Wanted(food), at=NOW - hour * HOUR - timedelta(days=1))
    with django_assert_max_num_queries(12):
        assert person.get(PAGE).status_code == 200
    with django_assert_max_num_queries(12):
        assert person.get(f"{PAGE}?day=2026-09-15").status_code == 200


def test_a_day_is_found_by_its_address_and_leads_to_its_neighbours(person: Client) -> None:
    eat(Wanted(skyr(), 100), at=NOW - timedelta(days=1))
    shown = person.get(f"{PAGE}?day=2026-09-15")
    assert "63 kcal on Tuesday" in said(shown)
    assert [shown.context["steps"].before.url, shown.context["steps"].after.url] == [
        "/nutrition/?day=2026-09-14",
        "/nutrition/",
    ]
    assert person.get(f"{PAGE}?day=2026-09-17").status_code == 404
    wrong = person.get(f"{PAGE}?day=2026-02-31")
    assert wrong.status_code == 400
    assert "There is no day 2026-02-31 in the calendar." in said(wrong)


def test_an_imported_day_is_shown_and_not_changed(person: Client) -> None:
    meal = Meal.objects.create(source="Elsewhere", eaten_at=NOW - HOUR, kind="lunch")
    item = MealItem.objects.create(meal=meal, name="Stew", kcal=400, amount=1, unit="portion")
    text = person.get(PAGE).text
    assert f'href="/nutrition/items/{item.pk}"' in text
    assert f'action="/nutrition/items/{item.pk}"' not in text
    assert "imported from Elsewhere" in said(person.get(f"/nutrition/items/{item.pk}"))
    assert "imported from Elsewhere" in said(person.get(f"/nutrition/meals/{meal.pk}"))
    for path in ("", "/remove", "/restore", "/update", "/put-back"):
        assert person.post(f"/nutrition/items/{item.pk}{path}").status_code == 403
    assert person.post(f"/nutrition/meals/{meal.pk}").status_code == 403
    assert person.post(f"/nutrition/meals/{meal.pk}/delete").status_code == 403


# --- Items ----------------------------------------------------------------------------------------


def test_an_amount_is_changed_in_place(person: Client) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    path = f"/nutrition/items/{item.pk}"
    sent = form_of(person.get(PAGE).text, path)
    assert (sent["amount"], sent["unit"]) == ("200", "g")
    answer = person.post(path, sent | {"amount": "1 1/2", "unit": "cup"})
    assert answer.url == f"/nutrition/#item-{item.pk}"
    item.refresh_from_db()
    assert (item.amount, item.unit, item.size, item.kcal) == (1.5, "cup", 225, 141.75)


def test_another_unit_alone_keeps_how_much_it_is(person: Client) -> None:
    soup = makers.recipe("Soup", (makers.food("Lentils", kcal=80), 750), portions=2)
    (item,) = eat(Wanted(soup, 1.7, "portion"))
    path = f"/nutrition/items/{item.pk}"
    answer = person.post(path, form_of(person.get(PAGE).text, path) | {"unit": "g"}, follow=True)
    # 1.7 portions of 375 g with 0.8 kcal each.
    assert "Soup, 1.7 portions, 638 g was changed to 637.5 g." in said(answer)
    item.refresh_from_db()
    assert (item.amount, item.unit, item.size) == (637.5, "g", 637.5)
    assert item.kcal == pytest.approx(510)
    person.post(path, {"amount": "637.5", "unit": "portion"})
    item.refresh_from_db()
    assert (item.amount, item.unit, item.size) == (1.7, "portion", 637.5)


def test_a_change_of_an_item_is_undone(person: Client) -> None:
    food = skyr(further={"Calcium (mg)": 150})
    (item,) = eat(Wanted(food, 2, "cup"))
    food.servings, food.kcal = [["cup", 200]], 100
    food.save()
    path = f"/nutrition/items/{item.pk}"
    for act, values, words in (
        ("", {"amount": "100", "unit": "g"}, "Skyr, 2 cups, 300 g was changed to 100 g."),
        ("/update", {}, "Skyr has the values that its food has now."),
    ):
        answer = person.post(path + act, values, follow=True)
        assert words in said(answer)
        changed = MealItem.objects.get()
        assert changed.amounts != item.amounts
        (undo,) = re.findall(r'action="([^"]*put-back[^"]*)"', answer.text)
        for _ in range(2):
            assert "Skyr, 2 cups, 300 g is as it was." in said(person.post(undo, follow=True))
        back = MealItem.objects.get()
        assert (back.amount, back.unit, back.size) == (2, "cup", 300)
        assert back.amounts == item.amounts
    same = person.post(path, {"amount": "2", "unit": "cup"}, follow=True)
    assert "was changed" not in said(same)
    (other,) = eat(Wanted(name="Cake", kcal=350))
    foreign = undo.replace(path, f"/nutrition/items/{other.pk}")
    for wrong in (foreign, f"{path}/put-back?before=x", "/nutrition/items/999/put-back"):
        assert person.post(wrong).status_code == 404


def test_an_amount_with_more_than_one_can_eat_is_refused(person: Client) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    answer = person.post(f"/nutrition/items/{item.pk}", {"amount": "99999", "unit": "cup"})
    assert answer.status_code == 200
    assert 'value="99999"' in answer.text
    assert "Enter an amount of at most 100,000 g of Skyr." in said(answer)
    answer = person.post(f"/nutrition/items/{item.pk}", {"amount": "600", "unit": "cup"})
    assert "nobody eats more than 50,000 kcal of one food" in said(answer)
    (tiny,) = eat(Wanted(makers.food("Cake", servings=[["cake", 90_000]]), 10))
    answer = person.post(f"/nutrition/items/{tiny.pk}", {"amount": "10", "unit": "cake"})
    assert "Enter a number between 0.001 and 100,000." in said(answer)


@pytest.mark.parametrize("amount", ["", "much", "0", "-3", "1/0", "200000", "1 2", "nan"])
def test_an_amount_that_is_none_is_said_and_kept(person: Client, amount: str) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    path = f"/nutrition/items/{item.pk}"
    answer = person.post(path, {"amount": amount, "unit": "g"})
    assert answer.status_code == 200
    assert f'value="{amount}"' in answer.text or not amount
    assert 'class="field-error"' in answer.text
    item.refresh_from_db()
    assert item.amount == 200


def test_a_unit_that_its_food_does_not_have_is_refused(person: Client) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    answer = person.post(f"/nutrition/items/{item.pk}", {"amount": "2", "unit": "barrel"})
    assert "barrel" in said(answer)


def test_two_windows_that_change_one_item_are_told(person: Client) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    path = f"/nutrition/items/{item.pk}"
    sent = form_of(person.get(PAGE).text, path)
    assert person.post(path, sent | {"amount": "150"}).status_code == 302
    # Time stands still here.
    MealItem.objects.update(updated_at=NOW + timedelta(seconds=1))
    answer = person.post(path, sent | {"amount": "250"})
    assert answer.status_code == 409
    text = said(answer)
    assert "This was changed in another window since you opened it." in text
    assert "What is stored now: Amount: 150." in text
    again = form_of(answer.text, path)
    assert again["amount"] == "250"
    assert person.post(path, again).status_code == 302
    item.refresh_from_db()
    assert item.amount == 250


def test_an_item_is_removed_and_brought_back(person: Client) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    path = f"/nutrition/items/{item.pk}"
    for _ in range(2):
        answer = person.post(f"{path}/remove", follow=True)
        assert "Skyr, 200 g was removed." in said(answer)
        assert f'action="{path}/restore"' in answer.text
    assert not Meal.objects.live().exists()
    # Its own page says so as well, and keeps what another window typed for it.
    lost = person.post(path, {"amount": "250", "unit": "g"})
    assert (lost.status_code, "so what you typed was not saved" in said(lost)) == (409, True)
    assert "250" in said(lost)
    assert "was removed" in said(person.get(path))
    for _ in range(2):
        assert person.post(f"{path}/restore", follow=True).status_code == 200
    assert Meal.objects.live().count() == MealItem.objects.live().count() == 1
    assert person.post("/nutrition/items/999/remove").status_code == 404


def test_newer_values_of_a_food_are_taken_by_hand(person: Client) -> None:
    food = skyr()
    (item,) = eat(Wanted(food, 200))
    assert "newer values" not in said(person.get(PAGE))
    food.kcal = 70
    food.save()
    assert "newer values" in said(person.get(PAGE))
    assert "Its food has other values now." in said(person.get(f"/nutrition/items/{item.pk}"))
    answer = person.post(f"/nutrition/items/{item.pk}/update", follow=True)
    assert "Skyr has the values that its food has now." in said(answer)
    item.refresh_from_db()
    assert item.kcal == 140
    assert person.post("/nutrition/items/999/update").status_code == 404


def test_why_newer_values_cannot_be_taken_is_said(person: Client) -> None:
    food = skyr()
    (item,) = eat(Wanted(food, 2, "cup"))
    food.servings, food.kcal = [], 70
    food.save()
    answer = person.post(f"/nutrition/items/{item.pk}/update", follow=True)
    assert answer.redirect_chain == [(f"/nutrition/items/{item.pk}", 302)]
    assert "Skyr is not known by the cup. Enter its amount in: g." in answer.text
    item.refresh_from_db()
    assert item.kcal == pytest.approx(189)


def test_the_page_of_an_item_lists_all_that_is_known_of_it(person: Client) -> None:
    food = skyr(salt=0.1, further={"Calcium (mg)": 150})
    (item,) = eat(Wanted(food, 200))
    text = said(person.get(f"/nutrition/items/{item.pk}"))
    for words in ("126 kcal 527 kJ", "22.0 g", "0.20 g 0.08 g sodium", "Calcium 300.00 mg"):
        assert words in text
    assert "Fibre not known" in text


# --- Meals ----------------------------------------------------------------------------------------


def test_a_meal_gets_another_time_kind_and_note(person: Client) -> None:
    eat(Wanted(skyr(), 200))
    meal = Meal.objects.get()
    path = f"/nutrition/meals/{meal.pk}"
    sent = form_of(person.get(path).text, path)
    assert sent["eaten_at"] == "2026-09-16T13:00"
    changed = sent | {"eaten_at": "2026-09-15T09:30", "kind": "breakfast", "note": "At home."}
    assert person.post(path, changed).url == "/nutrition/?day=2026-09-15"
    meal.refresh_from_db()
    assert (meal.date, meal.kind, meal.note) == (YESTERDAY, "breakfast", "At home.")
    assert "Breakfast 09:30 126 kcal At home." in said(person.get(f"{PAGE}?day=2026-09-15"))
    wrong = person.post(path, changed | {"eaten_at": "2026-09-16T23:00", "updated_at": ""})
    assert wrong.status_code == 400
    assert "must not be in the future: a meal is written down once it was eaten." in said(wrong)
    assert 'value="2026-09-16T23:00"' in wrong.text


def test_a_meal_is_deleted_with_all_in_it_and_brought_back(person: Client) -> None:
    eat(Wanted(skyr(), 200), Wanted(name="Cake", kcal=350))
    meal = Meal.objects.get()
    path = f"/nutrition/meals/{meal.pk}"
    assert "Skyr 200 g" in said(person.get(f"{path}/delete"))
    assert "The meal was deleted" in said(person.post(f"{path}/delete", follow=True))
    assert "Nothing is written down today yet." in said(person.get(PAGE))
    back = person.post(f"{path}/restore", follow=True)
    assert "The meal is back." in said(back)
    assert "476 kcal" in said(back)


def test_a_meal_whose_last_item_was_removed_comes_back_with_it(person: Client) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    diary.remove(item.pk)
    person.post(f"/nutrition/meals/{item.meal_id}/restore")
    assert MealItem.objects.live().get() == item


# --- Copies ---------------------------------------------------------------------------------------


def breakfast_of_yesterday() -> Meal:
    at = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
    eat(Wanted(skyr(), 200), Wanted(name="Juice", kcal=90), at=at, kind="breakfast")
    return Meal.objects.get()


def test_yesterdays_breakfast_is_one_press(person: Client) -> None:
    meal = breakfast_of_yesterday()
    text = person.get(PAGE).text
    assert "Yesterday’s breakfast" in text
    path = f"/nutrition/meals/{meal.pk}/repeat"
    sent = form_of(text, path)
    for _ in range(2):
        answer = person.post(path, sent, follow=True)
        assert "Breakfast was copied." in said(answer)
    copy = Meal.objects.live().get(date=TODAY)
    assert (copy.eaten_at.hour, copy.eaten_at.minute, copy.kind) == (8, 30, "breakfast")
    assert copy.total["kcal"] == 216
    assert "Yesterday’s breakfast" not in answer.text
    undo = f"/nutrition/meals/remove-copies?ids={copy.pk}"
    assert f'action="{undo}"' in answer.text
    undone = person.post(undo, follow=True)
    assert "The copies were removed." in said(undone)
    assert not Meal.objects.live().filter(date=TODAY).exists()


def test_what_is_still_to_come_is_not_offered(person: Client) -> None:
    for hour, kind in ((12, "lunch"), (19, "dinner")):
        at = datetime(2026, 9, 15, hour, 40, tzinfo=UTC)
        eat(Wanted(name="Stew", kcal=400), at=at, kind=kind)
    text = person.get(PAGE).text
    assert "Yesterday’s lunch" in text
    assert "Yesterday’s dinner" not in text
    assert "Copy yesterday" not in text
    assert "Copy Tuesday" not in text
    later = datetime(2026, 9, 14, 14, 30, tzinfo=UTC)
    Meal.objects.filter(kind="dinner").update(eaten_at=later, date=date(2026, 9, 14))
    assert "Copy yesterday" in person.get(PAGE).text


def test_a_meal_at_its_time_is_had_now_where_that_has_not_come(person: Client) -> None:
    at = datetime(2026, 9, 15, 14, 40, tzinfo=UTC)
    eat(Wanted(name="Stew", kcal=400), at=at, kind="lunch")
    meal = Meal.objects.get()
    assert "Yesterday’s lunch" in person.get(PAGE).text
    person.post(f"/nutrition/meals/{meal.pk}/repeat", {"day": "2026-09-16"})
    assert Meal.objects.get(date=TODAY).eaten_at == NOW


def test_a_whole_day_is_copied_once_and_undone(person: Client) -> None:
    breakfast_of_yesterday()
    lunch = datetime(2026, 9, 15, 12, 40, tzinfo=UTC)
    eat(Wanted(name="Stew", kcal=400), at=lunch, kind="lunch")
    sent = form_of(person.get(PAGE).text, "/nutrition/copy-day")
    for _ in range(2):
        answer = person.post("/nutrition/copy-day", sent, follow=True)
        assert "2 meals were copied." in said(answer)
    assert Meal.objects.live().filter(date=TODAY).count() == 2
    (undo,) = re.findall(r'action="(/nutrition/meals/remove-copies[^"]*)"', answer.text)
    person.post(undo)
    assert not Meal.objects.live().filter(date=TODAY).exists()
    empty = person.post("/nutrition/copy-day", {"day": "2026-09-10"}, follow=True)
    assert "Nothing is written down on 9 September." in said(empty)


def test_what_a_day_has_already_is_not_copied_onto_it(person: Client) -> None:
    meal = breakfast_of_yesterday()
    path, to = f"/nutrition/meals/{meal.pk}/repeat", {"day": "2026-09-16"}
    assert "Breakfast was copied." in said(person.post(path, to, follow=True))
    again = said(person.post(path, to, follow=True))
    assert "The same breakfast is there already, so nothing was copied." in again
    whole = said(person.post("/nutrition/copy-day", to, follow=True))
    assert "The meal is there already, so nothing was copied." in whole
    lunch = datetime(2026, 9, 15, 12, 40, tzinfo=UTC)
    eat(Wanted(name="Stew", kcal=400), at=lunch, kind="lunch")
    some = said(person.post("/nutrition/copy-day", to, follow=True))
    assert "Lunch was copied. 1 meal was there already." in some
    none = said(person.post("/nutrition/copy-day", to, follow=True))
    assert "All 2 meals are there already, so nothing was copied." in none
    assert Meal.objects.live().filter(date=TODAY).count() == 2


def test_a_meal_is_copied_to_any_day(person: Client) -> None:
    meal = breakfast_of_yesterday()
    path = f"/nutrition/meals/{meal.pk}/copy"
    sent = form_of(person.get(f"/nutrition/meals/{meal.pk}").text, path)
    assert sent["to"] == "2026-09-16"
    answer = person.post(path, sent | {"to": "2026-09-12"}, follow=True)
    assert "Breakfast was copied." in said(answer)
    assert "216 kcal on Saturday" in said(answer)
    person.post(path, sent | {"to": "2026-09-13", "at": "10:15"})
    times = Meal.objects.filter(date__lt=YESTERDAY).order_by("date").values_list("eaten_at", flat=True)  # fmt: skip
    assert [(at.hour, at.minute) for at in times] == [(8, 30), (10, 15)]
    for wrong in ({"to": "never"}, {"to": "2026-09-16", "at": "23:00"}):
        refused = person.post(path, sent | wrong)
        assert refused.status_code == 400
        assert 'class="field-error"' in refused.text
        assert f'value="{wrong["to"]}"' in refused.text


def test_meals_of_the_last_weeks_are_listed_once_each(person: Client) -> None:
    meal = breakfast_of_yesterday()
    diary.copy_meal(meal, meal.eaten_at - timedelta(days=1))
    shown = person.get("/nutrition/copy?day=2026-09-16")
    text = said(shown)
    assert "Copy a meal To Wednesday 16 September" in text
    assert "Breakfast, Tue 15 Sep Skyr 200 g · Juice 216 kcal" in text
    assert len(shown.context["meals"]) == 1
    assert "No meal is written down" in said(person.get("/nutrition/copy?day=2026-09-01"))
    assert person.get("/nutrition/copy?day=soon").context["day"] == TODAY


# --- Complete days --------------------------------------------------------------------------------


def test_a_day_is_marked_complete_and_opened_again(person: Client) -> None:
    eat(Wanted(skyr(), 200))
    assert "Not marked complete" in said(person.get(PAGE))
    for _ in range(2):
        text = said(person.post("/nutrition/complete", {"day": "2026-09-16"}, follow=True))
    assert "Not marked complete" not in text
    assert "126 kcal today:" in text
    assert CompleteDay.objects.get().date == TODAY
    person.post("/nutrition/open", {"day": "2026-09-16"})
    assert not CompleteDay.objects.exists()
    for day in ("", "2026-09-17", "soon"):
        assert person.post("/nutrition/complete", {"day": day}).status_code == 404


def test_a_complete_day_without_a_meal_was_a_fast(person: Client) -> None:
    answer = person.post("/nutrition/complete", {"day": "2026-09-15"}, follow=True)
    assert "Nothing was eaten on Tuesday: a day of fasting." in said(answer)


def test_what_nobody_wrote_down_is_not_nothing(person: Client) -> None:
    def energy(day: str) -> tuple[str, str]:
        one = person.get(f"{PAGE}?day={day}").context["bullets"][0]
        return one.value, one.also

    assert energy("2026-09-15") == ("not known", "")
    assert energy("2026-09-16") == ("0", "0 kJ so far")
    diary.mark_complete(YESTERDAY)
    assert energy("2026-09-15") == ("0", "0 kJ")


# --- A fast that runs -----------------------------------------------------------------------------


def running_fast() -> FastingPeriod:
    return FastingPeriod.objects.create(start=NOW - 17 * HOUR)


def test_nothing_is_asked_where_no_fast_runs_or_it_began_later(person: Client) -> None:
    (item,) = eat(Wanted(skyr(), 200))
    assert "Did the meal end it?" not in said(person.get(f"{PAGE}?fast={item.meal_id}"))
    FastingPeriod.objects.create(start=NOW - HOUR / 2)
    assert "Did the meal end it?" not in said(person.get(f"{PAGE}?fast={item.meal_id}"))
    for wrong in ("x", "-1", "9" * 30, "999"):
        assert person.get(PAGE, {"fast": wrong}).status_code == 200
    assert person.post("/nutrition/meals/remove-copies?ids=9,,y,-1").status_code == 302


def test_a_running_fast_ends_at_the_meal_if_its_owner_says_so(person: Client) -> None:
    fast = running_fast()
    (item,) = eat(Wanted(skyr(), 200))
    answer = person.get(f"{PAGE}?fast={item.meal_id}")
    assert (
        "A fast has been running since Tue 21:00, 16 h 00 up to this meal. Did the meal end it?"
    ) in said(answer)
    sent = form_of(answer.text, "/fasting/stop")
    done = person.post("/fasting/stop", sent, follow=True)
    assert "The fast ended after 16 h." in said(done)
    assert done.redirect_chain == [(PAGE, 302)]
    fast.refresh_from_db()
    assert fast.end == item.meal.eaten_at

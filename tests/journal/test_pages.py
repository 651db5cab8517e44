"""The pages of the journal: quick entry, the month, notes, behaviours."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from journal.models import Answer, Behaviour, Note
from lifetracker.days import ONE_DAY, today
from tests import makers

pytestmark = pytest.mark.django_db


def forms_of(page: str) -> list[str]:
    return re.findall(r'<form class="asked-day".*?</form>', page, re.DOTALL)


def fields_of(form: str) -> dict[str, str]:
    """Return what a form sends of itself."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def press(client: Client, page: str, label: str, at: int = 1, **options: Any) -> Any:
    """Press a button of the form at a place among those of a page: each behaviour has one for yesterday and one for
    today."""
    form = forms_of(page)[at]
    value = re.search(rf'name="value" value="([^"]*)"[^>]*>{label}<', form)
    assert value, f"no button {label} in {form}"
    return client.post("/journal/answer", fields_of(form) | {"value": value[1]}, **options)


def answers() -> list[tuple[str, float]]:
    rows = Answer.objects.live().order_by("date", "behaviour", "pk")
    return [(str((day - today()).days), value) for day, value in rows.values_list("date", "value")]


# --- Quick entry ----------------------------------------------------------------------------------


def test_the_mood_is_offered_before_there_is_anything(person: Client) -> None:
    page = person.get("/journal/").text
    assert len(forms_of(page)) == 2
    assert "Mood" in page
    press(person, page, "4")
    made = Behaviour.objects.get()
    assert (made.name, made.kind, answers()) == ("Mood", "scale", [("0", 4.0)])


def test_one_tap_answers_and_one_takes_it_back(person: Client) -> None:
    makers.behaviour()
    home = person.get("/").text
    answered = press(person, home, "Yes", at=0, follow=True)
    assert answered.redirect_chain == [("/", 302)]
    assert "Alcohol</bdi>" in answered.text or "Alcohol" in answered.text
    assert "yesterday: yes." in answered.text
    assert answers() == [("-1", 1.0)]
    chosen = forms_of(answered.text)[0]
    assert 'value="back 1" aria-pressed="true">Yes<' in chosen
    back = press(person, answered.text, "Yes", at=0, follow=True)
    assert "yesterday: no answer." in back.text
    assert answers() == []
    press(person, back.text, "No", at=0)
    assert answers() == [("-1", 0.0)]
    assert Answer.objects.count() == 1, "the same row, as often as one changes one's mind"


def test_a_tap_is_undone(person: Client) -> None:
    one = makers.behaviour()
    makers.answer(one, 0, date=today(), note="A headache.")
    page = press(person, person.get("/journal/").text, "Yes", follow=True).text
    address = unescape(re.search(r'action="(/journal/undo\?[^"]*)"', page)[1])  # type: ignore[index]
    assert answers() == [("0", 1.0)]
    undone = person.post(address, {"next": "/journal/"}, follow=True).text
    assert "today: no. That is as it was before." in undone
    assert Answer.objects.get().note == "A headache."
    assert answers() == [("0", 0.0)]


def test_a_page_of_another_window_takes_no_newer_answer_back(person: Client) -> None:
    one = makers.behaviour("Mood", kind="scale")
    makers.answer(one, 4, date=today())
    stale = person.get("/journal/").text
    press(person, person.get("/journal/").text, "2")
    page = press(person, stale, "4", follow=True).text
    assert "Nothing was taken back: the answer was changed since." in page
    assert "today: 2 of 5." in page
    assert answers() == [("0", 2.0)]
    press(person, person.get("/journal/").text, "2")
    assert "today: no answer." in press(person, stale, "4", follow=True).text


@pytest.mark.parametrize("value", [1 / 3, 0.0000005, 1_000_000, 123_456.75])
def test_any_amount_is_taken_back(person: Client, value: float) -> None:
    makers.answer(makers.behaviour("Coffee", kind="amount"), value, date=today())
    press(person, person.get("/journal/").text, "[0-9.,]+")
    assert answers() == []


@pytest.mark.parametrize("newer", ["Yes", ""])
def test_a_stale_undo_replaces_no_newer_answer(person: Client, newer: str) -> None:
    one = makers.behaviour()
    page = press(person, person.get("/journal/").text, "No", follow=True).text
    address = unescape(re.search(r'action="(/journal/undo\?[^"]*)"', page)[1])  # type: ignore[index]
    if newer:
        press(person, person.get("/journal/").text, newer)
    else:
        Answer.objects.filter(behaviour=one).update(note="A headache.")
    before = answers()
    refused = person.post(address, {"next": "/journal/"}, follow=True).text
    assert "Nothing was undone: the answer was changed since." in refused
    assert "as it was before" not in refused
    assert answers() == before


def test_an_undo_twice_says_the_same(person: Client) -> None:
    makers.behaviour()
    page = press(person, person.get("/journal/").text, "No", follow=True).text
    address = unescape(re.search(r'action="(/journal/undo\?[^"]*)"', page)[1])  # type: ignore[index]
    for _ in range(2):
        undone = person.post(address, {"next": "/journal/"}, follow=True).text
        assert "today: no answer. That is as it was before." in undone
    assert answers() == []


def test_what_was_not_signed_here_is_not_undone(person: Client) -> None:
    page = person.post("/journal/undo?before=made-up", follow=True).text
    assert "This cannot be undone any more." in page


def test_with_htmx_the_part_alone_comes_back(person: Client) -> None:
    makers.behaviour()
    page = person.get("/").text
    part = press(person, page, "No", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<div class="journal-entry"')
    assert "today: no." in part.text
    assert 'hx-post="/journal/undo?' in part.text
    assert answers() == [("0", 0.0)]


def test_the_journal_of_another_day_is_answered(person: Client) -> None:
    makers.behaviour()
    day = today() - timedelta(days=40)
    page = person.get(f"/journal/?day={day}").text
    press(person, page, "Yes", at=1)
    assert answers() == [("-40", 1.0)]


def test_amounts_are_typed_or_tapped_again(person: Client) -> None:
    one = makers.behaviour("Coffee", kind="amount", unit="cups")
    page = person.get("/journal/").text
    form = fields_of(forms_of(page)[1])
    person.post("/journal/answer", form | {"value": "typed", "typed": "2,5"})
    assert answers() == [("0", 2.5)]
    press(person, person.get("/journal/").text, "2.5", at=0)
    assert answers() == [("-1", 2.5), ("0", 2.5)]
    for typed, words in (
        ("lots", "Enter an amount"),
        ("", "Enter an amount"),
        ("9999999", "1,000,000"),
    ):
        refused = person.post(
            "/journal/answer", form | {"value": "typed", "typed": typed}, follow=True
        )
        assert f"{one.name}" in refused.text
        assert words in refused.text
    assert answers() == [("-1", 2.5), ("0", 2.5)]


def test_what_was_typed_comes_back_where_it_is_refused(person: Client) -> None:
    makers.behaviour("Coffee", kind="amount")
    form = fields_of(forms_of(person.get("/").text)[1])
    part = person.post(
        "/journal/answer",
        form | {"value": "typed", "typed": "a lot"},
        headers={"HX-Request": "true"},
    ).text
    assert 'value="a lot"' in part
    assert part.count('value="a lot"') == 1


def test_an_imported_answer_is_shown_and_overruled(person: Client) -> None:
    makers.answer(makers.behaviour(), 1, date=today(), source="WhoopExport")
    page = person.get("/").text
    assert "· imported" in page
    press(person, page, "No")
    assert answers() == [("0", 1.0), ("0", 0.0)]
    back = press(person, person.get("/").text, "No", follow=True).text
    assert "· imported" in back


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"day": "2099-01-01"}, 404),
        ({"day": "never"}, 404),
        ({"behaviour": "999999"}, 404),
        ({"behaviour": "x"}, 404),
    ],
)
def test_what_is_not_there_is_not_answered(
    person: Client, change: dict[str, str], status: int
) -> None:
    makers.behaviour()
    form = fields_of(forms_of(person.get("/").text)[1]) | {"value": "1"} | change
    assert person.post("/journal/answer", form).status_code == status
    assert answers() == []


def test_an_archived_one_is_not_asked(person: Client) -> None:
    one = makers.behaviour()
    makers.answer(one, 1, date=today())
    assert forms_of(person.get("/").text)
    person.post(f"/journal/behaviours/{one.pk}/archive")
    assert not forms_of(person.get("/").text)
    assert one.name in person.get("/journal/").text, "its answers of the month are still there"


# --- The month ------------------------------------------------------------------------------------


def test_a_month_tells_yes_no_and_no_answer_apart(person: Client) -> None:
    one = makers.behaviour()
    makers.answer(one, 1, 0)
    makers.answer(one, 0, 1)
    page = person.get("/journal/?month=2026-09").text
    grid = page.partition("journal-grid")[2].partition("</table>")[0]
    assert grid.count('class="mark yes"') == 1
    assert grid.count('class="mark no"') == 1
    assert grid.count('<span class="unseen">no answer</span>') == 14
    assert "1 of 2" in grid
    assert "Answered on 2 of 16 days in September" in page


def test_scales_and_amounts_show_their_numbers(person: Client) -> None:
    mood = makers.behaviour("Mood", kind="scale")
    coffee = makers.behaviour("Coffee", kind="amount", unit="cups")
    for back, (felt, cups) in enumerate([(1, 0), (5, 3), (3, 1.5)]):
        makers.answer(mood, felt, back)
        makers.answer(coffee, cups, back)
    page = person.get("/journal/?month=2026-09").text
    for words in ("5 of 5", "1.5 cups", "0 cups", "4.5 cups", 'class="total">3.0<'):
        assert words in page, words


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("month=2026-13", 400),
        ("month=x", 400),
        ("month=2099-01", 404),
        ("month=1800-01", 404),
        ("day=2099-01-01", 404),
    ],
)
def test_a_month_that_cannot_be_had(person: Client, query: str, status: int) -> None:
    assert person.get(f"/journal/?{query}").status_code == status


def test_the_page_has_the_numbers_of_the_api(person: Client) -> None:
    one = makers.behaviour()
    for back, value in enumerate([1, 0, 1]):
        makers.answer(one, value, back)
    path = f"/api/metrics/journal.{one.pk}?start_date=2026-09-01&end_date=2026-09-30&bucket=month"
    month = person.get(path).json()["buckets"][0]
    assert (month["known_days"], month["sum"]) == (3, 2)
    assert (
        f"{month['sum']:.0f} of {month['known_days']}" in person.get("/journal/?month=2026-09").text
    )


def test_a_month_costs_the_same_for_any_number(
    person: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        one = makers.behaviour(f"Behaviour {number}")
        for back in range(10):
            makers.answer(one, back % 2, back)
            makers.note(back + number / 10)
    person.get("/journal/?month=2026-09")
    with django_assert_max_num_queries(18):
        person.get("/journal/?month=2026-09")


# --- Notes ----------------------------------------------------------------------------------------


def test_a_note_is_written_edited_deleted_and_brought_back(person: Client) -> None:
    form = {"text": "By the river.", "tags": "walk, #river", "written_at": "2026-09-16T08:00"}
    person.post("/journal/notes/new", form)
    note = Note.objects.get()
    assert (note.text, note.tags, str(note.date)) == (
        "By the river.",
        ["walk", "river"],
        "2026-09-16",
    )
    path = f"/journal/notes/{note.pk}"
    assert "By the river." in person.get(path).text
    person.post(path, form | {"text": "By the sea."})
    assert "By the sea." in person.get("/journal/?month=2026-09").text
    person.post(f"{path}/delete")
    assert "By the sea." not in person.get("/journal/?month=2026-09").text
    person.post(f"{path}/restore")
    assert "By the sea." in person.get("/journal/?month=2026-09").text


def test_a_note_that_cannot_be_says_why_and_keeps_what_was_typed(person: Client) -> None:
    late = (today() + 2 * ONE_DAY).isoformat()
    page = person.post("/journal/notes/new", {"text": "Soon.", "written_at": f"{late}T08:00"}).text
    assert "must not be in the future" in page
    assert "Soon." in page
    assert not Note.objects.exists()


def test_an_imported_note_is_shown_alone(person: Client) -> None:
    note = makers.note(source="DayOne")
    path = f"/journal/notes/{note.pk}"
    assert "was imported" in person.get(path).text
    assert person.post(path, {"text": "b"}).status_code == 403


def test_notes_are_found_by_words_and_tags(person: Client) -> None:
    makers.note(0, text="A walk by the Élbe.", tags=["River"])
    makers.note(400, text="Nothing much.")
    for query, is_found in (
        ("elbe walk", True),
        ("river", True),
        ("%23River", True),
        ("walk sea", False),
    ):
        assert ("A walk by" in person.get(f"/journal/?q={query}").text) is is_found, query
        assert ("A walk by" in person.get(f"/search/?q={query}").text) is is_found, query
    assert "None of your last 10,000 notes has that." in person.get("/journal/?q=sea").text
    tagged = person.get("/journal/?tag=River").text
    assert "A walk by" in tagged
    assert "Nothing much." not in tagged


# --- Behaviours -----------------------------------------------------------------------------------


def test_behaviours_are_added_and_put_in_order(person: Client) -> None:
    for name in ("One", "Two", "Three"):
        person.post("/journal/behaviours/", {"name": name, "kind": "yes_no"})
    one, _two, three = Behaviour.objects.all().asked()
    person.post(f"/journal/behaviours/{three.pk}/move", {"to": "up"})
    person.post(f"/journal/behaviours/{one.pk}/move", {"to": "down"})
    person.post(f"/journal/behaviours/{one.pk}/move", {"to": "sideways"})
    assert [row.name for row in Behaviour.objects.all().asked()] == ["Three", "One", "Two"]


def test_a_name_that_is_taken_is_refused_beside_the_field(person: Client) -> None:
    makers.behaviour("Coffee")
    page = person.post("/journal/behaviours/", {"name": " coffee", "kind": "amount"}).text
    assert "There is already a behaviour with this name." in unescape(page)


def test_a_name_that_is_missing_is_asked_for_once(person: Client) -> None:
    page = person.post("/journal/behaviours/", {"name": " ", "kind": "yes_no"})
    assert page.context["form"].errors == {"name": ["This field is required."]}
    page = person.post("/journal/behaviours/", {"name": "x" * 201, "kind": "yes_no"})
    assert "at most 200 characters" in page.text


def test_what_is_offered_is_added_once(person: Client) -> None:
    person.post("/journal/behaviours/add/coffee")
    person.post("/journal/behaviours/add/coffee")
    made = Behaviour.objects.get()
    assert (made.name, made.unit) == ("Coffee", "cups")
    assert "Add coffee" not in person.get("/journal/behaviours/").text


def test_one_is_renamed_archived_and_asked_again(person: Client) -> None:
    one = makers.behaviour()
    path = f"/journal/behaviours/{one.pk}"
    person.post(path, {"name": "Wine", "kind": "yes_no"})
    one.refresh_from_db()
    assert one.name == "Wine"
    person.post(f"{path}/archive")
    assert not Behaviour.objects.all().asked().exists()
    person.post(f"{path}/ask-again")
    assert Behaviour.objects.all().asked().get() == one


def test_wordings_are_merged_and_that_is_undone(person: Client) -> None:
    alcohol, wording, older = (makers.behaviour(name) for name in ("Alcohol", "Drinks?", "Drank?"))
    person.post(f"/journal/behaviours/{older.pk}/merge", {"into": wording.pk}, follow=True)
    merged = person.post(
        f"/journal/behaviours/{wording.pk}/merge", {"into": alcohol.pk}, follow=True
    ).text
    assert set(Behaviour.objects.all().counts_for().values()) == {alcohol.pk}
    address = unescape(re.search(r'action="(/journal/behaviours/\d+/apart[^"]*)"', merged)[1])  # type: ignore[index]
    person.post(address)
    assert Behaviour.objects.all().counts_for() == {
        alcohol.pk: alcohol.pk,
        wording.pk: wording.pk,
        older.pk: wording.pk,
    }


def test_what_has_other_answers_is_not_merged(person: Client) -> None:
    one, other = makers.behaviour(), makers.behaviour("Drinks", kind="amount")
    page = person.post(f"/journal/behaviours/{one.pk}/merge", {"into": other.pk}, follow=True).text
    assert "Choose a behaviour that has the same answers." in page
    one.refresh_from_db()
    assert one.merged_into is None


def test_a_deleted_one_comes_back_with_its_answers(person: Client) -> None:
    one = makers.behaviour()
    makers.answer(one, 1, date=today())
    person.post(f"/journal/behaviours/{one.pk}/delete")
    assert not forms_of(person.get("/").text)
    person.post(f"/journal/behaviours/{one.pk}/restore")
    assert 'aria-pressed="true">Yes<' in person.get("/").text


def test_what_is_deleted_says_all_that_goes(person: Client) -> None:
    one = makers.behaviour()
    wording = makers.behaviour("Drank", merged_into=one)
    makers.answer(one, 1)
    makers.answer(wording, 1, 1)
    makers.answer(wording, 0, 2)
    page = f"/journal/behaviours/{one.pk}/delete"
    assert "3 answers go with it" in person.get(page).text
    gone = person.post(page, follow=True).text
    assert "3 answers go with it" in gone
    wording_page = f"/journal/behaviours/{wording.pk}"
    assert "come back with" in person.get(wording_page, follow=True).text
    refused = person.post(f"{wording_page}/restore", follow=True).text
    assert "which is deleted. Bring that one back." in refused
    person.post(f"/journal/behaviours/{one.pk}/restore")
    assert Behaviour.objects.live().count() == 2


def test_the_unit_of_answers_stays(person: Client) -> None:
    one = makers.behaviour("Coffee", kind="amount", unit="cups")
    makers.answer(one, 3)
    typed = {"name": "Coffee", "kind": "amount", "unit": "litres"}
    page = person.post(f"/journal/behaviours/{one.pk}", typed).text
    assert "It has answers already, so that their unit cannot change." in page
    one.refresh_from_db()
    assert one.unit == "cups"

"""The one intention for a week: chosen, answered, edited, deleted, searched, and what comes of them in a year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from lifetracker import urls  # noqa: F401 - with which the sections are found
from lifetracker.web.assistant import lines
from review.intentions import history_words
from review.models import Intention
from review.sections import Content, Look, Section, register_section, sections
from tests import makers

pytestmark = pytest.mark.django_db
# A Monday, on which one looks back on the week before.
NOW = datetime(2026, 9, 14, 12, tzinfo=UTC)
LAST, THIS, NEXT = date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21)
FORMS = {"accept": "text/html"}


@pytest.fixture
def page(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(User.objects.create_superuser("robin"))
    return client


def text(page: Client, path: str, status: int = 200) -> str:
    answer: Any = page.get(path, headers=FORMS)
    assert answer.status_code == status
    return str(answer.text)


def sent(page: Client, path: str, **data: str) -> str:
    answer: Any = page.post(path, data, headers=FORMS, follow=True)
    assert answer.status_code == 200
    return str(answer.text)


def choose(monday: date = THIS, words: str = "In bed by 23:00", **fields: Any) -> Intention:
    return Intention.objects.create(date=monday, text=words, **fields)


def said(content: Content, look: Look) -> Content:
    return content


# --- Choosing -------------------------------------------------------------------------------------


def test_one_is_chosen_for_the_week_after(page: Client) -> None:
    said = text(page, "/review/")
    assert "None was chosen." in said, "for the week that is over"
    assert 'value="2026-09-14"' in said
    said = sent(page, "/review/intentions/new", text="  In bed\n by 23:00 ", date="2026-09-14")
    assert "Chosen for 14 to 20 September 2026." in said
    assert "In bed by 23:00" in said
    one = Intention.objects.get()
    assert (one.date, one.text, one.kept, one.source) == (THIS, "In bed by 23:00", "", "Manual")


def test_suggestions_come_from_the_sections(page: Client) -> None:
    kept = dict(sections)
    for name in ("one", "two"):
        suggested = [f"{name} {at} <b>" for at in range(3)]
        content = Content(lead="x", suggestions=[*suggested, "the same"])
        register_section(Section(name, name, 10, partial(said, content)))
    try:
        shown = text(page, "/review/")
    finally:
        sections.clear()
        sections.update(kept)
    first = [f"{name} {at} &lt;b&gt;" for at in range(2) for name in ("one", "two")]
    assert all(f'name="text" value="{words}"' in shown for words in first)
    assert "one 2" not in shown


def test_two_windows_choose(page: Client) -> None:
    choose()
    answer: Any = page.post(
        "/review/intentions/new", {"text": "Read more", "date": "2026-09-14"}, headers=FORMS
    )
    assert answer.status_code == 200
    assert "There is already an intention for this week. Change that one." in answer.text
    assert 'value="Read more"' in answer.text, "what was typed is not lost"
    assert Intention.objects.get().text == "In bed by 23:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"date": date(2026, 9, 15)}, "A week begins on a Monday. Enter 2026-09-14."),
        ({"date": date(2026, 9, 28)}, "Choose this week, the next one or an earlier one."),
        ({"date": NEXT, "kept": "yes"}, "has not begun"),
        ({"date": THIS, "kept": "mostly"}, "is not a valid choice"),
        ({"date": THIS, "text": " "}, "Enter what you want to do."),
        ({"date": THIS, "text": "\u200b\u2060 \ufeff"}, "Enter what you want to do."),
        ({"date": date(1899, 12, 25)}, "The year must be between 1900 and 2199."),
        ({"date": date(9999, 12, 27)}, "The year must be between 1900 and 2199."),
        ({"date": THIS, "text": ""}, "cannot be blank"),
        ({"date": THIS, "text": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(page: Client, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Intention(**{"text": "Read"} | fields).full_clean()


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1800-01-06", "1899-12-25", "9999-12-27", "9999-12-31"]
)
def test_a_week_of_no_calendar_is_refused_with_a_sentence(page: Client, day: str) -> None:
    """By the page, the API and the admin."""
    said = sent(page, "/review/intentions/new", text="Read more", date=day)
    assert "The year must be between 1900 and 2199." in said
    assert 'value="Read more"' in said, "what was typed is not lost"
    told = page.post(
        "/api/intentions", {"text": "Read", "date": day}, content_type="application/json"
    )
    assert told.status_code == 400
    admin: Any = page.post("/admin/review/intention/add/", {"text": "Read", "date": day})
    assert admin.status_code == 200
    assert not Intention.objects.exists()


def test_what_is_above_the_numbers_on_a_monday(page: Client) -> None:
    choose(LAST)
    makers.weigh_in(8, 70)
    said = text(page, "/review/")
    assert (
        said.index("Was it kept?")
        < said.index("What one thing do you want")
        < said.index('id="part-numbers"')
    )
    assert 'name="next" value="/review/"' in said, "the top of the page, where Undo is"


def test_weeks_that_are_over_are_not_chosen_for(page: Client) -> None:
    assert 'action="/review/intentions/new"' not in text(page, "/review/2026-W35")
    running = text(page, "/review/2026-W38")
    assert running.count('class="choose"') == 2, "the running week and the next one"


@pytest.mark.parametrize("week", ["2026-W40", "2026-09", "nonsense", ""])
def test_the_form_of_whatever_week_is_that_of_a_week(page: Client, week: str) -> None:
    shown = "2026-09-28" if week == "2026-W40" else "2026-09-21"
    assert f'name="date" value="{shown}"' in text(page, f"/review/intentions/new?week={week}")


# --- Whether it was kept --------------------------------------------------------------------------


def test_a_tap_answers_and_undo_takes_it_back(page: Client) -> None:
    one = choose(LAST)
    path = f"/review/intentions/{one.pk}/answer"
    said = text(page, "/review/")
    assert "Was it kept?" in said
    assert 'aria-pressed="true"' not in said
    said = sent(page, path, kept="partly", next="/review/")
    assert "Noted: partly kept." in said
    assert 'value="" aria-pressed="true">Partly' in said
    assert f'action="{path}?kept=&amp;now=partly"' in said
    said = sent(page, f"{path}?kept=&now=partly", next="/review/")
    assert "Noted: without an answer." in said
    one.refresh_from_db()
    assert one.kept == ""


def test_an_undo_that_is_out_of_date_replaces_no_newer_answer(page: Client) -> None:
    one = choose(LAST, kept="no")
    path = f"/review/intentions/{one.pk}/answer"
    said = sent(page, f"{path}?kept=&now=yes", next="/review/")
    assert "Its answer has changed since: not kept." in said
    assert "valid choice" in sent(page, path, kept="mostly")
    one.refresh_from_db()
    assert one.kept == "no"


def test_the_next_week_is_not_answered_yet(page: Client) -> None:
    one = choose(NEXT)
    assert "Was it kept?" not in text(page, "/review/2026-W38")
    said = sent(page, f"/review/intentions/{one.pk}/answer", kept="yes")
    assert "This week has not begun" in said
    one.refresh_from_db()
    assert one.kept == ""


# --- Edited and deleted ---------------------------------------------------------------------------


def test_text_answer_and_note_are_edited(page: Client) -> None:
    one = choose(LAST)
    path = f"/review/intentions/{one.pk}"
    assert "7 to 13 September 2026" in text(page, path)
    said = sent(page, path, text="In bed by 22:30", kept="no", note="Guests.")
    assert "The intention was saved." in said
    assert "Guests." in said
    one.refresh_from_db()
    assert (one.text, one.kept, one.note) == ("In bed by 22:30", "no", "Guests.")


def test_it_is_deleted_and_brought_back_unless_another_was_chosen(page: Client) -> None:
    one = choose()
    path = f"/review/intentions/{one.pk}"
    assert "Delete this intention?" in text(page, f"{path}/delete")
    assert "The intention was deleted" in sent(page, f"{path}/delete")
    assert "In bed by 23:00" not in text(page, "/review/")
    other = choose(words="Read more")
    assert "The intention stays deleted. There is already an intention" in sent(
        page, f"{path}/restore"
    )
    other.mark_deleted()
    assert "The intention is back." in sent(page, f"{path}/restore")
    assert Intention.objects.live().get() == one


# --- What comes of them ---------------------------------------------------------------------------


def test_months_and_years_count_them(page: Client) -> None:
    for week, kept in enumerate(["", "yes", "partly", "no", "yes", ""]):
        makers.intention(week, f"Intention {week}", kept=kept)
    said = text(page, "/review/2026")
    assert "Of 6 intentions: 2 kept, 1 partly, 1 not, 2 without an answer." in said
    assert "no answer" in said
    assert "not over yet" in said
    said = text(page, "/review/2026-08")
    assert "Of 4 intentions: 2 kept, 1 partly, 1 not" not in said
    assert "Of 4 intentions: 1 kept, 1 partly, 1 not, 1 without an answer." in said


def test_one_is_counted_in_the_singular() -> None:
    assert history_words([Intention(kept="yes")]) == "Of 1 intention: 1 kept."


def test_it_is_found_and_told_to_the_assistant(page: Client) -> None:
    choose(LAST, kept="partly")
    found = text(page, "/search/?q=BED")
    assert "intention for 7 to 13 September 2026" in found
    (heading, _, line, *_) = lines.sections(LAST, date(2026, 9, 13))
    assert heading == "## Intention"
    assert "Mon 7 Sep: For the week, partly kept:" in line
    assert "In bed by 23:00" in line
    (_, _, line, *_) = lines.sections(date(2026, 9, 9), date(2026, 9, 9))
    assert line.startswith("- For the week, partly kept:"), "also a day of the week has it"

"""The pages of the fasts: started earlier, taken back, typed in, edited, deleted, and asked about."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from fasting.models import ZERO, FastingPeriod
from tests.fasting.conftest import NOW, Now, fast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "utc")]

HOUR = timedelta(hours=1)
LIST = "/fasting/"


@pytest.fixture
def utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def at(hours_ago: float) -> str:
    """A moment as the browser's input has it."""
    return f"{NOW - hours_ago * HOUR:%Y-%m-%dT%H:%M}"


def form(start: float, end: float | None, **values: Any) -> dict[str, Any]:
    """What the form sends; the times in hours before now."""
    times = {"start": at(start), "end": "" if end is None else at(end)}
    return {**times, "goal_hours": "16", "note": "", **values}


def page(pk: int, action: str = "") -> str:
    return f"/fasting/{pk}{action and '/' + action}"


def only() -> FastingPeriod:
    return FastingPeriod.objects.get()


def said(answer: Any) -> str:
    """The text of a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def hidden(answer: Any) -> dict[str, str]:
    """The values of the hidden fields of a page, without the CSRF token."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def refused(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(text for errors in answer.context["form"].errors.values() for text in errors)


# --- Typing in, editing, deleting -----------------------------------------------------------------


def test_a_fast_that_began_earlier(person: Client) -> None:
    assert f'value="{at(0)}"' in person.get("/fasting/new").text
    answer = person.post("/fasting/new", form(3.5, None, goal_hours="18"), follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "The fast was saved." in answer.text
    made = only()
    assert (made.start, made.end, made.goal_hours) == (NOW - 3.5 * HOUR, None, 18)
    # The running one can be moved too.
    person.post(page(made.pk), form(5, None, goal_hours="18"))
    assert only().start == NOW - 5 * HOUR


def test_a_past_fast_is_typed_in_edited_and_deleted(person: Client) -> None:
    person.post("/fasting/new", form(40, 23.5, note="easy"))
    made = only()
    assert (made.duration_hours, made.note, made.source) == (16.5, "easy", "Manual")
    shown = person.get(page(made.pk)).text
    for value in (at(40), at(23.5), "easy", 'value="16"'):
        assert value in shown
    person.post(page(made.pk), form(41, 22, goal_hours="", note="hard"))
    made.refresh_from_db()
    assert (made.duration_hours, made.goal_hours, made.note) == (19, None, "hard")
    asked = person.get(page(made.pk, "delete"))
    assert "Delete this fast?" in asked.text
    assert FastingPeriod.objects.exists(), "looking deletes nothing"
    answer = person.post(page(made.pk, "delete"), follow=True)
    assert answer.redirect_chain == [(page(made.pk, "deleted"), 302)]
    assert "The fast was deleted" in said(answer)
    assert not FastingPeriod.objects.live().exists()
    for gone in (person.post(page(made.pk, "delete")), person.get(page(made.pk))):
        assert (gone.status_code, gone.url) == (302, page(made.pk, "deleted"))
    back = person.post(page(made.pk, "restore"), follow=True)
    assert back.redirect_chain == [(LIST, 302)]
    assert "The fast is back." in said(back)
    assert FastingPeriod.objects.live().get().duration_hours == 19
    assert person.get(page(made.pk, "deleted")).status_code == 404


def test_a_deleted_fast_comes_back_only_where_nothing_took_its_time(person: Client) -> None:
    gone = fast(1, 16)
    person.post(page(gone.pk, "delete"))
    person.post("/fasting/new", form(20, 10))
    answer = person.post(page(gone.pk, "restore"), follow=True)
    assert answer.redirect_chain == [(page(gone.pk, "deleted"), 302)]
    text = "The fast stays deleted. This fast would overlap the fast from 15 Sep 2026, 18:00 to 16 Sep 2026, 04:00."
    assert text in said(answer)
    assert FastingPeriod.objects.live().count() == 1
    # A running one, while another one runs.
    running = fast(0.1, None)
    person.post(page(running.pk, "delete"))
    fast(0.05, None)
    answer = person.post(page(running.pk, "restore"), follow=True)
    assert "A fast has been running since 16 Sep 2026, 12:48." in said(answer)


def test_forms_lead_back_to_where_one_came_from(person: Client) -> None:
    there = "/fasting/?range=90d"
    answer = person.post("/fasting/start", {"goal_hours": "18", "next": there})
    assert answer.url == there
    pk = only().pk
    asked = person.get(f"{page(pk)}?next=/fasting/%3Frange%3D90d")
    assert hidden(asked).keys() == {"next", "updated_at"}
    assert hidden(asked)["next"] == there
    assert person.post(page(pk), form(2, None, next=there)).url == there
    assert person.post("/fasting/stop", {"next": there}).url == there
    assert person.post(page(pk, "take-back-stop"), {"next": there}).url == there
    assert person.post(page(pk, "take-back-start"), {"next": there}).url == there
    # From Today, and from nowhere.
    assert person.post("/fasting/start", {"goal_hours": "18"}).url == "/"
    for foreign in ("https://example.org/", "//example.org", "javascript:alert(1)"):
        assert person.post("/fasting/start", {"next": foreign}).url == "/"


def test_what_is_not_touched_keeps_its_seconds(person: Client) -> None:
    exact = timedelta(seconds=42, microseconds=123456)
    record = fast(1, 16, start=NOW - 24 * HOUR + exact, end=NOW - 8 * HOUR + exact)
    person.post(page(record.pk), form(24, 8, note="later"))
    record.refresh_from_db()
    assert (record.start, record.end) == (NOW - 24 * HOUR + exact, NOW - 8 * HOUR + exact)
    assert record.note == "later"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"start": ""}, "required"),
        ({"start": "yesterday"}, "Enter a valid date/time."),
        ({"start": "2026-13-01T10:00"}, "Enter a valid date/time."),
        ({"start": "0001-01-01T00:00"}, "year must be between 1900 and 2199"),
        ({"start": at(-2)}, "between 1970 and now"),
        ({"end": at(-2)}, "in the future"),
        ({"end": at(40)}, "must be after the start, 15 Sep 2026, 05:00"),
        ({"end": at(33)}, "must be after the start"),
        ({"start": at(60)}, "would overlap the fast from 14 Sep 2026, 14:00 to 15 Sep 2026, 00:00"),
        ({"start": at(60), "end": ""}, "would overlap"),
        ({"goal_hours": "0"}, "Enter at least 0.25 hours."),
        ({"goal_hours": "721"}, "Enter at most 720 hours."),
        ({"goal_hours": "nan"}, "number"),
        ({"goal_hours": "sixteen"}, "number"),
        ({"note": "a\x00b"}, "Null characters"),
        ({"start": at(24 * 70), "end": at(24 * 9.5)}, "at most 60 days. This one would last 60"),
    ],
)
def test_what_cannot_be(person: Client, values: dict[str, str], text: str) -> None:
    fast(2, 10, source=ZERO)
    given = form(33, 20, note="as typed") | values
    answer = person.post("/fasting/new", given)
    assert text in refused(answer)
    assert FastingPeriod.objects.count() == 1
    # What was typed in is still there, and no confirmation helps.
    assert values.get("note") or "as typed" in answer.text
    confirmed = hidden(answer) | {"confirm": "length|goal|age"}
    assert text in refused(person.post("/fasting/new", given | confirmed))


def test_two_fasts_cannot_run(person: Client) -> None:
    fast(0.2, None)
    answer = person.post("/fasting/new", form(2, None))
    assert "A fast has been running since 16 Sep 2026, 09:12." in refused(answer)


def test_an_hour_that_never_was(person: Client, settings: Any, now: Now) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    now(datetime(2026, 3, 29, 12, tzinfo=UTC))
    given = {"start": "2026-03-29T02:30", "end": "", "goal_hours": ""}
    answer = person.post("/fasting/new", given)
    assert "This time did not exist because clocks were set forward." in refused(answer)
    person.post("/fasting/new", given | {"start": "2026-03-29T03:30"})
    assert only().start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_hour_that_comes_twice(person: Client, settings: Any, now: Now) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    now(datetime(2025, 10, 26, 12, tzinfo=UTC))
    given = {"start": "2025-10-26T02:10", "end": "2025-10-26T10:10", "goal_hours": "16"}
    person.post("/fasting/new", given)
    first = datetime(2025, 10, 26, 0, 10, tzinfo=UTC)
    record = only()
    assert (record.start, record.duration_hours) == (first, 9)
    # One that began in the second of the two stays there when something else is edited.
    FastingPeriod.objects.update(start=first + HOUR)
    person.post(page(record.pk), given | {"note": "later"})
    record.refresh_from_db()
    assert (record.start, record.duration_hours, record.note) == (first + HOUR, 8, "later")


def test_a_fast_of_another_zone_is_edited_by_its_own_clock(person: Client) -> None:
    record = fast(1, 16, utc_offset_min=540, note="Tokyo")
    shown = person.get(page(record.pk))
    assert 'value="2026-09-15T23:00"' in shown.text
    assert "Times are in UTC+9, the time zone in which this fast was recorded." in said(shown)
    person.post(page(record.pk), {"start": "2026-09-15T22:00", "end": "2026-09-16T15:00"})
    record.refresh_from_db()
    assert (record.start, record.duration_hours) == (NOW - 25 * HOUR, 17)
    assert "Times are in the time zone UTC." in said(person.get("/fasting/new"))
    assert timezone.get_current_timezone_name() == "UTC"


def test_what_came_from_zero_is_for_reading(person: Client) -> None:
    record = fast(3, 10, source=ZERO, note="hard")
    shown = person.get(page(record.pk))
    assert "To change or delete it, use the Zero app" in said(shown)
    assert "10 h" in said(shown)
    assert "hard" in said(shown)
    assert "<textarea" not in shown.text
    assert person.post(page(record.pk), form(9, 3)).status_code == 403
    for method in (person.get, person.post):
        assert method(page(record.pk, "delete")).status_code == 403
    for action in ("take-back-start", "take-back-stop"):
        person.post(page(record.pk, action))
    assert list(FastingPeriod.objects.values_list("start", "note")) == [(record.start, "hard")]
    gone = fast(5, 10, source=ZERO, deleted_at=NOW)
    assert person.get(page(gone.pk)).status_code == 404


# --- Taking back ----------------------------------------------------------------------------------


def test_a_start_is_taken_back(person: Client, now: Now) -> None:
    person.post("/fasting/start", {"goal_hours": "16"})
    assert "Undo start" in person.get("/").text
    now(NOW + 59 * timedelta(minutes=1))
    FastingPeriod.objects.update(created_at=NOW)
    pk = only().pk
    answer = person.post(page(pk, "take-back-start"), follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "The start was undone" in answer.text
    assert not FastingPeriod.objects.exists()
    # Pressed twice.
    again = person.post(page(pk, "take-back-start"), follow=True)
    assert "This fast is no longer running." in again.text


def test_a_stop_is_taken_back(person: Client) -> None:
    record = fast(0.5, None, created_at=NOW)
    FastingPeriod.objects.update(created_at=NOW - 12 * HOUR)
    person.post("/fasting/stop")
    assert "Undo stop" in person.get("/").text
    answer = person.post(page(record.pk, "take-back-stop"), follow=True)
    assert "The stop was undone" in answer.text
    record.refresh_from_db()
    assert (record.end, record.duration_hours, record.date) == (None, None, record.start.date())
    again = person.post(page(record.pk, "take-back-stop"), follow=True)
    assert "is still running or was deleted" in again.text
    assert "Take back" not in person.get("/").text, "it was started long ago"


def test_what_is_long_ago_is_not_taken_back(person: Client, now: Now) -> None:
    running, over = fast(0.2, None), fast(2, 16)
    now(NOW + 61 * timedelta(minutes=1))
    FastingPeriod.objects.update(created_at=NOW)
    assert "Take back" not in person.get("/").text
    answer = person.post(page(running.pk, "take-back-start"), follow=True)
    assert (
        "This fast was started too long ago to undo the start. Edit or delete it instead."
        in answer.text
    )
    answer = person.post(page(over.pk, "take-back-stop"), follow=True)
    assert "This fast ended too long ago to undo the stop. Edit its end instead." in answer.text
    assert FastingPeriod.objects.filter(end=None).get() == running
    assert FastingPeriod.objects.count() == 2


def test_a_stop_is_not_taken_back_over_a_later_fast(person: Client) -> None:
    over = fast(0.5, 11.5)
    fast(0.01, None)
    answer = person.post(page(over.pk, "take-back-stop"), follow=True)
    assert "A fast has been running since" in answer.text
    over.refresh_from_db()
    assert over.duration_hours == 11.5


# --- Questions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "question"),
    [
        (form(100, 4), "This fast would be 96 hours long."),
        (form(96, None), "This fast would have been running for 96 hours."),
        (form(20, 4, goal_hours="72"), "A goal of 72 hours is unusually long."),
        (form(20, 4, goal_hours="1"), "A goal of 1 hour is unusually short."),
        (form(24 * 45, 24 * 45 - 16), "This fast would begin 45 days ago."),
    ],
)
def test_what_is_unusual_is_asked_about(
    person: Client, given: dict[str, str], question: str
) -> None:
    answer = person.post("/fasting/new", given)
    assert f"{question} Save it anyway?" in said(answer)
    assert "Please change" not in said(answer)
    assert not FastingPeriod.objects.exists()
    for value in (given["start"], given["end"], given["goal_hours"]):
        assert f'value="{value}"' in answer.text or not value
    assert person.post("/fasting/new", given | hidden(answer)).status_code == 302
    assert FastingPeriod.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        form(76, 4),  # 72 hours
        form(72, None),
        form(20, 4, goal_hours="48"),
        form(20, 4, goal_hours="4"),
        form(20, 4, goal_hours=""),
        form(24 * 30, 24 * 30 - 16),
    ],
)
def test_what_is_usual_is_not(person: Client, given: dict[str, str]) -> None:
    assert person.post("/fasting/new", given).status_code == 302


def test_yes_holds_for_what_was_asked(person: Client) -> None:
    answer = person.post("/fasting/new", form(100, 4))
    longer = person.post("/fasting/new", form(200, 4, goal_hours="60") | hidden(answer))
    assert not FastingPeriod.objects.exists()
    for text in ("A goal of 60 hours is unusually long.", "This fast would be 196 hours long."):
        assert text in said(longer)
    person.post("/fasting/new", form(200, 4, goal_hours="60") | hidden(longer))
    assert only().duration_hours == 196


def test_what_was_confirmed_is_not_asked_again(person: Client) -> None:
    record = fast(5, 100, goal_hours=80)
    given = form(120, 20, goal_hours="80.0", note="broth")
    assert person.post(page(record.pk), given).status_code == 302
    assert only().note == "broth"
    assert "119 hours long" in said(person.post(page(record.pk), given | {"end": at(1)}))


def test_a_goal_is_asked_about_before_it_starts(person: Client, now: Now) -> None:
    answer = person.post("/fasting/start", {"goal_hours": "100"})
    assert "A goal of 100 hours is unusually long. Save it anyway?" in said(answer)
    assert not FastingPeriod.objects.exists()
    now(NOW + timedelta(minutes=3))
    answer = person.post("/fasting/start", hidden(answer), follow=True)
    assert "The fast has started." in answer.text
    # At the press of the button, and not of the answer.
    assert (only().start, only().goal_hours) == (NOW, 100)


def test_a_fast_that_nobody_stopped_is_asked_about(person: Client, now: Now) -> None:
    record = fast(4, None)
    assert "has been running for 96 h" in said(person.get("/"))
    answer = person.post("/fasting/stop")
    assert "This fast would be 96 hours long. Save it anyway?" in said(answer)
    assert f'href="{page(record.pk)}"' in answer.text
    record.refresh_from_db()
    assert record.end is None
    now(NOW + timedelta(minutes=3))
    answer = person.post("/fasting/stop", hidden(answer), follow=True)
    assert "The fast ended after 96 h." in answer.text
    record.refresh_from_db()
    assert record.end == NOW


def test_a_forgotten_fast_is_not_a_trap(person: Client) -> None:
    """It runs for longer than a fast may last: it is told, and can be edited, ended and deleted."""
    record = fast(90, None, goal_hours=16)
    answer = person.post("/fasting/stop", follow=True)
    assert "A fast can last at most 60 days. This one would last 90 days." in answer.text
    given = form(24 * 90, None)
    assert person.post(page(record.pk), given | {"note": "forgotten"}).status_code == 302
    assert person.post(page(record.pk), given | {"end": at(24 * 90 - 17)}).status_code == 302
    assert only().duration_hours == 17


def test_what_a_question_carries_is_not_believed(person: Client) -> None:
    answer = person.post("/fasting/start", {"at": "soon", "goal_hours": "17"})
    assert answer.status_code == 400
    assert "The fast was not started" in answer.text
    assert 'value="soon"' in answer.text
    assert 'value="17"' in answer.text
    answer = person.post("/fasting/start", {"at": at(-2)}, follow=True)
    assert "between 1970 and now" in answer.text
    assert not FastingPeriod.objects.exists()
    fast(0.2, None)
    answer = person.post("/fasting/stop", {"at": "soon"}, follow=True)
    assert answer.context["form"].errors["at"] == ["Enter a valid date/time."]
    answer = person.post("/fasting/stop", {"at": at(5)}, follow=True)
    assert "The end must be after the start" in answer.context["form"].errors["at"][0]
    assert only().end is None


# --- An earlier time ------------------------------------------------------------------------------


def test_a_fast_is_started_and_stopped_at_an_earlier_time(person: Client) -> None:
    person.post("/fasting/start", {"goal_hours": "18", "at": at(3.5)})
    assert (only().start, only().goal_hours) == (NOW - 3.5 * HOUR, 18)
    answer = person.post("/fasting/stop", {"at": at(1)}, follow=True)
    assert "The fast ended after 2 h 30." in said(answer)
    assert only().end == NOW - HOUR


def test_an_earlier_time_that_another_fast_has_is_refused_at_its_field(person: Client) -> None:
    fast(0.5, 6)
    answer = person.post("/fasting/start", {"goal_hours": "18", "at": at(9)})
    assert answer.status_code == 400
    text = "This fast would overlap the fast from 16 Sep 2026, 02:00 to 16 Sep 2026, 08:00."
    assert answer.context["form"].errors == {"at": [text]}
    assert f'value="{at(9)}"' in answer.text
    assert FastingPeriod.objects.count() == 1


# --- The list -------------------------------------------------------------------------------------


def test_the_list(person: Client, django_assert_num_queries: Any) -> None:
    assert "No fasts yet." in said(person.get(LIST))
    for days in range(2, 36):
        fast(days, 16, goal_hours=16)
    mine = fast(0.1, None, note="<b>broth</b>")
    theirs = fast(1.1, 13, source=ZERO)
    shown = person.get(f"{LIST}?range=90d")
    for pk in (mine.pk, theirs.pk):
        assert f'href="{page(pk)}?next=/fasting/%3Frange%3D90d">' in shown.text
    assert "&lt;b&gt;broth&lt;/b&gt;" in shown.text
    assert "1 to 30 of 36" in said(shown)
    assert "14:00 to 06:00 16 h 16 h" in said(shown)
    # Two for who it is, one for the mark in the rail, one for the card, four for the range, two for the list,
    # one for the meals.
    with django_assert_num_queries(11):
        older = person.get(f"{LIST}?range=90d&page=2")
    assert "31 to 36 of 36" in said(older)
    assert person.get(f"{LIST}?range=90d&page=3").status_code == 200


def test_what_a_wrong_clock_dated_ahead_is_marked(person: Client) -> None:
    fast(-1, 16, source=ZERO)
    assert "Dated in the future" in said(person.get(LIST))
    assert "No fasts yet" in said(person.get("/"))


# --- Who may --------------------------------------------------------------------------------------

ADDRESSES = ["start", "stop", "new", "1", "1/delete", "1/take-back-start", "1/take-back-stop"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_only_the_persons_own_forms(client: Client, path: str) -> None:
    record = fast(0.5, None, pk=1)
    address = f"/fasting/{path}"
    assert client.post(address).url.startswith("/login/?next=/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("robin"))
    assert strict.post(address, form(9, 3)).status_code == 403
    assert strict.put(address).status_code in {403, 405}
    record.refresh_from_db()
    assert record.end is None
    assert FastingPeriod.objects.count() == 1


@pytest.mark.parametrize("path", ["", "new", "1", "1/delete"])
def test_the_pages_need_no_script(person: Client, path: str) -> None:
    fast(0.5, None, pk=1)
    answer = person.get(f"/fasting/{path}")
    assert answer.status_code == 200
    assert re.search(r"script-src 'self'(;|$)", answer["Content-Security-Policy"])
    assert re.findall(r"<script[^>]*>", answer.text) == [
        '<script src="/static/lifetracker/web.js" data-worker="/service-worker.js" defer>'
    ]
    assert not re.search(r"<style|\sstyle=|\son\w+=", answer.text)


def test_no_fast_has_such_a_number(person: Client) -> None:
    for path in ("", "/delete"):
        assert person.get(f"/fasting/{10**30}{path}").status_code == 404

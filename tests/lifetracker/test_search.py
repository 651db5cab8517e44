"""Search: what is found by which words, by whom, and what is not done for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lifetracker.web.search import escaped, finders, folded
from lifetracker.web.spoken_days import days_named, why_no_day
from projects.models import Project
from tests.makers import (
    MORNING,
    commit,
    entry,
    experiment,
    fast,
    finding,
    goal,
    metric_change,
    repository,
    toggl_project,
    toggl_tag,
)
from tests.projects.test_models import project
from workouts.models import Workout

pytestmark = pytest.mark.django_db

# A Wednesday.
TODAY = date(2026, 9, 16)


def found(client: Client, text: str, **options: Any) -> dict[str, list[tuple[str, str]]]:
    """Return by heading what is found: titles and addresses."""
    answer = client.get("/search/", {"q": text}, **options)
    assert answer.status_code == 200, text
    return {
        group.title: [(one.title, one.url) for one in group.found]
        for group in answer.context["groups"]
    }


# --- Days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-03-12", ["2026-03-12"]),
        ("2026-3-1", ["2026-03-01"]),
        ("12 March", ["2026-03-12"]),
        ("12 march 2024", ["2024-03-12"]),
        ("12th of March", ["2026-03-12"]),
        ("March 12", ["2026-03-12"]),
        ("Mar 12, 2024", ["2024-03-12"]),
        ("12 Sept", ["2026-09-12"]),
        ("16 September", ["2026-09-16"]),
        # It has not come yet this year.
        ("17 September", ["2025-09-17"]),
        ("24 December", ["2025-12-24"]),
        ("29 February", ["2024-02-29"]),
        ("29 February 2025", []),
        ("12.3.", ["2026-03-12"]),
        ("12.3", ["2026-03-12"]),
        ("12. 3. 2025", ["2025-03-12"]),
        ("24.12.25", ["2025-12-24"]),
        ("24.12.99", ["1999-12-24"]),
        ("3/4", ["2026-04-03", "2026-03-04"]),
        ("13/4/2025", ["2025-04-13"]),
        ("today", ["2026-09-16"]),
        ("  Yesterday ", ["2026-09-15"]),
        ("day before yesterday", ["2026-09-14"]),
        ("3 days ago", ["2026-09-13"]),
        ("٣ days ago", ["2026-09-13"]),
        ("a week ago", ["2026-09-09"]),
        ("Wednesday", ["2026-09-16"]),
        ("last wednesday", ["2026-09-09"]),
        ("last Friday", ["2026-09-11"]),
        ("fri", ["2026-09-11"]),
        ("on Monday", ["2026-09-14"]),
        # Not come, not in any calendar, beyond all lives, or no day at all.
        ("2026-12-24", []),
        ("24 December 2027", []),
        ("2026-13-40", []),
        ("31.2.", []),
        ("1850-01-01", []),
        ("0000-01-01", []),
        ("9999 weeks ago", []),
        ("12 Marchish", []),
        ("ma", []),
        ("12", []),
        ("portal", []),
        ("", []),
    ],
)
def test_days_are_understood(text: str, days: list[str]) -> None:
    assert [str(day) for day in days_named(text, TODAY)] == days


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31.2.", "There is no 31 February."),
        ("30 February", "There is no 30 February."),
        ("Feb 30, 2024", "There is no 30 February 2024."),
        ("29 February 2025", "There is no 29 February 2025."),
        ("29.2.25", "There is no 29 February 2025."),
        ("31/6", "There is no 31 June."),
        ("0 March", "There is no 0 March."),
        ("2026-13-40", "There is no such day."),
        ("24 December 2027", "This day has not come yet."),
        ("1850-01-01", "The year must be between 1900 and 2199."),
        # Such as the number of a version, a day that there is, and no day at all.
        ("1.25", ""),
        ("29 February", ""),
        ("3/4", ""),
        ("portal", ""),
        ("", ""),
    ],
)
def test_a_day_that_there_is_not_is_said(person: Client, text: str, said: str) -> None:
    assert why_no_day(text, TODAY) == said
    assert said in person.get("/search/", {"q": text}).text


def test_a_day_leads_to_its_page(person: Client) -> None:
    assert found(person, "last Friday")["Days"] == [("Friday 11 September", "/?day=2026-09-11")]


# --- Names ----------------------------------------------------------------------------------------


def test_each_kind_is_found_by_its_words(person: Client) -> None:
    made = project("Garden portal")
    repository("portal")
    aim = goal(name="Finish the portal")
    trial = experiment(question="Does the portal help?")
    change = metric_change(metric_name="Portal hours")
    pair = finding(outcome_name="Portal mood")
    toggl_project(1, name="Portal", client="Nordlicht")
    toggl_tag(1, name="portal talk")
    entry(3, description="Portal: login")
    entry(1, description="Portal: login")
    note = fast(2, note="Portal opened, none eaten")
    sport = {"sport_name": "portal_running", "duration_min": 30, "date": TODAY}
    Workout.objects.create(start=MORNING, end=MORNING + timedelta(minutes=30), **sport)
    assert found(person, "PORTAL") == {
        "Projects": [("Garden portal", f"/projects/{made.pk}/")],
        "Goals": [("Finish the portal", f"/goals/{aim.pk}/")],
        "Experiments": [("Does the portal help?", f"/experiments/{trial.pk}/")],
        "Insights": [("Bedtime and portal mood", f"/insights/#insight-{pair.pk}")],
        "What changed": [("Portal hours", f"/insights/#change-{change.pk}")],
        "Repositories": [("robin/portal", "/github/robin/portal")],
        "Toggl": [
            ("Portal", "/time/entries?range=all&client=Nordlicht&project=Portal"),
            ("portal talk", "/time/entries?range=all&tag=portal+talk"),
        ],
        "Time entries": [("Portal: login", "/time/entries?range=all&description=Portal%3A+login")],
        "Workouts": [("Portal running", "/workouts/?range=all&sport=portal_running")],
        "Fasts": [("Portal opened, none eaten", f"/fasting/{note.pk}")],
    }
    assert "2 entries, last on 15 Sep 2026" in person.get("/search/?q=login").text
    for titles in found(person, "portal").values():
        for _, url in titles:
            assert person.get(url).status_code == 200, url


def test_clients_and_pages_are_found(person: Client) -> None:
    toggl_project(1, name="Shop", client="Kranich Verlag")
    assert ("Kranich Verlag", "/time/entries?range=all&client=Kranich+Verlag") in found(
        person, "kranich"
    )["Toggl"]
    assert found(person, "whoop")["Pages"] == [("WHOOP", "/whoop/")]
    assert found(person, "connections")["Pages"] == [("Connections", "/connections/")]


def test_pages_of_staff_are_for_staff(person: Client) -> None:
    assert found(person, "admin")["Pages"] == [("Admin", reverse("admin:index"))]
    User.objects.update(is_staff=False)
    assert "Pages" not in found(person, "admin")


def test_commits_are_found_by_the_beginning_of_their_id(person: Client) -> None:
    code = repository("portal")
    made = commit(code, source_id=f"c0ffee{'1' * 34}", mine=True)
    commit(code, source_id=f"c0ffed{'2' * 34}", mine=True)
    listed = found(person, "C0FFEE")["Commits"]
    day = made.date
    assert listed == [("c0ffee111111", f"/github/robin/portal?from={day}&to={day}")]
    assert len(found(person, "c0ff")["Commits"]) == 2
    for text in ("c0f", "c0ffeg", "g" * 40):
        assert "Commits" not in found(person, text)


def test_what_begins_with_the_words_comes_first(person: Client) -> None:
    for name in ("An old garden", "Garden", "Zen gardening"):
        project(name)
    assert [title for title, _ in found(person, "garden")["Projects"]] == [
        "Garden",
        "An old garden",
        "Zen gardening",
    ]


def test_all_words_must_fit(person: Client) -> None:
    entry(1, description="Login with passkeys")
    assert "Time entries" in found(person, "passkeys login")
    assert "Time entries" not in found(person, "passkeys logout")


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("cafe", "Café Müller"),
        ("CAFÉ", "cafe in town"),
        ("muller", "Café Müller"),
        ("ÜBER", "über alles"),
        ("session", "Séssîön"),
        ("Straße", "STRASSE"),
        ("привет", "ПРИВЕТ, мир"),
        ("日本", "日本語の勉強"),
        ("🌱", "Sow 🌱 seeds"),
        ("100%", "At 100% of it"),
        ("a_b", "the a_b test"),
        ("back\\slash", "A back\\slash"),
        ("'quoted\"", "It's 'quoted\" here"),
    ],
)
def test_capitals_and_accents_make_no_difference(
    person: Client, text: str, description: str
) -> None:
    entry(1, description=description)
    entry(2, description="Something else")
    assert [title for title, _ in found(person, text)["Time entries"]] == [description]
    Project.objects.create(name=description)
    assert [title for title, _ in found(person, text)["Projects"]] == [description]


@pytest.mark.parametrize("text", ["%", "_", "%%", "\\", "__", "*", "'", '"', "--", "100%_"])
def test_what_means_something_to_a_database_is_only_a_sign(person: Client, text: str) -> None:
    entry(1, description="Nothing of the kind")
    assert found(person, text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "word " * 2_000,
        "😀" * 3_000,
        "\u202e\u0301\ud7ff",
        "' OR 1=1; DROP TABLE time_logs_timeentry; --",
        "<script>alert(1)</script>",
        "{{ 7|add:7 }}",
    ],
)
def test_nothing_that_is_typed_does_harm(person: Client, text: str) -> None:
    entry(1, description="Login")
    answer = person.get("/search/", {"q": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 40_000
    assert ("Only the first 100 characters" in answer.text) == (len(text) > 100)
    assert "Time entries" in found(person, "login")


def test_an_address_that_is_no_text_does_no_harm(person: Client) -> None:
    assert person.get("/search/?q=%ff%fe").status_code == 200
    # Refused on all pages, before any of them sees it.
    assert person.get("/search/?q=a%00b").status_code == 400
    assert person.get("/search/?q=a&q=b").status_code == 200


# --- What is left out -----------------------------------------------------------------------------


def test_what_is_deleted_is_not_found(person: Client) -> None:
    made = project("Portal")
    made.mark_deleted()
    now = MORNING
    repository("portal", deleted_at=now)
    entry(1, description="Portal", deleted_at=now)
    toggl_project(1, name="Portal", deleted_at=now)
    fast(2, note="portal", deleted_at=now)
    goal(name="Portal", deleted_at=now)
    assert found(person, "portal") == {}


def test_only_the_newest_are_searched_and_the_page_says_so(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time_logs.search.NEWEST", 3)
    for back in range(6):
        entry(back, description=f"Piece {back}")
    assert len(found(person, "piece")["Time entries"]) == 4
    assert "the descriptions of your last 30,000 time entries" in person.get("/search/").text


def test_more_than_is_shown_is_said(person: Client) -> None:
    for at in range(9):
        project(f"Garden {at}")
    answer = person.get("/search/?q=garden")
    assert len(found(person, "garden")["Projects"]) == 6
    assert "There are more. Another word narrows it down." in answer.text


# --- The page -------------------------------------------------------------------------------------


def test_without_words_the_page_says_what_can_be_found(person: Client) -> None:
    page = person.get("/search/").text
    assert "What can be found" in page
    for finder in finders.values():
        assert finder.searched in page
    none = person.get("/search/?q=zzzz").text
    assert "Nothing was found for “<bdi>zzzz</bdi>”" in none
    assert "repositories by name" in none


def test_who_types_gets_the_results_alone(person: Client) -> None:
    project("Garden")
    whole = person.get("/search/?q=garden")
    part = person.get("/search/?q=garden", headers={"HX-Request": "true"})
    assert "<html" in whole.text
    assert part.text.lstrip().startswith('<p class="cap count" role="status">1 result.</p>')
    assert "HX-Request" in whole["Vary"]
    assert "HX-Request" in part["Vary"]
    assert "connect-src 'self'" in whole["Content-Security-Policy"]


def test_visitors_find_nothing(client: Client) -> None:
    assert client.get("/search/?q=garden").status_code == 302


def test_it_costs_the_same_whatever_there_is(person: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            person.get("/search/?q=c0ffee")
        # On PostgreSQL, foods are searched with a setting for one statement: that asks for nothing.
        settings = ("SAVEPOINT", "RELEASE", "SET LOCAL")
        return sum(not one["sql"].startswith(settings) for one in asked.captured_queries)

    before = statements()
    code = repository("c0ffee")
    for at in range(20):
        commit(code, source_id=f"c0ffee{at:034}")
        entry(at, description=f"c0ffee {at}")
        toggl_project(at, name=f"c0ffee {at}")
        project(f"c0ffee {at}")
        goal(name=f"c0ffee {at}")
        experiment(question=f"c0ffee {at}")
        fast(2 * at + 2, note="c0ffee")
    assert statements() == before <= 17


def test_texts_are_compared_without_capitals_and_accents() -> None:
    assert folded("ÀÉÎõü Straße") == "aeiou strasse"
    assert escaped("50%_\\") == "50\\%\\_\\\\"


def test_each_app_declares_what_is_found_in_it() -> None:
    assert set(finders) >= {
        *("Days", "Pages", "Projects", "Goals", "Experiments", "Repositories", "Commits"),
        *("Toggl", "Time entries", "Workouts", "Fasts"),
    }
    assert len({finder.order for finder in finders.values()}) == len(finders)


def test_a_time_ago_is_beside_a_day(person: Client) -> None:
    page = person.get("/search/?q=3+days+ago").text
    assert "Sunday 13 September" in page
    assert "3 days ago" in page
    assert TODAY - timedelta(days=3) == date(2026, 9, 13)

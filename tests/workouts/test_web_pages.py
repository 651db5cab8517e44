"""The pages of workouts: their numbers are those of the API, unknown days are unknown, and what is typed in can be edited,
deleted and brought back."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from lifetracker.models import Preferences, SyncState
from tests.browser import scenes
from whoop.models import WHOOP, WhoopCycle
from workouts.models import Workout

pytestmark = pytest.mark.django_db

# A Wednesday.
NOW = datetime(2026, 9, 16, 16, 40, tzinfo=UTC)
TODAY = NOW.date()
HOUR = timedelta(hours=1)
PAGE = "/workouts/"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def workout(back: int = 1, sport: str = "running", minutes: float = 50, **values: Any) -> Workout:
    """One of WHOOP's with 10 minutes in each zone but the first."""
    start = NOW - timedelta(days=back, hours=8)
    zones = {f"zone_{zone}_min": 0.0 if zone == 0 else 10.0 for zone in range(6)}
    made: dict[str, Any] = {
        "source": WHOOP,
        "source_id": f"{sport} {back} {Workout.objects.count()}",
        "date": start.date(),
        "start": start,
        "end": start + timedelta(minutes=minutes),
        "sport_name": sport,
        "duration_min": minutes,
        "strain": 9.5,
        "average_heart_rate": 141,
        "max_heart_rate": 172,
        "calories": 512.0,
        "score_state": "SCORED",
    }
    return Workout.objects.create(**{**made, **zones, **values})


def worn(*backs: int) -> None:
    """Let WHOOP have been worn on these days, and all of the last two months be read."""
    for stream in ("workout", "cycle"):
        SyncState.objects.update_or_create(
            source=WHOOP,
            stream=stream,
            defaults={
                "verified_from": NOW - timedelta(days=70),
                "verified_to": NOW,
            },
        )
    for back in backs:
        if not WhoopCycle.objects.filter(cycle_id=1000 + back).exists():
            scenes.cycle(back, cycle_id=1000 + back, source_id=str(1000 + back))


def month(person: Client) -> Any:
    """Five workouts of this month, two of the month before."""
    worn(*range(1, 60))
    for back, sport, minutes in (
        (1, "running", 50),
        (2, "yoga", 30),
        (8, "running", 40),
        (8, "sauna", 15),
        (20, "cycling", 95),
    ):
        workout(back, sport, minutes)
    workout(33, "running", 45)
    workout(40, "running", 45)
    return person.get(PAGE)


def values_of(person: Client, key: str) -> dict[str, float | None]:
    """Return what the API says of each of the last 30 days."""
    answer = person.get(f"/api/metrics/series?keys={key}&days=30").json()
    return dict(zip(answer["dates"], answer["series"][key]["values"], strict=True))


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def rows_of(table: object) -> list[list[str]]:
    body = str(table).partition("<tbody>")[2]
    return [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in body.split("</tr>")
        if "<td" in row
    ]


def form(**values: Any) -> dict[str, Any]:
    return {
        "sport_name": "Climbing",
        "start": "2026-09-15T18:00",
        "end": "2026-09-15T19:30",
        "distance_meters": "",
        "calories": "",
        "average_heart_rate": "",
        "max_heart_rate": "",
        **values,
    }


# --- Numbers --------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_api(person: Client) -> None:
    shown = month(person)
    assert (
        "5 sessions and 3 h 50 in 30 days, 3 sessions and 2 h 20 more than in the 30 days before."
        in said(shown)
    )
    figures = {one.label: (one.value, one.beside) for one in shown.context["figures"]}
    assert figures == {
        "Sessions": ("5", "+3 on the 30 days before"),
        "Time": ("3 h 50", "+2 h 20 on the 30 days before"),
        "Longest": ("1 h 35", "Cycling, 27 Aug 2026"),
        "Most strain": ("9.5", "Running, 15 Sep 2026"),
    }
    listed = person.get("/api/workouts?days=30").json()["results"]
    assert len(listed) == 5
    assert sum(one["duration_min"] for one in listed) == 230
    sums = {}
    for key in ("workouts.count", "workouts.minutes"):
        sums[key] = sum(value or 0 for value in values_of(person, key).values())
    assert sums == {"workouts.count": 5, "workouts.minutes": 230}
    longest = max(listed, key=lambda one: one["duration_min"])
    assert f'<a href="/workouts/{longest["id"]}">1 h 35</a>' in shown.text


def test_each_day_of_the_charts_is_that_of_the_metric(person: Client) -> None:
    month(person)
    WhoopCycle.objects.filter(date=TODAY - timedelta(days=5)).delete()
    shown = person.get(PAGE)
    found = values_of(person, "workouts.minutes")
    values = list(found.values())
    counts = [shown.context["numbers"].minutes_on(date.fromisoformat(day)) for day in found]
    # Of today there is nothing yet, which is no zero.
    assert counts == values
    assert values[-6] is None
    assert values.count(None) == 2
    rows = rows_of(shown.context["time"].numbers)
    told = [None if row[-1] == "not known" else row[-1] for row in rows]
    assert [one is None for one in told] == [value is None for value in values]
    assert told[-2:] == ["50 min", None]
    assert str(shown.context["time"].chart).count('class="f-none"') == 2


def test_sports_and_zones_add_up(person: Client) -> None:
    shown = month(person)
    rows = rows_of(shown.context["time"].numbers)
    assert [len(row) for row in rows] == [6] * 30
    heads = re.findall(r'<th scope="col">(.*?)</th>', str(shown.context["time"].numbers))
    assert heads == ["Day", "Cycling", "Running", "Yoga", "Sauna", "All"]
    zones = str(shown.context["zones"].legend)
    assert re.findall(r"Zone (\d) <b>(.*?)</b>", zones) == [
        ("0", "0 min"),
        *((str(zone), "50 min") for zone in range(1, 6)),
    ]


def test_more_than_four_sports_are_summed_as_other(person: Client) -> None:
    worn(*range(1, 10))
    for at, sport in enumerate(("running", "yoga", "tennis", "rowing", "boxing", "golf")):
        workout(1 + at, sport, 60 - at)
    legend = str(person.get(f"{PAGE}?range=7d").context["time"].legend)
    names = re.findall(r"</svg>(.*?) <b>(.*?)</b>", legend)
    assert names == [
        ("Running", "1 h 00"),
        ("Yoga", "59 min"),
        ("Tennis", "58 min"),
        ("Rowing", "57 min"),
        ("Other", "1 h 51"),
    ]


@pytest.mark.parametrize("query", ["range=90d", "range=1y", "range=all"])
def test_weeks_are_the_sums_of_their_days(person: Client, query: str) -> None:
    month(person)
    shown = person.get(f"{PAGE}?{query}")
    rows = rows_of(shown.context["time"].numbers)
    week = next(row for row in rows if row[0] == "7 Sep 2026")
    assert week[-1] == "55 min"
    # A week is known of which WHOOP was worn on a day.
    first = WhoopCycle.objects.order_by("date").values_list("date", flat=True)[0]
    for row in rows:
        sunday = datetime.strptime(row[0], "%d %b %Y").date() + timedelta(days=6)  # noqa: DTZ007 - a day
        assert (row[-1] == "not known") == (sunday < first)
    assert shown.context["numbers"].total == (7, 320)


def test_a_history_is_drawn_by_month(person: Client) -> None:
    month(person)
    workout(365 * 8, "running", 60)
    shown = person.get(f"{PAGE}?range=all")
    rows = rows_of(shown.context["time"].numbers)
    assert rows[0][0] == "September 2018"
    assert rows[0][-1] == "1 h 00"
    assert rows[1][-1] == "not known"
    assert (rows[-1][0], rows[-1][-1]) == ("September 2026", "2 h 15")


def test_workouts_without_zones_are_left_out_and_told(person: Client) -> None:
    worn(1, 2, 3)
    workout(1)
    workout(2, **{f"zone_{zone}_min": None for zone in range(6)})
    shown = person.get(f"{PAGE}?range=7d")
    assert "1 session without known zones left out." in said(shown)
    rows = rows_of(shown.context["zones"].numbers)
    assert rows[-2][-1] == "50 min"
    assert rows[-3][-1] == "not known"


# --- Filters --------------------------------------------------------------------------------------


def test_a_sport_and_a_source(person: Client) -> None:
    month(person)
    workout(3, "running", 20, source="Manual")
    running = person.get(f"{PAGE}?sport=running")
    assert "3 sessions of running and 1 h 50 in 30 days" in said(running)
    assert [sport for _, sport in running.context["rows"]] == ["Running"] * 3
    assert 'href="?range=90d&amp;sport=running"' in running.text
    assert '<option value="running" selected>' in running.text
    # On days without running, but with another sport, there was none.
    assert running.context["numbers"].minutes_on(TODAY - timedelta(days=2)) == 0.0
    own = person.get(f"{PAGE}?sport=running&source=Manual")
    assert "1 session of running and 20 min" in said(own)
    csv_answer = person.get("/workouts/workouts.csv?sport=running&source=Manual")
    assert len(csv_answer.getvalue().decode().splitlines()) == 2
    nothing = person.get(f"{PAGE}?sport=<b>chess</b>")
    assert nothing.status_code == 200
    assert "<b>chess" not in nothing.text
    assert "No workout of <b>chess</b>" in unescape(nothing.text)


def test_a_range_that_makes_no_sense_is_refused_in_words(person: Client) -> None:
    workout()
    shown = person.get(f"{PAGE}?range=5d")
    assert shown.status_code == 400
    assert "There is no such range." in said(shown)
    assert person.get("/workouts/workouts.csv?from=soon&to=2026-09-01").status_code == 400


def test_the_first_use_says_how_to_begin(person: Client) -> None:
    text = said(person.get(PAGE))
    assert "Connect WHOOP to see your workouts here." in text
    assert "Add a workout" in text
    person.post("/workouts/new", form())
    assert "Connect WHOOP" not in said(person.get(PAGE))


def test_the_page_costs_as_many_statements_however_much_there_is(
    person: Client, django_assert_num_queries: Any
) -> None:
    month(person)
    # Two for who it is, one for the mark in the rail, three for WHOOP's state, three for sums, two for the most, two for
    # the calendar, two for the list.
    for query in ("range=30d", "range=all"):
        with django_assert_num_queries(15, exact=False):
            person.get(f"{PAGE}?{query}")
    for back in range(1, 60):
        workout(back, f"sport {back % 20}")
    with django_assert_num_queries(15, exact=False):
        person.get(f"{PAGE}?range=all&sport=running")


def test_the_range_as_csv(person: Client) -> None:
    month(person)
    answer = person.get("/workouts/workouts.csv?range=30d")
    lines = list(csv.DictReader(answer.getvalue().decode().splitlines()))
    assert len(lines) == person.get("/api/workouts?days=30").json()["count"] == 5
    assert lines[0]["sport"] == "running"
    assert lines[0]["start"] == "2026-09-15T08:40:00+00:00"
    assert lines[0]["duration (min)"] == "50.0"
    assert lines[0]["distance (m)"] == ""


# --- One workout ----------------------------------------------------------------------------------


def test_a_workout_beside_the_last_ten_of_its_sport(person: Client) -> None:
    for back in range(2, 14):
        workout(back, "running", 40 + back % 3)
    workout(3, "yoga", 200)
    made = workout(1, "running", 90, distance_meters=12_345.0, raw={"id": 7})
    shown = person.get(f"{PAGE}{made.pk}")
    text = said(shown)
    assert "Running, Tuesday 15 September" in text
    assert "1 h 30, from 08:40 to 10:10." in text
    assert "Against the 10 sessions of running before." in text
    assert "Duration , far above usual, usually 41 min" in text
    assert "Distance , too few days for a usual" in text
    assert "12.3 km" in text
    assert "Zone 3 10 min" in text
    assert "Change or delete it in the WHOOP app" in text
    assert 'id="day-chart"' in shown.text
    assert f'href="{PAGE}{made.pk}"' in shown.text
    assert "Show what WHOOP sent" in text
    assert "Edit" not in text


def test_a_workout_costs_few_statements(person: Client, django_assert_num_queries: Any) -> None:
    made = [workout(back) for back in range(1, 12)]
    with django_assert_num_queries(15, exact=False):
        person.get(f"{PAGE}{made[0].pk}")


def test_what_is_not_known_of_a_workout_is_said(person: Client) -> None:
    scoreless = {f"zone_{zone}_min": None for zone in range(6)} | {"strain": None}
    made = workout(1, score_state="PENDING_SCORE", **scoreless)
    assert "WHOOP has not scored this workout yet." in said(person.get(f"{PAGE}{made.pk}"))
    own = workout(1, source="Manual", score_state="", **scoreless)
    text = said(person.get(f"{PAGE}{own.pk}"))
    assert "Not known: this workout has no zones." in text
    assert "Your usual shows after 5 sessions of running." in text
    gone = workout(1, deleted_at=NOW)
    assert person.get(f"{PAGE}{gone.pk}").status_code == 404


def test_distances_are_in_the_chosen_unit(person: Client) -> None:
    preferences, _ = Preferences.objects.get_or_create(pk=1)
    Preferences.objects.update(distance="mi")
    del preferences
    made = workout(1, source="Manual", distance_meters=16_093.44)
    assert "10.0 mi" in said(person.get(f"{PAGE}{made.pk}"))
    shown = person.get(f"{PAGE}{made.pk}/edit")
    assert "Distance (mi)" in said(shown)
    assert 'value="10"' in shown.text
    person.post("/workouts/new", form(distance_meters="3.1"))
    assert Workout.objects.get(sport_name="Climbing").distance_meters == pytest.approx(4988.966)


# --- Typed in -------------------------------------------------------------------------------------


def test_a_workout_is_typed_in_edited_deleted_and_brought_back(person: Client) -> None:
    workout(1, "running")
    assert '<option value="Running">' in person.get("/workouts/new").text
    answer = person.post("/workouts/new", form(distance_meters="5.25", average_heart_rate="120"))
    made = Workout.objects.get(source="Manual")
    assert answer.url == f"{PAGE}{made.pk}"
    assert (made.date, made.duration_min, made.distance_meters) == (date(2026, 9, 15), 90, 5250)
    of_api = person.get(f"/api/workouts/{made.pk}").json()
    assert (of_api["duration_min"], of_api["average_heart_rate"]) == (90, 120)
    assert "You typed it in." in said(person.get(answer.url))
    shown = person.get(f"{PAGE}{made.pk}/edit").text
    for value in ("Climbing", "2026-09-15T18:00", 'value="5.25"', 'value="120"'):
        assert value in shown
    person.post(f"{PAGE}{made.pk}/edit", form(end="2026-09-15T19:00", distance_meters="5.25"))
    made.refresh_from_db()
    assert (made.duration_min, made.distance_meters, made.average_heart_rate) == (60, 5250, None)
    assert "Delete this workout?" in said(person.get(f"{PAGE}{made.pk}/delete"))
    answer = person.post(f"{PAGE}{made.pk}/delete", follow=True)
    assert "The workout was deleted" in said(answer)
    assert person.get(f"{PAGE}{made.pk}")["Location"] == f"{PAGE}{made.pk}/deleted"
    assert person.get(f"/api/workouts/{made.pk}").status_code == 404
    back = person.post(f"{PAGE}{made.pk}/restore", follow=True)
    assert "The workout is back." in said(back)
    assert Workout.objects.live().filter(pk=made.pk).exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sport_name": ""}, "sport_name"),
        ({"start": "yesterday"}, "start"),
        ({"end": ""}, "end"),
        ({"end": "2026-09-15T17:00"}, "end"),
        ({"end": "2026-09-17T10:00"}, "end"),
        ({"start": "2026-08-01T10:00"}, "end"),
        ({"distance_meters": "far"}, "distance_meters"),
        ({"distance_meters": "-1"}, "distance_meters"),
        ({"distance_meters": "nan"}, "distance_meters"),
        ({"distance_meters": "1e9"}, "distance_meters"),
        ({"calories": "0"}, "calories"),
        ({"average_heart_rate": "401"}, "average_heart_rate"),
        ({"sport_name": "a\x00b"}, "sport_name"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    person: Client, values: dict[str, str], field: str
) -> None:
    given = form() | values
    answer = person.post("/workouts/new", given)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not Workout.objects.exists()
    assert "18:00" in answer.text or values.get("start")
    # The API refuses the same, where it can be asked the same.
    if field in {"end", "calories", "average_heart_rate"} and given["end"]:
        body = {name: value for name, value in given.items() if value}
        refused = person.post("/api/workouts", body, content_type="application/json")
        assert refused.status_code == 400
        assert field in refused.json()


def test_what_came_from_whoop_is_for_reading(person: Client) -> None:
    made = workout()
    for path in ("edit", "delete"):
        assert person.get(f"{PAGE}{made.pk}/{path}").status_code == 403
        assert person.post(f"{PAGE}{made.pk}/{path}", form()).status_code == 403
    assert person.post(f"{PAGE}{made.pk}/restore").status_code == 404
    made.refresh_from_db()
    assert (made.sport_name, made.deleted_at) == ("running", None)


def test_a_workout_of_another_zone_is_edited_by_its_own_clock(person: Client) -> None:
    made = workout(1, source="Manual", utc_offset_min=540)
    shown = person.get(f"{PAGE}{made.pk}/edit")
    assert 'value="2026-09-15T17:40"' in shown.text
    assert "Times are in UTC+9" in said(shown)
    person.post(
        f"{PAGE}{made.pk}/edit",
        form(start="2026-09-15T17:40", end="2026-09-15T18:40", sport_name="running"),
    )
    made.refresh_from_db()
    assert (made.start, made.duration_min) == (NOW - timedelta(days=1, hours=8), 60)


def typed_in(start: str, end: str, **values: Any) -> dict[str, Any]:
    return {"sport_name": "Running", "start": start, "end": end} | values


def test_a_workout_over_midnight_says_the_day_of_its_end(person: Client) -> None:
    body = typed_in("2026-09-14T23:00", "2026-09-15T01:30")
    answer = person.post("/workouts/new", body, follow=True)
    assert "2 h 30, from 23:00 to Tue 15 Sep 01:30." in answer.text


@pytest.mark.parametrize(
    ("values", "name", "text"),
    [
        ({"start": "2026-09-10T06:00"}, "end", "A workout cannot be longer than 48 hours."),
        (
            {"average_heart_rate": 190, "max_heart_rate": 150},
            "average_heart_rate",
            "The average heart rate must not be higher than the max heart rate.",
        ),
    ],
)
def test_what_no_workout_is_is_refused_by_the_form_and_the_api(
    person: Client, values: dict[str, Any], name: str, text: str
) -> None:
    body = typed_in("2026-09-14T06:00", "2026-09-14T06:30") | values
    form = person.post("/workouts/new", body).context["form"]
    assert form.errors == {name: [text]}
    sent = body | {at: f"{body[at]}:00Z" for at in ("start", "end")}
    answer = person.post("/api/workouts", sent, "application/json")
    assert (answer.status_code, answer.json()) == (400, {name: [text]})
    assert not Workout.objects.exists()


def test_a_sport_is_one_whatever_its_case(person: Client) -> None:
    workout(1, "running")
    workout(2, "Running", source="Manual", source_id="typed in")
    workout(3, "hiking-rucking")
    page = person.get("/workouts/")
    assert page.context["filters"]["sports"] == {
        "hiking-rucking": "Hiking rucking",
        "running": "Running",
    }
    for asked in ("running", "Running"):
        assert person.get(f"/workouts/?sport={asked}").context["numbers"].total.sessions == 2
    new = person.get("/workouts/new")
    assert new.context["sports"] == ["Running", "Hiking rucking"]
    assert "(bpm) (bpm)" not in new.text


def test_a_distance_is_refused_in_the_unit_in_which_it_is_typed(person: Client) -> None:
    Preferences.objects.update_or_create(pk=1, defaults={"distance": "mi"})
    body = typed_in("2026-09-14T06:00", "2026-09-14T06:30", distance_meters="7000")
    errors = person.post("/workouts/new", body).context["form"].errors
    assert errors == {"distance_meters": ["Enter at most 6,213 mi."]}

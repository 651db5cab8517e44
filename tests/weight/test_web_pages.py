"""The pages of the weight: their numbers are those of the API, each opens its weigh-ins, and what is not known is said so."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from goals.models import Goal
from goals.plan import Direction, Kind
from lifetracker.models.preferences import Preferences
from tests.conftest import NOW
from tests.makers import MORNING, measure_group, weigh_in
from tests.whoop.test_web_pages import section, text_of, words_of
from weight.models import AMBIGUOUS, SAME_MOMENT, WITHINGS, WeighIn

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 16)
# Two for who it is, three for how the syncs of Withings went, one for the mark in the rail; one for how many weigh-ins there
# are, one for what is drawn, one for the trend, one for goals, one for the table.
QUERIES = 11
# Its free days, those that are marked, and its values.
QUERIES_OF_A_GOAL = 3


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin"))
    return client


def month(days: int = 40, **fields: Any) -> None:
    """Slowly less, with a day left out now and then."""
    for back in range(days):
        if back % 5 != 3:
            kg = 70 + back * 0.03 + (0.3 if back % 2 else -0.3)
            weigh_in(back, round(kg, 2), source=WITHINGS, source_id=f"{back}", **fields)


def ambiguous(back: float = 0.2, kg: float = 58.2) -> WeighIn:
    return weigh_in(back, kg, source=WITHINGS, source_id=f"a{back}", attribution=AMBIGUOUS)


def told(client: Client, path: str) -> Any:
    return client.get(path, headers={"accept": "application/json"}).json()


def rows_of(html: str, name: str) -> list[list[str]]:
    """Return the cells of the table with this id."""
    table = html.split(f'<table id="{name}">')[1].split("</table>", maxsplit=1)[0]
    rows = table.split("<tbody>")[1].split("</tr>")[:-1]
    return [
        [words_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows
    ]


def figure(answer: Any, label: str) -> str:
    html = answer.text.split(f"<dt>{label}</dt>")[1].split("</div>")[0]
    return words_of(html)


# --- Numbers --------------------------------------------------------------------------------------


def test_nobody_sees_it_without_a_login(client: Client) -> None:
    record = weigh_in()
    for path in ("", "new", f"{record.pk}", f"{record.pk}/edit", "weigh-ins.csv"):
        answer = client.get(f"/weight/{path}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/")
    assert client.post(f"/weight/{record.pk}/whose", {"whose": "other"}).status_code == 302


def test_its_numbers_are_those_of_the_api(visitor: Client) -> None:
    month(fat_ratio=18, lean_mass_kg=57)
    ambiguous()
    answer = visitor.get("/weight/?range=30d")
    trend = told(visitor, "/api/weight/trend?days=30")["days"]
    forecast = told(visitor, "/api/weight/forecast")
    week, error = forecast["slope_per_week"], 1.645 * forecast["slope_error_per_week"]
    assert figure(answer, "Trend now").startswith(f"{trend[-1]['trend']:.1f} kg")
    assert figure(answer, "Change a week").startswith(
        f"{week:+.2f} kg {week - error:+.2f} to {week + error:+.2f} in".replace("-", "−")
    )
    assert f"{forecast['known_days']} of 28 days known" in figure(answer, "Change a week")
    change = f"{trend[-1]['trend'] - trend[0]['trend']:+.1f} kg".replace("-", "−")
    assert figure(answer, "Change in the range").startswith(change)
    assert f"{len(trend)} of 30 days known" in figure(answer, "Change in the range")
    fat = told(visitor, "/api/metrics/weight.fat_ratio?days=30")
    assert figure(answer, "Body fat").startswith("18.0 % mean")
    assert {day["mean"] for day in fat["buckets"]} == {18, None}
    rows = rows_of(answer.text, "weight-numbers")
    shown = {row[0]: row[1:] for row in rows if row[1] not in {"not known", "–"}}
    assert len(shown) == len(trend)
    for day in trend:
        name = f"{date.fromisoformat(day['date']):%a %-d %b %Y}"
        assert shown[name][:2] == [f"{day['kg']:.1f}", f"{day['trend']:.1f}"]
    ahead = {row[0]: row[3] for row in rows if row[1] == "–"}
    seventh = next(day for day in forecast["days"] if day["date"] == "2026-09-23")
    assert ahead["Wed 23 Sep 2026"] == f"{seventh['low']:.1f} to {seventh['high']:.1f}"


@pytest.mark.parametrize(("days", "unit"), [(500, "week"), (2500, "month")])
def test_long_ranges_are_put_together_as_the_api_does(
    visitor: Client, days: int, unit: str
) -> None:
    for back in range(0, days, 3):
        weigh_in(back, round(70 + back % 7 * 0.4, 2), fat_ratio=18 + back % 5)
    first = TODAY - timedelta(days=days - 1)
    html = visitor.get(f"/weight/?from={first}&to={TODAY}").text
    for key, table in (
        ("weight.kg", "weight-numbers"),
        ("weight.fat_ratio", "body-numbers"),
    ):
        found = told(
            visitor, f"/api/metrics/{key}?start_date={first}&end_date={TODAY}&bucket={unit}"
        )
        means = [f"{one['mean']:.1f}" for one in found["buckets"] if one["known_days"]]
        rows = [row for row in rows_of(html, table) if row[1] not in {"not known", "–"}]
        assert [row[1] for row in rows] == means
        if key == "weight.kg":
            known = [str(one["known_days"]) for one in found["buckets"] if one["known_days"]]
            column = 4 if unit == "week" else 3
            assert [row[column] for row in rows] == known


def test_the_trend_of_a_range_begins_before_it(visitor: Client) -> None:
    month()
    whole = told(visitor, "/api/weight/trend?days=60")["days"]
    by_day = {day["date"]: day["trend"] for day in whole}
    rows = rows_of(visitor.get("/weight/?range=7d").text, "weight-numbers")
    assert rows[1][2] == f"{by_day['2026-09-11']:.1f}"


def test_each_figure_opens_its_weigh_ins(visitor: Client) -> None:
    month(fat_ratio=18)
    html = visitor.get("/weight/").text
    links = re.findall(r'<dd class="big"><a href="([^"]+)"', html)
    assert len(links) == 4
    for link in links:
        assert link.endswith("#weigh-ins")
        answer = visitor.get(f"/weight/{unescape(link)}")
        assert answer.status_code == 200
        assert "kg" in section(answer, "weigh-ins")


def test_a_week_without_a_weigh_in_is_a_gap(visitor: Client) -> None:
    for back in (0, 1, 2, 20, 21, 22):
        weigh_in(back)
    html = section(visitor.get("/weight/"), "chart")
    trend = re.search(r'class="trend" d="([^"]+)"', html)
    assert trend
    assert trend[1].count("M") == 2, "over more than two weeks nothing is drawn"
    assert "The line breaks where more than 14 days have no weigh-in." in words_of(html)
    assert "No forecast" in words_of(html)
    assert 'class="ahead' not in html


def test_the_scale_is_a_kilogram_high_at_least(visitor: Client) -> None:
    for back in range(5):
        weigh_in(back, 70 + back * 0.01)
    html = section(visitor.get("/weight/"), "chart")
    ticks = [float(one) for one in re.findall(r'<text x="100%" y="[^"]+">([\d.]+)</text>', html)]
    assert max(ticks) - min(ticks) >= 1


def test_the_forecast_widens_and_ends_with_the_range(visitor: Client) -> None:
    month()
    html = section(visitor.get("/weight/?range=90d"), "chart")
    assert 'class="ahead-band"' in html
    rows = [row for row in rows_of(html, "weight-numbers") if row[1] == "–"]
    assert len(rows) == 36
    bands = [[float(end) for end in row[3].split(" to ")] for row in rows]
    widths = [high - low for low, high in bands]
    assert widths[-1] > widths[0]
    earlier = section(visitor.get("/weight/?from=2026-08-20&to=2026-09-10"), "chart")
    assert 'class="ahead' not in earlier


def goal(**fields: Any) -> Goal:
    values = {
        "name": "Lighter",
        "metric": "weight.trend",
        "kind": Kind.REACH,
        "direction": Direction.AT_MOST,
        "target": 68,
        "start": TODAY - timedelta(days=20),
        "start_value": 71,
        "end": TODAY + timedelta(days=40),
    }
    return Goal.objects.create(**values | fields)


def test_the_line_of_a_goal(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    month()
    made = goal()
    with django_assert_num_queries(QUERIES + QUERIES_OF_A_GOAL):
        answer = visitor.get("/weight/")
    html = section(answer, "chart")
    assert 'class="aimed"' in html
    rows = {row[0]: row[-1] for row in rows_of(html, "weight-numbers")}
    assert rows["Thu 27 Aug 2026"] == f"{71 - 3 / 60:.1f}"[:4]
    assert rows["Wed 16 Sep 2026"] == "70.0"
    assert rows["Tue 25 Aug 2026"] == "–", "before it began"
    assert "Goal “Lighter”: 68.0 kg." in words_of(html)
    made.delete()
    goal(target=40, start_value=41)
    far = words_of(section(visitor.get("/weight/"), "chart"))
    assert "Its line lies outside of the chart." in far


def test_statements_are_constant(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    month(20)
    for days in (20, 400):
        with django_assert_num_queries(QUERIES):
            visitor.get("/weight/")
        for back in range(20, days):
            weigh_in(back + 100)
    with django_assert_num_queries(QUERIES + 1):  # the first day
        visitor.get("/weight/?range=all")


def test_of_very_many_the_body_is_read_when_it_is_asked_for(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for back in range(0, 800, 2):
        weigh_in(back, fat_ratio=18)
    monkeypatch.setattr("weight.page_data.VERY_MANY", 399)
    page = visitor.get("/weight/?range=all")
    assert 'aria-labelledby="body"' not in page.text
    (link,) = re.findall(r'href="([^"]+)">Show what your body is made of', page.text)
    assert "Body fat mean 18.0 % of 400 known days" in words_of(
        section(visitor.get(f"/weight/{unescape(link)}"), "body")
    )


def test_pounds_are_drawn_typed_and_said(visitor: Client) -> None:
    month(10)
    Preferences.objects.update_or_create(pk=1, defaults={"mass": "lb"})
    answer = visitor.get("/weight/")
    trend = told(visitor, "/api/weight/trend?days=30")["days"]
    pounds = trend[-1]["trend"] / 0.45359237
    assert figure(answer, "Trend now").startswith(f"{pounds:.1f} lb")
    rows = rows_of(answer.text, "weight-numbers")
    assert rows[-1][2] == f"{pounds:.1f}"
    assert "Weight, lb" in section(answer, "chart")
    assert "Weight (lb)" in text_of(visitor.get("/weight/new"))
    visitor.post("/weight/new", {"weight_kg": "154.5"})
    assert WeighIn.objects.order_by("-pk")[0].weight_kg == Decimal("70.08")
    assert "Weigh in, lb" in text_of(visitor.get("/"))


# --- States ---------------------------------------------------------------------------------------


def test_nothing_yet_says_how_to_begin(visitor: Client) -> None:
    words = text_of(visitor.get("/weight/"))
    assert "Connect Withings, or type in your first weigh-in." in words
    assert not re.search(r"\b0(\.\d)? kg", words)


def test_a_range_without_any_says_so(visitor: Client) -> None:
    weigh_in(100, 72)
    answer = visitor.get("/weight/?range=7d")
    words = text_of(answer)
    assert (
        "No weigh-in from 10 to 16 September 2026. The last one before was on 8 June: 72.0 kg."
        in words
    )
    assert "No weigh-in on these days." in words
    assert "No weigh-ins in this range." in words
    assert "Trend now" not in words


def test_bad_ranges_are_refused_in_words(visitor: Client) -> None:
    month()
    for query in ("range=forever", "from=2026-09-20&to=2026-09-01", "from=x&to=y"):
        answer = visitor.get(f"/weight/?{query}")
        assert answer.status_code == 400
        assert "These are the last 30 days." in text_of(answer)
        assert visitor.get(f"/weight/weigh-ins.csv?{query}").status_code == 400
    assert visitor.get("/weight/?page=seven").status_code == 200


def test_parts_that_no_scale_measures_are_left_out(visitor: Client) -> None:
    month()
    assert "What your body is made of" not in visitor.get("/weight/").text
    WeighIn.objects.filter(source_id="4").update(muscle_mass_kg=52)
    answer = visitor.get("/weight/")
    words = words_of(section(answer, "body"))
    assert "Muscle mean 52.0 kg of 1 known day" in words
    assert "Water" not in words


def test_the_table_has_pages_and_the_newest_first(visitor: Client) -> None:
    month(30)
    first = section(visitor.get("/weight/"), "weigh-ins")
    assert "1 to 14 of 24" in words_of(first)
    assert words_of(first).index("Wed 16 Sep 2026") < words_of(first).index("Tue 15 Sep 2026")
    second = words_of(section(visitor.get("/weight/?range=30d&page=2"), "weigh-ins"))
    assert "15 to 24 of 24" in second
    assert "Newer" in second


# --- One weigh-in ---------------------------------------------------------------------------------


def test_one_of_withings_is_read_only_and_shows_what_was_sent(visitor: Client) -> None:
    measure_group(source_id="77", raw={"grpid": 77, "note": "<b>"})
    record = weigh_in(
        0.25,
        70.25,
        source=WITHINGS,
        source_id="1",
        raw={"groups": ["77"]},
        device="Body+",
        fat_ratio=18.24,
    )
    answer = visitor.get(f"/weight/{record.pk}")
    words = text_of(answer)
    assert "70.2 kg on 16 September 2026" in words
    assert "This weigh-in comes from Withings. Change it there" in words
    assert "Body fat 18.2 %" in words
    assert "Withings, Body+" in words
    assert '"note": "<b>"' in words
    for path in ("edit", "delete"):
        for ask in (visitor.get, visitor.post):
            assert ask(f"/weight/{record.pk}/{path}").status_code == 403
    WeighIn.objects.update(deleted_at=NOW)
    assert visitor.get(f"/weight/{record.pk}").status_code == 404
    assert visitor.get("/weight/999").status_code == 404


def test_whose_it_is_can_be_said_and_taken_back(visitor: Client) -> None:
    month()
    record = ambiguous(0.2, 58.2)
    before = figure(visitor.get("/weight/"), "Trend now")
    page = visitor.get("/weight/?only=doubtful")
    assert "One weigh-in may be somebody else's" in text_of(page)
    assert "58.2 kg" in section(page, "weigh-ins")
    path, back = f"/weight/{record.pk}/whose", "/weight/?range=7d#weigh-ins"
    answer = visitor.post(path, {"whose": "mine", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert told(visitor, f"/api/weight/{record.pk}")["is_mine"] is True
    page = visitor.get("/weight/")
    assert "58.2 kg: It is yours, and is counted. Undo" in text_of(page)
    assert f'action="{path}?whose=unsaid"' in page.text
    assert figure(page, "Trend now") != before
    visitor.post(path, {"whose": "other"})
    page = visitor.get("/weight/")
    assert f'action="{path}?whose=mine"' in page.text
    assert figure(page, "Trend now") == before
    assert "someone else’s" in words_of(section(page, "weigh-ins"))
    assert "may be somebody else's" not in text_of(page)
    assert visitor.post(f"{path}?whose=unsaid", {"next": back})["Location"] == back
    assert told(visitor, f"/api/weight/{record.pk}")["is_mine"] is None
    page = visitor.get("/weight/")
    assert "may be somebody else's" in text_of(page)
    assert "?whose=" not in page.text


def test_the_same_is_said_of_many_at_once(visitor: Client) -> None:
    for back in (0.2, 1.2, 40.2):
        ambiguous(back)
    page = visitor.get("/weight/?only=doubtful")
    assert "All 2 of these days:" in text_of(page)
    form = {"from": "2026-08-18", "to": "2026-09-16", "whose": "other", "next": "/weight/"}
    visitor.post("/weight/whose", form)
    assert "2 weigh-ins are somebody else's, and not counted." in text_of(visitor.get("/weight/"))
    assert WeighIn.objects.filter(is_mine=False).count() == 2
    assert visitor.post("/weight/whose", form | {"whose": "unsaid"}).status_code == 404
    visitor.post("/weight/whose", form | {"from": "never"})
    assert "Choose a first and a last day" in text_of(visitor.get("/weight/"))
    assert WeighIn.objects.filter(is_mine=None).count() == 1


def test_what_was_said_of_many_is_taken_back_where_nothing_else_was_said_since(
    visitor: Client,
) -> None:
    first, second, said_before = (ambiguous(back) for back in (0.2, 1.2, 2.2))
    visitor.post(f"/weight/{said_before.pk}/whose", {"whose": "other"})
    WeighIn.objects.filter(pk=said_before.pk).update(updated_at=NOW - timedelta(hours=1))
    form = {"from": "2026-08-18", "to": "2026-09-16", "whose": "other"}
    visitor.post("/weight/whose", form)
    (undo,) = re.findall(r'action="(/weight/whose/undo[^"]*)"', visitor.get("/weight/").text)
    undo = unescape(undo)
    visitor.post(f"/weight/{second.pk}/whose", {"whose": "mine"})
    visitor.post(undo)
    assert "Taken back of 1 weigh-in." in text_of(visitor.get("/weight/"))
    rows = WeighIn.objects.order_by("-measured_at")
    assert list(rows.values_list("pk", "is_mine")) == [
        (first.pk, None), (second.pk, True), (said_before.pk, False),
    ]  # fmt: skip
    for wrong in (
        "",
        "whose=mine&at=never",
        "whose=mine&at=2026-09-16T08:00",
        "at=2026-09-16T08:00Z",
    ):
        assert visitor.post(f"/weight/whose/undo?{wrong}").status_code == 404


def test_only_of_a_scale_is_it_said(visitor: Client) -> None:
    own, scale = weigh_in(), ambiguous()
    assert visitor.post(f"/weight/{own.pk}/whose", {"whose": "other"}).status_code == 404
    for said in ("", "everybody"):
        assert visitor.post(f"/weight/{scale.pk}/whose", {"whose": said}).status_code == 404
    assert visitor.get(f"/weight/{scale.pk}/whose").status_code == 405
    assert set(WeighIn.objects.values_list("is_mine", flat=True)) == {None}


def test_no_form_leads_to_another_site(visitor: Client) -> None:
    record = ambiguous()
    for there in ("https://example.org/", "//example.org", "javascript:alert(1)"):
        answer = visitor.post(f"/weight/{record.pk}/whose", {"whose": "mine", "next": there})
        assert answer["Location"] == "/weight/"
        assert there not in visitor.get("/weight/new", {"next": there}).text


# --- Typed in -------------------------------------------------------------------------------------


def test_a_weigh_in_is_typed_in_edited_deleted_and_brought_back(visitor: Client) -> None:
    form = visitor.get("/weight/new")
    assert 'value="2026-09-16T' in form.text
    typed = {"measured_at": "2026-09-15T07:10", "weight_kg": "70.25", "fat_ratio": "18.5"}
    answer = visitor.post("/weight/new", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/weight/")
    record = WeighIn.objects.get()
    assert (record.source, record.weight_kg, record.fat_ratio) == (
        "Manual",
        Decimal("70.25"),
        Decimal("18.5"),
    )
    assert record.measured_at == datetime(2026, 9, 15, 7, 10, tzinfo=NOW.tzinfo)
    assert "70.2 kg was saved." in text_of(visitor.get("/weight/"))
    path = f"/weight/{record.pk}"
    assert 'value="70.25"' in visitor.get(f"{path}/edit").text
    visitor.post(f"{path}/edit", typed | {"weight_kg": "71", "next": path})
    record.refresh_from_db()
    assert (record.weight_kg, str(record.date)) == (71, "2026-09-15")
    assert "Delete this weigh-in?" in text_of(visitor.get(f"{path}/delete"))
    assert visitor.post(f"{path}/delete")["Location"] == path
    page = visitor.get(path)
    assert "This weigh-in was deleted" in text_of(page)
    assert "Undo" in text_of(page)
    assert told(visitor, "/api/weight")["count"] == 0
    assert visitor.get(f"{path}/edit")["Location"] == path
    visitor.post(f"{path}/restore")
    assert "The weigh-in is back." in text_of(visitor.get(path))
    assert told(visitor, "/api/weight")["results"][0]["weight_kg"] == 71


def test_what_is_not_touched_keeps_its_seconds(visitor: Client) -> None:
    at = MORNING + timedelta(seconds=37)
    record = weigh_in(measured_at=at, kg=70.1234)
    shown = {"measured_at": "2026-09-16T06:00", "weight_kg": "70.1234", "fat_ratio": "20"}
    visitor.post(f"/weight/{record.pk}/edit", shown)
    record.refresh_from_db()
    assert (record.measured_at, record.fat_ratio) == (at, 20)


REFUSED = [
    ({"weight_kg": ""}, "This field is required."),
    ({"weight_kg": "heavy"}, "Enter a weight such as 65.3 kg."),
    ({"weight_kg": "0.4"}, "Enter a weight between 0.5 kg and 999.0 kg."),
    ({"weight_kg": "1000"}, "Enter a weight between 0.5 kg and 999.0 kg."),
    ({"weight_kg": "nan"}, "Enter a weight"),
    ({"measured_at": "2026-09-17T08:00"}, "This time must not be in the future."),
    ({"measured_at": "yesterday"}, "Enter a valid date/time."),
    ({"measured_at": "0001-01-01T00:00"}, "The year must be between 1900 and 2199."),
    ({"fat_ratio": "101"}, "less than or equal to 100"),
    ({"muscle_mass_kg": "0"}, "Enter a weight between"),
    ({"heart_pulse": "0"}, "0 is not a possible value."),
]


@pytest.mark.parametrize(("typed", "words"), REFUSED)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(
    visitor: Client, typed: dict[str, str], words: str
) -> None:
    whole = {"measured_at": "2026-09-15T07:10", "weight_kg": "70.25", "bone_mass_kg": "3.1"} | typed
    answer = visitor.post("/weight/new", whole | {"next": "/"})
    assert answer.status_code == 400
    assert words in text_of(answer)
    for value in whole.values():
        assert f'value="{value}"' in answer.text or not value
    assert 'name="next" value="/"' in answer.text
    assert not WeighIn.objects.exists()


def test_two_at_one_time_are_one_too_many(visitor: Client) -> None:
    typed = {"measured_at": "2026-09-15T07:10", "weight_kg": "70.25"}
    visitor.post("/weight/new", typed)
    assert SAME_MOMENT in text_of(visitor.post("/weight/new", typed))
    assert WeighIn.objects.count() == 1
    first = WeighIn.objects.get()
    visitor.post(f"/weight/{first.pk}/delete")
    assert visitor.post("/weight/new", typed).status_code == 302
    answer = visitor.post(f"/weight/{first.pk}/restore")
    assert answer["Location"] == f"/weight/{first.pk}"
    assert SAME_MOMENT in text_of(visitor.get(f"/weight/{first.pk}"))
    assert WeighIn.objects.live().count() == 1


def test_a_slip_of_the_finger_is_asked_about_once(visitor: Client) -> None:
    weigh_in(1, 65.3)
    typed = {"measured_at": "2026-09-16T07:10", "weight_kg": "653"}
    answer = visitor.post("/weight/new", typed)
    assert "653.0 kg is far from the weigh-in before it, 65.3 kg." in text_of(answer)
    assert WeighIn.objects.count() == 1
    assert visitor.post("/weight/new", typed | {"confirm": "on"}).status_code == 302
    assert WeighIn.objects.count() == 2


def test_the_quick_one_of_today_comes_back_to_today(visitor: Client) -> None:
    weigh_in(1, 70)
    card = section(visitor.get("/"), "weight")
    assert 'action="/weight/new"' in card
    answer = visitor.post("/weight/new", {"weight_kg": "70,4", "next": "/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    record = WeighIn.objects.order_by("-pk")[0]
    assert (record.weight_kg, record.measured_at) == (
        Decimal("70.4"),
        NOW.replace(second=0, microsecond=0),
    )
    page = visitor.get("/")
    assert "70.4 kg was saved." in text_of(page)
    again = visitor.post("/weight/new", {"weight_kg": "70,4", "next": "/"})
    assert SAME_MOMENT in text_of(again)
    assert WeighIn.objects.count() == 2
    wrong = text_of(visitor.post("/weight/new", {"weight_kg": "7000", "next": "/"}))
    assert "999" in wrong
    assert SAME_MOMENT not in wrong
    assert visitor.post("/weight/new", {"weight_kg": "70.6", "next": "/"}).status_code == 302
    other = WeighIn.objects.get(weight_kg=Decimal("70.6"))
    assert other.measured_at == record.measured_at + timedelta(seconds=1)
    past = section(visitor.get("/?day=2026-09-10"), "weight")
    assert "/weight/new?day=2026-09-10&amp;next=/%3Fday%3D2026-09-10" in past
    assert 'value="2026-09-10T' in visitor.get("/weight/new?day=2026-09-10").text


def test_each_weigh_in_is_a_line_of_the_csv(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    month(10, fat_ratio=18.5)
    ambiguous(0.2)
    weigh_in(0.1, 70, is_mine=None)
    with django_assert_num_queries(3):  # session, person, rows
        answer = visitor.get("/weight/weigh-ins.csv?range=7d")
        text = b"".join(answer).decode()  # type: ignore[arg-type]  # it streams
    assert 'filename="weight-2026-09-10-to-2026-09-16.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == told(visitor, "/api/weight?days=7")["count"]
    assert rows[0]["day"] == "2026-09-16"
    by_kg = {row["weight (kg)"]: row for row in rows}
    assert (by_kg["58.2"]["whose"], by_kg["58.2"]["counted"]) == ("uncertain", "no")
    assert (by_kg["70"]["source"], by_kg["70"]["counted"]) == ("Manual", "yes")
    assert by_kg["69.7"]["body fat (%)"] == "18.5"
    assert by_kg["69.7"]["time"] == "2026-09-16T06:00:00+00:00"

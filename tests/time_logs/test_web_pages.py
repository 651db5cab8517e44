"""The page of tracked time: its numbers are those of the API, each opens its entries, and what is not known is said so."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lifetracker.days import midnight
from lifetracker.models import DayMark, SyncRun, SyncState
from lifetracker.web.sentences import hours_and_minutes
from tests.conftest import NOW
from tests.whoop.test_web_pages import section, text_of, words_of
from time_logs.models import TOGGL, TimeEntry

pytestmark = pytest.mark.django_db

#: A Wednesday, at 14:00.
TODAY = date(2026, 9, 16)
# Two for who it is, two for how the syncs of Toggl went, one for the mark in
# the rail; one for the hours, one for the stretch
# before, one for the weeks before, one for the same weekday up to now, one for what runs, one for what is to be looked
# at, one for the marked days, one for the blocks.
QUERIES = 13
PROJECTS = [("Hafenmuseum", "Ticketing"), ("Hafenmuseum", "Audio guide"), ("", "Internal")]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.TOGGL_API_TOKEN = ""


def at(day: date, hour: float) -> datetime:
    return midnight(day) + timedelta(hours=hour)


def track(days_ago: int, hour: float = 9, length: float | None = 1, **fields: Any) -> TimeEntry:
    """An entry that began so many days ago; None for one that runs."""
    start = at(TODAY - timedelta(days=days_ago), hour)
    end = None if length is None else start + timedelta(hours=length)
    values = {"start": start, "end": end, "source": TOGGL}
    values["source_id"] = f"entry-{TimeEntry.objects.count()}"
    return TimeEntry.objects.create(**values | fields)


def work(days_ago: range, per_day: int = 3) -> None:
    """Some entries of each project on each of these days."""
    for ago in days_ago:
        for number in range(per_day):
            client, project = PROJECTS[(ago + number) % 3]
            length = 0.5 + (ago + number) % 4 / 4
            track(ago, 6 + 2 * number, length, client=client, project=project, tags=["deep"])


def verify(days: int) -> None:
    """Toggl was read for so many days up to now."""
    first = midnight(TODAY - timedelta(days=days))
    SyncState.objects.create(source=TOGGL, stream="entry", verified_from=first, verified_to=NOW)


def api(visitor: Client, path: str) -> Any:
    return visitor.get(f"/api/{path}", headers={"accept": "application/json"}).json()


def rows_of(answer: Any) -> dict[str, list[str]]:
    """The cells of each row of the table, by its name."""
    table = section(answer, "pivot")
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table.split("</thead>")[1]):
        name = words_of(re.findall(r"<th[^>]*>(.*?)</th>", row)[0])
        found[name] = [words_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
    return found


def heads_of(answer: Any) -> list[str]:
    head = section(answer, "pivot").split("</thead>")[0]
    return [words_of(one) for one in re.findall(r"<th[^>]*>(.*?)</th>", head)]


def test_nobody_sees_it_without_a_login(client: Client) -> None:
    for path in ("/time/", "/time/entries"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/")


def test_the_hours_are_those_of_the_api(visitor: Client) -> None:
    work(range(40))
    answer = visitor.get("/time/?range=30d")
    totals = api(visitor, "time-entries/totals?days=30&by=project")["totals"]
    assert len(totals) == 3
    rows = rows_of(answer)
    for one in totals:
        name = f"{one['project']} {one['client']}".strip()
        assert rows[name][-1] == hours_and_minutes(one["seconds"] / 3600)
        assert f"{one['project']} {rows[name][-1]}" in words_of(section(answer, "hours"))
    whole = hours_and_minutes(sum(one["seconds"] for one in totals) / 3600)
    assert rows["All"][-1] == whole
    assert f"{whole} in 30 days" in text_of(answer)


def test_the_days_are_those_of_the_api(visitor: Client) -> None:
    work(range(7))
    track(3, 23, 2, project="Restore")
    answer = visitor.get("/time/?range=7d")
    days = api(visitor, "time-entries/totals?days=7")["totals"]
    assert rows_of(answer)["All"][:-1] == [hours_and_minutes(one["seconds"] / 3600) for one in days]
    assert rows_of(answer)["Restore"][3:5] == ["1 h 00", "1 h 00"]
    behind = section(answer, "hours").split("<tbody>")[1].split("</tr>")[:-1]
    assert [words_of(row).split(" ", 4)[4].split(" h ")[-1] for row in behind] == [
        hours_and_minutes(one["seconds"] / 3600).split(" h ")[-1] for one in days
    ]


def test_a_cell_opens_its_entries_which_come_to_it(visitor: Client) -> None:
    work(range(30))
    track(9, 23.5, 1, client="Hafenmuseum", project="Ticketing")
    table = section(visitor.get("/time/?range=30d"), "pivot")
    cells = re.findall(r'<td[^>]*><a href="([^"]+)">([^<]+)</a></td>', table)
    assert len(cells) == 24
    for href, words in cells:
        listed = visitor.get(unescape(href))
        assert f"{words} in " in text_of(listed)


@pytest.mark.parametrize("by", ["client", "tag", "description"])
def test_rows_of_each_kind_open_their_entries(visitor: Client, by: str) -> None:
    track(1, client="Nordlicht & Söhne", tags=["deep", "call"], description="A call, 100 %")
    track(2, client="", tags=[], description="")
    table = section(visitor.get(f"/time/?range=7d&by={by}"), "pivot")
    links = {
        words_of(name): unescape(href)
        for href, name in re.findall(r'<th scope="row"><a href="([^"]+)">(.*?)</a>', table)
    }
    assert len(links) == (4 if by == "tag" else 3)
    for name, href in links.items():
        listed = text_of(visitor.get(href))
        assert ("2 h 00 in 2 entries." if name == "All" else "1 h 00 in 1 entry.") in listed


def test_an_entry_with_two_tags_counts_in_each_and_once_in_the_sum(visitor: Client) -> None:
    track(1, tags=["deep", "call"], project="Ticketing")
    answer = visitor.get("/time/?range=7d&by=tag")
    rows = rows_of(answer)
    assert rows["deep"][-1] == rows["call"][-1] == rows["All"][-1] == "1 h 00"
    text = text_of(answer)
    assert "An entry with several tags counts in each of them" in text
    assert "Ticketing 1 h 00" in text


def test_days_of_illness_travel_and_holiday_are_drawn_as_free(visitor: Client) -> None:
    work(range(1, 30))
    for back, kind in ((3, "holiday"), (4, "holiday"), (4, "sick"), (6, "travel"), (7, "other")):
        DayMark.objects.create(date=TODAY - timedelta(days=back), kind=kind)
    DayMark.objects.create(date=TODAY, kind="holiday", state="proposed")
    chart = section(visitor.get("/time/?range=30d"), "hours")
    # Of 30 slices the 26th and the 27th, and the 24th.
    grounds = re.findall(r'<rect class="f-sunken" x="([\d.]+)%" width="([\d.]+)%"', chart)
    assert grounds == [("76.67", "3.33"), ("83.33", "6.67")]
    assert "Sat 12 Sep: 2 h 15 (holiday, sick)<" in chart
    assert "Wed 9 Sep: 2 h 30<" in chart
    assert "free: illness, travel or holiday" in words_of(chart)
    # A week is free if all of its days are.
    assert "free:" not in section(visitor.get("/time/?range=1y"), "hours")
    DayMark.objects.all().delete()
    assert "free:" not in section(visitor.get("/time/?range=30d"), "hours")


def test_a_week_that_the_range_cuts_is_headed_part(visitor: Client) -> None:
    work(range(30))
    heads = heads_of(visitor.get("/time/?from=2026-09-02&to=2026-09-13"))
    assert heads[0] == "Project"
    answer = visitor.get("/time/?from=2026-09-02&to=2026-09-13&columns=week")
    assert heads_of(answer)[1:-1] == ["2 Sep part", "7 Sep"]
    assert "Part: the range has only a part of this week." in text_of(answer)
    assert heads_of(visitor.get("/time/?range=1y"))[-2] == "Sep 2026 part"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("range=7d", 7),
        ("range=30d", 5),
        ("range=30d&columns=day", 30),
        ("range=90d", 14),
        ("range=90d&columns=month", 4),
        ("range=1y", 13),
        ("range=1y&columns=day", 13),
        ("range=1y&columns=week", 53),
    ],
)
def test_the_columns_are_as_fine_as_there_is_room(visitor: Client, query: str, count: int) -> None:
    work(range(3))
    assert len(heads_of(visitor.get(f"/time/?{query}"))) == count + 2


def test_the_largest_rows_are_shown_and_all_others_as_one(visitor: Client) -> None:
    for number in range(40):
        track(1, 1 + number / 4, (number + 1) / 60, project=f"P{number:02}")
    answer = visitor.get("/time/?range=7d")
    rows = rows_of(answer)
    assert list(rows)[:2] == ["P39", "P38"]
    assert len(rows) == 32
    assert rows["Other 10 projects"][-1] == "55 min"
    whole = visitor.get("/time/?range=7d&rows=all")
    assert len(rows_of(whole)) == 41
    assert 'rows=all#pivot">Show all rows' in answer.content.decode()
    assert "Show the largest rows only" in whole.content.decode()


def test_the_chart_has_five_names_and_what_all_others_come_to(visitor: Client) -> None:
    for number in range(8):
        track(1, 1 + number, (number + 1) / 60, project=f"P{number}")
    legend = words_of(section(visitor.get("/time/?range=7d"), "hours").split('class="legend"')[1])
    assert legend.startswith("> P7 8 min P6 7 min P5 6 min P4 5 min P3 4 min Other 6 min")


def test_today_is_dotted_up_to_the_usual_of_its_weekday(visitor: Client) -> None:
    verify(90)
    for weeks in range(1, 9):
        track(7 * weeks, 9, 8)
    dotted = [
        section(visitor.get(f"/time/?{query}"), "hours").count('class="f-none"')
        for query in ("range=7d", "range=7d&columns=week", "from=2026-09-08&to=2026-09-15")
    ]
    assert dotted == [1, 1, 0]
    track(0, 1, 8)
    assert 'class="f-none"' not in section(visitor.get("/time/?range=7d"), "hours")


def test_the_week_lies_beside_what_is_usual_by_now(visitor: Client) -> None:
    verify(90)
    for weeks in range(1, 9):
        track(7 * weeks, 9, 8)  # from 9 to 17, of which 5 hours are before 14:00
    track(0, 9, 4)
    text = text_of(visitor.get("/time/"))
    assert "This week has 4 h 00, 1 h 00 less than usual by Wednesday afternoon." in text


def csv_of(answer: Any) -> list[list[str]]:
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(answer.getvalue().decode().splitlines()))


def test_the_table_can_be_saved_with_all_of_its_rows(visitor: Client) -> None:
    verify(90)
    for number in range(40):
        track(1, 9, 0.25, project=f"Project {number:02}", client="=1+1")
    track(8, 9, 2, project="Project 00", client="=1+1")
    track(42, 9, 4, project="Project 00", client="=1+1")
    page = visitor.get("/time/?from=2026-09-08&to=2026-09-16&columns=week")
    path = unescape(re.findall(r'href="(/time/hours\.csv[^"]+)"', page.content.decode())[0])
    answer = visitor.get(path)
    assert answer["Content-Disposition"] == (
        'attachment; filename="hours-2026-09-08-to-2026-09-16.csv"'
    )
    head, first, *others, foot = csv_of(answer)
    assert head == [
        *("project", "client", "2026-09-08 (h)", "2026-09-14 (h)"),
        *("sum (h)", "usual week (h)"),
    ]
    assert first == ["Project 00", "'=1+1", "2.0", "0.25", "2.25", "0.5"]
    assert len(others) == 39
    assert foot == ["All", "", "2.0", "10.0", "12.0", "0.5"]


def test_the_listed_entries_can_be_saved(visitor: Client) -> None:
    one = track(
        1, 9, 1.5, project="Shop", description="@risk", tags=["deep", "call"], billable=True
    )
    track(1, 12, None, project="Shop")
    track(2, 9, 1, project="Fair")
    page = visitor.get("/time/entries?range=7d&project=Shop&client=")
    path = unescape(re.findall(r'href="(/time/entries\.csv[^"]+)"', page.content.decode())[0])
    _, running, ended = csv_of(visitor.get(path))
    assert running[3:5] == ["", ""]
    assert ended == [
        *(str(one.pk), "Toggl", "2026-09-15T09:00:00+00:00", "2026-09-15T10:30:00+00:00", "1.5"),
        *("'@risk", "Shop", "", "deep, call", "yes"),
    ]


@pytest.mark.parametrize("name", ["hours", "entries"])
def test_files_of_time_need_a_login_and_a_range(client: Client, visitor: Client, name: str) -> None:
    answer = visitor.get(f"/time/{name}.csv?range=5d")
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "There is no such range." in answer.content.decode()
    visitor.logout()
    assert client.get(f"/time/{name}.csv").status_code == 302


def test_the_last_column_is_the_mean_of_the_eight_weeks_before(visitor: Client) -> None:
    verify(90)
    for ago in (35, 42, 86):  # in the weeks of 10 August, 3 August and 22 June
        track(ago, 9, 4, project="Shop")
    track(87, 9, 4, project="Shop")  # Sunday, 21 June
    track(1, 9, 3, project="Shop")
    track(1, 13, 1, project="Fair")
    answer = visitor.get("/time/?range=30d")
    rows = rows_of(answer)
    assert rows["Shop"][-2:] == ["3 h 00", "1 h 30"]
    assert rows["Fair"][-2:] == ["1 h 00", "0 min"]
    assert rows["All"][-2:] == ["4 h 00", "1 h 30"]
    assert "A usual week is the mean of the 8 weeks before these." in card(answer, "pivot")
    assert "Usual week" not in card(visitor.get("/time/?range=30d&columns=day"), "pivot")


def test_a_usual_week_is_not_known_before_all_was_read(visitor: Client) -> None:
    verify(85)
    track(1, 9, 3, project="Shop")
    assert "sual week" not in card(visitor.get("/time/?range=30d"), "pivot")


def test_what_toggl_was_not_asked_for_is_not_known(visitor: Client) -> None:
    verify(3)
    track(1)
    rows = section(visitor.get("/time/?range=7d"), "hours").split("<tbody>")[1].split("</tr>")[:-1]
    told = [words_of(row) for row in rows]
    assert told[0] == "Thu 10 Sep 2026 not known not known"
    assert told[4] == "Mon 14 Sep 2026 0 min 0 min"
    assert told[5] == "Tue 15 Sep 2026 1 h 00 1 h 00"


def test_before_the_first_connection_it_says_how_to_begin(visitor: Client) -> None:
    answer = visitor.get("/time/")
    assert "Connect Toggl to see your hours here." in text_of(answer)
    assert 'href="/connections/"' in answer.content.decode()


def test_a_range_without_entries_says_so(visitor: Client) -> None:
    track(1)
    text = text_of(visitor.get("/time/?from=2026-03-03&to=2026-03-09"))
    assert "Nothing is known of your time from 3 to 9 March 2026." in text
    assert "No time entries in this range." in text


def test_what_runs_is_said_and_counts_for_nothing(visitor: Client) -> None:
    track(0, 10, None)
    track(1)
    text = text_of(visitor.get("/time/?range=7d"))
    assert "1 h 00 in 7 days. The running entry counts once it has ended." in text


def test_a_troubled_toggl_is_said_in_the_head(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "a-token"
    old = NOW - timedelta(days=3)
    SyncRun.objects.create(
        source=TOGGL, kind="incremental", status="success", started_at=old, finished_at=old
    )
    assert "Toggl: last read Sunday 13 September 14:00" in text_of(visitor.get("/time/"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-03-09&to=2026-03-03", "The first day must not be after the last one."),
        ("by=colour", "Rows can be one of project, client, tag, description."),
        ("columns=hour", "Columns can be one of day, week, month."),
    ],
)
def test_bad_queries_are_answered_in_words(visitor: Client, query: str, words: str) -> None:
    track(1)
    answer = visitor.get(f"/time/?{query}")
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert "1 h 00 in 30 days" in text_of(answer)


def test_each_way_keeps_the_rest(visitor: Client) -> None:
    track(1)
    html = visitor.get("/time/?range=90d&by=client&columns=month").content.decode()
    links = [unescape(one) for one in re.findall(r'href="(\?[^"]+)"', html)]
    asked = [parse_qs(urlsplit(one).query) for one in links]
    assert {"range": ["7d"], "by": ["client"], "columns": ["month"]} in asked
    assert {"range": ["90d"], "by": ["tag"], "columns": ["month"]} in asked
    assert {"range": ["90d"], "by": ["client"]} in asked
    assert '<input type="hidden" name="by" value="client">' in html


@pytest.mark.parametrize("query", ["range=7d", "range=90d&by=tag", "range=1y", "range=all"])
def test_each_range_takes_as_many_queries(
    visitor: Client, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The first day of all; the rows of tags, which can count twice; usual weeks. Before all there is no stretch before.
    count = QUERIES + ("tag" in query) + ("90d" in query)
    verify(900)
    work(range(65))
    visitor.get(f"/time/?{query}")
    with django_assert_num_queries(count):
        visitor.get(f"/time/?{query}")
    work(range(65, 100))
    with django_assert_num_queries(count):
        visitor.get(f"/time/?{query}")


# --- Figures, timer, focus, to look at ------------------------------------------------------------


def card(answer: Any, name: str) -> str:
    return words_of(section(answer, name).split(">", 1)[1])


def test_figures_stand_against_the_stretch_before(visitor: Client) -> None:
    verify(90)
    track(1, 9, 3, project="Ticketing")
    track(2, 9, 1, project="Audio guide")
    track(8, 9, 1.5)
    text = text_of(visitor.get("/time/?range=7d"))
    assert "Tracked 4 h 00 +2 h 30 on the 7 days before" in text
    assert "A day 2 h 00 mean of 2 days with entries" in text
    assert "Most in a day 3 h 00 Tue 15 Sep" in text
    assert "Most of 2 projects 3 h 00 Ticketing, 75 %" in text


@pytest.mark.parametrize(
    ("days_ago", "words"),
    [
        (8, "as the 7 days before"),
        (20, "−1 h 00 on the 7 days before"),
        (None, "not known of the 7 days before"),
    ],
)
def test_the_stretch_before_in_words(visitor: Client, days_ago: int | None, words: str) -> None:
    track(1)
    if days_ago:
        verify(90)
        track(8, 9, 1 if days_ago == 8 else 2)
    assert f"Tracked 1 h 00 {words}" in text_of(visitor.get("/time/?range=7d"))


def test_what_runs_says_how_long_and_at_which_moment(visitor: Client) -> None:
    running = track(0, 12.5, None, description="Beacons", project="Audio guide", client="Museum")
    track(0, 9, 2)
    answer = visitor.get("/time/?range=7d")
    told = card(answer, f"timer-{running.pk}")
    assert told == (
        "Running for 1 h 30 Beacons Audio guide, Museum running since 12:30; 2 h before it today , as of 14:00 "
        "running in Toggl"
    )
    assert 'data-seconds="5400"' in answer.content.decode()


def test_an_own_timer_without_a_name_leads_to_its_end(visitor: Client) -> None:
    running = track(0, 14, None, source="Manual", source_id="own")
    told = card(visitor.get("/time/?range=7d"), f"timer-{running.pk}")
    assert told.startswith("Running for 0 h 00 Untitled running since 14:00")
    assert told.endswith("Stop now Set its end")


def test_an_own_timer_is_stopped_at_this_moment(visitor: Client) -> None:
    running = track(0, 12.5, None, source="Manual", source_id="own")
    answer = visitor.post(f"/time/entries/{running.pk}/stop", follow=True)
    assert "The entry was stopped." in answer.content.decode()
    running.refresh_from_db()
    assert (running.end, running.duration) == (timezone.now(), 5400)
    assert "timer-" not in answer.content.decode()


def test_an_ended_entry_and_one_of_a_service_are_not_stopped(visitor: Client) -> None:
    ended = track(0, 9, 1, source="Manual", source_id="own")
    running = track(0, 12.5, None)
    before = ended.end
    answer = visitor.post(f"/time/entries/{ended.pk}/stop", follow=True)
    assert "This entry had already been stopped at 10:00." in text_of(answer)
    assert visitor.post(f"/time/entries/{running.pk}/stop").status_code == 403
    assert visitor.get(f"/time/entries/{ended.pk}/stop").status_code == 405
    ended.refresh_from_db()
    running.refresh_from_db()
    assert (ended.end, running.end) == (before, None)


def test_a_press_on_stop_of_an_entry_that_was_deleted_leads_to_where_it_comes_back(
    visitor: Client,
) -> None:
    own = track(0, 9, None, source="Manual", source_id="own")
    visitor.post(f"/time/entries/{own.pk}/delete")
    answer = visitor.post(f"/time/entries/{own.pk}/stop")
    assert answer["Location"] == f"/time/entries/{own.pk}/deleted"


def test_each_kind_of_thing_to_look_at_leads_to_its_entry(visitor: Client) -> None:
    long = track(1, 9, 13.2, project="Shop", description="Relaunch")
    first = track(2, 9, 2, project="Shop", description="Scanner")
    second = track(2, 10, 2, project="Shop", description="Planning")
    across = track(3, 23, 2, project="Shop", description="Restore")
    track(4, 9, 1)
    track(5, 9, 0.5)
    track(6, 22, 2, project="Shop")  # to midnight, and not over it
    answer = visitor.get("/time/?range=7d")
    told = card(answer, "things")
    assert "To look at 6 entries" in told
    assert "13 h 12, Relaunch Tue 15 Sep 09:00 to 22:12 over 12 h" in told
    assert "Scanner and Planning Mon 14 Sep 09:00 to 11:00, and 10:00 to 12:00 overlapping" in told
    assert "Restore Sun 13 Sep 23:00 to 01:00 over midnight" in told
    assert "2 entries without a project 1 h 30 in all no project" in told
    links = section(answer, "things")
    for entry in (long, first, second, across):
        assert f'href="/time/entries/{entry.pk}"' in links
    listed = unescape(re.findall(r'href="([^"]+project=)"', links)[0])
    assert "in 2 entries." in text_of(visitor.get(listed))
    assert section(answer, "hours").count('class="ringed asks" x=') == 2
    assert "to look at" in section(answer, "hours")


def test_of_many_things_the_newest_are_shown_and_the_rest_is_counted(visitor: Client) -> None:
    for ago in range(1, 8):
        track(ago, 23, 2, project="Shop")
    told = card(visitor.get("/time/?range=30d"), "things")
    assert told.count("over midnight") == 4
    assert "And 3 more" in told
    links = section(visitor.get("/time/?range=30d"), "things")
    [path] = re.findall(r'href="(/time/to-look-at[^"]+)"', links)
    every = card(visitor.get(unescape(path)), "things")
    assert every.count("over midnight") == 7
    assert "more" not in every
    assert visitor.get("/time/to-look-at?range=3d").status_code == 400


def test_nothing_to_look_at_says_what_was_looked_for(visitor: Client) -> None:
    track(1, project="Shop")
    told = card(visitor.get("/time/?range=7d"), "things")
    assert "Nothing in these days: no entry over 12 h" in told
    long = card(visitor.get("/time/?range=1y"), "things")
    assert "Nothing in the days from 17 August 2026 on" in long


def test_the_overlaps_are_those_of_the_api(visitor: Client) -> None:
    track(2, 9, 2, project="a", description="Scanner")
    track(2, 10, 2, project="a", description="Planning")
    track(2, 10.5, 1, project="a", description="Call")
    pairs = api(visitor, "time-entries/overlaps?days=7")
    told = card(visitor.get("/time/?range=7d"), "things")
    for pair in pairs:
        assert f"{pair['first']['description']} and {pair['second']['description']}" in told
    assert len(pairs) == told.count("overlapping") == 3


def test_focus_is_deep_work_by_the_rule_of_the_metric(visitor: Client) -> None:
    verify(90)
    for weeks in range(9):
        monday = 2 + 7 * weeks
        track(monday, 9, 0.5, project="Ticketing")
        track(monday, 9.5, 0.5, project="Ticketing")
        track(monday, 11, 0.25, project="Ticketing")
        track(monday - 1, 9, 2, project="Audio guide")
    answer = visitor.get("/time/?range=7d")
    told = card(answer, "focus")
    assert "Focus this week one task at a time 2 blocks, 3 h 00 usual 2 by Wednesday" in told
    assert "2 h 00, Audio guide Tuesday 09:00 to 11:00" in told
    assert "1 h 00, Ticketing Monday 09:00 to 10:00" in told
    days = api(visitor, "metrics/time.deep_hours?days=3")["buckets"]
    assert sum(one["value"] for one in days) == 3
    earlier = card(visitor.get("/time/?from=2026-08-31&to=2026-09-06"), "focus")
    assert "Focus, week of 31 August" in earlier
    assert "usual 2 " in earlier


def test_a_week_without_blocks_has_no_usual_before_four_weeks(visitor: Client) -> None:
    told = card(visitor.get("/time/?from=2026-03-02&to=2026-03-08"), "focus") if track(1) else ""
    assert "0 blocks" in told
    assert "usual" not in told


# --- Entries --------------------------------------------------------------------------------------


def test_a_day_lists_what_reaches_into_it(visitor: Client) -> None:
    track(2, 22, 4, description="Restore test", project="Internal", client="Us", tags=["deep"])
    track(1, 9, 2, description="<b>Later</b>")
    text = text_of(visitor.get("/time/entries?from=2026-09-15&to=2026-09-15"))
    assert "4 h 00 in 2 entries." in text
    times = "22:00 to 02:00 Tue 15 Sep"  # below the day on a phone, else beside it
    assert (
        f"Mon 14 Sep 2026 {times} {times} Restore test Internal , Us deep 2 h 00 of 4 h 00" in text
    )
    assert "<b>Later</b> No project" in text
    assert text.index("Later") < text.index("Restore")


def test_a_list_is_paged_and_says_how_many(visitor: Client) -> None:
    for number in range(60):
        track(1, number / 4, 0.25, project="Ticketing", description=f"No. {number}")
    path = "/time/entries?from=2026-09-15&to=2026-09-15&project=Ticketing&client="
    answer = visitor.get(path)
    assert "1 to 50 of 60" in text_of(answer)
    assert "15 h 00 in 60 entries." in text_of(answer)
    older = re.findall(r'href="(\?[^"]+)">Older', answer.content.decode())[0]
    assert "51 to 60 of 60" in text_of(visitor.get("/time/entries" + unescape(older)))


def test_entries_of_no_days_say_so(visitor: Client) -> None:
    assert "No entries on these days." in text_of(visitor.get("/time/entries?range=7d"))
    answer = visitor.get("/time/entries?range=week")
    assert answer.status_code == 400
    assert "There is no such range." in text_of(answer)


def test_a_list_takes_as_many_queries_however_long_it_is(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    work(range(20))
    with django_assert_num_queries(6):
        visitor.get("/time/entries?range=30d&project=Ticketing&client=Hafenmuseum")

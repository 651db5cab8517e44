"""The CSV of Zero: ends found again, orders of dates, clock changes, rows that are no fasts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fasting.zero import (
    Export,
    Options,
    read_export,
)
from fasting.zero.table import read_table
from lifetracker.sync.files import CannotImport, Refusal

SAMPLES = Path(__file__).parents[1] / "payloads" / "zero"
HEADER = "Date,Start,End,Hours,Night Eating\r\n"
NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)
DAY = 1440


def options(zone: str = "UTC", **other: object) -> Options:
    return Options(ZoneInfo(zone), NOW, **other)  # type: ignore[arg-type]


def table(*rows: str, zone: str = "UTC", **other: object) -> Export:
    return read_table(HEADER + "\r\n".join(rows), options(zone, **other))


def sample(name: str, zone: str) -> list[tuple[str, int]]:
    """Of each fast its local start and its minutes, as in the file."""
    export = read_export(SAMPLES / name, options(zone))
    return spans(export, zone)


def spans(export: Export, zone: str = "UTC") -> list[tuple[str, int]]:
    newest_first = sorted(export.fasts, key=lambda fast: fast.start, reverse=True)
    return [
        (
            f"{fast.start.astimezone(ZoneInfo(zone)):%-m/%-d %H:%M}",
            (fast.end - fast.start) // timedelta(minutes=1),
        )
        for fast in newest_first
    ]


def reasons(export: Export) -> dict[str, str]:
    return {refusal.where: refusal.reason for refusal in export.refusals}


# --- The samples ----------------------------------------------------------------------------------


def test_the_file_as_the_app_writes_it() -> None:
    assert sample("zero_csv_a_us_24h_crlf.csv", "America/New_York") == [
        ("2/14 20:05", 16 * 60 + 15),
        ("2/13 19:30", 18 * 60 + 15),
        ("2/11 12:10", 46 * 60 + 20),
        ("2/9 18:00", 24 * 60),
        ("2/8 21:45", 11 * 60 + 59),
        ("2/8 06:00", 20),
        ("2/7 00:15", 16 * 60),
        ("2/5 20:00", 12 * 60),
    ]


@pytest.mark.parametrize("name", ["b_running_fast_short_row", "b2_running_fast_empty_cells"])
def test_a_running_fast_is_left_out_and_told(name: str) -> None:
    export = read_export(SAMPLES / f"zero_csv_{name}.csv", options("America/New_York"))
    assert len(export.fasts) == 4
    assert [(one.where, one.since) for one in export.running] == [("line 2", "2022-02-15 19:40")]
    assert not export.refusals


def test_nights_of_a_clock_change() -> None:
    assert sample("zero_csv_c_dst_nights_INFERRED.csv", "America/New_York") == [
        ("11/5 20:00", 17 * 60),
        ("3/12 20:00", 15 * 60),
        ("3/11 20:00", 16 * 60),
    ]


def test_day_first_with_twelve_hours() -> None:
    assert sample("zero_csv_d_locale_dmy_12h_INFERRED.csv", "Europe/London") == [
        ("2/14 20:05", 16 * 60 + 15),
        ("2/13 19:30", 18 * 60 + 15),
        ("2/11 12:10", 46 * 60 + 20),
    ]


def test_a_row_listed_twice_is_one_fast() -> None:
    export = read_export(SAMPLES / "zero_csv_e_duplicate_rows_INFERRED.txt", options())
    assert (len(export.fasts), export.duplicates) == (3, 1)


# --- The end --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "minutes"),
    [
        # What other programs got wrong: a date from start + Hours with End's clock ...
        ("2/8/22,13:30,0:20,10,0", 10 * 60 + 50),
        # ... always one day later ...
        ("2/8/22,6:00,6:20,0,0", 20),
        ("2/8/22,7:00,19:00,12,0", 12 * 60),
        # ... never more than 24 hours ...
        ("2/11/22,12:10,10:30,46,0", 46 * 60 + 20),
        ("2/11/22,12:10,12:10,48,0", 48 * 60),
        ("2/11/22,12:10,12:09,167,0", 7 * DAY - 1),
        # ... and the seconds that were cut: 20:05:50 to 12:05:10 are 15 h 59.
        ("2/8/22,20:05,12:05,15,0", 16 * 60),
        ("2/8/22,20:05,12:05,16,0", 16 * 60),
        ("2/8/22,6:00,6:00,0,0", 0),
    ],
)
def test_the_end_follows_from_the_hours(row: str, minutes: int) -> None:
    assert [length for _, length in spans(table(row, date_order="mdy"))] == [minutes]


@pytest.mark.parametrize(
    "row",
    [
        "2/14/22,20:05,12:20,15,2",
        "2/14/22,20:05,12:20,17,2",
        "2/14/22,20:05,12:20,39,2",
        "2/14/22,20:05,20:04,0,2",
        "2/14/22,20:05,12:20,99999,2",
    ],
)
def test_hours_that_no_end_explains_are_refused(row: str) -> None:
    export = table("2/15/22,20:00,12:00,16,0", row)
    assert len(export.fasts) == 1
    assert list(reasons(export)) == ["line 3"]
    assert "ours" in reasons(export)["line 3"]


WEEK = 7 * 24 * 3600
starts = st.datetimes(datetime(2017, 1, 1), datetime(2026, 9, 1))  # noqa: DTZ001 - on the wall
lengths = st.integers(0, WEEK)


def as_row(start: datetime, end: datetime, hours: int) -> str:
    return f"{start:%-m/%-d/%y},{start:%-H:%M},{end:%-H:%M},{hours},0"


@settings(deadline=None)
@given(starts, lengths)
def test_any_fast_comes_back_within_a_minute(start: datetime, seconds: int) -> None:
    end = start + timedelta(seconds=seconds)
    [fast] = table(as_row(start, end, seconds // 3600), date_order="mdy").fasts
    assert timedelta(0) <= start.replace(tzinfo=UTC) - fast.start < timedelta(minutes=1)
    assert timedelta(0) <= end.replace(tzinfo=UTC) - fast.end < timedelta(minutes=1)


ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2017, 1, 1), datetime(2026, 9, 1)),  # noqa: DTZ001 - UTC
    lengths,
    st.booleans(),
)
def test_any_fast_anywhere_comes_back_within_a_minute(
    name: str, began: datetime, seconds: int, elapsed: bool
) -> None:
    """Whether Zero counts the hours that have passed, or those that the clock shows; but for the
    hour that comes twice, where nobody can know."""
    zone = ZoneInfo(name)
    start = began.replace(tzinfo=UTC)
    end = start + timedelta(seconds=seconds)
    first, last = start.astimezone(zone), end.astimezone(zone)
    shown = (
        seconds
        if elapsed
        else (last.replace(tzinfo=None) - first.replace(tzinfo=None)).total_seconds()
    )
    if shown < 0 or is_repeated(first) or is_repeated(last):
        return
    [fast] = table(as_row(first, last, int(shown // 3600)), zone=name, date_order="mdy").fasts
    assert timedelta(0) <= start - fast.start < timedelta(minutes=1)
    assert timedelta(0) <= end - fast.end < timedelta(minutes=1)


def is_repeated(wall: datetime) -> bool:
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


# --- Clock changes --------------------------------------------------------------------------------


def test_hours_tell_which_of_two_equal_times_it_was() -> None:
    first, second = (table(f"10/30/22,2:30,18:45,{h},0", zone="Europe/Berlin") for h in (17, 16))
    assert [export.fasts[0].start.hour for export in (first, second)] == [0, 1]
    assert not first.remarks + second.remarks
    end = table("10/29/22,20:00,2:10,7,0", zone="Europe/Berlin").fasts[0].end
    assert end == datetime(2022, 10, 30, 1, 10, tzinfo=UTC)


def test_the_cut_seconds_explain_less_than_the_whole_minutes_do() -> None:
    """Sixteen hours from the second 2:00, rather than sixteen and all sixty minutes from the
    first."""
    export = table("10/30/22,2:00,18:00,16,0", zone="Europe/Berlin")
    assert export.fasts[0].start == datetime(2022, 10, 30, 1, tzinfo=UTC)
    assert not export.remarks
    export = table("10/29/22,20:00,2:00,6,0", zone="Europe/Berlin")
    assert export.fasts[0].end == datetime(2022, 10, 30, 0, tzinfo=UTC)
    assert not export.remarks


def test_a_time_that_came_twice_and_stays_in_doubt_is_told() -> None:
    export = table("10/30/22,2:30,2:40,1,0", "10/29/22,2:30,2:40,24,0", zone="Europe/Berlin")
    assert len(export.fasts) == 2
    export = table("10/30/22,2:10,2:20,0,0", "10/28/22,20:00,4:00,8,0", zone="Europe/Berlin")
    assert export.fasts[-1].start == datetime(2022, 10, 30, 0, 10, tzinfo=UTC)
    assert export.remarks == [
        "line 2: its start or end came twice, as the clocks of Europe/Berlin were set back; read as the first time."
    ]


def test_a_time_that_the_clocks_skipped_is_read_on_and_told() -> None:
    export = table("3/27/22,2:30,18:30,15,0", zone="Europe/Berlin")
    [fast] = export.fasts
    assert fast.end == datetime(2022, 3, 27, 16, 30, tzinfo=UTC)
    assert "skipped in spring" in export.remarks[0]
    assert "--timezone" in export.remarks[0]


def test_hours_by_the_clock_on_the_wall_are_understood_too() -> None:
    [fast] = table("3/26/22,20:00,12:30,16,0", zone="Europe/Berlin").fasts
    assert fast.end - fast.start == timedelta(hours=15, minutes=30)


# --- The order of a date --------------------------------------------------------------------------


def row(date: str) -> str:
    return f"{date},20:00,12:00,16,0"


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["2/14/22", "2/3/22"], "month"),
        (["14/2/22", "3/2/22"], "day"),
        (["14.02.2022", "03.02.2022"], "day"),
        (["14. 2. 22", "3. 2. 22"], "day"),
        (["2022-02-14", "2022-02-03"], "year"),
        (["2022/2/14"], "year"),
        (["2/3/22", "2/14/22"], "month"),  # oldest first, but the 14 tells
        (["1/3/22", "12/1/21", "11/4/21"], "month"),  # day first would not be
        (["3/2/22", "4/1/22", "12/12/21"], "day"),  # month first would not be newest first
        (["10/9/26", "9/9/26"], "day"),  # October 9 has not come yet
        (["4/4/22", "3/3/22"], "month"),  # the same either way
        (["2/30/22", "2/14/22", "13/13/13"], "month"),  # what is a date in no order proves nothing
    ],
)
def test_the_order_is_found_over_the_whole_file(dates: list[str], order: str) -> None:
    assert table(*map(row, dates)).about.startswith(f"a CSV with {order} first")


@pytest.mark.parametrize(
    "dates",
    [
        ["2/5/22"],
        ["4/3/22", "2/3/22"],
        ["4/1/22", "3/1/22", "12/12/21"],  # newest first in both
        ["2/5/22", "3/6/22"],  # newest first in neither
    ],
)
def test_an_order_that_stays_in_doubt_is_asked_for(dates: list[str]) -> None:
    with pytest.raises(CannotImport, match=r"--date-order mdy .* or --date-order dmy"):
        table(*map(row, dates))
    month, day = (table(*map(row, dates), date_order=order) for order in ("mdy", "dmy"))
    assert len(month.fasts) == len(day.fasts) == len(dates)
    first_parts = {int(date.split("/")[0]) for date in dates}
    assert {fast.start.month for fast in month.fasts} == first_parts
    assert {fast.start.day for fast in day.fasts} == first_parts


def test_dates_that_contradict_each_other() -> None:
    with pytest.raises(CannotImport, match=r"line 3 \(2/14/22\).* line 2 \(14/2/22\)"):
        table(row("14/2/22"), row("2/14/22"))
    export = table(row("14/2/22"), row("2/14/22"), date_order="mdy")
    assert reasons(export) == {"line 2": "Date '14/2/22' is not a date with month first"}


def test_an_order_that_a_date_disproves_is_not_taken() -> None:
    with pytest.raises(
        CannotImport, match=r"line 3 \(2/14/22\) is not possible with day first\. Leave"
    ):
        table(row("3/2/22"), row("2/14/22"), date_order="dmy")


@pytest.mark.parametrize(
    "dates",
    [
        [f"22/07/{day:02}" for day in range(31, 0, -1)],  # day first: 2031 to 2001
        ["22/07/12", "22/07/11"],
        ["22/01/23", "22/01/04", "21/12/30"],
        ["22/07/26", "22/07/25", "22/07/24"],  # day first: a fast each year
        ["17/02/20", "16/11/19"],
        ["2/14/22", "2/3/22", "2/9/22"],  # in no order
    ],
)
def test_dates_that_are_not_plausible_are_asked_about(dates: list[str]) -> None:
    with pytest.raises(CannotImport, match="--date-order ymd"):
        table(*map(row, dates))


def test_an_order_that_was_told_has_to_be_plausible_too() -> None:
    dates = [f"22/07/{day:02}" for day in range(31, 0, -1)]
    assert spans(table(*map(row, dates), date_order="ymd"))[0] == ("7/31 20:00", 960)
    with pytest.raises(CannotImport, match="With day first, most of its dates are in the future"):
        table(*map(row, dates), date_order="dmy")
    # Only the plausible ones have to be in order, and in none if the person says what they are.
    assert len(table(row("2/14/22"), row("2/3/22"), row("2/9/22"), date_order="mdy").fasts) == 3
    assert len(table(row("2/14/22"), row("2/13/52"), row("2/9/22")).fasts) == 2


def test_a_year_of_two_digits_first_has_to_be_told() -> None:
    assert spans(table(row("22-02-14"), date_order="ymd")) == [("2/14 20:00", 960)]


# --- Forms of cells and lines ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2/14/22,8:05 PM,12:20 PM,16,2",
        "2/14/22,8:05\u202fPM,12:20\u202fpm,16,2",
        "2/14/22,8:05 p.m.,12:20 p. m.,16,2",
        "2/14/22,20.05,12.20,16,2",
        "2/14/22,20:05:59,12:20:01,16.0,2",
        ' 2/14/22 , 20:05,"12:20",16,',
        "2/14/22,20:05,12:20,16",
        "2/14/22,20:05,12:20,16,2,something,new",
    ],
)
def test_cells_in_other_clothes(text: str) -> None:
    assert spans(table(text)) == [("2/14 20:05", 975)]


def test_midnight_and_noon() -> None:
    assert spans(table("2/14/22,12:00 AM,12:00 PM,12,0")) == [("2/14 00:00", 720)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("date,START,End,hours", "2/14/22,20:05,12:20,16"),
        ("Date;Start;End;Hours;Night Eating", "2/14/22;20:05;12:20;16;2"),
        ("Date\tStart\tEnd\tHours", "2/14/22\t20:05\t12:20\t16"),
        ('"Date","Start","End","Hours"', '"2/14/22","20:05","12:20","16"'),
        ("Hours,End,Start,Date", "16,12:20,20:05,2/14/22"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r\n\r\n"])
def test_headers_and_lines_in_other_clothes(header: str, row: str, line_end: str) -> None:
    assert spans(read_table(line_end.join([header, row, ""]), options())) == [("2/14 20:05", 975)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday,20:05,12:20,16,2", "Date 'yesterday' is not a date"),
        (",20:05,12:20,16,2", "Date '' is not a date"),
        ("2/30/22,20:05,12:20,16,2", "Date '2/30/22' is not a date"),
        ("2/12/22,25:05,12:20,16,2", "Start '25:05' is not a time"),
        ("2/12/22,13:05 PM,12:20,16,2", "Start '13:05 PM' is not a time"),
        (
            "2/12/22,20:05,12:60,16,2",
            "End '12:60' is not a time of day, and the fast cannot be run",
        ),
        ("2/12/22,20:05,12:20,-16,2", "Hours '-16' is not a whole number, and"),
        ("2/12/22,20:05,12:20,,2", "Hours '' is not a whole number, and"),
        ("2/12/22,20:05,0", "End '' is not a time of day, and"),
        ("2/12/52,20:05,12:20,16,2", "future"),
        ("2/12/1991,20:05,12:20,16,2", "long before there was a Zero app"),
    ],
)
def test_a_row_that_is_no_fast_is_named_and_stops_nothing(text: str, reason: str) -> None:
    export = table("2/14/22,20:05,12:20,16,2", text, "2/9/22,18:00,18:00,24,0")
    assert len(export.fasts) == 2
    assert list(reasons(export)) == ["line 3"]
    assert reason in reasons(export)["line 3"]


ROWS = "2/14/22,20:05,12:20,16,2\r\n2/13/22,19:30,13:45,18,1\r\n2/11/22,12:10,10:30,46,0"


@pytest.mark.parametrize("end", ["", "\r\n"])
def test_a_file_that_was_cut_within_a_row_is_refused(end: str) -> None:
    last = ROWS.rindex("\n") + 1
    for cut in range(last + 1, len(ROWS) - 1):
        with pytest.raises(CannotImport, match="Its last line, 4, has"):
            table(ROWS[:cut] + end)
    assert len(table(ROWS + end).fasts) == 3


def test_a_running_fast_at_the_end_is_no_cut() -> None:
    oldest_first = "\r\n".join(reversed(ROWS.split("\r\n")))
    assert len(table(oldest_first + "\r\n2/15/22,19:40,0").running) == 1
    assert len(table("2/15/22,19:40,0\r\n" + ROWS).running) == 1
    with pytest.raises(CannotImport, match="was cut"):
        table(oldest_first + "\r\n2/15/22,19:40,11:40,16")


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    export = table("2/14/22,20:05,12:20,16,2", "", '2/13/22,"a\r\nb",12:20,16,2', "?,1,1,1,1")
    assert list(reasons(export)) == ["line 5", "line 6"]


def test_only_the_newest_can_be_running_wherever_it_stands() -> None:
    export = table("2/9/22,18:00,18:00,24,0", "2/14/22,20:05,,,")
    assert [one.where for one in export.running] == ["line 3"]
    export = table("2/14/22,18:00,18:00,24,0", "2/9/22,20:05,,,")
    assert not export.running
    assert list(reasons(export)) == ["line 3"]


def test_two_that_began_in_one_minute_are_two() -> None:
    rows = ["2/14/22,20:05,20:05,0,2", "2/14/22,20:05,12:20,16,2"]
    for order in (rows, rows[::-1]):
        ids = {fast.source_id: fast.end - fast.start for fast in table(*order).fasts}
        assert ids == {
            "csv:2022-02-14T20:05": timedelta(hours=16, minutes=15),
            "csv:2022-02-14T20:05~2": timedelta(0),
        }


def test_the_id_is_the_same_in_every_form_of_the_file() -> None:
    forms: list[Callable[[], Export]] = [
        lambda: table("2/14/22,20:05,12:20,16,2"),
        lambda: table("14.02.2022,8:05 PM,12:20 PM,16,2"),
        lambda: table("2022-02-14,20:05,12:20,16", zone="Asia/Tokyo"),
    ]
    assert {form().fasts[0].source_id for form in forms} == {"csv:2022-02-14T20:05"}


def test_what_a_file_lacks_is_said_only_if_all_rows_have_an_id() -> None:
    stored = ["csv:2022-02-14T20:05", "csv:2022-02-13T20:05", "csv:2022-02-09T18:00~2"]
    whole = table("2/14/22,20:05,12:20,16,2")
    assert whole.missing(stored) == set(stored[1:])
    refused = table("2/14/22,20:05,12:20,16,2", "2/13/22,20:05,12:20,3,2")
    assert isinstance(refused.refusals[0], Refusal)
    assert refused.missing(stored) == {stored[2]}
    assert table("2/14/22,20:05,12:20,16,2", "?,20:05,12:20,3,2").missing(stored) == set()
    assert table("2/14/22,20:05,12:20,16,2", "2/9/22,18:00,1,1,1").missing(stored) == {stored[1]}


def test_a_header_without_fasts() -> None:
    with pytest.raises(CannotImport, match="no fast below it"):
        table()

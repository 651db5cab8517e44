"""The CSV of the Zero app: `Date,Start,End,Hours,Night Eating`.

Date is that of the start, in the short form of the phone's region; the times are those of the clock
on the wall. A fast that runs is a row without End and Hours, and the newest one.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from fasting.zero.clock import place
from fasting.zero.export import (
    CSV,
    SLACK,
    Export,
    Fast,
    Options,
    Running,
    Unreadable,
    require_possible,
    shown,
)
from lifetracker.sync.files import CannotImport, Refusal
from lifetracker.sync.reporting import report_row

NEEDED = ("Date", "Start", "End", "Hours")
KNOWN_COLUMNS = (*NEEDED, "Night Eating")
ORDERS = {"mdy": "month first", "dmy": "day first", "ymd": "year first"}
# Where in a date each of year, month and day stands.
PLACES = {"mdy": (2, 0, 1), "dmy": (2, 1, 0), "ymd": (0, 1, 2)}

# Of Zero.
FIRST_YEAR = 2016
NOT_ZERO = "in the future, or before there was a Zero app"

_DATE = re.compile(r"(\d{1,4})[./-] ?(\d{1,2})[./-] ?(\d{1,4})\.?")
# \s also matches the narrow space that newer systems write before AM and PM.
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.]\d\d)?(?:\s*([ap])\.?\s*m\.?)?", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,9})(?:[.,]0+)?")


@dataclass(frozen=True)
class Row:
    """A line of the file. `cells` by the names of Zero's header, stripped."""

    line: int
    cells: dict[str, str]
    width: int  # how many cells the line has, of whatever columns

    @property
    def where(self) -> str:
        return f"line {self.line}"

    @property
    def date(self) -> tuple[str, str, str] | None:
        match = _DATE.fullmatch(self.cells["Date"])
        return match.group(1, 2, 3) if match else None  # type: ignore[return-value]  # three texts


@dataclass(frozen=True)
class Times:
    """What a row says. `end` (minutes after midnight) and `hours` are None where the cells are
    missing, empty or no such thing."""

    row: Row
    start: datetime  # on the wall
    end: int | None
    hours: int | None

    @property
    def runs(self) -> bool:
        """Whether it has not ended, if it is the newest."""
        return self.end is None or self.hours is None

    @property
    def id(self) -> str:
        return f"csv:{self.start:%Y-%m-%dT%H:%M}"


def is_table(text: str) -> bool:
    """Whether the first line is Zero's header."""
    return _header(text.lstrip("\r\n").partition("\n")[0]) is not None


def read_table(text: str, options: Options) -> Export:
    """Raises CannotImport."""
    rows = list(_rows(text))
    if not rows:
        raise CannotImport("It has the header of Zero's CSV, but no fast below it.")
    order = decide_order(rows, options.now, options.date_order)
    export = Export(CSV, f"a CSV with {ORDERS[order]} in its dates")
    times: list[Times] = []
    for row in rows:
        try:
            times.append(_times(row, order, options.now))
        except Unreadable as error:
            export.add(Refusal(row.where, str(error), _payload(row)))
    _require_whole(rows, times)
    _place_all(times, export, options)
    return export


# --- Lines and cells ------------------------------------------------------------------------------


def _header(line: str) -> tuple[str, dict[str, int]] | None:
    """The delimiter, and where each of Zero's columns stands."""
    for delimiter in ",;\t":
        names = [name.strip(' "\r').casefold() for name in line.split(delimiter)]
        if all(names.count(name.casefold()) == 1 for name in NEEDED):
            return delimiter, {
                n: names.index(n.casefold()) for n in KNOWN_COLUMNS if n.casefold() in names
            }
    return None


def _rows(text: str) -> list[Row]:
    text = text.lstrip("\r\n")
    header = _header(text.partition("\n")[0])
    if header is None:
        raise CannotImport(
            f"Its first line is not the header of Zero's CSV: {','.join(KNOWN_COLUMNS)}."
        )
    delimiter, columns = header
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(reader)
        for cells in reader:
            report_row(reader.line_num)
            if any(cell.strip() for cell in cells):
                # In a row with cells missing at its end, Zero's own last cell has slid to the left.
                full = len(cells) > max(columns[name] for name in NEEDED)
                held = {
                    name: cells[at].strip()
                    for name, at in columns.items()
                    if at < len(cells) and (full or name in {"Date", "Start"})
                }
                rows.append(Row(reader.line_num, dict.fromkeys(NEEDED, "") | held, len(cells)))
    except csv.Error as error:
        raise CannotImport(f"Line {reader.line_num} is not CSV ({error}).") from None
    return rows


def _require_whole(rows: list[Row], times: list[Times]) -> None:
    """A file that was cut on its way ends in a piece of a row, unlike one whose last row is a fast
    that runs. Raises CannotImport."""
    last, before = rows[-1], Counter(row.width for row in rows[:-1])
    if not before or last.width >= before.most_common(1)[0][0]:
        return
    newest = max(times, key=attrgetter("start"), default=None)
    if newest is None or newest.row is not last or not newest.runs:
        raise CannotImport(
            f"Its last line, {last.line}, has {last.width} of {before.most_common(1)[0][0]} cells: "
            "the file was cut off. Export or copy it again. Nothing was imported."
        )


def _payload(row: Row) -> dict[str, str]:
    return {name: cell[:100] for name, cell in row.cells.items()}


def _times(row: Row, order: str, now: datetime) -> Times:
    """Raises Unreadable if even the start cannot be told."""
    parts = row.date
    day = _day(parts, order) if parts else None
    if day is None:
        raise Unreadable(f"Date {shown(row.cells['Date'])} is not a date with {ORDERS[order]}")
    start = _clock(row.cells["Start"])
    if start is None:
        raise Unreadable(f"Start {shown(row.cells['Start'])} is not a time of day")
    begin = day + timedelta(minutes=start)
    # Which instant it is depends on the zone, by less than the slack of this check.
    instant = begin.replace(tzinfo=UTC)
    require_possible(instant, instant, now)
    hours = _HOURS.fullmatch(row.cells["Hours"])
    return Times(row, begin, _clock(row.cells["End"]), int(hours[1]) if hours else None)


def _clock(text: str) -> int | None:
    """Minutes after midnight."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").lower()
    if minute > 59 or (not 1 <= hour <= 12 if half else hour > 23):
        return None
    return (hour % 12 + 12 * (half == "p") if half else hour) * 60 + minute


def _day(parts: tuple[str, str, str], order: str) -> datetime | None:
    """Midnight of the date that these parts are in this order; None if they are none."""
    year, month, day = (parts[at] for at in PLACES[order])
    if len(year) not in {2, 4} or len(month) > 2 or len(day) > 2:
        return None
    try:
        return datetime(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))  # noqa: DTZ001 - on the wall
    except ValueError:
        return None


# --- Day or month first ---------------------------------------------------------------------------


def decide_order(rows: list[Row], now: datetime, given: str | None = None) -> str:
    """The one order in which all dates of the file make sense. Raises CannotImport rather than guess
    between two, or read all dates against what some of them prove."""
    dated = [(row, row.date) for row in rows if row.date]
    if given is None and dated and all(len(parts[0]) == 4 for _, parts in dated):
        return "ymd"
    proofs = {"mdy": "", "dmy": ""}
    doubtful: list[tuple[datetime, datetime]] = []
    for row, parts in dated:
        by_month, by_day = (_day(parts, order) for order in proofs)
        if by_month and by_day:
            doubtful.append((by_month, by_day))
        elif by_month or by_day:
            order = "mdy" if by_month else "dmy"
            proofs[order] = proofs[order] or f"{row.where} ({row.cells['Date']})"
    proven = [order for order, proof in proofs.items() if proof]
    if given in proofs and proven and given not in proven:
        raise CannotImport(
            f"{proofs[proven[0]]} is not possible with {ORDERS[given]}. Leave --date-order out."
        )
    if given is None and len(proven) == 2:
        raise CannotImport(
            f"Its dates contradict each other: {proofs['mdy']} has the month first, "
            f"{proofs['dmy']} the day. Correct the wrong one, or say which order is right: "
            "--date-order mdy or --date-order dmy."
        )
    order = given or (proven[0] if proven else _order_by_sequence(doubtful, now))
    _require_plausible([parts for _, parts in dated], order, now, is_given=given is not None)
    return order


def _require_plausible(
    dates: list[tuple[str, str, str]], order: str, now: datetime, *, is_given: bool
) -> None:
    """What some dates prove, all of them have to bear out: 22/07/12 is a date with the day first, but
    not where Zero has been. Raises CannotImport."""
    readings = {one: _Reading.of(dates, one, now) for one in (order, "ymd")}
    chosen, by_year = readings[order], readings["ymd"]
    if is_given:
        if chosen.strange * 2 > len(dates):
            raise CannotImport(f"With {ORDERS[order]}, most of its dates are {NOT_ZERO}.")
    elif chosen.strange * 2 > len(dates) or not chosen.sorted:
        fault = f"are {NOT_ZERO}" if chosen.strange * 2 > len(dates) else "are in no order"
        raise CannotImport(
            f"Its dates seem to have {ORDERS[order]}, but then they {fault}. Say which order is right: "
            "--date-order ymd (22/7/12 is July 12, 2022), --date-order mdy or --date-order dmy."
        )
    elif by_year.sorted and len(by_year.days) >= max(1, len(chosen.days)):
        raise CannotImport(
            f"Its dates could have {ORDERS[order]} or the year first, and nothing in it shows which. "
            f"Say it: --date-order {order} or --date-order ymd (22/7/12 is July 12, 2022)."
        )


@dataclass(frozen=True)
class _Reading:
    """The dates of a file as they are in one order: those that are plausible, and how many are
    not."""

    days: list[datetime]
    strange: int

    @classmethod
    def of(cls, dates: list[tuple[str, str, str]], order: str, now: datetime) -> _Reading:
        latest = (now + SLACK).replace(tzinfo=None)
        read = [day for parts in dates if (day := _day(parts, order))]
        days = [day for day in read if day.year >= FIRST_YEAR and day <= latest]
        return cls(days, len(read) - len(days))

    @property
    def sorted(self) -> bool:
        """Newest first, as Zero writes them, or as somebody has turned them."""
        return self.days in (sorted(self.days), sorted(self.days, reverse=True))


def _order_by_sequence(doubtful: list[tuple[datetime, datetime]], now: datetime) -> str:
    """For dates that are dates both ways: Zero writes the newest first, and none in the future."""
    columns = dict(zip(("mdy", "dmy"), zip(*doubtful, strict=True), strict=False))
    if not columns or columns["mdy"] == columns["dmy"]:
        return "mdy"
    latest = (now + SLACK).replace(tzinfo=None)
    possible = [
        order
        for order, days in columns.items()
        if max(days) <= latest and list(days) == sorted(days, reverse=True)
    ]
    if len(possible) != 1:
        raise CannotImport(
            "Its dates could have the month first or the day first, and nothing in it shows which. "
            "Say it: --date-order mdy (2/5/22 is February 5) or --date-order dmy (May 2)."
        )
    return possible[0]


# --- Rows that are fasts --------------------------------------------------------------------------


def _place_all(times: list[Times], export: Export, options: Options) -> None:
    newest = max((row.start for row in times), default=None)
    seen: set[tuple[datetime, int | None, int | None]] = set()
    for row in times:
        what = (row.start, row.end, row.hours)
        if what in seen:
            export.duplicates += 1
        else:
            seen.add(what)
            export.add(_placed(row, newest, export, options))
    _number_twins(export)


def _placed(
    row: Times, newest: datetime | None, export: Export, options: Options
) -> Fast | Running | Refusal:
    zone = options.zone
    if not options.zone_given:
        zone = ZoneInfo(options.known_zones.get(row.id, zone.key))
    where, start = row.row.where, row.start.replace(tzinfo=zone).astimezone(UTC)
    try:
        if row.end is None or row.hours is None:  # as `runs`, for the types
            if row.start == newest:
                return Running(where, f"{row.start:%Y-%m-%d %H:%M}", start, row.id)
            raise Unreadable(_incomplete(row))
        placed = place(row.start, row.end, row.hours, zone)
        require_possible(placed.start, placed.end, options.now)
    except Unreadable as error:
        return Refusal(where, str(error), _payload(row.row), row.id, start)
    if placed.remark:
        export.remarks.append(f"{where}: {placed.remark}.")
    raw = row.row.cells | {"zone": zone.key}
    return Fast(row.id, placed.start, placed.end, where, raw, end_zone=zone.key)


def _incomplete(row: Times) -> str:
    name, form = ("End", "time of day") if row.end is None else ("Hours", "whole number")
    return (
        f"{name} {shown(row.row.cells[name])} is not a {form}, and the fast cannot be running, "
        "because a later one is listed"
    )


def _number_twins(export: Export) -> None:
    """Give those that began in the same minute ids of their own: the plain one to the longest, and
    not to one that was started by accident and stopped at once."""
    export.fasts.sort(key=lambda fast: (fast.start, fast.start - fast.end))
    counts: Counter[str] = Counter()
    for at, fast in enumerate(export.fasts):
        counts[fast.source_id] += 1
        if counts[fast.source_id] > 1:
            export.fasts[at] = replace(fast, source_id=f"{fast.source_id}~{counts[fast.source_id]}")

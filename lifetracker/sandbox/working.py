"""What the person works on, and when: projects, the habits of a day, launches, time off.

Like the rest of the life, every stint of work follows from (seed, date) alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lifetracker.sandbox.life import HOME, ONE_DAY, SATURDAY, Day, Life

MINUTE, QUARTER, HOUR = 60, 900, 3600
TOO_ILL = 0.1
SHORTEST = 12 * MINUTE
FREE_DAYS = ((1, 1), (5, 1), (10, 3), *((12, day) for day in range(24, 32)))

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Project:
    name: str
    client: str | None
    billable: bool
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stint:
    """Work without a break; instants in whole seconds since 1970.

    `text` is what she wrote down about it, which may be "" or nothing at all. A clock ran along
    unless it was `typed` in by hand at that instant: then the times are rounded.
    """

    start: int
    end: int
    project: str | None
    text: str | None
    tags: tuple[str, ...] = ()
    billable: bool = False
    typed: int | None = None


CLIENTS = ("Nordlicht Energie", "Kranich Verlag", "Hafenmuseum", "Brandt & Söhne")
TAGS = ("meeting", "deep work", "review", "bugfix", "call", "travel", "deploy", "Schreibtisch")

PORTAL = Project(
    "Customer portal",
    "Nordlicht Energie",
    True,
    ("Login with passkeys", "Meter readings", "Release 4", "Fix bill download", "Tests for SSO"),
)
TARIFFS = Project(
    "Tariff calculator",
    "Nordlicht Energie",
    True,
    ("Price zones", "Heat pump tariff", "Review of Jonas' branch", "Call with Frau Petersen"),
)
SHOP = Project(
    "Shop relaunch",
    "Kranich Verlag",
    True,
    ("Checkout", "Search: Umlaute", "Import of the catalogue", "Load tests", "Vouchers"),
)
READER = Project(
    "Reader app",
    "Kranich Verlag",
    True,
    ("Offline chapters", "Night mode", "Crash on Android 9", "Release notes"),
)
GUIDE = Project(
    "Audio guide",
    "Hafenmuseum",
    True,
    ("Room 3: cranes", "Beacon tests on site", "Player", "Schnitt „Die Lotsen“"),
)
TICKETS = Project(
    "Ticketing", "Hafenmuseum", False, ("Group bookings", "Scanner at the gate", "Refunds")
)
BOOKING = Project(
    "Booking site",
    "Brandt & Söhne",
    True,
    ("Calendar", "E-mails to guests", "Deposit by card", "Invoice template"),
)
INTERNAL = Project("Internal", None, False, ("Weekly planning", "Time sheets", "1:1 with Ines"))
HIRING = Project("Hiring", None, False, ("Read applications", "Interview", "Exercise for juniors"))
LEARNING = Project("Learning", None, False, ("Rust, chapter 9", "Talk for the meetup", "Papers"))
SUPPORT = Project("Support rota", None, False, ("Tickets", "Pager", "Post-mortem", "Restore test"))
PIANO = Project("Piano", None, False, ("Scales", "Satie", "Bach, BWV 846", "Sight-reading"))

FOR_CLIENTS = (PORTAL, TARIFFS, SHOP, READER, GUIDE, TICKETS)
WITHOUT_CLIENT = (INTERNAL, INTERNAL, SUPPORT, SUPPORT, HIRING, LEARNING)
PROJECTS = (*FOR_CLIENTS, BOOKING, INTERNAL, HIRING, LEARNING, SUPPORT)
HOBBIES = (PIANO,)
WITHOUT_PROJECT = ("Inbox", "Phone", "Inbox", "", None, "Clean up the desk")
ODD_TEXTS = (
    "Rückfrage: <b>Preise</b> & Rabatte, 50 % “sofort”",
    "\U0001f680 go / no-go",
    "  spaces around  ",
    "Meeting notes, sent to Ines; waiting for Jonas, who is waiting for the printer, who is on "
    "leave until Monday, so that we will look at it again next week with everybody at the table",
)


def trade_fair(year: int) -> Project:
    """Every year has its own: worked on from May to September, then done with for good."""
    tasks = ("Stand design", "Demo data", "Rehearsal", "Flyer, final")
    return Project(f"Trade fair {year}", "Nordlicht Energie", False, tasks)


def working(life: Life, on: date) -> tuple[Stint, ...]:
    """Return what was begun on this day, in order of time. Whoever is ill does not work."""
    day = life.day(on)
    if day.ill > TOO_ILL:
        return ()
    rng = life.stream("working", on)
    daytime = _daytime(life, rng, day)
    stints = [*daytime, *_evening(life, rng, day), *_hobby(rng, day)]
    return tuple(sorted(stints, key=lambda stint: (stint.start, stint.end)))


def colleague(life: Life, on: date) -> tuple[Stint, ...]:
    """Jonas, who works in the same projects from nine to five."""
    if _is_free(on):
        return ()
    rng = life.stream("colleague", on)
    start, stints = _wall(on, rng.uniform(8.8, 9.4), HOME), []
    for _ in range(rng.randint(2, 4)):
        end = start + rng.randint(50 * MINUTE, 110 * MINUTE)
        stints.append(_stint(rng, rng.choice(FOR_CLIENTS), (start, end)))
        start = end + rng.randint(0, 30 * MINUTE)
    return tuple(stints)


def _daytime(life: Life, rng: Random, day: Day) -> list[Stint]:
    spans = _without(_windows(rng, day), _busy(rng, day))
    focus = _focus(life, day.date)
    tags = ("travel",) if day.flying else ()
    stints = [
        _stint(rng, _chosen(rng, focus, day.date), span, tags)
        for window in spans
        for span in _pieces(rng, *window)
    ]
    if not stints:
        return []
    if not day.away and not _is_free(day.date) and rng.random() < 0.6:
        stints[:1] = _with_standup(rng, stints[0])
    done = max(stint.end for stint in stints)
    stints = [_by_hand(rng, stint, done) if rng.random() < 0.015 else stint for stint in stints]
    if rng.random() < 0.03:  # a slip of the finger: started and stopped at once
        before = rng.choice(stints)
        stints.append(replace(before, start=before.end, end=before.end, typed=None))
    return stints


def _windows(rng: Random, day: Day) -> list[Span]:
    """When there may be work, before what else the day holds is taken out."""
    wake = int(day.wake.timestamp())
    if day.flying:
        start = wake + int(rng.uniform(3, 6) * HOUR)
        return [(start, start + int(rng.uniform(0.6, 2.2) * HOUR))] if rng.random() < 0.7 else []
    if _is_free(day.date):
        start = wake + int(rng.uniform(2, 5) * HOUR)
        return [(start, start + int(rng.uniform(0.5, 2) * HOUR))] if rng.random() < 0.22 else []
    if day.away:
        start = wake + int(rng.uniform(1.4, 2.2) * HOUR)
        return [(start, start + int(rng.uniform(3, 5) * HOUR))]
    late = 0.0 if day.slept else 4.5
    start = wake + int((rng.uniform(1.6, 2.3) + late) * HOUR)
    return [(start, wake + int(rng.uniform(10.6, 11.5) * HOUR))]


def _busy(rng: Random, day: Day) -> list[Span]:
    """Lunch, the nap and training, with the way there and the shower."""
    wake = int(day.wake.timestamp())
    lunch = wake + int(rng.uniform(5.6, 5.85) * HOUR)
    spans = [(lunch, lunch + rng.randint(32 * MINUTE, 58 * MINUTE))]
    if day.nap:
        nap = int(day.nap.start.timestamp())
        spans.append((nap, nap + int(day.nap.minutes * MINUTE)))
    for bout in day.bouts:
        start, end = int(bout.start.timestamp()), int(bout.end.timestamp())
        spans.append((start - 10 * MINUTE, end + 15 * MINUTE))
    return sorted(spans)


def _without(windows: list[Span], busy: Iterable[Span]) -> list[Span]:
    for start, end in busy:
        windows = [
            part
            for window in windows
            for part in ((window[0], min(window[1], start)), (max(window[0], end), window[1]))
            if part[1] - part[0] >= SHORTEST
        ]
    return windows


def _pieces(rng: Random, start: int, end: int) -> Iterable[Span]:
    """Stints that fill a window. Often the next one begins the second that the last one ends."""
    while end - start >= SHORTEST:
        low, high = rng.choice(((18, 42), (50, 95), (55, 100), (85, 140)))
        until = min(start + rng.randint(low * MINUTE, high * MINUTE), end)
        if end - until < SHORTEST:
            until = end
        yield start, until
        start = until + (0 if rng.random() < 0.3 else rng.randint(1, 13 * MINUTE))


def _evening(life: Life, rng: Random, day: Day) -> list[Stint]:
    """Return what keeps her up: a launch, a move of servers, or at times the freelance work."""
    if _clocks_change_tonight(day.date):
        # The timer runs along while she sleeps.
        span = _wall(day.date, rng.uniform(23, 23.8), HOME), _wall(day.date, 27.9, HOME)
        return [replace(_stint(rng, SUPPORT, span, ("deploy",)), text="Server move, overnight")]
    if day.away or day.flying:
        return []
    tomorrow = life.day(day.date + ONE_DAY)
    midnight = _wall(day.date, 24, HOME)
    bed = int(tomorrow.bed.timestamp()) if tomorrow.slept else midnight + 4 * HOUR
    start = _wall(day.date, rng.uniform(21.6, 22.4), HOME)
    chosen = rng.random()
    if bed > midnight + 35 * MINUTE and (chosen < 0.3 or not tomorrow.slept):
        end = bed - rng.randint(10 * MINUTE, 25 * MINUTE)
        return [_stint(rng, rng.choice((PORTAL, SHOP)), (start, end), ("deploy",))]
    if chosen > 0.85 and not _is_free(day.date):
        return _freelance(rng, day, bed)
    return []


def _freelance(rng: Random, day: Day, bed: int) -> list[Stint]:
    start = _wall(day.date, rng.uniform(19.5, 20.6), HOME)
    span = start, start + rng.randint(40 * MINUTE, 105 * MINUTE)
    free = _without([span], [*_busy(rng, day), (bed - HOUR, bed + 9 * HOUR)])
    return [_stint(rng, BOOKING, part) for part in free[:1]]


def _hobby(rng: Random, day: Day) -> list[Stint]:
    if day.away or day.flying or rng.random() > (0.3 if _is_free(day.date) else 0.08):
        return []
    start = _wall(day.date, rng.uniform(18.2, 18.8), HOME)
    spans = _without([(start, start + rng.randint(25 * MINUTE, 50 * MINUTE))], _busy(rng, day))
    return [_stint(rng, PIANO, span) for span in spans[:1]]


def _stint(rng: Random, project: Project | None, span: Span, tags: tuple[str, ...] = ()) -> Stint:
    if not tags and project is not PIANO:
        tags = tuple(rng.sample(TAGS[:5], rng.choices((0, 1, 2), (57, 35, 8))[0]))
    billable = project is not None and project.billable and rng.random() < 0.93
    name = project.name if project else None
    return Stint(*span, name, _text(rng, project), tags, billable)


def _text(rng: Random, project: Project | None) -> str | None:
    chosen = rng.random()
    if chosen < 0.05:
        return None
    if chosen < 0.1:
        return ""
    if chosen < 0.112:
        return rng.choice(ODD_TEXTS)
    return rng.choice(project.tasks if project else WITHOUT_PROJECT)


def _with_standup(rng: Random, first: Stint) -> list[Stint]:
    end = min(first.end, first.start + rng.randint(11 * MINUTE, 19 * MINUTE))
    standup = Stint(first.start, end, INTERNAL.name, "Stand-up", ("meeting",))
    rest = replace(first, start=end)
    return [standup, rest] if rest.end - rest.start >= SHORTEST else [standup]


def _by_hand(rng: Random, stint: Stint, done: int) -> Stint:
    """Rounded outwards to quarters of an hour, so that it overlaps with its neighbours."""
    start, end = stint.start // QUARTER * QUARTER, -(-stint.end // QUARTER) * QUARTER
    typed = max(done, end) + rng.randint(2 * MINUTE, 70 * MINUTE)
    return replace(stint, start=start, end=end, typed=typed)


def _focus(life: Life, on: date) -> list[Project]:
    """Return the three projects of this week, the most important one first."""
    year, week, _ = on.isocalendar()
    return Random(f"{life.seed}/focus/{year}/{week}").sample(FOR_CLIENTS, 3)


def _chosen(rng: Random, focus: list[Project], on: date) -> Project | None:
    chosen = rng.random()
    if chosen < 0.09:
        return None
    if chosen < 0.24:
        return rng.choice(WITHOUT_CLIENT)
    if chosen < 0.34 and 5 <= on.month <= 9:
        return trade_fair(on.year)
    return rng.choices(focus, (5, 3, 2))[0]


def _is_free(on: date) -> bool:
    return on.weekday() >= SATURDAY or (on.month, on.day) in FREE_DAYS


def _wall(on: date, hours: float, zone: str) -> int:
    """Return a wall-clock time, in hours after midnight of this day, as seconds since 1970."""
    wall = datetime.combine(on, time.min) + timedelta(seconds=int(hours * HOUR))
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp())


def _clocks_change_tonight(on: date) -> bool:
    return _wall(on, 48, HOME) - _wall(on, 24, HOME) != 24 * HOUR

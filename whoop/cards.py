"""WHOOP's cards on Today: recovery with its sentence, the night, the strain."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.utils.safestring import SafeString

from lifetracker.days import home_offset
from lifetracker.web.card_series import unusual_days
from lifetracker.web.cards import Card, Place, Visit, register_card
from lifetracker.web.lanes import Lane, register_lane
from lifetracker.web.sentences import hours_and_minutes
from lifetracker.web.template_tags import clock, utc_offset
from whoop import metrics, today_charts
from whoop.day_lane import sleep_lane
from whoop.models import band_of
from whoop.nights import Night
from whoop.page_charts import page_of
from whoop.sentences import why_no_night
from whoop.today_data import ASKING, DayOfWhoop, day_of_whoop
from whoop.today_sentence import (
    STILL_RUNNING,
    Told,
    night_words,
    strain_note,
    tell,
    why_no_strain,
)

#: Whether another card of a visit tells the steps of its day.
_told_elsewhere: list[Callable[[Visit], bool]] = []


def tell_steps_elsewhere(is_told: Callable[[Visit], bool]) -> None:
    """Leave the steps of a day to another card, on each visit of which this returns true: no page shows two numbers of them."""
    _told_elsewhere.append(is_told)


class RecoveryCard(NamedTuple):
    told: Told
    ring: SafeString
    week: SafeString
    strips: SafeString


class SleepCard(NamedTuple):
    """`times`, `asleep` and `need` in words; empty where they are not known. `why` says why there is no figure."""

    is_past: bool
    url: str
    times: str
    asleep: str
    need: str
    performance: float | None
    why: str
    bar: SafeString
    legend: SafeString
    nights: SafeString
    numbers: SafeString
    words: str


class StrainCard(NamedTuple):
    is_so_far: bool
    url: str
    strain: float | None
    why: str
    bar: SafeString
    note: str


def recovery(visit: Visit) -> RecoveryCard | None:
    day = visit.once(day_of_whoop)
    if not day.is_there:
        return None
    return RecoveryCard(
        tell(day.facts), today_charts.score(day), today_charts.week(day), today_charts.strips(day)
    )


def sleep(visit: Visit) -> SleepCard | None:
    day = visit.once(day_of_whoop)
    if not day.is_there:
        return None
    night, asleep = day.night, day.value(metrics.sleep_hours)
    known = night if asleep is not None else None
    return SleepCard(
        is_past=day.is_past,
        url=page_of(day.day),
        times=times_of(night) if night else "",
        asleep=words_of(asleep),
        need=words_of(known.need / 60) if known and known.need else "",
        performance=day.value(metrics.sleep_performance),
        why=why_no_night(day.series(metrics.sleep_hours), day.day, day.today)
        if asleep is None
        else "",
        bar=today_charts.night_bar(known) if known else SafeString(),
        legend=today_charts.night_legend(known) if known else SafeString(),
        nights=today_charts.nights_chart(day),
        numbers=today_charts.night_numbers(day),
        words=night_words(known) if known else "",
    )


def words_of(hours: float | None) -> str:
    return "" if hours is None else hours_and_minutes(hours)


def times_of(night: Night) -> str:
    """Return from when to when it was on clocks at its place, which is named where it is not at home."""
    times = f"{clock(night.start, night.offset)} to {clock(night.end, night.offset)}"
    is_away = night.offset != home_offset(night.end)
    return f"{times}, {utc_offset(night.offset)}" if is_away else times


def strain(visit: Visit) -> StrainCard | None:
    day = visit.once(day_of_whoop)
    if not day.is_there:
        return None
    value = day.so_far(metrics.strain)
    return StrainCard(
        is_so_far=day.is_running and not day.is_past,
        url=page_of(day.day),
        strain=value,
        why=why_no_strain(day.series(metrics.strain), day.day, day.today) if value is None else "",
        bar=today_charts.strain_bar(day),
        note=note_of(day, has_steps=not any(is_told(visit) for is_told in _told_elsewhere)),
    )


def note_of(day: DayOfWhoop, *, has_steps: bool) -> str:
    score = day.value(metrics.recovery_score)
    steps = day.so_far(metrics.steps) if has_steps else None
    note = strain_note("" if score is None else band_of(score), day.usual_strain, steps)
    is_left_open = day.is_past and day.is_running and day.so_far(metrics.strain) is not None
    return f"{note} {STILL_RUNNING}".strip() if is_left_open else note


register_card(
    Card(
        "recovery",
        "whoop/recovery_card.html",
        recovery,
        Place.HEAD,
        order=10,
        is_optional=True,
    )
)
register_card(Card("sleep", "whoop/sleep_card.html", sleep, Place.MAIN, order=20, is_optional=True))
register_card(
    Card(
        ASKING,
        "whoop/strain_card.html",
        strain,
        Place.SMALL,
        order=5,
        is_optional=True,
        few=unusual_days,
    )
)
register_lane(Lane("sleep", order=10, make=sleep_lane))

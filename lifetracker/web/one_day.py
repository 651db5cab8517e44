"""The day that a page shows, and the way to its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from lifetracker import days
from lifetracker.days import FIRST_DAY, LAST_DAY, ONE_DAY, OUT_OF_RANGE, day_of
from lifetracker.web.ranges import Link, Steps
from lifetracker.web.sentences import day_words


class NoSuchDay(ValueError):
    """There is no page of what is asked for. Says why in words."""

    status = HTTPStatus.NOT_FOUND


class NoDay(NoSuchDay):
    """What is asked for is no day of the calendar."""

    status = HTTPStatus.BAD_REQUEST


def shown_day(text: str, today: date) -> date:
    """Return the day that an address asks for. Raises NoSuchDay, also of days that have not come."""
    try:
        day = day_of(text)
    except ValueError:
        raise NoDay(
            f"There is no day {text} in the calendar. Choose one such as {today}."
        ) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise NoSuchDay(OUT_OF_RANGE)
    if day > today:
        raise NoSuchDay(f"{day_words(day, today)} has not come yet.")
    return day


def offered_time(text: str, earlier: timedelta = timedelta(0)) -> datetime:
    """Return now, or so much earlier, to the minute: on the day that an address asks for, where it asks for one."""
    moment = timezone.localtime(timezone.now() - earlier).replace(second=0, microsecond=0)
    try:
        day = shown_day(text, days.today())
    except NoSuchDay:
        return moment
    return moment.replace(year=day.year, month=day.month, day=day.day)


def full_day(day: date, today: date) -> str:
    """Return `Friday 27 November`, with the year where it is another one than today's."""
    return format_date(day, "l j F" if day.year == today.year else "l j F Y")


def day_steps(day: date, today: date, address: Callable[[date], str]) -> Steps:
    """Return the ways to the day before and the day after, as far as they have come."""

    def link(other: date) -> Link:
        return Link(full_day(other, today), address(other))

    return Steps(
        link(day - ONE_DAY) if day > FIRST_DAY else None,
        link(day + ONE_DAY) if day < today else None,
    )


def today_address(day: date, today: date) -> str:
    """Return the address of Today on a day. Today's own names none, and so is the page of whichever day has come."""
    home = reverse("home")
    return home if day == today else f"{home}?day={day.isoformat()}"

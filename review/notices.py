"""That a week, a month or a year is over and its review is there. By mail it comes as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from lifetracker.days import local_date
from lifetracker.ops.notices import LongMail, Notice, NoticeKind, When, register_notices
from review.mail import mail_of
from review.periods import Length, Period
from review.reading import first_record_day

#: A machine that was off sends what it missed within so many days, and only the newest of each length.
LATE = timedelta(days=6)


def reviews_due(now: datetime) -> Iterator[Notice]:
    """Yield the reviews of what ended within the last week, from the first one on that has a record."""
    today = local_date(now)
    periods = [Period.of(length, today).before() for length in Length]
    ended = [one for one in periods if today - one.after().first <= LATE]
    first = first_record_day() if ended else None
    yield from (notice_of(one, today) for one in ended if first and first <= one.last)


def notice_of(period: Period, today: date) -> Notice:
    return Notice(
        key=period.name,
        title=f"Your {period.noun}: {period.title}",
        text=f"What the {period.noun} came to, on one page.",
        path=f"review/{period.name}",
        mail=partial(long_mail, period, today),
    )


def long_mail(period: Period, today: date) -> LongMail:
    made = mail_of(period, today)
    return LongMail(made.text, made.html)


register_notices(
    NoticeKind(
        name="review",
        title="The review of the week",
        about="On Monday morning: what the week came to, by mail as a whole. On the first day of a month and of a year"
        " theirs too. Where the machine was off, as soon as it runs, within a week.",
        due=reviews_due,
        when=When.MORNING,
        every=timedelta(hours=1),
        order=60,
    )
)

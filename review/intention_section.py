"""The intentions, as a section of the review."""

from __future__ import annotations

from review.addresses import address
from review.intentions import history_words, intentions_from, kept_words, week_from
from review.models import ONE_WEEK, Intention
from review.periods import Length
from review.sections import Content, Look, Row, Section

#: Under this name the page of a week has a card in place of the section.
INTENTIONS = "intentions"


def intentions_of(look: Look) -> Content:
    """Return what was intended for the week and for the next one, or for the weeks that begin in a month or a
    year, the newest first."""
    period = look.period
    if period.length is Length.WEEK:
        found = intentions_from(period.first, period.first + ONE_WEEK)
        return Content(rows=[row_of(one, look) for one in found])
    found = intentions_from(period.first, period.last)
    begun = [one for one in found if one.date <= look.today]
    if not begun:
        return Content()
    return Content(lead=history_words(begun), rows=[row_of(one, look) for one in reversed(begun)])


def row_of(intention: Intention, look: Look) -> Row:
    week = week_from(intention.date)
    has_begun = intention.date <= look.today
    return Row(
        name=week.title,
        value=kept_words(intention, look.today) if has_begun else "chosen",
        words=f"“{intention.text}”",
        url=address(week) if has_begun else "",
    )


SECTION = Section(INTENTIONS, "Intentions", 90, intentions_of)

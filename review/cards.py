"""The way from Today to the review of the last week, on a Monday."""

from lifetracker.web.cards import Card, Place, Visit, register_card


def is_monday(visit: Visit) -> bool:
    """Return whether a week is looked back on that day. Costs no statement."""
    return not visit.is_past and visit.day.weekday() == 0


register_card(
    Card(
        name="review_is_due",
        template="review/today.html",
        make=is_monday,
        place=Place.WIDE,
        order=5,
        # It is no record: before there is one, a Monday leads to the first steps.
        has_records=lambda _: False,
        is_optional=True,
        is_kept_today=True,
    )
)

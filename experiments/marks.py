"""Which days an experiment leaves out, because its owner marked them as days of illness, travel or holiday. Of its own days
only what was marked when the day of the outcome began counts: later the outcome can be known, and would choose. So a mark that
is taken away later leaves its day out all the same, as far as old values are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from lifetracker.days import ONE_DAY, local_date, midnight
from lifetracker.models import DayMark, Revision
from lifetracker.models.marks import UNUSUAL


class Mark(NamedTuple):
    """`made`: the day on which its owner made or confirmed it; None where that is not known. `gone`: the day on which it was
    taken away, or changed; None where it is still there."""

    kind: str
    made: date | None
    gone: date | None = None

    def stood_at_the_end_of(self, day: date) -> bool:
        return self.made is not None and self.made <= day and (self.gone is None or self.gone > day)


@dataclass(frozen=True)
class Marks:
    """The marks of days. `start`: the first day of the experiment."""

    by_day: Mapping[date, Sequence[Mark]]
    start: date

    def in_time(self, day: date, lag: timedelta) -> str:
        """Return what kind of unusual day it is, by the marks that stood when the day of its outcome, so much later, began:
        `holiday`, or `sick, travel`."""
        by = last_to_mark(day, lag)
        return joined(one for one in self.by_day.get(day, ()) if one.stood_at_the_end_of(by))

    def later(self, day: date, lag: timedelta) -> str:
        """Return the same by the marks that were made later."""
        by = last_to_mark(day, lag)
        return joined(
            one
            for one in self.by_day.get(day, ())
            if one.gone is None and not one.stood_at_the_end_of(by)
        )

    def leave_out(self, day: date, lag: timedelta) -> bool:
        """Return whether a day, whose outcome is read so much later, does not count: itself or the day of the outcome was
        marked before the latter began. Of the days before the start any mark says that."""
        by = last_to_mark(day, lag)
        return any(
            one.gone is None if marked < self.start else one.stood_at_the_end_of(by)
            for marked in {day, day + lag}
            for one in self.by_day.get(marked, ())
        )

    def still_there(self) -> Marks:
        """Return those that were not taken away."""
        there = {
            day: [one for one in some if one.gone is None] for day, some in self.by_day.items()
        }
        return replace(self, by_day=there)


def last_to_mark(day: date, lag: timedelta) -> date:
    """Return the last day on which nobody can know the outcome of a day, which is read so much later."""
    return day + lag - ONE_DAY


def joined(marks: Iterable[Mark]) -> str:
    return ", ".join(sorted({one.kind for one in marks}))


def read_marks(first: date, last: date, start: date) -> Marks:
    """Return the confirmed marks of the days from `first` to `last`, both included, and those that were taken away since, by two
    statements; by three where marks were changed since."""
    found: dict[date, list[Mark]] = defaultdict(list)
    rows = DayMark.objects.unusual_between(first, last)
    for day, kind, moment in rows.values_list("date", "kind", "confirmed_at"):
        found[day].append(Mark(kind, moment and local_date(moment)))
    for day, mark in taken_away(first):
        if first <= day <= last:
            found[day].append(mark)
    return Marks(found, start)


# --- Taken away -----------------------------------------------------------------------------------

#: What a mark says: another value is another mark.
SAID = ("date", "kind", "state")


def taken_away(since: date) -> Iterator[tuple[date, Mark]]:
    """Yield the confirmed marks of unusual days that were deleted, or changed to say something else, since a day, with the days
    that they marked. Old values before these say what each was."""
    rows = Revision.objects.filter(record_type=DayMark._meta.label, changed_at__gte=midnight(since))
    changes = list(rows.order_by("-id").values_list("record_id", "old_values", "changed_at"))
    if not changes:
        return
    there = DayMark.objects.filter(pk__in={pk for pk, _, _ in changes}).order_by()
    known: dict[int, dict[str, Any]] = {
        row["pk"]: row | {"date": row["date"].isoformat()} for row in there.values("pk", *SAID)
    }
    for pk, old, moment in changes:
        after = known.get(pk, {})
        before = known[pk] = after | old
        is_other = any(before.get(name) != after.get(name) for name in SAID)
        if is_other and before.get("state") == DayMark.State.CONFIRMED and is_dated(before):
            yield (
                date.fromisoformat(before["date"]),
                Mark(before["kind"], made_on(before), local_date(moment)),
            )


def is_dated(mark: Mapping[str, Any]) -> bool:
    return isinstance(mark.get("date"), str) and mark.get("kind") in UNUSUAL


def made_on(mark: Mapping[str, Any]) -> date | None:
    """Return the day on which it was made; None of what was taken away before that was kept."""
    moment = mark.get("confirmed_at")
    return local_date(datetime.fromisoformat(moment)) if moment else None

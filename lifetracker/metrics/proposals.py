"""What the owner is asked after a sync: rules of the apps look for days of illness and travel, and an app may look for
something else, such as names that are alike.

An app registers its rules and searches in `proposals.py`, where they are found as its metrics are. Rules run after a
sync and by a command, never in a request.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from lifetracker import days
from lifetracker.models import DayMark, SyncRun
from lifetracker.models.revisions import without_revisions

#: How far back a sync looks. What is usual today depends on the last four weeks; asking about years ago is for who
#: wants it.
LOOK_BACK_DAYS = 90

#: A text for people, and the numbers that it speaks of.
Reason = dict[str, str | float | None]


@dataclass(frozen=True, kw_only=True)
class Spell:
    """Days that a rule proposes together: an illness, a trip, a stay."""

    kind: DayMark.Kind
    #: Why each day is proposed.
    days: Mapping[date, list[Reason]]
    #: The first day of all, also where that lies before the days that were asked for.
    first: date
    #: An answer on a day that is so many days away is an answer on this spell.
    reach_days: int = 0

    def is_refused(self, answers: Iterable[Answer]) -> bool:
        """Return whether the owner has refused a day of it, and confirmed none."""
        reach = timedelta(days=self.reach_days)
        begin, end = self.first - reach, max(self.days) + reach
        states = {
            one.state
            for one in answers
            if one.kind == self.kind and (begin <= one.day <= end or one.spell == self.first)
        }
        return DayMark.State.REFUSED in states and DayMark.State.CONFIRMED not in states


class Answer(NamedTuple):
    """What the owner said of a mark."""

    day: date
    kind: str
    state: str
    spell: date | None


#: Finds the spells that have a day from the first to the second, both included.
Rule = Callable[[date, date], list[Spell]]
rules: dict[str, Rule] = {}
#: The sources after whose syncs there may be something to propose.
sources_read: set[str] = set()


def register_rule(name: str, rule: Rule, *, source: str) -> None:
    """Add a rule that looks at the records of a source. Raises ValueError for a name that is taken."""
    if name in rules:
        raise ValueError(f"Two rules have the name {name!r}.")
    rules[name] = rule
    sources_read.add(source)


#: What else is looked for after a sync, by the name of its source.
searches: dict[str, list[Callable[[], object]]] = defaultdict(list)


def register_search(search: Callable[[], object], *, sources: Iterable[str]) -> None:
    """Let `search` store what it finds to ask after each sync of these sources that changed a record."""
    for source in sources:
        searches[source].append(search)


class Outcome(NamedTuple):
    """How many proposals were made and withdrawn, by kind, and how many wait for an answer in all."""

    proposed: Counter[str]
    withdrawn: Counter[str]
    waiting: int


def propose_day_marks(first: date | None = None, last: date | None = None) -> Outcome:
    """Propose what the rules find on the days from `first` to `last`, by default the last 90, and withdraw what they
    no longer find there. What the owner has answered stays as it is, and of a spell of which days were refused no further
    one is proposed."""
    last = last or days.today()
    first = first or last - timedelta(days=LOOK_BACK_DAYS - 1)
    wanted = wanted_marks(
        [spell for rule in rules.values() for spell in rule(first, last)], first, last
    )
    return Outcome(
        proposed=store(wanted),
        withdrawn=withdraw(wanted, first, last),
        waiting=DayMark.objects.proposed().count(),
    )


def propose_after(run: SyncRun) -> None:
    """Propose by the rules and searches after a sync that changed what they look at."""
    if not run.has_changed_records:
        return
    if run.source in sources_read:
        propose_day_marks()
    for search in searches.get(run.source, ()):
        search()


Marks = dict[tuple[date, str], DayMark]


def wanted_marks(spells: list[Spell], first: date, last: date) -> Marks:
    """Return the marks to propose. Of a refused spell these are the days that still wait, where the owner answered for
    some of its days alone."""
    stored = list(DayMark.objects.values_list("date", "kind", "state", "spell"))
    waiting = {(day, kind) for day, kind, state, _ in stored if state == DayMark.State.PROPOSED}
    answers = [Answer(*row) for row in stored if row[2] != DayMark.State.PROPOSED]
    refused = [spell for spell in spells if spell.is_refused(answers)]
    others = [spell for spell in spells if spell not in refused]
    still = {key: mark for key, mark in marks_of(refused, first, last).items() if key in waiting}
    return still | marks_of(others, first, last)


def marks_of(spells: Iterable[Spell], first: date, last: date) -> Marks:
    """Return the marks to propose by day and kind. What several rules say of one is put together."""
    marks: Marks = {}
    for spell in spells:
        for day, reasons in spell.days.items():
            if first <= day <= last:
                mark = DayMark(
                    date=day, kind=spell.kind, state=DayMark.State.PROPOSED, spell=spell.first
                )
                marks.setdefault((day, str(spell.kind)), mark).reasons += reasons
    return marks


def store(wanted: Marks) -> Counter[str]:
    """Write what is not there yet, and the reasons that have changed; return how many are new, by kind."""
    stored = {
        (one.date, one.kind): one
        for one in DayMark.objects.filter(date__in={day for day, _ in wanted})
    }
    new = [mark for key, mark in wanted.items() if key not in stored]
    for key, mark in wanted.items():
        known = stored.get(key)
        if known and (known.reasons, known.spell) != (mark.reasons, mark.spell):
            # Whoever answers meanwhile has seen the old ones.
            changed = DayMark.objects.proposed().filter(pk=known.pk)
            with without_revisions():
                changed.update(reasons=mark.reasons, spell=mark.spell, updated_at=timezone.now())
    # Another process may be proposing the same.
    DayMark.objects.bulk_create(new, ignore_conflicts=True)
    return Counter(str(mark.kind) for mark in new)


def withdraw(wanted: Marks, first: date, last: date) -> Counter[str]:
    """Delete the proposals that no rule makes any more; return how many, by kind."""
    gone = [
        mark
        for mark in DayMark.objects.proposed().between(first, last)
        if (mark.date, mark.kind) not in wanted
    ]
    with without_revisions():
        DayMark.objects.proposed().filter(pk__in=[mark.pk for mark in gone]).delete()
    return Counter(mark.kind for mark in gone)

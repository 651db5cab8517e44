"""Quick entry: the behaviours that are asked, with what can be answered for a day and the day before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from journal.models import HIGHEST, LOWEST, NO, YES, AnswerOfDay, Behaviour, counting
from journal.quick import PLACES
from journal.words import amount_words, day_name
from lifetracker.days import ONE_DAY
from lifetracker.models import MANUAL

#: Amounts of so many days are offered again, of each behaviour so many.
OFFERED_DAYS = timedelta(days=14)
MOST_OFFERED = 3
KIND = Behaviour.Kind
MOOD = "Mood"
#: What a button sends before the value that it takes back.
TAKEN_BACK = "back "


class Choice(NamedTuple):
    """A button: what it says, and what it sends, such as `4` to answer or `back 4` to take that answer back."""

    label: str
    sent: str
    is_chosen: bool


#: Written out, because a template takes several times as long over the hundred buttons of twenty behaviours.
BUTTON = '<button class="tap{}" id="tap-{}-{}" type="submit" name="value" value="{}" aria-pressed="{}">{}</button>'


@dataclass(frozen=True)
class Cell:
    """What can be answered to one behaviour on one day. What a template asks for several times is made once."""

    row: Row
    day: date
    today: date

    @cached_property
    def answer(self) -> AnswerOfDay | None:
        return self.row.answers.get(self.day)

    @cached_property
    def day_name(self) -> str:
        return day_name(self.day, self.today)

    @cached_property
    def iso_day(self) -> str:
        return self.day.isoformat()

    @cached_property
    def key(self) -> str:
        """Return by what its parts are told from those of the other cells of a page."""
        return f"{self.row.key}-{self.day:%m%d}"

    @cached_property
    def words(self) -> str:
        """Return what is asked, and what was answered."""
        return f"{self.row.name}, {self.day_name}: {self.state}"

    @property
    def is_imported(self) -> bool:
        return self.answer is not None and not self.answer.is_typed_in

    @property
    def typed_for(self) -> str:
        """Return whose amount is typed in here."""
        return f"{self.row.pk} {self.iso_day}"

    @property
    def buttons(self) -> SafeString:
        return format_html_join(
            "",
            BUTTON,
            (
                (
                    " chosen" if one.is_chosen else "",
                    self.key,
                    number,
                    one.sent,
                    "true" if one.is_chosen else "false",
                    one.label,
                )
                for number, one in enumerate(self.choices, start=1)
            ),
        )

    @property
    def choices(self) -> list[Choice]:
        if self.row.kind == KIND.YES_NO:
            return [self.choice(YES, "Yes"), self.choice(NO, "No")]
        if self.row.kind == KIND.SCALE:
            return [self.choice(value, str(value)) for value in range(LOWEST, HIGHEST + 1)]
        return [self.choice(value, amount_words(value)) for value in self.amounts]

    @property
    def amounts(self) -> list[float]:
        """Return the amounts that are offered, lowest first: the one of the day, and those of before."""
        own = [self.answer.value] if self.answer else []
        return sorted(dict.fromkeys([*own, *self.row.usual_amounts[:MOST_OFFERED]]))

    def choice(self, value: float, label: str) -> Choice:
        is_chosen = self.answer is not None and self.answer.value == value
        is_taken_back = is_chosen and self.answer is not None and self.answer.is_typed_in
        sent = f"{value:.{PLACES}f}".rstrip("0").rstrip(".")
        return Choice(label, f"{TAKEN_BACK}{sent}" if is_taken_back else sent, is_chosen)

    @property
    def state(self) -> str:
        """Return what is said of the answer: that there is none, that it was imported, its note."""
        if self.answer is None:
            return "no answer"
        return self.answer.note if self.answer.is_typed_in else "imported"


@dataclass
class Row:
    """`pk` is None for the one that is offered before there is any."""

    pk: int | None
    name: str
    kind: str
    unit: str
    answers: dict[date, AnswerOfDay] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what a form calls the behaviour."""
        return "mood" if self.pk is None else str(self.pk)

    @property
    def is_amount(self) -> bool:
        return self.kind == KIND.AMOUNT

    @property
    def usual_amounts(self) -> list[float]:
        """Return the amounts of the last two weeks, the most frequent first."""
        every = [one.value for one in self.answers.values()]
        return sorted(dict.fromkeys(every), key=lambda value: (-every.count(value), value))


class AskedRow(NamedTuple):
    row: Row
    #: The earlier day first.
    cells: list[Cell]

    @property
    def is_scale(self) -> bool:
        return self.row.kind == KIND.SCALE

    @property
    def is_offer(self) -> bool:
        return self.row.pk is None


@dataclass(frozen=True)
class Entry:
    day: date
    today: date
    rows: list[AskedRow]
    #: Whether there is a behaviour at all, also one that is not asked any more.
    has_any: bool

    @property
    def iso_day(self) -> str:
        return self.day.isoformat()

    @property
    def asked(self) -> list[AskedRow]:
        """Return what is asked: before there is anything, how the mood was."""
        if self.has_any:
            return self.rows
        return [asked_row(Row(None, MOOD, KIND.SCALE, ""), self.day, self.today)]

    @property
    def number_answered(self) -> int:
        return sum(1 for one in self.rows if self.day in one.row.answers)

    @property
    def in_short(self) -> str:
        return f"{self.number_answered} of {len(self.rows)} answered"


def asked_row(row: Row, day: date, today: date) -> AskedRow:
    return AskedRow(row, [Cell(row, one, today) for one in (day - ONE_DAY, day)])


def entry_of(day: date, today: date) -> Entry:
    """Read what is asked on a day, with the answers of the two weeks before it, by one statement."""
    given = FilteredRelation(
        "answers",
        condition=Q(answers__deleted_at=None, answers__date__range=(day - OFFERED_DAYS, day)),
    )
    found = Behaviour.objects.live().annotate(given=given).order_by("position", "pk", "given__pk")
    own: dict[int, Row] = {}
    archived: set[int] = set()
    answers: list[tuple[int, date, AnswerOfDay]] = []
    for pk, into, name, kind, unit, archived_at, *answer in found.values_list(
        *("pk", "merged_into", "name", "kind", "unit", "archived_at"),
        *("given__date", "given__pk", "given__value", "given__note", "given__source"),
    ):
        if into is None:
            own.setdefault(pk, Row(pk, name, kind, unit))
            archived |= {pk} if archived_at else set()
        when, number, value, note, source = answer
        if when is not None:
            answers.append((into or pk, when, AnswerOfDay(number, value, note, source == MANUAL)))
    for pk, when, one in sorted(answers, key=lambda each: each[2].pk):
        if pk in own:
            days = own[pk].answers
            days[when] = counting(days.get(when), one)
    rows = [asked_row(row, day, today) for pk, row in own.items() if pk not in archived]
    return Entry(day, today, rows, bool(own))

"""What can be found by words. An app declares what of its own in `search.py`, where it is found as its cards are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from django.db.models import BooleanField, DateTimeField, Func, Model, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from lifetracker.days import FIRST_DAY, midnight
from lifetracker.models.together import Few, read_together

#: So many of each kind are shown.
MOST = 6
#: Of what is typed, so many characters and so many words are looked for.
LONGEST, MOST_WORDS = 100, 6

FIRST_MOMENT = midnight(FIRST_DAY, UTC)

Rows = TypeVar("Rows", bound=QuerySet[Model])


class SearchResult(NamedTuple):
    """Something that was found. `beside` says what it is, or when."""

    title: str
    url: str
    beside: str = ""


class Asked(NamedTuple):
    """What is looked for: `text` as it was typed, without what is too long; `words` without accents and capitals."""

    text: str
    words: tuple[str, ...]
    today: date
    is_staff: bool = False

    def fits(self, *names: str) -> bool:
        """Return whether each of the words is in one of these names."""
        # Between names is what no word has.
        plain = folded("\n".join(names))
        return all(word in plain for word in self.words)


@dataclass(frozen=True)
class Finder:
    """A kind of thing that can be found."""

    #: The heading over what was found.
    title: str
    #: What is searched, for whoever asks what can be: `repositories by name`.
    searched: str
    #: Finders of lower numbers stand before the others.
    order: int
    #: Yields what fits, the best first. Looks at a bounded number of rows, whatever there is. Takes what is asked, and the rows
    #: of `few` where it names them.
    find: Callable[..., Iterable[SearchResult]]
    #: The rows that it looks at, where they are few: those of all finders are read by one statement, by their keys.
    few: Callable[[Asked], Few] | None = None


class Group(NamedTuple):
    title: str
    found: list[SearchResult]
    #: Whether there is more of it than is shown.
    has_more: bool


finders: dict[str, Finder] = {}


def register_finder(finder: Finder) -> None:
    finders[finder.title] = finder


def in_order() -> list[Finder]:
    return sorted(finders.values(), key=attrgetter("order", "title"))


def asked_for(typed: str, today: date, *, is_staff: bool) -> Asked:
    """Return what is looked for, of whatever was typed."""
    text = " ".join(typed.replace("\0", " ")[:LONGEST].split())
    return Asked(text, tuple(folded(text).split()[:MOST_WORDS]), today, is_staff)


def groups_of(asked: Asked) -> list[Group]:
    """Return what is found, by kind; nothing without words."""
    if not asked.words:
        return []
    rows = read_together({one.title: one.few(asked) for one in in_order() if one.few})
    found = (
        (one, list(islice(one.find(asked, *([rows[one.title]] if one.few else [])), MOST + 1)))
        for one in in_order()
    )
    return [Group(one.title, some[:MOST], len(some) > MOST) for one, some in found if some]


def folded(text: str) -> str:
    """Return a text without capitals and accents."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    parts = unicodedata.normalize("NFKD", lower)
    return "".join(part for part in parts if not unicodedata.combining(part))


# --- In the database ------------------------------------------------------------------------------

#: Letters that stand for others with an accent.
ACCENTED = re.compile(r"[aceilnosuyz]|[^\x00-\x7f]")


class Like(Func):
    """Whether a text looks like a pattern, whatever the case of its ASCII letters; on PostgreSQL of all letters."""

    arity = 2
    output_field = BooleanField()
    arg_joiner = " LIKE "
    template = r"(%(expressions)s ESCAPE '\')"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" ILIKE ", **context)


class HasOtherThanAscii(Func):
    """Whether a text has a character that is longer than a byte."""

    arity = 1
    output_field = BooleanField()
    template = "(length(CAST(%(expressions)s AS BLOB)) > length(%(expressions)s))"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(octet_length(%(expressions)s) > length(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)


def newest(rows: Rows, column: str, number: int) -> Rows:
    """Return the rows of the last moments of a column that has an index: so many of all, also of those that are deleted."""
    moments = rows.model._default_manager.order_by(f"-{column}").values(column)
    edge = Subquery(moments[number : number + 1], output_field=DateTimeField())
    return rows.filter(**{f"{column}__gte": Coalesce(edge, Value(FIRST_MOMENT))})


def likely(rows: Rows, column: str, words: Iterable[str]) -> Rows:
    """Return the rows in whose text each of the words may be, for `Asked.fits` to be sure: with accents it may be another
    word."""
    for word in words:
        rows = rows.filter(Q(contains(column, escaped(word))) | likeness(column, word))
    return rows


def likeness(column: str, word: str) -> Q:
    """Return the condition for texts with accents, in which any character may stand for one that has such."""
    pattern = "".join("_" if ACCENTED.match(char) else escaped(char) for char in word)
    return Q(HasOtherThanAscii(column), contains(column, pattern))


def contains(column: str, pattern: str) -> Combinable:
    return Like(column, Value(f"%{pattern}%"))


def escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


# --- By name --------------------------------------------------------------------------------------


class Named(NamedTuple):
    """What can be found by its names."""

    names: tuple[str, ...]
    title: str
    #: Makes its address, which takes longer than to look at its names: only that of what is found is made.
    address: Callable[[], str]
    beside: str = ""


def by_name(asked: Asked, rows: Iterable[Named]) -> Iterator[SearchResult]:
    """Yield what has all words in its names, first what begins with what was typed."""
    begin = folded(asked.text)
    fitting = [one for one in rows if asked.fits(*one.names)]
    fitting.sort(key=lambda one: not folded(one.names[0]).startswith(begin))
    for one in fitting:
        yield SearchResult(one.title, one.address(), one.beside)

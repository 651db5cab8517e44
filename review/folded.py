"""Which rows of a section stand at once, and which are folded away, because a line says enough of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lifetracker.words import counted
from review.sections import Row

#: So many rows stand at once.
MOST_AT_ONCE = 18
#: Fewer that are as usual are not worth a press.
LEAST_FOLDED = 3
#: More rows are a list that is folded as a whole, where a sentence says what they come to.
MOST_IN_LIST = 12


class Fold(NamedTuple):
    title: str
    rows: Sequence[Row]

    @property
    def words(self) -> str:
        """Return `3 numbers about as usual: Sleep 7 h 04 (6 of 7 days), Bedtime 23:10, Steps 8,412 a day.`"""
        return f"{self.title}: {', '.join(map(brief, self.rows))}."


def folded(rows: Sequence[Row]) -> tuple[list[Row], list[Fold]]:
    """Return the rows that stand at once, and the others by what they have in common."""
    usual = [row for row in rows if row.is_usual]
    if len(usual) < LEAST_FOLDED:
        usual = []
    others = [row for row in rows if row not in usual]
    more = others[MOST_AT_ONCE:]
    folds = []
    if usual:
        folds.append(Fold(f"{counted(len(usual), 'number')} about as usual", usual))
    if more:
        folds.append(Fold(f"{len(more)} more", more))
    return others[:MOST_AT_ONCE], folds


def is_list(rows: Sequence[Row]) -> bool:
    return len(rows) > MOST_IN_LIST and not any(row.is_usual for row in rows)


def brief(row: Row) -> str:
    known = f" ({row.known})" if row.known else ""
    return f"{row.name} {row.value}{known}"

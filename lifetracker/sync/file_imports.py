"""What imports of files share: what they would do in words, when they ask first, and what is kept of rejected rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lifetracker.models import RejectedItem
from lifetracker.sync.files import CannotImport, Refusal
from lifetracker.words import counted

# As many records may be stored in the stretch of a file that has none of them.
STRANGERS_UNASKED = 3
# A file may remove so many records, and such a share of those in its stretch, without a question.
REMOVED_UNASKED = 10
SHARE_REMOVED_UNASKED = 0.2
# Lines of one kind; how many more there are is said.
MOST_LINES = 20
# So many of what would be removed are named in a question.
NAMED_IN_QUESTION = 3
REJECTED = "rejected"

# The order of keys must not depend on the database: the text tells a changed row.
to_json = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True
).encode


def is_too_little(known: int, compared: int, removed: int) -> bool:
    """Return whether a file knows too little of the records that are stored in its stretch (`compared`), so that it is
    perhaps another person's. `known`: how many of them it has; `removed`: how many it would remove."""
    is_stranger = not known and compared > STRANGERS_UNASKED
    is_many = removed > REMOVED_UNASKED and removed > SHARE_REMOVED_UNASKED * compared
    return is_stranger or is_many or removed > known


class Question(CannotImport):
    """The file knows too little of what is stored. `outcome`: what it would have done."""

    def __init__(self, text: str, outcome: Any) -> None:
        super().__init__(text)
        self.outcome = outcome


def first_named(texts: Sequence[str]) -> str:
    """Return the first of what would be removed, and how many more there are."""
    rest = len(texts) - NAMED_IN_QUESTION
    return "; ".join([*texts[:NAMED_IN_QUESTION], *([f"and {rest} more"] if rest > 0 else [])])


# --- In words -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lines:
    """Records of one kind: the first of them in words, and how many there are."""

    title: str
    texts: list[str]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.texts)


def lines(title: str, texts: Iterable[str], count: int | None = None) -> Lines:
    """`count`: how many there are, if these are only the first."""
    every = list(texts)
    return Lines(title, every[:MOST_LINES], len(every) if count is None else count)


def rejected_lines(refusals: Iterable[Refusal]) -> Lines:
    return lines(REJECTED, (f"{refusal.where}: {refusal.reason}" for refusal in refusals))


def fingerprint_of(parts: Iterable[str]) -> str:
    """Return a text that is the same for two imports that do the same."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Preview:
    """What an import would do, in plain values. `counts`: by the word of the page. `question`: why it does nothing
    before the person has said that the file is to replace what is stored. `noun`: what its records are."""

    about: str
    zones: str
    counts: dict[str, int]
    lists: list[Lines]
    remarks: list[str]
    fingerprint: str
    question: str = ""
    noun: str = "fast"
    #: What else changes, such as `2 days marked as complete`.
    also: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Preview:
        lists = [Lines(**one) for one in values["lists"]]
        return cls(**{**values, "lists": lists})

    @property
    def sentence(self) -> str:
        """Return what the import would do, such as `41 new fasts, 1 changed. Nothing is stored yet.`"""
        if self.question:
            return "Check this file first: it has little of what is stored."
        found = [(self.counts.get(name, 0), name) for name in ("new", "changed", "removed")]
        parts = [(count, name) for count, name in found if count]
        if not (parts or self.also):
            return "Everything in this file is stored already."
        words = [counted(count, f"{name} {self.noun}") for count, name in parts[:1]]
        words += [*(f"{n:,} {word}" for n, word in parts[1:]), *self.also]
        return f"{', '.join(words)}. Nothing is stored yet."


class PreviewChanged(Exception):
    """What is stored has changed since the preview, so that the import would do something else. Nothing was written."""


def with_question(preview: Callable[[bool, str], Preview]) -> Preview:
    """Return what an import would do, and what it asks first. `preview` tries it out and takes it back: whether the file may replace
    what is stored, and the question that this answers. Raises CannotImport."""
    try:
        return preview(False, "")
    except Question as question:
        asked = str(question)
    return preview(True, asked)


# --- Rejected rows --------------------------------------------------------------------------------


def record_rejected(source: str, stream: str, refusals: Iterable[Refusal]) -> None:
    """Record what is rejected. Every export is whole, so what this one does not refuse is mended or gone."""
    listed = RejectedItem.objects.filter(source=source, stream=stream)
    items = {item_key(refusal): refusal for refusal in refusals}
    listed.exclude(item_key__in=items).delete()
    for key, refusal in items.items():
        listed.record(
            source,
            stream,
            key,
            payload=to_json(refusal.payload),
            reason=f"{refusal.where}: {refusal.reason}",
        )


def item_key(refusal: Refusal) -> str:
    text = f"{refusal.where} {to_json(refusal.payload)}"
    return refusal.source_id or f"digest:{hashlib.sha256(text.encode()).hexdigest()}"

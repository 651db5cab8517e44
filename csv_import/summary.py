"""What an import of a CSV does, in words."""

from __future__ import annotations

from csv_import.job import Outcome
from lifetracker.sync.file_imports import Lines, Preview, fingerprint_of, lines, rejected_lines
from lifetracker.words import counted


def fingerprint(outcome: Outcome) -> str:
    """Return a text that is the same for two imports that do the same."""
    return fingerprint_of(
        [
            *(f"new {text}" for text in outcome.created),
            *(f"changed {text}" for text in outcome.updated),
            *(f"typed in {text}" for text in outcome.typed_in),
            f"rejected {outcome.refusals}",
            count_words(outcome),
        ]
    )


def preview_of(outcome: Outcome, question: str) -> Preview:
    return Preview(
        about="as its columns were chosen",
        zones=f"Times that do not say their zone are read as those of {outcome.choices.zone}.",
        counts={
            "new": len(outcome.created),
            "changed": len(outcome.updated),
            "unchanged": outcome.unchanged,
            "typed in, kept": len(outcome.typed_in),
            "rejected": len(outcome.refusals),
        },
        lists=all_lines(outcome),
        remarks=[count_words(outcome)],
        fingerprint=fingerprint(outcome),
        question=question,
        noun="value",
    )


def count_words(outcome: Outcome) -> str:
    known = f", {len(outcome.known):,} as another source has them" if outcome.known else ""
    typed = f", {len(outcome.typed_in):,} typed in and kept" if outcome.typed_in else ""
    return (
        f"{counted(outcome.records, 'value')}: {len(outcome.created):,} new, {len(outcome.updated):,} changed, "
        f"{outcome.unchanged:,} the same{typed}{known}, {len(outcome.refusals):,} rejected"
    )


def all_lines(outcome: Outcome) -> list[Lines]:
    """Return what is written, and what a person should know of the file."""
    facts = outcome.facts
    others = [
        f"{name or 'no name'}: {number:,} rows" for name, number in facts.others.most_common()
    ]
    empty = [f"{counted(facts.empty, 'empty cell')}: unknown, never zero"] if facts.empty else []
    found = [
        rejected_lines(outcome.refusals),
        lines("new", outcome.created),
        lines("changed", outcome.updated),
        lines("typed in by hand, and not overwritten", outcome.typed_in),
        lines("left out, because another source has it", outcome.known),
        lines("left out, because it goes nowhere", others),
        lines("note", [*facts.remarks, *empty]),
    ]
    return [one for one in found if one.count]


def imported_words(name: str, outcome: Outcome) -> str:
    counts = outcome.counts()
    new = counted(counts.created, "new value")
    words = f"{name}: {new}, {counts.updated:,} changed, {counts.unchanged:,} unchanged"
    return f"{words}, {counts.rejected:,} rejected." if counts.rejected else f"{words}."

"""What an import does, in the words of the command and of the page."""

from __future__ import annotations

from lifetracker.sync.file_imports import Lines, Preview, fingerprint_of, lines, rejected_lines
from lifetracker.words import counted, joined
from whoop.exports.export import CYCLE, RECOVERY, SLEEP, WORKOUT, Export, Options
from whoop.exports.headers import CYCLES, JOURNAL, SLEEPS, WORKOUTS
from whoop.exports.outcome import JOURNAL as ANSWERS
from whoop.exports.outcome import Outcome

TABLES = {
    CYCLES: "cycles and recoveries",
    SLEEPS: "sleeps",
    WORKOUTS: "workouts",
    JOURNAL: "the journal",
}
NOUNS = {
    CYCLE: ("cycle", "cycles"),
    RECOVERY: ("recovery", "recoveries"),
    SLEEP: ("sleep", "sleeps"),
    WORKOUT: ("workout", "workouts"),
    ANSWERS: ("answer of the journal", "answers of the journal"),
}
PAIRED = (
    "Answers of the journal are about the day before the night beside which WHOOP shows them.",
    "Answers of the journal are about the day on which you woke up, as you chose.",
)


def about(export: Export) -> str:
    """Return what the file has."""
    found = [words for kind, words in TABLES.items() if kind in export.tables]
    return f"{joined(found)} of WHOOP's export"


def all_lines(outcome: Outcome) -> list[Lines]:
    """Return what is written, and what a person should know of the file."""
    skipped = [f"{what}: {count:,}" for what, count in outcome.export.skipped.items()]
    if outcome.doubled:
        skipped.append(
            f"answers to a question that has another answer on that day: {outcome.doubled:,}"
        )
    created = [text for one in outcome.changes.values() for text in one.created]
    updated = [text for one in outcome.changes.values() for text in one.updated]
    found = [
        rejected_lines(outcome.refusals),
        lines("new", created),
        lines("changed", updated),
        lines("left out", skipped),
        lines("note", outcome.export.remarks),
    ]
    return [one for one in found if one.count]


def count_words(outcome: Outcome) -> list[str]:
    """Return a sentence of counts for each kind that the file has."""
    found = []
    for kind, changes in outcome.changes.items():
        counts = changes.counts()
        if counts.seen:
            hidden = f", {changes.hidden:,} of an earlier file replaced" if changes.hidden else ""
            found.append(
                f"{counted(counts.seen, *NOUNS[kind])}: {counts.created:,} new, {counts.updated:,} changed, "
                f"{changes.unchanged:,} the same, {changes.known:,} as WHOOP's API has them{hidden}"
            )
    return [*found, f"{counted(len(outcome.refusals), 'row')} rejected"]


def remarks(outcome: Outcome, options: Options) -> list[str]:
    """Return what is to be known of the whole."""
    return [PAIRED[options.on_waking_day]] if outcome.export.answers else []


def fingerprint(outcome: Outcome) -> str:
    """Return a text that is the same for two imports that do the same."""
    changes = outcome.changes.values()
    return fingerprint_of(
        [
            *(f"new {text}" for one in changes for text in one.created),
            *(f"changed {text}" for one in changes for text in one.updated),
            f"rejected {outcome.refusals}",
            *count_words(outcome),
        ]
    )


def zones_words(options: Options) -> str:
    return f"Its times are those of the place where you were; rows that name no zone are of {options.home.key}."


def preview_of(outcome: Outcome, options: Options, question: str) -> Preview:
    total = outcome.total()
    known = sum(one.known for one in outcome.changes.values())
    return Preview(
        about=about(outcome.export),
        zones=zones_words(options),
        counts={
            "new": total.created,
            "changed": total.updated,
            "unchanged": total.unchanged - known,
            "as WHOOP's API has them": known,
            "rejected": total.rejected,
        },
        lists=all_lines(outcome),
        remarks=[*count_words(outcome)[:-1], *remarks(outcome, options)],
        fingerprint=fingerprint(outcome),
        question=question,
        noun="record",
        also=(f"{counted(total.deleted, 'record')} replaced",) if total.deleted else (),
    )


def imported_words(name: str, outcome: Outcome) -> str:
    total = outcome.total()
    words = f"{name}: {counted(total.created, 'new record')}, {total.updated:,} changed, {total.unchanged:,} unchanged"
    parts = ((total.deleted, "replaced"), (total.rejected, "rejected"))
    more = "".join(f", {number:,} {what}" for number, what in parts if number)
    return f"{words}{more}."

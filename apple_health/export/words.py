"""What an import of an export does, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apple_health.export.job import Outcome
from lifetracker.sync.file_imports import Lines, Preview, fingerprint_of, lines, rejected_lines
from lifetracker.words import counted

#: One of each kind, and several.
NOUNS = {
    "days": ("day", "days"),
    "nights": ("night", "nights"),
    "weigh-ins": ("weigh-in", "weigh-ins"),
    "workouts": ("workout", "workouts"),
}


def about(outcome: Outcome) -> str:
    export = outcome.export
    words = f"an export of Apple Health of {export.reported_at:%Y-%m-%d %H:%M} UTC, {counted(export.found.records, 'record')}"
    return f"{words}. Days without a time zone of their own are those of TIME_ZONE."


def count_words(outcome: Outcome) -> Iterator[str]:
    """Yield a line for each kind of record."""
    for kind, stored in outcome.stored.items():
        counts = stored.counts()
        parts = [
            f"{counts.created:,} new",
            f"{counts.updated:,} changed",
            f"{stored.unchanged:,} the same",
        ]
        parts += [f"{stored.known:,} that another source has too"] if stored.known else []
        parts += [f"{stored.hidden:,} replaced"] if stored.hidden else []
        parts += [f"{counts.rejected:,} rejected"] if counts.rejected else []
        yield f"{counted(counts.seen, *NOUNS[kind])}: {', '.join(parts)}"
    if rejected := outcome.export.found.rejected:
        yield f"{counted(rejected, 'record')} could not be read"
    if outcome.values_refused:
        yield f"{counted(outcome.values_refused, 'value')} of a day, a night or a workout cannot be, and were left out"


def all_lines(outcome: Outcome, *, dry_run: bool) -> Iterable[Lines]:
    """Return what is written, what was left out and what was rejected."""
    found = outcome.export.found
    others = sum(found.other_types.values())
    left_out = [f"{reason}: {count:,}" for reason, count in found.left_out.items()]
    left_out += [f"records of kinds that are not read: {others:,}"] if others else []
    refused = rejected_lines(outcome.refusals)
    hidden = found.rejected - len(found.refusals)
    every = [
        Lines(refused.title, refused.texts, refused.count + hidden),
        lines("left out", left_out),
    ]
    if dry_run:
        every += [
            lines(f"{what} {kind}", sorted({f"{day}" for day in days}), len(days))
            for kind, stored in outcome.stored.items()
            for what, days in (("new", stored.created), ("changed", stored.updated))
        ]
    return [one for one in every if one.count]


def fingerprint(outcome: Outcome) -> str:
    """Return a text that is the same for two imports that do the same."""
    return fingerprint_of(
        [
            *count_words(outcome),
            *(
                f"{kind} {stored.created} {stored.updated}"
                for kind, stored in outcome.stored.items()
            ),
        ]
    )


def preview_of(outcome: Outcome, question: str) -> Preview:
    counts = [one.counts() for one in outcome.stored.values()]
    return Preview(
        about=about(outcome),
        zones="",
        counts={
            "new": sum(one.created for one in counts),
            "changed": sum(one.updated for one in counts),
            "unchanged": sum(one.unchanged for one in outcome.stored.values()),
            "of another source": sum(one.known for one in outcome.stored.values()),
            "rejected": sum(one.rejected for one in counts)
            + outcome.export.found.rejected
            + outcome.values_refused,
        },
        lists=list(all_lines(outcome, dry_run=True)),
        remarks=list(count_words(outcome)),
        fingerprint=fingerprint(outcome),
        question=question,
        noun="record",
    )


def imported_words(name: str, outcome: Outcome) -> str:
    """Return what came of a file, such as `export.zip: 412 new days, 400 new nights, 3 changed.`"""
    counts = {kind: one.counts() for kind, one in outcome.stored.items()}
    new = [
        counted(one.created, *(f"new {noun}" for noun in NOUNS[kind]))
        for kind, one in counts.items()
        if one.created
    ]
    changed = sum(one.updated for one in counts.values())
    parts = [*new, *([f"{changed:,} changed"] if changed else [])]
    return f"{name}: {', '.join(parts) or 'all of it was stored already'}."

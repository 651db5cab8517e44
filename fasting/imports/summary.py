"""What an import does, in the words of the command and of the page."""

from __future__ import annotations

from operator import attrgetter
from zoneinfo import ZoneInfo

from django.utils import timezone

from fasting.imports.outcome import Outcome
from fasting.imports.stored import Stored
from fasting.models import FastingPeriod, spoken
from fasting.zero import CSV, Fast, Options
from lifetracker.sync.file_imports import (
    Lines,
    Preview,
    fingerprint_of,
    lines,
    rejected_lines,
)
from lifetracker.words import counted


def changes(outcome: Outcome, zone: ZoneInfo) -> list[Lines]:
    """Return what is written: for who has not imported it yet."""
    new = (f"{times(fast, zone)} ({fast.where})" for fast in outcome.created)
    changed = (change(*pair, zone) for pair in outcome.updated)
    return [lines("new", new), lines("changed", changed)]


def remainder(outcome: Outcome, zone: ZoneInfo) -> list[Lines]:
    """Return what is removed, what stays as it is, and what a person should know of the file."""
    stays = sorted([*outcome.kept, *outcome.spared], key=attrgetter("start"))
    running = (f"since {one.since} ({one.where})" for one in outcome.export.running)
    overlaps = outcome.overlaps
    pairs = (f"{times(a, zone)} and {times(b, zone)}" for a, b in overlaps.pairs)
    return [
        lines("removed", (fast.times(zone) for fast in outcome.removed)),
        lines("kept, though not in this file", (fast.times(zone) for fast in stays)),
        lines("running, not imported", running),
        lines("note", outcome.export.remarks),
        lines("overlap", pairs, overlaps.count),
    ]


def rejected(outcome: Outcome) -> Lines:
    return rejected_lines(outcome.refusals)


def count_words(outcome: Outcome) -> str:
    export = outcome.export
    return (
        f"{len(outcome.created)} new, {len(outcome.updated)} changed, "
        f"{outcome.unchanged} the same, {len(outcome.removed)} removed, "
        f"{len(outcome.refusals)} rejected, {len(export.running)} running, "
        f"{export.duplicates} listed twice, "
        f"{outcome.matched} matched with the other form of export"
    )


def remarks(outcome: Outcome) -> list[str]:
    """Return why fasts are kept that the file lacks, and that some overlap."""
    found = []
    if outcome.kept:
        found.append(
            f"Not in this file, and kept: {counted(len(outcome.kept), 'fast')} of the other form of export. "
            "Too few others are in both to know what was deleted in the app."
        )
    if outcome.spared:
        found.append(
            f"Not in this file, and kept: {counted(len(outcome.spared), 'fast')}. A row that cannot be read "
            "could be any of them."
        )
    if outcome.overlaps.count:
        found.append(f"Pairs of fasts that overlap, all kept: {outcome.overlaps.count}")
    return found


def fingerprint(outcome: Outcome) -> str:
    """Return a text that is the same for two imports that do the same."""
    parts = [
        *(f"new {fast}" for fast in outcome.created),
        *(f"changed {before} {after}" for before, after in outcome.updated),
        *(f"removed {one}" for one in outcome.removed),
        f"rejected {outcome.refusals}",
        count_words(outcome),
    ]
    return fingerprint_of(parts)


def zones_stored(outcome: Outcome, options: Options) -> str:
    """Return in which zones the fasts of the file are stored, and in which one their times are told here."""
    assumed, parts = options.zone.key, []
    own = timezone.get_default_timezone_name()
    for zone, count in sorted(
        outcome.zones.items(), key=lambda item: (item[0] != assumed, -item[1])
    ):
        if zone is None:
            parts.append(f"{count} without a zone, with days by TIME_ZONE ({own})")
        elif outcome.export.form == CSV and zone != assumed:
            parts.append(f"{count} in {zone}, as an earlier import placed them")
        else:
            parts.append(f"{count} in {zone}")
    stored = f"Fasts stored: {', '.join(parts)}. " if parts else ""
    return f"{stored}Times below are those of {assumed}."


def times(fast: Fast | Stored | FastingPeriod, zone: ZoneInfo) -> str:
    end = spoken(fast.end, zone) if fast.end else "now"
    return f"{spoken(fast.start, zone)} to {end}"


def change(before: Stored, after: Fast, zone: ZoneInfo) -> str:
    if before.deleted_at:
        return f"{times(after, zone)} is back"
    if (before.start, before.end) == (after.start, after.end):
        return f"{times(after, zone)}, in its details"
    return f"{times(before, zone)} is now {times(after, zone)}"


def preview_of(outcome: Outcome, options: Options, question: str) -> Preview:
    zone = options.zone
    found = [rejected(outcome), *changes(outcome, zone), *remainder(outcome, zone)]
    return Preview(
        about=outcome.export.about,
        zones=zones_stored(outcome, options),
        counts={
            "new": len(outcome.created),
            "changed": len(outcome.updated),
            "unchanged": outcome.unchanged,
            "removed": len(outcome.removed),
            "overlapping": outcome.overlaps.count,
            "rejected": len(outcome.refusals),
        },
        lists=[one for one in found if one.count],
        remarks=remarks(outcome),
        fingerprint=fingerprint(outcome),
        question=question,
    )


def imported_words(name: str, outcome: Outcome) -> str:
    counts = outcome.counts()
    words = f"{name}: {counts.created} new, {counts.updated} changed, {counts.unchanged} unchanged"
    removed = f", {counts.deleted} removed" if counts.deleted else ""
    rejected = f", {counts.rejected} rejected" if counts.rejected else ""
    return f"{words}{removed}{rejected}."

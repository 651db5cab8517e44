"""What an import does, in the words of the command and of the page."""

from __future__ import annotations

from collections.abc import Iterator

from lifetracker.sync.file_imports import Lines, Preview, fingerprint_of, lines, rejected_lines
from lifetracker.words import counted
from nutrition.diary_import.entries import DiaryMeal, Options
from nutrition.diary_import.job import Outcome


def all_lines(outcome: Outcome) -> list[Lines]:
    """Return what is written, what is removed, and what a person should know of the file."""
    diary = outcome.diary
    skipped = (f"{what}: {count:,}" for what, count in diary.skipped.items())
    found = [
        rejected_lines(outcome.refusals),
        lines("new", map(words, outcome.created)),
        lines("changed", map(words, outcome.updated)),
        lines("removed", (one.words for one in outcome.removed)),
        lines("kept, though not in this file", (one.words for one in outcome.spared)),
        lines("days complete", map(str, outcome.completed)),
        lines("days no longer complete", map(str, outcome.reopened)),
        lines("skipped", skipped),
        lines("note", diary.remarks),
    ]
    return [one for one in found if one.count]


def words(meal: DiaryMeal) -> str:
    at = f" {meal.at:%H:%M}" if meal.at else ""
    kcal = "unknown energy" if meal.kcal is None else f"{meal.kcal:,.0f} kcal"
    return f"{meal.day}{at} {meal.kind}, {counted(len(meal.items), 'item')}, {kcal} ({meal.items[0].where})"


def count_words(outcome: Outcome) -> str:
    return (
        f"{counted(len(outcome.created), 'meal')} new, {len(outcome.updated):,} changed, "
        f"{outcome.unchanged:,} the same, {len(outcome.removed):,} removed, "
        f"{counted(len(outcome.refusals), 'row')} rejected, {counted(len(outcome.completed), 'day')} marked as complete"
    )


def remarks(outcome: Outcome) -> list[str]:
    """Return what is to be known of the days and of what is kept."""
    found = []
    if outcome.not_marked:
        days = counted(len(outcome.not_marked), "complete day")
        found.append(
            f"{days} of the file were not marked as complete, because not all of their meals are here, and a complete "
            f"day without a meal is a day of fasting. The first one: {outcome.not_marked[0]}. Import the servings as well."
        )
    if outcome.spared:
        found.append(
            f"Not in this file, and kept: {counted(len(outcome.spared), 'meal')}. A row that cannot be read could be "
            "any of them."
        )
    return found


def fingerprint(outcome: Outcome) -> str:
    """Return a text that is the same for two imports that do the same."""
    return fingerprint_of(
        [
            *(f"new {meal}" for meal in outcome.created),
            *(f"changed {meal}" for meal in outcome.updated),
            *(f"removed {one}" for one in outcome.removed),
            f"days {outcome.completed} {outcome.reopened} {outcome.not_marked}",
            f"rejected {outcome.refusals}",
            count_words(outcome),
        ]
    )


def zones_words(options: Options) -> str:
    return f"Its times are those of {options.zone.key}."


def day_words(outcome: Outcome) -> Iterator[str]:
    if outcome.completed:
        yield f"{counted(len(outcome.completed), 'day')} marked as complete"
    if outcome.reopened:
        yield f"{counted(len(outcome.reopened), 'day')} no longer complete"


def preview_of(outcome: Outcome, options: Options, question: str) -> Preview:
    return Preview(
        about=outcome.diary.about,
        zones=zones_words(options),
        counts={
            "new": len(outcome.created),
            "changed": len(outcome.updated),
            "unchanged": outcome.unchanged,
            "removed": len(outcome.removed),
            "days complete": len(outcome.completed),
            "rejected": len(outcome.refusals),
        },
        lists=all_lines(outcome),
        remarks=remarks(outcome),
        fingerprint=fingerprint(outcome),
        question=question,
        noun="meal",
        also=tuple(day_words(outcome)),
    )


def imported_words(name: str, outcome: Outcome) -> str:
    counts = outcome.counts()
    words = f"{name}: {counted(counts.created, 'new meal')}, {counts.updated} changed, {counts.unchanged} unchanged"
    parts = (
        (counts.deleted, "removed"),
        (counts.rejected, "rejected"),
        (len(outcome.completed), "marked as complete days"),
    )
    more = "".join(f", {number} {what}" for number, what in parts if number)
    return f"{words}{more}."

"""What makes an export doubtful, so that it is asked about first: its times, or whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from django.db.models import QuerySet

from lifetracker.models import SourceRecord
from lifetracker.sync.file_imports import Question, is_too_little
from whoop.exports.export import SLEEP, Entry, Options
from whoop.exports.outcome import Outcome

#: Nights whose usual beginning lies between these hours were not read by the clock of the place.
DAYTIME = range(10, 18)
NIGHTS_TO_JUDGE = 5
#: By how much a recovery of one night differs that is another person's, by column: in beats a minute, and in percent.
FAR_APART = {"resting_heart_rate": 3, "recovery_score": 10}


def ask_first(outcome: Outcome, options: Options) -> None:
    """Raise Question, which takes back what has been written, for a file that is perhaps another person's, or whose times
    are not those of the place."""
    if not options.replace and (doubt := doubt_about(outcome)):
        raise Question(doubt, outcome)


def doubt_about(outcome: Outcome) -> str:
    """Return why a file should be looked at first; empty for one that is beyond doubt."""
    nights = [one for one in outcome.export.entries[SLEEP].values() if not one.item["nap"]]
    hours = [(one.start + timedelta(minutes=one.offset)).hour for one in nights]
    if len(hours) >= NIGHTS_TO_JUDGE and median(hours) in DAYTIME:
        return (
            f"By this file, most nights began around {median(hours):.0f}:00. Its times are perhaps not those of the place where "
            "you were. Nothing was imported. If you do sleep by day, add --replace."
        )
    if is_too_little(outcome.common, outcome.compared, 0):
        return (
            f"The file has none of the {outcome.compared:,} records of WHOOP that are stored from its time. It is perhaps "
            "another person's. Nothing was imported. If it is yours, add --replace."
        )
    if outcome.common >= NIGHTS_TO_JUDGE and 2 * outcome.beginning_alike < outcome.common:
        return (
            f"Of {outcome.common:,} records that are stored from the time of this file, only {outcome.beginning_alike:,} begin "
            "when the file says so. It is perhaps another person's. Nothing was imported. If it is yours, add --replace."
        )
    if outcome.measured >= NIGHTS_TO_JUDGE and 2 * outcome.measured_otherwise > outcome.measured:
        return (
            f"Of {outcome.measured:,} recoveries that are stored from the time of this file, {outcome.measured_otherwise:,} have "
            "quite another resting heart rate or score in it. It is perhaps another person's. Nothing was imported. If it is "
            "yours, add --replace."
        )
    return ""


def compare_values(
    outcome: Outcome, stored: QuerySet[SourceRecord], entries: Iterable[Entry]
) -> None:
    """Count how many recoveries of the file begin in the same second as stored ones, and how many of these were measured quite
    otherwise: of one person they are equal, or nearly so where WHOOP has scored a night again."""
    given = {one.start.replace(microsecond=0): one.item for one in entries}
    for start, *values in stored.values_list("start_time", *FAR_APART):
        item = given.get(start.replace(microsecond=0)) if start else None
        if item is None:
            continue
        pairs = zip(FAR_APART, values, strict=True)
        apart = [
            abs(float(here) - float(there)) > FAR_APART[name]
            for name, there in pairs
            if (here := item[name]) is not None and there is not None
        ]
        outcome.measured += bool(apart)
        outcome.measured_otherwise += any(apart)

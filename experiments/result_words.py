"""What is said of what came of an experiment. No order to anybody, and no more than the interval allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from experiments.design import Arm
from experiments.models import Experiment, State, Wanted
from experiments.verdict import Reason, Verdict
from experiments.words import ARM_LETTERS, amount, label_of, quoted, worth_of
from lifetracker.web.sentences import date_words
from lifetracker.words import counted

#: What comes of what was tried, in a word or two.
TITLES = {
    Verdict.KEEP: "Keep it",
    Verdict.DROP: "Drop it",
    Verdict.UNDECIDED: "Not decided",
}


class ResultWords(NamedTuple):
    """What came of an experiment: what was found, and what that means."""

    found: str
    meaning: str = ""

    def __str__(self) -> str:
        return f"{self.found} {self.meaning}".strip()


def result_words(experiment: Experiment) -> ResultWords:
    """Return what came of an experiment; before the end only that nothing is shown yet."""
    if experiment.state == State.STOPPED:
        on = f" on {date_words(experiment.stopped_on)}" if experiment.stopped_on else ""
        return ResultWords(f"Not decided: it was stopped{on}, before its end.")
    result = experiment.result
    if experiment.state != State.ENDED or not result:
        return ResultWords("Shown after the end, so that nobody stops at a lucky moment.")
    return effect_words(experiment, result)


def title_of(result: Mapping[str, Any]) -> str:
    return TITLES[Verdict(result["verdict"])]


def effect_words(experiment: Experiment, result: Mapping[str, Any]) -> ResultWords:
    effect, key, title = result["effect"], experiment.outcome, title_of(result)
    if effect["estimate"] is None:
        return ResultWords(
            f"{title}: no pair of blocks has a known day in both, so that nothing can be said."
        )
    reason = Reason(result["reason"])
    tried, usual = (quoted(experiment.words_of(arm)) for arm in Arm)
    compared_with = "as" if is_same(effect["estimate"], key) else "than"
    change = f"{capitalized(label_of(key))} was {compared(effect['estimate'], key)}"
    found = f"{change} on days of {tried} {compared_with} on days of {usual}"
    if reason is Reason.TOO_FEW:
        known = (
            f"only {counted(effect['known_pairs'], 'pair')} of blocks are known, and six are needed"
        )
        return ResultWords(f"{found}.", f"{title}: {known} to tell a difference from chance.")
    likely = range_words(effect["low"], effect["high"], key)
    return ResultWords(
        f"{found} (likely {likely}).", f"{title}: {reason_words(experiment, reason)}"
    )


def capitalized(label: str) -> str:
    """Return a name as a sentence begins with it: `Energy` of `energy`, and `pH` of `pH`."""
    is_plain = label.partition(" ")[0].islower()
    return f"{label[0].upper()}{label[1:]}" if is_plain else label


def is_same(value: float, key: str) -> bool:
    return amount(value, key) == amount(0.0, key)


def compared(value: float, key: str) -> str:
    """Return a difference with its direction: `9.4 points higher`."""
    if is_same(value, key):
        return "the same"
    return f"{amount(value, key)} {direction(value)}"


def direction(value: float) -> str:
    return "higher" if value > 0 else "lower"


def range_words(low: float, high: float, key: str) -> str:
    """Return an interval as it is read: `1.8 to 17.7 ms higher`, `2.0 to 4.0 ms lower`, `0.3 h lower to 2.1 h higher`."""
    if is_same(low, key) or is_same(high, key) or (low < 0) == (high < 0):
        least, most = sorted((low, high), key=abs)
        if is_same(most, key):
            return f"about {amount(0.0, key)}"
        return f"{without_unit(least, key)} to {compared(most, key)}"
    return f"{compared(low, key)} to {compared(high, key)}"


def without_unit(value: float, key: str) -> str:
    return amount(value, key).partition(" ")[0]


def little_words(experiment: Experiment, reason: Reason) -> str:
    """Return what a difference below the one that matters says: of what was asked, and only if it was kept of what was done."""
    words = "That asking it of you brings as much is very unlikely"
    if reason is Reason.TOO_FEW_KEPT:
        words += ", but too many days were not kept to tell from this what doing it brings"
    return f"{words}.{kept_sentence(experiment)}"


def kept_sentence(experiment: Experiment) -> str:
    """Return on how many of the days that count and are known A and B were kept, as ` Of the days that count and are known, you
    kept to A on 10 of 12.`; empty where nothing says it."""
    counts = (experiment.result or {})["kept"]
    parts = []
    for arm in Arm:
        kept, days = counts[arm]["kept"], counts[arm]["kept"] + counts[arm]["not_kept"]
        if days and experiment.checks(arm):
            parts.append(f"to {ARM_LETTERS[arm]} on {kept} of {days}")
    if not parts:
        return ""
    return f" Of the days that count and are known, you kept {' and '.join(parts)}."


def reason_words(experiment: Experiment, reason: Reason) -> str:
    """Return why the verdict is what it is, as it stands behind a colon."""
    wanted = "higher" if experiment.better == Wanted.HIGHER else "lower"
    if reason is Reason.BETTER:
        if experiment.worth is None:
            return f"you wanted it {wanted}, and chance alone seldom brings as much."
        return f"you wanted it {wanted} by {worth_of(experiment)} or more, and the whole range reaches that."
    if reason is Reason.PERHAPS_TOO_LITTLE:
        return (
            f"you wanted it {wanted}, and chance alone seldom brings as much, but it is perhaps less than the "
            f"{worth_of(experiment)} that you asked for."
        )
    if reason is Reason.WORSE:
        return f"you wanted it {wanted}, and it went the other way by more than chance alone usually brings."
    if reason in {Reason.TOO_LITTLE, Reason.TOO_FEW_KEPT}:
        return f"you wanted it {wanted} by {worth_of(experiment)} or more. {little_words(experiment, reason)}"
    return "chance alone could bring as much, so that this says neither yes nor no."

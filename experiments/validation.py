"""What an experiment may be, in words that stand beside the fields of a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from experiments.design import (
    FEWEST_PAIRS,
    LONGEST_BLOCK,
    MOST_PAIRS,
    SHORTEST_BLOCK,
)
from experiments.rules import Span, overlap
from lifetracker.metrics.declaration import Known, Metric
from lifetracker.metrics.registry import are_related, find_metric, is_of_many_days
from lifetracker.web.units import in_chosen_unit

MOST_SECONDARY = 5
#: No smaller difference is asked for.
WORTH_DECIMALS = 4
FEW_PAIRS = (
    f"Enter at least {FEWEST_PAIRS} pairs. With five, even the clearest result would come by chance in 2 of 32 cases, which is "
    "too often to believe it."
)
MANY_PAIRS = f"Enter at most {MOST_PAIRS} pairs."
BLOCK_LENGTHS = f"Enter {SHORTEST_BLOCK} to {LONGEST_BLOCK} days."
NO_LIMIT = "Say from or below which value a day counts as kept, or choose “Not checked”."
#: What a person decides before the start, and nobody changes afterwards.
FIXED = (
    *("try_words", "usual_words", "action", "try_at_least", "try_below"),
    *("usual_at_least", "usual_below", "outcome", "better", "worth", "secondary"),
    *("block_days", "washout_days", "pairs", "outcome_lag"),
)
BOUNDS = ("try_at_least", "try_below", "usual_at_least", "usual_below")


class Wish(NamedTuple):
    """What is typed in of an experiment."""

    try_words: str
    usual_words: str
    action: str
    try_at_least: float | None
    try_below: float | None
    usual_at_least: float | None
    usual_below: float | None
    outcome: str
    worth: float | None
    secondary: list[str]
    block_days: int
    washout_days: int
    pairs: int
    outcome_lag: int | None

    @property
    def spans(self) -> tuple[Span, Span]:
        """Return on which values of the action a day counts as one of what is tried, and of what is usual."""
        return Span(self.try_at_least, self.try_below), Span(self.usual_at_least, self.usual_below)


class Problem(NamedTuple):
    field: str
    text: str


def problems_of(wish: Wish) -> Iterator[Problem]:
    """Yield what speaks against an experiment."""
    if plain(wish.try_words) and plain(wish.try_words) == plain(wish.usual_words):
        yield Problem("usual_words", "A and B are the same. Say what is different on days of B.")
    yield from problems_of_design(wish)
    action = find_metric(wish.action)
    if wish.action and action is None:
        yield Problem("action", f"There is no metric with the key {wish.action!r}. Choose one.")
    yield from problems_of_rules(wish, action)
    outcome = find_metric(wish.outcome)
    if outcome is None:
        yield Problem("outcome", f"There is no metric with the key {wish.outcome!r}. Choose one.")
        return
    yield from problems_of_outcome("outcome", outcome, action)
    if wish.outcome_lag == 0:
        yield from problems_of_same_day(outcome, action)
    if wish.worth is not None and not round(wish.worth, WORTH_DECIMALS) > 0:
        yield Problem("worth", "Enter a difference above 0, or leave this empty.")
    yield from problems_of_secondary(wish, action)


def days_later(metric: Metric | None) -> int:
    """Return how many days after a day a metric has the value that belongs to it: what is known on waking, such as when one
    went to bed, is stored under the day after."""
    return 1 if metric and metric.known is Known.ON_WAKING else 0


def plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def problems_of_design(wish: Wish) -> Iterator[Problem]:
    if wish.pairs < FEWEST_PAIRS:
        yield Problem("pairs", FEW_PAIRS)
    elif wish.pairs > MOST_PAIRS:
        yield Problem("pairs", MANY_PAIRS)
    if not SHORTEST_BLOCK <= wish.block_days <= LONGEST_BLOCK:
        yield Problem("block_days", BLOCK_LENGTHS)
    elif wish.washout_days >= wish.block_days:
        yield Problem("washout_days", "Leave at least one day of each block that counts.")


def problems_of_rules(wish: Wish, action: Metric | None) -> Iterator[Problem]:
    given = [name for name in BOUNDS if getattr(wish, name) is not None]
    if not wish.action:
        for name in given:
            yield Problem(name, "Choose by which metric a day is judged, or leave this empty.")
        return
    if not given:
        yield Problem("action", NO_LIMIT)
    if action:
        yield from problems_of_bounds(wish, action)
    is_clock = bool(action and action.circular)
    spans = wish.spans
    for span, name in zip(spans, ("try_below", "usual_below"), strict=True):
        if span.is_empty(is_clock=is_clock):
            yield Problem(
                name, "No value is from the one on and below the other. Enter a higher value here."
            )
    if overlap(*spans, is_clock=is_clock):
        yield Problem(
            "usual_below",
            "Some values would count as kept on days of A and of B. Let one begin where the other ends.",
        )


def problems_of_bounds(wish: Wish, action: Metric) -> Iterator[Problem]:
    """Yield which limits no value of the action can have."""
    least, most = action.bounds
    for name in BOUNDS:
        value = getattr(wish, name)
        if value is None:
            continue
        if least is not None and value < least:
            yield Problem(name, f"{action.label} is never below {words_of(least, action)}.")
        elif most is not None and value > most:
            yield Problem(name, f"{action.label} is never above {words_of(most, action)}.")


def words_of(value: float, metric: Metric) -> str:
    """Return a limit in the unit that its owner reads: `0 h`; of a time of day on a clock of 24 hours."""
    if metric.circular:
        return f"{value:02.0f}:00"
    shown, unit = in_chosen_unit(value, metric.unit)
    return f"{shown:,.12g} {unit}".strip()


def problems_of_outcome(field: str, outcome: Metric, action: Metric | None) -> Iterator[Problem]:
    if outcome.circular:
        yield Problem(
            field,
            f"{outcome.label} is a time of day, of which there is no mean. Choose another outcome.",
        )
    if is_of_many_days(outcome):
        yield Problem(
            field,
            f"{outcome.label} is made of many days, so that days of A and of B are mixed in it. {instead_of(outcome)}",
        )
    if action and are_related(outcome, action):
        yield Problem(
            field,
            f"{outcome.label} and {action.label} are computed from the same records, or measure the same, so that the one says "
            "nothing new of the other. Choose another outcome.",
        )


def instead_of(outcome: Metric) -> str:
    """Return what to choose instead of what is smoothed: the one metric that it is made of, if that is a value of its day."""
    inputs = [one for key in outcome.inputs if (one := find_metric(key))]
    if len(inputs) == 1 and not inputs[0].circular and not is_of_many_days(inputs[0]):
        return f"Choose {inputs[0].label}."
    return "Choose another outcome."


def problems_of_same_day(outcome: Metric, action: Metric | None) -> Iterator[Problem]:
    """Yield what speaks against an outcome of the same day: it would be known before the act."""
    if days_later(outcome):
        yield Problem(
            "outcome_lag",
            f"{outcome.label} is known on waking, before you do what the day asks for. Choose the day after.",
        )
    elif action and days_later(action):
        yield Problem(
            "outcome_lag",
            f"{action.label} tells of the night after the day, so that {outcome.label} of the same day comes before it. "
            "Choose the day after.",
        )


def problems_of_secondary(wish: Wish, action: Metric | None) -> Iterator[Problem]:
    if len(wish.secondary) > MOST_SECONDARY:
        yield Problem("secondary", f"Choose at most {MOST_SECONDARY} other metrics.")
    if len({*wish.secondary, wish.outcome}) <= len(wish.secondary):
        yield Problem("secondary", "Choose each metric once, and not the outcome again.")
    for key in wish.secondary[:MOST_SECONDARY]:
        metric = find_metric(key)
        if metric is None:
            yield Problem("secondary", f"There is no metric with the key {key!r}.")
        else:
            yield from problems_of_outcome("secondary", metric, action)

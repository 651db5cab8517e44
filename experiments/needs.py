"""The metrics without which an experiment has no result, or nobody knows whether it was kept: what is said where one was
deleted, and before."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse

from experiments.models import Experiment, State
from experiments.words import label_of, quoted
from lifetracker.metrics.registry import find_even_deleted, find_metric
from lifetracker.web.ranges import Link
from lifetracker.web.sentences import isolated

BECAME_ONE = (
    "What it tries and what it measures were merged and are one metric now, of which nothing can be reckoned. Take them apart in "
    "the journal, or stop the experiment."
)

#: By what their keys begin with, the names of the pages on which deleted metrics are brought back.
PAGES = {"own.": "own-metric-deleted", "journal.": "journal-behaviour-deleted"}


def lost_words(experiment: Experiment) -> list[str]:
    """Return what of it is gone while it is planned or runs, and what can be done."""
    if experiment.state not in {State.PLANNED, State.RUNNING}:
        return []
    if experiment.state == State.RUNNING and experiment.measures_what_it_tries:
        return [BECAME_ONE]
    found = []
    if find_metric(experiment.outcome) is None:
        found.append(outcome_words(experiment))
    if experiment.action and find_metric(experiment.action) is None:
        found.append(action_words(experiment))
    return found


def outcome_words(experiment: Experiment) -> str:
    words = f"Its outcome is gone: {isolated(label_of(experiment.outcome))}. "
    if experiment.state == State.PLANNED:
        return f"{words}{bring_back(experiment.outcome)}choose another one before it begins."
    return f"{words}Without it there is no result. {bring_back(experiment.outcome)}stop the experiment."


def action_words(experiment: Experiment) -> str:
    words = f"What checks its days is gone: {isolated(label_of(experiment.action))}. "
    if experiment.state == State.PLANNED:
        return f"{words}{bring_back(experiment.action)}choose another metric before it begins."
    return (
        f"{words}Nobody knows any more on which days you kept to it, and the result will not say it. "
        f"{bring_back(experiment.action)}go on without it."
    )


def bring_back(key: str) -> str:
    """Return the first part of what can be done, of what was not deleted for good."""
    return "Bring it back, or " if find_even_deleted(key) else "It cannot come back: "


def ways_back(experiment: Experiment) -> Iterator[Link]:
    """Yield the pages on which its metrics that are gone are brought back."""
    for key in dict.fromkeys((experiment.outcome, experiment.action)):
        prefix, _, number = key.partition(".")
        page = PAGES.get(f"{prefix}.")
        if page and number.isdecimal() and find_metric(key) is None and find_even_deleted(key):
            yield Link(f"Bring back {isolated(label_of(key))}", reverse(page, args=[int(number)]))


# --- Before it is deleted -------------------------------------------------------------------------


def needed_words(keys: Collection[str]) -> list[str]:
    """Return which running experiments need metrics with these keys, and for what, by one statement."""
    found = []
    for one in Experiment.objects.running().order_by("pk"):
        if one.outcome in keys:
            found.append(
                f"The experiment {quoted(one.question)} runs and measures it: without its values there is no result."
            )
        elif one.action in keys:
            found.append(
                f"The experiment {quoted(one.question)} runs and checks its days by it: without its values nobody knows on "
                "which days you kept to it."
            )
    return found

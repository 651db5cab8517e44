from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from django.urls import reverse

from experiments.models import Experiment
from lifetracker.models.together import Few
from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder


def experiments(asked: Asked) -> Few:
    return Few(Experiment.objects.live(), frozenset({"question", "try_words"}))


def find_experiments(asked: Asked, rows: list[Experiment]) -> Iterator[SearchResult]:
    yield from by_name(
        asked,
        (
            Named(
                (one.question, one.try_words),
                one.question,
                partial(reverse, "experiment", args=[one.pk]),
            )
            for one in sorted(rows, key=attrgetter("question"))
        ),
    )


register_finder(Finder("Experiments", "experiments by question", 45, find_experiments, experiments))

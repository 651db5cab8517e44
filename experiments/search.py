from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from experiments.models import Experiment
from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder


def find_experiments(asked: Asked) -> Iterator[SearchResult]:
    rows = Experiment.objects.live().order_by("question").values_list("pk", "question", "try_words")
    yield from by_name(
        asked,
        (
            Named((question, tried), question, partial(reverse, "experiment", args=[pk]))
            for pk, question, tried in rows
        ),
    )


register_finder(Finder("Experiments", "experiments by question", 45, find_experiments))

"""Which days of a metric are verified: on these, a record that is not there does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

from django.db.models import Model

from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import metrics_of
from lifetracker.models import BEGINNING, SyncRun, SyncState
from lifetracker.sync.coverage import streams_of
from lifetracker.sync.streams import Source, Stream

FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class Stretch:
    """The moments from `start` to before `end`, all of which were read."""

    start: datetime
    end: datetime

    def __and__(self, other: Stretch) -> Stretch:
        return Stretch(max(self.start, other.start), min(self.end, other.end))

    def __or__(self, other: Stretch) -> Stretch:
        """Return the stretch of both where they touch, else this one alone: what lies between was not read."""
        if self.start > other.end or other.start > self.end:
            return self
        return Stretch(min(self.start, other.start), max(self.end, other.end))

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and the last day of it; the last is before the first where there is none. The present day
        counts as soon as a part of it was read."""
        first = FIRST_DAY
        if self.start > BEGINNING:
            first = days.local_date(self.start)
            first += days.ONE_DAY if days.midnight(first) < self.start else days.ONE_DAY * 0
        last, today = days.local_date(self.end), days.today()
        return first, today if last >= today else last - days.ONE_DAY


NOTHING = Stretch(days.midnight(date(1970, 1, 3)), BEGINNING)


def list_up_to(run: SyncRun | None) -> Stretch:
    """Return the stretch of a list that was read whole by a run."""
    return Stretch(BEGINNING, run.started_at) if run else NOTHING


class Verified:
    """What the syncs have read so far, asked for once for any number of metrics.

    `states`: those of all streams that are read window by window. `successes`: the last complete run of each source,
    None where there was none; `configured`: which of them are set up. Who has asked for them already gives them."""

    def __init__(
        self,
        states: Iterable[SyncState] | None = None,
        successes: Mapping[str, SyncRun | None] | None = None,
        configured: Mapping[str, bool] | None = None,
    ) -> None:
        found = SyncState.objects.all() if states is None else states
        self._states = {(state.source, state.stream): state for state in found}
        self._whole_lists = {name: list_up_to(run) for name, run in (successes or {}).items()}
        self._configured = dict(configured or {})

    def of(self, metric: Metric) -> Stretch | None:
        """Return the stretch that all streams behind a metric have read; None where no service that is set up sends
        such records."""
        found = [self._of_stream(*one) for model in models_of(metric) for one in streams_of(model)]
        stretches = [one for one in found if one is not None]
        return reduce(Stretch.__and__, stretches) if stretches else None

    def by_source(self, metric: Metric) -> list[tuple[Source, Stretch]]:
        """Return the services that are set up and send records of a metric, each with the stretch that all of its
        streams behind the metric have read."""
        found: dict[str, tuple[Source, Stretch]] = {}
        for model in models_of(metric):
            for source, stream in streams_of(model):
                if stretch := self._of_stream(source, stream):
                    known = found.get(source.name, (source, stretch))[1]
                    found[source.name] = source, known & stretch
        return list(found.values())

    def sources_of(self, metric: Metric) -> list[Source]:
        """Return the sources that are set up and send records of a metric, each once."""
        found = {
            source.name: source for model in models_of(metric) for source, _ in streams_of(model)
        }
        return [source for source in found.values() if self._is_configured(source)]

    def _of_stream(self, source: Source, stream: Stream) -> Stretch | None:
        if not stream.window:
            return self._of_whole_list(source)
        names = (source.name, source.declaration.export_name)
        found = [self._stored(name, stream.name) for name in names]
        known = [one for one in found if one is not None]
        if known:
            # What the service was asked for, and what a file of it lists.
            return reduce(Stretch.__or__, known)
        return NOTHING if self._is_configured(source) else None

    def _stored(self, source: str, stream: str) -> Stretch | None:
        state = self._states.get((source, stream))
        if state and state.verified_from and state.verified_to:
            return Stretch(state.verified_from, state.verified_to)
        return None

    def _of_whole_list(self, source: Source) -> Stretch | None:
        """Return the stretch of a list that is always read whole: up to the last complete run."""
        if source.name not in self._whole_lists:
            self._whole_lists[source.name] = list_up_to(SyncRun.objects.last_success(source.name))
        known = self._whole_lists[source.name]
        return known if known != NOTHING or self._is_configured(source) else None

    def _is_configured(self, source: Source) -> bool:
        if source.name not in self._configured:
            self._configured[source.name] = source.is_configured()
        return self._configured[source.name]


def models_of(metric: Metric) -> Iterable[type[Model]]:
    """Return the models of the records behind a metric, each once."""
    if metric.model:
        return [metric.model]
    return dict.fromkeys(model for one in metrics_of(metric.inputs) for model in models_of(one))

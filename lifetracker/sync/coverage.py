"""Why nothing is stored where there may be something: what was not read is not empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from django.db.models import Model

from lifetracker import days
from lifetracker.models import SyncRun, SyncState
from lifetracker.sync.streams import Source, Stream, sources


def why_unknown(model: type[Model], first: date | None = None) -> str:
    """Return why the services may have records of `model`, from the day `first` on, that are not
    stored; empty where all of them were read, or none has any."""
    reasons = (reason(source, stream, first) for source, stream in streams_of(model))
    return " ".join(filter(None, reasons))


def streams_of(model: type[Model]) -> Iterator[tuple[Source, Stream]]:
    """Yield the streams whose items become records of `model`."""
    wanted = model._meta.concrete_model
    for source in sources.values():
        for stream in source.streams:
            made = stream.aggregate.model if stream.aggregate else stream.model
            if made._meta.concrete_model is wanted:
                yield source, stream


def reason(source: Source, stream: Stream, first: date | None) -> str:
    if not source.is_configured():
        return f"{source.title} is not set up. See docs/{source.slug}.md."
    if missing := source.missing_consent():
        return missing.text
    state = SyncState.objects.of(source.name, stream.name)
    if state.verified_from is None:
        was_read = SyncRun.objects.last_success(source.name)
        return "" if was_read else f"{source.title} has not been synced yet."
    if state.whole_history or not stream.window:
        return ""
    if first and first < days.local_date(state.verified_from):
        back_to = days.local_date(state.verified_from)
        return f"{source.title} has been synced back to {back_to}, not further."
    return ""


def with_reason(
    answer: Mapping[str, object], model: type[Model], first: date | None = None
) -> dict[str, object]:
    """Return the answer, which is empty, with a `detail` that says why it may only seem so."""
    detail = why_unknown(model, first)
    return {**answer, "detail": detail} if detail else {**answer}

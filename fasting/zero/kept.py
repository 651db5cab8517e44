"""An export as text, to be kept between two requests: what was read of the file, and nothing else that was in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fasting.zero.export import (
    Export,
    Fast,
    Running,
)
from lifetracker.sync.files import Refusal


def export_from_json(values: dict[str, Any]) -> Export:
    found = dict(values)
    fasts, running, refusals = (found.pop(name) for name in ("fasts", "running", "refusals"))
    return Export(
        **found,
        fasts=[Fast(**one) for one in _timed(fasts)],
        running=[Running(**one) for one in _timed(running)],
        refusals=[Refusal(**one) for one in _timed(refusals)],
    )


def _timed(entries: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield the entries with their texts of times as times."""
    for entry in entries:
        times = {name: entry[name] for name in ("start", "end") if entry.get(name)}
        yield entry | {name: datetime.fromisoformat(text) for name, text in times.items()}

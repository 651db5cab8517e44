"""How far the reading and storing of a file is, told to whoever listens, through functions that know nothing of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

#: Hears how many rows are done, and of how many.
Report = Callable[[int, int | None], None]
_listening: ContextVar[Report | None] = ContextVar("listening", default=None)
#: Rows; to tell of each one would cost more than to read it.
EVERY = 500


@contextmanager
def reported_to(report: Report) -> Iterator[None]:
    token = _listening.set(report)
    try:
        yield
    finally:
        _listening.reset(token)


def report_row(number: int) -> None:
    """Tell that so many rows are read, of nobody knows how many. Raises what the listener raises to end it."""
    report = _listening.get()
    if report and number % EVERY == 0:
        report(number, None)


def reported(batches: Iterable[list[T]], total: int) -> Iterator[list[T]]:
    """Yield batches of rows that are stored, and tell after each how far it is. Raises what the listener raises to end it."""
    done = 0
    for some in batches:
        yield some
        done += len(some)
        if report := _listening.get():
            report(done, total)

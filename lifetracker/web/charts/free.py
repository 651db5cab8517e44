"""The ground of days that are free, such as a holiday: behind all that is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Frame
from lifetracker.web.charts.markup import NOTHING, percent

#: The first and the last slice of what is free.
Stretch = tuple[int, int]
# As a share of the width: a narrower stretch has no room for the word "free".
WIDTH_OF_WORD = 0.07
# How far below the top of the plot the word stands, in pixels.
WORD = 14


def free_ground(frame: Frame, stretches: Sequence[Stretch]) -> SafeString:
    """Return the ground of each stretch with its word, where it has room."""
    shares = [(first / frame.count, (last + 1) / frame.count) for first, last in stretches]
    return format_html_join(
        "",
        '<rect class="f-sunken" x="{}" width="{}" y="{}" height="{}"/>{}',
        (
            (
                percent(begin),
                percent(end - begin),
                frame.above,
                frame.plot_height,
                _word(frame, begin, end) if end - begin >= WIDTH_OF_WORD else NOTHING,
            )
            for begin, end in shares
        ),
    )


def _word(frame: Frame, begin: float, end: float) -> SafeString:
    middle = percent((begin + end) / 2)
    y = frame.above + WORD
    return format_html('<text class="mid-label" x="{}" y="{}">free</text>', middle, y)


def stretches_of(free: Sequence[bool]) -> list[Stretch]:
    """Return the first and the last slice of each stretch in which all are free."""
    found: list[Stretch] = []
    for at, is_free in enumerate(free):
        if not is_free:
            continue
        if found and found[-1][1] == at - 1:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found

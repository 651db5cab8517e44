"""A bar that is filled to a value, over the stretch that is usual."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, percent, picture_attributes

# In pixels: the whole drawing with the words below, and the bar itself.
HEIGHT, BAR = 46, 10


def level_bar(
    value: float | None,
    whole: float,
    *,
    fill: str,
    sentence: str,
    usual: tuple[float, float] | None = None,
    usual_words: tuple[str, str] = ("", ""),
) -> SafeString:
    """Return a bar as long as `whole`, filled to the value in the colour `fill`.

    A value that is not known leaves it dotted. `usual` is the stretch that is usual, in the unit of the value, with its
    ends in words. `sentence` names the picture."""
    return format_html(
        '<svg class="chart" height="{}" {}>{}{}{}{}</svg>',
        HEIGHT,
        picture_attributes(sentence),
        _bar("f-none" if value is None else "f-sunken", 1.0),
        NOTHING if usual is None else _band(usual[0] / whole, usual[1] / whole),
        NOTHING if value is None else _bar(f"f-{fill}", min(value / whole, 1.0)),
        NOTHING if usual is None else _words(usual[0] / whole, usual[1] / whole, usual_words),
    )


def _bar(kind: str, width: float) -> SafeString:
    return format_html(
        '<rect class="{}" width="{}" height="{}" y="8" rx="5"/>', kind, percent(width), BAR
    )


def _band(low: float, high: float) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" width="{}" y="4" height="18" rx="5"/>',
        "usual-band",
        percent(low),
        percent(high - low),
    )


def _words(low: float, high: float, words: tuple[str, str]) -> SafeString:
    return format_html(
        '<text x="{}" y="40">{}</text><text class="end" x="{}" y="40">{}</text>',
        percent(low),
        words[0],
        percent(high),
        words[1],
    )

"""The bullet: how far something has come towards its target, and where an even pace would be."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, Band, percent, picture_attributes


def bullet(
    share: float | None, band: Band | None, *, pace: float | None = None, sentence: str = ""
) -> SafeString:
    """Return a bar that is filled to `share`, 0 to 1, in the colour of its band, with a mark at `pace`.

    What lies beyond is put at the edge. Without a share the bar is dotted: nobody knows how far it is. `sentence`
    names the picture; leave it out where the same stands in words beside it."""
    return format_html(
        '<svg class="bullet" height="12" {}>{}{}</svg>',
        picture_attributes(sentence),
        _unknown() if share is None else _filled(_within(share), band),
        NOTHING if pace is None else _mark(_within(pace)),
    )


def _within(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _unknown() -> SafeString:
    return format_html(
        '<rect class="{}" x="0.5" width="99.7%" height="5" y="3.5" rx="2.5"/>', "f-none"
    )


def _filled(share: float, band: Band | None) -> SafeString:
    return format_html(
        '<rect class="f-sunken" width="100%" height="6" y="3" rx="3"/>'
        '<rect class="{}" width="{}" height="6" y="3" rx="3"/>',
        f"f-{band}" if band else "f-ink",
        percent(share),
    )


def _mark(pace: float) -> SafeString:
    """Return the mark, which keeps its width within the bar at both ends."""
    return format_html(
        '<line class="pace" x1="{0}" x2="{0}" y1="0" y2="12" transform="translate({1} 0)"/>',
        percent(pace),
        f"{1 - 2 * pace:.2f}",
    )

"""The ring: a share of a whole, with its number and its band as a word."""

from __future__ import annotations

import math

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, Band, linked, picture_attributes, short

RADIUS = 52
LENGTH = 2 * math.pi * RADIUS
# Of a score of zero a dot is drawn: it is known.
BANDS = ("high-s", "mid-s", "low-s", "plain-s")


def ring(
    percent: float | None,
    band: Band | None,
    *,
    sentence: str,
    word: str,
    href: str = "",
) -> SafeString:
    """Return a ring that is filled to `percent`, 0 to 100, in the colour of its band.

    If `percent` is None the ring is dotted and holds no number. `word` stands in it: the name of the band
    (`Yellow`), or why the score is missing (`Not scored yet`). `sentence` says the whole to who cannot see it."""
    return format_html(
        '<div class="ring"><svg viewBox="0 0 120 120" {}>{}</svg>'
        '<div class="in"{}>{}{}</div></div>',
        picture_attributes(sentence),
        _unknown() if percent is None else _filled(percent, band),
        NOTHING if href else format_html(' aria-hidden="{}"', "true"),
        _number(percent, href),
        _word(percent, band, word),
    )


def figure_ring(
    share: float, figure: str, *, fill: str, word: str, sentence: str, href: str = ""
) -> SafeString:
    """Return a ring that is filled to `share`, from 0 to 1, in the colour `fill` (`fast`), around a figure in words such
    as `14 h 26`, which leads to its page. `word` stands below it, `sentence` says the whole to who cannot see it."""
    return format_html(
        '<div class="ring"><svg viewBox="0 0 120 120" {}>{}</svg>'
        '<div class="in"{}>{}<span class="plain-t">{}</span></div></div>',
        picture_attributes(sentence),
        _circles(share, f"{fill}-s"),
        NOTHING if href else format_html(' aria-hidden="{}"', "true"),
        linked(format_html('<b class="words">{}</b>', figure), href) if figure else NOTHING,
        word,
    )


def _filled(percent: float, band: Band | None) -> SafeString:
    return _circles(percent / 100, f"{band}-s" if band else "plain-s")


def _circles(share: float, kind: str) -> SafeString:
    """Return the track, and what of it is filled; nothing is, of a share of zero: round ends would be a dot."""
    track = format_html('<circle class="{}" cx="60" cy="60" r="52"/>', "rail-line")
    if share <= 0 and kind not in BANDS:
        return track
    return track + format_html(
        '<circle class="value {}" cx="60" cy="60" r="52" stroke-dasharray="{} {}"/>',
        kind,
        short(min(max(share, 0.0), 1.0) * LENGTH),
        short(LENGTH),
    )


def _unknown() -> SafeString:
    return format_html('<circle class="{}" cx="60" cy="60" r="52"/>', "dotted")


def _number(percent: float | None, href: str) -> SafeString:
    if percent is None:
        return NOTHING
    return linked(format_html("<b>{}<small>%</small></b>", f"{percent:.0f}"), href)


def _word(percent: float | None, band: Band | None, word: str) -> SafeString:
    known = percent is not None and band
    return format_html('<span class="{}">{}</span>', f"{band}-t" if known else "plain-t", word)

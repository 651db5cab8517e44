"""Pieces of markup that all charts have. Whatever comes from outside is escaped by `format_html`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString

#: What a value is called: good, in between, bad.
Band = Literal["high", "mid", "low"]

NOTHING = format_html("{}", "")


def picture_attributes(sentence: str) -> SafeString:
    """Return the attributes of a picture that has this name; without one it is decoration."""
    if sentence:
        return format_html('role="img" aria-label="{}"', sentence)
    return format_html('aria-hidden="{}"', "true")


def joined(pieces: Iterable[SafeString]) -> SafeString:
    """Return pieces of markup one after the other, by one call: a calendar has hundreds."""
    found = list(pieces)
    return format_html("{}" * len(found), *found) if found else NOTHING


def linked(content: str, href: str) -> SafeString:
    """Return the content as a link, or alone without an address."""
    if href:
        return format_html('<a href="{}">{}</a>', href, content)
    return format_html("{}", content)


def short(number: float) -> str:
    """Return a place in a drawing, with one digit at most: `12.5`, `100`, `0`."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def percent(share: float) -> str:
    """Return a place across a drawing, of a share from 0 to 1: `33.33%`."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"

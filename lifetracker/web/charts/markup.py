"""Pieces of markup that all charts have. Whatever comes from outside is escaped, by `format_html` or by `escaped`."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
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
    """Return pieces of markup one after the other."""
    return SafeString("".join(pieces))


def shape(markup: str) -> SafeString:
    """Return an element that is made of places and of names of ours alone: of hundreds in a chart, `format_html` would
    take longer than all the rest."""
    return SafeString(markup)


def escaped(text: str) -> str:
    """Return a text as it stands in markup. What is markup already stays so."""
    return text if isinstance(text, SafeString) else escape(text)


def linked(content: str, href: str) -> SafeString:
    """Return the content as a link, or alone without an address."""
    if href:
        return SafeString(f'<a href="{escaped(href)}">{escaped(content)}</a>')
    return SafeString(escaped(content))


def short(number: float) -> str:
    """Return a place in a drawing, with one digit at most: `12.5`, `100`, `0`."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def percent(share: float) -> str:
    """Return a place across a drawing, of a share from 0 to 1: `33.33%`."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


def pointed_at(shape: SafeString, words: str, href: str) -> SafeString:
    """Return a shape that says its words to the pointer, and leads somewhere if there is an address.

    It is for pictures whose links keys reach in the table behind them."""
    if not href:
        return format_html("<g>{}<title>{}</title></g>", shape, words)
    return format_html('<a href="{}" tabindex="-1">{}<title>{}</title></a>', href, shape, words)

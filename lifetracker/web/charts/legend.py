"""Legends: what a colour or a mark of a chart stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, joined

Shape = Literal["square", "dot", "line", "bar"]

_SHAPES: dict[Shape, str] = {
    "square": '<rect class="{}" width="10" height="10" rx="3"/>',
    "dot": '<circle class="{}" cx="5" cy="5" r="2.5"/>',
    "line": '<rect class="{}" y="4" width="10" height="2"/>',
    "bar": '<rect class="{}" x="2.5" width="5" height="10" rx="2"/>',
}
_DOTTED = '<rect class="{}" x=".6" y=".6" width="8.8" height="8.8" rx="3"/>'


@dataclass(frozen=True)
class Key:
    """An entry of a legend: a shape in the class of its colour, its name, and a number in words."""

    kind: str
    name: str
    value: str = ""
    shape: Shape = "square"
    #: Whether it has the pip that tells a bad cell without colours.
    pip: bool = False
    #: Whether it is left out on a phone.
    wide: bool = False


def legend(keys: Sequence[Key]) -> SafeString:
    """Return the list of what is drawn."""
    return format_html('<ul class="legend">{}</ul>', joined(_entry(key) for key in keys))


def _entry(key: Key) -> SafeString:
    return format_html(
        '<li{}><svg viewBox="0 0 10 10" aria-hidden="true">{}{}</svg>{}{}</li>',
        format_html(' class="{}"', "wide") if key.wide else NOTHING,
        format_html(_DOTTED if key.kind == "f-none" else _SHAPES[key.shape], key.kind),
        format_html('<circle class="{}" cx="5" cy="5" r="1.7"/>', "pip") if key.pip else NOTHING,
        key.name,
        format_html(" <b>{}</b>", key.value) if key.value else NOTHING,
    )

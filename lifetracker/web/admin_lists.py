"""The admin's lists without what its theme repeats in every cell: a page of 50 rows carried 300 kB of the names of
styles, and computed the heads of the columns anew for each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.templatetags import unfold_list

Heads = list[dict[str, Any]]
INDENTS = re.compile(rb"\n\s+")


def make_lists_lean() -> None:
    """Let cells have one style of ours (`admin.css`), which says what the theme says in twenty, and heads be made
    once for each list. The theme offers no other way."""
    unfold_list.ROW_CLASSES[:] = ["lt-cell"]
    unfold_list.CHECKBOX_CLASSES[:] = ["action-checkbox", "lt-cell"]
    unfold_list.LINK_CLASSES[:] = ["lt-link"]
    unfold_list.result_headers = once_for_each_list(unfold_list.result_headers)


def once_for_each_list(make: Callable[[Any], Iterator[dict[str, Any]]]) -> Callable[[Any], Heads]:
    made: WeakKeyDictionary[Any, Heads] = WeakKeyDictionary()

    def heads(changelist: Any) -> Heads:
        if changelist not in made:
            made[changelist] = list(make(changelist))
        return made[changelist]

    return heads


def tick_box(record: Any) -> SafeString:
    """Return the box that chooses a row for an action."""
    return format_html(
        '<input type="checkbox" name="{}" value="{}" class="action-select lt-box" aria-label="Select record">',
        ACTION_CHECKBOX_NAME,
        record.pk,
    )


def without_indents(response: Any) -> None:
    """Take the blanks at the beginnings of lines out of a page, a quarter of it, which show nowhere."""
    response.content = INDENTS.sub(b"\n", response.content)

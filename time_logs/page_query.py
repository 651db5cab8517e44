"""What the page of tracked time is asked for by its address, and the ways to what else it can show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from lifetracker.web.charts.scales import Unit
from lifetracker.web.ranges import (
    Link,
    Steps,
    range_links,
    range_or_default,
    range_steps,
)
from time_logs.names import TITLES
from time_logs.page_data import Asked
from time_logs.pivot import LONGEST, columns_for

UNITS: dict[Unit, str] = {"day": "Day", "week": "Week", "month": "Month"}
BY = "project"


def asked_for(
    query: Mapping[str, str], today: date, first_known: Callable[[], date | None]
) -> tuple[Asked, str]:
    """Return what is asked for, and why that cannot be shown: then something near to it."""
    shown, refused = range_or_default(query, today, first_known)
    by, usual = query.get("by", BY), columns_for(shown.days)
    columns = query.get("columns", usual)
    if by not in TITLES:
        by, refused = BY, refused or f"Rows can be one of {', '.join(TITLES)}."
    if columns not in UNITS:
        columns, refused = usual, refused or f"Columns can be one of {', '.join(UNITS)}."
    elif shown.days > LONGEST[columns]:
        # A link that was kept from a shorter range still leads somewhere.
        columns = usual
    return Asked(shown, by, columns, query.get("rows") == "all"), refused


def kept_in(asked: Asked, **changes: str) -> dict[str, str]:
    """Return what an address keeps beside the range: only what is not as the page has it by itself."""
    kept = {"by": asked.by, "columns": asked.columns, "rows": "all" if asked.is_whole else ""}
    kept |= changes
    plain = {"by": BY, "columns": columns_for(asked.shown.days), "rows": ""}
    return {name: value for name, value in kept.items() if value != plain[name]}


def address(asked: Asked, **changes: str) -> str:
    kept = kept_in(asked, **changes)
    return asked.shown.query + (f"&{urlencode(kept)}" if kept else "")


def choices(asked: Asked) -> dict[str, Any]:
    """Return the ways to other ranges, rows and columns, each of which keeps the rest."""
    kept = kept_in(asked, rows="")
    behind = f"&{urlencode(kept)}" if kept else ""

    def keeping(link: Link | None) -> Link | None:
        return link and link._replace(url=link.url + behind)

    steps = range_steps(asked.shown)
    return {
        "ranges": [keeping(link) for link in range_links(asked.shown)],
        "steps": Steps(keeping(steps.before), keeping(steps.after)),
        "rows": [
            Link(title, address(asked, by=by, rows=""), by == asked.by)
            for by, title in TITLES.items()
        ],
        "columns": [
            Link(title, address(asked, columns=unit), unit == asked.columns)
            for unit, title in UNITS.items()
            if asked.shown.days <= LONGEST[unit]
        ],
        "whole": address(asked, rows="" if asked.is_whole else "all"),
        "table_query": address(asked, rows=""),
        "kept": kept,
    }

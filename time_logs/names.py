"""What the rows of the page of tracked time are called, and where they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import Truncator

#: What the hours can be put together by, and how the page calls that.
TITLES = {"project": "Project", "client": "Client", "tag": "Tag", "description": "Description"}
PLURALS = {
    "project": "Projects",
    "client": "Clients",
    "tag": "Tags",
    "description": "Descriptions",
}


#: Of a description so many characters are shown.
LONGEST = 80


class Name(NamedTuple):
    """What a row is called; `beside` it stands the client of a project."""

    text: str
    beside: str = ""


def name_of(by: str, key: Any) -> Name:
    if by == "project":
        client, project = key
        return Name(project or "No project", client)
    return Name(shortened(key) or f"No {by}")


def is_named(by: str, key: Any) -> bool:
    """Return whether it is the name of something, and not the lack of one."""
    return bool(key[1] if by == "project" else key)


def shortened(text: str) -> str:
    """Return the beginning of a text that is too long for a row."""
    return Truncator(" ".join(text.split())).chars(LONGEST)


def query_of(by: str, key: Any) -> str:
    """Return what the list of entries is asked for, to show those of a row."""
    if by == "project":
        client, project = key
        return urlencode({"client": client, "project": project})
    return urlencode({by: key})


def asked_name(query: Mapping[str, str]) -> tuple[str, Any] | None:
    """Return by what, and for which name, the list of entries is asked; None for all of them."""
    if "project" in query:
        return "project", (query.get("client", ""), query["project"])
    return next(((by, query[by]) for by in ("client", "tag", "description") if by in query), None)


def entries_url(first: date, last: date, query: str = "") -> str:
    """Return the address of the entries of some days."""
    return f"{entries_path()}?from={first}&to={last}" + (f"&{query}" if query else "")


@cache
def entries_path() -> str:
    """Return the address of the list, for the thousands of cells of a table."""
    return reverse("time-entries")

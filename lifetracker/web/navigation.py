"""The way from page to page. An app declares its page in `pages.py`, where it is found as its cards are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from lifetracker import days
from lifetracker.web.ranges import kept_query


class Group(Enum):
    """The parts of the rail, from the top. The value is its heading."""

    TODAY = ""
    BODY = "Body"
    WORK = "Work"
    DIRECTION = "Direction"
    #: What is not about a day: connections, account, API. At the foot of the rail.
    FOOT = "Account"


#: On a phone these open a sheet of their own, with that icon. What is left stands in the sheet "More".
SHEETS = {Group.BODY: "whoop", Group.WORK: "time"}


@dataclass(frozen=True)
class Page:
    """A page with an entry in the rail."""

    title: str
    url_name: str
    group: Group
    #: Within the group, those of lower numbers stand before the others.
    order: int
    #: Its symbol in `icons.svg`. Without one it is small, which is for the foot alone.
    icon: str = ""
    #: Pressed after `g`, it opens the page. One letter; empty for none.
    key: str = ""
    #: On a phone it has a tab of its own.
    has_tab: bool = False
    #: Only staff has the right to open it.
    of_staff: bool = False
    #: It has a mark while a source needs the person.
    is_marked: bool = False
    #: It shows a range of days that is chosen by its address (`ranges.py`).
    has_ranges: bool = False


class Entry(NamedTuple):
    """A page as a request sees it."""

    page: Page
    url: str
    #: What `aria-current` says: `page` for the page itself, `true` for one that belongs to it, else nothing.
    current: str


class Part(NamedTuple):
    """Entries under one heading: a part of the rail, or the sheet of a tab."""

    title: str
    icon: str
    entries: list[Entry]

    @property
    def is_current(self) -> bool:
        return any(entry.current for entry in self.entries)

    @property
    def is_marked(self) -> bool:
        return any(entry.page.is_marked for entry in self.entries)


class Navigation(NamedTuple):
    """`parts` stand in the rail above `foot`; `tabs` and `sheets` in the bar of a phone, the last of which is More."""

    parts: list[Part]
    foot: Part
    tabs: list[Entry]
    sheets: list[Part]

    @property
    def entries(self) -> list[Entry]:
        return [entry for part in [*self.parts, self.foot] for entry in part.entries]


pages: dict[str, Page] = {}


def register_page(page: Page) -> None:
    pages[page.url_name] = page


def navigation(request: HttpRequest) -> Navigation:
    """Return what leads from this page to the others, without a query to the database."""
    entries = list(entries_of(request))
    parts = [Part(group.value, "", of_group(entries, group)) for group in Group]
    sheets = [
        Part(group.value, icon, without_tab(of_group(entries, group)))
        for group, icon in SHEETS.items()
    ]
    rest = [entry for entry in without_tab(entries) if entry.page.group not in SHEETS]
    return Navigation(
        parts=[part for part in parts[:-1] if part.entries],
        foot=parts[-1],
        tabs=[entry for entry in entries if entry.page.has_tab],
        sheets=[sheet for sheet in [*sheets, Part("More", "more", rest)] if sheet.entries],
    )


def entries_of(request: HttpRequest) -> Iterator[Entry]:
    is_staff = getattr(request.user, "is_staff", False)
    kept = kept_query(request.GET.dict(), days.today())
    for page in sorted(pages.values(), key=attrgetter("order", "title")):
        if is_staff or not page.of_staff:
            url = reverse(page.url_name)
            # Also to pages without ranges, from which it goes on to the next; at the foot there is none that one passes.
            carries = page.group is not Group.FOOT
            yield Entry(page, url + kept * carries, currency(url, request.path))


def currency(url: str, path: str) -> str:
    """Return what `aria-current` of the entry of an address says on the page of that path."""
    if path == url:
        return "page"
    below = url.rstrip("/") + "/"
    return "true" if url != reverse("home") and path.startswith(below) else ""


def of_group(entries: list[Entry], group: Group) -> list[Entry]:
    return [entry for entry in entries if entry.page.group is group]


def without_tab(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if not entry.page.has_tab]

"""`manage.py check` refuses entries of the rail that lead nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from django.core.checks import CheckMessage, Error
from django.urls import NoReverseMatch, reverse

from lifetracker.web.navigation import Group, Page, pages


def check_pages() -> list[CheckMessage]:
    return list(check_declared(list(pages.values()), symbols()))


def check_declared(declared: list[Page], known: set[str]) -> Iterable[CheckMessage]:
    """Compare what is declared with the addresses, with the symbols that are known, and with each other."""
    keys = Counter(page.key for page in declared if page.key)
    for page in declared:
        yield from check_page(page, known)
        if keys[page.key] > 1 or len(page.key) > 1:
            yield Error(
                f"The key {page.key!r} of the page {page.title} is no letter of its own.",
                hint="Give each page another single letter as `key`, or none.",
                obj=page.url_name,
                id="lifetracker.E052",
            )


def check_page(page: Page, known: set[str]) -> Iterable[CheckMessage]:
    try:
        reverse(page.url_name)
    except NoReverseMatch:
        yield Error(
            f"The page {page.title} has no address: {page.url_name}.",
            hint="Set `url_name` to the name of a path without arguments in page_urls.py.",
            obj=page.url_name,
            id="lifetracker.E050",
        )
    if page.icon not in known and (page.icon or page.group is not Group.FOOT):
        yield Error(
            f"The page {page.title} has no symbol: {page.icon!r}.",
            hint=f"Set `icon` to one of {', '.join(sorted(known))}. Only pages of the foot may have none.",
            obj=page.url_name,
            id="lifetracker.E051",
        )


def symbols() -> set[str]:
    """Return the names in `icons.svg`."""
    sprite = Path(__file__).parent.parent / "static/lifetracker/icons.svg"
    return set(re.findall(r'<symbol id="([\w-]+)"', sprite.read_text(encoding="utf-8")))

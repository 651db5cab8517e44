"""Every address of the URL configuration, each with values for its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils.regex_helper import normalize

from lifetracker.web.navigation import pages

# What parameters may be; the first that fits is taken. The last is a bar code of a shop's own, for which nobody is asked.
VALUES = (
    *("1", "whoop", "2026-09-16", "recovery.score", "00000000-0000-4000-8000-000000000001"),
    "2099999000017",
)


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Paths, through all includes and the admin. Raises ValueError for a pattern that none of VALUES
    fits."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        own = str(pattern.pattern.regex.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + own)
        elif isinstance(pattern, URLPattern):
            yield example(before + own)


def example(pattern: str) -> str:
    for form, names in normalize(pattern):
        for value in VALUES:
            path = form % dict.fromkeys(names, value)
            if re.match(pattern, path):
                return f"/{path}"
    raise ValueError(f"No value fits {pattern}: add one to VALUES.")


def for_programs(path: str) -> bool:
    return f"{path}/".startswith(("/api/", "/webhooks/", "/mcp/"))


def own_pages(client: Client) -> list[str]:
    """Return the addresses that answer a browser with a page of ours, for whom the client is logged in and with what
    is stored: those of VALUES, and of each kind that these do not fit one that another page leads to. The admin's are
    made by its theme."""
    asked = sorted(path for path in set(addresses()) if not path.startswith("/admin/"))
    programs = {path for path in asked if for_programs(path)} - {reverse("docs")}
    answers = {path: client.get(path) for path in asked if path not in programs}
    found = {path: answer for path, answer in answers.items() if is_page(answer)}
    return [*found, *led_to([answer.text for answer in found.values()], list(found), client)]


def led_to(pages: list[str], known: list[str], client: Client) -> list[str]:
    """Return one address of each kind of page that is not known, as far as these pages lead there."""
    names, found = {resolve(path).view_name for path in known}, []
    links = (link for page in pages for link in re.findall(r'<a [^>]*?href="(/[^"#?]*)', page))
    for path in dict.fromkeys(links):
        name = name_of(path)
        if name and name not in names and is_page(client.get(path)):
            names.add(name)
            found.append(path)
    return found


def name_of(path: str) -> str:
    """Return the name of the view of an address of ours; empty for programs, the admin and files."""
    try:
        return "" if for_programs(path) or path.startswith("/admin/") else resolve(path).view_name
    except Resolver404:
        return ""


def is_page(answer: Any) -> bool:
    return bool(
        answer.status_code == HTTPStatus.OK and answer["Content-Type"].startswith("text/html")
    )


def with_ranges(found: list[str], client: Client) -> list[str]:
    """Return the pages, and after each of those with a choice of ranges its last one: the whole history."""
    longest = [f"{path}?range=all" for path in found if 'class="ranges"' in client.get(path).text]
    return [*found, *longest]


def with_choices(found: list[str], client: Client) -> list[str]:
    """Return the pages, and one address for each other set of parameters that a link of theirs has: the next page of a
    list, a chosen week, another order."""
    known, more = {kind_of(path) for path in found}, []
    for path in found:
        for link in re.findall(r'<a [^>]*?href="([^"]*\?[^"]*)"', client.get(path).text):
            address = urljoin(path, unescape(link)).partition("#")[0]
            kind = kind_of(address)
            if kind[0] and kind not in known and is_page(client.get(address)):
                more.append(address)
            known.add(kind)
    return [*found, *more]


def kind_of(address: str) -> tuple[str, frozenset[str]]:
    """Return the view of an address, and the names of its parameters."""
    parts = urlsplit(address)
    return name_of(parts.path), frozenset(parse_qs(parts.query))


def pages_of_rail() -> list[str]:
    """Return the pages of the rail that show a person's data."""
    return [reverse(page.url_name) for page in pages.values() if page.icon]

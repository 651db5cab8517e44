"""Every address of the URL configuration, each with values for its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

# What parameters may be; the first that fits is taken.
VALUES = ("1", "whoop", "2026-09-16", "recovery.score", "00000000-0000-4000-8000-000000000001")


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
    return path.startswith(("/api/", "/webhooks/"))

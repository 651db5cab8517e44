"""Numbers with their nouns and names of services, as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 row`, or `1,270 rows`. `plural` is for a noun that does not just take an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def joined(names: Sequence[str]) -> str:
    """Return `WHOOP`, `WHOOP and Toggl`, or `WHOOP, Toggl and GitHub`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def title_of(name: str) -> str:
    """Return how a service writes its own name, such as `WHOOP`, by the name or the slug of its source."""
    titles = {
        key: source.title for source in settings.SOURCES for key in (source.name, source.slug)
    }
    titles |= {
        source.export_name: f"{source.title} export"
        for source in settings.SOURCES
        if source.export_name
    }
    return titles.get(name) or settings.FILE_SOURCES.get(name) or name

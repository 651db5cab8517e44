"""Numbers with their nouns and names of services, as people read them."""

from __future__ import annotations

import re
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


#: What stands behind the noun of a unit, such as `of tea`, `per day`, `(large)`.
BEHIND_NOUN = re.compile(r"\s+(?:of|per|a|in|on|with)\s.*|\s*[(/,].*", re.S)
#: An s that makes a word no plural.
NO_PLURAL = re.compile(r"(?:ss|us|is)$", re.IGNORECASE)
#: Words whose plural has more than an s, and those that end with one anyway.
SINGULARS = {
    **dict.fromkeys(("gas", "gps", "lens", "news", "series", "species", "yes"), ""),
    "lbs": "lb",
    "hrs": "hr",
    "halves": "half",
    "loaves": "loaf",
    "leaves": "leaf",
    **{f"{one}es": one for one in ("box", "dash", "dish", "glass", "lunch")},
    **{f"{one}es": one for one in ("match", "pinch", "potato", "sandwich", "splash", "tomato")},
    **{
        f"{one}ies": f"{one}y" for one in ("berr", "cand", "cherr", "pastr", "part", "stor", "pupp")
    },
}


def singular(unit: str) -> str:
    """Return the unit of one, of a unit in whatever words a person gave it: `cup` of `cups`, `glass of wine` of `glasses of
    wine`. What is no English plural, and every abbreviation, stays."""
    behind = BEHIND_NOUN.search(unit)
    noun = unit[: behind.start()] if behind else unit
    rest = unit[len(noun) :]
    before, blank, last = noun.rpartition(" ")
    known = SINGULARS.get(last.casefold())
    if known is None:
        is_plural = len(last) > 3 and last[-1:] == "s" and not NO_PLURAL.search(last)
        known = last[:-1] if is_plural else ""
    return f"{before}{blank}{known or last}{rest}"


def with_unit(number: str, unit: str) -> str:
    """Return a number, as it is shown, with a unit of a person's own: `1 cup`, `2 cups`, `0.5 cups`; the number where there is
    no unit."""
    return f"{number} {singular(unit) if number == '1' else unit}".strip()

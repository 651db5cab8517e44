"""What sports are called. A service writes a slug, a person any words."""

from __future__ import annotations

from collections.abc import Iterable

#: Those of which the slug with a capital would be wrong.
NAMES = {"hiit": "HIIT", "weightlifting_msk": "Strength training"}


def sport_words(name: str) -> str:
    """Return `Mountain biking` of `mountain-biking`; words that a person typed stay as they are."""
    known = NAMES.get(name)
    if known:
        return known
    words = name.replace("_", " ").replace("-", " ") if name == name.lower() else name
    return words[:1].upper() + words[1:]


def sport_key(name: str) -> str:
    """Return what sports that are called the same have in common, whatever the case: `running` of `Running`."""
    return sport_words(name).casefold()


def one_of_each(names: Iterable[str]) -> dict[str, str]:
    """Return for each name the one that stands for all that are called the same, a slug if there is one."""
    found: dict[str, str] = {}
    every = sorted(set(names), key=lambda name: (name != name.lower(), name))
    return {name: found.setdefault(sport_key(name), name) for name in every}

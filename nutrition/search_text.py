"""The words by which foods are found and told apart."""

from __future__ import annotations

import re
import unicodedata

LONGEST_SEARCH_TEXT = 420


def folded(*texts: str) -> str:
    """Return texts as they are searched: in small letters, without accents (`Müsli` is `musli`, `ß` is `ss`)."""
    letters = unicodedata.normalize("NFKD", " ".join(filter(None, texts)).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are searched, without what is neither letter nor digit."""
    return re.findall(r"[^\W_]+", folded(text))


def searched_as(name: str, brand: str) -> str:
    """Return the words by which a food is found, as long as they may be: folded letters may be more than they were."""
    return " ".join(words_of(f"{name} {brand}"))[:LONGEST_SEARCH_TEXT]

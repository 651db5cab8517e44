"""Finding foods by what is typed of their names: all words, the last of which may be half typed, else with a slip."""

from __future__ import annotations

import string
from collections.abc import Sequence

from django.db import connection, transaction

from lifetracker.models import MANUAL
from nutrition.models import FoodItem
from nutrition.search_index import INDEX, PLACES, TABLE, TIERS, VECTOR, WORDS, index_foods
from nutrition.search_text import words_of
from nutrition.units import singulars

__all__ = ["foods_called", "has_words", "index_foods", "search_foods"]

#: Fewer letters fit too much, unless they are all of a name.
FEWEST_LETTERS = 3
MOST_WORDS = 8
#: So many foods with the words of a name are looked at for one that is called so.
MOST_LOOKED_AT = 100
#: Slips are looked for in words of so many letters, and in so many words at most.
SLIPS, MOST_SLIPS = range(4, 21), 2
#: Of PostgreSQL: so many hits of a tier are sorted.
CANDIDATES = 400
#: What each word of a search may be: a whole word, or the beginning of one, which ends with a star.
Alternatives = list[set[str]]


def search_foods(
    text: str, most: int = 20, *, own_only: bool = False, with_slip: bool = True
) -> list[FoodItem]:
    """Return foods and recipes whose name and brand have all words of a text, whose last one may be half typed: one's own
    first, then those that are scanned most often. Where there are none, those with a word that differs by one slip,
    unless `with_slip` is False. Of one or two letters only those that are called so."""
    words = words_of(text)[:MOST_WORDS]
    if len("".join(words)) < FEWEST_LETTERS:
        return foods_called(text, own_only=own_only)[:most]
    index = index_of_database()
    wanted = [whole(word) for word in words[:-1]] + [begun(words[-1])]
    is_short = len(words) > 1 and len(words[-1]) < index.shortest_beginning
    if is_short:
        wanted[-1] = whole(words[-1])
    found = index.find(wanted, most, own_only=own_only)
    if not found and is_short:
        words, wanted = words[:-1], wanted[:-1]
        found = index.find(wanted, most, own_only=own_only)
    if with_slip and not found and (slipped := with_slips(index, words, wanted)):
        found = index.find(slipped, most, own_only=own_only)
    return in_order(found, words[0])


def foods_called(name: str, *, own_only: bool = False) -> list[FoodItem]:
    """Return the foods that have a name to its last letter, however short it is, one's own first."""
    words = words_of(name)
    if not words:
        return []
    wanted = [{word} for word in words[:MOST_WORDS]]
    found = index_of_database().find(wanted, MOST_LOOKED_AT, own_only=own_only)
    return [food for food in in_order(found, words[0]) if words in names_in_words(food)]


def names_in_words(food: FoodItem) -> list[list[str]]:
    """Return what a food may be called, with its brand and without, in words as they are searched."""
    name, brand = words_of(food.name), words_of(food.brand)
    return [name, name + brand, brand + name]


def in_order(found: Sequence[int], word: str) -> list[FoodItem]:
    foods = FoodItem.objects.live().defer("raw").in_bulk(found).values()
    return sorted(foods, key=lambda food: place_of(food, word))


def place_of(food: FoodItem, word: str) -> tuple[object, ...]:
    begins = food.search_text.startswith(word)
    return food.source != MANUAL, -food.popularity, not begins, len(food.name), food.name, food.pk


def whole(word: str) -> set[str]:
    return singulars(word) | {f"{word}s"}


def begun(word: str) -> set[str]:
    return {f"{one}*" for one in singulars(word)}


def has_words(words: Sequence[str], search_text: str) -> bool:
    """Return whether a text has all these words, in the singular or in the plural, whose last one may be half typed."""
    if not words:
        return True
    there = set(search_text.split())
    begins = tuple(singulars(words[-1]))
    return all(whole(word) & there for word in words[:-1]) and any(
        word.startswith(begins) for word in there
    )


# --- Slips ----------------------------------------------------------------------------------------


def with_slips(index: Index, words: list[str], wanted: Alternatives) -> Alternatives:
    """Return what may have been meant: for each word that no food has, those with one letter more, less, other or swapped.
    Empty if there is no such word, or too many."""
    unknown = [at for at, one in enumerate(wanted) if not index.has(one)]
    if not 0 < len(unknown) <= MOST_SLIPS or not all(len(words[at]) in SLIPS for at in unknown):
        return []
    found = list(wanted)
    for at in unknown:
        star = "*" if at == len(words) - 1 else ""
        found[at] = index.existing({f"{one}{star}" for one in one_slip_from(words[at])})
    return found if all(found) else []


def one_slip_from(word: str) -> set[str]:
    """Return all words that differ by one letter, or by two neighbours that are swapped."""
    letters = set(string.ascii_lowercase) | set(word)
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    less = {one + rest[1:] for one, rest in parts if rest}
    swapped = {one + rest[1] + rest[0] + rest[2:] for one, rest in parts if len(rest) > 1}
    other = {one + letter + rest[1:] for one, rest in parts if rest for letter in letters}
    more = {one + letter + rest for one, rest in parts for letter in letters}
    return (less | swapped | other | more) - {word}


# --- Indexes --------------------------------------------------------------------------------------


class SqliteIndex:
    #: Too many words begin with fewer letters: beside other words these are a whole word, or not there yet.
    shortest_beginning = 2

    def find(self, wanted: Alternatives, most: int, *, own_only: bool = False) -> list[int]:
        """Return the numbers of foods that have one of the alternatives of each word."""
        query = (
            f"SELECT rowid & {PLACES - 1} FROM {INDEX} WHERE {INDEX} MATCH %s AND rowid < %s "
            "ORDER BY rowid LIMIT %s"
        )
        places = PLACES if own_only else PLACES * (PLACES + 2)
        text = " AND ".join(f"({' OR '.join(map(self.term, sorted(one)))})" for one in wanted)
        with connection.cursor() as cursor:
            cursor.execute(query, [text, places, most])
            return [row[0] for row in cursor.fetchall()]

    def term(self, word: str) -> str:
        return f'"{word[:-1]}" *' if word.endswith("*") else f'"{word}"'

    def has(self, words: set[str]) -> bool:
        """Return whether some food has one of these."""
        return bool(self.find([words], 1))

    def existing(self, words: set[str]) -> set[str]:
        """Return all of them: to find out which exist takes as long as to search for all."""
        return words


class PostgresqlIndex:
    shortest_beginning = 3

    def find(self, wanted: Alternatives, most: int, *, own_only: bool = False) -> list[int]:
        """Return the numbers of foods that have one of the alternatives of each word."""
        text = " & ".join(f"({' | '.join(map(self.term, sorted(one)))})" for one in wanted)
        tiers = TIERS[:1] if own_only else TIERS
        query = f"{' UNION ALL '.join(FOUND.format(one.condition) for one in tiers)} LIMIT {most:d}"
        with transaction.atomic(), connection.cursor() as cursor:
            # It expects far more foods with some words than there are, and would look at all.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(query, [text] * len(tiers))
            found = [row[0] for row in cursor.fetchall()]
            cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
        return found

    def term(self, word: str) -> str:
        return f"'{word[:-1]}':*" if word.endswith("*") else f"'{word}'"

    def has(self, words: set[str]) -> bool:
        """Return whether some food has, or had, one of these."""
        return bool(self.existing(words))

    def existing(self, words: set[str]) -> set[str]:
        """Return those that some food has, or had."""
        begins = [word[:-1] for word in words if word.endswith("*")]
        wholes = [word for word in words if not word.endswith("*")]
        with connection.cursor() as cursor:
            cursor.execute(EXISTING, [wholes, begins])
            return {row[0] for row in cursor.fetchall()}


Index = SqliteIndex | PostgresqlIndex


def index_of_database() -> Index:
    return SqliteIndex() if connection.vendor == "sqlite" else PostgresqlIndex()


#: The foods of a tier. Of too many, some are sorted.
FOUND = (
    f"(SELECT id FROM (SELECT id, popularity FROM {TABLE} WHERE deleted_at IS NULL AND {{}} "
    f"AND {VECTOR} @@ %s::tsquery LIMIT {CANDIDATES}) found ORDER BY popularity DESC, id)"
)
EXISTING = (
    f"SELECT word FROM {WORDS} WHERE word = ANY(%s) UNION ALL "
    f"SELECT one || '*' FROM unnest(%s::text[]) one WHERE EXISTS "
    f"(SELECT 1 FROM {WORDS} WHERE word >= one AND word < one || chr(1114111))"
)

"""Made-up foods and searches for them, in a process of its own: `python -m benchmarks.foods_search_child FOODS SEARCHES` prints
what they cost as one line of JSON."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import django
from django.db import connection, models
from psycopg2.extras import execute_values

#: Words that every tenth food has, and syllables of which there are as many others as there are in a large export.
COMMON = (
    *("chocolate", "milk", "bio", "cheese", "yogurt", "bread", "dark", "organic", "sauce"),
    *("juice", "tomato", "pasta", "rice", "coffee", "tea", "biscuits", "chips", "crème", "müsli"),
    *("käse", "brötchen", "purée"),
)
SYLLABLES = (
    *("cho", "co", "la", "mi", "lk", "bre", "ad", "yo", "gu", "rt", "ka", "se", "to", "ma", "pa"),
    *("sta", "ri", "ce", "be", "an", "ol", "iv", "jo", "gh", "ur", "te", "sch", "ok", "mü"),
    *("sli", "fro", "ge", "pan", "vin", "sal", "pol", "let", "noi", "sett", "é", "ñu", "grö"),
    *("ßen", "tar", "hof", "kel", "dra", "wi", "zu", "fe"),
)
VOCABULARY = 250_000
#: Of which so many were typed in.
OWN = 300
BATCH = 5_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main(foods: int, searches: int) -> None:
    django.setup()
    chance = random.Random(1)  # noqa: S311 - made-up data must be reproducible
    names = list(made_up(foods, chance))
    store(names, chance)
    begin = cpu()
    from nutrition.search_index import make_index  # noqa: PLC0415 - only after the setup

    make_index()
    made = cpu() - begin
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = {name: measured(kind, names, searches) for name, kind in KINDS.items()}
    print(json.dumps({"made": made, "size": size_of_index(), "kinds": found}))


def made_up(foods: int, chance: random.Random) -> Iterator[str]:
    """Yield names in which words are as unequal as in a language: the second is half as frequent as the first."""
    rare = {"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(VOCABULARY)}
    words = [*COMMON, *sorted(rare)]
    shares = list(accumulate(1 / (rank + 20) for rank in range(len(words))))
    for _ in range(foods):
        yield " ".join(chance.choices(words, cum_weights=shares, k=chance.randint(2, 7)))


def store(names: list[str], chance: random.Random) -> None:
    """Store the foods without their index, which is made once they are there."""
    from benchmarks.many import Dialect  # noqa: PLC0415 - only after the setup
    from nutrition.models import FoodItem  # noqa: PLC0415
    from nutrition.search_text import searched_as  # noqa: PLC0415

    dialect = Dialect(int(time.time()))
    fields = [f for f in FoodItem._meta.concrete_fields if not isinstance(f, models.AutoField)]
    typed = {"name", "search_text", "source", "source_id", "popularity"}
    columns = ", ".join(str(field.column) for field in fields)
    values = ", ".join("%s" if f.name in typed else dialect.neutral(f) for f in fields)
    order = [field.name for field in fields if field.name in typed]
    drop_index()
    with connection.cursor() as cursor:
        for batch in batches(names):
            rows: list[list[str | int]] = []
            for number, name in batch:
                source = "Manual" if number < OWN else "OpenFoodFacts"
                scans = 0 if number < OWN else min(int(chance.paretovariate(0.6)) - 1, 10**6)
                row: dict[str, str | int] = {"name": name, "search_text": searched_as(name, "")}
                row |= {"source": source, "source_id": str(number), "popularity": scans}
                rows.append([row[column] for column in order])
            statement = f"INSERT INTO nutrition_fooditem ({columns}) VALUES "  # noqa: S608 - ours
            if connection.vendor == "sqlite":
                cursor.executemany(f"{statement}({values})", rows)
            else:
                execute_values(cursor.cursor, f"{statement}%s", rows, f"({values})", BATCH)


def batches(names: list[str]) -> Iterator[list[tuple[int, str]]]:
    for start in range(0, len(names), BATCH):
        yield list(enumerate(names[start : start + BATCH], start))


def drop_index() -> None:
    from nutrition.search_index import INDEX, TIERS  # noqa: PLC0415

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {INDEX}_added")
            return
        cursor.execute(f"DROP TRIGGER {INDEX}_insert ON nutrition_fooditem")
        for tier in TIERS:
            cursor.execute(f"DROP INDEX {INDEX}_{tier.name}")


def size_of_index() -> float:
    """Return its size in MB."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sum(length(block)) FROM nutrition_foodindex_data")
        else:
            cursor.execute(
                "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relname LIKE 'nutrition_foodindex%' "
                "OR relname LIKE 'nutrition_foodword%'"
            )
        return float(cursor.fetchone()[0]) / 1e6


# --- Searches -------------------------------------------------------------------------------------


def beginning(name: str, chance: random.Random) -> str:
    """Return three to six letters of a word."""
    return max(name.split(), key=len)[: chance.randint(3, 6)]


def several_words(name: str, chance: random.Random) -> str:
    """Return two or three words, the last of them half typed."""
    words = name.split()[:3]
    return " ".join([*words[:-1], words[-1][: max(2, len(words[-1]) // 2)]])


def slip(name: str, chance: random.Random) -> str:
    """Return a word with another letter, one more or one less."""
    word = max(name.split(), key=len)
    at = chance.randrange(len(word))
    return (
        word[:at]
        + chance.choice(["", chance.choice(LETTERS), word[at] + chance.choice(LETTERS)])
        + word[at + 1 :]
    )


def accents(name: str, chance: random.Random) -> str:
    """Return a word in capitals, with the accents that it has and others do not type."""
    return max(name.split(), key=lambda word: (not word.isascii(), len(word))).upper()


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "the beginning of a word": beginning,
    "two or three words": several_words,
    "a word with a slip": slip,
    "a word with accents": accents,
}


def measured(
    kind: Callable[[str, random.Random], str], names: list[str], searches: int
) -> dict[str, float]:
    from nutrition.food_search import search_foods  # noqa: PLC0415

    chance = random.Random(2)  # noqa: S311
    costs, hits = [], 0
    for name in chance.choices(names, k=searches):
        typed = kind(name, chance)
        begin = cpu()
        found = search_foods(typed)
        costs.append((cpu() - begin) * 1000)
        hits += bool(found)
    p95 = statistics.quantiles(costs, n=20)[-1]
    return {
        "median": statistics.median(costs),
        "p95": p95,
        "most": max(costs),
        "hits": hits / searches,
    }


def cpu() -> float:
    """Return the seconds of CPU of this process and of the one that serves it."""
    return time.process_time() + server_seconds()


_server: dict[str, Path | None] = {}


def server_seconds() -> float:
    """Return those of PostgreSQL's process, to the nanosecond; 0 where this machine has none."""
    if connection.vendor != "postgresql":
        return 0.0
    if "file" not in _server:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        name = Path(f"/proc/{pid}/comm")
        is_here = name.exists() and name.read_text().startswith("postgres")
        _server["file"] = Path(f"/proc/{pid}/schedstat") if is_here else None
    file = _server["file"]
    return int(file.read_text().split()[0]) / 1e9 if file else 0.0


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""`python -m benchmarks.foods_import`: how fast an export of Open Food Facts is imported, how much memory it takes, and how
large the database becomes. The foods are made up, in lines as long as theirs, and packed."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg2

from benchmarks.stage import ROOT, Databases, Sqlite, all_databases
from tests.nutrition.food_lines import line_of, products

MILLION = 1_000_000
#: Of the rest of a product, which is read and not used.
PADDING = 1_500


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.foods_import", description=__doc__)
    parser.add_argument("--foods", type=int, default=MILLION)
    parser.add_argument("--foods-postgres", type=int, help="Default: as many.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lifetracker-benchmarks-") as folder:
        path = Path(folder) / "products.jsonl.gz"
        for databases in all_databases():
            is_first = isinstance(databases, Sqlite)
            foods = options.foods if is_first else options.foods_postgres or options.foods
            write_export(path, foods)
            with databases:
                costs(databases, path, foods)


def write_export(path: Path, foods: int) -> None:
    rest = {"ingredients_text": "x" * PADDING}
    with gzip.open(path, "wb", compresslevel=1) as file:
        for product in products(foods):
            file.write(line_of(product | rest))


def costs(databases: Databases, path: Path, foods: int) -> None:
    url = databases.url("foods")
    manage(url, "migrate", "--verbosity", "0", "--skip-checks")
    before = size_of(url)
    runs: Iterable[tuple[str, tuple[str, ...]]] = (
        ("first import", ()),
        ("nothing changed", ()),
        ("a country that nothing is from", ("--country", "Italy")),
    )
    print(f"{databases.name}, {foods:,} foods, {path.stat().st_size / 1e6:.0f} MB packed")
    for name, more in runs:
        found = child(url, path, *more)
        print(
            f"  {name}: {found['cpu']:.1f} s of CPU, {foods / found['cpu']:,.0f} lines a second of it, "
            f"{found['wall']:.1f} s, peak {found['peak']:.0f} MB ({found['loaded']:.0f} MB before it began)",
            flush=True,
        )
    print(f"  the database grew by {(size_of(url) - before) / 1e6:.0f} MB", flush=True)


def child(url: str, path: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.foods_import_child", str(path), *options]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def manage(url: str, *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment(url), check=True
    )


def environment(url: str) -> dict[str, str]:
    settings = {"DJANGO_SETTINGS_MODULE": "lifetracker.settings", "DEMO": "true"}
    return os.environ | settings | {"DATABASE_URL": url}


def size_of(url: str) -> int:
    """Return the bytes of a database, its log of writes included."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0])
    connection.close()
    return size


if __name__ == "__main__":
    begin = time.monotonic()
    main()
    print(f"{time.monotonic() - begin:.0f} s in all")

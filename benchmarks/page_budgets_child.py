"""Fills the database at DATABASE_URL and asks for each page as a browser does: `python -m benchmarks.page_budgets_child
ROWS ROUNDS [BEGINNING ...]` prints what came of it as one line of JSON, of the pages whose addresses begin so."""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.filled import browser, fill_database


def main(rows: int, rounds: int, beginnings: Sequence[str]) -> None:
    fill_database(rows)
    from tests.addresses import own_pages, with_choices, with_ranges  # noqa: PLC0415 - only after the setup

    client = browser()
    found = with_choices(with_ranges(own_pages(client), client), client)
    asked = [path for path in found if is_asked(path, beginnings)]
    print(json.dumps([measured(client, path, rounds) for path in asked]))


def is_asked(path: str, beginnings: Sequence[str]) -> bool:
    """Return whether a page is measured. Every address begins with `/`, which stands for Today alone."""
    return not beginnings or any(
        path == one if one == "/" else path.startswith(one) for one in beginnings
    )


def measured(client: Any, path: str, rounds: int) -> dict[str, Any]:
    """CPU in milliseconds, the median of the rounds after one that is not counted, 0 without rounds; bytes as they are
    sent."""
    from benchmarks.counters import counted  # noqa: PLC0415

    took = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        answer = client.get(path, headers={"accept-encoding": "gzip"})
        took.append((time.process_time() - begin) * 1000)
    with counted() as cost:
        client.get(path)
    later = len(answer.content)
    return {
        "path": path,
        "cpu": median(took[1:] or [0.0]),
        "statements": cost.statements,
        "later": later,
        "first": later + sum(map(size_of, files_of(gzip.decompress(answer.content).decode()))),
    }


def files_of(page: str) -> set[str]:
    """Return the static files that a browser fetches for a page: those of its head, its scripts and its symbols."""
    from django.conf import settings  # noqa: PLC0415

    named = re.findall(r'(?:href|src)="([^"#]+)(?:#[^"]*)?"', page)
    return {
        name.removeprefix(settings.STATIC_URL)
        for name in named
        if name.startswith(settings.STATIC_URL)
    }


def size_of(name: str) -> int:
    """Return how many bytes of a static file are sent, compressed as WhiteNoise does."""
    from django.contrib.staticfiles import finders  # noqa: PLC0415

    path = finders.find(name)
    if not isinstance(path, str):
        raise TypeError(f"There is no static file {name}.")
    whole = Path(path).read_bytes()
    return min(len(whole), len(gzip.compress(whole, 9)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])

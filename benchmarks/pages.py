"""`python -m benchmarks.pages`: what each page costs with 5,000 and with 100,000 records of each kind: CPU time,
statements, what the database reads, and bytes."""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks import report
from benchmarks.filled import ask
from benchmarks.stage import all_databases


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[5_000, 100_000], help="of each kind"
    )
    parser.add_argument("--rounds", type=int, default=7, help="of which the best counts")
    options = parser.parse_args()
    print(report.machine())
    for databases in all_databases():
        with databases:
            found = {
                rows: answered(ask("benchmarks.pages_child", databases, rows, options.rounds))
                for rows in options.rows
            }
            print(f"\n## {databases.name}\n\n{shown(databases.name, found)}", flush=True)


def answered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pages. Raises RuntimeError if one was not answered well."""
    if refused := {page["page"]: page["status"] for page in found if page["status"] != 200}:
        raise RuntimeError(f"These were not answered: {refused}")
    return found


def shown(database: str, found: dict[int, list[dict[str, Any]]]) -> str:
    """One line for each page; its cells hold what it costs with each number of records."""
    steps = "steps of the database" if database == "SQLite" else "rows read"
    numbers = ", ".join(f"{rows:,}" for rows in found)
    head = (f"page, with {numbers} records", "CPU, ms", "statements", steps, "kB", "memory, MB")
    lines = zip(*found.values(), strict=True)
    return report.table(head, [line_of(pages) for pages in lines])


def line_of(pages: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    def each(form: str, column: str, unit: float = 1) -> str:
        return ", ".join(format(page[column] / unit, form) for page in pages)

    return (
        pages[0]["page"],
        each(".1f", "cpu"),
        each(".0f", "statements"),
        each(",.0f", "steps"),
        each(".1f", "bytes", 1000),
        each(".1f", "memory"),
    )


if __name__ == "__main__":
    main()

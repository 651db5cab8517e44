"""`python -m benchmarks.page_budgets`: each page that a person opens, beside its budget: CPU time, statements, and bytes as
they are sent, with and without the static files, over ten years of days and with 100,000 records of each kind."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from benchmarks import report
from benchmarks.filled import ask
from benchmarks.stage import all_databases

TEN_YEARS = 3650


class Budget(NamedTuple):
    cpu_ms: float
    statements: int
    #: Thousands of bytes, compressed: the page with all its files, and the page alone.
    first_kb: float
    later_kb: float


BUDGET = Budget(cpu_ms=100, statements=15, first_kb=150, later_kb=60)
TODAY = BUDGET._replace(statements=20)
#: Each family of metrics that come with the data is listed by one.
GOALS = BUDGET._replace(statements=16)
BUDGETS = {"/": TODAY, "/goals/": GOALS}
#: A day or a week as Markdown: every number there is, and what happened in each domain, for who asks for all of it at once.
COPY = BUDGET._replace(cpu_ms=300, statements=36)
#: What a week, a month or a year came to, beside the dozen before it: numbers, goals, projects, insights, what is missing.
REVIEW = BUDGET._replace(cpu_ms=300, statements=40)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_budgets", description=__doc__)
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[TEN_YEARS, 100_000], help="of each kind"
    )
    parser.add_argument("--rounds", type=int, default=7, help="of which the median counts")
    parser.add_argument(
        "pages", nargs="*", help="the beginnings of addresses, of all pages if left out"
    )
    parser.add_argument("--database", choices=("SQLite", "PostgreSQL"), help="left out: both")
    options = parser.parse_args()
    print(report.machine())
    for databases in all_databases():
        if options.database not in {None, databases.name}:
            continue
        with databases:
            for rows in options.rows:
                child = "benchmarks.page_budgets_child"
                found = ask(child, databases, rows, options.rounds, *options.pages)
                print(
                    f"\n## {databases.name}, {rows:,} records of each kind\n\n{shown(found)}",
                    flush=True,
                )


def shown(found: list[dict[str, Any]]) -> str:
    head = ("page", "CPU, ms", "statements", "kB, first", "kB, later", "budget")
    return report.table(head, [line_of(page) for page in found])


def line_of(page: dict[str, Any]) -> tuple[str, ...]:
    numbers = (
        f"{page['cpu']:.0f}",
        str(page["statements"]),
        f"{page['first'] / 1000:.1f}",
        f"{page['later'] / 1000:.1f}",
    )
    return page["path"], *numbers, ", ".join(missed(page)) or "kept"


def budget_of(path: str) -> Budget:
    if path.startswith("/review/") and "intentions" not in path:
        return REVIEW
    return COPY if path.startswith(("/day/", "/week/")) else BUDGETS.get(path, BUDGET)


def missed(page: dict[str, Any]) -> list[str]:
    """Return which parts of its budget a page does not keep."""
    budget = budget_of(page["path"].partition("?")[0])
    parts = {
        "CPU": (page["cpu"], budget.cpu_ms),
        "statements": (page["statements"], budget.statements),
        "first load": (page["first"] / 1000, budget.first_kb),
        "later load": (page["later"] / 1000, budget.later_kb),
    }
    return [f"{name} not kept" for name, (found, most) in parts.items() if found > most]


if __name__ == "__main__":
    main()

"""What her doctor measures of the invented person, as the app of the laboratory exports it: a table with one value in each
row."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from lifetracker.sandbox.life import HOME, Life

HEADER = ("Date", "Test", "Result", "Laboratory")
#: By the name of the test its unit, where she usually is, and by how much that varies.
TESTS = {
    "Ferritin": ("µg/l", 58.0, 14.0),
    "Vitamin D": ("nmol/l", 66.0, 11.0),
    "HbA1c": ("%", 5.2, 0.1),
}
#: So many days lie between two blood tests, give or take some.
BETWEEN = 61


def write_results(folder: Path, life: Life, days: int, now: datetime) -> Path:
    """Write the results of the last `days` days up to now, oldest first."""
    path = folder / "blood-tests.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows(results(life, days, now))
    return path


def results(life: Life, days: int, now: datetime) -> Iterator[tuple[str, str, str, str]]:
    today = now.astimezone(ZoneInfo(HOME)).date()
    for back in range(days, 0, -BETWEEN):
        regular = today - timedelta(days=back)
        rng = life.stream("blood", regular)
        on = min(regular + timedelta(days=rng.randint(-9, 9)), today)
        for name, (unit, usual, spread) in TESTS.items():
            value = f"{rng.gauss(usual, spread):.1f}".replace(".", ",")
            yield f"{on:%d.%m.%Y}", name, f"{value} {unit}", "Labor am Kanal"

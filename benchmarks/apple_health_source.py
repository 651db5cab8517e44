"""Writes an export of Apple Health of about so many megabytes to standard output: `python -m benchmarks.apple_health_source MEGABYTES
DAYS`. The rest of it is heart rate, as in real exports."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from lifetracker.sandbox.apple.export import chunks
from lifetracker.sandbox.life import life_of

NOW = datetime(2026, 9, 16, 18, tzinfo=UTC)
#: Bytes of a day without its heart rate, and of one record of that.
DAY, RECORD = 95_000, 390


def main(megabytes: int, days: int) -> None:
    rates = max(0, (megabytes * 1_000_000 // days - DAY) // RECORD)
    for text in chunks(life_of(1), days, NOW, heart_rates=rates):
        sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

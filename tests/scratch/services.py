"""What the invented service has: a score for each day, and a nap after lunch on some."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from tests.scratch.stand_in import StandIn

LENGTH = 120
PAGE = 50
DAY = timedelta(days=1)


class Somna(StandIn):
    def __init__(self) -> None:
        super().__init__({"/v1/days": self.days, "/v1/naps": self.naps})
        self.today = timezone.localdate()
        self.scores = {self.today - n * DAY: 40 + n % 50 for n in range(LENGTH)}

    def days(self, asked: dict[str, str]) -> Any:
        """From `start_date` to `end_date`, both included."""
        first = date.fromisoformat(asked.get("start_date", "2000-01-01"))
        last = date.fromisoformat(asked["end_date"])
        found = [
            {"id": f"day-{day}", "day": str(day), "score": score}
            for day, score in sorted(self.scores.items())
            if first <= day <= last
        ]
        page = int(asked.get("page", 0))
        is_last = (page + 1) * PAGE >= len(found)
        return {
            "days": found[page * PAGE : (page + 1) * PAGE],
            "next": None if is_last else str(page + 1),
        }

    def naps(self, asked: dict[str, str]) -> Any:
        starts = [f"{day}T12:30:00Z" for day in sorted(self.scores) if day.toordinal() % 3 == 0]
        first, last = (
            datetime.fromisoformat(asked.get(n, "2000-01-01T00:00Z")) for n in ("from", "to")
        )
        return {
            "naps": [
                {"id": f"nap-{start}", "start": start, "minutes": 20.5}
                for start in starts
                if first <= datetime.fromisoformat(start) < last
            ]
        }

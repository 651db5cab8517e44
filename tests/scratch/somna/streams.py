"""What SOMNA offers, and which column each value goes to."""

from __future__ import annotations

from datetime import timedelta

from somna.models import SomnaDay, SomnaNap
from somna.services.somna_client import SomnaClient
from somna.source import SOURCE

from lifetracker.days import local_date
from lifetracker.sync.mapping import from_zero, to_datetime
from lifetracker.sync.streams import (
    Between,
    BetweenDays,
    Source,
    Stream,
    register_source,
    token,
)

LOOKBACK = timedelta(days=7)

days = Stream(
    name="day",
    path="/v1/days",
    items="days",
    next_page=token(read="next", send="page"),
    window=BetweenDays(start="start_date", end="end_date", lookback=LOOKBACK),
    axis="date",
    deletes_by_absence=True,
    max_items_per_day=1,
    model=SomnaDay,
    fields={"source_id": "id", "date": "day", "score": from_zero("score?")},
)

naps = Stream(
    name="nap",
    path="/v1/naps",
    items="naps",
    window=Between(start="from", end="to", lookback=LOOKBACK),
    axis="start",
    deletes_by_absence=True,
    max_items_per_day=24,
    model=SomnaNap,
    fields={
        "source_id": "id",
        "start": "start",
        "date": lambda item: local_date(to_datetime(item["start"])),
        "minutes": "minutes",
    },
)

source = register_source(
    Source(
        declaration=SOURCE,
        client=SomnaClient,
        is_configured=SomnaClient.is_configured,
        missing_consent=SomnaClient.missing_consent,
        streams=(days, naps),
    )
)

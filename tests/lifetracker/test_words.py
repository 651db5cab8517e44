"""Numbers and names in messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lifetracker.models import SyncRun, SyncState
from lifetracker.words import counted, title_of, with_unit
from oauth_integration.models import OAuthCredential


@pytest.mark.one_database
def test_one_has_no_plural() -> None:
    assert [counted(number, "row") for number in (0, 1, 1270)] == ["0 rows", "1 row", "1,270 rows"]
    assert [counted(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]


@pytest.mark.one_database
def test_a_service_is_called_as_it_calls_itself() -> None:
    run = SyncRun(source="Whoop", kind="today", started_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert str(run) == "WHOOP today 2026-01-02 03:04"
    assert str(SyncState(source="Whoop", stream="cycle")) == "WHOOP cycle"
    assert str(OAuthCredential(provider="whoop")) == "WHOOP"
    assert [title_of(name) for name in ("GitHub", "Zero", "gone")] == ["GitHub", "Zero", "gone"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("unit", "one"),
    [
        ("cups", "cup"),
        ("large cups", "large cup"),
        ("glasses of wine", "glass of wine"),
        ("cups (small)", "cup (small)"),
        ("pages/day", "page/day"),
        ("boxes", "box"),
        ("cookies", "cookie"),
        ("berries", "berry"),
        ("lbs", "lb"),
        ("press-ups", "press-up"),
        *((same, same) for same in ("", "g", "ms", "bps", "glass", "Tassen", "of 5", "gas", "bus")),
        *((same, same) for same in ("kcal", "min", "bpm", "series", "percent", "Celsius")),
    ],
)
def test_the_unit_of_one(unit: str, one: str) -> None:
    assert with_unit("1", unit) == f"1 {one}".strip()
    assert with_unit("2", unit) == f"2 {unit}".strip()
    assert with_unit("1.5", unit) == f"1.5 {unit}".strip()

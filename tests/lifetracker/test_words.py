"""Numbers and names in messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lifetracker.models import SyncRun, SyncState
from lifetracker.words import counted, title_of
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

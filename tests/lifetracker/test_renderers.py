"""The fast writer of JSON says what REST framework's own says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from rest_framework.renderers import JSONRenderer

from lifetracker.api.renderers import FastJSONRenderer

EAST = timezone(timedelta(hours=2))
ANSWER = {
    "day": date(2026, 9, 16),
    "read": datetime(2026, 9, 16, 12, 30, tzinfo=UTC),
    "local": datetime(2026, 9, 16, 12, 30, tzinfo=EAST),
    "lasted": timedelta(minutes=90),
    "values": [None, 0.0, 12.5, 1e-7, 48],
    "label": "Müsli, 漢字",
}


def test_both_say_the_same() -> None:
    assert json.loads(FastJSONRenderer().render(ANSWER)) == json.loads(
        JSONRenderer().render(ANSWER)
    )
    assert FastJSONRenderer().render(None) == b""


@pytest.mark.parametrize("asked", ["application/json; indent=4", "application/json; indent=1"])
def test_indented_lines_are_there_for_who_asks(asked: str) -> None:
    assert FastJSONRenderer().render(ANSWER, asked) == JSONRenderer().render(ANSWER, asked)

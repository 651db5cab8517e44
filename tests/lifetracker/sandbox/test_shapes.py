"""Every record has the shape of the samples: the same keys, with values of the same types."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import KINDS, NOON

PAYLOADS = Path(__file__).parents[2] / "payloads" / "whoop"
TIMES = ("created_at", "updated_at", "start", "end")

Shape = dict[str, set[str]]


def collection(kind: str) -> list[dict[str, Any]]:
    """Those with the form of real answers: the official examples leave out every null."""
    return json.loads((PAYLOADS / f"{kind}_collection.json").read_text())["records"]


def shape(record: dict[str, Any], into: Shape | None = None, prefix: str = "") -> Shape:
    """`{"score.strain": {"float"}, ...}`; the types of several records come together."""
    found: Shape = {} if into is None else into
    for name, value in record.items():
        found.setdefault(f"{prefix}{name}", set()).add(type(value).__name__)
        if isinstance(value, dict):
            shape(value, found, f"{prefix}{name}.")
    return found


@pytest.fixture(scope="module")
def year() -> Sandbox:
    return Sandbox(seed=3, days=400, now=NOON)


@pytest.mark.parametrize("kind", KINDS)
def test_keys_and_types_are_those_of_the_samples(year: Sandbox, kind: str) -> None:
    allowed: Shape = {}
    for record in collection(kind):
        shape(record, allowed)
    served: Shape = {}
    for record in year.whoop.records(kind):
        shape(record, served)
    assert served.keys() == allowed.keys()
    assert {
        key: types - allowed[key] for key, types in served.items() if types - allowed[key]
    } == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_has_every_key(year: Sandbox, kind: str) -> None:
    keys = {frozenset(record) for record in collection(kind)}
    assert {frozenset(record) for record in year.whoop.records(kind)} == keys
    scored = {frozenset(record["score"]) for record in collection(kind) if record["score"]}
    assert {frozenset(r["score"]) for r in year.whoop.records(kind) if r["score"]} == scored


@pytest.mark.parametrize("kind", KINDS)
def test_times_ids_and_states_are_written_as_whoop_writes_them(year: Sandbox, kind: str) -> None:
    for record in year.whoop.records(kind):
        for name in TIMES:
            text = record.get(name)
            assert text is None or (len(text) == 24 and text.endswith("Z") and text[19] == ".")
        assert record["created_at"] <= record["updated_at"] <= "2026-03-18T12:00:30.000Z"
        assert (record["score"] is not None) == (record["score_state"] == "SCORED")
        identifier = record["sleep_id"] if kind == "recovery" else record["id"]
        assert isinstance(identifier, int) or str(UUID(identifier)) == identifier
        assert record.get("v1_id") is None

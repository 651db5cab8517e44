"""The quick way through a mapping gives what the thorough one gives, column by column."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import pytest

from lifetracker.sync.mapping import ColumnMapping, FieldMapping, Unmappable
from tests.conftest import MODELS
from whoop.streams import source

STREAMS = {stream.name: stream for stream in source.streams if stream.name in MODELS}
HOSTILE = [
    *(None, True, False, 0, -1, -0.0, 1, -7, 5e-324, 2**63, 10**400, 1e308, -1e308, 99.999, 100.001),
    *(float("nan"), float("inf"), "", "0", "x" * 300, "Zoë", "\0", "\ud800", "2026-01-01", "Z"),
    *("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00+02:00", [], [1], {}, {"id": 1}),
]  # fmt: skip


def thorough(mapping: FieldMapping, item: Any) -> Any:
    """Each column alone, by its steps one after the other."""
    row = []
    for column in mapping._columns:
        if wrong := column.explain(item):
            return str(wrong)
        found = column.read(item)
        row.append(column.none() if found is None else column._thorough()(found))
    return row


def quick(mapping: FieldMapping, item: Any) -> Any:
    try:
        return mapping.row(item)
    except Unmappable as error:
        return str(error)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))][
        0 if path else 1 :
    ]


def mutated(item: Any, place: tuple[Any, ...], value: Any) -> Any:
    item = deepcopy(item)
    holder = item
    for key in place[:-1]:
        holder = holder[key]
    if value is KeyError:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return item


@pytest.mark.parametrize("name", STREAMS)
def test_whatever_stands_anywhere(sandbox: Any, name: str) -> None:
    mapping = STREAMS[name].mapping
    items = sandbox.whoop.records(name)[:40]
    for item in items:
        assert repr(quick(mapping, item)) == repr(thorough(mapping, item))
    scored = next(item for item in items if item["score_state"] == "SCORED")
    for place in places(scored):
        for value in [KeyError, *HOSTILE]:
            item = mutated(scored, place, value)
            assert repr(quick(mapping, item)) == repr(thorough(mapping, item)), (place, value)


@pytest.mark.parametrize("name", STREAMS)
def test_whatever_stands_in_several_places(sandbox: Any, name: str) -> None:
    chance = random.Random(7)  # noqa: S311 - the same each time
    mapping = STREAMS[name].mapping
    item = json.loads(json.dumps(sandbox.whoop.records(name)[3]))
    for _ in range(300):
        changed = item
        for place in chance.sample(places(item), 3):
            try:
                changed = mutated(changed, place, chance.choice([KeyError, *HOSTILE]))
            except (KeyError, TypeError):
                continue
        assert repr(quick(mapping, changed)) == repr(thorough(mapping, changed)), changed


def test_a_column_knows_its_place() -> None:
    column = ColumnMapping(MODELS["cycle"]._meta.get_field("strain"), "score?.strain")
    assert (
        str(column.explain({"score": []}))
        == "score?.strain: the parent of 'strain' is not an object"
    )
    assert column.explain({"score": None}) is None

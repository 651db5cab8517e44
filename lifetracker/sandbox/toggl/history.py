"""From a day's stints of work to the time entries that they left behind."""

import copy
from datetime import date
from functools import lru_cache
from random import Random

from lifetracker.sandbox.life import Life
from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.entries import Entry, Item, State
from lifetracker.sandbox.toggl.names import (
    COLLEAGUE_ID,
    TAG_IDS,
    USER_ID,
    project_id,
    workspace_of,
)
from lifetracker.sandbox.toggl.times import SECOND
from lifetracker.sandbox.working import Stint, colleague, working

# Rising, beyond 32 bits for decades. The first part of a day's ids are seconds, then come the
# colleague's, then those of entries that are added while the sandbox runs.
IDS_A_DAY, OTHERS, ADDED = 200_000, 90_000, 100_000
ID_OF_DAY = 3_700_000_000 - date(2024, 12, 1).toordinal() * IDS_A_DAY


def entries(life: Life, on: date) -> list[Entry]:
    """Entries of one's own to change: their states are shared and never changed in place."""
    return [copy.copy(entry) for entry in _made(life, on)]


@lru_cache(maxsize=4096)
def others(life: Life, on: date) -> tuple[Entry, ...]:
    """Return those of the colleague, who shares the main workspace."""
    rng, first = life.stream("toggl-colleague", on), first_id(on) + OTHERS
    return tuple(
        _entry(rng, stint, first + n, COLLEAGUE_ID) for n, stint in enumerate(colleague(life, on))
    )


def first_id(on: date) -> int:
    return ID_OF_DAY + on.toordinal() * IDS_A_DAY


# A test run starts hundreds of sandboxes with the same few lives.
@lru_cache(maxsize=8192)
def _made(life: Life, on: date) -> tuple[Entry, ...]:
    rng, midnight = life.stream("toggl", on), times.midnight(on) // SECOND
    made: dict[int, Entry] = {}
    for stint in working(life, on):
        id = first_id(on) + max(0, (stint.typed or stint.start) - midnight)
        while id in made:
            id += 1
        made[id] = _entry(rng, stint, id, USER_ID)
    return tuple(made.values())


def _entry(rng: Random, stint: Stint, id: int, user_id: int) -> Entry:
    final = _item(stint, id, user_id)
    if stint.typed is None:
        states = _timed(rng, stint, final)
    else:
        states = (_state(stint.typed * SECOND + rng.randrange(SECOND), final),)
    if rng.random() < 0.05:
        states = _looked_over(rng, states)
    if rng.random() < 0.012:
        gone = states[-1].since + rng.randint(20, 40_000) * SECOND + rng.randrange(SECOND)
        states = (*states, _state(gone, {**final, "server_deleted_at": times.utc(gone)}))
    return Entry(id, stint.start * SECOND, states)


def _timed(rng: Random, stint: Stint, final: Item) -> tuple[State, ...]:
    """Return when the server hears of both ends: a moment later, and of an end before the next beginning."""
    begun = stint.start * SECOND + rng.randint(500_000, 900_000)
    stopped = stint.end * SECOND + rng.randint(4_000, 450_000)
    if stopped <= begun:
        return (_state(begun, final),)
    return _state(begun, {**final, "stop": None}, running=True), _state(stopped, final)


def _looked_over(rng: Random, states: tuple[State, ...]) -> tuple[State, ...]:
    """Described only afterwards: up to three days later."""
    before = tuple(
        State(state.since, {**state.item, "description": ""}, state.running) for state in states
    )
    later = states[-1].since + rng.randint(60, 250_000) * SECOND + rng.randrange(SECOND)
    return *before, _state(later, states[-1].item)


def _state(since: int, item: Item, *, running: bool = False) -> State:
    return State(since, {**item, "at": times.zulu(since)}, running)


def _item(stint: Stint, id: int, user_id: int) -> Item:
    workspace = workspace_of(stint.project)
    item: Item = {
        "id": id,
        "workspace_id": workspace,
        "project_id": None,
        "task_id": None,
        "billable": stint.billable,
        "start": times.utc(stint.start * SECOND),
        "stop": times.utc(stint.end * SECOND),
        "duration": stint.end - stint.start,
        "description": stint.text,
        "tags": list(stint.tags),
        "tag_ids": [TAG_IDS[tag] for tag in stint.tags],
        "duronly": True,
        "at": "",
        "server_deleted_at": None,
        "user_id": user_id,
        "uid": user_id,
        "wid": workspace,
    }
    if stint.project is not None:
        item["project_id"] = item["pid"] = project_id(stint.project)
    return item

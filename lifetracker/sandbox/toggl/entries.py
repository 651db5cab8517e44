"""One time entry with its life: started, stopped, edited, deleted."""

from dataclasses import dataclass

from lifetracker.sandbox.messages import JsonObject
from lifetracker.sandbox.toggl import times

Item = JsonObject


@dataclass(frozen=True, slots=True)
class State:
    """What an entry is from this instant on. A `running` one has its duration made up when served."""

    since: int
    item: Item
    running: bool = False

    @property
    def deleted(self) -> bool:
        return self.item.get("server_deleted_at") is not None

    @property
    def at(self) -> int:
        """Return the last modification, also where `at` is malformed."""
        instant = times.lenient(self.item.get("at"))
        return self.since if instant is None else instant


@dataclass(slots=True)
class Entry:
    """`states` in order of time; `start` is what it is sorted by, in microseconds."""

    id: int
    start: int
    states: tuple[State, ...]

    @property
    def key(self) -> tuple[int, int]:
        return self.start, self.id

    def at(self, now: int) -> State | None:
        """Return how it stands at this instant; None before there is anything to see."""
        return next((state for state in reversed(self.states) if state.since <= now), None)

    def enter(self, state: State, later: tuple[State, ...] = ()) -> None:
        """Take this form from now on; `later` is what is still to come of it."""
        self.states = (*(s for s in self.states if s.since <= state.since), state, *later)


def related(item: Item) -> Item:
    """With the short names of earlier versions, which are left out where there is nothing."""
    short: Item = {}
    for name, old in (("user_id", "uid"), ("workspace_id", "wid")):
        if name in item:
            short[old] = item[name]
    for name, old in (("project_id", "pid"), ("task_id", "tid")):
        if item.get(name) is not None:
            short[old] = item[name]
    kept = {name: value for name, value in item.items() if name not in ("pid", "tid")}
    return {**kept, **short}

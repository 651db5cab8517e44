"""`GET /me/time_entries` and its filters."""

import re
from datetime import date, timedelta

from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.answers import Refused, Voice
from lifetracker.sandbox.toggl.entries import Item, State
from lifetracker.sandbox.toggl.names import Names
from lifetracker.sandbox.toggl.options import Options
from lifetracker.sandbox.toggl.records import Records

RECENT_DAYS = 10
FULL_NAME = "Mara Lindner"
BOTH = "'since' and 'before' can not be present simultaneously"
TOGETHER = "start_date and end_date must be used together"
NOT_MIXED = "'since' and 'before' can not be used with start_date and end_date"
TOO_OLD = "start_date must not be earlier than {}"
SINCE_TOO_OLD = "'since' must be within the last three months"
FILTERS = ("since", "before", "start_date", "end_date")
TRUE = ("true", "1")


class OwnEntries:
    """The entries of the token's user, as `/me/time_entries` lists them."""

    def __init__(self, records: Records, names: Names, options: Options, voice: Voice) -> None:
        self._records, self._names = records, names
        self._options, self._voice = options, voice

    def entries(self, query: dict[str, str]) -> list[Item]:
        """Newest start first; what is more than the cap is lost without a word."""
        now = self._records.now()
        given = {name for name in FILTERS if name in query}
        if given == {"since"}:
            states = self._modified(query["since"], now)
        elif given == {"before"}:
            floor = times.midnight(self._floor(now))
            states = self._records.living(now, floor, _instant("before", query))
        elif given == {"start_date", "end_date"}:
            states = self._begun(query, now)
        elif not given:
            states = self._records.living(now, now - RECENT_DAYS * times.DAY)
        else:
            raise Refused(400, _misuse(given))
        own = [state for state in states if self.is_visible(state)]
        return [self.shown(state, query) for state in own[: int(self._options.cap)]]

    def is_visible(self, state: State) -> bool:
        """Not in a workspace that she has left."""
        return self._names.is_member(state.item.get("workspace_id"))

    def recent(self) -> list[Item]:
        return self.entries({})

    def shown(self, state: State, query: dict[str, str]) -> Item:
        item = self._voice.entry(state)
        if query.get("meta") in TRUE:
            item |= self._meta(item)
        if query.get("include_sharing") in TRUE:
            item |= {"permissions": None, "shared_with": self._voice.items([])}
        return item

    def _modified(self, since: str, now: int) -> list[State]:
        if not re.fullmatch(r"\d+", since):
            raise Refused(400, "'since' must be a UNIX timestamp")
        instant = int(since) * times.SECOND
        if instant < now - self._options.since_oldest_days * times.DAY:
            raise Refused(400, SINCE_TOO_OLD)
        return [state for state in self._records.states(now) if state.at >= instant]

    def _begun(self, query: dict[str, str], now: int) -> list[State]:
        start, end = _instant("start_date", query), _instant("end_date", query)
        floor = self._floor(now)
        if times.local_date(start) < floor:
            raise Refused(400, TOO_OLD.format(floor))
        return self._records.living(now, start, end)

    def _floor(self, now: int) -> date:
        return times.local_date(now) - timedelta(days=self._options.floor_days)

    def _meta(self, item: Item) -> Item:
        now = self._records.now()
        meta: Item = {"user_name": FULL_NAME, "user_avatar_url": ""}
        project = self._names.find("project", item.get("project_id"), now)
        if project is None:
            return meta
        meta |= {
            "project_name": project["name"],
            "project_color": project["color"],
            "project_active": project["active"],
            "project_billable": project["billable"],
        }
        client = self._names.find("client", project["client_id"], now)
        return {**meta, "client_name": client["name"]} if client else meta


def _misuse(given: set[str]) -> str:
    if {"since", "before"} <= given:
        return BOTH
    return TOGETHER if given < {"start_date", "end_date"} else NOT_MIXED


def _instant(name: str, query: dict[str, str]) -> int:
    try:
        return times.strict(query[name])
    except ValueError as error:
        raise Refused(400, f"Invalid {name}: {query[name]}") from error

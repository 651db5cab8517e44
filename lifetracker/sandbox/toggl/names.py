"""Projects, clients and tags: what their ids stand for, and what was changed about them."""

import itertools
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from lifetracker.sandbox import working
from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.entries import Item

USER_ID, COLLEAGUE_ID = 7_184_412, 7_190_655
MAIN, OWN = 5_204_117, 5_311_908
WORKSPACES = (MAIN, OWN)
KINDS = ("project", "client", "tag")
CREATED = times.to_us(datetime(2011, 4, 7, 8, 12, 44, 318_204, tzinfo=UTC))
COLORS = ("#0b83d9", "#465bb3", "#d92b2b", "#c7af14", "#06a893", "#9e5bd9", "#e36a00", "#2da608")

CLIENT_IDS = {name: 66_000_090 + 7 * n for n, name in enumerate(working.CLIENTS)}
TAG_IDS = {name: 17_000_003 + 11 * n for n, name in enumerate(working.TAGS)}
PROJECT_IDS = {
    project.name: 180_000_116 + 9 * n
    for n, project in enumerate((*working.PROJECTS, *working.HOBBIES))
}
FIRST_FREE_ID = 190_000_000


@dataclass(slots=True)
class Named:
    """`over` is when a project was archived, in the course of things."""

    item: Item
    appears: int
    over: int | None = None
    changes: Item = field(default_factory=dict)

    def at(self, now: int) -> Item | None:
        """As it stands at this instant; shared unless it has changed."""
        if now < self.appears:
            return None
        item = self.item
        if self.over is not None and now >= self.over:
            item = {**item, "active": False, "status": "archived", "at": times.utc(self.over)}
        return {**item, **self.changes} if self.changes else item


def project_id(name: str) -> int:
    """Return the id of a project; those of the fairs follow from the year."""
    known = PROJECT_IDS.get(name)
    return 181_000_000 + 131 * int(name[-4:]) if known is None else known


def workspace_of(name: str | None) -> int:
    return OWN if any(name == hobby.name for hobby in working.HOBBIES) else MAIN


class Names:
    """`days`: how far back entries go that may refer to something."""

    def __init__(self, days: int) -> None:
        self.lock = threading.RLock()
        self._days = timedelta(days=days + 1)
        self._unused = itertools.count(FIRST_FREE_ID)
        self._fairs: set[int] = set()
        self.renamed_tags: dict[int, str] = {}
        self.left: set[int] = set()  # workspaces of which she is no member any more
        self._kinds: dict[str, dict[int, Named]] = {
            "project": {
                PROJECT_IDS[p.name]: _project(p, CREATED)
                for p in (*working.PROJECTS, *working.HOBBIES)
            },
            "client": {id: _client(id, name) for name, id in CLIENT_IDS.items()},
            "tag": {id: _tag(id, name) for name, id in TAG_IDS.items()},
        }

    def all(self, kind: str, now: int) -> Iterator[Item]:
        """Yield what there is now, by id, deleted and archived ones too."""
        self._hold_fairs(times.local_date(now))
        with self.lock:
            named = sorted(self._kinds[kind].items())
        return (item for _, one in named if (item := one.at(now)) is not None)

    def living(self, kind: str, now: int) -> list[Item]:
        return [
            item
            for item in self.all(kind, now)
            if not is_deleted(item) and self.is_member(item.get("workspace_id", item.get("wid")))
        ]

    def is_member(self, workspace_id: object) -> bool:
        return workspace_id not in self.left

    def find(self, kind: str, id: object, now: int) -> Item | None:
        """Anything that is no id finds nothing."""
        if not isinstance(id, int):
            return None
        self._hold_fairs(times.local_date(now))
        named = self._kinds[kind].get(id)
        return named.at(now) if named else None

    def change(self, kind: str, id: int, now: int, **changes: object) -> Item:
        """Change and move `at`. Raises LookupError."""
        if kind not in KINDS:
            raise ValueError(f"no kind {kind!r}; there are {', '.join(KINDS)}")
        if self.find(kind, id, now) is None:
            raise LookupError(f"no {kind} {id}")
        with self.lock:
            named = self._kinds[kind][id]
            at = times.zulu(now) if kind == "tag" else times.utc(now)
            named.changes = {**named.changes, "at": at, **changes}
            if kind == "tag" and "name" in changes:
                self.renamed_tags[id] = str(changes["name"])
            return named.at(now) or {}

    def delete(self, kind: str, id: int, now: int) -> Item:
        gone = "deleted_at" if kind == "tag" else "server_deleted_at"
        return self.change(kind, id, now, **{gone: times.utc(now)})

    def add_project(self, name: str, client_id: int | None, now: int, fields: Item) -> int:
        id = next(self._unused)
        made = _project(working.Project(name, None, False, ()), now, id)
        item = {**made.item, "client_id": client_id, "cid": client_id, **fields}
        return self._add("project", Named({**item, "wid": item["workspace_id"]}, now))

    def add_client(self, name: str, now: int) -> int:
        return self._add("client", _client(next(self._unused), name, now))

    def add_tag(self, name: str, now: int) -> int:
        return self._add("tag", _tag(next(self._unused), name, now))

    def tag_ids(self, names: Iterable[object], now: int) -> list[int]:
        """Return their ids; what is not known yet is made, what is no name left out."""
        known = {tag["name"]: tag["id"] for tag in self.living("tag", now)}
        return [
            known[name] if name in known else self.add_tag(name, now)
            for name in names
            if isinstance(name, str)
        ]

    def tag_names(self, ids: Iterable[object], now: int) -> list[str]:
        known = {tag["id"]: tag["name"] for tag in self.living("tag", now)}
        return [known[id] for id in ids if isinstance(id, int) and id in known]

    def is_deleted_project(self, id: object) -> bool:
        named = self._kinds["project"].get(id) if isinstance(id, int) else None
        return named is not None and "server_deleted_at" in named.changes

    def _add(self, kind: str, named: Named) -> int:
        id = named.item["id"]
        with self.lock:
            self._kinds[kind][id] = named
        return int(id)

    def _hold_fairs(self, today: date) -> None:
        for held in range((today - self._days).year, today.year + 1):
            if held not in self._fairs:
                self._add("project", _fair(held))
                self._fairs.add(held)


def is_deleted(item: Item) -> bool:
    return bool(item.get("server_deleted_at") or item.get("deleted_at"))


def _fair(year: int) -> Named:
    first, last = (
        times.to_us(datetime(year, month, day, 9, 40, tzinfo=UTC))
        for month, day in ((4, 20), (11, 2))
    )
    named = _project(working.trade_fair(year), first)
    named.over = last
    return named


def _project(project: working.Project, created: int, id: int | None = None) -> Named:
    id = project_id(project.name) if id is None else id
    workspace = workspace_of(project.name)
    client = CLIENT_IDS[project.client] if project.client else None
    item: Item = {
        "id": id,
        "workspace_id": workspace,
        "client_id": client,
        "name": project.name,
        "is_private": workspace == OWN,
        "active": True,
        "at": times.utc(created),
        "created_at": times.utc(created),
        "server_deleted_at": None,
        "color": COLORS[id % len(COLORS)],
        "billable": project.billable,
        **dict.fromkeys(("template", "auto_estimates", "estimated_hours", "estimated_seconds")),
        **dict.fromkeys(("rate", "rate_last_updated", "currency")),
        "recurring": False,
        **dict.fromkeys(("template_id", "recurring_parameters", "fixed_fee")),
        "actual_hours": 0,
        "actual_seconds": 0,
        "tasks_count": None,
        "can_track_time": True,
        "start_date": times.utc(created)[:10],
        "status": "active",
        "wid": workspace,
        "cid": client,
        "is_shared": False,
        "pinned": False,
    }
    return Named(item, created)


def _client(id: int, name: str, created: int = CREATED) -> Named:
    item: Item = {
        "id": id,
        "wid": MAIN,
        "archived": False,
        "name": name,
        "at": times.utc(created),
        "creator_id": USER_ID,
    }
    return Named(item, created)


def _tag(id: int, name: str, created: int = CREATED) -> Named:
    item: Item = {
        "id": id,
        "workspace_id": MAIN,
        "name": name,
        "at": times.zulu(created),
        "creator_id": USER_ID,
    }
    return Named(item, created)

"""The lists of projects, clients and tags, with their filters and pages."""

from collections.abc import Mapping
from typing import TypeVar

from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.answers import Refused
from lifetracker.sandbox.toggl.entries import Item
from lifetracker.sandbox.toggl.names import Names, is_deleted
from lifetracker.sandbox.toggl.own_entries import TRUE
from lifetracker.sandbox.toggl.records import Records

PAGE, LONGEST_PAGE = 151, 200
PAGE_OF_ALL = 201

T = TypeVar("T")


class Catalogue:
    def __init__(self, records: Records, names: Names) -> None:
        self._records, self._names = records, names

    def projects(self, query: dict[str, str]) -> list[Item]:
        """Only what is active, unless archived ones are asked for."""
        archived = query.get("include_archived") in TRUE
        items = self._of("project", query)
        return self._counted([p for p in items if archived or p["active"] or is_deleted(p)])

    def paginated(self, query: dict[str, str]) -> list[Item]:
        after = _whole(query, "start_project_id", 0)
        size = _whole(query, "per_page", PAGE_OF_ALL)
        return [project for project in self.projects(query) if project["id"] > after][:size]

    def projects_of(self, query: dict[str, str], workspace_id: int) -> list[Item]:
        wanted = _choice(query, "active", {"true": True, "false": False, "both": None}, "true")
        size, page = _whole(query, "per_page", PAGE), _whole(query, "page", 1)
        if not 1 <= size <= LONGEST_PAGE:
            raise Refused(400, f"per_page must be between 1 and {LONGEST_PAGE}")
        items = [
            project
            for project in self._names.living("project", self._records.now())
            if project["workspace_id"] == workspace_id and wanted in (None, project["active"])
        ]
        begin = (max(page, 1) - 1) * size
        return self._counted(items[begin : begin + size])

    def clients(self, query: dict[str, str]) -> list[Item]:
        return self._of("client", query)

    def clients_of(self, query: dict[str, str], workspace_id: int) -> list[Item]:
        statuses = {"active": False, "archived": True, "both": None}
        wanted = _choice(query, "status", statuses, "active")
        return [
            client
            for client in self._names.living("client", self._records.now())
            if client["wid"] == workspace_id and wanted in (None, client["archived"])
        ]

    def tags(self, query: dict[str, str]) -> list[Item]:
        return self._of("tag", query)

    def tags_of(self, query: dict[str, str], workspace_id: int) -> list[Item]:
        return [tag for tag in self.tags(query) if tag["workspace_id"] == workspace_id]

    def one(self, workspace_id: int, id: int) -> Item:
        project = self._names.find("project", id, self._records.now())
        if project is None or is_deleted(project) or project["workspace_id"] != workspace_id:
            raise Refused(404, "Project not found")
        return self._counted([project])[0]

    def _of(self, kind: str, query: dict[str, str]) -> list[Item]:
        """Return all live ones; with `since` what has changed, deleted ones too."""
        now = self._records.now()
        if "since" not in query:
            return self._names.living(kind, now)
        since = _whole(query, "since", 0) * times.SECOND
        return [i for i in self._names.all(kind, now) if (times.lenient(i["at"]) or 0) >= since]

    def _counted(self, projects: list[Item]) -> list[Item]:
        """With the time that was spent on each."""
        seconds: dict[int, int] = {}
        for state in self._records.living(self._records.now()):
            id, length = state.item.get("project_id"), state.item.get("duration")
            if isinstance(id, int) and isinstance(length, int) and not state.running:
                seconds[id] = seconds.get(id, 0) + max(0, length)
        return [
            {
                **project,
                "actual_seconds": seconds.get(project["id"], 0),
                "actual_hours": seconds.get(project["id"], 0) // 3600,
            }
            for project in projects
        ]


def _whole(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if text and not (text.isascii() and text.isdigit()):
        raise Refused(400, f"Invalid {name}: {text}")
    return int(text) if text else default


def _choice(query: dict[str, str], name: str, choices: Mapping[str, T], default: str) -> T:
    text = query.get(name, default)
    if text not in choices:
        raise Refused(400, f"{name} must be one of {', '.join(choices)}")
    return choices[text]

"""Toggl Track as the sandbox mounts it, and what can be done to it from outside."""

import copy
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lifetracker.sandbox.control import Verb
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.messages import Answer, Incoming
from lifetracker.sandbox.toggl.answers import Voice
from lifetracker.sandbox.toggl.api import API, Parts
from lifetracker.sandbox.toggl.catalogue import Catalogue
from lifetracker.sandbox.toggl.entries import Item
from lifetracker.sandbox.toggl.names import USER_ID, WORKSPACES, Names
from lifetracker.sandbox.toggl.options import Options
from lifetracker.sandbox.toggl.quota import Bucket, Quota
from lifetracker.sandbox.toggl.reading import Reading
from lifetracker.sandbox.toggl.records import Records
from lifetracker.sandbox.toggl.reports import Reports
from lifetracker.sandbox.toggl.writing import Writing

if TYPE_CHECKING:
    from lifetracker.sandbox.server import Sandbox


class Toggl:
    name = "toggl"
    title = "Toggl Track API v9, Reports API v3, Webhooks v1"

    def __init__(self, sandbox: "Sandbox", *, life: Life, days: int) -> None:
        self._sandbox = sandbox
        self.options = Options()
        self.quota = Quota()
        self.bucket = Bucket()
        self.api_token = hashlib.sha256(f"toggl/{life.seed}".encode()).hexdigest()[:32]
        self.user_id = USER_ID
        self.workspace_ids = list(WORKSPACES)
        began = sandbox.clock.now() - timedelta(days=days)
        self._names = Names(began.year)
        self._records = Records(life, sandbox.clock, self._names, days)
        self._voice = Voice(self.options, self._names)
        self._writing = Writing(self._records, self._voice)
        self._catalogue = Catalogue(self._records, self._names)
        every = (self._records, self._names, self.options, self._voice)
        parts = Parts(
            records=self._records,
            reading=Reading(*every),
            writing=self._writing,
            catalogue=self._catalogue,
            reports=Reports(*every),
            voice=self._voice,
            options=self.options,
        )
        self._api = API(parts, self.api_token, self.quota, self.bucket)

    @property
    def url(self) -> str:
        return f"{self._sandbox.url}/{self.name}"

    def answer(self, incoming: Incoming, path: str) -> Answer:
        return self._api.answer(incoming, path)

    def entries(self) -> list[Item]:
        """What is not deleted, as GET shows it, newest start first; copies."""
        now = self._records.now()
        return [copy.deepcopy(self._voice.entry(state)) for state in self._records.living(now)]

    def add(self, **fields: Any) -> int:
        """One more entry; what is given is served as it is, what is missing is made up."""
        return self._records.add(fields)

    def start(self, description: str = "", **fields: Any) -> int:
        """Begin now; as everywhere in Toggl, what ran before stops."""
        return self._writing.begin({"description": description, **fields})

    def stop(self, id: int) -> None:
        self._records.stop(id)

    def edit(self, id: int, **changes: Any) -> None:
        """Change fields and move `at`. New times without a duration bring their own."""
        self._records.edit(id, changes)

    def delete(self, id: int) -> None:
        """Leaves a tombstone, which only `since` shows."""
        self._records.delete(id)

    def replace(self, id: int, item: Item) -> None:
        """Serve this very dict in the place of an entry."""
        self._records.replace(id, item)

    def projects(self) -> list[Item]:
        """Archived ones too, deleted ones not."""
        return self._copies(self._catalogue.projects({"include_archived": "true"}))

    def clients(self) -> list[Item]:
        return self._copies(self._catalogue.clients({}))

    def tags(self) -> list[Item]:
        return self._copies(self._catalogue.tags({}))

    def rename(self, kind: str, id: int, name: str) -> None:
        """A project, client or tag; the entries that have it are not modified by that."""
        self._names.change(kind, id, self._records.now(), name=name)

    def add_project(self, name: str, client_id: int | None = None, **fields: Any) -> int:
        return self._names.add_project(name, client_id, self._records.now(), fields)

    def archive_project(self, id: int) -> None:
        now = self._records.now()
        self._names.change("project", id, now, active=False, status="archived")

    def delete_project(self, id: int) -> None:
        """Its entries stay, without a project."""
        self._names.delete("project", id, self._records.now())

    def add_tag(self, name: str) -> int:
        return self._names.add_tag(name, self._records.now())

    def add_client(self, name: str) -> int:
        return self._names.add_client(name, self._records.now())

    def verbs(self) -> dict[str, Verb]:
        return {
            "entries": self.entries,
            "add": self.add,
            "start": self.start,
            "stop": self.stop,
            "edit": self.edit,
            "delete": self.delete,
            "replace": self.replace,
            "projects": self.projects,
            "clients": self.clients,
            "tags": self.tags,
            "rename": self.rename,
            "add-project": self.add_project,
            "archive-project": self.archive_project,
            "delete-project": self.delete_project,
            "add-tag": self.add_tag,
            "add-client": self.add_client,
            "options": self.options.configure,
            "quota": self.quota.configure,
            "bucket": self.bucket.configure,
        }

    def state(self) -> dict[str, Any]:
        now = self._records.now()
        return {
            "url": self.url,
            "api_token": self.api_token,
            "user_id": self.user_id,
            "workspace_ids": self.workspace_ids,
            "options": self.options.configure(),
            "counts": {
                "time_entry": len(self._records.living(now)),
                **{
                    kind: len(self._names.living(kind, now))
                    for kind in ("project", "client", "tag")
                },
            },
        }

    def _copies(self, items: list[Item]) -> list[Item]:
        return copy.deepcopy(items)

"""Toggl Track as the sandbox mounts it, and what can be done to it from outside."""

import copy
import hashlib
from typing import Any

from lifetracker.sandbox import outgoing
from lifetracker.sandbox.host import Host, Verb
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.messages import Answer, Incoming
from lifetracker.sandbox.toggl import webhooks
from lifetracker.sandbox.toggl.answers import Voice
from lifetracker.sandbox.toggl.api import API, WEBHOOKS, Parts
from lifetracker.sandbox.toggl.catalogue import Catalogue
from lifetracker.sandbox.toggl.entries import Item, State
from lifetracker.sandbox.toggl.names import USER_ID, WORKSPACES, Names
from lifetracker.sandbox.toggl.options import Options
from lifetracker.sandbox.toggl.own_entries import OwnEntries
from lifetracker.sandbox.toggl.quota import Bucket, Quota
from lifetracker.sandbox.toggl.records import Records
from lifetracker.sandbox.toggl.reports import Reports
from lifetracker.sandbox.toggl.subscriptions import Subscriptions
from lifetracker.sandbox.toggl.writing import Writing


class Toggl:
    name = "toggl"
    title = "Toggl Track API v9, Reports API v3, Webhooks v1"

    def __init__(self, sandbox: Host, *, life: Life, days: int) -> None:
        self._sandbox = sandbox
        self.options = Options()
        self.quota = Quota()
        self.bucket = Bucket()
        identity = hashlib.sha256(f"toggl/{life.seed}".encode()).hexdigest()
        self.api_token = identity[:32]
        self.webhook_secret = f"not-a-secret-{identity[32:52]}"
        self.user_id = USER_ID
        self.workspace_ids = list(WORKSPACES)
        self._names = Names(days)
        self._records = Records(life, sandbox.clock, self._names, days)
        self._voice = Voice(self.options, self._names)
        self._writing = Writing(self._records, self._voice)
        self._catalogue = Catalogue(self._records, self._names)
        every = (self._records, self._names, self.options, self._voice)
        self._subscriptions = Subscriptions(
            self._records.now, self._voice, lambda: self.url + WEBHOOKS
        )
        self._records.changed = self._entry_changed
        parts = Parts(
            records=self._records,
            names=self._names,
            own_entries=OwnEntries(*every),
            writing=self._writing,
            catalogue=self._catalogue,
            reports=Reports(*every),
            subscriptions=self._subscriptions,
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
        """Return the entries that are not deleted, as GET shows it, newest start first; copies."""
        now = self._records.now()
        return [copy.deepcopy(self._voice.entry(state)) for state in self._records.living(now)]

    def add(self, **fields: object) -> int:
        """Add an entry; what is given is served as it is, what is missing is made up."""
        return self._records.add(fields)

    def start(self, description: str = "", **fields: object) -> int:
        """Begin now; as everywhere in Toggl, what ran before stops."""
        return self._writing.begin({"description": description, **fields})

    def stop(self, id: int) -> None:
        self._records.stop(id)

    def edit(self, id: int, **changes: object) -> None:
        """Change fields and move `at`. New times without a duration bring their own."""
        self._records.edit(id, changes)

    def delete(self, id: int) -> None:
        """Delete an entry; only `since` shows it from then on."""
        self._records.delete(id)

    def replace(self, id: int, item: Item) -> None:
        """Serve this very dict in the place of an entry."""
        self._records.replace(id, item)

    def projects(self) -> list[Item]:
        """Return the projects, archived ones too, deleted ones not."""
        return self._copies(self._catalogue.projects({"include_archived": "true"}))

    def clients(self) -> list[Item]:
        return self._copies(self._catalogue.clients({}))

    def tags(self) -> list[Item]:
        return self._copies(self._catalogue.tags({}))

    def rename(self, kind: str, id: int, name: str) -> None:
        """Rename a project, client or tag; the entries that have it are not modified by that."""
        self._change(kind, id, name=name)

    def add_project(self, name: str, client_id: int | None = None, **fields: object) -> int:
        id = self._names.add_project(name, client_id, self._records.now(), fields)
        return self._added("project", id)

    def archive_project(self, id: int) -> None:
        self._change("project", id, active=False, status="archived")

    def delete_project(self, id: int) -> None:
        """Delete a project; its entries stay, without one."""
        item = self._names.delete("project", id, self._records.now())
        self._subscriptions.happened("project", "deleted", item)

    def add_tag(self, name: str) -> int:
        return self._added("tag", self._names.add_tag(name, self._records.now()))

    def add_client(self, name: str) -> int:
        return self._added("client", self._names.add_client(name, self._records.now()))

    def leave_workspace(self, id: int) -> None:
        """Remove her from the workspace: nothing in it is listed, and it refuses what is asked about it."""
        if id not in WORKSPACES:
            raise LookupError(f"no workspace {id}")
        self._names.left.add(id)

    def join_workspace(self, id: int) -> None:
        """Make her a member again, and sees again what is hers."""
        self._names.left.discard(id)

    def deliver_webhook(self, id: int, to: str, **how: Any) -> int:
        """Send an event of one entry without any subscription; the status of the last attempt.

        Signed with `webhook_secret`. `how` are the fields of `webhooks.Delivery`.
        """
        delivery = webhooks.Delivery(**how)
        state = self._records.find(id).at(self._records.now())
        if state is None:
            raise LookupError(f"no time entry {id}")
        item = self._voice.entry(state)
        content = webhooks.event("time_entry", item, delivery, now=self._records.now(), to=to)
        return webhooks.deliver(to, outgoing.dumps(content), self.webhook_secret, delivery)

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
            "leave-workspace": self.leave_workspace,
            "join-workspace": self.join_workspace,
            "webhook": self.deliver_webhook,
            "options": self.options.configure,
            "quota": self.quota.configure,
            "bucket": self.bucket.configure,
        }

    def state(self) -> dict[str, object]:
        now = self._records.now()
        return {
            "url": self.url,
            "api_token": self.api_token,
            "token": self.api_token,
            "user_id": self.user_id,
            "workspace_ids": self.workspace_ids,
            "webhook_secret": self.webhook_secret,
            "subscriptions": self._subscriptions.shown(),
            "options": self.options.configure(),
            "counts": {
                "time_entry": len(self._records.living(now)),
                **{
                    kind: len(self._names.living(kind, now))
                    for kind in ("project", "client", "tag")
                },
            },
        }

    def _change(self, kind: str, id: int, **changes: object) -> None:
        item = self._names.change(kind, id, self._records.now(), **changes)
        self._subscriptions.happened(kind, "updated", item)

    def _added(self, kind: str, id: int) -> int:
        item = self._names.find(kind, id, self._records.now()) or {}
        self._subscriptions.happened(kind, "created", item)
        return id

    def _entry_changed(self, action: str, state: State) -> None:
        self._subscriptions.happened("time_entry", action, self._voice.entry(state))

    def _copies(self, items: list[Item]) -> list[Item]:
        return copy.deepcopy(items)

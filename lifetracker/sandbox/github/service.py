"""GitHub as the sandbox mounts it, and what can be done to it from outside."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lifetracker.sandbox import outgoing
from lifetracker.sandbox.github import people, webhooks
from lifetracker.sandbox.github.access import Access
from lifetracker.sandbox.github.api import API
from lifetracker.sandbox.github.changes import Changes
from lifetracker.sandbox.github.graph import GraphQL
from lifetracker.sandbox.github.limits import Limits
from lifetracker.sandbox.github.options import Options
from lifetracker.sandbox.github.people import USER_ID
from lifetracker.sandbox.github.repositories import Facts
from lifetracker.sandbox.github.rest import Rest
from lifetracker.sandbox.github.shapes import Addresses, Item, Shapes
from lifetracker.sandbox.github.shelf import Shelf
from lifetracker.sandbox.github.transport import Transport
from lifetracker.sandbox.host import Host, Verb
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.messages import Answer, Incoming

if TYPE_CHECKING:
    from pathlib import Path


GIT = "/git"


class GitHub(Changes):
    """Nothing is generated, and no git is started, before the first request for repositories."""

    name = "github"
    title = "GitHub: REST, GraphQL, git over HTTP"

    def __init__(self, sandbox: Host, *, life: Life, days: int) -> None:
        super().__init__(Shelf(life, sandbox.clock, days), sandbox.clock)
        self._sandbox = sandbox
        self.options = Options()
        self.limits = Limits()
        self.user_id = USER_ID
        self.emails = [str(item["email"]) for item in people.emails()]
        identity = hashlib.sha256(f"github/{life.seed}".encode()).hexdigest()
        self.webhook_secret = f"not-a-secret-{identity[:20]}"
        self._access = Access(self.options, sandbox.clock, life.seed)
        addresses = Addresses(lambda: self.url, lambda: self.clone_url)
        facts = Facts()
        self._shapes = Shapes(addresses, facts, self.options)
        self._transport = Transport(self._shelf, self._access)
        self._graph = GraphQL(self._shelf, facts, self._access, addresses, self.limits)
        rest = Rest(self._shelf, facts, self._shapes, self._access, self.limits)
        self._api = API(rest, self._graph, self._access, self.limits)

    @property
    def url(self) -> str:
        """Stands for https://api.github.com."""
        return f"{self._sandbox.url}/{self.name}"

    @property
    def clone_url(self) -> str:
        """Stands for https://github.com."""
        return self.url + GIT

    @property
    def token(self) -> str:
        return self._access.token

    @property
    def login(self) -> str:
        return self._access.login

    @property
    def fetches(self) -> list[str]:
        """`OWNER/NAME` of each fetch that was sent objects."""
        return self._transport.fetches

    @property
    def graphql_calls(self) -> list[str]:
        """Return the text of each query."""
        return self._graph.calls

    def answer(self, incoming: Incoming, path: str) -> Answer:
        if path.startswith(f"{GIT}/"):
            return self._transport.answer(incoming, path.removeprefix(GIT), self.clone_url)
        with self._shelf.lock:
            return self._api.answer(incoming, path)

    def close(self) -> None:
        """Remove the repositories from the disk."""
        self._shelf.close()

    def repositories(self) -> list[Item]:
        """As the list of REST shows them, by id."""
        with self._shelf.lock:
            return [self._shapes.repository(one) for one in self._shelf.all()]

    def path(self, name: str) -> "Path":
        """Of the bare repository."""
        return self._shelf.find(name).bare.path

    def issue_token(self) -> str:
        """Make another token in the place of the old one, and return it."""
        return self._access.issue()

    def revoke_token(self) -> None:
        self._access.revoked = True

    def set_token_expiry(self, at: datetime | str | None) -> None:
        """By the sandbox's clock; None: it never expires."""
        self._access.expire(at)

    def narrow_token(self, *names: str) -> None:
        """To these repositories, as when somebody edits a fine-grained token: lists hold no others, and
        other private ones are not there for it. Without any name: to none."""
        with self._shelf.lock:
            self._access.selected = {self._shelf.find(name).id for name in names}

    def widen_token(self) -> None:
        self._access.selected = None

    def require_sso(self, *owners: str) -> None:
        """These organisations want the token authorised for their single sign-on."""
        self._access.sso_owners = set(owners)

    def rename_user(self, login: str) -> None:
        """Everything of hers moves along; the old names redirect, and her id stays."""
        with self._shelf.lock:
            people.know_as(login)
            for one in self._shelf.all():
                if one.owner == self.login:
                    self._shelf.move(one, login, one.name)
            self._access.login = self._shelf.login = self._shapes.login = login

    def deliver_webhook(self, name: str, to: str, **how: Any) -> int:
        """Send the event of a push to the default branch; the status of the last attempt.

        Signed with `webhook_secret`. `how` are the fields of `webhooks.Delivery`.
        """
        delivery = webhooks.Delivery(**how)
        with self._shelf.lock:
            one = self._shelf.find(name)
            content = webhooks.content(delivery, self._shapes.repository(one), one, to)
        return webhooks.deliver(to, outgoing.dumps(content), self.webhook_secret, delivery)

    def verbs(self) -> dict[str, Verb]:
        return {
            "repositories": self.repositories,
            "add-repository": self.add_repository,
            "commit": self.commit,
            "import-stream": self.import_stream,
            "force-push": self.force_push,
            "rename": self.rename,
            "transfer": self.transfer,
            "rename-branch": self.rename_branch,
            "archive": self.archive,
            "set-fields": self.set_fields,
            "delete": self.delete,
            "recreate": self.recreate,
            "break": self.break_repository,
            "issue-token": self.issue_token,
            "revoke-token": self.revoke_token,
            "token-expiry": self.set_token_expiry,
            "narrow-token": lambda names: self.narrow_token(*names),
            "widen-token": self.widen_token,
            "require-sso": lambda owners: self.require_sso(*owners),
            "rename-user": self.rename_user,
            "webhook": self.deliver_webhook,
            "options": self.options.configure,
            "limits": self.limits.configure,
            "secondary-limit": self.limits.secondary,
        }

    def state(self) -> dict[str, object]:
        """Does not generate the repositories: until something needs them there are none."""
        return {
            "url": self.url,
            "clone_url": self.clone_url,
            "token": self.token,
            "login": self.login,
            "user_id": self.user_id,
            "emails": self.emails,
            "webhook_secret": self.webhook_secret,
            "options": self.options.configure(),
            "counts": {
                "repositories": self._shelf.count,
                "fetches": len(self.fetches),
                "graphql_calls": len(self.graphql_calls),
            },
        }

"""WHOOP as the sandbox mounts it, and what can be done to it from outside."""

import copy
import hashlib
from collections.abc import Iterable
from typing import Any

from lifetracker.sandbox.host import Host, Verb
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.limits import RateLimiter
from lifetracker.sandbox.messages import Answer, Incoming
from lifetracker.sandbox.whoop import consent, webhooks
from lifetracker.sandbox.whoop.collections import Collections
from lifetracker.sandbox.whoop.data import DataAPI
from lifetracker.sandbox.whoop.entries import KINDS, Record, served
from lifetracker.sandbox.whoop.oauth import SCOPES, OAuth
from lifetracker.sandbox.whoop.options import Options
from lifetracker.sandbox.whoop.records import Records
from lifetracker.sandbox.whoop.shapes import MAX_HEART_RATE, USER_ID

REDIRECT_URI = "http://localhost:5001/callback"
AUTHORIZE, TOKEN = "/oauth/oauth2/auth", "/oauth/oauth2/token"


class Whoop:
    name = "whoop"
    title = "WHOOP API v2"

    def __init__(
        self, sandbox: Host, *, life: Life, days: int, redirect_uris: Iterable[str] = ()
    ) -> None:
        self._sandbox = sandbox
        self.options = Options()
        self.limits = RateLimiter()
        identity = hashlib.sha256(f"whoop/{life.seed}".encode()).hexdigest()
        self._oauth = OAuth(
            client_id=f"sandbox-{identity[:12]}",
            client_secret=f"not-a-secret-{identity[12:44]}",
            redirect_uris=list(redirect_uris) or [REDIRECT_URI],
            clock=sandbox.clock,
            options=self.options,
        )
        self._records = Records(life, sandbox.clock, days)
        collections = Collections(self._records, self.options, identity.encode())
        self.data = DataAPI(self._records, self._oauth, self.options, self.limits, collections)
        self.data.profile = {
            "user_id": USER_ID,
            "email": "mara.lindner@example.com",
            "first_name": "Mara",
            "last_name": "Lindner",
        }
        self.data.body = {
            "height_meter": 1.7272,
            "weight_kilogram": 66.4068,
            "max_heart_rate": MAX_HEART_RATE,
        }

    @property
    def url(self) -> str:
        return f"{self._sandbox.url}/{self.name}"

    @property
    def client_id(self) -> str:
        return self._oauth.client_id

    @property
    def client_secret(self) -> str:
        return self._oauth.client_secret

    @property
    def redirect_uris(self) -> list[str]:
        """Return the registered ones; append to register another."""
        return self._oauth.redirect_uris

    @property
    def refreshes(self) -> int:
        """Return how often the token endpoint has rotated a pair."""
        return self._oauth.refreshes

    @property
    def generation(self) -> int:
        return self.refreshes

    def answer(self, incoming: Incoming, path: str) -> Answer:
        if path.startswith("/developer/"):
            return self.data.answer(incoming, path.removeprefix("/developer"))
        if path == AUTHORIZE and incoming.method in ("GET", "POST"):
            return consent.authorize(self._oauth, incoming, f"/{self.name}{AUTHORIZE}")
        if path == TOKEN and incoming.method == "POST":
            return self._oauth.token(incoming)
        return Answer(405 if path in (AUTHORIZE, TOKEN) else 404)

    def issue_tokens(
        self, scope: str | None = None, lifetime: int | None = None
    ) -> dict[str, object]:
        """Return a token answer as if consent had been given: to everything, unless a scope is named."""
        scopes = SCOPES if scope is None else tuple(scope.split())
        return self._oauth.grant(scopes, lifetime)

    def drop_scope(self, scope: str) -> None:
        """Take a permission from the consents that were given; a refresh tells what is left."""
        self._oauth.drop_scope(scope)

    def withhold(self, *scopes: str) -> None:
        """Do not allow these on the consent page from now on; without any, allow all again."""
        self._oauth.withheld = set(scopes)

    def records(self, kind: str) -> list[Record]:
        """Return what would be served now, newest first; copies."""
        now = self._records.now()
        with self._records.lock:
            return [
                copy.deepcopy(served(entry.at(now), self.options))
                for entry in self._records.visible(kind)
            ]

    def edit(self, kind: str, id: str | int, **changes: object) -> Record:
        """Change top-level fields; a `score` is merged into the old one unless it is None."""
        return self._records.edit(kind, id, changes)

    def rescore(self, kind: str, id: str | int, **score: object) -> Record:
        """Score a record anew, also what was pending or without a score."""
        return self.edit(kind, id, score_state="SCORED", score=score)

    def make_pending(self, kind: str, id: str | int) -> Record:
        return self.edit(kind, id, score_state="PENDING_SCORE", score=None)

    def withdraw_score(self, kind: str, id: str | int) -> Record:
        return self.edit(kind, id, score_state="UNSCORABLE", score=None)

    def merge_nap(self, id: str) -> Record:
        """The nap becomes the last part of its cycle's main sleep, as a user's edit does it."""
        nap = self._records.find("sleep", id).at(self._records.now())
        main = self._records.main_sleep(str(nap["cycle_id"]))
        if not nap["nap"] or main is None:
            raise ValueError(f"sleep {id} is no nap that could be merged")
        self.delete("sleep", id)
        return self.edit("sleep", main.id, end=nap["end"])

    def delete(self, kind: str, id: str | int) -> None:
        """Delete a record; a sleep takes its recovery along."""
        self._records.set_deleted(kind, id, True)

    def restore(self, kind: str, id: str | int) -> None:
        """Restore what `delete` took away, the recovery of a sleep too."""
        self._records.set_deleted(kind, id, False)

    def add(self, kind: str, record: Record) -> str:
        """Serve one more record, however malformed; the id under which it can be changed."""
        return self._records.add(kind, record)

    def replace(self, kind: str, id: str | int, record: Record) -> None:
        """Serve this very dict in the place of a record."""
        self._records.replace(kind, id, record)

    def deliver_webhook(self, kind: str, id: str | int, to: str, **how: Any) -> int:
        """Send one event, signed with the client secret; the status of the last attempt.

        For a recovery the id may be its cycle's: the event carries its sleep's. `how` are the
        fields of `webhooks.Delivery`. 0: nothing was sent, the member has revoked access.
        """
        if self._oauth.revoked:
            return 0
        delivery = webhooks.Delivery(**how)
        raw_body = webhooks.body(kind, self._event_id(kind, id), USER_ID, delivery)
        return webhooks.deliver(to, raw_body, self.client_secret, delivery)

    def _event_id(self, kind: str, id: str | int) -> str:
        if kind != "recovery":
            return str(id)
        return str(self._records.find(kind, id).record["sleep_id"])

    def verbs(self) -> dict[str, Verb]:
        return {
            "edit": self.edit,
            "rescore": self.rescore,
            "pending": self.make_pending,
            "withdraw": self.withdraw_score,
            "merge-nap": self.merge_nap,
            "delete": self.delete,
            "restore": self.restore,
            "add": self.add,
            "replace": self.replace,
            "records": self.records,
            "limits": self.limits.configure,
            "options": self.options.configure,
            "issue-tokens": self.issue_tokens,
            "drop-scope": self.drop_scope,
            "withhold": lambda scopes: self.withhold(*scopes),
            "webhook": self.deliver_webhook,
        }

    def state(self) -> dict[str, object]:
        return {
            "url": self.url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uris": self.redirect_uris,
            "refreshes": self.refreshes,
            "options": self.options.configure(),
            "counts": {kind: sum(1 for _ in self._records.visible(kind)) for kind in KINDS},
        }

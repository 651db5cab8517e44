"""Withings as the sandbox mounts it, and what can be done to it from outside."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lifetracker.sandbox import instants
from lifetracker.sandbox.faults import Fault
from lifetracker.sandbox.host import Host, Verb
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.messages import Answer, Incoming
from lifetracker.sandbox.withings import callbacks, consent
from lifetracker.sandbox.withings.envelope import (
    INVALID_TOKEN,
    NOT_IMPLEMENTED,
    TOO_MANY,
    UNAUTHORIZED,
    UNKNOWN_USER,
    Refusal,
    failure,
    success,
)
from lifetracker.sandbox.withings.groups import Groups
from lifetracker.sandbox.withings.history import Record
from lifetracker.sandbox.withings.limits import Limits, Repetitions
from lifetracker.sandbox.withings.measures import Measures
from lifetracker.sandbox.withings.notify import Notify
from lifetracker.sandbox.withings.oauth import SCOPES, OAuth
from lifetracker.sandbox.withings.options import Options
from lifetracker.sandbox.withings.signing import Signing
from lifetracker.sandbox.withings.user import User
from lifetracker.sandbox.withings.weighins import weighin

USER_ID = 20_418_033
REDIRECT_URI = "http://localhost:5001/oauth/withings/callback"
AUTHORIZE = "/oauth2_user/authorize2"

Action = Callable[[Mapping[str, str]], Answer]


class Withings:
    name = "withings"
    title = "Withings public API"
    user_id = USER_ID

    def __init__(
        self, sandbox: Host, *, life: Life, days: int, redirect_uris: Iterable[str] = ()
    ) -> None:
        self._sandbox, self._life = sandbox, life
        self.options = Options()
        self.limits = Limits()
        self._repetitions = Repetitions()
        identity = hashlib.sha256(f"withings/{life.seed}".encode()).hexdigest()
        signing = Signing(
            f"sandbox-{identity[:12]}", f"not-a-secret-{identity[12:44]}", sandbox.clock
        )
        self._signing = signing
        self._oauth = OAuth(signing, USER_ID, sandbox.clock, self.options)
        self._oauth.redirect_uris += list(redirect_uris) or [REDIRECT_URI]
        self._groups = Groups(life, sandbox.clock, days)
        self._measures = Measures(self._groups, self.options)
        self._notify = Notify(self.options)
        self._open: dict[str, Action] = {
            "/v2/oauth2": self._tokens,
            "/v2/signature": signing.answer,
        }
        self._closed: dict[str, tuple[str, Action]] = {
            "/measure": ("user.metrics", self._measures.answer),
            "/notify": ("user.metrics", self._notify.answer),
            "/v2/user": ("user.info", User(life, self._groups).answer),
        }

    @property
    def url(self) -> str:
        return f"{self._sandbox.url}/{self.name}"

    @property
    def client_id(self) -> str:
        return self._signing.client_id

    @property
    def client_secret(self) -> str:
        return self._signing.client_secret

    @property
    def redirect_uris(self) -> list[str]:
        """Return the registered ones; append to register another."""
        return self._oauth.redirect_uris

    @property
    def refreshes(self) -> int:
        """Return how often the token endpoint has rotated a pair."""
        return self._oauth.refreshes

    def answer(self, incoming: Incoming, path: str) -> Answer:
        if incoming.method not in ("GET", "POST"):
            return Answer(405)
        if path == AUTHORIZE:
            return consent.authorize(self._oauth, incoming, f"/{self.name}{AUTHORIZE}")
        try:
            return self._carried_out(incoming, path.rstrip("/"))
        except Refusal as refusal:
            return refusal.answer

    def issue_tokens(self, scope: str | None = None, lifetime: int | None = None) -> Record:
        """Return the body of a token answer as if consent had been given: to all, or to these scopes."""
        scopes = SCOPES if scope is None else tuple(scope.split(","))
        return self._oauth.grant(scopes, lifetime)

    def groups(self) -> list[Record]:
        """Return all real measures that would be served now, with every type in them; copies."""
        return self._measures.all()

    def add(self, group: Record) -> int:
        """Serve one more group, however malformed, with what it lacks filled in; its grpid."""
        return self._groups.add(group)

    def edit(self, grpid: int, **changes: object) -> Record:
        """Change top-level fields. `modified` moves, unless it is among them."""
        return self._groups.edit(grpid, changes)

    def delete(self, grpid: int) -> None:
        """Delete a group, which stops appearing, without a trace."""
        self._groups.set_deleted(grpid, True)

    def restore(self, grpid: int) -> None:
        self._groups.set_deleted(grpid, False)

    def replace(self, grpid: int, group: Record) -> None:
        """Serve this very dict in the place of a group."""
        self._groups.replace(grpid, group)

    def weigh(
        self, kg: float, at: datetime | str | None = None, **measures: float | None
    ) -> list[int]:
        """Step on the scale: one group with weight and composition, one with the pulse.

        `measures` by the names of `weighins.MEASURES`; None leaves one out.
        """
        moment = self._moment(at)
        parts = weighin(self._life, moment.date(), kg, measures)
        date = int(moment.timestamp())
        return [self.add({"date": date, "measures": part}) for part in parts]

    def deliver(self, grpid: int | None = None, to: str | None = None, **how: Any) -> list[int]:
        """Tell of a group, which may be deleted, or without one of the profile.

        To one address, or to all that have subscribed. `how` are the fields of
        `callbacks.Callback`. The last status of each delivery; nothing is sent for a user who
        has revoked access.
        """
        callback = callbacks.Callback(**how)
        entry = None if grpid is None else self._groups.find(grpid)
        statuses: list[int] = []
        for appli in callback.applis(entry):
            sent = callbacks.fields(entry, appli, self.user_id, callback)
            urls = [to] if to else [one.callbackurl for one in self._notify.subscriptions(appli)]
            for url in urls if not self._oauth.revoked else ():
                statuses += callbacks.deliver(url, sent, callback)
        return statuses

    def subscriptions(self) -> list[dict[str, object]]:
        return [asdict(subscription) for subscription in self._notify.subscriptions()]

    def revoke(self) -> None:
        """Take access back, as the user does: all tokens die, and all subscriptions end."""
        self._oauth.revoke_all()
        self._notify.clear()

    def fail(
        self,
        status: int,
        path: str = "/measure",
        *,
        wait_seconds: int | None = None,
        nth: int = 1,
        times: int | None = 1,
    ) -> Fault:
        """Answer requests below a path with this status in an envelope."""
        body = None if wait_seconds is None else {"wait_seconds": wait_seconds}
        answer = failure(status, body=body)
        return self._sandbox.faults.add(
            f"/{self.name}{path}",
            kind="status",
            nth=nth,
            times=times,
            status=answer.status,
            body=answer.body,
            headers=answer.headers,
        )

    def verbs(self) -> dict[str, Verb]:
        return {
            "groups": self.groups,
            "add": self.add,
            "edit": self.edit,
            "delete": self.delete,
            "restore": self.restore,
            "replace": self.replace,
            "weigh": self.weigh,
            "deliver": self.deliver,
            "subscriptions": self.subscriptions,
            "revoke": self.revoke,
            "fail": self.fail,
            "limits": self.limits.configure,
            "options": self.options.configure,
            "issue-tokens": self.issue_tokens,
        }

    def state(self) -> dict[str, object]:
        return {
            "url": self.url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uris": self.redirect_uris,
            "refreshes": self.refreshes,
            "user_id": self.user_id,
            "options": self.options.configure(),
            "subscriptions": self.subscriptions(),
            "counts": {"groups": len(self._groups.visible())},
        }

    def _tokens(self, given: Mapping[str, str]) -> Answer:
        """`revoke` is for signed requests only."""
        if given.get("action") != "revoke":
            return self._oauth.answer(given)
        self._signing.check(given)
        if given.get("userid") != str(self.user_id):
            raise Refusal(UNKNOWN_USER)
        self.revoke()
        return success({})

    def _carried_out(self, incoming: Incoming, path: str) -> Answer:
        given = {**incoming.query, **incoming.form()}
        self._admit(self.limits.wait(), "Too many request")
        if path in self._open:
            return self._open[path](given)
        if path not in self._closed:
            raise Refusal(NOT_IMPLEMENTED)
        scope, action = self._closed[path]
        token = given.pop("access_token", "") or _bearer(incoming)
        scopes = self._oauth.use(token)
        if scopes is None:
            raise Refusal(INVALID_TOKEN)
        if scope not in scopes:
            raise Refusal(UNAUTHORIZED)
        if self.options.identical:
            wait = self._repetitions.wait(path, given)
            if wait is not None:
                wait = max(wait, self.options.identical_wait)
            self._admit(wait, "Same arguments in less than 10 seconds")
        return action(given)

    def _admit(self, wait: int | None, otherwise: str) -> None:
        if wait is not None:
            body = {"wait_seconds": wait} if self.options.wait_seconds else {}
            raise Refusal(TOO_MANY, otherwise, body=body)

    def _moment(self, at: datetime | str | None) -> datetime:
        if at is None:
            return self._sandbox.clock.now()
        return instants.from_ms(instants.parse(at)) if isinstance(at, str) else at.astimezone(UTC)


def _bearer(incoming: Incoming) -> str:
    scheme, _, token = (incoming.headers.get("Authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""

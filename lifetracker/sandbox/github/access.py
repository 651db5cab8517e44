"""Who asks, and what may they see."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.github.options import Options
from lifetracker.sandbox.github.people import LOGIN
from lifetracker.sandbox.github.repositories import Repository
from lifetracker.sandbox.messages import Incoming

PREFIXES = {"fine_grained": "github_pat_", "classic": "ghp_"}
SCOPES = "repo, user:email"

Caller = Literal["nobody", "user", "wrong"]


@dataclass(slots=True)
class Access:
    """One token at a time, of one user."""

    options: Options
    clock: Clock
    seed: int
    expires: datetime | None = None
    issued: int = 1
    revoked: bool = False
    login: str = LOGIN
    # The ids that a fine-grained token was narrowed to; None: all repositories of its owner.
    selected: set[int] | None = None
    # Owners that want a token to be authorised for their single sign-on.
    sso_owners: set[str] = field(default_factory=set)

    @property
    def token(self) -> str:
        """Return the token: another one for each kind, and after each `issue`."""
        text = f"github/{self.seed}/{self.issued}/{self.options.token_kind}"
        secret = hashlib.sha256(text.encode()).hexdigest()[:36]
        return f"{PREFIXES[self.options.token_kind]}{secret}"

    def issue(self) -> str:
        """Make a new token in the place of the old one, and return it."""
        self.issued, self.revoked, self.expires = self.issued + 1, False, None
        return self.token

    def expire(self, at: datetime | str | None) -> None:
        """By the sandbox's clock; None: never."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        if moment is not None and moment.tzinfo is None:
            raise ValueError("the expiry needs an aware datetime")
        self.expires = moment.astimezone(UTC) if moment else None

    def caller(self, incoming: Incoming) -> Caller:
        given = _given(incoming.headers.get("Authorization") or "")
        if given is None:
            return "nobody"
        expired = self.expires is not None and self.clock.now() >= self.expires
        return "wrong" if given != self.token or self.revoked or expired else "user"

    def sees(self, caller: Caller, repository: Repository) -> bool:
        if not repository.private:
            return True
        return caller == "user" and bool(self.options.private) and self.reaches(repository)

    def reaches(self, repository: Repository) -> bool:
        """Return whether the token was made for it: what lists hold."""
        return self.selected is None or repository.id in self.selected

    def wants_sso(self, repository: Repository) -> bool:
        return repository.owner in self.sso_owners

    def headers(self, wanted: str) -> dict[str, str]:
        """Return what an answer says of the token; `wanted` are the permissions that would do."""
        headers = {}
        if self.options.token_kind == "classic":  # noqa: S105
            headers = {"X-OAuth-Scopes": SCOPES, "X-Accepted-OAuth-Scopes": ""}
        else:
            headers = {"X-Accepted-GitHub-Permissions": wanted}
        if self.expires:
            moment = self.expires.strftime("%Y-%m-%d %H:%M:%S UTC")
            headers["GitHub-Authentication-Token-Expiration"] = moment
        return headers


def _given(authorization: str) -> str | None:
    """Return the token in it: after a word, or as the password of HTTP Basic."""
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return value.strip() or None
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    user, _, password = decoded.partition(":")
    return password or user

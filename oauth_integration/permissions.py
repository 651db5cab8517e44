"""Permissions that the owner did not grant, or that have ended."""

from __future__ import annotations

from lifetracker.errors import NotAllowed
from oauth_integration.errors import how_to_connect
from oauth_integration.service import OAuthService
from oauth_integration.tokens import Tokens


class Permissions:
    """Compares what a consent was asked for with what was granted."""

    def __init__(self, service: OAuthService, tokens: Tokens) -> None:
        self._service = service
        self._tokens = tokens

    def missing(self) -> list[str]:
        """Return what was not granted, as far as the service has said what it granted."""
        granted = self._tokens.credential.granted
        return [scope for scope in self._service.scopes if granted and scope not in granted]

    def opens(self, path: str) -> bool:
        """Return False for a path whose permission was not granted."""
        return self._service.scope_of(path) not in self.missing()

    def warning(self) -> str:
        """Return what the owner should know after a consent and with every sync; empty if nothing is missing."""
        missing = ", ".join(self.missing())
        if not missing:
            return ""
        name = self._service.service
        return (
            f"{name}: the consent lacks {missing}. The data that these permissions open are no longer synced; "
            f"what is stored stays. Connect again and allow everything. {how_to_connect(type(self._service))}"
        )

    def not_allowed(self, path: str, status: int) -> NotAllowed:
        """Return the error for a refused path, with the permission that is missing or another reason."""
        scope, granted = self._service.scope_of(path), self._tokens.credential.granted
        if scope and scope in granted:
            why = f"although the consent has the permission {scope}. Perhaps the membership has ended."
        elif scope and granted:
            why = f"because the consent lacks the permission {scope}."
        else:
            why = f"because the consent lacks the permission for it{f' ({scope})' if scope else ''}, or the membership has ended."
        return NotAllowed(
            f"{self._service.service} does not allow {path} (status {status}), {why} What is stored stays. "
            f"Connect again and allow everything. {how_to_connect(type(self._service))}",
            status,
        )

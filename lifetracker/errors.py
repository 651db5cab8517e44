"""What a sync can fail with, named by who can mend it."""

from __future__ import annotations

from datetime import timedelta


class SyncError(Exception):
    """The root of what a sync can fail with. The text is for the person, without a secret in it."""


class NotConfigured(SyncError):
    """The person must set something first."""


class NeedsReauthorization(SyncError):
    """The person must give consent again."""


class TryLater(SyncError):
    """Time mends it. `after` is known where the service (or another run) said so: then the whole
    run should wait."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class BadResponse(SyncError):
    """The service answered something that this program does not understand, or refused what it
    asked."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NotAllowed(BadResponse):
    """The service takes the token, and refuses this part to it: a permission is missing, or a
    membership has ended. What is stored of it stays as it is."""


class RunStopped(Exception):
    """The owner has asked that the run ends. Nothing is wrong, so it is no `SyncError`: whoever goes on after trouble
    with one part must not go on after this."""

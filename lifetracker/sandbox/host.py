"""What a stand-in needs from the server that it is mounted on, and what it offers to it."""

from collections.abc import Callable, Mapping
from typing import Protocol

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.faults import Faults
from lifetracker.sandbox.messages import Answer, Incoming, RequestLog

# What `POST /sandbox/<verb>` calls.
Verb = Callable[..., object]


class Service(Protocol):
    """What a stand-in offers to be mounted below `/<name>`."""

    name: str
    title: str

    def answer(self, incoming: Incoming, path: str) -> Answer:
        """Answer a request; `path` is without the prefix."""

    def verbs(self) -> Mapping[str, Verb]:
        """Return what `POST /sandbox/<verb>` can do to it."""

    def state(self) -> dict[str, object]:
        """Return its part of `GET /sandbox/state`."""


class Host(Protocol):
    """The server that the stand-ins share, with one clock and one list of faults."""

    clock: Clock
    faults: Faults
    requests: RequestLog
    services: dict[str, Service]

    @property
    def url(self) -> str:
        """Return the address at which the server can be reached, without a slash at its end."""

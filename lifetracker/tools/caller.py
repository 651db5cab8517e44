"""Who calls a tool, and what they may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest

from lifetracker.domains import titles_of
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.domains import domains_behind
from lifetracker.words import joined


@dataclass(frozen=True)
class Caller:
    """`name`: of the token, for the log of events. `domains`: the labels of those that it is limited to; empty for
    all."""

    name: str
    user: User
    may_write: bool
    domains: frozenset[str] = frozenset()

    def may_see(self, domains: Iterable[str]) -> bool:
        """Return whether all of these domains are open, by their labels."""
        return not self.domains or self.domains.issuperset(domains)

    def may_tell(self, metric: Metric) -> bool:
        return self.may_see(domains_behind(metric))

    @property
    def limit(self) -> str:
        """Return the titles of the domains that it is limited to; empty where it is not."""
        return joined(titles_of(self.domains))


def caller_of(request: HttpRequest) -> Caller:
    """Return who calls, as the door has recognized them."""
    asking: Any = request
    caller: Caller = asking.tool_caller
    return caller

"""How many requests a service still takes, as it says itself with its answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

# Longer counts are none that a service has.
COUNT = re.compile(r"-?[0-9]{1,9}")


class RequestQuota(NamedTuple):
    """One of a service's counts of requests. `window`: for how many seconds `limit` is; `resets_at`: when the count
    begins anew; `said_at`: when the service said so. What it does not say is None."""

    name: str
    remaining: int
    limit: int | None
    window: int | None
    resets_at: datetime | None
    said_at: datetime

    @property
    def share(self) -> float:
        """Return the part that is left, from 0 to 1; where no limit is known, 1 while there is something left."""
        return self.remaining / self.limit if self.limit else float(self.remaining > 0)

    def as_json(self) -> dict[str, str | int | None]:
        return {
            **self._asdict(),
            "resets_at": self.resets_at and self.resets_at.isoformat(),
            "said_at": self.said_at.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RequestQuota:
        ends = stored["resets_at"]
        moments = {
            "resets_at": datetime.fromisoformat(ends) if ends else None,
            "said_at": datetime.fromisoformat(stored["said_at"]),
        }
        return cls(**{**stored, **moments})


def quota_of(
    remaining: str | None,
    *,
    name: str = "",
    limits: str = "",
    window: int | None = None,
    seconds: float | None = None,
) -> RequestQuota | None:
    """Return the quota of an answer; None where it does not say what is left.

    `limits` is a number, or has the form `100, 100;window=60, 10000;window=86400`, with the limit first that counts
    now. `seconds`: until the count begins anew. `window`: for how many seconds the limit is, unless `limits` says so.
    """
    if remaining is None or not COUNT.fullmatch(remaining.strip()):
        return None
    first = limits.partition(",")[0].partition(";")[0].strip()
    limit = int(first) if COUNT.fullmatch(first) and int(first) > 0 else None
    now = timezone.now()
    return RequestQuota(
        name=name,
        # It may be negative after requests that were refused.
        remaining=max(int(remaining), 0),
        limit=limit,
        window=windows_of(limits).get(first, window),
        resets_at=None if seconds is None else now + timedelta(seconds=seconds),
        said_at=now,
    )


def windows_of(limits: str) -> dict[str, int]:
    """Return by limit the seconds that it is for."""
    return {
        limit: int(seconds)
        for limit, seconds in re.findall(r"(\d+)\s*;\s*window=(\d{1,9})", limits)
    }


def tightest(quotas: Iterable[RequestQuota]) -> RequestQuota | None:
    """Return the one of which the smallest part is left."""
    return min(quotas, key=lambda quota: quota.share, default=None)

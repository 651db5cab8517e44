"""What is said of a service's connection, and of how its syncs went."""

from __future__ import annotations

from collections.abc import Iterator

from lifetracker.doctor.findings import Finding, at
from lifetracker.models import SyncRun
from lifetracker.web.source_status import SourceStatus

LONGEST_ERROR = 300


def of_connection(status: SourceStatus) -> Iterator[Finding]:
    if not status.missing_consent or status.credential is None:
        return
    connect = f'Press "Connect" on the page of connections, or run `{status.slug}_auth`.'
    if status.credential.is_unreadable:
        yield Finding(
            status.title,
            "The stored tokens were encrypted under a key that is no longer set.",
            "Put the old key into SECRET_KEY_FALLBACKS and run `rotate_encryption`, or connect again.",
        )
    elif status.needs_consent:
        yield Finding(status.title, "Your consent has expired or was withdrawn.", connect)
    else:
        yield Finding(
            status.title, "It is set up, and waits for your consent.", f"{connect} Else unset it."
        )


def of_runs(status: SourceStatus) -> Iterator[Finding]:
    run, success = status.runs.last_run, status.runs.last_success
    again = f"Correct what the reason names, then run `{status.command}`."
    if run and status.went_wrong:
        how = "failed" if run.status == SyncRun.Status.FAILED else "was incomplete"
        reason = run.error[:LONGEST_ERROR].strip() or "No reason was noted."
        yield Finding(status.title, f"The last sync {how}: {reason}", again)
    if success is None and not (run and run.is_active) and not status.went_wrong:
        yield Finding(status.title, "It has never been synced.", f"Run `{status.command}`.")
    yield from of_stale(status)


def of_stale(status: SourceStatus) -> Iterator[Finding]:
    success = status.runs.last_success
    if success and status.is_stale:
        yield Finding(
            status.title,
            f"The last successful sync was at {at(success.started_at)}.",
            f"Start a worker (`qcluster`), or run `{status.command}`.",
        )

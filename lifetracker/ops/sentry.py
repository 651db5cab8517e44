"""What is reported to Sentry of an error: its kind and its place in the code. Loaded only
where `SENTRY_DSN` is set."""

from __future__ import annotations

from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.argv import ArgvIntegration
from sentry_sdk.types import Event, Hint

from lifetracker.ops.logs import IMPERSONAL, current_id

# Of an event; everything else (request, user, variables, breadcrumbs, arguments) is left out. A list
# of what may go holds when a later version of the SDK collects more.
EVENT_KEYS = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "logger",
    "release",
    "environment",
    "sdk",
)
FRAME_KEYS = (
    *("filename", "abs_path", "function", "module", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)
# What a client sent that is wrong is no fault.
CLIENT_ERRORS = "django.security."


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        release=settings.VERSION,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        # The name of a person's own machine.
        server_name="",
        # A code of a consent may stand on the command line.
        disabled_integrations=[ArgvIntegration()],
        before_send=scrubbed,
    )


def scrubbed(event: Event, hint: Hint) -> Event | None:
    """Return the event without anything personal; None for one that is not reported."""
    if str(event.get("logger", "")).startswith(CLIENT_ERRORS):
        return None
    kept: dict[str, object] = {name: event[name] for name in EVENT_KEYS if name in event}  # type: ignore[literal-required]
    kept["tags"] = {"id": current_id.get()}
    if "logentry" in event:
        # The text before its values are put in.
        kept["logentry"] = {"message": event["logentry"].get("message", "")}
    if "exception" in event:
        error = hint.get("exc_info", (None, None, None))[1]
        values = [exception(value) for value in event["exception"]["values"]]
        # The last one is what was caught.
        values[-1]["value"] = str(error) if isinstance(error, IMPERSONAL) else ""
        kept["exception"] = {"values": values}
    return kept  # type: ignore[return-value]


def exception(value: dict[str, Any]) -> dict[str, Any]:
    """Return kind and place; the text of an exception may hold what a person typed."""
    frames = (value.get("stacktrace") or {}).get("frames", [])
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "value": "",
        "mechanism": {
            name: value["mechanism"][name]
            for name in ("type", "handled")
            if name in (value.get("mechanism") or {})
        },
        "stacktrace": {
            "frames": [{k: frame[k] for k in FRAME_KEYS if k in frame} for frame in frames]
        },
    }

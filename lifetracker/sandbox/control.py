"""`POST /sandbox/<verb>` and `GET /sandbox/state`: what the Python API does, over HTTP."""

import inspect
import json
from dataclasses import asdict, is_dataclass

from lifetracker.sandbox.host import Host, Verb
from lifetracker.sandbox.messages import Answer, Incoming, json_answer

RECENT = 50


def answer(sandbox: Host, incoming: Incoming) -> Answer:
    name = incoming.path.removeprefix("/sandbox/")
    if name == "state" and incoming.method == "GET":
        return json_answer(200, state(sandbox))
    if incoming.method != "POST":
        return json_answer(405, {"error": "verbs are POSTed; GET /sandbox/state shows the state"})
    try:
        verb, arguments = _call(sandbox, name, incoming.body)
        result = verb(**arguments)
    except (LookupError, ValueError, TypeError) as error:
        return json_answer(400, {"error": str(error)})
    return json_answer(200, {"result": _plain(result)})


def common(sandbox: Host) -> dict[str, Verb]:
    """Return the verbs of the sandbox itself."""
    return {
        "clock": sandbox.clock.adjust,
        "faults": sandbox.faults.add,
        "clear-faults": sandbox.faults.clear,
        "clear-requests": sandbox.requests.clear,
    }


def verbs(sandbox: Host, service: str = "whoop") -> dict[str, Verb]:
    """Return the one table of verbs: those of the sandbox, then those of one service."""
    return {**common(sandbox), **sandbox.services[service].verbs()}


def state(sandbox: Host) -> dict[str, object]:
    requests = list(sandbox.requests)
    return {
        "clock": sandbox.clock.now(),
        "faults": [asdict(fault) for fault in sandbox.faults.active()],
        "requests_made": len(requests),
        "recent_requests": [asdict(request) for request in requests[-RECENT:]],
        **{name: service.state() for name, service in sandbox.services.items()},
    }


def _call(sandbox: Host, name: str, body: bytes) -> tuple[Verb, dict[str, object]]:
    """Return the method behind a verb with its arguments, checked against its signature."""
    arguments = json.loads(body or b"{}")
    if not isinstance(arguments, dict):
        raise ValueError("the body must be a JSON object")
    service = arguments.pop("service", "whoop")
    if service not in sandbox.services:
        raise ValueError(f"no service {service!r}; there are {', '.join(sandbox.services)}")
    table = verbs(sandbox, service)
    if name not in table:
        raise ValueError(f"no verb {name!r}; there are {', '.join(sorted(table))}")
    inspect.signature(table[name]).bind(**arguments)
    return table[name], arguments


def _plain(result: object) -> object:
    return asdict(result) if is_dataclass(result) and not isinstance(result, type) else result

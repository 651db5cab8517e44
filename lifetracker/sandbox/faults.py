"""Faults that can be switched on: what goes wrong between a client and a service."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lifetracker.sandbox.messages import Answer, Incoming

HTML_HEADERS = {"Content-Type": "text/html; charset=utf-8"}
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
SAME_AGAIN = "bG9vcA"

GetAnswer = Callable[[Incoming], Answer]


@dataclass(slots=True, kw_only=True)
class Fault:
    """From the `nth` matching request on (1: the next), for `times` of them (None: for ever).

    `match` is part of a path, "" every path. Kinds: see KINDS. `status`, `body` and `headers`
    belong to "status"; `seconds` to "delay" and "hang"; `half` makes "garbage" the first half
    of the real body instead of HTML.
    """

    kind: str
    match: str = ""
    nth: int = 1
    times: int | None = 1
    status: int = 500
    body: bytes | str = b""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    half: bool = False
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; there are {', '.join(KINDS)}")
        if self.nth < 1:
            raise ValueError("nth counts from 1")

    def strikes(self, path: str) -> bool:
        """Count a request; whether this fault falls on it."""
        if self.match not in path:
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)


def _status(fault: Fault, _incoming: Incoming, _get_answer: GetAnswer) -> Answer:
    body = fault.body.encode() if isinstance(fault.body, str) else fault.body
    return Answer(fault.status, body, dict(fault.headers))


def _delay(fault: Fault, incoming: Incoming, get_answer: GetAnswer) -> Answer:
    time.sleep(fault.seconds)
    return get_answer(incoming)


def _hang(fault: Fault, incoming: Incoming, get_answer: GetAnswer) -> Answer:
    answer = get_answer(incoming)
    time.sleep(fault.seconds)
    return answer


def _cut(_fault: Fault, incoming: Incoming, get_answer: GetAnswer) -> Answer:
    return replace(get_answer(incoming), send="half")


def _drop(_fault: Fault, _incoming: Incoming, _get_answer: GetAnswer) -> Answer:
    return Answer(0, send="nothing")


def _lost(_fault: Fault, incoming: Incoming, get_answer: GetAnswer) -> Answer:
    return replace(get_answer(incoming), send="nothing")


def _garbage(fault: Fault, incoming: Incoming, get_answer: GetAnswer) -> Answer:
    if not fault.half:
        return Answer(200, HTML, dict(HTML_HEADERS))
    answer = get_answer(incoming)
    return replace(answer, status=200, body=answer.body[: len(answer.body) // 2])


def _loop(_fault: Fault, incoming: Incoming, get_answer: GetAnswer) -> Answer:
    """Answer with the first page for ever, each time with the same token for a next one."""
    query = {key: value for key, value in incoming.query.items() if key != "nextToken"}
    answer = get_answer(replace(incoming, query=query))
    page = json.loads(answer.body or b"null")
    if not isinstance(page, dict) or "records" not in page:
        return answer
    return replace(answer, body=json.dumps({**page, "next_token": SAME_AGAIN}).encode())


KINDS: dict[str, Callable[[Fault, Incoming, GetAnswer], Answer]] = {
    "status": _status,  # this status, not carried out
    "delay": _delay,  # late, then as usual
    "hang": _hang,  # carried out at once, answered late
    "cut": _cut,  # half of the body under the length of the whole
    "garbage": _garbage,  # 200 with something that is no JSON
    "drop": _drop,  # closed without an answer, not carried out
    "lost": _lost,  # carried out, then closed without an answer
    "loop": _loop,  # collections that never end
}


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        match: str = "",
        *,
        kind: str,
        nth: int = 1,
        times: int | None = 1,
        **details: object,
    ) -> Fault:
        """Switch a fault on; `details` are the further fields of `Fault`."""
        fault = Fault(match=match, kind=kind, nth=nth, times=times, **details)  # type: ignore[arg-type]
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def active(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def around(self, incoming: Incoming, get_answer: GetAnswer) -> Answer:
        """Answer a request under the faults that fall on it, the first added outermost."""
        with self._lock:
            striking = [fault for fault in self._faults if fault.strikes(incoming.path)]
        for fault in reversed(striking):
            get_answer = _wrapped(fault, get_answer)
        return get_answer(incoming)


def _wrapped(fault: Fault, get_answer: GetAnswer) -> GetAnswer:
    return lambda incoming: KINDS[fault.kind](fault, incoming, get_answer)

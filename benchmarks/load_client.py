"""Who asks, in a process of its own: `python -m benchmarks.load_client` reads what to do as one line of
JSON, does it, writes what came of it, and goes on until its input ends.

{"port", "headers", "path", "connections", "seconds", "pause", "body"}: so many connections that are kept
open ask for one path, each anew `pause` seconds after its answer. With a `body` they POST it.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections import Counter
from typing import Any

TIMEOUT = 60


class Asker(threading.Thread):
    def __init__(self, order: dict[str, Any], end: float) -> None:
        super().__init__()
        self.order = order
        self.end = end
        self.method = "POST" if order.get("body") else "GET"
        self.took: list[float] = []
        self.answers: Counter[str] = Counter()
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.order["port"], timeout=TIMEOUT)

    def run(self) -> None:
        while time.perf_counter() < self.end:
            begin = time.perf_counter()
            status = self.ask()
            self.took.append(time.perf_counter() - begin)
            self.answers[str(status)] += 1
            time.sleep(self.order["pause"])
        self.connection.close()

    def ask(self) -> int:
        """The status. A worker that ends closes the connections that it has kept open, which any client
        takes for a reason to connect anew."""
        try:
            return self.send()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.answers["connected anew"] += 1
            self.connection.close()
            self.connection = self.connect()
            return self.send()

    def send(self) -> int:
        order = self.order
        self.connection.request(self.method, order["path"], order.get("body"), order["headers"])
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


def execute_run(order: dict[str, Any]) -> dict[str, Any]:
    begin = time.perf_counter()
    askers = [Asker(order, begin + order["seconds"]) for _ in range(order["connections"])]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    answers = sum((asker.answers for asker in askers), Counter[str]())
    return {
        "seconds": time.perf_counter() - begin,
        "took": [seconds for asker in askers for seconds in asker.took],
        "answers": answers,
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(execute_run(json.loads(line))), flush=True)

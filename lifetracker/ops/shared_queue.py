"""The queues between the processes of a worker, which outlive a process that is killed while it waits for a message."""

from __future__ import annotations

import multiprocessing
import os
from typing import Any

from django_q.cluster import Sentinel
from django_q.conf import Conf
from django_q.queues import Queue


class ReadersLock:
    """The lock of who reads the next message. It knows its holder: whoever waits for a message holds it, and `kill -9` lets
    nobody give it back."""

    def __init__(self) -> None:
        self._lock = multiprocessing.Lock()
        self._holder = multiprocessing.RawValue("i", 0)

    @property
    def holder(self) -> int:
        """Return the id of the process that holds it; 0 for none."""
        return int(self._holder.value)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        is_mine = self._lock.acquire(block, timeout)
        if is_mine:
            self._holder.value = os.getpid()
        return is_mine

    def release(self) -> None:
        self._holder.value = 0
        self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class SharedQueue(Queue):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rlock = ReadersLock()

    @property
    def reader(self) -> int:
        """Return the id of the process that waits for the next message; 0 for none."""
        return int(self._rlock.holder)

    def free_of(self, ended: int) -> None:
        """Let others read what a process that has ended was waiting for."""
        if self.reader == ended:
            self._rlock.release()


class Guard(Sentinel):
    """The process that guards the others. What takes the place of one that was killed can read its queues."""

    def start(self) -> None:
        self.task_queue = SharedQueue(maxsize=Conf.QUEUE_LIMIT or 0)
        self.result_queue = SharedQueue()
        super().start()

    def reincarnate(self, process: Any) -> None:
        if not process.is_alive():
            for queue in (self.task_queue, self.result_queue):
                queue.free_of(process.pid)
        super().reincarnate(process)

"""How the processes of the worker end with the one that started them, even after `kill -9`, which
leaves nobody to tell them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

# Of <sys/prctl.h>.
PR_SET_PDEATHSIG = 1
# Seconds between two looks for the parent, where the system does not tell.
LOOK = 1.0


class Ties:
    """What a fork does before, in the parent, and after, in the child."""

    def __init__(self) -> None:
        self._parent = os.getpid()
        # Loaded before the fork: loading takes locks, which another thread may hold.
        self._libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def before(self) -> None:
        self._parent = os.getpid()

    def after_in_child(self) -> None:
        if self._libc is None:
            threading.Thread(target=self._watch, daemon=True).start()
            return
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # It may have ended before the system knew of the wish.
        self._end_if_orphaned()

    def _watch(self) -> None:
        while True:
            self._end_if_orphaned()
            time.sleep(LOOK)

    def _end_if_orphaned(self) -> None:
        if os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGKILL)


def end_children_with_their_parents() -> None:
    """Have whatever this process forks from now on killed when its own parent dies, and so on down.
    What was at work is taken up by the next worker. Programs that are started (git) see to it
    themselves."""
    ties = Ties()
    os.register_at_fork(before=ties.before, after_in_child=ties.after_in_child)

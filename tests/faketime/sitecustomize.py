"""Found by every Python that `.ci/other-days` starts. libfaketime moves the end of `time.sleep` as it
moves the date, so that the system refuses it; a wait for an event that never comes is left alone."""

import threading
import time


def sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    threading.Event().wait(seconds)


time.sleep = sleep

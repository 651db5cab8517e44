"""The queue in Redis. Loaded only where REDIS_URL names one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django_q.brokers.redis_broker import Redis
from redis.exceptions import RedisError, ResponseError


class RedisQueue(Redis):
    """Django-q's, which stops for good at a key that is no list. Nothing in it must last."""

    def enqueue(self, task: str) -> object:
        return self._repaired(partial(super().enqueue, task))

    def dequeue(self) -> object:
        return self._repaired(super().dequeue)

    def queue_size(self) -> object:
        return self._repaired(super().queue_size)

    def _repaired(self, ask: Callable[[], object]) -> object:
        """Ask Redis, a second time after deleting a key that is no list."""
        try:
            return ask()
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            self.connection.delete(self.list_key)
            return ask()
        except (ValueError, RecursionError) as error:
            raise RedisError("The server that answers is not Redis.") from error

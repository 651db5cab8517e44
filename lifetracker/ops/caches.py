"""The cache in Redis, as JSON: who can write there must not be able to run code here, as a pickle would."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ResponseError

# Of one value. More is not read.
MOST_BYTES = 1_000_000

Key = str | bytes | memoryview


class JsonSerializer:
    """Integers stay as they are, because Redis itself counts them."""

    def dumps(self, value: object) -> bytes | int:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, stored: bytes | str) -> object:
        """Return the value. Raises ValueError and RecursionError for what is no JSON."""
        return json.loads(stored)


class JsonClient(RedisCacheClient):
    """Treats a value that cannot be read as missing: no value of a cache is worth an error."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **{"serializer": JsonSerializer, **options})

    _serializer: JsonSerializer

    def get(self, key: Key, default: object) -> object:
        try:
            stored = self.get_client(key).getrange(key, 0, MOST_BYTES)
        except ResponseError:  # another kind of value
            return default
        return self._read(stored, default)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, object]:
        missing = object()
        found = {key: self.get(key, missing) for key in keys}
        return {key: value for key, value in found.items() if value is not missing}

    def _read(self, stored: bytes | str, default: object) -> object:
        if not 0 < len(stored) <= MOST_BYTES:
            return default
        try:
            return self._serializer.loads(stored)
        except (ValueError, RecursionError):
            return default


class JsonRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, object]) -> None:
        super().__init__(server, params)
        self._class = JsonClient

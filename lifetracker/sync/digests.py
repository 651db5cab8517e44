"""By what a stored row is known again.

A row of a stream has a digest of two halves: of all that it was made of, and of its values. By the first an
item is known that need not be mapped again. By the second a row is known that came out the same although
another version of the program made it, or what it refers to has changed. Other rows have one digest of
their values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson

# Characters of a half. A digest of values alone is as long as two: so many bytes.
HALF = 16


def digest(row: Sequence[object]) -> str:
    return hashlib.blake2b(repr(row).encode(), digest_size=HALF).hexdigest()


def half_digest(*parts: bytes) -> str:
    return hashlib.blake2b(b"\0".join(parts), digest_size=HALF // 2).hexdigest()


def digest_of_text(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


# Of a row that was mapped again from its stored payload, of which a database may not keep the text.
COLUMNS_ONLY = "columns:"


def digest_of_columns(values: list[object]) -> str:
    """Return the digest of a row's values without that of its payload."""
    return COLUMNS_ONLY + digest_of_values(values, b"")


def digest_of_values(values: list[object], text: bytes) -> str:
    """Return the digest of a row, with that of its payload in place of that."""
    try:
        return half_digest(orjson.dumps(values, default=str), text)
    except TypeError:
        # Half a character, which the database will refuse.
        return half_digest(repr(values).encode(), text)

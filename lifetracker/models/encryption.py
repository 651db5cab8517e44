"""Columns that are encrypted at rest, by Fernet of the `cryptography` package.

The keys are derived from `SECRET_KEY` and, for reading only, from each of `SECRET_KEY_FALLBACKS`:
rotating the one rotates the other, and `manage.py rotate_encryption` writes everything anew under
the current key.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


class Unreadable(str):
    """Stands for a stored value that none of the keys opens. Empty, so that nothing mistakes it for
    a secret."""

    stored: str

    def __new__(cls, stored: str) -> Self:
        value = super().__new__(cls)
        value.stored = stored
        return value


def _fernet() -> MultiFernet:
    return _fernet_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _fernet_of(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(secret)) for secret in secrets])


def _derive(secret: str) -> bytes:
    kdf = HKDF(SHA256(), length=32, salt=None, info=b"lifetracker: columns encrypted at rest")
    return base64.urlsafe_b64encode(kdf.derive(secret.encode()))


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """Text that the database holds encrypted. It cannot be searched or compared in a query."""

    def get_prep_value(self, value: str | None) -> str | None:
        if isinstance(value, Unreadable):
            return value.stored
        text = super().get_prep_value(value)
        return _fernet().encrypt(text.encode()).decode() if text else text

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        if not value:
            return value
        try:
            return _fernet().decrypt(value.encode()).decode()
        except InvalidToken:
            return Unreadable(value)

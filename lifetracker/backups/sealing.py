"""A backup under a passphrase, in the format of age (https://age-encryption.org).

The sealed file is a zip too: a key of its own for each backup, encrypted under the passphrase, and
the backup, encrypted for that key. So the backup can be of any size; only the passphrase takes
memory (`passphrase.py`), on purpose: whoever guesses must spend it for each guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, BinaryIO
from zipfile import ZIP_STORED, ZipFile

import pyrage

from lifetracker.backups import passphrase as age
from lifetracker.backups.archive import UnusableBackup, doubting, new_member, opened

README, KEY, BODY = "README.txt", "key.age", "backup.zip.age"
LARGEST_KEY = 10_000
# Of the body: all of its head is read before it is looked at.
LONGEST_HEAD = 65_536

HOW_TO_OPEN = f"""A backup of Life Tracker, encrypted. `manage.py restore` takes this file as it is.

Without Life Tracker, with age (https://age-encryption.org):

    age --decrypt --identity {KEY} {BODY} > backup.zip

It asks for the passphrase of the backup.
"""


@contextmanager
def sealed(out: BinaryIO, passphrase: str) -> Iterator[BinaryIO]:
    """Encrypt what is written inside, into `out`, at the end. Until then it is in a temporary
    file that has no name and that nobody finds after a crash. Raises OSError."""
    with TemporaryFile() as plain:
        yield plain
        plain.seek(0)
        key = pyrage.x25519.Identity.generate()
        locked = age.lock(str(key).encode(), passphrase)
        with ZipFile(out, "w", ZIP_STORED) as archive:
            for name, text in ((README, HOW_TO_OPEN.encode()), (KEY, locked)):
                with new_member(archive, name) as member:
                    member.write(text)
            with new_member(archive, BODY) as member:
                try:
                    pyrage.encrypt_io(plain, member, [key.to_public()])
                except pyrage.EncryptError as error:
                    raise OSError(f"It could not be encrypted: {error}") from error


@contextmanager
def unsealed(file: IO[bytes], passphrase: Callable[[], str]) -> Iterator[IO[bytes]]:
    """Open the backup inside, or the file itself if nothing is sealed. Raises UnusableBackup."""
    if not is_sealed(file):
        yield file
        return
    with TemporaryFile() as plain:
        with doubting(), opened(file) as archive:
            key = unlock(archive, passphrase())
            refuse_swollen(archive)
            with archive.open(BODY) as member:
                decrypt(member, plain, key)
        plain.seek(0)
        yield plain


def refuse_swollen(archive: ZipFile) -> None:
    """Raise ValueError for a body that unpacks to more than the file, or has a head without an end."""
    if archive.getinfo(BODY).compress_type != ZIP_STORED:
        raise ValueError("its encrypted part is compressed")
    with archive.open(BODY) as member:
        if b"\n--- " not in member.read(LONGEST_HEAD):
            raise ValueError("its encrypted part has no head")


def is_sealed(file: IO[bytes]) -> bool:
    with opened(file) as archive:
        return {KEY, BODY} <= set(archive.namelist())


def unlock(archive: ZipFile, passphrase: str) -> pyrage.x25519.Identity:
    with archive.open(KEY) as member:
        locked = member.read(LARGEST_KEY)
    try:
        age.refuse_much_work(locked)
    except age.TooMuchWork as error:
        raise UnusableBackup(f"{error} No backup of Life Tracker does.") from None
    try:
        return pyrage.x25519.Identity.from_str(
            pyrage.passphrase.decrypt(locked, passphrase).decode()
        )
    except pyrage.DecryptError as error:
        raise UnusableBackup(
            f"The passphrase does not open it, or the file is damaged ({error})."
        ) from None


def decrypt(member: IO[bytes], plain: IO[bytes], key: pyrage.x25519.Identity) -> None:
    try:
        pyrage.decrypt_io(member, plain, [key])
    except pyrage.DecryptError as error:
        raise UnusableBackup(f"The file is damaged or cut off ({error}).") from error

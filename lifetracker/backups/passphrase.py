"""A short text under a passphrase, in the format of age (https://age-encryption.org/v1, recipient `scrypt`).

pyrage chooses the memory of scrypt by how fast the machine is just then, from 128 MB to gigabytes, and lets
nobody say. Here it is always the same, so that a backup fits a small server; what opens it is pyrage's or
age's own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Of two: 2^17 blocks of 1 kB are 128 MB, OWASP's first choice for scrypt.
WORK = 17
# A gigabyte, which older backups of fast machines may take.
MOST_WORK = 20
BLOCK_SIZE = 8
FIRST_LINES = re.compile(rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]{22} ([1-9][0-9]?)\n")
# One nonce for one key, which encrypts once; the last byte marks the last piece, and there is only one.
ONLY_NONCE = bytes(12)
LAST_PIECE = bytes(11) + b"\x01"
LONGEST = 65_536


class TooMuchWork(ValueError):
    """Opening it would take more memory than a backup of this program ever does."""


def lock(text: bytes, passphrase: str) -> bytes:
    """Return an age file that `age --decrypt` opens with the passphrase."""
    if len(text) > LONGEST:
        raise ValueError("Only a short text is locked by a passphrase.")
    key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    wrapped = ChaCha20Poly1305(stretched(passphrase, salt)).encrypt(ONLY_NONCE, key, None)
    stanza = b"-> scrypt %s %d\n%s\n" % (base64(salt), WORK, base64(wrapped))
    header = b"age-encryption.org/v1\n" + stanza + b"---"
    proof = hmac.digest(derived(key, b"", b"header"), header, "sha256")
    body = ChaCha20Poly1305(derived(key, nonce, b"payload")).encrypt(LAST_PIECE, text, None)
    return header + b" " + base64(proof) + b"\n" + nonce + body


def stretched(passphrase: str, salt: bytes) -> bytes:
    size = 128 * BLOCK_SIZE * 2**WORK
    return hashlib.scrypt(
        passphrase.encode(),
        salt=b"age-encryption.org/v1/scrypt" + salt,
        n=2**WORK,
        r=BLOCK_SIZE,
        p=1,
        maxmem=size + 2**20,
        dklen=32,
    )


def derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(key)


def base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def refuse_much_work(locked: bytes) -> None:
    """Raise TooMuchWork, or ValueError for what is not locked by one passphrase, before anything is
    computed: the file says how much memory it takes, and nothing vouches for that until it is opened."""
    found = FIRST_LINES.match(locked)
    if found is None or locked.count(b"\n-> scrypt ") != 1:
        raise ValueError("its key is not locked by a passphrase")
    if int(found[1]) > MOST_WORK:
        raise TooMuchWork(f"Its key takes 2^{int(found[1])} kB of memory to open.")

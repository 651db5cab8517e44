"""A device with passkeys, in software: it answers as a browser would."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


class Device:
    """`verifies`: whether it asks for a finger or a PIN. `counter` goes up with each signature."""

    def __init__(self, origin: str = "http://localhost", *, verifies: bool = True) -> None:
        self.origin = origin
        self.verifies = verifies
        self.counter = 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)

    def make(self, options: dict[str, Any]) -> str:
        """Answer what a page asks to make a passkey."""
        asked = options["publicKey"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = self._data(asked["rp"]["id"], credential)
        response = {
            "clientDataJSON": self._said("webauthn.create", asked["challenge"]),
            "attestationObject": AttestationObject.create("none", data, {}),
        }
        return self._answer(response)

    def sign(self, options: dict[str, Any], **changes: bytes) -> str:
        """Answer what a page asks of a passkey."""
        asked = options["publicKey"]
        self.counter += 1
        data = self._data(asked["rpId"])
        said = self._said("webauthn.get", asked["challenge"])
        signature = self.key.sign(bytes(data) + said.hash, ec.ECDSA(SHA256()))
        response = {"clientDataJSON": said, "authenticatorData": data, "signature": signature}
        return self._answer(response | changes)

    def _data(self, site: str, credential: Any = b"") -> AuthenticatorData:
        flags = (
            FLAG.UP | (FLAG.UV if self.verifies else FLAG(0)) | (FLAG.AT if credential else FLAG(0))
        )
        return AuthenticatorData.create(
            sha256(site.encode()).digest(), flags, self.counter, credential
        )

    def _said(self, what: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(what, websafe_decode(challenge), self.origin)

    def _answer(self, response: dict[str, bytes]) -> str:
        name = websafe_encode(self.id)
        plain = {key: websafe_encode(bytes(value)) for key, value in response.items()}
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": plain,
                "clientExtensionResults": {},
            }
        )

"""Passkeys: what a browser is asked for, and whether its answer proves anything.

The library that verifies answers is loaded by whoever uses a passkey, and by nobody else.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import struct
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lifetracker.accounts.current_user import current_user
from lifetracker.accounts.models import Passkey

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import (
        CredentialCreationOptions,
        CredentialRequestOptions,
        PublicKeyCredentialDescriptor,
        UserVerificationRequirement,
    )

NAME = "Life Tracker"
# In the session: what the browser was asked for.
SESSION_KEY = "passkey"
ANSWER_WITHIN = 5 * 60
# What an answer raises that is none: of a browser it is not, and whoever is at the login can send one.
INVALID_ANSWER_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    struct.error,
)
NO_SCRIPT = "Passkeys need JavaScript. Allow it for this page, or continue without a passkey."
# For whoever is not known yet, the device has to verify that it is its owner (finger, face, PIN).
REQUIRED, PREFERRED = "required", "preferred"


State = TypedDict("State", {"for": str, "at": float, "challenge": str, "user_verification": str})


class ServerState(TypedDict):
    """What the library wants back with the answer."""

    challenge: str
    user_verification: UserVerificationRequirement


class Refused(Exception):
    """The answer proves nothing. The text says why, to whoever gave it."""


def site_of(request: HttpRequest) -> str:
    """Return the name under which this page is open, without the port: passkeys belong to it."""
    host = request.get_host().lower()
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def are_possible(request: HttpRequest) -> bool:
    """Return whether browsers offer passkeys here: by https, or on this machine, under a name."""
    site = site_of(request)
    try:
        ipaddress.ip_address(site.strip("[]"))
    except ValueError:
        return request.is_secure() or site == "localhost" or site.endswith(".localhost")
    return False


def usable(request: HttpRequest, user: User) -> bool:
    """Return whether this user has a passkey for this site."""
    here = Passkey.objects.filter(user=user, site=site_of(request))
    return are_possible(request) and here.exists()


# --- Asking ---------------------------------------------------------------------------------------


def ask_for_new(request: HttpRequest) -> dict[str, object]:
    """Return what makes a browser offer to make a passkey for this user."""
    from fido2.webauthn import (  # noqa: PLC0415 - see above
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    user = current_user(request)
    options, state = _server(request).register_begin(
        # Another installation at the same name, such as localhost, must not replace this one's.
        PublicKeyCredentialUserEntity(
            id=salted_hmac("lifetracker passkeys", str(user.pk), algorithm="sha256").digest(),
            name=user.get_username(),
            display_name=user.get_full_name() or user.get_username(),
        ),
        credentials=_descriptors(request, user),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _remember(request, "new", options, state)


def ask(request: HttpRequest, user: User | None = None) -> dict[str, object]:
    """Return what makes a browser offer this user's passkeys; without a user, all that it has here."""
    from fido2.webauthn import UserVerificationRequirement  # noqa: PLC0415 - see above

    options, state = _server(request).authenticate_begin(
        _descriptors(request, user) if user else None,
        user_verification=UserVerificationRequirement(PREFERRED if user else REQUIRED),
    )
    return _remember(request, purpose(user), options, state)


def purpose(user: User | None) -> str:
    return f"proof of {user.pk}" if user else "login"


def _remember(
    request: HttpRequest,
    purpose: str,
    options: CredentialCreationOptions | CredentialRequestOptions,
    state: ServerState,
) -> dict[str, object]:
    """Store in the session what the browser is asked for, and return it as JSON."""
    request.session[SESSION_KEY] = {
        "for": purpose,
        "at": time.time(),
        "challenge": state["challenge"],
        "user_verification": str(state["user_verification"].value),
    }
    return dict(json.loads(json.dumps(dict(options), default=dict)))


def _descriptors(request: HttpRequest, user: User) -> list[PublicKeyCredentialDescriptor]:
    from fido2.webauthn import (  # noqa: PLC0415 - see above
        PublicKeyCredentialDescriptor,
        PublicKeyCredentialType,
    )

    here = Passkey.objects.filter(user=user, site=site_of(request))
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY, id=base64.b64decode(one.credential_id)
        )
        for one in here
    ]


def _server(request: HttpRequest) -> Fido2Server:
    from fido2.server import Fido2Server  # noqa: PLC0415 - see above
    from fido2.webauthn import PublicKeyCredentialRpEntity  # noqa: PLC0415

    origin = f"{request.scheme}://{request.get_host()}".lower()
    return Fido2Server(
        PublicKeyCredentialRpEntity(name=NAME, id=site_of(request)),
        verify_origin=lambda found: found.lower() == origin,
    )


# --- Answers --------------------------------------------------------------------------------------


def _state(request: HttpRequest, purpose: str) -> State:
    """Return what was asked for; it is good for one answer, whatever the answer is."""
    state: State | None = request.session.pop(SESSION_KEY, None)
    if not state or state["for"] != purpose or not 0 <= time.time() - state["at"] < ANSWER_WITHIN:
        raise Refused("The request timed out. Try again.")
    return state


def add(request: HttpRequest, name: str, answer: str) -> Passkey:
    """Store the passkey that a browser has made. Raises Refused."""
    if not answer:
        raise Refused(NO_SCRIPT)
    state = _state(request, "new")
    try:
        made = _server(request).register_complete(state, json.loads(answer)).credential_data
    except INVALID_ANSWER_ERRORS:
        raise Refused("The browser's answer could not be verified. Try again.") from None
    if made is None:
        raise Refused("The browser's answer contains no passkey. Try again.")
    with transaction.atomic():
        return Passkey.objects.create(
            user=current_user(request),
            name=name,
            site=site_of(request),
            credential_id=base64.b64encode(made.credential_id).decode(),
            public_key=base64.b64encode(made).decode(),
        )


def proof(request: HttpRequest, answer: str, user: User | None = None) -> Passkey:
    """Return the passkey that a browser has answered with: of this user or, without one, of anybody who
    may log in. Raises Refused."""
    if not answer:
        raise Refused(NO_SCRIPT)
    state = _state(request, purpose(user))
    try:
        given = json.loads(answer)
        passkey = _stored(request, given["rawId"], user)
        counter = _verified(request, state, passkey, given)
    except INVALID_ANSWER_ERRORS:
        raise Refused("This passkey is not registered here.") from None
    _count(passkey, counter)
    return passkey


def _stored(request: HttpRequest, raw_id: str, user: User | None) -> Passkey:
    credential_id = base64.urlsafe_b64decode(raw_id + "=" * (-len(raw_id) % 4))
    found = Passkey.objects.select_related("user").filter(
        credential_id=base64.b64encode(credential_id).decode(),
        site=site_of(request),
        user__is_active=True,
    )
    passkey = (found.filter(user=user) if user else found).first()
    if passkey is None:
        raise ValueError("an unknown passkey")
    return passkey


def _verified(
    request: HttpRequest, state: State, passkey: Passkey, given: Mapping[str, object]
) -> int:
    """Return how often the key has signed. Raises ValueError."""
    from fido2.webauthn import (  # noqa: PLC0415 - see above
        AttestedCredentialData,
        AuthenticationResponse,
    )

    credential = AttestedCredentialData(base64.b64decode(passkey.public_key))
    response = AuthenticationResponse.from_dict(given)
    _server(request).authenticate_complete(state, [credential], response)
    return int(response.response.authenticator_data.counter)


def _count(passkey: Passkey, counter: int) -> None:
    """Store that the key was used. A counter that goes back tells of a copy of the key (WebAuthn, 6.1.1)."""
    same = Passkey.objects.filter(pk=passkey.pk)
    newer = same.filter(counter__lt=counter) if counter else same.filter(counter=0)
    if newer.update(counter=counter, last_used_at=timezone.now()) != 1:
        raise Refused(
            "This passkey was refused because its counter went backwards. It may have been copied."
        )

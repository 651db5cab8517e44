"""The user, and the others who wrote commits."""

import base64
from dataclasses import dataclass

LOGIN, USER_ID = "mara-lindner", 48_211_907


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str


WORK = Person("Mara Lindner", "mara.lindner@example.com")
PRIVATE = Person("Mara Lindner", "mara@lindner.example")
ON_GITHUB = Person("Mara Lindner", f"{USER_ID}+{LOGIN}@users.noreply.github.com")
JONAS = Person("Jonas Weber", "jonas.weber@example.com")
WEB_FLOW = Person("GitHub", "noreply@github.com")  # the committer of what its pages did
STRANGERS = (
    Person("Søren Lund", "soren@klangwerk.example"),
    Person("Ana-María Ñíguez", "ana@klangwerk.example"),
    Person("k", "k@localhost"),
    Person("Tomasz Wójcik", "tw@strojenie.example"),
)

ACCOUNTS = {
    **{person.email: (LOGIN, USER_ID) for person in (WORK, PRIVATE, ON_GITHUB)},
    JONAS.email: ("jonasweber", 51_730_226),
    WEB_FLOW.email: ("web-flow", 19_864_447),
}
IDS = dict(ACCOUNTS.values())


def emails() -> list[dict[str, object]]:
    """As `GET /user/emails` shows them."""
    return [
        {"email": WORK.email, "primary": True, "verified": True, "visibility": "public"},
        {"email": PRIVATE.email, "primary": False, "verified": True, "visibility": None},
        {"email": ON_GITHUB.email, "primary": False, "verified": True, "visibility": None},
    ]


def user_id(login: str) -> int:
    """Of somebody who is not known: a number that follows from the name."""
    known = IDS.get(login)
    return 60_000_000 + sum(login.encode()) * 131 if known is None else known


def know_as(login: str) -> None:
    """The user has this name too, which a rename gives her."""
    IDS[login] = USER_ID


def node_id(kind: str, id: int, *, legacy: bool) -> str:
    """`R_kgDOAAABAQ`, or of old `MDEwOlJlcG9zaXRvcnkxMjk2MjcxX`; the kinds are Repository, User."""
    if legacy:
        return base64.b64encode(f"{len(kind):03}:{kind}{id}".encode()).decode()
    packed = b"\x92\x00\xce" + id.to_bytes(4, "big")
    return f"{kind[0]}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"

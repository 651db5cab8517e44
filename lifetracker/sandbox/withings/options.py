"""What varies in Withings' answers."""

from typing import ClassVar

from lifetracker.sandbox.switches import Switches


class Options(Switches):
    CHOICES: ClassVar[dict[str, tuple[object, ...]]] = {
        "order": ("created", "newest", "shuffled"),  # none is promised
        "more": ("int", "bool"),
        "userid": ("int", "str"),  # in token answers
        "lastupdate": ("inclusive", "exclusive"),
        "identical": (False, True),  # True: the same arguments within 10 s are refused
        "offset": ("advance", "stuck"),
        "wait_seconds": (True, False),  # whether a 601 says how long to wait
        "category_filter": (True, False),  # False: goals come with the measures
        "callback_check": (True, False),  # HEAD on subscribing
    }
    NUMBERS: ClassVar[tuple[str, ...]] = (
        "page_size",
        "identical_wait",
        "code_lifetime",
        "token_lifetime",
    )

    order: str = "created"
    more: str = "int"
    userid: str = "int"
    lastupdate: str = "inclusive"
    identical: bool = False
    identical_wait: int = 1  # what such a refusal tells to wait at least: it may be minutes
    offset: str = "advance"
    wait_seconds: bool = True
    category_filter: bool = True
    callback_check: bool = True
    page_size: int = 100
    code_lifetime: int = 30
    token_lifetime: int = 10_800

"""The switches: kinds of tokens, what a token may see, and how well GraphQL is."""

from typing import ClassVar

from lifetracker.sandbox.switches import Switches


class Options(Switches):
    CHOICES: ClassVar[dict[str, tuple[object, ...]]] = {
        "token_kind": ("fine_grained", "classic"),
        "emails": (True, False),  # whether the token may read e-mail addresses
        "private": (True, False),  # whether it sees private repositories
        "legacy_ids": (False, True),  # node ids in the old form, unless the new one is asked for
        "graphql": ("on", "off"),  # off: 502
    }
    NUMBERS: ClassVar[tuple[str, ...]] = ("graphql_most",)  # above so many a page: always 502

    def __init__(self) -> None:
        super().__init__()
        self.token_kind = "fine_grained"  # noqa: S105
        self.emails = True
        self.private = True
        self.legacy_ids = False
        self.graphql = "on"
        self.graphql_most = 100

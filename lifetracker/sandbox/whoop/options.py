"""What varies in WHOOP's answers."""

from typing import ClassVar

from lifetracker.sandbox.switches import Switches


class Options(Switches):
    CHOICES: ClassVar[dict[str, tuple[object, ...]]] = {
        "rotation": ("family", "single"),  # what a second use of a refresh token kills
        "last_page": ("null", "absent", "empty"),  # its next_token
        "optional_fields": ("null", "absent"),  # those without a value
        "over_limit": (400, "clamp"),  # limit above 25
        "paging_alone": (400, "carry"),  # nextToken without its start, end and limit
        "missing_scope": (403, 401),
        "membership": ("active", "empty", 403, 401),  # what the data answer once it has ended
        "sport_id": (True, False),
        "step_count": (True, False),
    }
    NUMBERS: ClassVar[tuple[str, ...]] = ("token_lifetime",)

    rotation: str = "family"
    last_page: str = "null"
    optional_fields: str = "null"
    over_limit: int | str = 400
    paging_alone: int | str = 400
    missing_scope: int = 403
    membership: int | str = "active"
    sport_id: bool = True
    step_count: bool = True
    token_lifetime: int = 3600

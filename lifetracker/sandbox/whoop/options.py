"""The switches for what varies: where the real service is undocumented or has changed its mind."""

from typing import Any, ClassVar


class Options:
    """Assigning an unknown option or value raises ValueError: a test must not test nothing."""

    CHOICES: ClassVar[dict[str, tuple[Any, ...]]] = {
        "rotation": ("family", "single"),  # what a second use of a refresh token kills
        "last_page": ("null", "absent", "empty"),  # its next_token
        "optional_fields": ("null", "absent"),  # those without a value
        "over_limit": (400, "clamp"),  # limit above 25
        "paging_alone": (400, "carry"),  # nextToken without its start, end and limit
        "missing_scope": (403, 401),
        "sport_id": (True, False),
        "step_count": (True, False),
    }

    rotation: str = "family"
    last_page: str = "null"
    optional_fields: str = "null"
    over_limit: int | str = 400
    paging_alone: int | str = 400
    missing_scope: int = 403
    sport_id: bool = True
    step_count: bool = True
    token_lifetime: int = 3600

    def __init__(self) -> None:
        self.version = 0  # moves with every change, so that ready-made answers are made anew

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in (*self.CHOICES, "token_lifetime", "version"):
            raise ValueError(f"no option {name!r}; there are {', '.join(self.CHOICES)}")
        choices = self.CHOICES.get(name)
        if choices and value not in choices:
            raise ValueError(f"{name} must be one of {choices}, not {value!r}")
        super().__setattr__(name, value)
        if name != "version":
            self.version += 1

    def configure(self, **changes: Any) -> dict[str, Any]:
        """Set several at once; all of them as they stand now."""
        for name, value in changes.items():
            setattr(self, name, value)
        return {name: getattr(self, name) for name in (*self.CHOICES, "token_lifetime")}

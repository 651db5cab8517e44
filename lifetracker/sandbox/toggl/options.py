"""The switches for what varies: where the real service is undocumented or differs by account."""

from typing import ClassVar


class Options:
    """Assigning an unknown option or value raises ValueError: a test must not test nothing."""

    CHOICES: ClassVar[dict[str, tuple[object, ...]]] = {
        "running": ("epoch", "minus_one"),  # the duration of a running entry
        "null_lists": (False, True),  # empty lists are null
        "error_quotes": (True, False),  # an error is a JSON string, or bare text called JSON
        "reports_paid": (False, True, "bare"),  # 402; "bare": without the headers of the quota
        "over_page_limit": ("clamp", 400),
        "rounding_preference": (True, False),  # reports round to 15 minutes unless told not to
    }
    NUMBERS: ClassVar[tuple[str, ...]] = (
        "floor_days",  # how old a start_date may be
        "since_oldest_days",
        "cap",  # entries in one answer
        "reports_page_limit",
        "reports_delay",  # seconds until a change shows up in reports
    )

    running: str = "epoch"
    null_lists: bool = False
    error_quotes: bool = True
    reports_paid: bool | str = False
    over_page_limit: int | str = "clamp"
    rounding_preference: bool = True
    floor_days: int = 91
    since_oldest_days: int = 91
    cap: int = 1000
    reports_page_limit: int = 1000
    reports_delay: float = 0

    def __setattr__(self, name: str, value: object) -> None:
        names = (*self.CHOICES, *self.NUMBERS)
        if name not in names:
            raise ValueError(f"no option {name!r}; there are {', '.join(names)}")
        choices = self.CHOICES.get(name)
        if choices and value not in choices:
            raise ValueError(f"{name} must be one of {choices}, not {value!r}")
        if not choices and (not isinstance(value, int | float) or value < 0):
            raise ValueError(f"{name} must be a number, not {value!r}")
        super().__setattr__(name, value)

    def configure(self, **changes: object) -> dict[str, object]:
        """Set several at once; all of them as they stand now."""
        for name, value in changes.items():
            setattr(self, name, value)
        return {name: getattr(self, name) for name in (*self.CHOICES, *self.NUMBERS)}

"""Switches for what varies: where a real service is undocumented or has changed its mind."""

from typing import ClassVar


class Switches:
    """Assigning an unknown option or value raises ValueError: a test must not test nothing.

    A subclass names its CHOICES and NUMBERS (whole, from 1 on) and gives each its default.
    """

    CHOICES: ClassVar[dict[str, tuple[object, ...]]] = {}
    NUMBERS: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.version = 0  # moves with every change, so that ready-made answers are made anew

    def __setattr__(self, name: str, value: object) -> None:
        if name != "version":
            self._check(name, value)
            self.version += 1
        super().__setattr__(name, value)

    def configure(self, **changes: object) -> dict[str, object]:
        """Set several at once; all of them as they stand now."""
        for name, value in changes.items():
            setattr(self, name, value)
        return {name: getattr(self, name) for name in (*self.CHOICES, *self.NUMBERS)}

    def _check(self, name: str, value: object) -> None:
        if name in self.NUMBERS:
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a whole number from 1 on, not {value!r}")
        elif name not in self.CHOICES:
            known = ", ".join((*self.CHOICES, *self.NUMBERS))
            raise ValueError(f"no option {name!r}; there are {known}")
        elif value not in self.CHOICES[name]:
            raise ValueError(f"{name} must be one of {self.CHOICES[name]}, not {value!r}")

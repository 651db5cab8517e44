"""The switches for what varies from product to product, and what it does when it is overloaded."""

from typing import ClassVar

from lifetracker.sandbox.switches import Switches


class Options(Switches):
    CHOICES: ClassVar[dict[str, tuple[object, ...]]] = {
        "numbers": ("plain", "text"),
        # In which shape v2 shows products that were changed to the newer one.
        "shape": ("older", "newer"),
        # What is answered with 503 and a page; "new": only Search-a-licious.
        "overloaded": ("nothing", "new", "searches", "everything"),
    }

    numbers: str = "plain"
    shape: str = "older"
    overloaded: str = "nothing"

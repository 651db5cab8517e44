"""The time zone that this machine keeps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALTIME, TIMEZONE = Path("/etc/localtime"), Path("/etc/timezone")


def machine_zone() -> str:
    """Return its name, such as Europe/Berlin, and UTC where the machine does not say."""
    return next(filter(is_zone, named_zones()), "UTC")


def named_zones() -> Iterator[str]:
    """Yield names of zones in the order in which the C library looks, and then where Debian writes it
    down."""
    yield zone_of(os.environ.get("TZ", "").removeprefix(":"))
    yield zone_of(os.path.realpath(LOCALTIME))
    with suppress(OSError, UnicodeDecodeError):
        yield TIMEZONE.read_text().strip()


def zone_of(path: str) -> str:
    """Return Asia/Kolkata for `/usr/share/zoneinfo/posix/Asia/Kolkata`, and for that name itself."""
    name = path.rpartition("zoneinfo/")[2]
    return name.removeprefix("posix/").removeprefix("right/")


def is_zone(name: str) -> bool:
    # Both are files among the zones, and no names that a database would know.
    if not name or name in {"localtime", "Factory"}:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

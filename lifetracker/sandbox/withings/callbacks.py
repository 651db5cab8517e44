"""What is sent to a subscriber: unsigned form fields, so that anybody could have sent them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from lifetracker.sandbox import outgoing
from lifetracker.sandbox.withings.groups import Entry

PROFILE = 46
ACTIONS = ("delete", "unlink", "update")
BY_APPLI = {
    1: frozenset((1, 5, 6, 8, 71, 73, 76, 77, 88, 91)),
    2: frozenset((12, 71, 73)),
    4: frozenset((9, 10, 11, 54)),
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """How to deliver. What is left out is made right."""

    #: Sent in place of the true kind of notification.
    appli: int | None = None
    #: Sent in place of the true one.
    user_id: int | str | None = None
    #: Whether `date`, the day, is sent in place of `startdate` and `enddate`.
    date: bool = False
    #: Whether the device is sent too.
    deviceid: bool = False
    #: One of ACTIONS, for the profile itself.
    action: str | None = None
    #: How often in all a delivery is tried that is not answered with 2xx.
    attempts: int = 1
    #: Seconds between two attempts.
    pause: float = 0.0
    #: How often it is sent, however it is answered.
    copies: int = 1

    def __post_init__(self) -> None:
        if self.action is not None and self.action not in ACTIONS:
            raise ValueError(f"no action {self.action!r}; there are {', '.join(ACTIONS)}")

    def applis(self, entry: Entry | None) -> list[int]:
        """Return the kinds of notification that a group, or without one the profile, causes."""
        if self.appli is not None:
            return [self.appli]
        return [PROFILE] if entry is None else _applis(entry.group)


def fields(entry: Entry | None, appli: int, user_id: int, how: Callback) -> dict[str, object]:
    sent: dict[str, object] = {"userid": how.user_id or user_id, "appli": appli}
    if how.action is not None:
        sent["action"] = how.action
    if entry is None:
        return sent
    if how.date:
        sent["date"] = entry.date
    else:
        sent |= {"startdate": entry.date, "enddate": entry.date + 1}
    if how.deviceid:
        sent["deviceid"] = entry.group.get("deviceid")
    return sent


def deliver(to: str, sent: dict[str, object], how: Callback) -> list[int]:
    """Send the copies; return the last status of each. Raises OSError."""
    body = urlencode(sent).encode()
    return [
        outgoing.post_until_accepted(to, body, FORM, how.attempts, how.pause)
        for _ in range(how.copies)
    ]


def _applis(group: dict[str, object]) -> list[int]:
    """Malformed measures are told of as weights."""
    measures = group.get("measures")
    there = {
        measure.get("type")
        for measure in (measures if isinstance(measures, list) else [])
        if isinstance(measure, dict)
    }
    return [appli for appli, types in BY_APPLI.items() if there & types] or [1]

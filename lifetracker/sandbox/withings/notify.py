"""`/notify`: who wants to be told of what, and the HEAD request that comes before."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from lifetracker.sandbox import outgoing
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.withings.envelope import (
    BAD_CALLBACK,
    BAD_COMMENT,
    INVALID_PARAMS,
    NO_NOTIFICATION,
    NO_SUBSCRIPTION,
    NOT_IMPLEMENTED,
    Refusal,
    success,
)
from lifetracker.sandbox.withings.options import Options

NEVER = 2_147_483_647
LONGEST = 255
METRICS = 1  # what `get` asks for by default


@dataclass(frozen=True, slots=True)
class Subscription:
    appli: int
    callbackurl: str
    comment: str = ""


class Notify:
    def __init__(self, options: Options) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._subscriptions: dict[tuple[int, str], Subscription] = {}
        self._actions = {
            "subscribe": self._subscribe,
            "list": self._list,
            "get": self._get,
            "revoke": self._revoke,
            "update": self._update,
        }

    def answer(self, given: Mapping[str, str]) -> Answer:
        action = self._actions.get(given.get("action", ""))
        if action is None:
            raise Refusal(NOT_IMPLEMENTED)
        return success(action(given))

    def subscriptions(self, appli: int | None = None) -> list[Subscription]:
        with self._lock:
            known = list(self._subscriptions.values())
        return [one for one in known if appli is None or one.appli == appli]

    def clear(self) -> None:
        with self._lock:
            self._subscriptions.clear()

    def _subscribe(self, given: Mapping[str, str]) -> dict[str, object]:
        appli = _appli(given)
        if appli is None:
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid appli")
        url = self._checked(given.get("callbackurl", ""))
        self._put(Subscription(appli, url, _comment(given, "")))
        return {}

    def _list(self, given: Mapping[str, str]) -> dict[str, object]:
        return {
            "profiles": [
                {
                    "appli": one.appli,
                    "callbackurl": one.callbackurl,
                    "expires": NEVER,
                    "comment": one.comment,
                }
                for one in self.subscriptions(_appli(given))
            ]
        }

    def _get(self, given: Mapping[str, str]) -> dict[str, object]:
        found = self._matching(_appli(given) or METRICS, given)
        if not found:
            raise Refusal(NO_NOTIFICATION)
        one = found[0]
        return {"appli": one.appli, "callbackurl": one.callbackurl, "comment": one.comment}

    def _revoke(self, given: Mapping[str, str]) -> dict[str, object]:
        found = self._matching(_appli(given), given)
        if not found:
            raise Refusal(NO_SUBSCRIPTION)
        with self._lock:
            for one in found:
                self._subscriptions.pop((one.appli, one.callbackurl), None)
        return {}

    def _update(self, given: Mapping[str, str]) -> dict[str, object]:
        appli = _appli(given)
        found = self._matching(appli, given)
        if appli is None or not found:
            raise Refusal(NO_SUBSCRIPTION)
        [old] = found
        url = old.callbackurl
        if "new_callbackurl" in given:
            url = self._checked(given["new_callbackurl"])
        new = Subscription(_appli(given, "new_appli") or appli, url, _comment(given, old.comment))
        with self._lock:
            self._subscriptions.pop((old.appli, old.callbackurl), None)
        self._put(new)
        return {}

    def _matching(self, appli: int | None, given: Mapping[str, str]) -> list[Subscription]:
        url = given.get("callbackurl")
        return [one for one in self.subscriptions(appli) if one.callbackurl == url]

    def _put(self, new: Subscription) -> None:
        with self._lock:
            self._subscriptions[new.appli, new.callbackurl] = new

    def _checked(self, url: str) -> str:
        """Withings asks with HEAD before it believes in an address. Raises Refusal."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or len(url) > LONGEST:
            raise Refusal(BAD_CALLBACK)
        if self._options.callback_check and _head(url) // 100 != 2:
            raise Refusal(BAD_CALLBACK)
        return url


def _head(url: str) -> int:
    try:
        return outgoing.send("HEAD", url)
    except OSError:  # nobody is there
        return 0


def _appli(given: Mapping[str, str], name: str = "appli") -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise Refusal(INVALID_PARAMS, f"Invalid Params: invalid {name}")
    return int(text)


def _comment(given: Mapping[str, str], otherwise: str) -> str:
    comment = given.get("comment", otherwise)
    if len(comment) > LONGEST:
        raise Refusal(BAD_COMMENT)
    return comment

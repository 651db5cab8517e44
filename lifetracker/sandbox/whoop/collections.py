"""The four paged collections: filter, order, pages and their tokens."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from itertools import islice

from lifetracker.sandbox.instants import parse
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.whoop.options import Options
from lifetracker.sandbox.whoop.records import Records

DEFAULT_LIMIT, MOST = 10, 25
LAST_PAGES = {"null": b',"next_token":null}', "absent": b"}", "empty": b',"next_token":""}'}
JSON = {"Content-Type": "application/json"}
FILTERS = ("start", "end", "limit")


class BadRequest(ValueError):
    """A parameter that gets 400."""


@dataclass(frozen=True, slots=True)
class Query:
    """`end` None: until now. `before` is the key of the last record of the page before."""

    kind: str
    limit: int
    start: int
    end: int | None
    before: tuple[int, str] | None = None


class Collections:
    def __init__(self, records: Records, options: Options, secret: bytes) -> None:
        self._records, self._options, self._secret = records, options, secret

    def answer(self, kind: str, parameters: dict[str, str]) -> Answer:
        try:
            query = self._query(kind, parameters)
        except BadRequest:
            return Answer(400)
        return Answer(200, self._page(query), dict(JSON))

    def _page(self, query: Query) -> bytes:
        records = self._records
        now = records.now()
        end = (now if query.end is None else query.end, "")
        before = min(query.before, end) if query.before else end
        with records.lock:
            shelf = records.shelf(query.kind)
            found = list(islice(shelf.overlapping(query.start, before, now), query.limit + 1))
            bodies = [entry.json(now, self._options) for entry in found[: query.limit]]
        last = LAST_PAGES[self._options.last_page]
        if len(found) > query.limit:
            token = self._token(replace(query, before=found[query.limit - 1].key))
            last = b',"next_token":"' + token + b'"}'
        return b'{"records":[' + b",".join(bodies) + b"]" + last

    def _query(self, kind: str, given: dict[str, str]) -> Query:
        """Read the parameters. An unknown one, such as `next_token`, is ignored."""
        query = Query(
            kind,
            self._limit(given.get("limit")),
            _instant(given["start"]) if "start" in given else 0,
            _instant(given["end"]) if "end" in given else None,
        )
        if "nextToken" not in given:
            return query
        carried = self._read_token(given["nextToken"])
        alone = not any(name in given for name in FILTERS)
        if alone and carried.kind == kind and self._options.paging_alone == "carry":
            return carried
        if replace(carried, before=None) != query:
            raise BadRequest("the token belongs to another query")
        return carried

    def _limit(self, text: str | None) -> int:
        limit = DEFAULT_LIMIT if text is None else _whole(text)
        if limit > MOST and self._options.over_limit == "clamp":
            return MOST
        if not 1 <= limit <= MOST:
            raise BadRequest(f"limit {limit}")
        return limit

    def _token(self, query: Query) -> bytes:
        """Opaque, and signed, so that one from elsewhere is known for what it is."""
        content = json.dumps(
            [query.kind, query.limit, query.start, query.end, query.before]
        ).encode()
        return base64.urlsafe_b64encode(self._signature(content) + content).rstrip(b"=")

    def _read_token(self, text: str) -> Query:
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError) as error:
            raise BadRequest("not a token") from error
        signature, content = raw[:8], raw[8:]
        if not hmac.compare_digest(signature, self._signature(content)):
            raise BadRequest("not our token")
        kind, limit, start, end, before = json.loads(content)
        return Query(kind, limit, start, end, (before[0], before[1]))

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._secret, content, hashlib.sha256)[:8]


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(f"not a whole number: {text!r}")
    return int(text)


def _instant(text: str) -> int:
    try:
        return parse(text)
    except ValueError as error:
        raise BadRequest(str(error)) from error

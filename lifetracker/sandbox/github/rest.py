"""The paths of REST: the user, her repositories, their languages and commits."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import unquote, urlencode

from lifetracker.sandbox.github import people
from lifetracker.sandbox.github.access import Access, Caller
from lifetracker.sandbox.github.answers import DOCS, JSON, Refused, invalid, not_found
from lifetracker.sandbox.github.limits import Limits
from lifetracker.sandbox.github.repositories import Facts, Repository
from lifetracker.sandbox.github.shapes import Addresses, Shapes
from lifetracker.sandbox.github.shelf import Shelf
from lifetracker.sandbox.messages import Answer, Incoming, json_answer

NAMED, NUMBERED = r"/repos/([^/]+)/([^/]+)", r"/repositories/(\d+)"
AFFILIATIONS = ("owner", "collaborator", "organization_member")
VISIBILITIES = ("all", "public", "private")
SORTS: dict[str, Callable[[Repository], str | datetime]] = {
    "full_name": lambda repository: repository.full_name.lower(),
    "created": lambda repository: repository.created_at,
    "updated": lambda repository: repository.updated_at,
    "pushed": lambda repository: repository.pushed_at or repository.created_at,
}
EMPTY_DOCS = f"{DOCS}/commits/commits#list-commits"
SSO = (
    "Resource protected by organization SAML enforcement. You must grant your Personal Access "
    "token access to this organization."
)
FORBIDDEN = "Resource not accessible by personal access token"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request together with who sends it."""

    incoming: Incoming
    caller: Caller

    @property
    def query(self) -> dict[str, str]:
        return self.incoming.query


class Rest:
    def __init__(
        self, shelf: Shelf, facts: Facts, shapes: Shapes, access: Access, limits: Limits
    ) -> None:
        self._shelf, self._facts, self._shapes = shelf, facts, shapes
        self._access, self._limits = access, limits
        self._at: Addresses = shapes.addresses
        of_one = {"": self._one, "/languages": self._languages, "/commits": self._commits}
        self._routes = [
            (re.compile("/user"), "", self._me),
            (re.compile("/user/emails"), "email_addresses=read", self._emails),
            (re.compile("/user/repos"), "metadata=read", self._listing),
            (re.compile("/rate_limit"), "", self._rate_limit),
        ]
        for path, handler in of_one.items():
            for pattern, find in ((NAMED, self._by_name), (NUMBERED, self._by_number)):
                route = re.compile(pattern + path), "metadata=read", _found(find, handler)
                self._routes.append(route)

    def answer(self, asked: Asked, path: str) -> Answer:
        """Raises Refused."""
        for pattern, _, handler in self._routes:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if asked.incoming.method not in ("GET", "HEAD"):
                raise not_found()
            return handler(asked, *map(unquote, match.groups()))
        raise not_found()

    def wanted(self, path: str) -> str:
        """Return the permission that a path wants, which every answer tells."""
        fitting = (wanted for pattern, wanted, _ in self._routes if pattern.fullmatch(path))
        return next(fitting, "")

    def _me(self, asked: Asked) -> Answer:
        self._only_user(asked)
        return _json(self._shapes.me())

    def _emails(self, asked: Asked) -> Answer:
        self._only_user(asked)
        options = self._access.options
        if options.emails:
            return _json(people.emails())
        if options.token_kind == "classic":  # noqa: S105
            raise not_found(f"{DOCS}/users/emails#list-email-addresses-for-the-authenticated-user")
        raise Refused(403, FORBIDDEN, f"{DOCS}/users/emails")

    def _rate_limit(self, asked: Asked) -> Answer:
        limits = self._limits
        core = (limits.core if asked.caller == "user" else limits.anonymous).shown()
        search = {"limit": 30, "used": 0, "remaining": 30, "reset": core["reset"]}
        resources = {"core": core, "search": search, "graphql": limits.graphql.shown()}
        return _json({"resources": resources, "rate": core})

    def _listing(self, asked: Asked) -> Answer:
        self._only_user(asked)
        found = self._chosen(asked)
        page, links = _paged(asked.query, found, f"{self._at.api()}/user/repos")
        return _json([self._shapes.repository(one) for one in page], links)

    def _chosen(self, asked: Asked) -> list[Repository]:
        query = asked.query
        if "type" in query and ("affiliation" in query or "visibility" in query):
            raise invalid("If you specify visibility or affiliation, you cannot specify type.")
        wanted = query.get("affiliation", ",".join(AFFILIATIONS)).split(",")
        visibility = query.get("visibility", "all")
        if visibility not in VISIBILITIES or not set(wanted) <= set(AFFILIATIONS):
            raise invalid("visibility or affiliation is not one of those that there are.")
        found = [
            one
            for one in self._shelf.all()
            if ("owner" if one.owner == self._access.login else "collaborator") in wanted
            and visibility in ("all", "private" if one.private else "public")
            and self._access.sees(asked.caller, one)
            and self._access.reaches(one)
            and not self._access.wants_sso(one)
            and _in_time(one, query)
        ]
        sort = query.get("sort", "full_name")
        down = query.get("direction", "asc" if sort == "full_name" else "desc") == "desc"
        return sorted(found, key=SORTS.get(sort, SORTS["full_name"]), reverse=down)

    def _by_name(self, asked: Asked, owner: str, name: str) -> Repository:
        found = self._shelf.by_name(owner, name)
        if found is None:
            moved = self._shelf.moved(owner, name)
            if moved is not None and self._access.sees(asked.caller, moved):
                raise self._elsewhere(asked, moved)
        return self._visible(asked, found)

    def _by_number(self, asked: Asked, id: str) -> Repository:
        return self._visible(asked, self._shelf.by_id(int(id)))

    def _visible(self, asked: Asked, repository: Repository | None) -> Repository:
        if repository is None or not self._access.sees(asked.caller, repository):
            raise not_found(f"{DOCS}/repos/repos#get-a-repository")
        if self._access.wants_sso(repository):
            raise _single_sign_on(repository)
        return repository

    def _elsewhere(self, asked: Asked, moved: Repository) -> Refused:
        rest = "/".join(asked.incoming.path.split("/")[5:])
        url = f"{self._at.api()}/repositories/{moved.id}{'/' if rest else ''}{rest}"
        if asked.query:
            url += f"?{urlencode(asked.query)}"
        refused = Refused(301, "Moved Permanently", f"{DOCS}#http-redirects", url=url)
        refused.headers = {"Location": url}
        return refused

    def _one(self, asked: Asked, repository: Repository) -> Answer:
        modified = format_datetime(repository.updated_at, usegmt=True)
        return _json(self._shapes.full(repository), {"Last-Modified": modified})

    def _languages(self, asked: Asked, repository: Repository) -> Answer:
        return _json(self._facts.languages(repository))

    def _commits(self, asked: Asked, repository: Repository) -> Answer:
        if repository.is_empty:
            raise Refused(409, "Git Repository is empty.", EMPTY_DOCS)
        bare, sha = repository.bare, asked.query.get("sha") or repository.default_branch
        oid = bare.resolve(sha)
        if oid is None:
            raise not_found(EMPTY_DOCS)
        limits = _limits(asked.query)
        count = bare.count(oid, *limits) if limits else self._facts.count(repository, oid)
        url = f"{self._at.api()}/repositories/{repository.id}/commits"
        page, links = _paged(asked.query, range(count), url)
        logged = bare.log(oid, page[0], len(page), *limits) if page else []
        return _json([self._shapes.commit(repository, one) for one in logged], links)

    def _only_user(self, asked: Asked) -> None:
        if asked.caller != "user":
            raise Refused(401, "Requires authentication")


def _single_sign_on(repository: Repository) -> Refused:
    refused = Refused(403, SSO, f"{DOCS}/guides/getting-started-with-the-rest-api")
    url = f"https://github.com/orgs/{repository.owner}/sso?authorization_request=AAAA"
    refused.headers = {"X-GitHub-SSO": f"required; url={url}"}
    return refused


def _found(
    find: Callable[..., Repository], handler: Callable[..., Answer]
) -> Callable[..., Answer]:
    return lambda asked, *words: handler(asked, find(asked, *words))


def _json(content: object, headers: dict[str, str] | None = None) -> Answer:
    return json_answer(200, content, JSON | (headers or {}))


def _paged(
    query: dict[str, str], items: Sequence[T], url: str
) -> tuple[Sequence[T], dict[str, str]]:
    """This page of them, and the header that leads to the others."""
    size = min(_number(query, "per_page", 30), 100)
    page, last = _number(query, "page", 1), max(1, math.ceil(len(items) / size))
    ways = {
        "prev": min(page - 1, last) if page > 1 else None,
        "next": page + 1 if page < last else None,
        "last": last if page < last else None,
        "first": 1 if page > 1 else None,
    }
    links = [
        f'<{url}?{urlencode({**query, "page": to})}>; rel="{way}"' for way, to in ways.items() if to
    ]
    found = items[(page - 1) * size : page * size]
    return found, {"Link": ", ".join(links)} if links else {}


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else default


def _in_time(repository: Repository, query: dict[str, str]) -> bool:
    since, before = (_moment(query.get(name)) for name in ("since", "before"))
    return not (
        (since and repository.updated_at <= since) or (before and repository.updated_at >= before)
    )


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(f"{text} is no time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _limits(query: dict[str, str]) -> list[str]:
    """As options of git; `since` and `until` are about the committer's date."""
    author = query.get("author")
    logins = [email for email, (login, _) in people.ACCOUNTS.items() if login == author]
    found = [f"--author=<{email}>" for email in (logins or [author] if author else [])]
    if found:
        found += ["--fixed-strings", "--regexp-ignore-case"]
    for name in ("since", "until"):
        moment = _moment(query.get(name))
        if moment:
            found.append(f"--{name}={moment.isoformat()}")
    return found

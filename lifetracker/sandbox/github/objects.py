"""What the fields of the GraphQL schema resolve to: dicts of values, or of functions of arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from graphql import GraphQLError, GraphQLResolveInfo

from lifetracker.sandbox.github import people
from lifetracker.sandbox.github.access import Access
from lifetracker.sandbox.github.bare import Logged
from lifetracker.sandbox.github.connections import Entry, connection
from lifetracker.sandbox.github.measure import error
from lifetracker.sandbox.github.people import LOGIN, USER_ID
from lifetracker.sandbox.github.repositories import Facts, Repository
from lifetracker.sandbox.github.shapes import Addresses, from_seconds, zulu
from lifetracker.sandbox.github.shelf import Shelf
from lifetracker.sandbox.messages import JsonObject

Item = JsonObject
SORTS: dict[str, Callable[[Repository], str | int]] = {
    "NAME": lambda repository: repository.name.lower(),
    "CREATED_AT": lambda repository: zulu(repository.created_at),
    "UPDATED_AT": lambda repository: zulu(repository.updated_at),
    "PUSHED_AT": lambda repository: zulu(repository.pushed_at or repository.created_at),
    "STARGAZERS": lambda _: 0,
}
COLORS = {"Python": "#3572A5", "TypeScript": "#3178c6", "JavaScript": "#f1e05a", "Go": "#00ADD8"}


@dataclass(frozen=True, slots=True)
class Objects:
    """For one request: `legacy` says in which form its node ids are."""

    shelf: Shelf
    facts: Facts
    access: Access
    at: Addresses
    legacy: bool

    def root(self, rate: Item) -> Item:
        return {
            "viewer": lambda _: self.user(self.access.login),
            "rateLimit": lambda *_, **_given: rate,
            "repository": self._repository_by_name,
            "node": lambda _, **given: self._node(given["id"]),
            "nodes": lambda _, **given: self._nodes(given["ids"]),
        }

    def user(self, login: str) -> Item:
        id = people.user_id(login)
        return {
            "__typename": "User",
            "id": people.node_id("User", id, legacy=self.legacy),
            "databaseId": id,
            "login": login,
            "name": people.WORK.name if id == USER_ID else login,
            "email": people.WORK.email if id == USER_ID else "",
            "avatarUrl": lambda _, **_given: f"{self.at.web()}/avatars/u/{id}?v=4",
            "url": f"{self.at.web()}/{login}",
            "isViewer": id == USER_ID,
            "createdAt": "2014-10-13T07:40:11Z",
            "repositories": lambda _, **given: self._repositories(login, given),
        }

    def repository(self, one: Repository) -> Item:
        return {
            "__typename": "Repository",
            "id": one.node_id(legacy=self.legacy),
            "databaseId": one.id,
            "name": one.name,
            "nameWithOwner": one.full_name,
            "owner": lambda _: self.user(one.owner),
            "description": one.description or None,
            "url": f"{self.at.web()}/{one.full_name}",
            "sshUrl": f"git@{self.at.web().partition('://')[2]}:{one.full_name}.git",
            "isPrivate": one.private,
            "isFork": one.fork,
            "isArchived": one.archived,
            "isEmpty": one.is_empty,
            "isDisabled": one.disabled,
            **dict.fromkeys(("isLocked", "isMirror"), False),
            "isTemplate": one.template,
            "visibility": "PRIVATE" if one.private else "PUBLIC",
            "diskUsage": one.kilobytes,
            "createdAt": zulu(one.created_at),
            "updatedAt": zulu(one.updated_at),
            "pushedAt": zulu(one.pushed_at) if one.pushed_at else None,
            "archivedAt": zulu(one.updated_at) if one.archived else None,
            **dict.fromkeys(("stargazerCount", "forkCount"), 0),
            "primaryLanguage": lambda _: _language(self.facts.language(one)),
            "languages": lambda _, **given: self._languages(one, given),
            "defaultBranchRef": self._ref(one, one.default_branch),
            "ref": lambda _, **given: self._ref(one, given["qualifiedName"]),
        }

    def _repository_by_name(
        self,
        info: GraphQLResolveInfo[None],
        *,
        owner: str,
        name: str,
        followRenames: bool,  # noqa: N803 - GitHub's name
    ) -> Item:
        found = self.shelf.by_name(owner, name)
        if found is None and followRenames:
            found = self.shelf.moved(owner, name)
        if found is None or not self.access.sees("user", found):
            message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise error("NOT_FOUND", message)
        return self.repository(found)

    def _node(self, id: str) -> Item:
        """By either form of its id."""
        for one in self.shelf.all():
            known = (one.node_id(legacy=False), one.node_id(legacy=True))
            if id in known and self.access.sees("user", one):
                return self.repository(one)
        if id in (people.node_id("User", USER_ID, legacy=old) for old in (False, True)):
            return self.user(self.access.login)
        raise error("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")

    def _nodes(self, ids: list[str]) -> list[Item | GraphQLError]:
        """One that cannot be resolved is null and an error, beside the others."""
        found: list[Item | GraphQLError] = []
        for id in ids:
            try:
                found.append(self._node(id))
            except GraphQLError as wrong:
                found.append(wrong)
        return found

    def _repositories(self, login: str, given: Item) -> Item:
        order = given.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
        chosen = [one for one in self.shelf.all() if self._is_wanted(one, login, given)]
        sort = SORTS[order["field"]]
        entries = [Entry((sort(one), one.id), partial(self.repository, one)) for one in chosen]
        disk = sum(one.kilobytes for one in chosen)
        down = order["direction"] == "DESC"
        return connection(entries, given, down=down, totalDiskUsage=disk)

    def _is_wanted(self, one: Repository, login: str, given: Item) -> bool:
        role = "OWNER" if one.owner == login else "COLLABORATOR"
        if login != self.access.login and role != "OWNER":
            return False
        privacy = given.get("privacy") or given.get("visibility")
        flags = {"isFork": one.fork, "isArchived": one.archived, "isLocked": False}
        return (
            role in given["ownerAffiliations"]
            and role in (given.get("affiliations") or ("OWNER", "COLLABORATOR"))
            and all(given.get(name) in (None, flag) for name, flag in flags.items())
            and privacy in (None, "PRIVATE" if one.private else "PUBLIC")
            and self.access.sees("user", one)
            and self.access.reaches(one)
            and not self.access.wants_sso(one)
        )

    def _languages(self, one: Repository, given: Item) -> Item:
        sizes = self.facts.languages(one)
        order = given.get("orderBy")
        down = order is not None and order["direction"] == "DESC"
        entries = [
            Entry((size if order else 0, name), partial(_language, name), {"size": size})
            for name, size in sizes.items()
        ]
        return connection(entries, given, down=down, totalSize=sum(sizes.values()))

    def _ref(self, one: Repository, name: str) -> Item | None:
        branch = name.removeprefix("refs/heads/")
        oid = one.bare.oid(f"refs/heads/{branch}")
        if oid is None:
            return None
        return {
            "id": people.node_id("Ref", one.id, legacy=False) + branch,
            "name": branch,
            "prefix": "refs/heads/",
            "target": lambda _: self._tip(one, oid),
        }

    def _tip(self, one: Repository, oid: str) -> Item:
        return self._commit(one, self.facts.commit(one, oid))

    def _commit(self, one: Repository, logged: Logged) -> Item:
        page = f"{self.at.web()}/{one.full_name}/commit/{logged.oid}"
        return {
            "__typename": "Commit",
            "id": people.node_id("Commit", one.id, legacy=False) + logged.oid,
            "oid": logged.oid,
            "abbreviatedOid": logged.oid[:7],
            **dict.fromkeys(("commitUrl", "url"), page),
            "message": logged.message,
            "messageHeadline": logged.message.partition("\n")[0],
            "authoredDate": from_seconds(logged.author[2]),
            "committedDate": from_seconds(logged.committer[2]),
            "additions": logged.additions,
            "deletions": logged.deletions,
            "author": lambda _: self._actor(logged.author),
            "committer": lambda _: self._actor(logged.committer),
            "parents": lambda _, **given: self._parents(one, logged, given),
            "history": lambda _, **given: self._history(one, logged.oid, given),
        }

    def _actor(self, who: tuple[str, str, int]) -> Item:
        known = people.ACCOUNTS.get(who[1].lower())
        user = self.user(known[0]) if known else None
        return {"name": who[0], "email": who[1], "date": from_seconds(who[2]), "user": user}

    def _parents(self, one: Repository, logged: Logged, given: Item) -> Item:
        entries = [
            Entry((n, oid), partial(self._tip, one, oid)) for n, oid in enumerate(logged.parents)
        ]
        return connection(entries, given)

    def _history(self, one: Repository, oid: str, given: Item) -> Item:
        """Only forwards; its cursors are an oid and how far one has come."""
        limits = _limits(given)
        total = one.bare.count(oid, *limits) if limits else self.facts.count(one, oid)
        skip = _offset(given.get("after"))
        found = one.bare.log(oid, skip, given.get("first") or 0, *limits)
        nodes = [self._commit(one, logged) for logged in found]
        cursors = [f"{oid} {skip + n}" for n in range(len(found))]
        return {
            "totalCount": total,
            "pageInfo": {
                "hasNextPage": skip + len(found) < total,
                "hasPreviousPage": skip > 0,
                "startCursor": cursors[0] if cursors else None,
                "endCursor": cursors[-1] if cursors else None,
            },
            "nodes": nodes,
            "edges": [
                {"cursor": cursor, "node": node}
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
        }


def _language(name: str | None) -> Item | None:
    if name is None:
        return None
    id = people.node_id("Language", sum(name.encode()), legacy=True)
    return {"__typename": "Language", "id": id, "name": name, "color": COLORS.get(name)}


def _limits(given: Item) -> list[str]:
    """As options of git."""
    author = given.get("author") or {}
    emails = list(author.get("emails") or [])
    if author.get("id"):
        emails = [email for email, (login, _) in people.ACCOUNTS.items() if login == LOGIN]
    found = [f"--author=<{email}>" for email in emails]
    if found:
        found += ["--fixed-strings", "--regexp-ignore-case"]
    return found + [f"--{name}={given[name]}" for name in ("since", "until") if given.get(name)]


def _offset(cursor: str | None) -> int:
    if not cursor:
        return 0
    number = cursor.rpartition(" ")[2]
    if not number.isdecimal():
        message = f"`{cursor}` does not appear to be a valid cursor."
        raise error("INVALID_CURSOR_ARGUMENTS", message)
    return int(number) + 1

"""Repositories and commits in the form that REST shows them in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lifetracker.sandbox.github import people
from lifetracker.sandbox.github.bare import Logged
from lifetracker.sandbox.github.options import Options
from lifetracker.sandbox.github.people import LOGIN
from lifetracker.sandbox.github.plans import PLANS
from lifetracker.sandbox.github.repositories import Facts, Repository
from lifetracker.sandbox.messages import JsonObject

Item = JsonObject
# What follows the address of a repository in the links of its own.
LINKS = {
    "forks_url": "/forks",
    "keys_url": "/keys{/key_id}",
    "collaborators_url": "/collaborators{/collaborator}",
    "teams_url": "/teams",
    "hooks_url": "/hooks",
    "issue_events_url": "/issues/events{/number}",
    "events_url": "/events",
    "assignees_url": "/assignees{/user}",
    "branches_url": "/branches{/branch}",
    "tags_url": "/tags",
    "blobs_url": "/git/blobs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "trees_url": "/git/trees{/sha}",
    "statuses_url": "/statuses/{sha}",
    "languages_url": "/languages",
    "stargazers_url": "/stargazers",
    "contributors_url": "/contributors",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "commits_url": "/commits{/sha}",
    "git_commits_url": "/git/commits{/sha}",
    "comments_url": "/comments{/number}",
    "issue_comment_url": "/issues/comments{/number}",
    "contents_url": "/contents/{+path}",
    "compare_url": "/compare/{base}...{head}",
    "merges_url": "/merges",
    "archive_url": "/{archive_format}{/ref}",
    "downloads_url": "/downloads",
    "issues_url": "/issues{/number}",
    "pulls_url": "/pulls{/number}",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "labels_url": "/labels{/name}",
    "releases_url": "/releases{/id}",
    "deployments_url": "/deployments",
}
# What nobody here has changed.
USUAL: Item = {
    **dict.fromkeys(("homepage", "license", "mirror_url")),
    **dict.fromkeys(("has_issues", "has_projects", "has_downloads", "has_wiki"), True),
    **dict.fromkeys(("has_pages", "has_discussions", "web_commit_signoff_required"), False),
    **dict.fromkeys(("stargazers_count", "watchers_count", "forks_count", "open_issues_count"), 0),
    **dict.fromkeys(("forks", "open_issues", "watchers"), 0),
    "allow_forking": True,
    "topics": [],
}
USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """`api` stands for https://api.github.com, `web` for https://github.com."""

    api: Callable[[], str]
    web: Callable[[], str]


class Shapes:
    def __init__(self, addresses: Addresses, facts: Facts, options: Options) -> None:
        self.addresses, self._facts, self._options = addresses, facts, options
        self.login = LOGIN

    def user(self, login: str, id: int | None = None) -> Item:
        api, web = self.addresses.api(), self.addresses.web()
        id = people.user_id(login) if id is None else id
        url = f"{api}/users/{login}"
        return {
            "login": login,
            "id": id,
            "node_id": people.node_id("User", id, legacy=bool(self._options.legacy_ids)),
            "avatar_url": f"{web}/avatars/u/{id}?v=4",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{web}/{login}",
            **{name: url + path for name, path in USER_LINKS.items()},
            "type": "User",
            "user_view_type": "public",
            "site_admin": False,
        }

    def me(self) -> Item:
        return {
            **self.user(self.login),
            "name": people.WORK.name,
            "company": None,
            "blog": "",
            "location": "Berlin",
            "email": people.WORK.email,
            "hireable": None,
            "bio": None,
            "twitter_username": None,
            "public_repos": sum(not plan.private for plan in PLANS),
            "public_gists": 0,
            "followers": 17,
            "following": 9,
            "created_at": "2014-10-13T07:40:11Z",
            "updated_at": "2026-01-11T18:02:40Z",
        }

    def repository(self, repository: Repository) -> Item:
        """As in a list."""
        api, web = self.addresses.api(), self.addresses.web()
        url, page = f"{api}/repos/{repository.full_name}", f"{web}/{repository.full_name}"
        host = web.partition("://")[2]
        return {
            "id": repository.id,
            "node_id": repository.node_id(legacy=bool(self._options.legacy_ids)),
            "name": repository.name,
            "full_name": repository.full_name,
            "private": repository.private,
            "owner": self.user(repository.owner),
            "html_url": page,
            "description": repository.description or None,
            "fork": repository.fork,
            "url": url,
            **{name: url + path for name, path in LINKS.items()},
            "created_at": zulu(repository.created_at),
            "updated_at": zulu(repository.updated_at),
            "pushed_at": zulu(repository.pushed_at) if repository.pushed_at else None,
            "git_url": f"git://{host}/{repository.full_name}.git",
            "ssh_url": f"git@{host}:{repository.full_name}.git",
            "clone_url": f"{page}.git",
            "svn_url": page,
            "size": repository.kilobytes,
            "language": self._facts.language(repository),
            **USUAL,
            "archived": repository.archived,
            "disabled": repository.disabled,
            "is_template": repository.template,
            "visibility": "private" if repository.private else "public",
            "default_branch": repository.default_branch,
            "permissions": {
                **dict.fromkeys(("admin", "maintain"), repository.owner == self.login),
                **dict.fromkeys(("push", "triage", "pull"), True),
            },
        }

    def full(self, repository: Repository) -> Item:
        """As by itself, where there is more to say."""
        return {
            **self.repository(repository),
            "temp_clone_token": "",
            "allow_squash_merge": True,
            "allow_merge_commit": True,
            "allow_rebase_merge": True,
            "allow_auto_merge": False,
            "delete_branch_on_merge": False,
            "allow_update_branch": False,
            "use_squash_pr_title_as_default": False,
            "network_count": 0,
            "subscribers_count": 1,
        }

    def commit(self, repository: Repository, logged: Logged) -> Item:
        api, web = self.addresses.api(), self.addresses.web()
        url, page = f"{api}/repos/{repository.full_name}", f"{web}/{repository.full_name}"
        git = f"{url}/git/commits/{logged.oid}"
        return {
            "sha": logged.oid,
            "node_id": people.node_id("Commit", repository.id, legacy=False) + logged.oid[:12],
            "commit": {
                "author": _signature(logged.author),
                "committer": _signature(logged.committer),
                "message": logged.message,
                "tree": {"sha": logged.tree, "url": f"{url}/git/trees/{logged.tree}"},
                "url": git,
                "comment_count": 0,
                "verification": {
                    "verified": False,
                    "reason": "unsigned",
                    "signature": None,
                    "payload": None,
                    "verified_at": None,
                },
            },
            "url": f"{url}/commits/{logged.oid}",
            "html_url": f"{page}/commit/{logged.oid}",
            "comments_url": f"{url}/commits/{logged.oid}/comments",
            "author": self._account(logged.author[1]),
            "committer": self._account(logged.committer[1]),
            "parents": [
                {
                    "sha": parent,
                    "url": f"{url}/commits/{parent}",
                    "html_url": f"{page}/commit/{parent}",
                }
                for parent in logged.parents
            ],
        }

    def _account(self, email: str) -> Item | None:
        """Null for an address that is nobody's on GitHub."""
        known = people.ACCOUNTS.get(email.lower())
        return self.user(*known) if known else None


def zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_seconds(seconds: int) -> str:
    return zulu(datetime.fromtimestamp(seconds, UTC))


def _signature(who: tuple[str, str, int]) -> Item:
    name, email, seconds = who
    return {"name": name, "email": email, "date": from_seconds(seconds)}

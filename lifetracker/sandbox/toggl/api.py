"""Who may ask, how often, and where each path leads."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lifetracker.sandbox.messages import Answer, Incoming, json_answer
from lifetracker.sandbox.toggl import account
from lifetracker.sandbox.toggl.answers import BUCKET_PAGE, OVER_QUOTA, Refused, Voice
from lifetracker.sandbox.toggl.catalogue import Catalogue
from lifetracker.sandbox.toggl.entries import Item
from lifetracker.sandbox.toggl.names import WORKSPACES, Names
from lifetracker.sandbox.toggl.options import Options
from lifetracker.sandbox.toggl.own_entries import OwnEntries
from lifetracker.sandbox.toggl.quota import Bucket, Quota
from lifetracker.sandbox.toggl.records import Records
from lifetracker.sandbox.toggl.reports import Reports
from lifetracker.sandbox.toggl.subscriptions import Subscriptions
from lifetracker.sandbox.toggl.writing import Writing

PASSWORD = "api_token"  # noqa: S105 - the literal word, whatever the token
ME = "/api/v9/me"
WORKSPACE = r"/api/v9/workspaces/(\d+)"
REPORTS = r"/reports/api/v3/workspace/(\d+)"
WEBHOOKS = "/webhooks/api/v1"
SUBSCRIPTIONS = rf"{WEBHOOKS}/(?:subscriptions|ping|limits)/(\d+)"
OF_WORKSPACE = re.compile(rf"(?:{WORKSPACE}|{REPORTS}|{SUBSCRIPTIONS})(?:/.*)?")
VALIDATION = f"{WEBHOOKS}/validate/"  # for whoever was sent the code, with no token needed

Handler = Callable[..., Answer]  # with the request and the ids in its path
Routes = dict[tuple[str, str], Handler]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the paths lead to."""

    records: Records
    names: Names
    own_entries: OwnEntries
    writing: Writing
    catalogue: Catalogue
    reports: Reports
    subscriptions: Subscriptions
    voice: Voice
    options: Options


class API:
    def __init__(self, parts: Parts, api_token: str, quota: Quota, bucket: Bucket) -> None:
        self._parts, self._voice = parts, parts.voice
        self.api_token = api_token
        self._quota, self._bucket = quota, bucket
        self._routes = [
            *_routes(ME, self._routes_of_user()),
            *_routes(WORKSPACE, self._guarded(self._routes_of_workspaces())),
            *_routes(
                REPORTS, self._guarded({("POST", "/search/time_entries"): parts.reports.search})
            ),
            *_routes(WEBHOOKS, self._routes_of_webhooks()),
        ]

    def answer(self, incoming: Incoming, path: str) -> Answer:
        if not self._bucket.admit():
            return self._too_fast()
        if path.startswith(VALIDATION):
            return self._carried_out(incoming, path)
        if not self._is_known(incoming):
            return Answer(401)
        # The quota itself is for nothing: how else could one without quota ask for it?
        admission = self._quota.admit(_organization(path), counted=path != f"{ME}/quota")
        if not admission.admitted:
            text = OVER_QUOTA.format(admission.resets_in)
            headers = {**admission.headers, "Content-Type": "text/plain; charset=utf-8"}
            return Answer(402, text.encode(), headers)
        answer = self._carried_out(incoming, path)
        if answer.status == 402 and self._parts.options.reports_paid == "bare":
            return answer
        return replace(answer, headers={**answer.headers, **admission.headers})

    def _carried_out(self, incoming: Incoming, path: str) -> Answer:
        try:
            return self._routed(incoming, path)
        except Refused as refused:
            return self._voice.refusal(refused)

    def _routed(self, incoming: Incoming, path: str) -> Answer:
        allowed = False
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match and method == incoming.method:
                parts = [int(part) if part.isdecimal() else part for part in match.groups()]
                return handler(incoming, *parts)
            allowed = allowed or match is not None
        raise Refused(405, "Method not allowed") if allowed else Refused(404, "Not found")

    def _routes_of_user(self) -> Routes:
        own_entries, lists = self._parts.own_entries, self._parts.catalogue
        return {
            ("GET", ""): self._me,
            ("GET", "/logged"): lambda _: Answer(200),
            ("GET", "/quota"): self._quotas,
            ("GET", "/time_entries"): self._listing(own_entries.entries),
            ("GET", "/time_entries/current"): self._current,
            ("GET", r"/time_entries/(\d+)"): self._entry,
            ("GET", "/projects"): self._listing(lists.projects),
            ("GET", "/projects/paginated"): self._listing(lists.paginated),
            ("GET", "/clients"): self._listing(lists.clients),
            ("GET", "/tags"): self._listing(lists.tags),
            ("GET", "/tasks"): self._listing(lambda _: []),
            ("GET", "/workspaces"): self._listing(lambda _: self._workspaces()),
        }

    def _routes_of_workspaces(self) -> Routes:
        lists, writing = self._parts.catalogue, self._parts.writing
        return {
            ("GET", "/projects"): self._listing(lists.projects_of),
            ("GET", r"/projects/(\d+)"): self._project,
            ("GET", "/clients"): self._listing(lists.clients_of),
            ("GET", "/tags"): self._listing(lists.tags_of),
            ("POST", "/time_entries"): writing.create,
            ("PATCH", r"/time_entries/(\d+)/stop"): writing.stop,
            ("PUT", r"/time_entries/(\d+)"): writing.change,
            ("DELETE", r"/time_entries/(\d+)"): writing.delete,
        }

    def _routes_of_webhooks(self) -> Routes:
        subscriptions = self._parts.subscriptions
        of_all, of_one = r"/subscriptions/(\d+)", r"/subscriptions/(\d+)/(\d+)"
        return {
            ("GET", "/event_filters"): subscriptions.filters,
            ("GET", "/status"): subscriptions.status,
            **self._guarded(
                {
                    ("GET", of_all): subscriptions.listing,
                    ("POST", of_all): subscriptions.create,
                    ("PUT", of_one): subscriptions.change,
                    ("PATCH", of_one): subscriptions.change,
                    ("DELETE", of_one): subscriptions.delete,
                    ("GET", f"{of_one}/events"): subscriptions.events,
                    ("POST", r"/ping/(\d+)/(\d+)"): subscriptions.ping,
                    ("GET", r"/limits/(\d+)"): subscriptions.limits,
                    ("GET", r"/validate/(\d+)/(\d+)/(\w+)"): subscriptions.validate,
                }
            ),
        }

    def _guarded(self, routes: Routes) -> Routes:
        return {key: self._for_members(handler) for key, handler in routes.items()}

    def _for_members(self, handler: Handler) -> Handler:
        def checked(incoming: Incoming, workspace_id: int, *ids: object) -> Answer:
            if workspace_id not in WORKSPACES or not self._parts.names.is_member(workspace_id):
                raise Refused(403, "User does not have access to this resource.")
            return handler(incoming, workspace_id, *ids)

        return checked

    def _listing(self, found: Callable[..., list[Item]]) -> Handler:
        return lambda incoming, *ids: self._voice.listing(found(incoming.query, *ids))

    def _me(self, incoming: Incoming) -> Answer:
        me = account.me(self.api_token)
        if incoming.query.get("with_related_data") == "true":
            lists, shown = self._parts.catalogue, self._voice.items
            me |= {
                "tags": shown(lists.tags({})),
                "clients": shown(lists.clients({})),
                "time_entries": shown(self._parts.own_entries.recent()),
                "projects": shown(lists.projects({})),
                "workspaces": self._workspaces(),
            }
        return json_answer(200, me)

    def _current(self, incoming: Incoming) -> Answer:
        state = self._parts.records.running(self._parts.records.now())
        seen = state is not None and self._parts.own_entries.is_visible(state)
        return json_answer(200, self._voice.entry(state) if state and seen else None)

    def _workspaces(self) -> list[Item]:
        return account.workspaces(self._parts.names.left)

    def _quotas(self, incoming: Incoming) -> Answer:
        return json_answer(200, self._quota.listing(tuple(account.ORGANIZATIONS.values())))

    def _project(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        return json_answer(200, self._parts.catalogue.one(workspace_id, id))

    def _entry(self, incoming: Incoming, id: int) -> Answer:
        state = self._parts.writing.state(id)
        return json_answer(200, self._parts.own_entries.shown(state, incoming.query))

    def _is_known(self, incoming: Incoming) -> bool:
        """User and password of HTTP Basic are the token and a fixed word."""
        scheme, _, encoded = (incoming.headers.get("Authorization") or "").partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and given == f"{self.api_token}:{PASSWORD}"

    def _too_fast(self) -> Answer:
        headers = {"Content-Type": "text/html"}
        if self._bucket.retry_after is not None:
            headers["Retry-After"] = str(self._bucket.retry_after)
        return Answer(429, BUCKET_PAGE, headers)


def _organization(path: str) -> int | None:
    """Return whose quota a request counts against; None: the user's own."""
    match = OF_WORKSPACE.fullmatch(path)
    return account.ORGANIZATIONS.get(int(next(filter(None, match.groups())))) if match else None


def _routes(prefix: str, routes: Routes) -> list[tuple[str, re.Pattern[str], Handler]]:
    return [(method, re.compile(prefix + path), found) for (method, path), found in routes.items()]

"""Whatever a service answers: nothing is lost, hidden or doubled, it ends in time, it is told in words,
and one good run makes all good."""

from __future__ import annotations

import json
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from github_projects.streams import repositories
from lifetracker.models import RejectedItem, SourceRecord, SyncRun, SyncState
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync import http, streams, transport
from lifetracker.sync.digests import HALF
from lifetracker.sync.streams import sources
from oauth_integration.models import OAuthCredential
from tests.conftest import NOW, addresses, run, store_tokens
from tests.hostile_server import Exchange, Fault, HostileServer
from tests.lifetracker.test_any_sequence import SUBJECTS, add_workout, edit_entry, edit_group

DAYS = 24
MEGABYTE = 1_000_000
PAGE = b"<html><body>Bad Gateway</body></html>"
LATER = NOW - timedelta(hours=3)
SERVICES = {"Whoop": "WHOOP", "Withings": "Withings", "Toggl": "Toggl", "GitHub": "GitHub"}
# Where each service gives data, and not tokens or objects of git.
DATA = {
    "Whoop": ("/developer/v2/",),
    "Withings": ("/measure",),
    "Toggl": ("/api/v9/", "/reports/"),
    "GitHub": ("/graphql", "/github/user", "/github/repositories"),
}
# Kept few, because each is cloned.
REPOSITORIES = 3


# --- What a service answers, and how it is changed ------------------------------------------------


def lists_of(content: Any) -> list[list[Any]]:
    """The lists of records in an answer of any of the services."""
    if isinstance(content, list):
        return [content]
    if "data" in content:
        return [content["data"]["viewer"]["repositories"]["nodes"]]
    found = content.get("body", content)
    names = ("records", "measuregrps", "projects", "tags", "clients")
    return [found[name] for name in names if isinstance(found.get(name), list)]


# By these a record is known, or refers to another.
IDS = {
    *("id", "user_id", "cycle_id", "sleep_id", "v1_id", "grpid", "databaseId", "workspace_id"),
    *("project_id", "client_id", "tag_ids", "wid", "uid", "pid", "organization_id", "default_wid"),
}
TEXTS = {
    *("first_name", "last_name", "sport_name", "score_state", "model", "description", "name"),
    "nameWithOwner",
}


def changed(value: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    """A copy in which `change(key, leaf)` stands for every leaf that is no id."""
    if key in IDS:
        return value
    if isinstance(value, dict):
        return {name: changed(one, change, name) for name, one in value.items()}
    if isinstance(value, list):
        return [changed(one, change, key) for one in value]
    return change(key, value)


def in_records(change: Callable[[Any], Any]) -> Fault:
    """All records of an answer changed; an answer that is itself one is too."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.passed()
        content = json.loads(answer.body or b"null")
        if answer.status != 200 or content is None:
            exchange.answer(answer)
            return
        lists = lists_of(content)
        for records in lists:
            records[:] = [change(one) for one in records]
        if not lists and "status" not in content:
            content = change(content)
        exchange.send(200, written(content), **kept(answer))

    return fault


def kept(answer: Answer) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in answer.headers.items()}


# Stands for what Python cannot write.
TOO_LARGE = "the number 1e999"


def written(content: Any) -> str:
    return json.dumps(content).replace(f'"{TOO_LARGE}"', "1e999")


def numbers(new: Any) -> Fault:
    def change(_key: str, leaf: Any) -> Any:
        return new if type(leaf) in {int, float} else leaf

    return in_records(lambda one: changed(one, change))


def texts(new: Callable[[str], str]) -> Fault:
    def change(key: str, leaf: Any) -> Any:
        return new(leaf) if key in TEXTS and isinstance(leaf, str) else leaf

    return in_records(lambda one: changed(one, change))


def other_type(_key: str, leaf: Any) -> Any:
    return [leaf] if isinstance(leaf, str) else "a text"


# --- The faults -----------------------------------------------------------------------------------


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    kind = {"Content_Type": "text/html"} if body else {}
    return lambda exchange: exchange.send(code, body, **kind, **headers)


def refused(*after: str) -> Fault:
    return status(429, **({"Retry_After": after[0]} if after else {}))


def hang(exchange: Exchange) -> None:
    exchange.wait(5)
    exchange.hang_up()


def once(fault: Fault) -> Fault:
    def strike(exchange: Exchange) -> None:
        if exchange.number == 1:
            fault(exchange)
        else:
            exchange.answer(exchange.passed())

    return strike


def whole(exchange: Exchange) -> bytes:
    answer = exchange.passed()
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer.body))
    return answer.body


def reset_within(exchange: Exchange) -> None:
    body = whole(exchange)
    exchange.raw(body[: len(body) // 2])
    exchange.reset()


def truncated(exchange: Exchange) -> None:
    body = exchange.passed().body
    exchange.send(200, body[: len(body) // 2])


def other_kind(exchange: Exchange) -> None:
    exchange.send(200, exchange.passed().body, Content_Type="image/png")


def garbage_headers(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 \xff\xfe\r\n\x00\x01: \xff\r\n\r\n")
    exchange.hang_up()


def long_headers(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n{}")
    exchange.hang_up()


def lead_on(content: Any, token: str) -> None:
    """Let an answer name a next page."""
    if isinstance(content, list) or content is None:
        return
    if "records" in content:
        content["next_token"] = token
    elif "measuregrps" in content.get("body", {}):
        content["body"] |= {"more": 1, "offset": int(token, 36)}
    elif "data" in content:
        page = content["data"]["viewer"]["repositories"]["pageInfo"]
        page |= {"hasNextPage": True, "endCursor": token}


def paged(change: Callable[[Exchange, Any], None]) -> Fault:
    def fault(exchange: Exchange) -> None:
        answer = exchange.passed_from_the_first_page()
        content = json.loads(answer.body or b"null")
        change(exchange, content)
        exchange.send(answer.status, json.dumps(content), **kept(answer))

    return fault


def loop(_exchange: Exchange, content: Any) -> None:
    lead_on(content, "again")


def doubled(exchange: Exchange, content: Any) -> None:
    """The first page twice, each time with the way to the next one."""
    lead_on(content, f"page{exchange.number}")


def fresh(exchange: Exchange, content: Any) -> None:
    """Records that nobody has seen, on pages that never end."""
    for records in lists_of(content) if content is not None else ():
        for position, record in enumerate(records):
            if isinstance(record, dict):
                records[position] = record | new_id(record, exchange.number * 1000 + position)
    lead_on(content, f"p{exchange.number}")


def new_id(record: dict[str, Any], number: int) -> dict[str, Any]:
    for name in ("grpid", "databaseId", "id", "cycle_id"):
        if name in record:
            text = isinstance(record[name], str)
            known: dict[str, Any] = {name: f"fresh-{number}" if text else 9_000_000_000 + number}
            # Without a commit, so that nobody fetches it.
            empty = {"defaultBranchRef": None, "isEmpty": True, "name": f"fresh{number}"}
            return known | (empty if name == "databaseId" else {})
    return {}


def emptied(exchange: Exchange) -> None:
    answer = exchange.passed()
    content = json.loads(answer.body or b"null")
    for records in lists_of(content) if content is not None else ():
        records.clear()
    for names in (content, content.get("body")) if isinstance(content, dict) else ():
        for name in {"next_token", "more", "offset"} & (names or {}).keys():
            del names[name]
    exchange.send(answer.status, json.dumps(content), **kept(answer))


def dated(date: str) -> Fault:
    def fault(exchange: Exchange) -> None:
        answer = exchange.passed()
        exchange.send(answer.status, answer.body, **kept(answer), Date=date)

    return fault


def flood(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(100):
        exchange.raw(b" " * MEGABYTE)


def gzipped(megabytes: int) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    pieces = [packer.compress(b" " * MEGABYTE) for _ in range(megabytes)]
    return b"".join(pieces) + packer.flush()


BOMB = gzipped(60)


def drip(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while exchange.wait(0.05):
        exchange.raw(b" ")


DEEP = b"[" * 900 + b"]" * 900
FAULTS: dict[str, Fault] = {
    "500": status(500),
    "502 as HTML": status(502, PAGE),
    "503": status(503),
    "401": status(401),
    "403 as HTML": status(403, PAGE),
    "429 for a second": refused("1"),
    "429 for a day": refused("86400"),
    "429 without a time": refused(),
    "429 with nonsense": refused("soon; perhaps"),
    "one hang": once(hang),
    "a hang each time": hang,
    "reset within a body": reset_within,
    "truncated JSON": truncated,
    "empty 200": lambda exchange: exchange.send(200, b""),
    "204": lambda exchange: exchange.send(204),
    "garbage headers": garbage_headers,
    "headers of 200 kB": long_headers,
    "wrong content type": other_kind,
    "page loop": paged(loop),
    "doubled pages": paged(doubled),
    "endless fresh pages": paged(fresh),
    "empty lists": emptied,
    "redirect to another host": status(302, Location="http://elsewhere.invalid/"),
    "deep JSON": in_records(lambda one: {**one, "deep": json.loads(DEEP)}),
    "deeper JSON": lambda exchange: exchange.send(200, b"[" * 100_000 + b"]" * 100_000),
    "not UTF-8": lambda exchange: exchange.send(200, exchange.passed().body + b'"\xff\xfe"'),
    "wrong root": lambda exchange: exchange.send(200, b'"a text"'),
    "null": lambda exchange: exchange.send(200, b"null"),
    "wrong types": in_records(lambda one: changed(one, other_type)),
    "beyond 64 bits": numbers(2**70),
    "Infinity": numbers(float("inf")),
    "NaN": numbers(float("nan")),
    "1e999": numbers(TOO_LARGE),
    "NUL": texts(lambda text: f"{text}\0"),
    "half surrogates": texts(lambda text: f"{text}\ud800"),
    "huge texts": texts(lambda text: text + "x" * 100_000),
    "no objects": in_records(lambda _one: 7),
    "Date of 1998": dated("Sun, 01 Mar 1998 00:00:00 GMT"),
    "Date of 2099": dated("Sun, 01 Mar 2099 00:00:00 GMT"),
    "Date of nonsense": dated("the day after tomorrow"),
    "a body of 100 MB": flood,
    "a gzip bomb": lambda exchange: exchange.send(200, BOMB, Content_Encoding="gzip"),
    "a slow drip": drip,
    "TLS": status(200),
    "DNS": status(200),
}
# After these, or in them, records are missing of which only the owner knows whether they ever were.
DOUBTFUL = {"endless fresh pages", "empty lists"}
# By these the service says something else of its records, in a form that is right. Toggl writes null
# for an empty list itself.
SAID = {"deep JSON", "huge texts", *DOUBTFUL}
SLOW = {"one hang", "a hang each time", "a slow drip"}
LARGE = {"a body of 100 MB", "a gzip bomb"}
# With these the database is asked to keep something odd. The others end before it, on each database alike.
STORED = {
    *(
        "page loop",
        "doubled pages",
        "endless fresh pages",
        "empty lists",
        "deep JSON",
        "wrong types",
    ),
    *(
        "beyond 64 bits",
        "Infinity",
        "NaN",
        "1e999",
        "NUL",
        "half surrogates",
        "huge texts",
        "no objects",
    ),
    *("one hang", "reset within a body", "null"),
}


# --- Services that were read once, and have changed since -----------------------------------------


class World:
    """The four services behind a hostile server; each was synced, and changed after that."""

    def __init__(self, sandbox: Sandbox, server: HostileServer) -> None:
        self.sandbox, self.server = sandbox, server
        self.expected: dict[str, Any] = {}

    def prepare(self, name: str) -> None:
        if name in self.expected:
            return
        service = getattr(self.sandbox, name.lower())
        if name == "GitHub":
            keep_few(service)
        elif name != "Toggl":
            store_tokens(service, service.issue_tokens(lifetime=30 * 86_400))
        assert run(name).status == SyncRun.Status.SUCCESS
        CHANGES[name](service)
        undisturbed = transaction.savepoint()
        assert run(name).status == SyncRun.Status.SUCCESS
        self.expected[name] = rows(name)
        transaction.savepoint_rollback(undisturbed)
        assert rows(name) != self.expected[name]


def keep_few(service: Any) -> None:
    for one in service.repositories()[REPOSITORIES:]:
        service.delete(one["full_name"])


def change_whoop(service: Any) -> None:
    add_workout(service, LATER, 7)
    service.rescore("recovery", service.records("recovery")[1]["cycle_id"], recovery_score=12.0)
    service.rescore("cycle", service.records("cycle")[1]["id"], strain=3.5)
    service.delete("sleep", service.records("sleep")[3]["id"])


def change_withings(service: Any) -> None:
    service.weigh(77, LATER)
    edit_group(service, 3, 5)
    service.delete(sorted(group["grpid"] for group in service.groups())[-2])


def change_toggl(service: Any) -> None:
    service.add(start=LATER.isoformat(), stop=NOW.isoformat(), description="new")
    edit_entry(service, 3, 5)
    service.delete(sorted(entry["id"] for entry in service.entries())[-3])


def change_github(service: Any) -> None:
    first, second, third = (one["full_name"] for one in service.repositories())
    service.archive(first)
    service.rename(second, "renamed")
    service.delete(third)
    service.add_repository("new")


CHANGES: dict[str, Callable[[Any], None]] = {
    "Whoop": change_whoop,
    "Withings": change_withings,
    "Toggl": change_toggl,
    "GitHub": change_github,
}
assert {subject.name for subject in SUBJECTS} < CHANGES.keys()


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One for all tests, in a transaction that is taken back at the end."""
    clones: Path = tmp_path_factory.mktemp("clones")
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(seed=1, days=DAYS, now=NOW))
        server = stack.enter_context(HostileServer(sandbox))
        reached = {
            name: value.replace(sandbox.url, server.url) if isinstance(value, str) else value
            for name, value in addresses(sandbox).items()
            if name != "GITHUB_CLONE_URL"
        }
        options = {
            "GITHUB_CLONE_URL": sandbox.github.clone_url,
            "GITHUB_CACHE_DIR": clones,
            "GITHUB_ACCESS_TOKEN": sandbox.github.token,
            "TOGGL_API_TOKEN": sandbox.toggl.api_token,
        }
        stack.enter_context(override_settings(**reached, **options))
        stack.enter_context(django_db_blocker.unblock())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(timezone, "now", lambda: NOW)
        with transaction.atomic():
            yield World(sandbox, server)
            transaction.set_rollback(True)


@pytest.fixture(scope="module", params=SERVICES)
def prepared(request: Any, world: World) -> str:
    name: str = request.param
    world.prepare(name)
    return name


@pytest.fixture
def source(prepared: str, db: None, world: World) -> Iterator[str]:
    """As it was before the change. What the test does to the rows is taken back."""
    if prepared in {"Whoop", "Withings"}:
        # Those of the test before may be spent.
        OAuthCredential.objects.all().delete()
        service = getattr(world.sandbox, prepared.lower())
        store_tokens(service, service.issue_tokens(lifetime=30 * 86_400))
    yield prepared
    world.server.heal()


# --- What must hold -------------------------------------------------------------------------------

KINDS = [model for model in apps.get_models() if issubclass(model, SourceRecord)]
# When something was written, and by which run, says nothing of what it is.
BOOKKEEPING = {"id", "created_at", "updated_at", "deleted_at", "mined_at", "pending_run"}


# What Toggl adds up of a project's entries: its payload tells it as of the last time that projects were read.
SUMS = {"actual_hours", "actual_seconds"}


def rows(source: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The live rows by model and id."""
    return {
        (model.__name__, row["source_id"]): facts_of(model, row)
        for model in KINDS
        for row in model.objects.live().filter(source=source).values()
    }


def facts_of(model: type[Any], row: dict[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in row.items() if name not in BOOKKEEPING}
    if model.__name__ == "TogglProject":
        facts["raw"] = {name: v for name, v in row["raw"].items() if name not in SUMS}
        # The second half is of the values alone.
        facts["digest"] = row["digest"][HALF:]
    return facts


def states(source: str) -> dict[str, tuple[Any, ...]]:
    names = ("stream", "verified_from", "verified_to", "changed_to", "full_from")
    return {row[0]: row[1:] for row in SyncState.objects.filter(source=source).values_list(*names)}


class Waits:
    """Stands for `time`: waits that pass at once, and how long they would have been."""

    def __init__(self) -> None:
        self.total = 0.0

    def sleep(self, seconds: float) -> None:
        self.total += seconds

    def time(self) -> float:
        return time.time() + self.total

    def monotonic(self) -> float:
        return time.monotonic() + self.total


def attack(world: World, source: str, fault: str, patch: pytest.MonkeyPatch) -> SyncRun:
    if fault == "TLS":
        use_address(patch, source, world.server.url.replace("http:", "https:"))
    elif fault == "DNS":
        use_address(patch, source, "http://no-such-host.invalid")
    else:
        world.server.attack(FAULTS[fault], *DATA[source])
    # Else the list that never ends would be long.
    patch.setattr(streams, "SLACK", 20)
    patch.setitem(vars(repositories), "max_items", 20)
    if fault in SLOW:
        for name, seconds in {"READ": 0.4, "ANSWER": 0.8}.items():
            patch.setattr(http, f"{name}_TIMEOUT", seconds)
        patch.setattr(http, "LONGEST_SILENCE", 1.2)
        patch.setattr(http, "LONGEST_TRYING", 0.8)
        patch.setattr(transport, "WAIT_SLICE", 0.2)
    return run(source)


def use_address(patch: pytest.MonkeyPatch, source: str, address: str) -> None:
    patch.setattr(settings, f"{source.upper()}_API_URL", address)


@pytest.mark.parametrize(
    "fault",
    [
        fault if fault in STORED else pytest.param(fault, marks=pytest.mark.one_database)
        for fault in FAULTS
    ],
)
def test_a_fault_costs_nothing(source: str, fault: str, world: World) -> None:
    says_so = fault in SAID or (source, fault) == ("Toggl", "null")
    before, states_before = rows(source), states(source)
    expected = world.expected[source]
    waits = Waits()
    began = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "time", waits)
        if fault in LARGE:
            tracemalloc.start()
        record = attack(world, source, fault, patch)
        if fault in LARGE:
            held = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert held < 200 * MEGABYTE
    assert waits.total < 90
    assert time.monotonic() - began < 20
    after = rows(source)

    # Nothing is lost.
    gone = before.keys() - after.keys() - (before.keys() - expected.keys())
    if fault != "empty lists":
        assert not gone
    if not says_so:
        for key in before.keys() & after.keys():
            assert after[key] in (before[key], expected.get(key)), key
    # Nothing is doubled.
    if not says_so:
        assert after.keys() <= before.keys() | expected.keys()
    # Nothing is hidden, and it is told in words.
    rejected = RejectedItem.objects.filter(source=source)
    if after != expected:
        assert record.status != SyncRun.Status.SUCCESS or rejected.exists() or says_so
    if record.status != SyncRun.Status.SUCCESS:
        assert SERVICES[source] in record.error, record.error
        assert "An error in Life Tracker" not in record.error
    if not says_so:
        assert_claims_are_true(source, states_before, after, expected)

    # And one good run makes all good.
    world.server.heal()
    doubtful = {"days": 2 * DAYS, "accept_deletions": True} if fault in DOUBTFUL else {}
    healed = run(source, **doubtful)
    assert healed.status == SyncRun.Status.SUCCESS, healed.error
    assert rows(source) == expected
    left = set(rejected.values_list("item_key", flat=True))
    assert not left & {source_id for _, source_id in expected}


def assert_claims_are_true(
    source: str, before: dict[str, Any], after: dict[Any, Any], expected: dict[Any, Any]
) -> None:
    """Where a stream claims more than before, it has what is upstream, or lists it as rejected."""
    for stream in sources[source].streams:
        if states(source).get(stream.name) == before.get(stream.name):
            continue
        kind = stream.model.__name__
        rejected = RejectedItem.objects.filter(source=source, stream=stream.name)
        listed = set(rejected.values_list("item_key", flat=True))
        unknown = any(key.startswith("digest:") for key in listed)
        for (name, source_id), row in expected.items():
            if name == kind and not unknown and source_id not in listed:
                assert after.get((name, source_id), {}).get("raw") == row["raw"], (kind, source_id)

"""A Redis in which somebody else writes, and one that is none: nothing of theirs runs here, nothing breaks."""

from __future__ import annotations

import http.client
import json
import os
import pickle
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import Client
from django_q.models import Failure, OrmQ, Success, Task
from django_q.signing import BadSignature, SignedPackage
from django_q.status import Stat

from lifetracker import tasks
from lifetracker.models import SyncRun
from lifetracker.ops import queue_messages
from lifetracker.ops.queue_messages import SignedStatus
from lifetracker.ops.redis_queue import RedisQueue
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from tests import makers, processes
from tests.conftest import RunningClock, store_tokens, use

JSON_CACHE = "lifetracker.ops.caches.JsonRedisCache"


class Poison:
    """Unpickled, it makes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.mark}",)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    mark = tmp_path / "it-ran"
    pickle.loads(pickle.dumps(Poison(mark)))  # noqa: S301 - so that the test can fail
    assert mark.exists()
    mark.unlink()
    return mark


def garbage(mark: Path) -> list[Any]:
    now = 9_999_999_999
    return [
        pickle.dumps(Poison(mark)),
        pickle.dumps([1.0], protocol=0),
        b"",
        b"\xff\xfe",
        b"9" * 5000,
        b"[" * 100_000,
        b"{}",
        b'"text"',
        b"7",
        b"-1",
        b"true",
        b"null",
        b"NaN",
        b'[1e999, -1e999, NaN, null, true, "1", [1], {"a": 1}]',
        json.dumps([now] * 10_000).encode(),
        b"1" * 5_000_000,
    ]


@pytest.fixture
def caller(client: Client, db: None, settings: Any, redis_url: str) -> Any:
    """Asks the API with a token of its own, three times a minute at most."""
    settings.API_REQUESTS_PER_MINUTE = 3
    settings.CACHES = {"default": {"BACKEND": JSON_CACHE, "LOCATION": redis_url}}
    bearer = {"Authorization": f"Bearer {makers.api_token().secret}"}
    return lambda: client.get("/api/weight", headers=bearer).status_code


# --- The cache ------------------------------------------------------------------------------------


def test_whatever_stands_in_the_counter_of_requests_costs_a_count_at_most(
    caller: Any, redis_url: str, mark: Path
) -> None:
    store = redis.from_url(redis_url)
    assert caller() == 200
    (key,) = store.keys("*")
    for value in garbage(mark):
        store.set(key, value)
        assert [caller() for _ in range(4)] == [200, 200, 200, 429], value[:40]
    for put in (store.rpush, store.sadd, lambda k, v: store.hset(k, v, v)):
        store.delete(key)
        put(key, "x")
        assert [caller() for _ in range(4)] == [200, 200, 200, 429]
    assert not mark.exists()


def test_the_cache_keeps_what_json_can_say(redis_url: str, settings: Any, mark: Path) -> None:
    settings.CACHES = {"default": {"BACKEND": JSON_CACHE, "LOCATION": redis_url}}
    values = {"a": [1.5, None, {"b": "ü"}], "n": 7, "t": True, "s": "7"}
    cache.set_many(values)
    assert cache.get_many([*values, "absent"]) == values
    assert cache.incr("n") == 8
    assert (cache.get("n"), cache.get("absent", "default")) == (8, "default")
    for value in garbage(mark)[:6]:
        redis.from_url(redis_url).set(cache.make_key("a"), value)
        assert cache.get("a", "default") == "default"
        assert "a" not in cache.get_many(["a"])
    with pytest.raises(TypeError):
        cache.set("a", Poison(mark))
    assert not mark.exists()


def test_sessions_and_settings_hold_no_pickle() -> None:
    assert django_settings.SESSION_ENGINE == "lifetracker.accounts.session_store"
    assert django_settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    text = (django_settings.BASE_DIR / "lifetracker/settings.py").read_text()
    assert f'"BACKEND": "{JSON_CACHE}"' in text
    assert "backends.redis" not in text


@pytest.fixture
def no_redis() -> Iterator[str]:
    """What answers everything with something that is not Redis' language. Its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for words in (b":abc\r\n", b"HTTP/1.1 400\r\n\r\n", b"*1\r\n" * 5000, b"$9\r\n") * 50:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with closing(connection):
                    connection.recv(1000)
                    connection.sendall(words)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"
        # Closing it alone would leave the thread waiting, and answering whoever comes to this port next.
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_what_answers_as_no_redis_does_keeps_nobody_out(
    caller: Any, no_redis: str, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": JSON_CACHE, "LOCATION": no_redis}}
    assert {caller() for _ in range(8)} == {200}


# --- Messages -------------------------------------------------------------------------------------

TASK = {
    "id": "a",
    "name": "b",
    "func": "lifetracker.tasks.resume_stalled_runs",
    "args": (1,),
    "kwargs": {},
    "started": makers.MORNING,
}


def test_a_message_comes_back_and_brings_nothing_else_along(mark: Path) -> None:
    extra = {"group": "g", "hook": "os.system", "chain": [1], "sync": True, "cached": True}
    read = SignedPackage.loads(SignedPackage.dumps(TASK | extra))
    assert read == TASK | {"group": "g"}


def test_what_is_no_message_is_refused_before_it_is_read(mark: Path) -> None:
    signed_pickle = TimestampSigner(salt="lifetracker").sign(
        pickle.dumps(Poison(mark), protocol=0).decode("latin-1")
    )
    status = queue_messages.signed({"tob": 1}, queue_messages.STATUS)
    odd = [
        queue_messages.signed(content, queue_messages.MESSAGE)
        for content in (None, 1, [], "x", {}, TASK | {"args": 1}, TASK | {"started": "never"})
    ]
    for given in (*garbage(mark), signed_pickle, status, *odd, None, 7):
        with pytest.raises(BadSignature):
            SignedPackage.loads(given)
        with pytest.raises(BadSignature):
            SignedStatus.loads(given) if given != status else SignedStatus.loads(b"")
    assert not mark.exists()


def test_what_a_task_returned_is_json_in_the_database(db: None, mark: Path) -> None:
    now = makers.MORNING
    times = {"started": now, "stopped": now, "func": "lifetracker.tasks.resume_stalled_runs"}
    Success.objects.create(id="one", name="one", args=(1, "a"), result={"x": [1]}, **times)
    kept = Success.objects.get()
    assert (kept.args, kept.result) == ([1, "a"], {"x": [1]})
    poison = pickle.dumps(Poison(mark))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_q_task SET result = %s", [b64encode(poison).decode()])
    assert Task.objects.get().result == queue_messages.UNREADABLE
    assert not mark.exists()


def test_a_queue_whose_key_is_no_list_is_mended(redis_url: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("django_q.conf.Conf.REDIS", redis_url)
    queue = RedisQueue("lifetracker")
    for ask in (queue.queue_size, lambda: queue.enqueue("x"), queue.dequeue):
        queue.connection.set(queue.list_key, "x")
        ask()
        assert queue.connection.type(queue.list_key) != b"string"


def test_a_queue_that_answers_as_no_redis_does_cannot_be_reached(
    no_redis: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr("django_q.conf.Conf.REDIS", no_redis)
    for _ in range(8):
        with pytest.raises(redis.RedisError):
            RedisQueue("lifetracker").queue_size()


# --- All of it, in real processes -----------------------------------------------------------------


def poison_every_key(store: Any, mark: Path, seen: set[str]) -> None:
    for key in store.keys("*"):
        name = key.decode()
        # Which of them it was has no meaning; a queue, a status, a counter has.
        seen.add(name.rsplit(":", 1)[0] if ":cluster:" in name else name)
        if store.type(key) == b"list":
            store.lpush(key, pickle.dumps(Poison(mark)))
            store.lset(key, -1, pickle.dumps(Poison(mark)))
        else:
            store.set(key, pickle.dumps(Poison(mark)))


def test_every_key_that_the_program_writes_is_poisoned(
    transactional_db: None,
    settings: Any,
    running_clock: RunningClock,
    redis_url: str,
    mark: Path,
) -> None:
    store = redis.from_url(redis_url)
    seen: set[str] = set()
    token = makers.api_token()
    port = processes.free_ports(1)[0]
    with Sandbox(seed=2, days=40, shift=running_clock.shift) as sandbox:
        use(settings, sandbox)
        store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
        env = processes.environment(
            REDIS_URL=redis_url,
            WHOOP_API_URL=sandbox.whoop.url,
            WHOOP_REQUESTS_PER_MINUTE="0",
            API_REQUESTS_PER_MINUTE="1000",
            QUEUE_WORKERS="1",
        )
        web = processes.serve(port, env)
        worker = None
        try:
            ask = Asking(port, token.secret)
            processes.wait_until(lambda: ask("/api/health") == 200)
            assert ask("/api/weight") == 200
            assert ask("/api/whoop/refresh/today", method="POST") == 202
            # The message waits for the worker, and the counter is there.
            poison_every_key(store, mark, seen)
            assert ask("/api/weight") == 200
            assert ask("/api/health") == 200
            # The message is lost. Without its run, which a worker would find, who asks again is served.
            SyncRun.objects.all().delete()
            worker = processes.start("qcluster", env=env, new_session=True)
            processes.wait_until(lambda: bool(store.keys("django_q:lifetracker:cluster:*")))
            poison_every_key(store, mark, seen)
            store.rpush("django_q:lifetracker:q", *garbage(mark))
            # What the worker writes anew is read, and nothing else.
            assert all(one.status for one in Stat.get_all(RedisQueueAt(redis_url)))
            assert ask("/api/whoop/refresh/today", method="POST") == 202
            processes.wait_until(
                lambda: SyncRun.objects.filter(kind="today", status="success").exists(), 120
            )
            store.set("django_q:lifetracker:q", pickle.dumps(Poison(mark)))
            assert ask("/api/health") == 200
            assert ask("/api/whoop/refresh", method="POST") == 202
            processes.wait_until(
                lambda: SyncRun.objects.filter(kind="manual", status="success").exists(), 120
            )
            assert ask("/api/weight") == 200
            assert web.poll() is None
            assert worker.poll() is None
        finally:
            for process in (web, worker):
                if process:
                    processes.kill(process)
    assert seen == {
        "django_q:lifetracker:q",
        "django_q:lifetracker:cluster",
        f"lifetracker:1:api-requests-token-{token.token.pk}",
    }
    assert not mark.exists()
    assert list(Failure.objects.values_list("func", "result")) == []
    assert not OrmQ.objects.exists()


class Asking:
    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __call__(self, path: str, method: str = "GET") -> int:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as asked:
                asked.request(method, path, "{}" if method == "POST" else None, self.headers)
                return asked.getresponse().status
        except OSError:
            return 0


def RedisQueueAt(url: str) -> RedisQueue:  # noqa: N802 - stands for the class
    queue = RedisQueue.__new__(RedisQueue)
    queue.connection, queue.list_key, queue._info = redis.from_url(url), "", None
    return queue


def test_without_redis_a_run_waits_in_the_ledger(
    whoop: Any, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("django_q.conf.Conf.REDIS", "redis://:a-password@127.0.0.1:1")
    monkeypatch.setattr("django_q.conf.Conf.BROKER_CLASS", "lifetracker.ops.redis_queue.RedisQueue")
    run = tasks.enqueue(sources["Whoop"], SyncRequest())
    assert run.status == SyncRun.Status.QUEUED
    assert "Redis cannot be reached" in caplog.text
    assert "a-password" not in caplog.text

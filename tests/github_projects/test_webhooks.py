"""GitHub's deliveries: which are taken, and what becomes of them."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from github_projects.models import Repository
from github_projects.webhooks import read
from lifetracker.models import SyncRun, WebhookDelivery
from lifetracker.sync.webhooks import NOTHING_TO_DO, sha256_signatures
from tests.conftest import NOW, run
from tests.deliveries import caught, post, process_deliveries, waiting
from tests.github_projects.test_sync import few

PATH = "/webhooks/github"
PAYLOADS = Path(__file__).parents[1] / "payloads" / "github"
GUID = "11111111-cc78-11e3-81ab-4c9367dc0958"


@pytest.fixture
def told(github: Any, settings: Any) -> Any:
    settings.GITHUB_WEBHOOK_SECRET = github.webhook_secret
    return github


def busy(github: Any) -> str:
    return next(
        str(one["name"]) for one in github.repositories() if one["size"] and not one["archived"]
    )


def send(github: Any, name: str, to: str, **how: Any) -> int:
    return int(github.deliver_webhook(name, to, **how))


def deliver(github: Any, name: str, **how: Any) -> tuple[int, str]:
    return post(PATH, partial(send, github, name, **how))


def test_the_signature_is_that_of_the_documentation() -> None:
    [made] = sha256_signatures(["It's a Secret to Everybody"], b"Hello, World!")
    assert made == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_a_push_is_mined_and_nothing_else(told: Any, at: Any) -> None:
    few(told)
    assert run("GitHub").status == SyncRun.Status.SUCCESS
    at(NOW + timedelta(seconds=1))
    name = busy(told)
    before = Repository.objects.live().get(name=name)
    told.commit(name, files={"pushed.txt": "a\nb\nc\n"}, message="Push")
    assert deliver(told, name, delivery=GUID) == (200, "Thank you.")
    fetched = len(told.fetches)
    assert process_deliveries() == ["success"]
    after = Repository.objects.live().get(name=name)
    assert after.commit_count == before.commit_count + 1
    assert after.tip_oid != before.tip_oid
    assert len(set(told.fetches[fetched:])) == 1
    assert waiting() == 0


def test_a_delivery_counts_once(told: Any) -> None:
    name = busy(told)
    assert deliver(told, name, delivery=GUID)[1] == "Thank you."
    assert "already received" in deliver(told, name, delivery=GUID)[1]
    assert WebhookDelivery.objects.get().delivery_id == GUID


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "another"}, 401),
        ({"signature": ""}, 401),
        ({"signature": "sha256="}, 401),
        ({"delivery": ""}, 400),
        ({"delivery": "a b"}, 400),
    ],
)
def test_what_is_not_right_is_refused_and_not_kept(
    told: Any, how: dict[str, Any], status: int
) -> None:
    assert deliver(told, busy(told), **how)[0] == status
    assert not WebhookDelivery.objects.exists()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "how",
    [
        {"event": "ping"},
        {"ref": "refs/heads/another"},
        {"ref": "refs/tags/v1"},
        {"after": "0" * 40},
    ],
)
def test_only_what_moves_the_default_branch_leaves_something_to_do(
    told: Any, how: dict[str, Any]
) -> None:
    assert deliver(told, busy(told), **how) == (200, "This event needs no action.")
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("name", ["ping", "push_branch"])
def test_the_documented_bodies_are_understood(name: str) -> None:
    headers = json.loads((PAYLOADS / f"webhook_{name}.headers.json").read_text())
    content = json.loads((PAYLOADS / f"webhook_{name}.json").read_text())
    said = read(headers, content)
    if name == "ping" or content["ref"] != f"refs/heads/{content['repository']['default_branch']}":
        assert said == NOTHING_TO_DO
    else:
        assert said.subject == {"repository": content["repository"]["full_name"]}


@pytest.mark.one_database
def test_a_body_of_some_megabytes_is_taken_and_one_of_more_than_25_is_not(told: Any) -> None:
    push = partial(send, told, busy(told))
    for size, expected in ((5_000_000, 200), (25 * 1024 * 1024 + 1, 413)):
        body = padded(told, size)
        [signature] = sha256_signatures([told.webhook_secret], body)
        assert post(PATH, push, body=body, x_hub_signature_256=signature)[0] == expected
    assert WebhookDelivery.objects.count() == 1


def padded(told: Any, size: int) -> bytes:
    repository = {"full_name": "robin/portal", "default_branch": "main"}
    content = {"ref": "refs/heads/main", "deleted": False, "repository": repository, "commits": ""}
    content["commits"] = "x" * (size - len(json.dumps(content)))
    return json.dumps(content).encode()


@pytest.mark.one_database
def test_a_form_is_not_taken(told: Any) -> None:
    form = "application/x-www-form-urlencoded"
    assert post(PATH, partial(send, told, busy(told)), content_type=form)[0] == 415


@pytest.mark.one_database
def test_without_a_secret_nothing_is_taken(github: Any) -> None:
    status, text = deliver(github, busy(github))
    assert status == 404
    assert "docs/webhooks.md" in text


def test_a_run_that_was_interrupted_looks_at_what_it_has_mined_before(told: Any, at: Any) -> None:
    few(told)
    name = busy(told)
    deliver(told, name, delivery=GUID)
    interrupted = SyncRun.objects.get()
    assert process_deliveries() == ["success"]
    # As if it had been killed at its end, and pushed to before it was taken up again.
    SyncRun.objects.filter(pk=interrupted.pk).update(status="running", finished_at=None)
    at(NOW + timedelta(seconds=1))
    oid = told.commit(name, files={"pushed.txt": "a\n"})
    deliver(told, name, delivery=f"2{GUID[1:]}")
    process_deliveries()
    assert Repository.objects.live().get(name=name).mined_oid == oid


@pytest.mark.one_database
def test_without_a_token_nothing_is_collected(told: Any, settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = ""
    assert deliver(told, busy(told))[0] == 404
    assert not WebhookDelivery.objects.exists()


def test_a_failure_keeps_the_delivery_waiting(told: Any, settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "ghp_not_the_one"
    deliver(told, busy(told))
    assert process_deliveries() == ["failed"]
    kept = WebhookDelivery.objects.get()
    assert kept.handled_at is None
    assert kept.resume_at is not None
    assert "GITHUB_ACCESS_TOKEN" in kept.outcome


# --- Sent again by somebody else ------------------------------------------------------------------


Captured = tuple[dict[str, str], bytes]


@pytest.fixture
def captured(told: Any) -> Captured:
    """Headers and body of a delivery, as somebody sees them who stands in between."""
    headers, body = caught(PATH, partial(send, told, busy(told), delivery=GUID))
    dropped = {"host", "path", "content-length", "content-type"}
    return {k.lower(): v for k, v in headers.items() if k.lower() not in dropped}, body


def send_as(captured: Captured, number: int = 1, event: str = "push") -> str:
    """The same body and signature, with headers that nobody signs."""
    guid = f"{number:08}{GUID[8:]}"
    changed = captured[0] | {"x-github-delivery": guid, "x-github-event": event}
    answer = Client().generic(
        "POST", PATH, captured[1], content_type="application/json", headers=changed
    )
    assert answer.status_code == 200
    return str(answer.json()["detail"])


@pytest.mark.parametrize("event", ["push", "repository"])
def test_a_replay_under_another_id_makes_no_work(captured: Captured, event: str) -> None:
    assert send_as(captured, 1) == "Thank you."
    assert "already received" in send_as(captured, 2, event)
    assert WebhookDelivery.objects.count() == SyncRun.objects.count() == 1


def test_a_replay_makes_none_after_the_work_was_done_either(captured: Captured) -> None:
    send_as(captured)
    SyncRun.objects.update(status="success")
    WebhookDelivery.objects.settle(WebhookDelivery.objects.all())
    for number in (2, 3):
        assert "already received" in send_as(captured, number)
    assert SyncRun.objects.count() == 1
    assert waiting() == 0


def test_after_an_hour_and_after_a_failure_it_is_taken(captured: Captured, at: Any) -> None:
    send_as(captured)
    WebhookDelivery.objects.give_up("It could not be read.")
    assert send_as(captured, 2) == "Thank you."
    at(NOW + timedelta(minutes=59))
    assert "already received" in send_as(captured, 3)
    at(NOW + timedelta(minutes=61))
    assert send_as(captured, 4) == "Thank you."


def test_the_service_may_send_it_again_itself(captured: Captured) -> None:
    """Under its own id, as it does when somebody asks for it: known, and tried again if it was given up."""
    send_as(captured)
    assert "already received" in send_as(captured)
    WebhookDelivery.objects.give_up("It could not be read.")
    assert send_as(captured) == "Thank you."

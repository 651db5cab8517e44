"""How much is kept of what cannot be stored, and how many records are believed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from github_projects.streams import repositories
from lifetracker.models import BEGINNING, MOST_OF_PAYLOAD, RejectedItem, SyncRun
from lifetracker.sync.job import retry_rejected
from lifetracker.sync.streams import Since, Window, sources
from tests.conftest import NOW, assert_equals_upstream, run
from time_logs.streams import entries
from weight.streams import measures
from whoop.models import WHOOP
from whoop.streams import workouts

YEAR = timedelta(days=365)


@pytest.fixture
def long_item(whoop: Any) -> Any:
    """A workout that cannot be stored, with a payload that is not kept whole; how it was before."""
    workout = whoop.records("workout")[0]
    whoop.edit("workout", workout["id"], sport_name="x" * 200_000)
    assert run().status == SyncRun.Status.SUCCESS
    return workout


def test_of_a_long_payload_the_beginning_is_kept_and_its_length_told(
    long_item: Any, admin_client: Client
) -> None:
    item = RejectedItem.objects.get()
    assert item.item_key == long_item["id"]
    assert len(item.payload) == MOST_OF_PAYLOAD == 65_536
    assert item.payload_length > 200_000
    assert item.is_cut
    page = admin_client.get(f"/admin/lifetracker/rejecteditem/{item.pk}/change/").text
    assert f"The first 65,536 of {item.payload_length:,} characters" in page


def test_what_was_cut_is_not_tried_again_but_asked_for_anew(long_item: Any, whoop: Any) -> None:
    whoop.edit("workout", long_item["id"], sport_name=long_item["sport_name"])
    record = retry_rejected(sources[WHOOP])
    assert "1 rejected item was too long to keep completely" in record.error
    assert "sync_whoop --full" in record.error
    assert RejectedItem.objects.count() == 1, "nothing is lost by trying"
    run(full=True)
    assert not RejectedItem.objects.exists()
    assert_equals_upstream(whoop)


def test_a_short_payload_is_whole_and_can_be_tried_again(whoop: Any) -> None:
    workout = whoop.records("workout")[0]
    whoop.edit("workout", workout["id"], sport_name="x" * 200)
    run()
    item = RejectedItem.objects.get()
    assert not item.is_cut
    assert json.loads(item.payload)["sport_name"] == "x" * 200
    known = json.dumps(workout)
    RejectedItem.objects.update(payload=known, payload_length=len(known))
    retry_rejected(sources[WHOOP])
    assert not RejectedItem.objects.exists()


@pytest.mark.parametrize(
    ("stream", "extent", "most"),
    [
        (workouts, Window(NOW - timedelta(days=30), NOW), 1000 + 31 * 24),
        (workouts, Window(NOW - YEAR, NOW), 1000 + 366 * 24),
        # Before there were such services nothing was recorded, however far back is asked.
        (workouts, Window(BEGINNING, NOW), 1000 + 7564 * 24),
        (measures, Window(NOW - YEAR, NOW), 1000 + 366 * 96),
        (measures, Since(NOW - timedelta(days=1)), 500 + 10_000 + 2 * 96),
        (entries, Window(NOW - YEAR, NOW), 1000 + 366 * 288),
        (repositories, None, 100_000),
    ],
)
def test_more_records_than_these_no_account_has(stream: Any, extent: Any, most: int) -> None:
    assert stream.most_items(extent, NOW, 500) == most

"""A permission less, and answers that are empty all at once: the weigh-ins stay."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from oauth_integration.models import OAuthCredential
from tests import databases
from tests.conftest import NOW, run, store_tokens
from tests.weight.test_sync import assert_equals_upstream, good, state, stored, whole
from weight.models import WITHINGS, MeasureGroup, WeighIn

EMPTY = {"status": 0, "body": {"updatetime": 1, "timezone": "Europe/Berlin", "measuregrps": []}}


def answer_empty(sandbox: Any) -> None:
    sandbox.faults.add("/measure", kind="status", status=200, body=json.dumps(EMPTY), times=None)


def test_a_consent_without_the_measures_keeps_them(withings: Any, at: Any) -> None:
    good()
    before, claimed = stored(), state().verified_to
    withings_tokens = withings.issue_tokens(scope="user.info")
    store_tokens_again(withings, withings_tokens)
    at(NOW + timedelta(days=1))
    record = run(WITHINGS)
    assert record.status == "failed"
    assert "lacks the permission user.metrics" in record.error
    assert "withings_auth" in record.error
    assert (stored(), state().verified_to) == (before, claimed)
    store_tokens_again(withings, withings.issue_tokens())
    good()


def store_tokens_again(withings: Any, tokens: dict[str, Any]) -> None:
    OAuthCredential.objects.all().delete()
    store_tokens(withings, tokens)


@pytest.mark.parametrize("order", [{}, {"days": 5}, {"full": True}], ids=str)
def test_empty_answers_delete_no_weigh_in(
    withings: Any, sandbox: Any, at: Any, order: dict[str, Any]
) -> None:
    databases.once(whole)
    before, claimed = stored(), state().verified_to
    at(NOW + timedelta(days=1))
    answer_empty(sandbox)
    record = run(WITHINGS, **order)
    assert record.status == "partial"
    assert "Nothing was deleted" in record.error
    assert (stored(), state().verified_to) == (before, claimed)
    assert not WeighIn.objects.filter(deleted_at__isnull=False).exists()
    sandbox.faults.clear()
    good(full=True)
    assert_equals_upstream(withings)


def test_three_weigh_ins_are_enough_to_doubt_an_empty_answer(withings: Any, sandbox: Any) -> None:
    good(days=2)
    few = sorted(stored())[:3]
    WeighIn.objects.all().delete()
    MeasureGroup.objects.exclude(source_id__in=few).delete()
    answer_empty(sandbox)
    assert run(WITHINGS, days=2).total("deleted") == 0
    assert sorted(stored()) == few


def test_the_last_weigh_in_of_some_days_can_still_be_deleted(withings: Any) -> None:
    """Older ones are listed as before."""
    databases.once(whole)
    since = (NOW - timedelta(days=4)).timestamp()
    for group in withings.groups():
        if group["date"] >= since:
            withings.delete(group["grpid"])
    record = good(days=4)
    assert 0 < record.total("deleted") <= 10
    assert_equals_upstream(withings)

"""Items that could not be understood, and records that are missing: listed, put aside, accepted."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lifetracker.models import PendingDeletion, RejectedItem
from lifetracker.web.connections.rejected import MOST_MISSING, MOST_SHOWN, times_words
from tests.browser.scenes import NOW

pytestmark = pytest.mark.django_db

PAGE, LIST = "/connections/", "/connections/rejected"


def reject(key: str = "a-workout", payload: str = '{"id": 1, "end": null}', **values: Any) -> int:
    source = values.get("source", "Whoop")
    reason = values.get("reason", "It ends before it begins.")
    RejectedItem.objects.record(source, "workout", key, payload=payload, reason=reason)
    return RejectedItem.objects.get(source=source, item_key=key).pk


def test_nothing_is_said_where_nothing_was_rejected(visitor: Client) -> None:
    assert "Could not be understood" not in visitor.get(PAGE).text
    assert "No items are waiting." in visitor.get(LIST).text
    assert "No items fit these choices." in visitor.get(LIST, {"source": "Whoop"}).text


def test_an_item_has_its_reason_and_what_was_sent(visitor: Client) -> None:
    reject(payload='{"name": "<script>alert(1)</script>"}')
    for page in (PAGE, LIST):
        html = visitor.get(page).text
        assert "WHOOP workout a-workout" in html
        assert "It ends before it begins." in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "<script>alert" not in html
        assert '{\n  "name":' in unescape(html)


def test_no_more_of_a_payload_than_is_shown_leaves_the_database(visitor: Client) -> None:
    reject(payload="x" * 3 * MOST_SHOWN)
    html = visitor.get(LIST).text
    assert "x" * MOST_SHOWN in html
    assert "x" * (MOST_SHOWN + 1) not in html
    assert "This is only the beginning." in html
    RejectedItem.objects.all().delete()
    reject(payload="not json")
    assert "not json</pre>" in visitor.get(LIST).text


def test_the_newest_stand_on_connections_and_all_on_their_page(visitor: Client) -> None:
    for number in range(45):
        reject(f"item-{number:02}")
    found = [item.title for item in visitor.get(PAGE).context["rejected"]]
    assert found == [f"WHOOP workout item-{number}" for number in (44, 43, 42, 41, 40)]
    assert "All 45 items" in visitor.get(PAGE).text
    first = visitor.get(LIST)
    assert len(first.context["items"]) == 20
    second = visitor.get(LIST, {"before": first.context["older"]})
    third = visitor.get(LIST, {"before": second.context["older"]})
    assert (len(third.context["items"]), third.context["older"]) == (5, None)
    titles = [i.title for page in (first, second, third) for i in page.context["items"]]
    assert len(set(titles)) == 45


def test_an_item_is_dismissed_and_taken_back(visitor: Client) -> None:
    pk = reject()
    answer = visitor.post(f"{LIST}/{pk}/dismiss", {"reason": " "}, follow=True)
    assert "Nothing was dismissed. Enter a reason." in answer.text
    answer = visitor.post(f"{LIST}/{pk}/dismiss", {"reason": "a bug of the strap"}, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}#rejected", 302)]
    item = RejectedItem.objects.get()
    assert (item.dismissed_by, item.dismissal_reason) == ("robin", "a bug of the strap")
    again = visitor.post(f"{LIST}/{pk}/dismiss", {"reason": "x"}, follow=True)
    assert "The item was dismissed already." in again.text
    assert "a-workout" not in visitor.get(PAGE).text
    assert not visitor.get(LIST).context["items"]
    shown = visitor.get(LIST, {"state": "dismissed"}).text
    assert "Dismissed by robin: a bug of the strap" in shown
    values = {"list": "yes", "state": "dismissed", "source": "", "before": ""}
    answer = visitor.post(f"{LIST}/{pk}/take-back", values, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?state=dismissed", 302)]
    assert "The item is pending again." in answer.text
    assert RejectedItem.objects.pending().count() == 1


def test_filters(visitor: Client) -> None:
    reject("a")
    RejectedItem.objects.filter(pk=reject("b")).dismiss("robin", "x")
    reject("c", source="Zero")

    def titles(**query: str) -> list[str]:
        return [item.title[-1] for item in visitor.get(LIST, query).context["items"]]

    assert titles() == ["c", "a"]
    assert titles(state="all") == ["c", "b", "a"]
    assert titles(state="dismissed") == ["b"]
    assert titles(source="Zero") == ["c"]
    wrong = visitor.get(LIST, {"state": "x", "before": "y"})
    assert "All items that are not dismissed are shown." in wrong.text


def missing(count: int, stream: str = "workout", **values: Any) -> None:
    for number in range(count):
        given = {"source": "Whoop", "stream": stream, "held_on": date(2026, 9, 15)} | values
        PendingDeletion.objects.create(source_id=f"{stream}{number}{values}"[:64], **given)


def test_missing_records_are_accepted_by_kind_and_day(visitor: Client) -> None:
    missing(3)
    missing(1, "sleep")
    html = visitor.get(PAGE).text
    assert "3 records, missing since 15 Sep 2026." in html
    assert "1 record, missing since 15 Sep 2026." in html
    values = {"source": "Whoop", "stream": "workout", "held_on": "2026-09-15"}
    answer = visitor.post("/connections/accept-deletions", values, follow=True)
    assert "Deletions accepted: 3." in answer.text
    assert "Accepted: the next sync marks them as deleted." in answer.text
    accepted = PendingDeletion.objects.filter(accepted=True).values_list("stream", flat=True)
    assert set(accepted) == {"workout"}
    answer = visitor.post("/connections/accept-deletions", {"held_on": "x"}, follow=True)
    assert "Nothing was accepted." in answer.text


def test_many_groups_of_missing_records_do_not_fill_the_page(visitor: Client) -> None:
    for at in range(MOST_MISSING):
        missing(1, held_on=date(2026, 7, 1) + timedelta(days=at))
    assert "groups are shown" not in visitor.get(PAGE).text
    missing(2, held_on=date(2026, 6, 30))
    missing(1, "sleep", held_on=date(2026, 9, 1), accepted=True)
    html = visitor.get(PAGE).text
    assert f"{MOST_MISSING} of {MOST_MISSING + 2} groups are shown." in html
    assert html.count("record, missing since") == MOST_MISSING
    assert "2 records, missing since" not in html
    # What is accepted needs nobody any more.
    assert "missing since 1 Sep 2026" not in html


def test_only_staff_decides(visitor: Client) -> None:
    pk = reject()
    missing(1)
    guest = Client()
    guest.force_login(User.objects.create_user("guest"))
    addresses = (f"{LIST}/{pk}/dismiss", f"{LIST}/{pk}/take-back", "/connections/accept-deletions")
    for address in addresses:
        assert guest.post(address, {"reason": "x"}).status_code == 403
        assert visitor.get(address).status_code == 405
    assert "/dismiss" not in guest.get(LIST).text
    assert "/accept-deletions" not in guest.get(PAGE).text
    assert "a-workout" in guest.get(LIST).text
    assert visitor.post(f"{LIST}/999/dismiss", {"reason": "x"}).status_code == 404
    assert not RejectedItem.objects.exclude(dismissed_at=None).exists()


def test_it_takes_as_many_statements_however_many_there_are(visitor: Client) -> None:
    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert visitor.get(address).status_code == 200
        return len(asked)

    reject()
    missing(1)
    before = statements(PAGE), statements(LIST)
    for number in range(60):
        reject(str(number))
    missing(60, "sleep")
    assert (statements(PAGE), statements(LIST)) == before
    assert before[0] <= 15
    assert before[1] <= 4


def test_when_it_was_seen() -> None:
    today = NOW.date()
    assert times_words(NOW, NOW, today).startswith("Since ")
    words = times_words(NOW - timedelta(days=2), NOW - timedelta(days=1), today)
    assert words == "Since Monday, last seen Tuesday."

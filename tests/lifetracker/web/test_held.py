"""The section of Connections on what is held by week: the chosen week, and reading it again."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.models import BEGINNING, SyncRun, SyncState
from tests import makers
from tests.browser.scenes import NOW

pytestmark = pytest.mark.django_db

PAGE = "/connections/"
TODAY = NOW.date()
MONDAY = TODAY - timedelta(days=TODAY.weekday())
LAST_WEEK = MONDAY - timedelta(days=7)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WITHINGS_CLIENT_ID = settings.GITHUB_ACCESS_TOKEN = ""
    settings.TOGGL_API_TOKEN = "x" * 20


def verified(start: Any = BEGINNING, end: Any = NOW) -> None:
    values = {"verified_from": start, "verified_to": end}
    SyncState.objects.update_or_create(source="Toggl", stream="entry", defaults=values)


def old_file() -> None:
    """Store the import of a file of Zero that ends before the weeks that are shown."""
    SyncRun.objects.create(
        source="Zero",
        kind="import",
        status="success",
        window_start=NOW - timedelta(days=800),
        window_end=NOW - timedelta(days=500),
    )


def entry_on(day: date) -> None:
    start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    makers.entry(source="Toggl", start=start, end=start + timedelta(hours=1))


def failed(error: str) -> None:
    SyncRun.objects.create(
        source="Toggl",
        kind="incremental",
        status="partial",
        counts={"entry": {"seen": 1, "error": error}},
        started_at=NOW - timedelta(hours=2),
        finished_at=NOW,
    )


def words(html: str, tag: str = 'section class="card" id="held"') -> str:
    """Return the words of the section."""
    found = re.search(rf"<{tag}.*?</{tag.split(maxsplit=1)[0]}>", html, re.DOTALL)
    assert found
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def chosen(client: Client, **query: object) -> str:
    """Return what is said of a chosen week of Toggl's entries."""
    given = {"week": LAST_WEEK, "stream": "Toggl.entry"} | query
    answer = client.get(PAGE, given)
    assert answer.status_code == 200
    section = answer.context["held"]
    assert section.chosen
    return " ".join([section.chosen.title, *section.chosen.sentences])


def test_each_week_is_a_link_and_a_row_of_the_table(visitor: Client) -> None:
    verified()
    old_file()
    html = visitor.get(PAGE).text
    rows = re.findall(r'<svg class="hits" height="16".*?</svg>', html, re.DOTALL)
    assert [row.count("<a ") for row in rows] == [52, 52]
    assert f"?week={LAST_WEEK}&amp;stream=Toggl.entry#held" in rows[0]
    assert f'<a href="?week={LAST_WEEK}#held">' in html
    sentence = "Toggl time entries: verified to 16:40. 52 weeks verified."
    assert f'aria-label="{sentence}"' in html
    assert "52 weeks never asked." in html


def test_a_verified_week_says_what_is_stored(visitor: Client) -> None:
    verified()
    assert chosen(visitor).endswith(
        ": verified Toggl was read completely. No time entries of this week are stored."
    )
    entry_on(LAST_WEEK)
    assert "1 time entry of this week is stored." in chosen(visitor)
    entry_on(LAST_WEEK + timedelta(days=6))
    assert "2 time entries of this week are stored." in chosen(visitor)


def test_a_week_that_is_not_read_may_have_more(visitor: Client) -> None:
    verified(end=NOW - timedelta(days=10))
    text = chosen(visitor)
    assert ": pending Toggl was not read completely yet." in text
    assert text.endswith("There may be more.")
    failed("Toggl answered 500 on page 2.")
    text = chosen(visitor)
    assert "The sync of 14:40 failed: Toggl answered 500 on page 2." in text
    assert text.endswith("There may be more.")
    verified(start=NOW)
    assert "never asked Toggl was not asked for all of it." in chosen(visitor)


def test_a_week_without_a_stream_is_that_which_needs_a_look(visitor: Client) -> None:
    verified()
    old_file()
    assert "Zero fasts" in chosen(visitor, stream="")
    assert "No file holds all of it." in chosen(visitor, stream="")
    html = visitor.get(PAGE, {"week": LAST_WEEK}).text
    assert "A newer file brings what is missing." in html
    assert "Read this week again" not in html


def test_while_nothing_was_read_that_is_said(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = ""
    html = visitor.get(PAGE, {"week": LAST_WEEK}).text
    assert words(html).endswith(
        "Nothing is held yet. Connect a source or import a file: its weeks appear here."
    )


def test_the_only_stream_leads_to_no_other(visitor: Client) -> None:
    verified()
    assert "The same week:" not in visitor.get(PAGE, {"week": LAST_WEEK}).text
    old_file()
    assert "The same week:" in visitor.get(PAGE, {"week": LAST_WEEK}).text


def test_years(visitor: Client) -> None:
    verified()
    entry_on(TODAY - timedelta(days=400))
    section = visitor.get(PAGE, {"year": TODAY.year - 1}).context["held"]
    assert [chip.title for chip in section.chips] == [str(TODAY.year - 1), "Last 52 weeks"]
    assert [chip.is_current for chip in section.chips] == [True, False]
    assert f"?year={TODAY.year - 1}&amp;week=" in section.rows[0].drawing


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ({"year": "1999"}, "Nothing is held of such a year."),
        ({"year": "x"}, "Nothing is held of such a year."),
        ({"year": "9" * 5000}, "Nothing is held of such a year."),
        ({"week": "soon"}, "Choose a week by its first day"),
        ({"week": "2199-01-01"}, "This week has not come yet"),
        ({"week": "0001-01-01"}, "This week has not come yet"),
        ({"week": "2026-09-07", "stream": "x"}, "There is no such kind of records."),
    ],
)
def test_what_is_no_week_is_said(visitor: Client, query: dict[str, str], refused: str) -> None:
    answer = visitor.get(PAGE, query)
    assert answer.status_code == 200
    assert refused in words(answer.text)
    assert answer.context["held"].chosen is None


# --- Reading again --------------------------------------------------------------------------------


def ask(client: Client, **values: object) -> Any:
    given = {"source": "toggl", "first": LAST_WEEK, "last": LAST_WEEK + timedelta(days=6)}
    return client.post("/connections/read-again", given | values, follow=True)


def test_a_week_is_read_again(visitor: Client) -> None:
    verified()
    html = visitor.get(PAGE, {"week": LAST_WEEK, "stream": "Toggl.entry"}).text
    assert "Read this week again" in html
    answer = ask(visitor, week=LAST_WEEK, stream="Toggl.entry")
    assert "queued to be read again." in answer.text
    assert answer.redirect_chain[0][0] == (
        f"{PAGE}?week={LAST_WEEK}&stream=Toggl.entry&source=toggl&first={LAST_WEEK}"
        f"&last={LAST_WEEK + timedelta(days=6)}#held"
    )
    run = SyncRun.objects.get()
    assert (run.kind, run.status, run.in_queue) == ("backfill", "queued", True)
    assert (run.asked_from.date(), run.asked_to.date()) == (LAST_WEEK, MONDAY)
    assert "It is queued to be read again." in chosen(visitor)
    assert "already queued to be read again." in ask(visitor).text
    assert SyncRun.objects.count() == 1
    SyncRun.objects.update(status="running", started_at=NOW)
    assert "It is being read again now." in chosen(visitor)
    SyncRun.objects.update(status="success", counts={"entry": {"created": 2, "updated": 1}})
    assert chosen(visitor).endswith("Read again (16:40): 2 new, 1 changed, 0 deleted.")
    SyncRun.objects.update(status="failed", error="Toggl is away.")
    assert chosen(visitor).endswith("Reading it again failed (16:40): Toggl is away.")
    assert "again" not in chosen(visitor, week=LAST_WEEK - timedelta(days=7))


def test_a_stretch_ends_today(visitor: Client) -> None:
    ask(visitor, first=date(2026, 1, 5), last=date(2199, 1, 1))
    run = SyncRun.objects.get()
    assert (run.asked_from.date(), run.asked_to.date()) == (
        date(2026, 1, 5),
        TODAY + timedelta(days=1),
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"first": "", "last": ""}, "This field is required."),
        ({"first": "soon"}, "Choose a first day, such as 2026-09-14."),
        ({"last": "later"}, "Choose a last day, such as 2026-09-20."),
        ({"first": "2026-09-02", "last": "2026-09-01"}, "must not be after the last one."),
        ({"first": "2198-09-02", "last": "2199-09-01"}, "The first day has not come yet"),
        ({"first": "0001-01-01"}, "The first day has not come yet, or lies too far back."),
    ],
)
def test_what_is_no_stretch_is_refused_and_kept(
    visitor: Client, values: dict[str, str], said: str
) -> None:
    verified()
    answer = ask(visitor, **values)
    assert said in unescape(answer.text)
    assert not SyncRun.objects.exists()
    if values.get("first", "").startswith("2"):
        assert f'value="{values["first"]}"' in answer.text


def test_who_may_read_again(visitor: Client, client: Client, settings: Any) -> None:
    assert ask(visitor, source="nobody").status_code == 404
    assert ask(visitor, source="github").status_code == 404, "it is always read whole"
    settings.TOGGL_API_TOKEN = ""
    assert "is not set up" in ask(visitor).text
    assert client.get("/connections/read-again").status_code == 405
    other = Client()
    other.force_login(User.objects.create_user("guest"))
    assert ask(other).status_code == 403
    assert "again" not in words(other.get(PAGE, {"week": LAST_WEEK}).text)
    assert not SyncRun.objects.exists()


def test_it_takes_as_many_statements_however_many_runs_there_are(visitor: Client) -> None:
    def statements(**query: object) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert visitor.get(PAGE, query).status_code == 200
        return len(asked)

    verified()
    visitor.get(PAGE)
    before = statements(), statements(week=LAST_WEEK, stream="Toggl.entry")
    SyncRun.objects.bulk_create(
        SyncRun(
            source="Toggl", kind="incremental", status="success",
            started_at=NOW - timedelta(hours=at), finished_at=NOW - timedelta(hours=at),
        )
        for at in range(1, 500)
    )  # fmt: skip
    assert (statements(), statements(week=LAST_WEEK, stream="Toggl.entry")) == before
    assert before[0] <= 15
    assert before[1] == before[0] + 2

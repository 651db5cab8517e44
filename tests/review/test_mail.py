"""The review as a mail, as JSON and for AI clients."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from lifetracker import urls  # noqa: F401 - with which the sections are found
from lifetracker.tools.caller import Caller
from review import mail
from review.models import Intention
from review.periods import Period
from review.sections import Content, Row, Section, sections
from tests import makers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.PUBLIC_URL = "https://life.example.org"
    settings.EMAIL_HOST, settings.OWNER_EMAIL = "localhost", "robin@example.org"
    settings.DEFAULT_FROM_EMAIL = "life@example.org"


@pytest.fixture
def intended() -> None:
    makers.intention(1, "In <b>bed</b> by 23:00", kept="partly")


def sent() -> Any:
    (one,) = outbox.outbox
    return one


def test_the_last_whole_week_is_sent(intended: None) -> None:
    out = StringIO()
    call_command("send_review", stdout=out)
    assert out.getvalue() == "The review of 7 to 13 September 2026 was sent.\n"
    one = sent()
    assert one.subject == "Your week: 7 to 13 September 2026"
    assert one.to == ["robin@example.org"]
    assert "* 7 to 13 September 2026: partly kept, “In <b>bed</b> by 23:00”" in one.body
    assert one.body.endswith("\nhttps://life.example.org/review/2026-W37\n")
    html, kind = one.alternatives[0]
    assert kind == "text/html"
    assert "“In &lt;b&gt;bed&lt;/b&gt; by 23:00”" in html
    assert 'href="https://life.example.org/review/2026-W37"' in html
    assert "<img" not in html
    assert "http://" not in html


def test_the_same_period_has_the_same_id(intended: None) -> None:
    for _ in range(2):
        call_command("send_review", "2026-W37", stdout=StringIO())
    call_command("send_review", "2026-08", stdout=StringIO())
    first, again, other = (one.message()["Message-ID"] for one in outbox.outbox)
    assert first == again != other


def test_a_review_that_was_corrected_has_another_id(intended: None) -> None:
    call_command("send_review", "2026-W37", stdout=StringIO())
    Intention.objects.update(text="In bed by 22:00")
    call_command("send_review", "2026-W37", stdout=StringIO())
    first, corrected = (one.message()["Message-ID"] for one in outbox.outbox)
    assert first != corrected


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_week_begins_with_its_intention_and_asks_for_the_next_one(settings: Any) -> None:
    settings.PUBLIC_URL = ""
    makers.intention(1, "Read more")
    made = mail.mail_of(Period.named("2026-W37"), NOW.date())
    asked = "For 14 to 20 September 2026 none is chosen yet. Choose one thing to do."
    for said in (one_line(made.text), one_line(made.html)):
        assert said.index("One intention a week") < said.index("Read more") < said.index(asked)
        assert "Was it kept? Say so on the page of the review." in said
    makers.intention(0, "Walk more")
    said = one_line(mail.mail_of(Period.named("2026-W37"), NOW.date()).text)
    assert "* 14 to 20 September 2026: not over yet, “Walk more”" in said
    assert "Choose one thing" not in said


def test_an_older_week_asks_for_nothing() -> None:
    made = mail.mail_of(Period.named("2026-W30"), NOW.date())
    assert "intention" not in made.text


def test_suggestions_are_in_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    content = Content(lead="Two goals.", suggestions=["Walk <b>", "Read"])
    monkeypatch.setitem(sections, "one", Section("one", "One", 10, lambda _: content))
    made = mail.mail_of(Period.named("2026-W37"), NOW.date())
    assert "* From your data: Walk <b>; Read." in made.text
    assert "From your data: Walk &lt;b&gt;; Read." in made.html
    assert one_line(made.text).count("Two goals.") == 1


def test_a_year_has_its_newest_intentions() -> None:
    for week in range(1, 27):
        makers.intention(week, f"Intention {week}")
    said = one_line(mail.mail_of(Period.named("2026"), NOW.date()).text)
    assert "Of 26 intentions: 26 without an answer." in said
    assert "“Intention 6”" in said
    assert "“Intention 7”" not in said
    assert "20 more on the page of the review." in said


def test_what_is_as_usual_is_one_line_of_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row(f"Number {at}", f"{at} h", "about the usual 3 h", is_usual=True) for at in range(4)]
    content = Content(rows=[Row("Sleep", "9 h", "far above the usual 7 h"), *rows])
    monkeypatch.setitem(sections, "one", Section("one", "One", 10, lambda _: content))
    made = mail.mail_of(Period.named("2026-W37"), NOW.date())
    words = "4 numbers about as usual: Number 0 0 h, Number 1 1 h, Number 2 2 h, Number 3 3 h."
    assert words in one_line(made.text)
    assert words in made.html
    assert "Number 0: 0 h" not in made.text


def test_without_an_address_of_the_pages_there_are_no_links(settings: Any, intended: None) -> None:
    settings.PUBLIC_URL = ""
    made = mail.mail_of(Period.named("2026-W37"), NOW.date())
    assert "href" not in made.html
    assert "/review/" not in made.text


def test_it_is_printed_without_mail(settings: Any, intended: None) -> None:
    settings.EMAIL_HOST = settings.OWNER_EMAIL = ""
    out = StringIO()
    call_command("send_review", "2026", "--print", stdout=out)
    assert "This year is not over." in out.getvalue().replace("\n", " ")
    assert "Of 1 intention: 1 partly." in out.getvalue()
    assert max(map(len, out.getvalue().splitlines())) <= mail.WIDTH
    with pytest.raises(CommandError, match="Mail is not set up"):
        call_command("send_review")
    assert outbox.outbox == []


@pytest.mark.parametrize(
    ("name", "words"), [("2026-W60", "There is no 2026-W60"), ("2027", "has not come yet")]
)
def test_what_is_no_period_is_refused(name: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("send_review", name)


# --- For programs ---------------------------------------------------------------------------------


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def test_the_api_says_the_same_as_the_page(person: Client, intended: None) -> None:
    told = person.get("/api/review/2026-W37").json()
    assert (told["first_day"], told["last_day"], told["is_over"]) == (
        "2026-09-07",
        "2026-09-13",
        True,
    )
    (section,) = (one for one in told["sections"] if one["name"] == "intentions")
    assert section["rows"][0] == {
        "name": "7 to 13 September 2026",
        "value": "partly kept",
        "words": "“In <b>bed</b> by 23:00”",
        "known": "",
        "values": [],
        "page": "/review/2026-W37",
    }


@pytest.mark.parametrize(("name", "status"), [("2026-48", 400), ("1", 400), ("2026-W39", 404)])
def test_the_api_refuses_what_is_no_period(person: Client, name: str, status: int) -> None:
    answer = person.get(f"/api/review/{name}")
    assert answer.status_code == status


def test_a_limited_token_reads_no_review(client: Client) -> None:
    limited = makers.api_token(domains=["review"])
    headers = {"authorization": f"Bearer {limited.secret}"}
    assert client.get("/api/intentions", headers=headers).status_code == 200
    answer = client.get("/api/review/2026-W37", headers=headers)
    assert answer.status_code == 403
    said = answer.json()["detail"]
    assert "tells of all domains, and this API token is limited to Review. Ask for /api/int" in said


def test_the_tool_marks_what_somebody_wrote(intended: None) -> None:
    from rest_framework.exceptions import ValidationError  # noqa: PLC0415 - beside what uses it

    from review.tools import ReviewAsked, review  # noqa: PLC0415

    caller = Caller("script", User(), may_write=False)
    told = review(caller, ReviewAsked()).answer
    (section,) = (one for one in told["sections"] if one["name"] == "intentions")
    assert section["rows"][0]["untrusted_text"]["words"] == "“In <b>bed</b> by 23:00”"
    with pytest.raises(ValidationError, match="only Weight"):
        review(
            Caller("script", User(), may_write=False, domains=frozenset({"weight"})), ReviewAsked()
        )
    with pytest.raises(ValidationError, match="Write a week as"):
        review(caller, ReviewAsked(period="yesterday"))

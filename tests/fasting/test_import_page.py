"""The page that imports an export of Zero: a preview first, and then exactly what was previewed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fasting import import_views
from fasting.housekeeping import delete_pending_imports
from fasting.importers import ZERO_EXPORTS
from fasting.models import ZERO, FastingPeriod, PendingImport
from fasting.zero import CSV, JSON, Export, Fast
from fasting.zero.export import (
    Running,
)
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync.file_imports import Preview
from lifetracker.sync.files import Refusal
from tests.fasting.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SAMPLES = Path(__file__).parents[1] / "payloads" / "zero"
HEADER = "Date,Start,End,Hours,Night Eating\r\n"
PAGE = "/fasting/import"
ROWS = ("9/14/26,20:00,12:00,16,0", "9/13/26,20:00,12:00,16,0", "9/2/26,20:00,12:00,16,0")


@pytest.fixture(autouse=True)
def chicago(settings: Any) -> None:
    settings.TIME_ZONE = "America/Chicago"


def table(*rows: str, name: str = "zero.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (HEADER + "\r\n".join(rows)).encode())


def send(client: Client, file: Any, **values: object) -> Any:
    return client.post(PAGE, {"file": file, "date_order": "mdy"} | values, follow=True)


def confirm(client: Client, **values: str) -> Any:
    return client.post(f"{PAGE}/confirm", values, follow=True)


def said(answer: Any) -> str:
    """The text of a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def counts() -> dict[str, int]:
    """The counts of the preview that are not 0."""
    found = Preview.from_json(PendingImport.objects.get().preview).counts
    return {name: count for name, count in found.items() if count}


def stored() -> int:
    return FastingPeriod.objects.live().filter(source=ZERO).count()


# --- Preview and import ---------------------------------------------------------------------------


def test_a_file_is_previewed_before_anything_is_stored(person: Client) -> None:
    assert "Choose the file that Zero exported" in person.get(PAGE).text
    answer = send(person, table(*ROWS, "9/1/26,20:00,12:00,7,0"))
    assert answer.redirect_chain == [(PAGE, 302)]
    assert counts() == {"new": 3, "rejected": 1}
    text = said(answer)
    assert "3 new fasts. Nothing is stored yet." in text
    assert "2026-09-14 20:00 to 2026-09-15 12:00 (line 2)" in text
    assert re.search(r"Rejected: 1 line 5: .*7", text)
    assert (stored(), SyncRun.objects.count(), RejectedItem.objects.count()) == (0, 0, 0)


def test_exactly_what_was_previewed_is_imported(person: Client) -> None:
    send(person, table(*ROWS, "9/1/26,20:00,12:00,7,0"))
    answer = confirm(person)
    assert answer.redirect_chain == [("/fasting/", 302)]
    assert "zero.csv: 3 new, 0 changed, 0 unchanged, 1 rejected." in said(answer)
    run = SyncRun.objects.get()
    assert (run.source, run.kind, run.status, run.begun_by) == (ZERO, "import", "success", "person")
    assert run.counts["csv"]["created"] == 3
    assert (stored(), RejectedItem.objects.count()) == (3, 1)
    assert not PendingImport.objects.exists()


def test_the_same_file_again_changes_nothing(person: Client) -> None:
    for _ in range(2):
        send(person, table(*ROWS))
        confirm(person)
    assert "Everything in this file is stored already." in said(send(person, table(*ROWS)))
    assert counts() == {"unchanged": 3}


def test_the_sentence_names_only_what_there_is(person: Client) -> None:
    send(person, table(*ROWS))
    confirm(person)
    answer = send(
        person, table(ROWS[0].replace("12:00,16", "13:00,17"), *ROWS[2:], "9/8/26,20:00,12:00,16,0")
    )
    assert counts() == {"new": 1, "changed": 1, "unchanged": 1, "removed": 1}
    assert "1 new fast, 1 changed, 1 removed. Nothing is stored yet." in said(answer)


def test_a_confirmation_that_comes_twice_imports_once(person: Client) -> None:
    send(person, table(*ROWS))
    confirm(person)
    assert "There is no preview to import." in said(confirm(person))
    assert (stored(), SyncRun.objects.count()) == (3, 1)


def test_an_import_that_is_interrupted_can_be_repeated(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(person, table(*ROWS))

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("fasting.importers.fingerprint", interrupted)
        with pytest.raises(KeyboardInterrupt):
            confirm(person)
    assert (stored(), SyncRun.objects.count()) == (0, 0)
    confirm(person)
    assert stored() == 3


def test_what_has_changed_meanwhile_is_shown_again(person: Client) -> None:
    send(person, table(*ROWS))
    kept = PendingImport.objects.get()
    send(person, table(*ROWS[:2]))
    confirm(person)
    kept.pk = None
    kept.save()
    answer = confirm(person)
    assert "what is stored has changed since the preview" in said(answer)
    assert counts() == {"new": 1, "unchanged": 2}
    assert stored() == 2
    confirm(person)
    assert stored() == 3


def test_overlaps_and_a_running_fast_are_named(person: Client) -> None:
    answer = send(person, table("9/15/26,20:00,,,", *ROWS, "9/2/26,23:00,11:00,12,0"))
    assert counts() == {"new": 4, "overlapping": 1}
    assert "Running, not imported: 1 since 2026-09-15 20:00 (line 2)" in said(answer)
    assert "Overlap: 1" in said(answer)


def test_a_file_that_knows_too_little_asks_first(person: Client) -> None:
    rows = [f"9/{day}/26,20:00,12:00,16,0" for day in range(14, 2, -1)]
    send(person, table(*rows))
    confirm(person)
    answer = send(person, table(rows[0], "9/5/26,09:00,12:00,3,0", rows[-1]))
    text = said(answer)
    assert "Check this file first: it has little of what is stored." in text
    assert "If it is, tick the box below." in text
    assert "--" not in text
    assert counts()["removed"] == 10
    assert "Nothing was imported. Tick the box" in said(confirm(person))
    assert stored() == 12
    assert "10 removed" in said(confirm(person, replace="yes"))
    assert stored() == 3


def test_a_preview_can_be_thrown_away(person: Client) -> None:
    send(person, table(*ROWS))
    answer = person.post(f"{PAGE}/discard", follow=True)
    assert "The preview was deleted. Nothing was imported." in said(answer)
    assert not PendingImport.objects.exists()


def test_the_package_with_its_notes(person: Client) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("biodata.json", "firestore.json"):
            archive.write(SAMPLES / name, f"zero/{name}")
        archive.writestr("zero/profile.json", '{"address": "a secret street"}')
    send(person, SimpleUploadedFile("package.zip", file.getvalue()), notes="on", date_order="")
    kept = PendingImport.objects.get()
    assert "secret street" not in kept.export
    assert kept.options["notes"] is True
    new = counts()["new"]
    confirm(person)
    assert stored() == new > 0


def test_a_csv_is_read_in_the_zone_that_is_named(person: Client) -> None:
    send(person, table(*ROWS[:1]), zone="Europe/Berlin")
    confirm(person)
    assert FastingPeriod.objects.get().start == datetime(2026, 9, 14, 18, tzinfo=UTC)


# --- What cannot be imported ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "values", "why"),
    [
        ("", {}, "Choose the file that Zero exported."),
        (SimpleUploadedFile("a.csv", b""), {}, "This file is empty."),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7 abc"), {}, "a.pdf is a PDF and not an export from Zero. Give Zero's CSV, or the zip or"),
        (SimpleUploadedFile("a.csv", b"a,b\n1,2"), {}, "is not an export from Zero"),
        (SimpleUploadedFile("a.zip", b"PK\x03\x04 broken"), {}, "is damaged or was cut off"),
        (SimpleUploadedFile("a.json", b'{"x": 1}'), {}, "not one of the two files that hold fasts"),
        (table("4/3/22,20:00,12:00,16,0", "3/2/22,20:00,12:00,16,0"), {"date_order": ""}, "\u201cMonth first\u201d"),
        (table(*ROWS), {"date_order": "dmy"}, "Leave the order of dates to the file."),
        (table(*ROWS), {"zone": "Mars/Base"}, "There is no time zone Mars/Base."),
        (table(*ROWS), {"date_order": "x"}, "Select a valid choice."),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_says_why(
    person: Client, file: Any, values: dict[str, str], why: str
) -> None:
    if file:
        file.seek(0)
    text = said(send(person, file, **values))
    assert why in text
    assert "--" not in text
    assert "choose it again" in text
    assert not PendingImport.objects.exists()


def test_what_was_typed_in_stays(person: Client) -> None:
    html = send(person, "", zone="Europe/Berlin", date_order="dmy").text
    assert 'value="Europe/Berlin"' in html
    assert re.search(r'<option value="dmy" selected', html)


def test_what_is_too_large(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_views.ImportForm, "largest", 100)
    assert "larger than 0 MB" in said(send(person, table(*ROWS * 10)))
    assert not PendingImport.objects.exists()


def test_every_option_of_the_command_has_words_of_the_page() -> None:
    folder = Path(import_views.__file__).parent
    files = [*(folder / "zero").glob("*.py"), *(folder / "imports").glob("*.py")]
    lines = [line for path in files for line in path.read_text().splitlines()]
    named = [line for line in lines if re.search(r"--[a-z]", line)]
    assert len(named) > 6
    for line in named:
        text = line.replace("--date-order {order}", "--date-order mdy")
        assert not re.search(r"--[a-z]", import_views.ZeroImport().words(text)), line


# --- Who, and for how long ------------------------------------------------------------------------


def test_only_staff_imports_and_each_sees_their_own_preview(person: Client) -> None:
    send(person, table(*ROWS))
    other, guest = Client(), Client()
    other.force_login(User.objects.create_superuser("kim"))
    guest.force_login(User.objects.create_user("guest"))
    assert "zero.csv" not in other.get(PAGE).text
    assert "There is no preview to import." in said(confirm(other))
    assert guest.get(PAGE).status_code == 403
    assert confirm(guest).status_code == send(guest, table(*ROWS)).status_code == 403
    assert person.get(f"{PAGE}/confirm").status_code == 405
    assert person.get(f"{PAGE}/discard").status_code == 405
    assert stored() == 0


def test_a_preview_is_good_for_a_day(person: Client, now: Any) -> None:
    send(person, table(*ROWS))
    now(NOW + timedelta(hours=25))
    assert "zero.csv" not in person.get(PAGE).text
    assert "There is no preview to import." in said(confirm(person))
    assert delete_pending_imports(NOW + timedelta(hours=23)) == 0
    assert delete_pending_imports(NOW + timedelta(hours=25)) == 1


def test_an_export_is_kept_without_loss() -> None:
    export = Export(
        JSON,
        "both",
        [Fast("A", NOW, NOW + timedelta(hours=1), "1", {"b": 1.0, "a": [None]}, "UTC", "UTC", 16.5, "n")],
        [Running("2", "x", NOW, "B")],
        [Refusal("3", "why", {CSV: {}}), Refusal("4", "why", {}, "C", NOW)],
        2,
        ["remark"],
    )  # fmt: skip
    kept = json.dumps(ZERO_EXPORTS.to_json(export), default=str)
    assert ZERO_EXPORTS.from_json(json.loads(kept)) == export

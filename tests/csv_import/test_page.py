"""The pages on which any CSV is imported: a file, its columns, a preview, and then exactly what was previewed."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from csv_import.housekeeping import delete_pending_files
from csv_import.importers import CsvImporter
from csv_import.models import KeptMapping, PendingCsv
from journal.models import Answer
from lifetracker import tasks
from lifetracker.models import FileImport, SyncRun
from own_metrics.models import OwnMetric, OwnValue
from tests import makers
from weight.models import WeighIn

pytestmark = pytest.mark.django_db
PAGE, COLUMNS = "/csv/import", "/csv/import/columns"
TABLE = "Date,Mood,Steps\n2026-01-30,4,8000\n2026-01-31,5,9000\n"


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def send(client: Client, text: str | bytes, **values: Any) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("mine.csv", content)
    return client.post(PAGE, {"file": file} | values, follow=True)


def shown(page: Any) -> dict[str, str]:
    """Return what the form of the columns would send as it is."""
    form = page.context["form"]
    return {one.html_name: str(one.value() or "") for one in form}


def choose(client: Client, page: Any, **values: str) -> Any:
    return client.post(COLUMNS, shown(page) | values, follow=True)


def confirm(client: Client) -> Any:
    return client.post(f"{PAGE}/confirm", follow=True)


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_file_is_mapped_previewed_and_imported(person: Client) -> None:
    page = send(person, TABLE)
    assert page.redirect_chain == [(PAGE, 302), (COLUMNS, 302)]
    text = said(page)
    assert "mine.csv has 2 rows and 3 columns." in text
    # What is clear is proposed: the column of dates, their order, the point.
    found = shown(page)
    assert (found["date"], found["order"], found["decimal"]) == ("Date", "ymd", ".")
    answer = choose(person, page, to_1="behaviour:new:scale", to_2="metric:new")
    assert answer.redirect_chain == [(PAGE, 302)]
    text = said(answer)
    assert "4 new values. Nothing is stored yet." in text
    assert "2026-01-30 Mood 4 (line 2)" in text
    assert not OwnValue.objects.exists()
    assert not OwnMetric.objects.exists()
    answer = confirm(person)
    assert "mine.csv: 4 new values, 0 changed, 0 unchanged." in said(answer)
    assert OwnValue.objects.count() == Answer.objects.count() == 2
    assert not PendingCsv.objects.exists()
    assert SyncRun.objects.get().begun_by == SyncRun.BegunBy.PERSON


def test_the_mapping_is_offered_the_next_time_and_can_be_changed(person: Client) -> None:
    choose(person, send(person, TABLE), to_1="behaviour:new:scale", to_2="metric:new")
    confirm(person)
    assert "mine.csv 3 columns, last used" in said(person.get(PAGE))
    page = send(person, TABLE.replace("Mood", "MOOD") + "2026-02-01,3,1\n")
    assert "It is read as the last file with these columns was." in said(page)
    metric = OwnMetric.objects.get()
    assert shown(page)["to_2"] == f"metric:{metric.pk}"
    answer = choose(person, page, to_1="")
    assert "1 new value. Nothing is stored yet." in said(answer)
    confirm(person)
    assert KeptMapping.objects.get().choices["targets"] == {"Steps": f"metric:{metric.pk}"}


def test_a_target_that_was_deleted_since_is_named(person: Client) -> None:
    choose(person, send(person, TABLE), to_1="behaviour:new:scale", to_2="metric:new")
    confirm(person)
    OwnMetric.objects.update(deleted_at=timezone.now())
    page = send(person, TABLE)
    assert "Steps went to something that was deleted. Choose again what it is" in said(page)
    assert (shown(page)["to_1"][:9], shown(page)["to_2"]) == ("behaviour", "")


def test_a_wording_that_was_merged_since_is_still_chosen(person: Client) -> None:
    choose(person, send(person, TABLE), to_1="behaviour:new:scale")
    confirm(person)
    mood = Answer.objects.all()[0].behaviour
    mood.merged_into = makers.behaviour("Feeling", kind="scale")
    mood.save()
    page = send(person, TABLE)
    assert shown(page)["to_1"] == f"behaviour:{mood.pk}"
    assert "Mood (counts as Feeling)" in page.text
    assert "Everything in this file is stored already." in said(choose(person, page))


@pytest.mark.parametrize(
    ("targets", "page"),
    [
        ({"to_1": "behaviour:new:scale"}, "/journal/"),
        ({"to_2": "weight"}, "/weight/"),
        ({"to_1": "behaviour:new:scale", "to_2": "metric:new"}, "/own-metrics/"),
    ],
)
def test_what_was_imported_is_shown(person: Client, targets: dict[str, str], page: str) -> None:
    choose(person, send(person, TABLE.replace("000", "0")), **targets)
    assert confirm(person).redirect_chain == [(page, 302)]


def hidden(page: Any) -> dict[str, str]:
    """Return what a page says of the file that it shows."""
    return {"shown": re.findall(r'name="shown" value="([^"]+)"', page.text)[0]}


def test_columns_of_a_file_are_never_taken_for_another_one(person: Client) -> None:
    first = send(person, TABLE)
    send(person, "Date,Cups,Miles\n2026-01-30,4,8\n")
    answer = choose(person, first, to_1="metric:new", **hidden(first))
    assert "Another file was chosen meanwhile" in said(answer)
    assert "Cups" in said(answer)
    assert not PendingCsv.objects.get().preview


def test_a_preview_is_never_taken_for_that_of_another_file(person: Client) -> None:
    first = choose(person, send(person, TABLE), to_1="behaviour:new:scale")
    second = send(person, "Date,Cups\n2026-01-30,4\n")
    answer = person.post(f"{PAGE}/confirm", hidden(first), follow=True)
    assert "Another file was chosen meanwhile" in said(answer)
    second = choose(person, second, to_1="metric:new")
    answer = person.post(f"{PAGE}/confirm", hidden(first), follow=True)
    assert "Another file was chosen meanwhile" in said(answer)
    assert "2026-01-30 Cups 4" in said(answer)
    assert not OwnValue.objects.exists()
    person.post(f"{PAGE}/confirm", hidden(second), follow=True)
    assert (OwnValue.objects.count(), Answer.objects.count()) == (1, 0)


def test_a_mapping_is_forgotten_and_brought_back(person: Client) -> None:
    choose(person, send(person, TABLE), to_2="metric:new")
    confirm(person)
    pk = KeptMapping.objects.get().pk
    answer = person.post(f"/csv/mappings/{pk}/delete", follow=True)
    assert f"/csv/mappings/{pk}/restore" in answer.text
    assert "Files whose columns are known" not in answer.text
    assert "Say what each of them is." in said(send(person, TABLE))
    person.post(f"{PAGE}/discard")
    person.post(f"/csv/mappings/{pk}/restore")
    assert "Files whose columns are known" in person.get(PAGE).text
    person.post(f"/csv/mappings/{pk}/delete")
    choose(person, send(person, TABLE), to_2="metric:new")
    confirm(person)
    answer = person.post(f"/csv/mappings/{pk}/restore", follow=True)
    assert "There is a newer mapping" in said(answer)
    assert KeptMapping.objects.live().count() == 1


def test_what_is_not_clear_is_asked(person: Client) -> None:
    page = send(person, 'Date,Dose\n01/02/2026,"1,234"\n03/04/2026,"2,345"\n')
    found = shown(page)
    assert (found["date"], found["order"], found["decimal"]) == ("Date", "", "")
    text = said(choose(person, page, to_1="metric:new"))
    assert "Choose the order of day and month" in text
    assert "Choose the decimal sign" in text
    choose(person, page, to_1="metric:new", order="dmy", decimal=",")
    confirm(person)
    days = OwnValue.objects.order_by("date").values_list("date", "value")
    assert [(str(day), value) for day, value in days] == [
        ("2026-02-01", 1.234),
        ("2026-04-03", 2.345),
    ]


def test_dates_that_a_spreadsheet_made_numbers_of(person: Client) -> None:
    page = send(person, "Date,Dose\n45231,1\n45232,2\n")
    assert "a spreadsheet has saved this file again" in said(page)
    assert shown(page)["date"] == ""
    text = said(choose(person, page, date="Date", order="ymd", to_1="metric:new"))
    assert "a spreadsheet has made a number of the date" in text
    assert not PendingCsv.objects.get().preview


def test_letters_of_latin_1_are_told(person: Client) -> None:
    assert "read as Latin-1" in said(send(person, "Date,Größe\n2026-01-30,1\n".encode("latin-1")))


def test_several_rows_of_a_day_are_a_question(person: Client) -> None:
    page = send(person, "Date,Cups\n2026-01-30,1\n2026-01-30,2\n")
    answer = choose(person, page, to_1="behaviour:new:amount")
    assert "Cups has 2 rows on 2026-01-30 (line 2, line 3)" in said(answer)
    choose(person, page, to_1="behaviour:new:amount", several="sum")
    confirm(person)
    assert Answer.objects.get().value == 3


def test_a_long_table(person: Client) -> None:
    page = send(person, "Date,Test,Result,Unit\n2026-01-30,Ferritin,80,x\n2026-01-30,Zinc,12,x\n")
    found = shown(page)
    assert (found["name"], found["value"]) == ("Test", "Result")
    assert "What each name is" in said(page)
    choose(person, page, word_ferritin="metric:new")
    confirm(person)
    assert OwnMetric.objects.get().name == "Ferritin"
    assert OwnValue.objects.get().value == 80
    # And the names are chosen from what was kept.
    again = send(person, "Date,Test,Result,Unit\n2026-01-31,FERRITIN,81,x\n")
    assert shown(again)["word_ferritin"] == f"metric:{OwnMetric.objects.get().pk}"
    answer = choose(person, again, value="")
    assert "Say both" in said(answer)


def test_a_column_of_names_that_is_chosen_by_hand(person: Client) -> None:
    page = send(person, "Date,Thing,Level\n2026-01-30,Zinc,12\n")
    assert shown(page)["name"] == ""
    answer = choose(person, page, name="Thing", value="Level")
    assert "Say of at least one column what it is." in said(answer)
    choose(person, page, name="Thing", value="Level", word_zinc="metric:new")
    confirm(person)
    assert OwnMetric.objects.get().name == "Zinc"


def test_a_column_of_many_texts_is_cut_and_that_is_said(person: Client) -> None:
    rows = "".join(
        f"2026-01-{day:02},thing {day} {at},1\n" for day in range(1, 31) for at in (1, 2, 3)
    )
    page = send(person, f"Date,Thing,Level\n{rows}")
    answer = choose(person, page, name="Thing", value="Level")
    assert "and 30 more names, which are left out." in said(answer)


def test_a_weigh_in_says_where_it_is_changed(person: Client) -> None:
    choose(person, send(person, "Date,Weight\n2026-01-30,70\n"), mass="kg")
    confirm(person)
    page = person.get(f"/weight/{WeighIn.objects.get().pk}/")
    page = page if page.status_code == 200 else person.get(f"/weight/{WeighIn.objects.get().pk}")
    assert "Change it in the file, and import that again." in said(page)


def test_what_was_typed_in_is_named_in_the_preview(person: Client) -> None:
    own = makers.own_metric("Steps")
    makers.own_value(own, 1, date="2026-01-31")
    text = said(choose(person, send(person, TABLE), to_2=f"metric:{own.pk}"))
    assert "1 new value. Nothing is stored yet." in text
    assert "Typed in by hand, and not overwritten: 1" in text
    assert "2026-01-31 Steps 9000" in text


def test_what_has_changed_since_the_preview_is_previewed_again(person: Client) -> None:
    choose(person, send(person, TABLE), to_2="metric:new")
    own = makers.own_metric("Steps")
    makers.own_value(own, 1, date="2026-01-31")
    assert "This is the preview of now." in said(confirm(person))
    assert OwnValue.objects.count() == 1
    confirm(person)
    assert OwnValue.objects.count() == 2


def test_a_metric_that_was_deleted_since_the_preview(person: Client) -> None:
    own = makers.own_metric("Steps")
    choose(person, send(person, TABLE), to_2=f"metric:{own.pk}")
    own.mark_deleted()
    assert "goes to something that was deleted" in said(confirm(person))
    assert not OwnValue.objects.exists()


def test_one_goes_back_from_the_preview_to_the_columns(person: Client) -> None:
    choose(person, send(person, TABLE), to_2="metric:new")
    page = person.get(COLUMNS)
    assert shown(page)["to_2"] == "metric:new"
    choose(person, page, to_1="metric:new", to_2="")
    confirm(person)
    assert OwnMetric.objects.get().name == "Mood"


@pytest.mark.parametrize(
    ("content", "said_of_it"),
    [
        (b"%PDF-1.4", "is a PDF"),
        (b"Date\n2026-01-31\n", "one column only"),
        (b"Date,Mood\n", "no row below it"),
    ],
)
def test_a_file_that_cannot_be_read(person: Client, content: bytes, said_of_it: str) -> None:
    answer = send(person, content)
    assert said_of_it in said(answer)
    assert "Nothing was imported." in said(answer)
    assert not PendingCsv.objects.exists()


def test_a_large_file_is_read_by_a_worker_as_the_last_one_was(
    person: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.IMPORTS_DIR = tmp_path / "imports"
    monkeypatch.setattr(CsvImporter, "most_at_once", 2)
    large = TABLE + "2026-02-01,3,1\n"
    answer = send(person, large)
    assert "nobody has said yet what its columns are" in said(answer)
    choose(person, send(person, TABLE), to_2="metric:new")
    confirm(person)
    answer = send(person, large)
    assert "This file is large: a worker goes through it." in said(answer)
    job = FileImport.objects.get()
    tasks.execute_import(job.pk)
    assert "1 new value. Nothing is stored yet." in said(person.get(PAGE))
    assert OwnValue.objects.count() == 2
    confirm(person)
    tasks.execute_import(job.pk)
    assert OwnValue.objects.count() == 3
    assert "mine.csv: 1 new value, 0 changed, 2 unchanged." in said(person.get(PAGE))


@pytest.mark.parametrize(
    "values", [{"date": "Mood"}, {"date": "nothing"}, {"to_1": "metric:7"}, {"zone": "Mars"}]
)
def test_choices_that_cannot_be(person: Client, values: dict[str, str]) -> None:
    page = send(person, TABLE)
    answer = choose(person, page, to_2="metric:new", **values)
    assert answer.status_code == 200
    assert not answer.redirect_chain
    assert not PendingCsv.objects.get().preview


def test_a_file_is_discarded_and_kept_for_a_day(person: Client) -> None:
    assert person.get(COLUMNS, follow=True).redirect_chain == [(PAGE, 302)]
    send(person, TABLE)
    # It waits for its columns, and nothing can be confirmed.
    assert person.get(PAGE, follow=True).redirect_chain == [(COLUMNS, 302)]
    assert confirm(person).redirect_chain == [(COLUMNS, 302)]
    person.post(f"{PAGE}/discard")
    assert not PendingCsv.objects.exists()
    send(person, TABLE)
    assert delete_pending_files(timezone.now()) == 0
    assert delete_pending_files(timezone.now() + timedelta(days=2)) == 1

"""The page that imports Withings' weigh-ins: a preview first, and then exactly what was previewed."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lifetracker.models import SyncRun
from tests.weight.test_withings_export import AT, HEADER, VERBATIM, home, synced
from weight.housekeeping import delete_pending_exports
from weight.models import PendingWithingsExport, WeighIn

__all__ = ["home"]

pytestmark = pytest.mark.django_db

PAGE = "/weight/import"


def send(client: Client, text: str, **values: object) -> Any:
    file = SimpleUploadedFile("weight.csv", text.encode())
    return client.post(PAGE, {"file": file} | values, follow=True)


def confirm(client: Client, **values: str) -> Any:
    return client.post(f"{PAGE}/confirm", values, follow=True)


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_weigh_ins_are_previewed_and_then_imported(person: Client) -> None:
    assert "Download your data" in said(person.get(PAGE))
    bad = VERBATIM.replace("80.90", "much")
    text = said(send(person, HEADER + VERBATIM + bad))
    assert "1 new record. Nothing is stored yet." in text
    assert "line 3: weight (kg) is 'much', which is not a number" in text
    assert not WeighIn.objects.exists()
    answer = confirm(person)
    assert answer.redirect_chain == [("/weight/", 302)]
    assert "weight.csv: 1 new weigh-in, 0 changed, 0 unchanged, 1 rejected." in said(answer)
    last = SyncRun.objects.get()
    assert (last.source, last.begun_by) == ("WithingsExport", "person")
    assert "Everything in this file is stored already." in said(send(person, HEADER + VERBATIM))
    page = said(person.get(f"/weight/{WeighIn.objects.get().pk}"))
    assert "From the Withings export. Change it in the app of Withings" in page
    connections = person.get("/connections/")
    assert 'href="/weight/import"' in connections.text
    assert "by file" in said(connections)


def test_what_has_changed_meanwhile_is_shown_again(person: Client) -> None:
    send(person, HEADER + VERBATIM)
    synced(AT, "80.9")
    assert "what is stored has changed since the preview" in said(confirm(person))
    assert PendingWithingsExport.objects.get().preview["counts"]["as the API has them"] == 1


def test_the_zone_is_chosen_and_a_stranger_is_asked_about(person: Client) -> None:
    send(person, HEADER + VERBATIM, zone="UTC")
    confirm(person)
    assert WeighIn.objects.get().measured_at == AT + timedelta(hours=2)
    WeighIn.objects.all().delete()
    for day in range(5):
        synced(AT + timedelta(days=day, minutes=7), "62.3")
    text = said(send(person, HEADER + VERBATIM + VERBATIM.replace("04-25", "04-30")))
    assert "If it is yours, tick the box below." in text
    assert "These weigh-ins are mine" in text
    confirm(person, replace="yes")
    assert WeighIn.objects.filter(source="WithingsExport").count() == 2


def test_what_cannot_be_imported_is_said_beside_the_file(person: Client) -> None:
    text = said(send(person, 'Date,"Heart rate",Systolic,Diastolic,Comments\n'))
    assert "Blood pressure has no place here yet" in text
    assert "Choose the file that Withings sent you." in said(person.post(PAGE, {}))


def test_a_preview_is_discarded_or_forgotten(person: Client) -> None:
    send(person, HEADER + VERBATIM)
    person.post(f"{PAGE}/discard")
    assert not PendingWithingsExport.objects.exists()
    send(person, HEADER + VERBATIM)
    assert delete_pending_exports(timezone.now()) == 0
    assert delete_pending_exports(timezone.now() + timedelta(days=2)) == 1

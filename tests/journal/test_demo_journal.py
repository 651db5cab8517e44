"""The journal of the demo: stored once, gone on with, and what its reader changed stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from journal.examples import add_example_journal
from journal.models import Answer, Behaviour, Note
from lifetracker.sandbox.habits import ALCOHOL, COFFEE, OLD_ALCOHOL, journal
from lifetracker.sandbox.life import Life

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 13, 0, tzinfo=UTC)
LIFE, DAYS = Life(1), 900


def test_a_journal_of_years_with_a_merged_wording() -> None:
    added = add_example_journal(journal(LIFE, DAYS, NOW))
    assert added == Answer.objects.count() > 2_000
    assert Note.objects.exists()
    alcohol, old = (Behaviour.objects.get(name=name) for name in (ALCOHOL, OLD_ALCOHOL))
    assert old.merged_into == alcohol
    assert old.answers.exists()
    for one in Answer.objects.order_by("pk")[:50]:
        one.full_clean()
    for note in Note.objects.order_by("pk")[:20]:
        note.full_clean()


def test_it_goes_on_and_keeps_what_its_reader_did() -> None:
    add_example_journal(journal(LIFE, DAYS, NOW))
    number, notes = Answer.objects.count(), Note.objects.count()
    Behaviour.objects.get(name=COFFEE).mark_deleted()
    newest = Answer.objects.exclude(behaviour__name=COFFEE).order_by("-date", "-pk")[0]
    newest.mark_deleted()
    assert add_example_journal(journal(LIFE, DAYS, NOW)) == 0
    assert Answer.objects.count() == number
    newest.refresh_from_db()
    assert newest.deleted_at
    later = journal(LIFE, DAYS, NOW + timedelta(days=20))
    assert 20 < add_example_journal(later) < 90
    assert Note.objects.count() >= notes
    assert not Answer.objects.filter(behaviour__name=COFFEE, date__gt="2026-09-16").exists()

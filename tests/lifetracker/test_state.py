"""What is verified, what a run is to read, and who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError
from django.utils import timezone

from lifetracker.errors import TryLater
from lifetracker.models import BEGINNING, Lease, SyncState
from lifetracker.sync.plans import PlanContext, Read, SyncRequest, plan
from lifetracker.sync.streams import Between, Window

NOW = datetime(2026, 9, 16, 14, tzinfo=UTC)
BETWEEN = Between(start="start", end="end", lookback=timedelta(days=14))


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def state(start: float | None = None, end: float | None = None, **fields: datetime) -> SyncState:
    """Verified from `start` days ago to `end` days ago."""
    return SyncState(
        source="S",
        stream="s",
        verified_from=None if start is None else ago(start),
        verified_to=None if end is None else ago(end),
        **fields,
    )


def steps(order: SyncRequest, known: SyncState, brings: int = 10, until: int = 20) -> list[Read]:
    """The plan, if each window brings so many items."""
    plan_of = plan(order, PlanContext(BETWEEN, NOW, lambda: known))
    found: list[Read] = []
    answer: int | None = None
    while len(found) < until:
        try:
            found.append(plan_of.send(answer))  # type: ignore[arg-type]
        except StopIteration:
            break
        answer = brings
    return found


def windows(order: SyncRequest, known: SyncState) -> list[tuple[float, float]]:
    """In days ago."""
    found = [s.extent for s in steps(order, known)]
    return [((NOW - w.start) / timedelta(days=1), (NOW - w.end) / timedelta(days=1)) for w in found]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (state(), [(30, 0)]),
        (state(30, 1), [(15, 0)]),
        (state(400, 1), [(15, 0)]),
        (state(400, 60), [(74, 0)]),
        (state(2, 0), [(30, 0)]),
        (state(20, 3), [(17, 0), (30, 20)]),
        (state(400, -5), [(400, 35), (35, 0)]),
        (state(400, -0.01), [(14, 0)]),
        (state(2000, 800), [(814, 449), (449, 84), (84, 0)]),
    ],
    ids=["first", "plain", "old", "outage", "short", "gap", "future", "skew", "years"],
)
def test_a_plain_run(known: SyncState, expected: list[tuple[float, float]]) -> None:
    assert windows(SyncRequest(), known) == expected


def test_days_are_read_whole_whatever_is_verified() -> None:
    assert windows(SyncRequest(days=3), state(400, 1)) == [(3, 0)]
    assert windows(SyncRequest(days=400), state(400, 1)) == [(400, 35), (35, 0)]


def test_a_stretch_is_read_whole_and_not_beyond_now() -> None:
    asked = SyncRequest.from_stretch(Window(ago(400), ago(30)))
    assert windows(asked, state(600, 1)) == [(400, 35), (35, 30)]
    assert windows(SyncRequest.from_stretch(Window(ago(3), ago(-4))), state(600, 1)) == [(3, 0)]
    assert windows(SyncRequest.from_stretch(Window(ago(-2), ago(-4))), state(600, 1)) == []


def test_full_goes_back_in_chunks_and_ends_with_a_question_without_a_start() -> None:
    plan_of = plan(SyncRequest(full=True), PlanContext(BETWEEN, NOW, state))
    assert next(plan_of).extent == Window(ago(90), NOW)
    assert plan_of.send(50).extent == Window(ago(455), ago(90))
    assert plan_of.send(300).extent == Window(ago(820), ago(455))
    last = plan_of.send(0)
    assert last.extent == Window(BEGINNING, ago(820))
    assert last.extent.open_start
    with pytest.raises(StopIteration):
        plan_of.send(0)


def test_full_ends_even_if_every_year_has_something() -> None:
    found = steps(SyncRequest(full=True), state(), until=100)
    assert found[-1].extent.start == BEGINNING
    assert all(a.extent.start == b.extent.end for a, b in pairwise(found))


def test_an_unfinished_pass_goes_on_after_what_is_new() -> None:
    found = steps(SyncRequest(full=True), state(455, 2, full_from=ago(455)), until=2)
    assert found == [
        Read(Window(ago(16), NOW)),
        Read(Window(ago(820), ago(455)), full=True),
    ]


def test_a_new_pass_heals_an_outage_that_its_first_chunk_does_not_reach() -> None:
    found = steps(SyncRequest(full=True), state(400, 200), until=2)
    assert found[0] == Read(Window(ago(214), NOW))
    assert found[1] == Read(Window(ago(90), NOW), full=True)


def test_the_verified_stretch_grows_only_by_what_touches_it() -> None:
    known = state()
    known.verify(ago(30), ago(0))
    assert (known.verified_from, known.verified_to) == (ago(30), ago(0))
    known.verify(ago(60), ago(30))
    assert known.verified_from == ago(60)
    known.verify(ago(50), ago(40))
    assert (known.verified_from, known.verified_to) == (ago(60), ago(0))
    old = state(400, 60)
    old.verify(ago(2), NOW)
    assert (old.verified_from, old.verified_to) == (ago(400), ago(60))
    assert not old.whole_history
    old.verify(BEGINNING, ago(399))
    assert old.whole_history


@pytest.mark.django_db
def test_the_database_keeps_the_order_of_a_stretch() -> None:
    with pytest.raises(IntegrityError):
        state(1, 5).save()


# --- Leases ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_holder_at_a_time() -> None:
    held = Lease.objects.acquire("job", timedelta(minutes=1))
    assert held
    assert Lease.objects.acquire("job", timedelta(minutes=1)) is None
    assert Lease.objects.acquire("another", timedelta(minutes=1))
    held.release()
    assert Lease.objects.acquire("job", timedelta(minutes=1))


@pytest.mark.django_db
def test_a_dead_holder_frees_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Lease.objects.acquire("job", timedelta(minutes=1))
    assert dead
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    heir = Lease.objects.acquire("job", timedelta(minutes=1))
    assert heir
    with pytest.raises(TryLater):
        dead.renew()
    dead.release()
    heir.renew()


@pytest.mark.django_db
def test_renewing_pushes_the_end_out(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Lease.objects.acquire("job", timedelta(minutes=1))
    assert held
    begun = timezone.now()
    for minute in (0.9, 1.8, 2.7):
        moment = begun + timedelta(minutes=minute)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        held.renew()
        assert Lease.objects.acquire("job", timedelta(minutes=1)) is None


@pytest.mark.django_db
def test_a_lease_ends_with_its_block_even_on_an_error() -> None:
    held = Lease.objects.acquire("job", timedelta(minutes=1))
    assert held
    with pytest.raises(ZeroDivisionError), held:
        raise ZeroDivisionError
    assert Lease.objects.acquire("job", timedelta(minutes=1))

"""What a look at made-up lives says, and what it never says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks.insights_lives import (
    ACTIONS,
    KEYS,
    PLANTED,
    WORLDS,
    World,
    after,
    allowed,
    life,
    looked_at_by,
)
from insights.engine import look
from insights.panel import Panel
from insights.retests import evidence_between, held_by
from insights.standing import Standing, Verdict
from insights.states import SHOWN, State

YEAR = World("a year", 365)
DAY = timedelta(days=1)


def planted(days: int = 365, link: float = 0.5, seed: int = 5) -> Panel:
    return life(np.random.default_rng(seed), replace(YEAR, days=days), link)


def shown(panel: Panel) -> list[tuple[str, str, int]]:
    verdicts = look(panel, allowed()).verdicts
    standings = [one.standing for one in verdicts if one.standing.state in SHOWN]
    return [(one.action, one.outcome, one.lag) for one in standings]


@pytest.mark.one_database
def test_forty_lives_without_links_are_shown_nothing() -> None:
    for number in range(40):
        world = WORLDS[number % len(WORLDS)]
        assert not shown(life(np.random.default_rng([7, number]), world)), (world.name, number)


@pytest.mark.one_database
def test_a_planted_link_is_shown_with_its_sign_and_lag() -> None:
    for number in range(10):
        panel = planted(seed=number)
        assert shown(panel) == [PLANTED], number
        (one,) = [v for v in look(panel, allowed()).verdicts if v.standing.state in SHOWN]
        assert one.evidence.effect
        assert 0 < one.evidence.effect.low < one.evidence.effect.high
        assert one.evidence.first == one.standing.found_on + DAY, "held on other days"


@pytest.mark.parametrize("strength", [{"season": 3.0}, {"step": True}])
def test_what_only_shares_a_course_is_not_shown(strength: dict[str, float]) -> None:
    for number in range(10):
        assert not shown(life(np.random.default_rng([8, number]), replace(YEAR, **strength)))


def test_what_is_not_allowed_is_not_tested() -> None:
    panel, may = planted(), allowed()
    may[PLANTED[2], 0, len(ACTIONS)] = False
    found = look(panel, may)
    assert found.tested == 107
    assert PLANTED not in [
        (one.standing.action, one.standing.outcome, one.standing.lag) for one in found.verdicts
    ]


def test_neither_unit_nor_other_series_nor_seed_change_what_is_found() -> None:
    panel = planted()
    (one,) = look(panel, allowed()).verdicts
    other = panel.values.copy()
    other[len(ACTIONS)] = other[len(ACTIONS)] * 2.2046226 + 1000
    (same,) = look(replace(panel, values=other), allowed()).verdicts
    assert same.standing.pair == one.standing.pair
    assert same.standing.r == pytest.approx(one.standing.r)
    assert one.evidence.effect
    assert same.evidence.effect
    assert same.evidence.effect.slope == pytest.approx(2.2046226 * one.evidence.effect.slope)
    again = look(panel, allowed(), seed=99).verdicts
    assert again == [one]


def test_keys_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in their order"):
        Panel(KEYS[::-1], planted().values, date(2024, 1, 1))


def test_few_days_are_not_tested() -> None:
    found = look(planted(days=119), allowed())
    assert found.tested == 0
    assert not found.verdicts


# --- Looks that follow each other -------------------------------------------------------------------


def until(panel: Panel, days: int) -> Panel:
    return replace(panel, values=panel.values[:, :days].copy())


def test_a_candidate_of_a_later_look_waits_for_sixty_new_days() -> None:
    panel = planted(days=500, link=0.6)
    pairs = looked_at_by(look(until(panel, 300), allowed()), panel)
    found = look(until(panel, 300), allowed(), looked_at=pairs)
    (one,) = [one for one in found.verdicts if one.standing.pair == PLANTED[:2]]
    assert one.standing.state is State.CANDIDATE
    known = until(panel, 300).known_days(0, len(ACTIONS), 1)
    last = panel.first + int(known[-1]) * DAY
    assert one.standing.found_on == last, "the last day on which both are known"
    standings = after({}, found)
    days = panel.known_days(0, len(ACTIONS), 1)
    enough = int(days[days >= panel.position(last) + 60][0]) + 1
    early = look(until(panel, enough - 1), allowed(), standings.values(), pairs)
    assert PLANTED[:2] not in after({}, early)
    # More days without a record are no new ones.
    more = until(panel, 400)
    more.values[len(ACTIONS), enough - 1 :] = np.nan
    assert PLANTED[:2] not in after({}, look(more, allowed(), standings.values(), pairs))
    later = look(until(panel, enough), allowed(), standings.values(), pairs)
    (one,) = [one for one in later.verdicts if one.standing.pair == PLANTED[:2]]
    assert one.standing.state is State.CONFIRMED
    assert one.evidence.first == last + DAY


def standing(panel: Panel, state: State, fadings: int = 0, r: float = 0.4) -> Standing:
    return Standing(*PLANTED, state, panel.first, r, panel.last - 28 * DAY, fadings)


def looked_at(panel: Panel, before: Standing) -> list[Verdict]:
    return look(panel, allowed(), [before], frozenset([before.pair])).verdicts


def again(panel: Panel, before: Standing) -> Standing:
    found = look(panel, allowed(), [before], frozenset([before.pair]))
    (one,) = [one.standing for one in found.verdicts if one.standing.pair == before.pair]
    return one


def test_what_is_shown_is_tested_again_each_month() -> None:
    panel = planted(link=0.7)
    held = again(panel, standing(panel, State.CONFIRMED))
    assert (held.state, held.tested_on) == (State.HOLDING, panel.last)
    found = look(panel, allowed(), [replace(held, tested_on=panel.last - 27 * DAY)])
    assert not found.verdicts, "not earlier"


def test_what_is_shown_is_not_tested_again_without_new_days() -> None:
    panel = planted(link=0.7)
    panel.values[len(ACTIONS), -40:] = np.nan
    last = panel.last - 40 * DAY
    seen = replace(standing(panel, State.CONFIRMED), tested_on=last)
    assert not looked_at(panel, seen)
    known = planted(link=0.7)
    new = known.known_days(0, len(ACTIONS), 1)[-14]
    panel = until(known, panel.length)
    panel.values[len(ACTIONS), -40 : new - panel.length] = np.nan
    (one,) = looked_at(panel, seen)
    assert one.standing.state is State.HOLDING, "fourteen new days are enough"
    panel.values[len(ACTIONS), new] = np.nan
    assert not looked_at(panel, seen)


def test_a_test_ends_with_the_last_known_day() -> None:
    panel = planted(link=0.7)
    panel.values[len(ACTIONS), -6:] = np.nan
    seen = replace(standing(panel, State.CONFIRMED), tested_on=panel.last - 40 * DAY)
    (one,) = looked_at(panel, seen)
    known = panel.known_days(0, len(ACTIONS), 1)
    last = panel.first + int(known[-1]) * DAY
    assert last < panel.last - 5 * DAY
    assert (one.standing.tested_on, one.evidence.last) == (last, last)
    assert one.evidence.first == last - 119 * DAY
    found = [one for one in look(panel, allowed()).verdicts if one.standing.state in SHOWN]
    assert [one.standing.held and one.standing.held.last for one in found] == [last]


def confirmed(panel: Panel, state: State, r: float = 0.4) -> Standing:
    """Return a standing that the second third of these days has confirmed."""
    third = panel.length // 3
    one = standing(panel, state, r=r)
    return replace(one, held=held_by(evidence_between(panel, one, third, 2 * third)))


def test_what_the_newest_days_cannot_tell_from_chance_fades_and_stays() -> None:
    panel = planted(days=720, link=0.3, seed=3)
    chance = np.random.default_rng(4)
    # The newest 120 days are too noisy to say anything, and the days since it was confirmed are not.
    panel.values[len(ACTIONS), -60:] = 6 * chance.standard_normal(60)
    before = confirmed(panel, State.HOLDING, r=0.3)
    for fadings in range(1, 6):
        before = again(panel, before)
        assert (before.state, before.fadings) == (State.FADING, fadings)
        before = replace(before, tested_on=panel.last - 28 * DAY)


def ended(panel: Panel) -> Panel:
    """Return the days of a panel of which the last third has a link no longer."""
    other = life(np.random.default_rng(12), replace(YEAR, days=panel.length))
    third = panel.length // 3
    panel.values[:, -third:] = other.values[:, -third:]
    return panel


def test_what_ended_is_withdrawn() -> None:
    panel = ended(planted(days=720, link=0.6))
    assert again(panel, confirmed(panel, State.HOLDING)).state is State.WITHDRAWN
    panel = planted(days=720, link=0.7)
    held = again(panel, replace(confirmed(panel, State.FADING), fadings=2))
    assert (held.state, held.fadings) == (State.HOLDING, 0)


def test_what_its_own_days_do_not_confirm_any_longer_is_withdrawn() -> None:
    panel = planted(link=0.0, seed=11)
    before = confirmed(panel, State.HOLDING)
    assert again(panel, replace(before, held=None)).state is State.FADING
    # As they are reckoned by now, by a newer version of the program.
    assert again(panel, before).state is State.WITHDRAWN


def test_days_that_are_known_otherwise_by_now_are_measured_again_at_the_next_look() -> None:
    panel = planted(link=0.7)
    before = replace(confirmed(panel, State.FADING), tested_on=panel.last)
    assert not looked_at(panel, before), "they are as they were"
    third = panel.length // 3
    panel.values[:, third + 40 : third + 60] = np.nan
    (one,) = looked_at(panel, before)
    assert (one.state, one.standing.state) == (State.CORRECTED, State.FADING)
    assert one.standing.tested_on == before.tested_on, "no new day was in it"
    assert one.standing.held
    assert before.held
    assert (one.evidence.first, one.evidence.last) == (before.held.first, before.held.last)
    assert before.held.days - 20 <= one.standing.held.days < before.held.days
    assert not looked_at(panel, one.standing), "once"
    # A record that was corrected leaves as many days.
    known = panel.known_days(0, len(ACTIONS), 1)
    panel.values[len(ACTIONS), known[known > third + 70][0]] += 4
    (other,) = looked_at(panel, one.standing)
    assert other.standing.held
    assert other.standing.held.days == one.standing.held.days
    due = replace(other.standing, held=before.held, tested_on=panel.last - 28 * DAY)
    assert [one.state for one in looked_at(panel, due)] == [State.CORRECTED, State.HOLDING]


@pytest.mark.parametrize("left", [90, 20, 0])
def test_what_is_not_confirmed_by_what_is_left_of_its_days_is_withdrawn_at_the_next_look(
    left: int,
) -> None:
    """By chance in too many cases, or too few to say, or none at all."""
    panel = planted(link=0.7)
    before = replace(confirmed(panel, State.HOLDING), tested_on=panel.last)
    third = panel.length // 3
    panel.values[0, third : 2 * third] = planted(link=0.7, seed=6).values[0, third : 2 * third]
    panel.values[:, third + left : 2 * third] = np.nan
    if not left:
        rest = panel.values[:, 2 * third :]
        panel = replace(panel, values=rest, first=panel.first + 2 * third * DAY)
    (one,) = looked_at(panel, before)
    assert (one.state, one.standing.state) == (State.WITHDRAWN, State.WITHDRAWN)


def test_what_turned_is_withdrawn_at_once() -> None:
    panel = planted(link=0.7)
    assert again(panel, standing(panel, State.HOLDING, r=-0.4)).state is State.WITHDRAWN


def test_what_was_not_confirmed_waits_half_a_year() -> None:
    panel = planted(link=0.6)
    barred = replace(standing(panel, State.NOT_CONFIRMED), tested_on=panel.last - 179 * DAY)
    looked = frozenset([barred.pair])
    assert not look(panel, allowed(), [barred], looked).verdicts
    free = replace(barred, tested_on=panel.last - 180 * DAY)
    (one,) = look(panel, allowed(), [free], looked).verdicts
    assert one.standing.state is State.CANDIDATE


def test_too_few_new_days_say_nothing() -> None:
    panel = planted(link=0.7)
    panel.values[0, -110:] = np.nan
    assert not look(
        panel, allowed(), [standing(panel, State.HOLDING)], frozenset([PLANTED[:2]])
    ).verdicts

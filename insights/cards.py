"""The card of Today that says what was newly confirmed: on the day after a look, and so at most once a week: who
hides it sees no other one until the next look."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q
from django.urls import reverse

from insights.groups import Group, groups_alone, rank
from insights.held_back import trials, tried_actions
from insights.models import Finding
from insights.page_words import alike_words, experiment_address
from insights.sentences import NO_CAUSE, sentence, sides
from insights.states import State
from lifetracker.days import ONE_DAY
from lifetracker.models.together import Few
from lifetracker.web.cards import Card, Place, Visit, register_card

NAME = "insight"
#: What the sentence of a finding says, and on how many days it is based.
READ = frozenset(
    {
        *("action", "outcome", "action_name", "outcome_name", "lag", "is_yes_no", "step_words"),
        *("unit", "decimals", "effect", "low", "high", "more_days", "other_days", "hidden_at"),
    }
)


@dataclass(frozen=True)
class InsightCard:
    text: str
    basis: str
    note: str
    href: str
    experiment: str
    hide: str


def newly_confirmed(visit: Visit) -> Few:
    """Ask for what the look of the day before has confirmed, also of what experiments try, and what was hidden since."""
    confirmed = {"tests__state": State.CONFIRMED, "tests__run__last_day": visit.day - ONE_DAY}
    seen = Q(hidden_at__isnull=True) | Q(hidden_at__gt=F("tests__run__started_at"))
    return Few(Finding.objects.shown().filter(seen, **confirmed), READ)


def insight_card(visit: Visit) -> InsightCard | None:
    """Return the surest of what the look of the day before has confirmed; None where it confirmed nothing, and
    where that was hidden."""
    if not visit.few[NAME]:
        return None
    # Only on the day after a look that confirmed something.
    tried = tried_actions(trials())
    told = [one for one in visit.few[NAME] if one.action not in tried]
    if not told:
        return None
    found = min(told, key=rank)
    if found.hidden_at:
        return None
    groups = groups_alone(Finding.objects.shown().visible().untried(tried))
    group = groups.get(found.pk, Group(found))
    return InsightCard(
        text=f"{sentence(found)}{alike_words(group)}",
        basis=sides(found),
        note=NO_CAUSE,
        href=f"{reverse('insights')}#insight-{found.pk}",
        experiment=experiment_address(found),
        hide=reverse("insight-hide", args=[found.pk]),
    )


register_card(
    Card(
        NAME,
        "insights/card.html",
        insight_card,
        Place.SIDE,
        order=40,
        is_optional=True,
        few=newly_confirmed,
    )
)

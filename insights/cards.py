"""The card of Today that says what was newly confirmed: on the day after a look, and so at most once a week."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, FloatField, Subquery, Value
from django.db.models.functions import Abs, NullIf
from django.urls import reverse

from insights.groups import group_with
from insights.models import Finding
from insights.page_words import alike_words, experiment_address
from insights.sentences import NO_CAUSE, sentence, sides
from insights.states import State
from lifetracker.days import ONE_DAY
from lifetracker.models.together import Few
from lifetracker.web.cards import Card, Place, Visit, register_card

NAME = "insight"
WIDTH = NullIf(F("high") - F("low"), Value(0.0, output_field=FloatField()))
#: As `sureness` in `groups.py`.
SURENESS = Abs(F("effect")) / WIDTH
#: What the sentence of a finding says, and on how many days it is based.
READ = frozenset(
    {
        *("action", "outcome", "action_name", "outcome_name", "lag", "is_yes_no", "step_words"),
        *("unit", "decimals", "effect", "low", "high", "more_days", "other_days"),
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
    """Ask for the surest finding that the look of the day before has confirmed."""
    confirmed = (
        Finding.objects.shown()
        .visible()
        .untried()
        .filter(tests__state=State.CONFIRMED, tests__run__last_day=visit.day - ONE_DAY)
        .order_by(SURENESS.desc(nulls_last=True), "pk")
        .values("pk")
    )
    return Few(Finding.objects.filter(pk=Subquery(confirmed[:1])), READ)


def insight_card(visit: Visit) -> InsightCard | None:
    """Return the surest of what the look of the day before has confirmed; None where it confirmed nothing."""
    if not visit.few[NAME]:
        return None
    (found,) = visit.few[NAME]
    # Only on the day after a look that confirmed something.
    group = group_with(found, Finding.objects.shown().visible().untried())
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

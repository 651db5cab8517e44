"""One question in several wordings, or in several languages: which behaviours may be merged.

WHOOP words its questions anew, and translates them with the account, without an id. What stands here are translations of each
other. It is offered only where the answers do not contradict it, and nobody but the owner merges anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, Subquery, Value, When

from journal.models import Answer, Behaviour

#: Of the days on which both were answered, so many may have been answered otherwise.
MOST_APART = 0.05
#: So many offers stand on a page.
MOST_OFFERS = 3
#: In English, German, Spanish, French and Portuguese. Each group is one question.
QUESTIONS: tuple[tuple[str, ...], ...] = (
    (
        *("Have any alcoholic drinks?", "Any alcohol?", "Consumed alcohol?", "Drank alcohol?"),
        *("Alkohol getrunken?", "Hast du Alkohol getrunken?", "Alkohol konsumiert?"),
        *("¿Bebiste alcohol?", "¿Consumiste alcohol?", "¿Tomaste alcohol?"),
        *("Bu de l'alcool ?", "Consommé de l'alcool ?", "Avez-vous bu de l'alcool ?"),
        *("Bebeu álcool?", "Consumiu álcool?", "Bebeu bebidas alcoólicas?"),
    ),
    (
        *("Have any caffeine?", "Any caffeine?", "Consumed caffeine?", "Had caffeine?"),
        *("Koffein konsumiert?", "Koffein getrunken?"),
        *("¿Consumiste cafeína?", "¿Tomaste cafeína?"),
        *("Consommé de la caféine ?", "Consumiu cafeína?"),
    ),
    (
        *("Traveled on a plane?", "Travelled on a plane?", "Travel on a plane?"),
        *("Mit dem Flugzeug gereist?", "¿Viajaste en avión?", "Voyagé en avion ?"),
        "Viajou de avião?",
    ),
    (
        *("Felt ill?", "Feeling sick or ill?", "Feel sick or ill?", "Felt sick or ill?"),
        *(
            "Krank gefühlt?",
            "¿Te sentiste mal?",
            "¿Te sentiste enfermo/a?",
            "¿Te sentiste enfermo?",
        ),
        *("Senti malade ?", "Sentiu-se doente?"),
    ),
    (
        *("Read in bed?", "Im Bett gelesen?", "¿Leíste en la cama?", "Lu au lit ?", "Leu na cama?"),
        *("Read (non-screened device) while in bed?", "Read a book in bed?"),
    ),
    (
        *("Felt stressed?", "Feel stressed?", "Feeling stressed?", "Experienced stress?"),
        *("Gestresst gefühlt?", "¿Te sentiste estresado/a?", "¿Te sentiste estresado?"),
        *(
            "Senti stressé ?",
            "Senti stressé(e) ?",
            "Sentiu-se estressado?",
            "Sentiu-se estressado(a)?",
        ),
    ),
    (
        *("Took melatonin?", "Take melatonin?", "Melatonin genommen?", "Melatonin eingenommen?"),
        *("¿Tomaste melatonina?", "Pris de la mélatonine ?", "Tomou melatonina?"),
    ),
    (
        *("Took magnesium?", "Take magnesium?", "Magnesium genommen?", "Magnesium eingenommen?"),
        *("¿Tomaste magnesio?", "Pris du magnésium ?", "Tomou magnésio?"),
    ),
    (
        *("Shared your bed?", "Share your bed?", "Bett geteilt?", "Das Bett geteilt?"),
        *("¿Compartiste la cama?", "Partagé votre lit ?", "Partagé ton lit ?", "Dividiu a cama?"),
    ),
    (
        *("Worked late?", "Work late?", "Spät gearbeitet?", "Bis spät gearbeitet?"),
        *("¿Trabajaste hasta tarde?", "Travaillé tard ?", "Trabalhou até tarde?"),
    ),
)


class Same(NamedTuple):
    """Two behaviours that ask the same. `into`: the one whose place is further up; `both`: the days with an answer to both;
    `apart`: those of them on which the answers differ."""

    one: Behaviour
    into: Behaviour
    both: int
    apart: int = 0

    @property
    def why(self) -> str:
        """Return what their answers say of it."""
        if not self.both:
            return "No day has an answer to both."
        days = "1 day has" if self.both == 1 else f"{self.both:,} days have"
        alike = (
            f"the same on {self.both - self.apart:,} of them" if self.apart else "always the same"
        )
        return f"{days} an answer to both, {alike}."


def folded_question(text: str) -> str:
    """Return a question without marks, capitals and punctuation."""
    plain = "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )
    return " ".join(re.findall(r"\w+", plain.casefold()))


@cache
def group_of() -> dict[str, int]:
    """Return the number of the question by each of its wordings."""
    return {
        folded_question(text): number for number, texts in enumerate(QUESTIONS) for text in texts
    }


def same_questions(rows: Sequence[Behaviour]) -> list[Same]:
    """Return which of these live behaviours may be merged, each with the first one that asks the same: by one statement, and
    by none where no two do."""
    groups = group_of()
    first: dict[int, Behaviour] = {}
    pairs: list[tuple[Behaviour, Behaviour]] = []
    # What is still asked stays in its place.
    for one in sorted(rows, key=lambda each: each.archived_at is not None):
        group = groups.get(folded_question(one.name))
        if group is None or one.merged_into_id or one.kind != Behaviour.Kind.YES_NO:
            continue
        if (into := first.setdefault(group, one)) is not one:
            pairs.append((one, into))
    if not pairs:
        return []
    counts = days_of_both(pairs)
    return [
        Same(one, into, both, apart)
        for one, into in pairs
        for both, apart in [counts.get(one.pk, (0, 0))]
        if apart <= MOST_APART * both
    ][:MOST_OFFERS]


def days_of_both(pairs: Sequence[tuple[Behaviour, Behaviour]]) -> dict[int, tuple[int, int]]:
    """Return by the first of each pair on how many days both were answered, and on how many of them otherwise."""
    into = Case(
        *(When(behaviour=one.pk, then=Value(other.pk)) for one, other in pairs),
        output_field=BigIntegerField(),
    )
    given = Answer.objects.live().order_by()
    there = given.filter(behaviour=OuterRef("into"), date=OuterRef("date")).values("value")[:1]
    rows = (
        given.filter(behaviour__in=[one.pk for one, _ in pairs])
        .annotate(into=into, there=Subquery(there))
        .exclude(there=None)
        .values("behaviour")
        .annotate(both=Count("pk"), apart=Count("pk", filter=~Q(value=F("there"))))
    )
    return {pk: (both, apart) for pk, both, apart in rows.values_list("behaviour", "both", "apart")}

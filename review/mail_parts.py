"""The parts of a review as its mail has them: shorter than on the page, with the intention first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from review.addresses import page_of_week
from review.folded import folded, is_list
from review.intention_card import IntentionCard, IntentionOfWeek, intention_card
from review.intention_section import INTENTIONS
from review.periods import Length
from review.reading import Review
from review.sections import Content, Line, Row

#: Of a long list whose sentence says what they come to, a mail has the first few.
FEW = 6
ASKS = "Was it kept? Say so on the page of the review."


class Part(NamedTuple):
    title: str
    content: Content


def parts_of(review: Review) -> list[Part]:
    """Return the parts of a mail; those of a week begin with its intention and the one to choose, by one statement."""
    own = list(intention_parts(review)) if review.period.length is Length.WEEK else []
    others = [
        Part(section.title, shorter(content, review))
        for section, content in review.sections
        if not (review.period.length is Length.WEEK and section.name == INTENTIONS)
    ]
    # Of some, all that they say stands above.
    return [*own, *(part for part in others if part.content)]


def shorter(content: Content, review: Review) -> Content:
    """Return what a section says, with what is as usual in one line, without a sentence that stands above all."""
    rows, folds = folded(content.rows)
    lines = [Line(fold.words) for fold in folds]
    if content.lead and is_list(content.rows):
        left = len(content.rows) - FEW
        rows, lines = rows[:FEW], [Line(f"{left} more on the page of the review.")]
    lead = "" if content.lead == review.sentence else content.lead
    return Content(lead=lead, rows=rows, lines=[*lines, *content.lines], note=content.note)


# --- The intention --------------------------------------------------------------------------------


def intention_parts(review: Review) -> Iterator[Part]:
    card = intention_card(review)
    rows = [row_of(one) for one in card.weeks if one.intention]
    lines = list(lines_of(card, review))
    if rows or lines:
        yield Part("One intention a week", Content(rows=rows, lines=lines))


def row_of(one: IntentionOfWeek) -> Row:
    return Row(one.week.title, one.kept if one.taps else "chosen", f"“{one.intention}”")


def lines_of(card: IntentionCard, review: Review) -> Iterator[Line]:
    """Yield what is to be answered and to be chosen, with the page on which that is done."""
    today = review.look.today
    for one in card.weeks:
        url = page_of_week(one.week.first, today)
        intention = one.intention
        if intention and not intention.kept and one.week.is_over(today):
            yield Line(ASKS, url)
        if not one.intention and one.can_choose:
            yield Line(f"For {one.week.title} none is chosen yet. Choose one thing to do.", url)
    if card.suggestions and not card.weeks[-1].intention and card.weeks[-1].can_choose:
        yield Line(f"From your data: {'; '.join(card.suggestions)}.")

"""A review as a mail: as text, and as HTML without anything from elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from textwrap import wrap
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.module_loading import autodiscover_modules

from lifetracker.ops.mail import send_to_owner
from review.mail_parts import Part, parts_of
from review.periods import Period
from review.reading import Review, read_review
from review.sections import Row

#: Lines of a mail are no longer than most programs show unwrapped.
WIDTH = 76


class Mail(NamedTuple):
    """`identity`: the same for each mail about a period that says the same, letters and digits: one that was corrected since
    must not be taken for the first."""

    subject: str
    text: str
    html: str
    identity: str


def mail_of(period: Period, today: date) -> Mail:
    """Return the mail about a period, with links where `PUBLIC_URL` says under which address the pages are reached."""
    # What the sections need is not for every process.
    autodiscover_modules("review")
    review = read_review(period, today)
    parts = parts_of(review)
    context = {
        "review": review,
        "parts": parts,
        "period": period,
        "site": settings.PUBLIC_URL,
        "url": url_of(period),
    }
    text = text_of(review, parts)
    return Mail(
        subject=f"Your {period.noun}: {period.title}",
        text=text,
        html=render_to_string("review/mail.html", context),
        identity=hashlib.sha256(f"review {period.name} {text}".encode()).hexdigest()[:32],
    )


def send_review(period: Period, today: date) -> None:
    """Send the mail about a period to the owner. Raises what `send_to_owner` does."""
    mail = mail_of(period, today)
    send_to_owner(mail.subject, mail.text, mail.html, identity=mail.identity)


def url_of(period: Period) -> str:
    """Return where the page is; empty where nobody has said under which address the pages are reached. Written out, because
    `reverse` loads every page."""
    return f"{settings.PUBLIC_URL}/review/{period.name}" if settings.PUBLIC_URL else ""


# --- As text --------------------------------------------------------------------------------------


def text_of(review: Review, parts: list[Part]) -> str:
    paragraphs = [
        [review.period.title, "=" * len(review.period.title)],
        wrap(review.sentence, WIDTH),
        *(wrap(note, WIDTH) for note in review.notes),
        *(list(part_lines(part)) for part in parts),
        [url] if (url := url_of(review.period)) else [],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def part_lines(part: Part) -> Iterator[str]:
    content = part.content
    yield part.title
    yield "-" * len(part.title)
    yield from wrap(content.lead, WIDTH)
    for row in content.rows:
        yield from item(row_words(row))
    for line in content.lines:
        yield from item(line.text)
    yield from wrap(content.note, WIDTH)


def row_words(row: Row) -> str:
    """Return `Sleep: 7 h 04, as usual (6 of 7 days)`."""
    words = ", ".join(filter(None, [row.value, row.words]))
    known = f" ({row.known})" if row.known else ""
    return f"{row.name}: {words}{known}"


def item(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent="* ", subsequent_indent="  ")

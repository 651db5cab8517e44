"""What the pages of projects say in sentences. Each is made by a rule of numbers, and advises nothing."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from lifetracker.web.ranges import Range
from lifetracker.web.sentences import (
    date_words,
    day_words,
    hours_and_minutes,
    isolated,
    stretch_words,
)
from lifetracker.words import counted, joined
from projects.page_data import Member, Series, Work

NO_TOGGL = "no Toggl project"
NO_REPOSITORY = "no repository"
NOT_KNOWN = "not known"


def hours_words(hours: Series | None) -> str:
    """Return `31 h 20`, or why there is no number."""
    if hours is None:
        return NO_TOGGL
    return hours_and_minutes(hours.total) if hours.is_known else NOT_KNOWN


def commits_words(commits: Series | None) -> str:
    """Return `24 commits`, or why there is no number."""
    if commits is None:
        return NO_REPOSITORY
    return counted(round(commits.total), "commit") if commits.is_known else NOT_KNOWN


def cost_words(hours: Series | None) -> str:
    """Return `3 h 10 a week`, or nothing where less than a week is known."""
    if hours is None or hours.per_week is None:
        return ""
    return f"{hours_and_minutes(hours.per_week)} a week"


def known_words(series: Series | None, shown: Range) -> str:
    """Return on how many of the days a number is known, where that is not all of them."""
    if series is None or not series.is_known or series.known_days >= shown.days:
        return ""
    if not series.known_days:
        return "known in part"
    return f"known on {series.known_days:,} of {counted(shown.days, 'day')}"


def activity_words(last: date | None, shown_today: date) -> str:
    """Return `today`, `yesterday`, `9 October`, with the year where it is another one."""
    if last is None:
        return "none yet"
    back = (shown_today - last).days
    if back in {0, 1}:
        return "yesterday" if back else "today"
    return day_words(last, shown_today)


def idle_words(days: int | None) -> str:
    """Return since when nothing was done, in days; nothing of less than a week."""
    if days is None or days < 7:
        return ""
    return f"idle for {counted(days, 'day')}"


def in_words(shown: Range) -> str:
    if shown.is_all:
        return f"since {date_words(shown.first)}"
    if shown.days == 1:
        return f"on {date_words(shown.first)}"
    return f"in {'a year' if shown.words == 'year' else shown.words}"


class Sums(NamedTuple):
    """What the sentence over all projects is made of. `most`: the name of the project with the most hours, and these."""

    active: int
    projects: int
    hours: float
    commits: int
    loose_hours: float
    most: tuple[str, float] | None
    is_known: bool


def opening(sums: Sums, shown: Range) -> str:
    """Return what all projects come to."""
    when = in_words(shown)
    if not sums.active:
        days = stretch_words(shown.first, shown.last)
        on = f"on {days}" if shown.days == 1 else f"from {days}"
        if not sums.is_known:
            return f"Nothing is known of your projects {on}."
        return f"No time and no commits belong to a project {on}."
    parts = [hours_and_minutes(sums.hours)] if sums.hours else []
    parts += [counted(sums.commits, "commit")] if sums.commits else []
    first = f"{joined(parts)} {when}, in {sums.active} of {counted(sums.projects, 'project')}."
    most = ""
    if sums.most and sums.active > 1:
        most = f" {isolated(sums.most[0])} has the most time, {hours_and_minutes(sums.most[1])}."
    loose = (
        f" {hours_and_minutes(sums.loose_hours)} belong to no project." if sums.loose_hours else ""
    )
    return f"{first}{most}{loose}"


def opening_of_one(member: Member, work: Work, shown: Range) -> str:
    """Return what one project comes to, and when something was done last."""
    if not member.repositories and not member.toggl_projects:
        return "Nothing belongs to this project yet."
    parts = [hours_and_minutes(work.hours.total)] if work.hours and work.hours.sums else []
    if work.commits and work.commits.sums:
        parts.append(counted(round(work.commits.total), "commit"))
    last = last_words(member, shown)
    if parts:
        cost = cost_words(work.hours) if work.hours and work.hours.sums else ""
        return f"{joined(parts)} {in_words(shown)}{f', {cost}' if cost else ''}. {last}"
    if any(one and one.is_known for one in (work.hours, work.commits)):
        return f"Nothing was done {in_words(shown)}. {last}"
    return f"Nothing is known of it {in_words(shown)}. {last}"


def last_words(member: Member, shown: Range) -> str:
    if member.last_activity is None:
        return "There was no activity yet."
    words = activity_words(member.last_activity, shown.today)
    idle = idle_words(member.idle_days)
    on = words if words in {"today", "yesterday"} else f"on {words}"
    return f"The last activity was {on}{f': {idle}' if idle else ''}."

"""What the pages of GitHub say in sentences. Each is made by a rule of numbers, and advises nothing."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from github_projects.services.git_errors import Reason
from lifetracker.models import SyncRun
from lifetracker.web.connections.words import counts_words
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import day_words, is_nothing, number, stretch_words
from lifetracker.words import counted

CONNECT = "Connect GitHub to see your commits here."
READING = "GitHub is being read for the first time."
NOT_YOURS = "None of the commits is known to be yours."
NOTHING_READ = "Not known: GitHub was not read on these days."
#: Of fewer commits, which day was the fullest says nothing.
LEAST_COMPARED = 3


class Opening(NamedTuple):
    """What the first sentence of a range is made of. `before` is None where it cannot be compared."""

    shown: Range
    commits: int
    active_days: int
    before: int | None
    #: How many days of the range are known, and until when if not to its end.
    known_days: int
    known_to: date | None
    #: How many repositories could not be read, whose newest commits are missing.
    failed: int = 0
    #: The repository with the most of the commits, and how many; None where that is not asked.
    busiest: tuple[str, int] | None = None
    #: The day with the most commits, and how many.
    fullest: tuple[date, int] | None = None


def opening(of: Opening) -> str:
    """Return commits and active days against the stretch before, where they were, and what is missing."""
    if not of.known_days:
        return NOTHING_READ
    if not of.commits:
        return " ".join([nothing(of), *missing(of)])
    parts = [f"{amount(of)}{change(of)}.", most(of), *missing(of)]
    return " ".join(part for part in parts if part)


def amount(of: Opening) -> str:
    """Return `12 commits on 5 days`, or `2 commits on 3 March 2026`."""
    commits = counted(of.commits, "commit")
    at_least = f"At least {commits}" if of.failed or of.known_to else commits
    if of.shown.days == 1:
        return f"{at_least} on {stretch_words(of.shown.first, of.shown.last)}"
    return f"{at_least} on {counted(of.active_days, 'day')}"


def change(of: Opening) -> str:
    """Return `, 4 more than in the year before`; empty where nothing can be compared."""
    if of.before is None or of.known_to or of.failed:
        return ""
    difference, stretch = of.commits - of.before, f"the {of.shown.words} before"
    within = stretch if of.shown.days == 1 else f"in {stretch}"
    if is_nothing(difference):
        return f", as many as {within}"
    return f", {number(abs(difference))} {'more' if difference > 0 else 'fewer'} than {within}"


def most(of: Opening) -> str:
    """Return in which repository the most were, and which day was the fullest."""
    found = [one for one in (busiest_words(of), fullest_words(of)) if one]
    text = "; ".join(found)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def busiest_words(of: Opening) -> str:
    if of.busiest is None or of.commits < LEAST_COMPARED:
        return ""
    name, count = of.busiest
    return f"all of them in {name}" if count == of.commits else f"{number(count)} of them in {name}"


def fullest_words(of: Opening) -> str:
    if of.fullest is None or of.active_days < LEAST_COMPARED:
        return ""
    day, count = of.fullest
    return f"{day_words(day, of.shown.today)} was the fullest day, with {number(count)}"


def nothing(of: Opening) -> str:
    if of.shown.is_all:
        return "No commits of yours are stored yet."
    found = "No commits were found" if of.failed else "No commits"
    preposition = "on" if of.shown.days == 1 else "from"
    return f"{found} {preposition} {stretch_words(of.shown.first, of.shown.last)}."


def missing(of: Opening) -> list[str]:
    """Return what the numbers lack, a sentence each."""
    found = []
    if of.known_to:
        found.append(f"GitHub was not read after {day_words(of.known_to, of.shown.today)}.")
    if of.failed:
        repositories = "1 repository" if of.failed == 1 else f"{of.failed:,} repositories"
        found.append(f"{repositories} could not be read.")
    return found


# --- A repository ---------------------------------------------------------------------------------


class Trouble(NamedTuple):
    """Why a repository is not known to its end: what happened, what stays true, and what to do."""

    what: str
    stays: str
    to_do: str


STAYS = "Its commits and numbers stay as they were read."
AGAIN = "The next sync tries it again."
GIVE_ACCESS = "If the token has lost access, give it back at GitHub: repository access, and the permission Contents: read."
#: What somebody can do about it, by the reason that a failure names.
TO_DO = {
    Reason.GONE: GIVE_ACCESS,
    Reason.REFUSED: GIVE_ACCESS,
    Reason.TOO_LARGE: "If it is to be read, raise GITHUB_MAX_REPOSITORY_MB in .env.",
    Reason.TOO_SLOW: "If it is to be read, raise GITHUB_MINUTES_PER_REPOSITORY in .env.",
    Reason.DISK_FULL: "Make room on the disk. The next sync tries it again.",
}


def trouble_of(*, gone: str, hidden: str, failure: str) -> Trouble | None:
    """Return what is wrong with a repository. `gone` and `hidden` say since when, empty for not."""
    if gone:
        return Trouble(f"It was deleted at GitHub by {gone}.", STAYS, "")
    if hidden:
        deleted = "If it was deleted, mark it as deleted in the admin."
        what = f"GitHub has not shown it to the token since {hidden}."
        return Trouble(what, STAYS, f"{GIVE_ACCESS} {deleted}")
    return Trouble(failure, STAYS, to_do_about(failure)) if failure else None


def to_do_about(failure: str) -> str:
    found = (to_do for reason, to_do in TO_DO.items() if reason.value in failure)
    return next(found, AGAIN)


# --- What runs now --------------------------------------------------------------------------------


def live_words(run: SyncRun) -> str:
    """Return how far a run is that waits or is at work, or what one that has ended came to."""
    if run.is_stopping:
        return "It stops after what is being read now. What was read stays."
    if run.status == SyncRun.Status.QUEUED:
        return "It waits for its turn."
    if run.status == SyncRun.Status.RUNNING:
        return progress_words(run)
    if run.status == SyncRun.Status.FAILED:
        return "It could not be read. Connections says why."
    if run.status == SyncRun.Status.STOPPED:
        return f"Stopped. Until then: {counts_words(run)}."
    return f"Read: {counts_words(run)}."


def progress_words(run: SyncRun) -> str:
    if not run.progress_total:
        return f"{counted(run.progress_done, 'record')} so far."
    done = f"{run.up_to_date:,} of {run.progress_total:,} repositories are up to date"
    failed = f", {run.progress_failed:,} could not be read" if run.progress_failed else ""
    return f"{done}{failed}."

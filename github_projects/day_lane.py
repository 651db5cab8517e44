"""The lane of commits in the day chart."""

from __future__ import annotations

from github_projects.day_data import OwnCommit, address_of_day, commits_of_day
from github_projects.models import GITHUB
from lifetracker.days import local_date
from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane, Mark, Stretch
from lifetracker.web.lanes import LaneOfDay, nothing_words
from lifetracker.web.sentences import MINUS, time_beside
from lifetracker.words import counted

SHORT_OID = 7


def code_lane(visit: Visit, stretch: Stretch) -> LaneOfDay | None:
    found = visit.once(commits_of_day)
    github = visit.sources[GITHUB]
    if not found.commits and not github.configured:
        return None
    words = counted(found.today, "commit") if found.today else nothing_words(visit, [github])
    href = address_of_day(visit.day) if found.today else ""
    shown = [one for one in found.commits if one.authored_at >= stretch.start]
    marks = [mark_of(one, visit) for one in shown]
    sentence = f"{words}." if found.today else f"Commits: {words}."
    return LaneOfDay(DayLane("Code", "code", words, marks, "tick", href), sentence)


def mark_of(one: OwnCommit, visit: Visit) -> Mark:
    return Mark(
        one.authored_at,
        one.authored_at,
        f"Commit {one.oid[:SHORT_OID]}, +{one.added:,} {MINUS}{one.deleted:,}",
        begun=time_beside(one.authored_at, visit.day),
        href=address_of_day(local_date(one.authored_at)),
    )

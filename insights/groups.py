"""Findings that are one thing in several numbers, such as training load and workout time with HRV and with recovery: the
strongest is told, the others stand under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import StatisticsError, correlation

from insights.explained import is_explained_by
from insights.models import Finding
from lifetracker.metrics.registry import find_metric, lineage_of, metrics

#: Actions that go together so well from day to day cannot be told apart: half of what one does is not its own.
ONE_THING_R = 0.7
#: On so many days, at least, both are known.
LEAST_DAYS = 40


@dataclass
class Group:
    """`strongest`: the finding that is told. `others`: those that are the same thing in other numbers."""

    strongest: Finding
    others: list[Finding] = field(default_factory=list)
    #: Those of the others that the days can tell apart from it, and that it explains.
    explained: list[Finding] = field(default_factory=list)

    @property
    def alike(self) -> list[Finding]:
        """Return of each other action that it could just as well be one, with its own outcome where there is one."""
        alike = (one for one in self.others if one not in self.explained)
        return self.one_of_each("action", alike, beside="outcome")

    @property
    def hardly_seen(self) -> list[Finding]:
        """Return of each other action that is hardly seen beside it one, with its own outcome where there is one."""
        alike = {one.action for one in self.alike}
        apart = (one for one in self.explained if one.action not in alike)
        return self.one_of_each("action", apart, beside="outcome")

    @property
    def in_others(self) -> list[Finding]:
        """Return of each other outcome in which it was seen one, of its own action where there is one."""
        return self.one_of_each("outcome", self.others, beside="action")

    def one_of_each(self, name: str, findings: Iterable[Finding], beside: str) -> list[Finding]:
        """Return of each other action or outcome, by the name of its field, the surest finding: of those that share the
        field `beside` with the strongest one, else of all."""
        own, shared = getattr(self.strongest, name), getattr(self.strongest, beside)
        found: dict[str, Finding] = {}
        for one in sorted(findings, key=lambda one: getattr(one, beside) != shared):
            if getattr(one, name) != own:
                found.setdefault(getattr(one, name), one)
        return list(found.values())


def groups_of(findings: Iterable[Finding]) -> list[Group]:
    """Return the findings as groups, the surest first. Into the group of a surer one comes each whose action and whose
    outcome are the same as its own, or share a measurement with them, or whose actions are parts of one sum, or go
    together too well on the same days to be told apart, or which the surer one explains."""
    groups: list[Group] = []
    shared: dict[str, frozenset[str]] = {}
    for one in sorted(findings, key=rank):
        for group in groups:
            if are_one_thing(one, group.strongest, shared):
                group.others.append(one)
                if not have_collinear_actions(one, group.strongest) and is_explained_by(
                    one, group.strongest
                ):
                    group.explained.append(one)
                break
        else:
            groups.append(Group(one))
    return groups


def rank(one: Finding) -> tuple[float, int]:
    """Return by what findings are sorted, the surest first."""
    return -sureness(one.effect, one.low, one.high), one.pk


def groups_alone(findings: Iterable[Finding]) -> dict[int, Group]:
    """Return by id the group of each finding, for where it is shown alone."""
    groups = groups_of(findings)
    return {
        one.pk: alone(one, group) for group in groups for one in (group.strongest, *group.others)
    }


def alone(one: Finding, group: Group) -> Group:
    """Return a group as that of one in it: with the others that days cannot tell apart from it. It has no others where the
    surest one explains it."""
    if one == group.strongest:
        return group
    if one in group.explained:
        return Group(one)
    alike = (other for other in group.others if other not in group.explained and other != one)
    return Group(one, [group.strongest, *alike])


def are_one_thing(one: Finding, other: Finding, shared: dict[str, frozenset[str]]) -> bool:
    """Return whether days cannot tell two findings apart, or the other one, which is surer, explains the one.
    `shared`: the parts of the metrics that were asked for."""
    return share_measurement(one.outcome, other.outcome, shared) and (
        share_measurement(one.action, other.action, shared)
        or are_parts_of_one(one.action, other.action)
        or have_collinear_actions(one, other)
        or is_explained_by(one, other)
    )


def sureness(effect: float | None, low: float | None, high: float | None) -> float:
    """Return how large an effect is beside its interval; 0 where one of them is not known."""
    if effect is None or low is None or high is None or high <= low:
        return 0.0
    return abs(effect) / (high - low)


def share_measurement(one: str, other: str, known: dict[str, frozenset[str]]) -> bool:
    """Return whether two metrics are the same or share a measurement. `known`: the parts of those that were asked for."""
    for key in (one, other):
        if key not in known:
            known[key] = lineage_by_key(key)
    return bool(known[one] & known[other])


def lineage_by_key(key: str) -> frozenset[str]:
    """Return a metric and all that it is computed from; of one that is gone only itself is known."""
    metric = find_metric(key)
    return lineage_of(metric) if metric else frozenset({key})


def are_parts_of_one(one: str, other: str) -> bool:
    """Return whether two amounts are parts of one sum, such as fat and carbohydrate of the energy that was eaten: who
    eats more has more of both."""
    wholes = (whole for whole in metrics.values() if whole.additive and len(whole.parents) > 1)
    return any({one, other} <= set(whole.parents) for whole in wholes)


def have_collinear_actions(one: Finding, other: Finding) -> bool:
    """Return whether the actions of two findings cannot be told apart on the days that are drawn of both."""
    own, theirs = ({day: x for day, x, _ in finding.points} for finding in (one, other))
    return are_collinear(own, theirs)


def are_collinear(own: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    """Return whether two series are so correlated that days cannot tell them apart, by those that both know."""
    both = sorted(own.keys() & theirs.keys())
    if len(both) < LEAST_DAYS:
        return False
    try:
        r = correlation([own[day] for day in both], [theirs[day] for day in both])
    except StatisticsError:
        # One of them is the same on all of these days.
        return False
    return abs(r) >= ONE_THING_R

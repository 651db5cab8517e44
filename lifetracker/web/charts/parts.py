"""The parts of a whole as one bar, by size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.markup import percent

#: By size; the last is for what is summed.
FILLS = ("work", "step-3", "step-2", "code", "part-5", "part-6")
OTHER = "Other"
HEIGHT = 26
# Between two parts, as a share of the width.
GAP = 0.003


class Share(NamedTuple):
    """A part of a whole: its name, and its share from 0 to 1; `told` is what stands behind its name, else the share."""

    name: str
    share: float
    told: str = ""

    @property
    def words(self) -> str:
        if self.told:
            return self.told
        return f"{self.share * 100:.1f} %" if self.share >= 0.001 else "under 0.1 %"


def shares_of(sizes: dict[str, int]) -> list[Share]:
    """Return at most six parts, the largest first; of more, the smallest are summed as `Other`. Sizes are not negative."""
    total = sum(sizes.values())
    if not total:
        return []
    ordered = sorted(sizes.items(), key=lambda one: (-one[1], one[0]))
    named = ordered if len(ordered) <= len(FILLS) else ordered[: len(FILLS) - 1]
    rest = total - sum(size for _, size in named)
    found = [Share(name, size / total) for name, size in named if size]
    return [*found, Share(OTHER, rest / total)] if rest else found


def parts_bar(shares: Sequence[Share], *, subject: str, fills: Sequence[str] = FILLS) -> SafeString:
    """Return one bar of all parts, and its legend. `subject` is what they are of: `Languages`. `fills` are their colours;
    a part of nothing is in the legend alone."""
    words = ", ".join(f"{one.name} {one.words}" for one in shares)
    return format_html(
        '<svg class="chart" height="{}" role="img" aria-label="{}">{}</svg>{}',
        HEIGHT,
        f"{subject}: {words}",
        format_html_join(
            "", '<rect class="{}" x="{}" width="{}" height="26" rx="3"/>', _bars(shares, fills)
        ),
        legend(
            [
                Key(f"f-{fill}", one.name, one.words)
                for fill, one in zip(fills, shares, strict=False)
            ]
        ),
    )


def _bars(shares: Sequence[Share], fills: Sequence[str]) -> list[tuple[str, str, str]]:
    found, begin = [], 0.0
    for fill, one in zip(fills, shares, strict=False):
        width = max(one.share - GAP, GAP)
        if one.share:
            found.append((f"f-{fill}", percent(begin), percent(width)))
        begin += one.share
    return found

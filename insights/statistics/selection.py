"""Which of many tests may count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from insights.statistics.course import Array

#: The share of false ones among those that are taken for candidates.
FALSE_SHARE = 0.05


def benjamini_hochberg(p: Array, share: float = FALSE_SHARE) -> NDArray[np.bool_]:
    """Return which of the tests stand when of those that do at most this share is expected to be false (Benjamini and
    Hochberg 1995). A p of NaN was no test and stands for none."""
    tested = ~np.isnan(p)
    ordered = np.sort(p[tested])
    ranks = np.arange(1, len(ordered) + 1)
    below = np.flatnonzero(ordered <= share * ranks / max(len(ordered), 1))
    if not len(below):
        return np.zeros(p.shape, dtype=np.bool_)
    limit = ordered[below[-1]]
    return np.asarray(tested & (np.nan_to_num(p, nan=2.0) <= limit))

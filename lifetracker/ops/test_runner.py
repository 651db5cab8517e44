"""`manage.py test` hands over to pytest, so that both names run the same tests."""

import os

import pytest
from django.conf import settings


class PytestRunner:
    """Runs pytest over `tests/`, or over `tests/<app>/` for each label that names one."""

    def __init__(self, *, verbosity: int = 1, failfast: bool = False, **_: object) -> None:
        self.options = [*["-q"][: verbosity < 1], *["-v"][: verbosity > 1], *["-x"][:failfast]]

    def run_tests(self, test_labels: list[str]) -> int:
        """Return how many failures to report: pytest's exit status, so that "no tests found" fails too."""
        # All of them on all cores, and one more at a time, because many wait for other processes; a
        # few are sooner done without the start of further ones.
        at_once = (os.cpu_count() or 1) + 1
        spread = [] if test_labels else [f"-n{at_once}", "--dist=worksteal"]
        return int(pytest.main([*self.options, *spread, *map(path_of, test_labels)]))


def path_of(label: str) -> str:
    """Return `tests/workouts` for `workouts`; anything else (a path, a node id) is pytest's own to resolve."""
    folder = settings.BASE_DIR / "tests" / label
    return str(folder) if folder.is_dir() else label

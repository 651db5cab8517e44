"""No benchmark rots unseen: each has a tiny run, which `.ci/run` makes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from benchmarks.once import BENCHMARKS, PARTS

ROOT = Path(settings.BASE_DIR)


def test_every_benchmark_has_a_tiny_run() -> None:
    started = {
        f"benchmarks.{path.stem}".removesuffix(".__main__")
        for path in (ROOT / "benchmarks").glob("*.py")
        if '\nif __name__ == "__main__":' in path.read_text()
    }
    assert started == {name.split()[0] for name in BENCHMARKS} | PARTS, (
        "give it its tiny input in benchmarks/once.py"
    )
    assert "-m benchmarks.once" in (ROOT / ".ci/run").read_text()


def test_every_benchmark_stands_in_the_readme() -> None:
    told = (ROOT / "benchmarks/README.md").read_text()
    for name in BENCHMARKS:
        assert f"python -m {name} " in told, name


def test_what_a_benchmark_starts_is_used_by_one() -> None:
    code = "".join(path.read_text() for path in (ROOT / "benchmarks").glob("*.py"))
    for part in PARTS - {"benchmarks.once"}:
        assert f'"{part}"' in code, part

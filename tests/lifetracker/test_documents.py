"""The documents hold together: their links lead somewhere, their lines can be read, and they cover
every setting, endpoint and table."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from lifetracker.models import SourceRecord

ROOT = Path(settings.BASE_DIR)
PAGES = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "SECURITY.md")] + PAGES
OTHERS = ("CONTRIBUTING.md", "benchmarks/README.md")
LINKED = [*DOCUMENTS, *(ROOT / name for name in OTHERS)]
LONGEST_LINE = 119
LONGEST_README = 159
LONGEST_CELL = 100
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def git(*arguments: str) -> list[str]:
    """Return the words that git answers."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    return subprocess.run(
        ["git", *arguments],  # noqa: S607 - whichever git is there
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


@cache
def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", without_code(path.read_text()), re.M):
        text = LINK.sub(lambda link: link[0][1 : link[0].index("]")], heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def leads_somewhere(target: str, path: Path, root: Path) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    file, _, anchor = unquote(target).partition("#")
    page = (path.parent / file).resolve() if file else path
    if not page.is_relative_to(root) or not page.exists():
        return False
    return not anchor or anchor in anchors(page)


def broken_links(path: Path, root: Path = ROOT) -> list[str]:
    targets = LINK.findall(without_code(path.read_text()))
    return [target for target in targets if not leads_somewhere(target, path, root)]


@pytest.mark.parametrize("path", LINKED, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert not broken_links(path)


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[here](#a-page) [nowhere](#b-page) [gone](gone.md) [web](https://x.y)"
    )
    assert broken_links(page, tmp_path) == ["#b-page", "gone.md"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_lines_and_cells_can_be_read(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert not [line for line in lines if len(line) > LONGEST_LINE]
    cells = [cell for line in lines if line.startswith("|") for cell in line.strip("|").split("|")]
    assert not [cell for cell in cells if len(cell.strip()) > LONGEST_CELL]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= LONGEST_README


def test_the_list_of_contents_has_every_page() -> None:
    listed = set(LINK.findall((ROOT / "docs/README.md").read_text()))
    missing = {page.name for page in PAGES} - listed - {"README.md"}
    assert not missing, f"Add to docs/README.md: {', '.join(sorted(missing))}"


def test_every_setting_is_explained() -> None:
    example = (ROOT / ".env.example").read_text()
    written = "".join(page.read_text() for page in PAGES)
    names = re.findall(r"^#?([A-Z0-9_]+)=", example, re.M)
    missing = [name for name in names if f"`{name}`" not in written]
    assert not missing, f"Explain in a page of docs/: {', '.join(missing)}"


def test_every_endpoint_is_listed() -> None:
    """By its path, of which WHOOP's are without their common beginning."""
    written = (ROOT / "docs/api.md").read_text()
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert len(described) > 30
    for path in described:
        known = re.sub(r"\{.*", "", path).removeprefix("/api/whoop/").rstrip("/")
        assert re.search(rf"[` /]{re.escape(known)}[`/?,]", written), (
            f"Add a row to docs/api.md that says what `{path}` answers."
        )


def test_every_page_that_a_message_or_setting_names_is_there() -> None:
    named = git("grep", "-hoE", r"docs/[a-z-]+\.md", "--", ":!docs", ":!*.md", ":!tests")
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_the_architecture_names_what_is_there() -> None:
    """Files and folders, and names of classes, functions, fields and packages."""
    text = without_code((ROOT / "ARCHITECTURE.md").read_text())
    files = [f"/{path}" for path in git("ls-files")]
    code = [path for path in files if path.endswith((".py", ".in"))]
    words = {word for path in code for word in re.findall(r"\w+", (ROOT / path[1:]).read_text())}
    unknown = set()
    for name in re.findall(r"`([^`]+)`", text):
        if name.endswith((".py", "/")):
            unknown |= set() if any(f"/{name}" in path for path in files) else {name}
        elif re.fullmatch(r"[A-Za-z_][\w.]*(\(\))?", name):
            unknown |= {part for part in re.findall(r"\w+", name) if part not in words}
    assert unknown == set()


def test_the_architecture_says_what_bounds_every_table() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    section = text.partition("### What grows, and what bounds it")[2].partition("\n### ")[0]
    ours = [m for m in apps.get_models() if (ROOT / m.__module__.partition(".")[0]).is_dir()]
    names = {m.__name__ for m in ours if not issubclass(m, SourceRecord)}
    assert {name for name in names if not re.search(rf"[`.]{name}`", section)} == set()

"""The rules of ARCHITECTURE.md, held by the code itself."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
APPS = {one.name for one in apps.get_app_configs() if Path(one.path).parent == ROOT} - {
    "lifetracker"
}
# What composes the project may know the apps.
COMPOSING = {"settings.py", "urls.py", "tasks.py", "web/source_status.py"}
# An app's lower floors, which never look up.
BELOW = {"models", "services"}
ABOVE = {"api", "views", "admin", "urls", "metrics", "management"}


def modules(folder: str) -> Iterator[Path]:
    for path in (ROOT / folder).rglob("*.py"):
        if "migrations" not in path.parts:
            yield path


@cache
def parsed(path: Path) -> ast.Module:
    """Many rules look at the same file."""
    return ast.parse(path.read_text())


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_the_list_of_apps_is_complete() -> None:
    """Every folder at the top with models, settings of a source or pages of its own is installed."""
    folders = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert folders == APPS | {"lifetracker"}
    assert len(APPS) > 5


def test_the_machinery_imports_no_app() -> None:
    for path in modules("lifetracker"):
        composing = path.relative_to(ROOT / "lifetracker").as_posix() in COMPOSING
        if composing or "commands" in path.parts:
            continue
        guests = {name for name in imports(path) if name.split(".")[0] in APPS}
        assert not guests, f"{path.relative_to(ROOT)} imports {guests}"


def test_imports_point_one_way() -> None:
    """streams -> models <- api, views, metrics, admin; a client knows no model but OAuthCredential."""
    for app in APPS:
        for path in modules(app):
            floor = path.relative_to(ROOT / app).parts[0].removesuffix(".py")
            used = {n.split(".")[1] for n in imports(path) if n.split(".")[0] in APPS and "." in n}
            if floor in BELOW:
                assert not used & (ABOVE | {"streams"}), path
            if floor == "streams":
                assert not used & ABOVE, path
            if floor == "services":
                assert not used & {"models"}, path


# Of each room of `lifetracker/`, the rooms and single modules that it may import.
MAY_IMPORT = {
    "models": {"days", "domains", "errors", "words"},
    "ops": {"days", "errors", "models"},
    "sync": {"days", "environment", "errors", "models", "ops", "words"},
    "metrics": {"days", "domains", "models", "sync"},
    "tasks": {"errors", "metrics", "models", "ops", "sync"},
    "backups": {"models", "spreadsheets", "tasks", "words"},
    "error_pages": {"ops"},
    "accounts": {"admin", "error_pages", "models", "ops", "words"},
    "api": {
        "accounts",
        "days",
        "domains",
        "error_pages",
        "errors",
        "metrics",
        "models",
        "ops",
        "sync",
        "tasks",
        "words",
    },
    "web": {
        "accounts",
        "api",
        "backups",
        "days",
        "domains",
        "error_pages",
        "errors",
        "metrics",
        "models",
        "spreadsheets",
        "sync",
        "tasks",
        "words",
    },
    "tools": {
        "accounts",
        "api",
        "days",
        "domains",
        "errors",
        "metrics",
        "models",
        "sync",
        "tasks",
        "words",
    },
    "doctor": {"accounts", "api", "days", "models", "ops", "sync", "tasks", "web", "words"},
    "admin": {"days", "models", "ops", "sync", "tasks", "web", "words"},
    "sandbox": set(),
}


def test_rooms_import_in_one_direction() -> None:
    for room, allowed in MAY_IMPORT.items():
        found = {
            name.split(".")[1]
            for path in [*modules(f"lifetracker/{room}"), ROOT / f"lifetracker/{room}.py"]
            if path.exists()
            for name in imports(path)
            if name.startswith("lifetracker.")
        }
        assert found <= allowed | {room}, f"{room} imports {found - allowed - {room}}"


def test_no_modules_import_each_other() -> None:
    """Not even inside of functions."""
    paths = {name_of(path): path for app in [*APPS, "lifetracker"] for path in modules(app)}
    graph = {name: imported_modules(path, paths.keys()) - {name} for name, path in paths.items()}
    assert len(graph) > 200
    while leaves := {name for name, imported in graph.items() if not imported}:
        graph = {name: found - leaves for name, found in graph.items() if name not in leaves}
    assert not graph, f"a circle among {sorted(graph)}"


def test_no_module_is_hidden_by_a_package_of_its_name() -> None:
    for app in [*APPS, "lifetracker"]:
        for path in modules(app):
            assert not (path.with_suffix("") / "__init__.py").exists(), path


def imported_modules(path: Path, known: Set[str]) -> set[str]:
    """Those of the known modules that a file imports; a package only where a name comes from itself."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & known or {node.module}
    return found & known


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_a_declaration_loads_no_app() -> None:
    """It is read while the settings are."""
    for path in ROOT.glob("*/source.py"):
        own = {name for name in imports(path) if name.split(".")[0] in APPS | {"lifetracker"}}
        assert all(
            name.startswith(("lifetracker.environment", "lifetracker.sync.declaration"))
            for name in own
        ), f"{path.relative_to(ROOT)} imports {own}"


def test_the_sandbox_knows_none_of_us() -> None:
    for path in modules("lifetracker/sandbox"):
        foreign = {
            name
            for name in imports(path)
            if name.split(".")[0] in APPS | {"django", "requests"}
            or (name.startswith("lifetracker.") and not name.startswith("lifetracker.sandbox"))
        }
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_one_door_to_the_network() -> None:
    """Only the door, the demo (which plays the browser) and the sandbox open connections."""
    # The last asks the processes that it has started itself.
    allowed = {
        "lifetracker/sync/http.py",
        "lifetracker/management/commands/demo.py",
        "lifetracker/ops/processes.py",
    }
    for app in [*APPS, "lifetracker"]:
        for path in modules(app):
            name = path.relative_to(ROOT).as_posix()
            if name in allowed or name.startswith("lifetracker/sandbox/"):
                continue
            assert not re.search(r"requests\.(get|post|request|Session)\(", path.read_text()), name


#: Statements that change or delete rows, and Django's ways around `save`, `delete` and the `update` of a query.
CHANGING = re.compile(
    r"\bUPDATE\b.*\bSET\b|\bDELETE FROM\b|\bDO UPDATE\b|\b(REPLACE|MERGE) INTO\b", re.S
)
AROUND = {"save_base", "_raw_delete", "_base_manager"}
#: Where they may stand, with what becomes of revisions there.
WRITTEN_OUT = {
    "lifetracker/sync/upsert.py": "what a batch replaces is kept by `replaced.py`",
    "lifetracker/models/statements.py": "rows of runs and windows; the only ones that call it are named below",
    "lifetracker/models/leases.py": "a lease is no record",
    "lifetracker/models/kept.py": "it is what keeps them",
    "lifetracker/models/exported.py": "it reads",
    "lifetracker/backups/tables.py": "it reads",
    "lifetracker/backups/restoring.py": "a restore brings the revisions of the backup",
    "lifetracker/ops/processes.py": "it deletes nothing: it asks whether it could",
    "nutrition/models/foods.py": "it reads",
}
CALL_STATEMENTS = {"lifetracker/sync/runs.py", "lifetracker/sync/verifier.py"}


def goes_around_revisions(node: ast.AST) -> bool:
    """Return whether a piece of code may change stored rows so that nothing keeps what they were."""
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "x" for one in node.values)
        return bool(CHANGING.search("".join(map(str, parts))))
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(CHANGING.search(node.value))
    if isinstance(node, ast.Call):
        return any(word.arg == "update_conflicts" for word in node.keywords)
    return isinstance(node, ast.Attribute) and node.attr in AROUND


def test_rows_are_changed_in_ways_that_keep_what_they_were() -> None:
    """New code that writes by a statement of its own has to keep revisions, and to say here how."""
    found, calls = set(), set()
    for folder in ("lifetracker", *APPS):
        for path in modules(folder):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith("lifetracker/sandbox/"):
                continue
            if any(map(goes_around_revisions, ast.walk(parsed(path)))):
                found.add(name)
            if "lifetracker.models.statements" in imports(path):
                calls.add(name)
    assert found == WRITTEN_OUT.keys()
    assert calls - {"lifetracker/models/leases.py"} == CALL_STATEMENTS


@pytest.mark.parametrize(
    "code",
    [
        'cursor.execute(f"UPDATE {table} SET deleted_at = NULL")',
        'cursor.execute("DELETE FROM commits WHERE id = 1")',
        "Commit._base_manager.filter(pk=1).update(mine=True)",
        "Commit.objects.bulk_create(rows, update_conflicts=True)",
        "row.save_base(raw=True)",
    ],
)
def test_that_rule_finds(code: str) -> None:
    assert any(map(goes_around_revisions, ast.walk(ast.parse(code))))


def test_dates_are_computed_in_one_place() -> None:
    for app in [*APPS, "lifetracker"]:
        for path in modules(app):
            name = path.relative_to(ROOT).as_posix()
            if name == "lifetracker/days.py" or name.startswith("lifetracker/sandbox/"):
                continue
            assert not re.search(r"\.date\(\)|localdate\(|date\.today", path.read_text()), name


def test_the_environment_is_read_in_one_place() -> None:
    for app in [*APPS, "lifetracker"]:
        for path in modules(app):
            # Git gets an environment made for it, with little of ours, and other processes get all of
            # it. The machine's zone is a default of a setting; the sandbox runs without settings.
            if path.name in {"settings.py", "wsgi.py", "demo.py", "git.py", "processes.py"}:
                continue
            if path.name in {"machine_zone.py", "life.py"}:
                continue
            assert "os.environ" not in path.read_text(), path


def test_every_setting_stands_in_the_example() -> None:
    text = (ROOT / "lifetracker/settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", text))
    assert len(read) > 10
    read |= {one.name for source in settings.SOURCES for one in source.all_settings()}
    # Compose makes the database's login, and publishes the port.
    read |= set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "compose.yaml").read_text()))
    example = (ROOT / ".env.example").read_text()
    written = set(re.findall(r"^#?([A-Z0-9_]+)=", example, re.M))
    assert not read - written, f"Add to .env.example: {', '.join(sorted(read - written))}"
    assert not written - read, f"Nothing reads what .env.example has: {written - read}"


def test_every_task_of_the_queue_is_logged() -> None:
    text = (ROOT / "lifetracker/tasks.py").read_text()
    sent = set(re.findall(r"\bsend\(\s*\"(\w+)\"|\{__name__\}\.(\w+)", text))
    tasks = {name for pair in sent for name in pair if name}
    assert tasks >= {"execute_run", "help_with_run", "start_sync", "resume_stalled_runs"}
    for name in tasks:
        assert f"@logged\ndef {name}(" in text, name


def own_apps_by_command() -> dict[str, str]:
    return {name: app for name, app in get_commands().items() if app in APPS | {"lifetracker"}}


def own_commands() -> list[str]:
    return sorted(own_apps_by_command())


@pytest.mark.parametrize("command", own_commands())
def test_every_command_has_a_test_and_a_place_in_the_documentation(command: str) -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    assert re.search(rf"\"{command}\"", tests), f"No test calls {command}: write one below tests/."
    assert f"`{command}" in (ROOT / "docs/commands.md").read_text(), (
        f"Add a row to docs/commands.md:\n| `{command}` | what it does |"
    )


def test_the_top_level_is_the_one_of_the_architecture() -> None:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - whichever git is there
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not listed:
        pytest.skip("not a git checkout")
    assert {path.split("/")[0] for path in listed if "/" in path} == {
        *APPS,
        *(".ci", "benchmarks", "docs", "lifetracker", "templates", "tests"),
    }, (
        "The folder of a new app belongs into git (`git add`); other folders do not belong at the top."
    )


def test_the_tests_with_a_browser_stand_in_one_folder() -> None:
    """Where `make test-browser` looks for them, and `make test` does not."""
    marked = {
        path for path in (ROOT / "tests").rglob("test_*.py") if "mark.browser" in path.read_text()
    }
    marked.discard(Path(__file__))
    assert marked == set((ROOT / "tests/browser").glob("test_*.py"))


def test_locked_requirements_have_hashes() -> None:
    for name, least in (("requirements", 10), ("requirements-dev", 10), ("requirements-uv", 1)):
        text = (ROOT / f"{name}.txt").read_text()
        pins = re.findall(r"^[a-z][\w.-]*==", text, re.M)
        assert len(pins) >= least
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in "".join(re.findall(r"^--.*$", text, re.M)), "no address of an index"


def test_the_lock_is_for_every_python_that_is_named() -> None:
    """What redis needs before 3.11.3 alone, and what others no longer need in 3.13."""
    lock = (ROOT / "requirements.txt").read_text()
    assert re.search(r"^async-timeout==\S+ ; python_full_version < '3\.11\.3' ", lock, re.M)
    assert re.search(r"^typing-extensions==\S+ ; python_full_version < '3\.13' ", lock, re.M)
    assert 'requires-python = ">=3.11,<3.14"' in (ROOT / "pyproject.toml").read_text()


def test_no_bare_template_scripts_or_styles() -> None:
    """A strict content security policy must be possible: no inline script, style or handler."""
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text), path


def test_no_code_writes_styles_into_a_page() -> None:
    """What the policy refuses: an attribute `style` in made HTML, and one that a script sets as text. `element.style` is
    allowed."""
    for app in [*APPS, "lifetracker"]:
        # Two pages are sent by small servers of their own: of the command that waits for a consent, and of the sandbox.
        others = {ROOT / "oauth_integration/consent.py", ROOT / "lifetracker/sandbox/page.py"}
        for path in set(modules(app)) - others:
            assert not re.search(r"<style\b|\sstyle=\\?[\"'][^\"']*:", path.read_text()), path
    for path in (ROOT / "lifetracker/static").rglob("*.js"):
        text = path.read_text()
        assert not re.search(r"setAttribute\([\"']style|cssText|<style\b|\sstyle=", text), path


def test_htmx_adds_no_style() -> None:
    """Neither a sheet of its own, nor the attribute of the element that it replaces, which it would set as text."""
    text = (ROOT / "templates/frame/htmx.html").read_text()
    found = re.search(r"name=\"htmx-config\" content='([^']*)'", text)
    assert found
    settings_of_htmx = json.loads(found[1])
    assert settings_of_htmx["includeIndicatorStyles"] is False
    assert "style" not in settings_of_htmx["attributesToSettle"]


def test_types_are_said() -> None:
    """`Any` stands in fewer than 12 of 1,000 lines."""
    lines = [
        line
        for app in [*APPS, "lifetracker"]
        for path in modules(app)
        if "sandbox" not in path.parts
        for line in path.read_text().splitlines()
    ]
    untyped = [line for line in lines if re.search(r"\bAny\b", line)]
    assert len(untyped) < 12 * len(lines) / 1000

"""What the repositories hold comes from the life, and goes on with the clock."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from lifetracker.sandbox.github.service import GitHub
from lifetracker.sandbox.life import HOME, life_of
from lifetracker.sandbox.server import Sandbox
from lifetracker.sandbox.working import TOO_ILL, colleague, working

from .conftest import NOON, Caller, log, run_git

LONG = 365


@dataclass(frozen=True)
class Logged:
    oid: str
    email: str
    at: int
    zone: str
    committer: str
    committed: int
    subject: str


def logged(path: Path) -> list[Logged]:
    form = "--format=%H%x00%ae%x00%at%x00%ad%x00%ce%x00%ct%x00%s"
    lines = log(path, "--all", "--date=format:%z", form)
    rows = [line.split("\0") for line in lines]
    return [Logged(r[0], r[1], int(r[2]), r[3], r[4], int(r[5]), r[6]) for r in rows]


def tips(github: GitHub) -> dict[str, str]:
    """The end of each ref of each repository."""
    found = {}
    for item in github.repositories():
        done = run_git(f"--git-dir={github.path(item['name'])}", "for-each-ref")
        found[item["name"]] = done.stdout
    return found


@pytest.fixture(scope="module")
def year() -> Iterator[GitHub]:
    """From the time of the last illness on, with two trips."""
    sandbox = Sandbox(seed=1, days=LONG, now=NOON)
    yield sandbox.github
    sandbox.github.close()


@pytest.fixture(scope="module")
def commits(year: GitHub) -> dict[str, list[Logged]]:
    return {
        item["name"]: logged(year.path(item["name"]))
        for item in year.repositories()
        if item["pushed_at"]
    }


def own(commits: dict[str, list[Logged]], year: GitHub) -> list[Logged]:
    """Those of the days, each once."""
    first = (NOON - timedelta(days=LONG)).timestamp()
    every = {one.oid: one for found in commits.values() for one in found}
    return [one for one in every.values() if one.email in year.emails and one.at > first]


def spans(begin: date, end: date) -> list[tuple[int, int, str]]:
    life, found, on = life_of(1), [], begin
    while on <= end:
        zone = life.day(on).zone
        found += [(stint.start, stint.end, zone) for stint in working(life, on)]
        on += timedelta(days=1)
    return found


def test_she_writes_within_her_stints_and_in_her_zone(
    commits: dict[str, list[Logged]], year: GitHub
) -> None:
    begin = (NOON - timedelta(days=LONG + 1)).date()
    stints = spans(begin, NOON.date())
    written = [one for one in own(commits, year) if one.committer != "noreply@github.com"]
    assert len(written) > 300
    for one in written:
        zones = {
            datetime.fromtimestamp(one.at, ZoneInfo(zone)).strftime("%z")
            for start, end, zone in stints
            if start <= one.at <= end
        }
        assert one.zone in zones, one


def test_trips_have_other_offsets(commits: dict[str, list[Logged]], year: GitHub) -> None:
    zones = Counter(one.zone for one in own(commits, year))
    assert {"+0100", "+0200"} < zones.keys()
    away = zones.keys() - {"+0100", "+0200"}
    assert 0 < sum(zones[zone] for zone in away) < len(own(commits, year)) / 4


def test_nothing_is_written_while_ill(commits: dict[str, list[Logged]], year: GitHub) -> None:
    life = life_of(1)
    days = [(NOON - timedelta(days=n)).date() for n in range(LONG)]
    ill = {on for on in days if life.day(on).ill > TOO_ILL}
    written = {
        datetime.fromtimestamp(one.at, ZoneInfo(HOME)).date()
        for one in own(commits, year)
        if one.committer != "noreply@github.com"
    }
    assert len(ill) >= 3
    assert not written & ill
    assert len(written) > 150


def test_jonas_writes_in_his_own_hours(commits: dict[str, list[Logged]]) -> None:
    found = [one for one in commits["ticketing"] if one.email == "jonas.weber@example.com"]
    assert len(found) > 20
    life = life_of(1)
    for one in found:
        on = datetime.fromtimestamp(one.at, ZoneInfo(HOME)).date()
        assert any(stint.start <= one.at <= stint.end for stint in colleague(life, on))


def test_all_three_addresses_and_others(commits: dict[str, list[Logged]], year: GitHub) -> None:
    emails = {one.email for found in commits.values() for one in found}
    assert set(year.emails) < emails
    assert len(emails - set(year.emails)) >= 4
    merges = [
        one
        for one in commits["customer-portal"]
        if one.subject.startswith("Merge pull request #") and one.email == year.emails[2]
    ]
    assert {one.committer for one in merges} == {"noreply@github.com"}


def test_some_were_rebased(commits: dict[str, list[Logged]], year: GitHub) -> None:
    written = own(commits, year)
    late = [one for one in written if one.committed > one.at]
    assert not [one for one in written if one.committed < one.at]
    assert 0.02 < len(late) / len(written) < 0.2
    assert any(one.committed - one.at > 6 * 3600 for one in late)
    assert max(one.committed for one in written) <= NOON.timestamp()


def test_messages_come_from_the_tasks(commits: dict[str, list[Logged]]) -> None:
    subjects = Counter(one.subject for one in commits["shop-relaunch"])
    assert subjects.keys() & {"Checkout", "Vouchers", "Load tests", "Search: Umlaute"}
    assert max(subjects.values()) < sum(subjects.values()) / 4


def test_two_share_the_beginning_of_their_history(commits: dict[str, list[Logged]]) -> None:
    old = {one.oid for one in commits["tariff-calculator"]}
    new = {one.oid for one in commits["tariff-zones"]}
    assert len(old & new) > 10
    assert old - new
    assert new - old
    begun = min(commits["tariff-calculator"], key=lambda one: one.at)
    assert begun.oid in new


def test_files_are_real(year: GitHub) -> None:
    path = year.path("customer-portal")
    paths = run_git(f"--git-dir={path}", "ls-tree", "-r", "--name-only", "main").stdout.split()
    lock = run_git(f"--git-dir={path}", "show", "main:package-lock.json").stdout
    assert len(json.loads(lock)["packages"]) > 30
    assert "public/vendor/tiny-router.js" in paths
    assert {one.rpartition(".")[2] for one in paths} >= {"ts", "css", "html", "md"}
    stats = log(path, "--no-merges", "--numstat", "-M100%", "--format=", "main")
    assert sum("=>" in line for line in stats) > 1
    images = log(year.path("audio-guide"), "--numstat", "--format=", "main")
    assert any(line.startswith("-\t-\timages/") for line in images)
    languages = {item["language"] for item in year.repositories()}
    assert languages >= {"TypeScript", "Python", "Go", "Rust", "Shell", "HTML", None}


def test_the_archived_one_is_older_than_all_of_it(commits: dict[str, list[Logged]]) -> None:
    newest = max(one.at for one in commits["trade-fair-archive"])
    assert newest < (NOON - timedelta(days=LONG)).timestamp()
    assert len(commits["trade-fair-archive"]) > 10


def test_the_same_seed_days_and_clock_make_the_same_objects(
    shared: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text(
        "[user]\nname = Somebody\n[core]\nautocrlf = true\n[i18n]\ncommitEncoding=x\n"
    )
    for name, value in (
        ("GIT_CONFIG_GLOBAL", str(config)),
        ("GIT_AUTHOR_DATE", "2001-01-01"),
        ("GIT_DIR", "/nowhere"),
        ("TZ", "Asia/Tokyo"),
    ):
        monkeypatch.setenv(name, value)
    again = Sandbox(seed=1, days=60, now=NOON).github
    found = tips(again)
    again.close()
    monkeypatch.undo()
    assert found == tips(shared.github)


def test_these_objects_were_written_down_once(caller: Caller) -> None:
    """On another machine, and on another day."""
    path = caller.github.path("metronome")
    assert log(path, "--format=%H", "--max-parents=0", "master") == [
        "e9efe75218106df6843986d00af3bda18d2a4999"
    ]
    assert (
        log(path, "--format=%H", "--until=2020-01-01", "master")[0]
        == "6eec16a284b8ed94adf30fd3fdd9a1a0a2caf7ab"
    )


def test_another_seed_makes_others(caller: Caller) -> None:
    other = Sandbox(seed=2, days=5, now=NOON).github
    same = tips(caller.github).items() & tips(other).items()
    other.close()
    assert {name for name, _ in same} <= {"sketches"}


def test_what_comes_later_is_the_same_as_what_was_there_at_once(caller: Caller) -> None:
    late = Sandbox(seed=1, days=5, now=NOON)
    late.clock.advance(timedelta(days=21))
    caller.github.repositories()
    for hours in (1, 5, 30, 160, 7 * 24, 140):
        caller.sandbox.clock.advance(timedelta(hours=hours))
        caller.github.repositories()
    assert caller.sandbox.clock.now() == NOON + timedelta(days=21)
    found = tips(late.github)
    late.github.close()
    assert tips(caller.github) == found


def test_commits_come_with_the_clock(caller: Caller, tmp_path: Path) -> None:
    before = {item["name"]: item["pushed_at"] for item in caller.github.repositories()}
    assert caller.github.repositories() == caller.github.repositories()
    caller.sandbox.clock.advance(timedelta(days=3))
    after = {item["name"]: item["pushed_at"] for item in caller.found("/user/repos")}
    moved = [name for name in after if before.get(name) != after[name]]
    assert moved
    start, end = NOON.isoformat(), (NOON + timedelta(days=3)).isoformat()
    for name in moved:
        assert start < datetime.fromisoformat(after[name]).isoformat() < end
    assert caller.clone(moved[0], tmp_path / "a").returncode == 0
    newest = int(log(tmp_path / "a", "--all", "--format=%ct", "--max-count=1")[0])
    assert NOON.timestamp() < newest <= (NOON + timedelta(days=3)).timestamp()


def test_nothing_is_there_before_it_is_asked_for() -> None:
    sandbox = Sandbox(seed=1, days=60, now=NOON)
    assert sandbox.github.state()["counts"]["repositories"] == 0


def test_many_first_requests_at_once_generate_once(caller: Caller) -> None:
    def listed() -> list[str]:
        headers = {"Authorization": f"Bearer {caller.token}"}
        answer = requests.get(f"{caller.github.url}/user/repos", headers=headers, timeout=20)
        return [item["name"] for item in answer.json()]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: listed(), range(16)))
    assert len(found[0]) > 5
    assert found == [found[0]] * 16
    roots = log(caller.github.path("metronome"), "--max-parents=0", "--format=%H")
    assert len(roots) == 1


def test_the_disk_is_cleaned_up() -> None:
    with Sandbox(seed=1, days=2, now=NOON) as sandbox:
        path = sandbox.github.path("metronome")
        assert path.is_dir()
        root = path.parent
    assert not root.exists()
    with sandbox:
        assert sandbox.github.path("metronome").is_dir()
        assert sandbox.github.path("metronome") != path


def test_utc_is_the_zone_of_the_api(reader: Caller) -> None:
    item = next(one for one in reader.github.repositories() if one["name"] == "shop-relaunch")
    pushed = datetime.fromisoformat(item["pushed_at"])
    assert pushed.tzinfo == UTC
    assert NOON - timedelta(days=60) < pushed <= NOON

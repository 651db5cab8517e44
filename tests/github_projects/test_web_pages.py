"""The pages of GitHub: their numbers are those of the API, and what is not known is said so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from github_projects.models import GITHUB, Commit, Repository
from github_projects.page_charts import busiest_hours
from github_projects.repository_table import HEADS, size_words, span_words
from lifetracker.models import SyncRun
from tests import makers
from tests.conftest import NOW
from tests.whoop.test_web_pages import section, text_of, words_of

pytestmark = pytest.mark.django_db

# Two for who it is, three for how the sync went, one for what was read of GitHub, one each for the days with their hours, the
# repositories, and how many commits each has, or which was the first day of all.
QUERIES = 9
# The repository itself, how many commits everybody made in it, and the list of them.
OF_A_REPOSITORY = QUERIES + 1
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.GITHUB_ACCESS_TOKEN = ""


def read(hours_ago: float = 1, **values: Any) -> SyncRun:
    """A run of GitHub."""
    moment = NOW - timedelta(hours=hours_ago)
    made = {"status": "success", "started_at": moment, "finished_at": moment, "kind": "full"}
    return SyncRun.objects.create(source=GITHUB, **{**made, **values})


def code(days_ago: Iterable[int], *repositories: Repository, **values: Any) -> None:
    """A commit of the owner on each of these days."""
    for ago in days_ago:
        makers.commit(*repositories, days_ago=ago, mine=True, **values)
    Repository.objects.recount()


def figure(answer: Any, label: str) -> str:
    """The words of a figure."""
    html = answer.content.decode()
    return words_of(html.split(f"<dt>{label}</dt>")[1].split("</div>")[0])


def rows(answer: Any) -> list[list[str]]:
    """The cells of the table of repositories."""
    body = section(answer, "repositories").split("<tbody>")[1].split("</tbody>")[0]
    return [
        [words_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in body.split("</tr>")[:-1]
    ]


def names(answer: Any) -> list[str]:
    return [row[0].split()[0] for row in rows(answer)]


def test_nobody_sees_it_without_a_login(client: Client) -> None:
    for path in ("/github/", "/github/robin/portal", "/github/live"):
        assert client.get(path)["Location"].startswith("/login/")


# --- A range --------------------------------------------------------------------------------------


def test_figures_are_those_of_the_api(visitor: Client) -> None:
    read()
    code(range(0, 90, 2), makers.repository(), added=30, deleted=7)
    answer = visitor.get("/github/?range=30d")
    told = visitor.get("/api/github/metrics?days=30&mine=true", headers=JSON).json()
    assert figure(answer, "Commits") == f"{told['commits']} as the 30 days before"
    assert figure(answer, "Active days").split()[0] == str(told["active_days"])
    assert figure(answer, "Lines added").split()[0] == str(told["added"])
    assert figure(answer, "Lines deleted").split()[0] == str(told["deleted"])
    assert f"{told['commits']} commits on {told['active_days']} days" in text_of(answer)


def test_figures_stand_against_the_stretch_before(visitor: Client) -> None:
    read()
    code([0, 1, 2, 8], makers.repository())
    answer = visitor.get("/github/?range=7d")
    assert "3 commits on 3 days, 2 more than in the 7 days before." in text_of(answer)
    assert figure(answer, "Commits") == "3 +2 on the 7 days before"
    assert figure(answer, "Lines added") == "30 +20 on the 7 days before"


def test_hours_between_commits_are_those_of_the_metric(visitor: Client) -> None:
    read()
    one, other = makers.repository(), makers.repository(name="tickets")
    for minutes, repository in ((0, one), (50, other), (170, one), (300, one)):
        at = NOW - timedelta(days=1, minutes=-minutes)
        makers.commit(repository, at=at, mine=True)
    Repository.objects.recount()
    Commit.objects.measure_sittings()
    day = (NOW - timedelta(days=1)).date().isoformat()
    key = "github.sitting_hours"
    path = f"/api/metrics/series?keys={key}&start_date={day}&end_date={day}"
    told = visitor.get(path, headers=JSON).json()["series"][key]["values"]
    assert told == [pytest.approx(170 / 60, abs=0.01)]
    assert figure(visitor.get("/github/?range=7d"), "Between commits").startswith("3 h ")
    of_one = visitor.get(f"/github/{one.full_name}?range=7d")
    assert figure(of_one, "Between commits").startswith("2 h ")


def test_generated_lines_are_left_out_and_said_so(visitor: Client) -> None:
    read()
    code([1], makers.repository(), added=90, deleted=30, generated=40)
    answer = visitor.get("/github/?range=7d")
    assert figure(answer, "Lines added").startswith("60 ")
    assert figure(answer, "Lines deleted").startswith("20 ")
    assert "Left out: 40 lines of lock files" in words_of(section(answer, "lines"))


def test_the_grid_of_hours_is_that_of_the_api(visitor: Client) -> None:
    read()
    code(range(20), makers.repository(), hour=9)
    code([3, 4], makers.repository("other"), hour=23)
    answer = visitor.get("/github/?range=30d")
    told = visitor.get("/api/github/metrics?days=30&mine=true", headers=JSON).json()
    cells = re.findall(r"<td>(\d+)</td>", section(answer, "hours"))
    by_part = [
        str(sum(row[first : first + 6]))
        for first in (0, 6, 12, 18)
        for row in told["by_weekday_and_hour"]
    ]
    assert cells == by_part
    assert "91 % of the commits were made between 07:00 and 10:00." in text_of(answer)


def test_each_day_of_the_year_opens_what_was_done_on_it(visitor: Client) -> None:
    read()
    portal = makers.repository()
    code([1, 1, 40], portal)
    card = section(visitor.get("/github/?range=1y"), "calendar")
    assert card.count('href="/github/?from=') == 365
    assert "Tue 15 Sep: 2 commits" in card
    assert "Mon 14 Sep: 0 commits" in card
    assert "none 363 1 1 2 1 3 0 4 and more 0" in words_of(card)
    assert "Longest pause 38 days, from 8 August" in words_of(card)
    day = visitor.get("/github/?from=2026-09-15&to=2026-09-15")
    assert "2 commits on 15 September 2026" in text_of(day)
    assert section(day, "commits").count("<tr>") == 3
    assert 'href="/github/robin/portal"' in section(day, "commits")


def test_days_after_the_last_read_are_not_known(visitor: Client) -> None:
    read(hours_ago=72)
    code([10, 11, 12], makers.repository())
    answer = visitor.get("/github/?range=30d")
    assert "At least 3 commits on 3 days." in text_of(answer)
    assert "GitHub was not read after 12 September." in text_of(answer)
    assert figure(answer, "Commits") == "3 known to 12 September"
    assert section(answer, "calendar").count('class="f-none"') == 5
    assert "not known 4" in words_of(section(answer, "calendar"))
    assert "not known" in words_of(section(answer, "lines"))
    unread = visitor.get("/github/?from=2026-09-14&to=2026-09-16")
    assert "Not known: GitHub was not read on these days." in text_of(unread)
    assert figure(unread, "Commits") == "– Not known in this range"


def test_before_the_first_sync_it_says_how_to_begin(visitor: Client) -> None:
    text = text_of(visitor.get("/github/"))
    assert "Connect GitHub to see your commits here." in text
    assert "Commits 0" not in text


def test_the_first_sync_is_followed(visitor: Client) -> None:
    read(status="running", finished_at=None, progress_done=3, progress_total=8)
    text = text_of(visitor.get("/github/"))
    assert "GitHub is being read for the first time." in text
    assert "3 of 8 repositories are up to date." in text


def test_a_range_without_commits_is_zero_where_it_was_read(visitor: Client) -> None:
    read()
    code([1], makers.repository())
    answer = visitor.get("/github/?from=2026-03-03&to=2026-03-09")
    assert "No commits from 3 to 9 March 2026" in text_of(answer)
    assert figure(answer, "Commits").startswith("0 ")


def test_commits_of_nobody_say_what_to_do(visitor: Client) -> None:
    read()
    makers.commit(makers.repository())
    Repository.objects.recount()
    text = text_of(visitor.get("/github/"))
    assert "None of the commits is known to be yours." in text
    assert "GITHUB_EMAILS" in text


def test_a_bad_range_or_table_is_answered_in_words(visitor: Client) -> None:
    read()
    code([1], makers.repository())
    for query, words in (
        ("from=2026-03-09&to=2026-03-03", "The first day must not be after the last one."),
        ("sort=stars", "There is no such order. Sort by one of name, loc,"),
        ("kind=stars", "There are no such repositories. Choose one of mine, forks,"),
    ):
        answer = visitor.get(f"/github/?{query}")
        assert answer.status_code == 400
        assert words in text_of(answer)
        assert names(answer) == ["portal"]


@pytest.mark.parametrize("query", ["range=7d", "range=1y", "range=all"])
def test_each_range_takes_as_many_queries(
    visitor: Client, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    read()
    code(range(5), makers.repository())
    visitor.get(f"/github/?{query}")
    with django_assert_num_queries(QUERIES):
        visitor.get(f"/github/?{query}")
    code(range(5, 60), *(makers.repository(f"more-{at}") for at in range(5)))
    with django_assert_num_queries(QUERIES):
        visitor.get(f"/github/?{query}")


# --- The table ------------------------------------------------------------------------------------


def three() -> None:
    read()
    code([1, 2, 3], makers.repository("alpha", loc=500, primary_language="Go"))
    code([1, 9], makers.repository("beta", loc=None, repository_size_kb=20_480))
    code([4], makers.repository("gamma", loc=1_200), added=1_000)
    code([5], makers.repository("copy", fork=True))
    code([6], makers.repository("old", archived=True))


def test_numbers_of_the_table_are_those_of_the_api(visitor: Client) -> None:
    three()
    told = {
        one["name"]: one
        for one in visitor.get("/api/github/projects", headers=JSON).json()["results"]
    }
    found = {row[0].split()[0]: row[1:] for row in rows(visitor.get("/github/"))}
    assert found.keys() == {"alpha", "beta", "gamma"}
    for name, (loc, commits, active, span, churn, size, _last) in found.items():
        one = told[name]
        assert loc == ("– not known" if one["loc"] is None else f"{one['loc']:,}")
        assert commits == str(one["commit_count"])
        assert active == str(one["active_days"])
        assert span == span_words(one["time_spent_min"])
        assert churn == f"{one['code_churn']:,}"
        assert size == size_words(one["repository_size_kb"])
    assert found["alpha"][-1] == "Tue 15 Sep"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["alpha", "beta", "gamma"]),
        ("commit_count", ["gamma", "beta", "alpha"]),
        ("name", ["alpha", "beta", "gamma"]),
        ("-name", ["gamma", "beta", "alpha"]),
        # What is not known stands last in both orders.
        ("-loc", ["gamma", "alpha", "beta"]),
        ("loc", ["alpha", "gamma", "beta"]),
        ("-time_spent_min", ["beta", "alpha", "gamma"]),
        ("-code_churn", ["gamma", "alpha", "beta"]),
        ("-repository_size_kb", ["beta", "alpha", "gamma"]),
        ("last_commit_date", ["gamma", "alpha", "beta"]),
    ],
)
def test_the_table_is_sorted_by_its_address(visitor: Client, sort: str, order: list[str]) -> None:
    three()
    assert names(visitor.get(f"/github/?sort={sort}")) == order


def test_heads_sort_and_keep_range_and_filter(visitor: Client) -> None:
    three()
    card = section(visitor.get("/github/?range=90d&kind=forks&sort=-loc"), "repositories")
    assert 'aria-sort="descending"' in card
    assert 'href="?range=90d&amp;sort=loc&amp;kind=forks#repositories"' in card
    assert 'href="?range=90d&amp;sort=name&amp;kind=forks#repositories"' in card
    assert len(re.findall(r'<th scope="col"', card)) == len(HEADS)


def test_the_table_is_filtered_by_kind_and_name(visitor: Client) -> None:
    three()
    makers.repository("left", deleted_at=NOW)
    assert names(visitor.get("/github/?kind=forks")) == ["copy"]
    assert names(visitor.get("/github/?kind=archived")) == ["old"]
    assert names(visitor.get("/github/?kind=gone")) == ["left"]
    answer = visitor.get("/github/?range=7d&q=ALP")
    assert names(answer) == ["alpha"]
    assert '<input type="hidden" name="range" value="7d">' in section(answer, "repositories")
    chips = words_of(section(answer, "repositories"))
    assert "Mine 3 Forks 1 Archived 1 Deleted 1" in chips
    none = text_of(visitor.get("/github/?q=%3Cb%3E"))
    assert "No repository of these is called “<b>”." in none


def test_many_repositories_are_paged(visitor: Client) -> None:
    read()
    for at in range(30):
        makers.repository(f"r{at:02}")
    first, second = (visitor.get(f"/github/?sort=name&page={page}") for page in (1, 2))
    assert names(first) == [f"r{at:02}" for at in range(25)]
    assert names(second) == [f"r{at:02}" for at in range(25, 30)]
    assert 'href="?range=30d&amp;sort=name&amp;page=2#repositories"' in first.content.decode()


# --- What could not be read -----------------------------------------------------------------------


def test_a_repository_that_could_not_be_read_says_why_and_what_to_do(visitor: Client) -> None:
    three()
    failure = (
        "The repository cannot be read: it is larger than the limit (GITHUB_MAX_REPOSITORY_MB)."
    )
    Repository.objects.filter(name="beta").update(failure=failure, failed_at=NOW)
    makers.repository("new", mined_at=None, commit_count=None)
    answer = visitor.get("/github/")
    assert "1 repository could not be read." in text_of(answer)
    assert "At least 6 commits" in text_of(answer)
    trouble = words_of(section(answer, "troubles"))
    assert f"robin/beta {failure}" in trouble
    assert "raise GITHUB_MAX_REPOSITORY_MB in .env" in trouble
    beta = next(row for row in rows(answer) if row[0].startswith("beta"))
    # Its numbers stay.
    assert beta[0] == "beta not read"
    assert beta[2] == "2"
    new = next(row for row in rows(answer) if row[0].startswith("new"))
    assert new[1] == "Not read yet."
    page = text_of(visitor.get("/github/robin/beta"))
    assert failure in page
    assert "Its commits and numbers stay as they were read." in page
    assert "Tried in vain 16 September 2026" in page


# --- One repository -------------------------------------------------------------------------------


def test_a_repository_has_the_numbers_of_the_api(visitor: Client) -> None:
    three()
    guest = {"mine": False, "author_name": "A guest"}
    makers.commit(Repository.objects.get(name="alpha"), days_ago=2, **guest)
    Repository.objects.recount()
    answer = visitor.get("/github/robin/alpha?range=7d")
    told = visitor.get("/api/github/project/robin/alpha", headers=JSON).json()
    facts = words_of(section(answer, "facts"))
    assert f"Lines of code {told['loc']}" in facts
    assert f"Commits {told['commit_count']}, {told['my_commit_count']} of them yours" in facts
    assert f"Active days {told['active_days']}" in facts
    assert f"Lines added and deleted {told['code_churn']}" in facts
    assert "Last read 16 September 2026, 06:00" in facts
    assert "3 commits on 3 days" in text_of(answer)
    commits = words_of(section(answer, "commits"))
    assert "1 to 4 of 4" in commits
    assert "A guest" in commits


def test_commits_of_a_repository_are_paged(visitor: Client) -> None:
    read()
    code(range(45), makers.repository())
    first, last = (
        words_of(section(visitor.get(f"/github/robin/portal?range=90d&commits={at}"), "commits"))
        for at in (1, 3)
    )
    assert "1 to 20 of 45" in first
    assert "Wed 16 Sep, 06:00" in first
    assert "41 to 45 of 45" in last
    assert "Mon 3 Aug, 06:00" in last


def test_names_of_others_are_escaped_and_cut(visitor: Client) -> None:
    read()
    author = "<script>alert(1)</script>" + "x" * 200
    makers.commit(makers.repository(), author_name=author)
    html = visitor.get("/github/robin/portal").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "x" * 40 not in html


@pytest.mark.parametrize("name", ["robin/nothing", "robin/..%2f", "a/b"])
def test_there_is_no_page_of_an_unknown_repository(visitor: Client, name: str) -> None:
    assert visitor.get(f"/github/{name}").status_code == 404


def test_of_one_name_the_repository_that_is_there_is_shown(visitor: Client) -> None:
    read()
    makers.repository("portal", deleted_at=NOW, repository_size_kb=1)
    makers.repository("portal", repository_size_kb=77)
    assert "Size 77 kB" in text_of(visitor.get("/github/Robin/PORTAL"))


def test_a_repository_takes_constant_queries(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    read()
    portal = makers.repository()
    code(range(3), portal)
    with django_assert_num_queries(OF_A_REPOSITORY):
        visitor.get("/github/robin/portal?range=1y")
    code(range(3, 60), portal)
    with django_assert_num_queries(OF_A_REPOSITORY):
        visitor.get("/github/robin/portal?range=1y")


# --- What runs now --------------------------------------------------------------------------------


def test_a_running_sync_takes_no_number_away(visitor: Client) -> None:
    read()
    code([1], makers.repository())
    read(hours_ago=0, status="running", finished_at=None, progress_done=7, progress_total=10)
    answer = visitor.get("/github/?range=7d")
    assert 'hx-get="/github/live"' in answer.content.decode()
    assert "connect-src 'self'" in answer["Content-Security-Policy"]
    assert "7 of 10 repositories are up to date." in text_of(answer)
    assert figure(answer, "Commits").startswith("1 ")
    part = visitor.get("/github/live", headers=HTMX)
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert 'max="10" value="7"' in part.content.decode()


def test_a_running_sync_can_be_stopped_there(visitor: Client) -> None:
    code([1], makers.repository())
    read(hours_ago=0, status="running", finished_at=None)
    run = SyncRun.objects.get()
    stops = f'action="/connections/runs/{run.pk}/stop"'
    for path in ("/github/", "/github/live"):
        assert stops in visitor.get(path, headers=HTMX).text
    User.objects.update(is_staff=False)
    for path in ("/github/", "/github/live"):
        assert stops not in visitor.get(path, headers=HTMX).text
    User.objects.update(is_staff=True)
    SyncRun.objects.update(stop_asked_at=run.started_at)
    part = visitor.get("/github/live", headers=HTMX).text
    assert "It stops after what is being read now. What was read stays." in part
    assert stops not in part
    SyncRun.objects.update(status="stopped", finished_at=run.started_at)
    assert "Stopped. Until then: nothing new." in visitor.get("/github/live", headers=HTMX).text


def test_the_end_of_a_run_is_said_and_asked_for_no_more(visitor: Client) -> None:
    read(counts={"repository": {"created": 2}})
    html = visitor.get("/github/live", headers=HTMX).content.decode()
    assert "Read: 2 new." in html
    assert "hx-get" not in html
    assert "Show the numbers of now" in html


def test_who_asks_for_the_part_alone_is_led_to_the_page(visitor: Client) -> None:
    read(status="running", finished_at=None)
    answer = visitor.get("/github/live")
    assert (answer.status_code, answer["Location"]) == (302, "/github/")


def test_only_staff_can_refresh(visitor: Client, settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "ghp_robin"
    read()
    code([1], makers.repository())
    html = visitor.get("/github/").content.decode()
    assert 'action="/sync/github' in html
    assert 'name="back"' in html
    User.objects.update(is_staff=False)
    assert 'action="/sync/github' not in visitor.get("/github/").content.decode()


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, ""),
        (0, "0 min"),
        (125, "2 h 05"),
        (2 * 24 * 60, "2 days"),
        (700 * 24 * 60, "700 days"),
        (1096 * 24 * 60, "3.0 years"),
    ],
)
def test_a_time_span(minutes: int | None, words: str) -> None:
    assert span_words(minutes) == words


def test_sizes() -> None:
    assert size_words(1_240) == "1,240 kB"
    assert size_words(39_117) == "38.2 MB"


def test_when_most_commits_are_made() -> None:
    hours = [[0] * 24 for _ in range(7)]
    hours[2][9] = 9
    assert busiest_hours(hours) == ""
    hours[3][11] = 3
    assert busiest_hours(hours) == "100 % of the commits were made between 09:00 and 12:00."

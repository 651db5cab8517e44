"""REST: who the user is, her repositories page by page, and what need not be sent again."""

import http.client
import re
from urllib.parse import urlsplit

import pytest

from .conftest import Caller, sample

SHOP = "/repos/mara-lindner/shop-relaunch"


def names(items: list[dict[str, object]]) -> list[object]:
    return [item["name"] for item in items]


def test_the_user_and_her_addresses(reader: Caller) -> None:
    me = reader.found("/user")
    assert (me["login"], me["id"]) == (reader.github.login, reader.github.user_id)
    emails = reader.found("/user/emails")
    assert [item["email"] for item in emails] == reader.github.emails
    assert [item["email"] for item in emails if item["primary"]] == ["mara.lindner@example.com"]
    noreply = f"{me['id']}+{me['login']}@users.noreply.github.com"
    assert noreply in reader.github.emails


def test_pages_hold_everything_once(reader: Caller) -> None:
    everything = reader.found("/user/repos", per_page=100)
    assert len(everything) == len(reader.github.repositories()) > 10
    walked = reader.walk("/user/repos", per_page=4)
    assert walked == everything
    assert names(walked) == sorted(names(walked))


def test_the_links_are_those_of_the_recordings(reader: Caller) -> None:
    def ways(link: str) -> list[str]:
        return re.findall(r'rel="(\w+)"', link)

    first = reader.get("/user/repos", per_page=5)
    assert ways(first.headers["Link"]) == ways(sample("paging_page1_200.json")["headers"]["link"])
    assert first.links["next"]["url"] == f"{reader.github.url}/user/repos?per_page=5&page=2"
    last = reader.get(first.links["last"]["url"])
    assert ways(last.headers["Link"]) == ways(sample("paging_page5_200.json")["headers"]["link"])
    assert "Link" not in reader.get("/user/repos", per_page=100).headers
    assert reader.found("/user/repos", page=99) == []


def test_a_page_has_100_at_most_and_30_by_default(caller: Caller) -> None:
    for n in range(105):
        caller.github.add_repository(f"many-{n}")
    assert len(caller.found("/user/repos", per_page=500)) == 100
    assert len(caller.found("/user/repos", per_page="x")) == 30


def test_lists_are_sorted_and_filtered(reader: Caller) -> None:
    pushed = reader.found("/user/repos", sort="pushed", affiliation="owner")
    times = [item["pushed_at"] or item["created_at"] for item in pushed]
    assert times == sorted(times, reverse=True)
    private = reader.found("/user/repos", visibility="private")
    assert names(private) == ["customer-portal", "tariff-calculator"]
    public = reader.found("/user/repos", visibility="public", direction="desc")
    assert names(public) == sorted(names(public), reverse=True)
    assert not set(names(public)) & set(names(private))
    assert reader.found("/user/repos", affiliation="collaborator") == []
    newest = reader.found("/user/repos", since="2026-09-14T00:00:00Z")
    assert 0 < len(newest) < len(pushed)


@pytest.mark.parametrize(
    "query",
    [
        {"type": "owner", "affiliation": "owner"},
        {"visibility": "secret"},
        {"affiliation": "friend"},
    ],
)
def test_what_does_not_go_together_is_422(reader: Caller, query: dict[str, str]) -> None:
    answer = reader.get("/user/repos", **query)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Validation Failed"


def test_a_repository_by_name_by_any_case_and_by_id(reader: Caller) -> None:
    found = reader.found(SHOP)
    assert found == reader.found("/repos/Mara-Lindner/SHOP-relaunch")
    assert found == reader.found(f"/repositories/{found['id']}")
    assert reader.get(f"{SHOP}/").status_code == 404
    assert reader.get("/repositories/1").status_code == 404


def test_the_special_ones(reader: Caller) -> None:
    found = {item["name"]: item for item in reader.github.repositories()}
    assert names([one for one in found.values() if one["fork"]]) == ["metronome"]
    assert names([one for one in found.values() if one["archived"]]) == ["trade-fair-archive"]
    assert names([one for one in found.values() if one["pushed_at"] is None]) == ["sketches"]
    assert found["sketches"]["language"] is None
    assert found["sketches"]["size"] == 0
    assert found["shop-relaunch"]["default_branch"] == "master"
    assert found["reader-app"]["default_branch"] == "release/2"


def test_languages_are_bytes_of_the_files_of_the_default_branch(caller: Caller) -> None:
    files = {
        "a.py": "x" * 100,
        "src/b.PY": "y" * 11,
        "c.sh": "z" * 7,
        "README.md": "prose" * 99,
        "data.json": "{}" * 99,
        "public/vendor/big.js": "v" * 999,
    }
    caller.github.add_repository("mixed")
    caller.github.commit("mixed", files)
    caller.github.commit("mixed", {"other.go": "w"}, branch="topic")
    found = caller.found("/repos/mara-lindner/mixed/languages")
    assert list(found.items()) == [("Python", 111), ("Shell", 7)]
    assert caller.found("/repos/mara-lindner/mixed")["language"] == "Python"
    assert caller.found("/repos/mara-lindner/sketches/languages") == {}


def test_the_last_page_of_commits_is_their_number(reader: Caller) -> None:
    answer = reader.get(f"{SHOP}/commits", per_page=1)
    last = answer.links["last"]["url"]
    walked = reader.walk(f"{SHOP}/commits", per_page=7)
    assert last.endswith(f"&page={len(walked)}")
    assert len({commit["sha"] for commit in walked}) == len(walked)
    assert "/repositories/" in last
    assert walked[-1]["parents"] == []


def test_commits_by_branch_author_and_time(reader: Caller) -> None:
    path = "/repos/mara-lindner/customer-portal/commits"
    everything = reader.walk(path, per_page=100)
    jonas = reader.walk(path, author="jonasweber", per_page=100)
    assert jonas == reader.walk(path, author="Jonas.Weber@example.com", per_page=100)
    wanted = [one for one in everything if one["commit"]["author"]["name"] == "Jonas Weber"]
    assert jonas == wanted != []
    middle = everything[len(everything) // 2]["commit"]["committer"]["date"]
    since = reader.walk(path, since=middle, per_page=100)
    until = reader.walk(path, until=middle, per_page=100)
    assert 0 < len(since) < len(everything)
    assert len(since) + len(until) >= len(everything)
    assert reader.found(path, sha=everything[3]["sha"])[0] == everything[3]
    assert reader.get(path, sha="no-such-branch").status_code == 404


def test_an_address_of_nobody_has_no_account(reader: Caller) -> None:
    commits = reader.walk("/repos/mara-lindner/metronome/commits", per_page=100)
    strangers = [one for one in commits if one["author"] is None]
    own = [one for one in commits if one["author"]]
    assert {one["author"]["login"] for one in own} == {"mara-lindner"}
    assert len(strangers) > 50
    newest = max(one["commit"]["author"]["date"] for one in strangers)
    assert newest < min(one["commit"]["author"]["date"] for one in own)


def test_a_request_without_a_user_agent_is_refused(reader: Caller) -> None:
    connection = http.client.HTTPConnection(urlsplit(reader.github.url).netloc, timeout=5)
    for headers, status in (({}, 403), ({"User-Agent": "me"}, 200)):
        connection.request("GET", "/github/rate_limit", headers=headers)
        answer = connection.getresponse()
        assert answer.status == status
        assert (b"User-Agent" in answer.read()) is (status == 403)
    connection.close()


def test_versions(reader: Caller) -> None:
    for version, status in (("2022-11-28", 200), ("2026-03-10", 200), ("2001-01-01", 400)):
        answer = reader.get("/user", headers={"X-GitHub-Api-Version": version})
        assert answer.status_code == status
    assert reader.get("/user").headers["X-GitHub-Api-Version-Selected"] == "2022-11-28"


def test_what_did_not_change_is_304_and_free(caller: Caller) -> None:
    caller.github.limits.configure(core=3)
    first = caller.get("/user/repos", per_page=3)
    tag = first.headers["ETag"]
    assert first.headers["X-RateLimit-Used"] == "0" or first.headers["X-RateLimit-Remaining"] == "2"
    for _ in range(4):
        again = caller.get("/user/repos", headers={"If-None-Match": tag}, per_page=3)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["X-RateLimit-Remaining"] == "2"
        assert again.headers["ETag"] == tag
    other = caller.get("/user/repos", headers={"If-None-Match": tag}, per_page=4)
    assert other.status_code == 200


def test_a_tag_is_for_one_content_and_one_token(caller: Caller) -> None:
    path = "/repos/mara-lindner/sketches"
    tag = caller.get(path).headers["ETag"]
    caller.github.set_fields("sketches", description="Now with words")
    changed = caller.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["description"] == "Now with words"
    caller.use(caller.github.issue_token())
    again = caller.get(path, headers={"If-None-Match": changed.headers["ETag"]})
    assert again.status_code == 200
    assert again.json() == changed.json()

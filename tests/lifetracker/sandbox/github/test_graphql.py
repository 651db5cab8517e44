"""GraphQL: valid queries are executed, others are refused with a 200."""

import pytest

from .conftest import LIST, Caller

PAGE = """
query($n: Int, $after: String) { viewer { repositories(first: $n, after: $after,
  orderBy: {field: NAME, direction: ASC}) { totalCount nodes { name }
  pageInfo { hasNextPage hasPreviousPage endCursor } } } }
"""


def test_the_list_agrees_with_rest_and_with_git(reader: Caller) -> None:
    data = reader.graphql(LIST)
    listed = data["viewer"]["repositories"]
    shown = {item["id"]: item for item in reader.github.repositories()}
    assert listed["totalCount"] == len(listed["nodes"]) == len(shown)
    for node in listed["nodes"]:
        item = shown[node["databaseId"]]
        assert node["id"] == item["node_id"]
        assert node["nameWithOwner"] == item["full_name"]
        assert node["isEmpty"] is (item["pushed_at"] is None)
        assert (node["isPrivate"], node["isFork"]) == (item["private"], item["fork"])
        assert (node["pushedAt"], node["diskUsage"]) == (item["pushed_at"], item["size"])
        assert (node["primaryLanguage"] or {"name": None})["name"] == item["language"]
        if node["isEmpty"]:
            assert node["defaultBranchRef"] is None
            continue
        assert node["defaultBranchRef"]["name"] == item["default_branch"]
        newest = reader.found(f"/repositories/{item['id']}/commits", per_page=1)[0]
        assert node["defaultBranchRef"]["target"] == {
            "oid": newest["sha"],
            "committedDate": newest["commit"]["committer"]["date"],
        }


def test_languages_are_those_of_rest(reader: Caller) -> None:
    nodes = reader.graphql(LIST)["viewer"]["repositories"]["nodes"]
    node = next(one for one in nodes if one["nameWithOwner"].endswith("/customer-portal"))
    sizes = {edge["node"]["name"]: edge["size"] for edge in node["languages"]["edges"]}
    assert sizes == reader.found("/repos/mara-lindner/customer-portal/languages")
    assert list(sizes.values()) == sorted(sizes.values(), reverse=True)
    assert node["languages"]["totalSize"] == sum(sizes.values())


def test_pages_by_cursor(reader: Caller) -> None:
    seen, after, more = [], None, True
    while more:
        page = reader.graphql(PAGE, n=5, after=after)["viewer"]["repositories"]
        seen += [node["name"] for node in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == sorted(item["name"] for item in reader.github.repositories())
    assert page["totalCount"] == len(seen)


def test_pages_downwards_and_from_the_end(reader: Caller) -> None:
    query = """query($after: String, $before: String, $first: Int, $last: Int) {
      viewer { repositories(first: $first, last: $last, after: $after, before: $before,
        orderBy: {field: NAME, direction: DESC}) {
          nodes { name } pageInfo { hasNextPage startCursor endCursor } } } }"""

    def asked(**variables: object) -> tuple[list[str], dict[str, str]]:
        page = reader.graphql(query, **variables)["viewer"]["repositories"]
        return [node["name"] for node in page["nodes"]], page["pageInfo"]

    down = sorted((item["name"] for item in reader.github.repositories()), reverse=True)
    names, info = asked(first=4)
    assert names == down[:4]
    names, info = asked(first=4, after=info["endCursor"])
    assert names == down[4:8]
    assert asked(last=3, before=info["startCursor"])[0] == down[1:4]
    names, info = asked(last=2)
    assert (names, info["hasNextPage"]) == (down[-2:], False)


def test_a_cursor_holds_when_what_it_points_at_is_gone(caller: Caller) -> None:
    for name in ("aa", "ab", "ac"):
        caller.github.add_repository(name)
    page = caller.graphql(PAGE, n=2)["viewer"]["repositories"]
    assert [node["name"] for node in page["nodes"]] == ["aa", "ab"]
    caller.github.delete("ab")
    page = caller.graphql(PAGE, n=1, after=page["pageInfo"]["endCursor"])["viewer"]["repositories"]
    assert [node["name"] for node in page["nodes"]] == ["ac"]


def test_filters_and_orders(reader: Caller) -> None:
    query = """{ viewer { repositories(first: 100, %s) { nodes { name pushedAt } } } }"""

    def asked(arguments: str) -> list[dict[str, str]]:
        return reader.graphql(query % arguments)["viewer"]["repositories"]["nodes"]

    assert [one["name"] for one in asked("isFork: true")] == ["metronome"]
    assert "metronome" not in [one["name"] for one in asked("isFork: false")]
    assert [one["name"] for one in asked("isArchived: true")] == ["trade-fair-archive"]
    assert len(asked("privacy: PRIVATE")) == 2
    assert asked("affiliations: [COLLABORATOR]") == asked("ownerAffiliations: [COLLABORATOR]") == []
    pushed = asked("isFork: false, orderBy: {field: PUSHED_AT, direction: DESC}")
    times = [one["pushedAt"] for one in pushed if one["pushedAt"]]
    assert times == sorted(times, reverse=True)


def test_history(reader: Caller) -> None:
    query = """query($n: Int!, $after: String) {
      repository(owner: "mara-lindner", name: "customer-portal") {
        defaultBranchRef { target { ... on Commit { history(first: $n, after: $after) {
          totalCount pageInfo { hasNextPage endCursor }
          nodes { oid additions deletions authoredDate author { email } parents { totalCount } }
        } } } } } }"""
    seen, after, more = [], None, True
    while more:
        found = reader.graphql(query, n=9, after=after)["repository"]["defaultBranchRef"]
        page = found["target"]["history"]
        seen += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    commits = reader.walk("/repos/mara-lindner/customer-portal/commits", per_page=100)
    assert [one["oid"] for one in seen] == [one["sha"] for one in commits]
    assert page["totalCount"] == len(seen)
    assert {one["parents"]["totalCount"] for one in seen} >= {0, 1}
    assert max(one["additions"] for one in seen) > 100
    assert max(one["deletions"] for one in seen) > 0


def test_history_of_some_authors_and_times(reader: Caller) -> None:
    query = """query($author: CommitAuthor, $since: DateTime) {
      repository(owner: "mara-lindner", name: "customer-portal") { defaultBranchRef { target {
        ... on Commit { history(author: $author, since: $since) { totalCount } } } } } }"""

    def count(**variables: object) -> int:
        found = reader.graphql(query, **variables)["repository"]["defaultBranchRef"]
        return found["target"]["history"]["totalCount"]

    everything, jonas = count(), count(author={"emails": ["jonas.weber@example.com"]})
    own = count(author={"emails": reader.github.emails})
    assert own + jonas == everything
    assert own > 0 < jonas
    assert 0 < count(since="2026-09-01T00:00:00Z") < everything


def test_one_by_name_and_nodes_by_either_id(reader: Caller) -> None:
    found = reader.graphql(
        '{ repository(owner: "MARA-lindner", name: "Sketches") { id databaseId } }'
    )["repository"]
    old = "MDEwOlJlcG9zaXRvcnk1MTIxMzE1NzU="
    assert found["databaseId"] == 512131575
    query = "query($id: ID!) { node(id: $id) { ... on Repository { name } __typename } }"
    for node_id in (found["id"], old):
        assert reader.graphql(query, id=node_id)["node"] == {
            "name": "sketches",
            "__typename": "Repository",
        }


def test_legacy_ids_unless_new_ones_are_asked_for(caller: Caller) -> None:
    query = '{ repository(owner: "mara-lindner", name: "sketches") { id } }'
    new = caller.graphql(query)["repository"]["id"]
    caller.github.options.legacy_ids = True
    assert caller.graphql(query)["repository"]["id"] == "MDEwOlJlcG9zaXRvcnk1MTIxMzE1NzU="
    again = caller.post(query, headers={"X-Github-Next-Global-ID": "1"}).json()
    assert again["data"]["repository"]["id"] == new
    assert new.startswith("R_kgDO")


def test_what_is_gone_is_an_error_beside_the_rest(reader: Caller) -> None:
    answer = reader.post(
        """{ a: repository(owner: "mara-lindner", name: "sketches") { name }
             b: repository(owner: "mara-lindner", name: "gone") { name } }"""
    ).json()
    assert answer["data"] == {"a": {"name": "sketches"}, "b": None}
    assert answer["errors"] == [
        {
            "type": "NOT_FOUND",
            "path": ["b"],
            "locations": [{"line": 2, "column": 14}],
            "message": "Could not resolve to a Repository with the name 'mara-lindner/gone'.",
        }
    ]
    nodes = "query { nodes(ids: [%s]) { ... on Repository { name } } }"
    known = reader.graphql('{ repository(owner: "mara-lindner", name: "sketches") { id } }')
    answer = reader.post(nodes % f'"{known["repository"]["id"]}", "R_nothing"').json()
    assert answer["data"] == {"nodes": [{"name": "sketches"}, None]}
    assert [one["path"] for one in answer["errors"]] == [["nodes", 1]]


def test_an_unknown_field_is_refused(reader: Caller) -> None:
    assert reader.errors("{ viewer { login shoeSize } }") == [
        {
            "extensions": {
                "code": "undefinedField",
                "typeName": "User",
                "fieldName": "shoeSize",
            },
            "locations": [{"line": 1, "column": 18}],
            "message": "Field 'shoeSize' doesn't exist on type 'User'",
        }
    ]


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { login }",  # not closed
        "{ viewer }",  # of what?
        "{ viewer { repositories(first: true) { totalCount } } }",
        "{ viewer { repositories(first: 5, orderBy: {field: SHOES}) { totalCount } } }",
        "query($n: Int) { viewer { repositories(first: $m) { totalCount } } }",
        "{ viewer { ...nothing } }",
        "mutation { deleteEverything { ok } }",
    ],
)
def test_invalid_queries_have_errors_and_no_data(reader: Caller, query: str) -> None:
    answer = reader.post(query)
    assert answer.status_code == 200
    assert answer.json()["errors"]
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ("(last: 0)", "INVALID_PAGINATION"),
        ('(first: 1, after: "?")', "INVALID_CURSOR_ARGUMENTS"),
    ],
)
def test_pages_have_bounds(reader: Caller, arguments: str, kind: str) -> None:
    query = "{ viewer { repositories%s { nodes { name } } } }"
    assert [one["type"] for one in reader.errors(query % arguments)] == [kind]


def test_bounds_hold_within_and_by_variable(reader: Caller) -> None:
    inner = "{ viewer { repositories(first: 9) { nodes { languages { edges { size } } } } } }"
    assert [one["type"] for one in reader.errors(inner)] == ["MISSING_PAGINATION_BOUNDARIES"]
    assert [one["type"] for one in reader.errors(PAGE, n=500)] == ["EXCESSIVE_PAGINATION"]
    fragment = "{ viewer { ...f } } fragment f on User { repositories { nodes { name } } }"
    assert [one["type"] for one in reader.errors(fragment)] == ["MISSING_PAGINATION_BOUNDARIES"]
    total = reader.graphql("{ viewer { repositories { totalCount } } }")
    assert total["viewer"]["repositories"]["totalCount"] > 10


def test_variables_are_of_their_type(reader: Caller) -> None:
    assert reader.errors(PAGE, n="many")[0]["message"].startswith("Variable '$n' has invalid")
    with_default = PAGE.replace("$n: Int", "$n: Int = 2")
    assert len(reader.graphql(with_default)["viewer"]["repositories"]["nodes"]) == 2
    assert [one["type"] for one in reader.errors(PAGE)] == ["MISSING_PAGINATION_BOUNDARIES"]


def test_at_most_half_a_million_nodes(reader: Caller) -> None:
    query = """{ viewer { repositories(first: 100) { nodes { defaultBranchRef { target {
      ... on Commit { history(first: 100) { nodes { parents(first: %s) { totalCount } } } } } }
    } } } rateLimit { nodeCount cost } }"""
    assert [one["type"] for one in reader.errors(query % 50)] == ["MAX_NODE_LIMIT_EXCEEDED"]
    rate = reader.graphql(query % 2)["rateLimit"]
    assert rate == {"nodeCount": 100 + 100 * 100 + 100 * 100 * 2, "cost": 101}


def test_the_list_costs_one_point(caller: Caller) -> None:
    caller.github.limits.configure(graphql=10)
    answer = caller.post(LIST)
    assert answer.json()["data"]["rateLimit"]["cost"] == 1
    assert answer.json()["data"]["rateLimit"]["remaining"] == 9
    assert answer.headers["X-RateLimit-Remaining"] == "9"
    assert len(caller.github.graphql_calls) == 1


def test_it_can_be_down_or_only_for_large_pages(caller: Caller) -> None:
    caller.github.options.graphql_most = 20
    assert caller.post(LIST).status_code == 502
    assert caller.post(PAGE, n=21).status_code == 502
    assert caller.post(PAGE, n=20).status_code == 200
    caller.github.options.graphql = "off"
    assert caller.post(PAGE, n=1).status_code == 502
    caller.github.options.configure(graphql="on", graphql_most=100)
    assert caller.post(LIST).status_code == 200


def test_what_is_no_query_is_400(reader: Caller) -> None:
    url = f"{reader.github.url}/graphql"
    for body in (
        b"{",
        b"[]",
        b'{"query": 1}',
        b"{}",
        b'{"query": "{ viewer { login } }", "variables": [1]}',
    ):
        assert reader.session.post(url, data=body, timeout=5).status_code == 400
    assert reader.get("/graphql").status_code == 404

"""Projects, clients, tags, workspaces, and the user."""

from datetime import timedelta

from lifetracker.sandbox.server import Sandbox

from .conftest import MORNING, Caller, Item

NOW = "2026-03-09T09:30:15+00:00"


def names(items: list[Item]) -> set[str]:
    return {item["name"] for item in items}


def test_the_user(caller: Caller) -> None:
    me = caller.found("/me")
    assert me["id"] == caller.toggl.user_id
    assert me["api_token"] == caller.toggl.api_token
    assert (me["timezone"], me["beginning_of_week"]) == ("Europe/Berlin", 1)
    assert me["default_workspace_id"] == caller.toggl.workspace_ids[0]
    assert "projects" not in me
    logged = caller.get("/me/logged")
    assert (logged.status_code, logged.content) == (200, b"")


def test_related_data_in_one_request(caller: Caller) -> None:
    me = caller.found("/me", with_related_data="true")
    assert me["projects"] == caller.found("/me/projects")
    assert me["clients"] == caller.found("/me/clients") == caller.toggl.clients()
    assert me["tags"] == caller.found("/me/tags") == caller.toggl.tags()
    assert me["workspaces"] == caller.found("/me/workspaces")
    assert [workspace["id"] for workspace in me["workspaces"]] == caller.toggl.workspace_ids


def test_archived_projects_are_listed_only_on_demand(caller: Caller) -> None:
    active = caller.found("/me/projects")
    every = caller.found("/me/projects", include_archived="true")
    assert all(project["active"] for project in active)
    archived = names(every) - names(active)
    assert "Trade fair 2025" in archived
    assert {p["status"] for p in every if p["name"] in archived} == {"archived"}
    assert every == caller.toggl.projects()
    caller.toggl.archive_project(active[0]["id"])
    assert caller.found("/me/projects") == active[1:]
    changed = caller.found("/me/projects", since=int(MORNING.timestamp()), include_archived="true")
    assert [(p["id"], p["at"]) for p in changed] == [(active[0]["id"], NOW)]


def test_a_fair_is_archived_when_it_is_over(sandbox: Sandbox, caller: Caller) -> None:
    assert "Trade fair 2026" not in names(sandbox.toggl.projects())
    sandbox.clock.advance(timedelta(days=60))
    assert "Trade fair 2026" in names(caller.found("/me/projects"))
    sandbox.clock.advance(timedelta(days=240))
    assert "Trade fair 2026" not in names(caller.found("/me/projects"))
    assert "Trade fair 2026" in names(sandbox.toggl.projects())


def test_renaming_leaves_the_entries_unmodified(caller: Caller) -> None:
    toggl = caller.toggl
    projects = {p["id"]: p for p in toggl.projects() if p["client_id"]}
    entry = next(e for e in toggl.entries() if e["project_id"] in projects and e["tags"])
    project = projects[entry["project_id"]]
    toggl.rename("project", project["id"], "New project")
    toggl.rename("client", project["client_id"], "New client")
    toggl.rename("tag", entry["tag_ids"][0], "new tag")
    assert caller.modified() == []
    named = caller.found(f"/me/time_entries/{entry['id']}", meta="true")
    assert (named["project_name"], named["client_name"]) == ("New project", "New client")
    assert named["tags"] == ["new tag", *entry["tags"][1:]]
    assert named["at"] == entry["at"]
    since = int(MORNING.timestamp())
    for kind in ("projects", "clients", "tags"):
        [changed] = caller.found(f"/me/{kind}", since=since)
        assert changed["name"].lower().startswith("new ")
    assert changed["at"] == "2026-03-09T09:30:15Z"


def test_a_deleted_project_leaves_its_entries_without_one(caller: Caller) -> None:
    toggl = caller.toggl
    entry = next(entry for entry in toggl.entries() if entry["project_id"])
    project = entry["project_id"]
    toggl.delete_project(project)
    assert project not in [p["id"] for p in toggl.projects()]
    assert project not in [p["id"] for p in caller.found("/me/projects")]
    gone = caller.found("/me/projects", since=int(MORNING.timestamp()))
    assert [(p["id"], p["server_deleted_at"]) for p in gone] == [(project, NOW)]
    assert project not in [e["project_id"] for e in toggl.entries()]
    orphan = caller.found(f"/me/time_entries/{entry['id']}")
    assert orphan["project_id"] is None
    assert "pid" not in orphan
    rows = caller.rows(start_date="2026-01-01")
    assert project not in [row["project_id"] for row in rows]


def test_more_names(caller: Caller) -> None:
    toggl = caller.toggl
    client = toggl.add_client("Leuchtturm")
    project = toggl.add_project("Beacon", client, color="#123456", billable=True)
    tag = toggl.add_tag("light")
    private = toggl.add_project("Boat", workspace_id=toggl.workspace_ids[1])
    entry = toggl.add(project_id=project, tag_ids=[tag])
    named = caller.found(f"/me/time_entries/{entry}", meta="true")
    assert named["tags"] == ["light"]
    assert [named[f"project_{name}"] for name in ("name", "color", "active", "billable")] == [
        "Beacon",
        "#123456",
        True,
        True,
    ]
    assert named["client_name"] == "Leuchtturm"
    added = next(p for p in caller.found("/me/projects") if p["id"] == project)
    assert (added["client_id"], added["cid"]) == (client, client)
    assert (added["actual_seconds"], added["actual_hours"]) == (3600, 1)
    own = caller.found(f"/workspaces/{toggl.workspace_ids[1]}/projects")
    assert private in [p["id"] for p in own]
    assert all(p["wid"] == toggl.workspace_ids[1] for p in own)


def test_projects_of_a_workspace_in_pages(caller: Caller) -> None:
    main = caller.toggl.workspace_ids[0]
    path = f"/workspaces/{main}/projects"
    every = caller.found(path, active="both")
    assert every == [p for p in caller.toggl.projects() if p["workspace_id"] == main]
    assert caller.found(path) == [p for p in every if p["active"]]
    assert caller.found(path, active="false") == [p for p in every if not p["active"]]
    pages = [caller.found(path, active="both", per_page=5, page=page) for page in (1, 2, 3, 4)]
    assert [project for page in pages for project in page] == every
    assert [len(page) for page in pages][:2] == [5, 5]
    assert caller.get(path, per_page=201).status_code == 400
    assert caller.get(path, active="maybe").status_code == 400
    assert caller.found(f"{path}/{every[0]['id']}") == every[0]
    assert caller.get(f"{path}/1").status_code == 404


def test_all_projects_in_pages(caller: Caller) -> None:
    every = caller.found("/me/projects", include_archived="true")
    walked: list[Item] = []
    while page := caller.found(
        "/me/projects/paginated",
        include_archived="true",
        per_page=4,
        start_project_id=walked[-1]["id"] if walked else 0,
    ):
        walked += page
    assert walked == every


def test_clients_and_tags_of_a_workspace(caller: Caller) -> None:
    main, own = caller.toggl.workspace_ids
    assert caller.found(f"/workspaces/{main}/clients", status="both") == caller.toggl.clients()
    assert caller.found(f"/workspaces/{main}/clients", status="archived") == []
    assert caller.found(f"/workspaces/{main}/tags") == caller.toggl.tags()
    assert caller.found(f"/workspaces/{own}/tags") == []
    caller.toggl.options.null_lists = True
    assert caller.found(f"/workspaces/{own}/tags") is None

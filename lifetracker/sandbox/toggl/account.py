"""The user, and the two workspaces that she tracks time in."""

from collections.abc import Collection

from lifetracker.sandbox.life import HOME
from lifetracker.sandbox.toggl.entries import Item
from lifetracker.sandbox.toggl.names import MAIN, OWN, USER_ID, WORKSPACES
from lifetracker.sandbox.toggl.own_entries import FULL_NAME

ORGANIZATIONS = {MAIN: 9_013_377, OWN: 9_020_450}
WORKSPACE_NAMES = {MAIN: "Studio Nordwind", OWN: "Mara's workspace"}
UNKNOWN_TOKEN = "0" * 32  # of workspaces, which nobody needs


def me(api_token: str) -> Item:
    return {
        "id": USER_ID,
        "api_token": api_token,
        "email": "mara.lindner@example.com",
        "fullname": FULL_NAME,
        "timezone": HOME,
        "toggl_accounts_id": "A4hDq0tWb7cKx2Lm9RzPvE",
        "default_workspace_id": MAIN,
        "beginning_of_week": 1,
        "image_url": "",
        "created_at": "2011-04-07T08:12:44.318204Z",
        "updated_at": "2025-10-12T17:13:54.850204Z",
        "openid_email": None,
        "openid_enabled": True,
        "country_id": None,
        "has_password": True,
        "at": "2025-10-27T23:24:26.852705Z",
        "intercom_hash": "0" * 64,
        "oauth_providers": ["google"],
        "authorization_updated_at": "2025-05-18T14:55:08.008327Z",
    }


def workspaces(left: Collection[int] = ()) -> list[Item]:
    return [_workspace(id) for id in WORKSPACES if id not in left]


def _workspace(id: int) -> Item:
    return {
        "id": id,
        "organization_id": ORGANIZATIONS[id],
        "name": WORKSPACE_NAMES[id],
        "premium": False,
        "business_ws": False,
        "admin": id == OWN,
        "role": "admin" if id == OWN else "user",
        **dict.fromkeys(("suspended_at", "server_deleted_at")),
        **dict.fromkeys(("default_hourly_rate", "rate_last_updated")),
        "default_currency": "EUR",
        "only_admins_may_create_projects": False,
        "only_admins_may_create_tags": False,
        "only_admins_see_billable_rates": False,
        "only_admins_see_team_dashboard": False,
        "projects_billable_by_default": True,
        "projects_private_by_default": True,
        "projects_enforce_billable": False,
        "limit_public_project_data": False,
        "last_modified": "2025-10-28T00:00:00Z",
        "reports_collapse": True,
        "rounding": 0,
        "rounding_minutes": 0,
        "api_token": UNKNOWN_TOKEN,
        "at": "2025-10-28T11:00:55+00:00",
        "logo_url": "",
        "ical_url": f"/ical/workspace_user/{UNKNOWN_TOKEN}",
        "ical_enabled": True,
        "csv_upload": None,
        "hide_start_end_times": False,
        "working_hours_in_minutes": None,
    }

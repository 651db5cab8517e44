"""Toggl as a source: its settings and its schedule."""

from lifetracker.sync.declaration import (
    Schedule,
    ServiceAddress,
    Setting,
    SetupStep,
    SourceDeclaration,
    requests_per_minute,
)

SOURCE = SourceDeclaration(
    name="Toggl",
    title="Toggl",
    brings="Time entries, projects, tags.",
    export_name="TogglExport",
    steps=(
        SetupStep(
            "Open your profile at Toggl and copy the API token at the bottom of the page. It has all your rights at Toggl; "
            "Life Tracker only reads, and makes webhooks if you ask for them.",
            url="https://track.toggl.com/profile",
        ),
    ),
    settings=(
        Setting(
            name="TOGGL_API_TOKEN",
            meaning="From the bottom of your profile page at Toggl.",
            required=True,
            secret=True,
        ),
        # About one request a second.
        requests_per_minute("TOGGL", 60, "The pace that Toggl asks for", in_demo=0),
        ServiceAddress(
            name="TOGGL_API_URL",
            meaning="Another address than Toggl's own.",
            default="https://api.track.toggl.com",
            stand_in="/toggl",
        ),
    ),
    schedule=Schedule(setting="TOGGL_SYNC_HOURS"),
)

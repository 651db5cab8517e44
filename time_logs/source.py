"""Toggl as a source: its settings and its schedule."""

from lifetracker.sync.declaration import (
    Schedule,
    ServiceAddress,
    Setting,
    SourceDeclaration,
    requests_per_minute,
)

SOURCE = SourceDeclaration(
    name="Toggl",
    title="Toggl",
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

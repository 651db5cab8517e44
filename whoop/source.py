"""WHOOP as a source: its settings, its consent page, its schedule."""

from lifetracker.sync.declaration import (
    ConsentPage,
    Schedule,
    ServiceAddress,
    SetupStep,
    SourceDeclaration,
    oauth_settings,
    requests_per_minute,
)

SOURCE = SourceDeclaration(
    name="Whoop",
    title="WHOOP",
    brings="Recovery, nights, cycles, workouts.",
    export_name="WhoopExport",
    steps=(
        SetupStep(
            "Log in to WHOOP's developer dashboard with your WHOOP account. Create a team and an app.",
            url="https://developer-dashboard.whoop.com",
        ),
        SetupStep(
            "Tick these scopes of the app: `read:recovery`, `read:cycles`, `read:sleep`, `read:workout`, `read:profile`, "
            "`read:body_measurement`."
        ),
    ),
    provider="whoop",
    settings=(
        *oauth_settings("whoop", "WHOOP"),
        # What WHOOP grants to one application unless it was raised on request.
        requests_per_minute("WHOOP", 100, "What WHOOP grants your app"),
        ServiceAddress(
            name="WHOOP_API_URL",
            meaning="Another address than WHOOP's own, such as the stand-in at http://127.0.0.1:5010/whoop",
            default="https://api.prod.whoop.com",
            stand_in="/whoop",
        ),
    ),
    consent=ConsentPage(setting="WHOOP_API_URL", others=("https://*.whoop.com",)),
    schedule=Schedule(setting="WHOOP_SYNC_HOURS"),
)

"""WHOOP as a source: its settings, its consent page, its schedule."""

from lifetracker.sync.declaration import (
    ConsentPage,
    Schedule,
    ServiceAddress,
    SourceDeclaration,
    oauth_settings,
    requests_per_minute,
)

SOURCE = SourceDeclaration(
    name="Whoop",
    title="WHOOP",
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

"""Somna as a source: its settings, its consent page, its schedule."""

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
    name="Somna",
    title="SOMNA",
    brings="Nights and naps.",
    steps=(
        SetupStep(
            "Open SOMNA's developer page and create an app.", url="https://somna.example/developers"
        ),
    ),
    provider="somna",
    settings=(
        *oauth_settings("somna", "SOMNA"),
        requests_per_minute("SOMNA", 300, "What SOMNA grants your app"),
        ServiceAddress(
            name="SOMNA_API_URL",
            meaning="Another address than SOMNA's own.",
            default="https://api.somna.example",
            stand_in="/somna",
        ),
    ),
    consent=ConsentPage(setting="SOMNA_API_URL"),
    schedule=Schedule(setting="SOMNA_SYNC_HOURS", hours=12),
)

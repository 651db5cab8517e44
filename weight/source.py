"""Withings as a source: its settings, its consent page, its schedule."""

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
    name="Withings",
    title="Withings",
    brings="Weight, body fat, muscle, water.",
    export_name="WithingsExport",
    steps=(
        SetupStep(
            "Open Withings' developer dashboard and create an application for the public API.",
            url="https://developer.withings.com/dashboard",
        ),
    ),
    provider="withings",
    settings=(
        *oauth_settings("withings", "Withings"),
        # What Withings grants to one application of the public plan.
        requests_per_minute("WITHINGS", 120, "What Withings grants your app", in_demo=0),
        ServiceAddress(
            name="WITHINGS_ACCOUNT_URL",
            meaning="Another address than that of Withings' consent page.",
            default="https://account.withings.com",
            stand_in="/withings",
        ),
        ServiceAddress(
            name="WITHINGS_API_URL",
            meaning="Another address than that of Withings' API.",
            default="https://wbsapi.withings.net",
            stand_in="/withings",
        ),
    ),
    consent=ConsentPage(setting="WITHINGS_ACCOUNT_URL", others=("https://*.withings.com",)),
    schedule=Schedule(setting="WITHINGS_SYNC_HOURS"),
)

"""The project's settings, with the pages that it is compared with, and no limit on how often one asks."""

from lifetracker.settings import *  # noqa: F403
from lifetracker.settings import REST_FRAMEWORK

ROOT_URLCONF = "benchmarks.load_urls"
# The limit is counted as it always is, and never reached.
RATES: dict[str, str] = REST_FRAMEWORK.get("DEFAULT_THROTTLE_RATES", {})  # type: ignore[assignment]
REST_FRAMEWORK = REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": dict.fromkeys(RATES, "1000000/s")}

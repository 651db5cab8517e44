"""The project's settings under the load of a benchmark, which asks more in a second than anybody may
in a minute. Counting takes 0.05 ms of a request."""

from lifetracker.settings import *  # noqa: F403 - all of them

ROOT_URLCONF = "benchmarks.load_urls"
API_REQUESTS_PER_MINUTE = 0

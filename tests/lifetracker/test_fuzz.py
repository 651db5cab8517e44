"""Every operation of the API, called as its description says and as it does not. With a login and with
data, never with the services themselves.

    make fuzz     the same for several minutes, with other examples each time
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.python._constants.orchestrator import build_constants_pool
from schemathesis.specs.openapi.checks import positive_data_acceptance

from experiments.models import Experiment
from fasting.models import FastingPeriod
from goals.models import FreePeriod, Goal
from insights.models import Finding, MetricChange
from journal.models import Answer, Behaviour, Note
from lifetracker.api.schema import GREATEST_ID
from lifetracker.models import DayMark, SyncRun
from lifetracker.sandbox.server import Sandbox
from nutrition.models import FoodItem, Meal, MealItem
from oauth_integration.models import OAuthCredential
from own_metrics.models import OwnMetric, OwnValue
from projects.models import Project, Suggestion
from review.models import Intention
from tests import databases
from tests.browser import scenes
from tests.conftest import store_tokens, use
from time_logs.models import TimeEntry
from weight.models import WeighIn
from workouts.models import Workout

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
# The second database gets the values at each bound; what is invented beside them shows the same there, and costs as
# much again.
IS_INVENTING = bool(EXAMPLES) or "DATABASE_TESTS_ONLY" not in os.environ
CONFIG = SchemathesisConfig.from_dict(
    {
        "phases": {"fuzzing": {"enabled": IS_INVENTING}},
        "generation": {
            "max-examples": EXAMPLES or 5,
            "deterministic": not EXAMPLES,
            "database": "none",
            "with-security-parameters": False,
        },
    }
)


def exact(schema: dict[str, Any]) -> dict[str, Any]:
    """The description, by which an answer has nothing that is not described."""
    for name, component in schema["components"]["schemas"].items():
        if "properties" in component and not name.endswith("Request"):
            component.setdefault("additionalProperties", False)
    return schema


DESCRIPTION = json.loads(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True)))


@pytest.fixture
def services() -> Iterator[Sandbox]:
    with Sandbox(seed=1, days=7, now=scenes.NOW) as running:
        yield running


@pytest.fixture
def session(
    db: None, services: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The cookies of somebody who may everything, in a life with everything in it."""
    monkeypatch.setattr(timezone, "now", lambda: scenes.NOW)
    use(settings, services)
    settings.API_REQUESTS_PER_MINUTE = 0
    settings.GITHUB_ACCESS_TOKEN = services.github.token
    databases.once(scenes.everything)
    OAuthCredential.objects.filter(provider=services.whoop.name).delete()
    store_tokens(services.whoop, services.whoop.issue_tokens())
    client = Client()
    client.force_login(User.objects.create_superuser("robin"))
    client.get("/settings/tokens/")
    # The connection is that of the test, and ends with it.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield {name: morsel.value for name, morsel in client.cookies.items()}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Mostly of times that can be meant, which OpenAPI has no words for.
PLAUSIBLE_DATE_VALIDATORS = st.datetimes(datetime(1970, 1, 2), datetime(2026, 9, 15))  # noqa: DTZ001 - a clock's
schemathesis.openapi.format("date", PLAUSIBLE_DATE_VALIDATORS.map("{:%Y-%m-%d}".format))
schemathesis.openapi.format(
    "date-time", PLAUSIBLE_DATE_VALIDATORS.map("{:%Y-%m-%dT%H:%M:%SZ}".format)
)


class Login:
    """What a browser sends that is logged in."""

    session: ClassVar[dict[str, str]] = {}

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> dict[str, str]:
        return self.session

    def set(
        self, case: schemathesis.Case, data: dict[str, str], context: schemathesis.AuthContext
    ) -> None:
        case.cookies = {**(case.cookies or {}), **data}
        # Of compressed answers Schemathesis could not read the text.
        ours = {"X-CSRFToken": data["csrftoken"], "Accept-Encoding": "identity"}
        case.headers = {**(case.headers or {}), **ours}


@cache
def application() -> Any:
    return get_wsgi_application()


@cache
def constants() -> Any:
    """What Schemathesis finds in our own modules to invent values from. It would read all of them again for each path, a
    quarter of a second each time, and offers no other way to hand that over."""
    api = schemathesis.openapi.from_dict(DESCRIPTION | {"paths": {}}, config=CONFIG)
    api.app = application()
    build_constants_pool(api)
    return api._constants_pool_cache


@pytest.fixture(params=DESCRIPTION["paths"])
def endpoint(request: pytest.FixtureRequest, session: dict[str, str]) -> Any:
    # Schemathesis writes a name of its own there, and reads what was there before.
    request.node._nodeid = request.node.nodeid
    described = exact(DESCRIPTION) | {"paths": {request.param: DESCRIPTION["paths"][request.param]}}
    api = schemathesis.openapi.from_dict(described, config=CONFIG)
    api.app = application()
    api._constants_pool_cache = constants()
    api.auth()(Login)
    Login.session = session
    return api


@pytest.mark.usefixtures("session")
def test_the_records_have_the_same_numbers_on_each_database() -> None:
    first = {Behaviour: scenes.ALCOHOL, OwnMetric: scenes.FERRITIN}
    for model in {*RECORDS.values()} - {FoodItem}:
        numbers = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        begin = first.get(model, 1)
        assert numbers == list(range(begin, begin + len(numbers))), model
    foods = FoodItem.objects.order_by("pk").values_list("pk", flat=True)
    assert list(foods) == [1, 2, 3, scenes.SKYR]


@schemathesis.pytest.from_fixture("endpoint").parametrize()
def test_the_api_is_as_it_says(case: schemathesis.Case) -> None:
    aim(case)
    with undone():
        case.call_and_validate(
            excluded_checks=[positive_data_acceptance], additional_checks=[taken]
        )


RECORDS: dict[str, type[Model]] = {
    "day-marks": DayMark,
    "experiments": Experiment,
    "fasting": FastingPeriod,
    "github": SyncRun,
    "goals": Goal,
    "goals/free-periods": FreePeriod,
    "insights": Finding,
    "intentions": Intention,
    "insights/changes": MetricChange,
    "journal/answers": Answer,
    "journal/behaviours": Behaviour,
    "journal/notes": Note,
    "nutrition/foods": FoodItem,
    "nutrition/items": MealItem,
    "nutrition/meals": Meal,
    "nutrition/recipes": FoodItem,
    "own-metrics": OwnMetric,
    "own-metrics/values": OwnValue,
    "projects": Project,
    "projects/suggestions": Suggestion,
    "sync": SyncRun,
    "time-entries": TimeEntry,
    "weight": WeighIn,
    "workouts": Workout,
}


METRICS = ("weight.kg", "time.hours", "whoop.strain", "github.commits", "weight.trend")


def aim(case: schemathesis.Case) -> None:
    """Most of the time at records that are there, because of the others there is little to say."""
    asked = case.path_parameters or {}
    number, name = asked.get("id"), asked.get("name")
    if isinstance(number, int) and 0 <= number <= GREATEST_ID and number % 4:
        place = case.path.removeprefix("/api/")
        model = RECORDS[max((one for one in RECORDS if place.startswith(one)), key=len)]
        known = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        asked["id"] = known[number % len(known)]
    elif isinstance(key := asked.get("key"), str) and len(key) % 4:
        asked["key"] = METRICS[len(key) % len(METRICS)]
    elif isinstance(name, str) and name and len(name) % 2:
        asked["name"] = ("reader", "robin/reader")[len(name) % 4 == 1]


# Rules that OpenAPI has no words for, by the words of their answers.
RULES = re.compile(
    "Invalid page|There is no record with this name|start date must not be after|must be after the start|would overlap"
    "|must not be before the start|cannot be longer than (a year|48 hours)|between 1970 and now|in the future|a year ahead"
    "|at most 60 days|can have at most|metrics, separated by commas|to save it anyway|already has a mark"
    "|Write a week as 2026-W48|in the calendar|There is no metric|ha(s|ve) no more|cannot be changed later|Enter the (date|last free day)|is a time of day"
    "|has no period|Choose a day|Enter how many days|Only a (rolling|count|value|goal for each day)|from which value"
    "|must not be (below|higher)|is never (below|above)|must be above 0|the most is|cannot be added up"
    "|unit of this goal|goal does not exist"
    "|has begun|Only a running experiment|there is nothing to stop|A and B are the same|Choose a day from today|when all days of the experiment|in a few words why"
    "|at least 6 pairs|at least one day of each block|by which metric a day|a day counts as kept|higher value here"
    "|on days of A and of B|Choose another outcome|before you do what the day|difference above 0|Choose each metric once|Choose one"
    "|Enter a number between|per 100\\.|come to [0-9]+ g in 100|digits below the bars|Further nutrients need"
    "|food does not exist|is not known by the|Enter how much the recipe yields|part of itself|Give food and amount|has this bar code already"
    "|So little cannot come|another number of portions|Enter an amount (of at most|above 0)|nobody eats more"
    "|whole number of days|already a weigh-in|or add a serving|is measured in millilitres"
    "|behaviour does not exist|merged into|Only an amount has a unit|(kind|unit) cannot change|1 for yes or 0|whole number from 1"
    "|already a behaviour|already an answer|Enter a name|different answers"
    "|begins on a Monday|Choose this week|already an intention|has not begun|what you want to do"
    "|own metric does not exist|already a metric|another day"
    "|No food is stored|There are two amounts|Type (an amount|what|at most)|has not come"
    "|already belongs to a project|already a project with|There is no record with|id of a project"
    "|is not summed by the hour"
    "|None of|WHOOP answered 400|was started elsewhere|year must be between|no more than [0-9]+ (digits|decimal)|than or equal to (1900-01-01|2199-12-31)"
)


def taken(context: Any, response: Any, case: schemathesis.Case) -> bool | None:
    """What is valid is taken, unless it is against one of the rules."""
    if response.status_code == 400 and RULES.search(response.text):
        return None
    return positive_data_acceptance(context, response, case)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)

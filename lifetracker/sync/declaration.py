"""What a source says of itself in `<app>/source.py`, which is read before any app is loaded: its settings, its
schedule, where its consent page is. `lifetracker/settings.py` collects it from the installed apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, NamedTuple

from lifetracker.environment import Environment, base_url, count, hours, origin_of


class Here(NamedTuple):
    """Where this program and its sandbox answer, and whether it runs on the sandbox's data."""

    own_url: str
    sandbox_url: str
    is_demo: bool


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A variable of the environment or `.env` that becomes a Django setting of the same name."""

    #: Begins with the source's name, such as `WHOOP_CLIENT_ID`.
    name: str
    #: What it is for, in the words of `.env.example`.
    meaning: str
    #: Holds where nothing is set.
    default: object = ""
    #: Holds in the demo instead of the default; None for the default.
    in_demo: object = None
    #: Makes the setting of the text; raises ValueError. `lifetracker.environment` has several.
    cast: Callable[[str], object] = str
    #: Must not be shown, and has no value in `.env.example`.
    secret: bool = False
    #: Without it the source is not set up.
    required: bool = False
    #: Quotes, `#` and spaces around it may belong to the value.
    exact: bool = False

    def default_at(self, here: Here) -> object:
        return self.in_demo if here.is_demo and self.in_demo is not None else self.default


@dataclass(frozen=True, kw_only=True)
class ServiceAddress(Setting):
    """Where the service answers. In the demo it is the stand-in, so that no account is reached."""

    cast: Callable[[str], object] = base_url
    #: The path of the stand-in in the sandbox, such as `/whoop`.
    stand_in: str

    def default_at(self, here: Here) -> object:
        return here.sandbox_url + self.stand_in if here.is_demo else self.default


@dataclass(frozen=True, kw_only=True)
class OwnAddress(Setting):
    """An address of this program's own, such as that to which a consent leads back."""

    path: str

    def default_at(self, here: Here) -> object:
        return here.own_url + self.path


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How often the workers sync the source by themselves."""

    #: The name of the setting that holds the hours, such as `WHOOP_SYNC_HOURS`.
    setting: str
    #: Hours between two syncs where nothing is set; 0 for none.
    hours: int = 24


@dataclass(frozen=True, kw_only=True)
class ConsentPage:
    """Where "Connect" leads. Browsers follow only to origins that our pages allow by name."""

    #: The name of the setting that holds the address of the page.
    setting: str
    #: Other origins that the page passes the browser on to, such as `https://*.whoop.com`.
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetupStep:
    """What a person does at the service before it can be connected. The page of connections shows the steps in their
    order, and after them what all sources have in common: the redirect address, the settings, the consent."""

    #: One or two sentences. What stands between backticks is shown as code.
    text: str
    #: Where it is done; the page leads there.
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceDeclaration:
    #: Stands in every record and run, so it never changes: letters and digits, such as `Whoop`.
    name: str
    #: The service's name as it writes itself, such as `WHOOP`.
    title: str = ""
    #: What it brings, in a short sentence.
    brings: str = ""
    #: Stands in the records that come from the file which the service exports, where that is imported.
    export_name: str = ""
    #: How a person gets what the required settings hold.
    steps: tuple[SetupStep, ...] = ()
    settings: tuple[Setting, ...] = ()
    schedule: Schedule | None = None
    #: Of a source that is reached by OAuth: the name under which its tokens are stored. It is the `slug`.
    provider: str = ""
    #: Of a source that is reached by OAuth.
    consent: ConsentPage | None = None

    @property
    def slug(self) -> str:
        """Return the name as it stands in addresses, commands and file names."""
        return self.name.lower()

    @property
    def docs(self) -> str:
        """Return the page that says how to connect it."""
        return f"docs/{self.slug}.md"

    @property
    def required(self) -> list[str]:
        """Return the names of the settings without which it is not set up."""
        return [setting.name for setting in self.settings if setting.required]

    def all_settings(self) -> Iterator[Setting]:
        """Yield the declared settings, and that of the schedule."""
        yield from self.settings
        if self.schedule:
            yield Setting(
                name=self.schedule.setting,
                meaning="Hours between the syncs that workers start by themselves; 0 for none.",
                default=self.schedule.hours,
                cast=hours,
            )


# --- What many sources have -----------------------------------------------------------------------


def oauth_settings(provider: str, title: str) -> tuple[Setting, ...]:
    """Return the settings that `oauth_integration.client.OAuthClient` reads."""
    prefix = provider.upper()
    return (
        Setting(
            name=f"{prefix}_CLIENT_ID",
            meaning=f"From {title}'s developer dashboard.",
            required=True,
        ),
        Setting(
            name=f"{prefix}_CLIENT_SECRET",
            meaning=f"From {title}'s developer dashboard.",
            required=True,
            secret=True,
        ),
        OwnAddress(
            name=f"{prefix}_REDIRECT_URI",
            meaning=f"Exactly as registered in {title}'s developer dashboard.",
            path=f"/oauth/{provider}/callback",
        ),
        Setting(
            name=f"{prefix}_REFRESH_TOKEN",
            meaning=f"Only to move a connection from elsewhere; `{provider}_auth` needs none.",
            secret=True,
        ),
    )


def requests_per_minute(
    prefix: str, default: int, meaning: str, in_demo: int | None = None
) -> Setting:
    return Setting(
        name=f"{prefix}_REQUESTS_PER_MINUTE",
        meaning=f"{meaning}; 0 for no limit.",
        default=default,
        in_demo=in_demo,
        cast=count,
    )


# --- Collecting -----------------------------------------------------------------------------------


def declared_sources(apps: Iterable[str]) -> list[SourceDeclaration]:
    """Return the `SOURCE` of each of these apps that has a `source.py`. Nothing else of an app is imported."""
    modules = filter(None, map(source_module, apps))
    return [import_module(name).SOURCE for name in dict.fromkeys(modules)]


def source_module(app: str) -> str | None:
    """Return the name of the module that declares the source of an entry of INSTALLED_APPS, which names a
    package or a class in one of its modules."""
    first, *rest = app.split(".")
    spec = PathFinder.find_spec(first)
    for location in (spec and spec.submodule_search_locations) or ():
        folder, name = Path(location), first
        for part in [*rest, ""]:
            if (folder / "source.py").is_file():
                return f"{name}.source"
            folder, name = folder / part, f"{name}.{part}"
    return None


def exact_settings(declared: Iterable[SourceDeclaration]) -> set[str]:
    return {setting.name for source in declared for setting in source.settings if setting.exact}


def read_settings(
    env: Environment, declared: Iterable[SourceDeclaration], here: Here
) -> dict[str, Any]:
    """Return the value of each declared setting by its name."""
    return {
        setting.name: env.get_value(
            setting.name, cast=setting.cast, default=setting.default_at(here)
        )
        for source in declared
        for setting in source.all_settings()
    }


def consent_origins(declared: Iterable[SourceDeclaration], values: dict[str, Any]) -> list[str]:
    """Return the origins that the browser is led to by "Connect"."""
    pages = [source.consent for source in declared if source.consent]
    named = [origin for page in pages for origin in page.others]
    return [*named, *(origin_of(values[page.setting]) for page in pages)]

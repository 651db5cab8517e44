"""The environment that git runs in.

Git obeys no configuration of a user, of the machine or of a repository, and the token stands in the
environment of the one process that needs it, never in arguments, addresses or files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from github_projects.services.git_errors import no_git
from github_projects.services.processes import Limits, ProcessFailed, ProcessRunner, ProcessSpec

# The first with GIT_CONFIG_COUNT, the one way to hand over a token that leaves no trace.
MINIMUM_VERSION = (2, 31)
# Variables of our own environment that git sees: where it is, and how the network is reached.
INHERITED_VARIABLES = (
    "PATH",
    "GIT_EXEC_PATH",
    "LD_LIBRARY_PATH",
    "TMPDIR",
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
)
VARIABLES = {
    "LC_ALL": "C",
    # No configuration of a user can be found in a folder that does not exist.
    "HOME": "/nonexistent",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/true",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_DEFAULT_REF_FORMAT": "files",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    # Else each commit would be a write and a read of its own.
    "GIT_FLUSH": "0",
    "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
    "GIT_HTTP_LOW_SPEED_TIME": "30",
}
CONFIG = {
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "http.followRedirects": "false",
    "credential.helper": "",
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.bigFileThreshold": "20m",
    # Such a file could describe another history than the commits do.
    "core.commitGraph": "false",
    "advice.graftFileDeprecated": "false",
    "safe.bareRepository": "explicit",
    # Each fetch keeps its pack, so that the number of packs shows when to repack.
    "fetch.unpackLimit": "1",
    "fetch.recurseSubmodules": "false",
    "pack.windowMemory": "100m",
    "pack.threads": "2",
    # What repacking writes beside the packs is for servers and for speed that is not needed.
    "repack.updateServerInfo": "false",
    "gc.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}


def git_environment(config: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a git process, with `config` beside the configuration that always holds."""
    pairs = list({**CONFIG, **(config or {})}.items())
    keys = {f"GIT_CONFIG_KEY_{number}": key for number, (key, _) in enumerate(pairs)}
    values = {f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in enumerate(pairs)}
    inherited = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    return {**inherited, **VARIABLES, "GIT_CONFIG_COUNT": str(len(pairs)), **keys, **values}


def git_version() -> tuple[int, ...]:
    """Return the version of git. Raises NotConfigured where there is none that is new enough."""
    try:
        output = ProcessRunner(Limits(seconds=30)).run(
            ProcessSpec(["git", "--version"], git_environment())
        )
    except (OSError, ProcessFailed):
        output = b""
    found = re.match(rb"git version (\d+)\.(\d+)(?:\.(\d+))?", output)
    version = tuple(int(part) for part in found.groups(b"0")) if found else ()
    if version < MINIMUM_VERSION:
        raise no_git(
            f"git {'.'.join(map(str, version))} is too old" if version else "git cannot be run"
        )
    return version

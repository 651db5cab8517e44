"""Telling generated, vendored and lock files, which nobody wrote, by their paths."""

from __future__ import annotations

import re
from functools import lru_cache

# Names such as build/ and target/ are left out: they hold written code too.
FOLDERS = (
    "node_modules|bower_components|jspm_packages|vendors?|vendored|third[_-]?party|dist|site-packages|"
    r"__generated__|__snapshots__|Pods|Carthage|Godeps|htmlcov|\.?venv|\.next|\.nuxt|\.yarn|\.terraform"
)
FILES = (
    r"package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|composer\.lock|"
    r"Gemfile\.lock|Pipfile\.lock|poetry\.lock|uv\.lock|pdm\.lock|Cargo\.lock|go\.sum|mix\.lock|pubspec\.lock|"
    r"Podfile\.lock|Package\.resolved|packages\.lock\.json|flake\.lock|gradle\.lockfile|\.terraform\.lock\.hcl|"
    r"\.pnp\.[cm]?js"
)
ENDINGS = (
    r"\.min\.(?:js|mjs|css)|\.(?:bundle|chunk)\.js|\.(?:js|css|mjs)\.map|\.ipynb|\.pb\.go|_pb2(?:_grpc)?\.pyi?|"
    r"\.pb\.(?:cc|h)|\.g\.dart|\.freezed\.dart|\.designer\.cs|\.snap|-min\.js"
)
GENERATED = re.compile(
    rf"(?:^|/)(?:(?:{FOLDERS})/|(?:{FILES})$)|(?:{ENDINGS})$".encode(), re.IGNORECASE
)


def is_generated(path: bytes) -> bool:
    # A file is changed again and again; long paths are not worth caching.
    return matches_cached(path) if len(path) < 500 else matches(path)


def matches(path: bytes) -> bool:
    return GENERATED.search(path) is not None


matches_cached = lru_cache(maxsize=5_000)(matches)

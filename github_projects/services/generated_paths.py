"""Which files nobody wrote: generated, vendored and lock files, by their paths."""

from __future__ import annotations

import re

# Names such as build/ and target/ are left out: what people write lies there too.
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
    return GENERATED.search(path) is not None

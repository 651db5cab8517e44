"""`python -m benchmarks.limit`: ten years under the service's limit of 100 requests in a window, with
only the `X-RateLimit-*` headers to go by, beside the least time that such windows allow."""

from __future__ import annotations

import argparse

from benchmarks.stage import Sandbox, Sqlite, measure

TEN_YEARS, LIMIT = 3650, 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limit", description=__doc__)
    parser.add_argument("--window", type=int, default=10, help="seconds; WHOOP's own has 60")
    parser.add_argument("--limit", type=int, default=LIMIT, help="requests in a window")
    parser.add_argument("--days", type=int, default=TEN_YEARS, help="of WHOOP")
    options = parser.parse_args()
    window, limit = options.window, options.limit
    with Sandbox.of(options.days) as sandbox, Sqlite() as databases:
        measure("prepare", databases.url("template"), sandbox)
        free = measure("sync", databases.copy("template", "free"), sandbox)
        sandbox.post("limits", limit=limit, window=window)
        sandbox.requests_per_minute = limit
        limited = measure("sync", databases.copy("template", "limited"), sandbox)
    needed, made = (result["facts"]["requests"] for result in (free, limited))
    least = (needed - 1) // limit * window
    print(
        f"{needed} requests in {limited['wall']:.1f} s; the least is {least} s:"
        f" {100 * limited['wall'] / least - 100:.1f} % more. Refused (429): {made - needed}"
    )


if __name__ == "__main__":
    main()

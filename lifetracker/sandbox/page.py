"""The page for a person who opens the sandbox in a browser."""

from collections.abc import Iterable
from html import escape

from lifetracker.sandbox import control
from lifetracker.sandbox.host import Host
from lifetracker.sandbox.messages import Answer, html_answer

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --page: #f5f6f8;
  --card: #fff; --line: #dde1e7; --accent: #0b6e5f; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --dim: #9aa5b4;
  --page: #14181e; --card: #1d232b; --line: #323b47; --accent: #4cc7b0; --on-accent: #10201d; } }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 38rem; margin: 8vh auto; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; } h2 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
p { margin: .5rem 0; } .dim { color: var(--dim); }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: var(--accent); } ul { padding-left: 1.2rem; }
form { display: flex; gap: .75rem; margin-top: 1.5rem; }
button { flex: 1; padding: .65rem 1rem; font: inherit; color: var(--ink);
  background: transparent; border: 1px solid var(--line); border-radius: 8px; cursor: pointer; }
button.main { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
"""


def document(title: str, content: str) -> str:
    """Return a whole HTML page; `content` is trusted HTML, so escape what goes into it."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{content}</main></body></html>"
    )


def answer(sandbox: Host) -> Answer:
    services = "".join(
        f"<li>{escape(service.title)}: <code>{sandbox.url}/{name}</code></li>"
        for name, service in sandbox.services.items()
    )
    verbs = "".join(
        f'<h2>{escape(service.title)}: verbs, with <code>"service": "{name}"</code></h2>'
        f"{_list(service.verbs())}"
        for name, service in sandbox.services.items()
    )
    return html_answer(
        200,
        document(
            "Sandbox",
            "<h1>Life Tracker sandbox</h1>"
            "<p>Local stand-ins for the services that Life Tracker reads. The person, their "
            "data and every secret here are invented.</p>"
            f"<h2>Services</h2><ul>{services}</ul>"
            '<h2>State</h2><p><a href="/sandbox/state">/sandbox/state</a></p>'
            f"<h2>Verbs, with a JSON body</h2>{_list(control.common(sandbox))}{verbs}",
        ),
    )


def _list(verbs: Iterable[str]) -> str:
    items = "".join(f"<li><code>POST /sandbox/{verb}</code></li>" for verb in verbs)
    return f"<ul>{items}</ul>"

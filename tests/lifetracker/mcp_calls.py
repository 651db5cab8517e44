"""Calls of tools by the protocol of AI clients, in each of its revisions."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests import makers

HANDSHAKE = ("2025-03-26", "2025-06-18", "2025-11-25")
NEWEST = "2026-07-28"
REVISIONS = (*HANDSHAKE, NEWEST)
JSON = "application/json"


def bearer(name: str = "assistant", **options: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {makers.api_token(name, **options).secret}"}


def message(
    revision: str, method: str, params: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The body of a request in a revision, and the headers that go with it."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"Accept": "application/json, text/event-stream"}
    if revision == HANDSHAKE[0]:
        return body, headers  # this one has no header
    headers["MCP-Protocol-Version"] = revision
    if revision == NEWEST:
        prefix = "io.modelcontextprotocol"
        meta = {f"{prefix}/protocolVersion": revision, f"{prefix}/clientCapabilities": {}}
        body["params"] = params | {"_meta": meta}
        headers["Mcp-Method"] = method
        if "name" in params:
            headers["Mcp-Name"] = params["name"]
    return body, headers


def ask(
    method: str,
    params: dict[str, Any] | None = None,
    *,
    headers: dict[str, str],
    revision: str = NEWEST,
    client: Client | None = None,
) -> Any:
    """The answer over HTTP to one request."""
    body, own = message(revision, method, params or {})
    return (client or Client()).post("/mcp", json.dumps(body), JSON, headers=own | headers)


def call(tool: str, headers: dict[str, str], revision: str = NEWEST, **arguments: Any) -> Any:
    """What a tool answers. Fails if it refuses."""
    result = outcome(tool, headers, revision, **arguments)
    assert not result["isError"], result["content"][0]["text"]
    return json.loads(result["content"][0]["text"])


def refusal(tool: str, headers: dict[str, str], **arguments: Any) -> str:
    """Why a tool refuses. Fails if it answers."""
    result = outcome(tool, headers, **arguments)
    assert result["isError"], result
    return str(result["content"][0]["text"])


def outcome(tool: str, headers: dict[str, str], revision: str = NEWEST, **arguments: Any) -> Any:
    answer = ask(
        "tools/call", {"name": tool, "arguments": arguments}, headers=headers, revision=revision
    )
    assert answer.status_code == 200, answer.text
    assert "result" in answer.json(), answer.text
    return answer.json()["result"]

"""JSON is read and written by two libraries, and nobody can tell which one it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lifetracker.sync.lossless import read_json, to_json
from lifetracker.sync.mapping import to_float

python_writes = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 93845, "score": {"strain": 5.2951527}, "zones": [1, 2.5, null, true], "name": "Zoë"}',
        "18446744073709551616",
        "-9223372036854775809",
        f'{{"id": {"7" * 40}}}',
        '{"id": 1, "id": 2}',
        "0.1234567890123456789012",
        r'"\ud800"',
        r'"\u0000\u2028\u007f"',
        "-0.0",
        nested(600),
    ],
)
def test_what_is_read_and_written_is_what_python_alone_reads_and_writes(text: str) -> None:
    value = read_json(text.encode())
    assert repr(value) == repr(json.loads(text))
    assert to_json(value) == python_writes(value)


@pytest.mark.parametrize("text", ["1e300", "1e-7", "2.5E+20"])
def test_a_number_that_is_written_in_another_way_is_the_same_number(text: str) -> None:
    assert json.loads(to_json(read_json(text.encode()))) == json.loads(text)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_not_finite_is_read_and_neither_written_nor_stored(text: str) -> None:
    value = read_json(f'{{"strain": {text}}}'.encode())
    assert repr(value) == repr(json.loads(f'{{"strain": {text}}}'))
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(value)
    with pytest.raises(ValueError, match="not a finite number"):
        to_float(value["strain"])


@pytest.mark.parametrize("body", [b"", b"[1,]", b"{'a': 1}", b"\xef\xbb\xbf1", b'"\xff"', b"01"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind
        read_json(body)


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(RecursionError):
        read_json(nested(200_000).encode())


def test_an_ordinary_answer_is_read_by_the_quick_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("Python's own reader was asked")

    monkeypatch.setattr(json, "loads", refuse)
    assert read_json(b'{"n": 1234567890123456}') == {"n": 1234567890123456}

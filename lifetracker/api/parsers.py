"""Bodies of requests to the API: JSON, and refused where it is none."""

from __future__ import annotations

from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """A body of JSON in UTF-8. Raises ParseError, a 400, also where Python's own reader gives up.
    Characters that no database takes (NUL, halves of surrogates) are left to the serializers, which
    name the field."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: object = None
    ) -> Any:
        try:
            # RFC 8259 knows no other encoding, whatever a header says.
            return super().parse(stream, media_type, {"encoding": "utf-8"})
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None

"""JSON in a fraction of the time that Python's own writer takes, for answers of hundreds of thousands of numbers."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class FastJSONRenderer(JSONRenderer):
    def render(
        self,
        data: object,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, object] | None = None,
    ) -> bytes:
        """Return what `JSONRenderer` returns, with moments in UTC ending in `Z` as there. It takes over where somebody
        asks for indented lines."""
        context = dict(renderer_context or {})
        if data is None or self.get_indent(accepted_media_type or "", context):
            return super().render(data, accepted_media_type, context)
        return orjson.dumps(data, default=JSONEncoder().default, option=orjson.OPT_UTC_Z)

"""The JSON inside a frame."""

from __future__ import annotations

import json
from typing import Final, cast

from stream_widget.errors import StreamWidgetError

__all__ = ["DamagedFrameError", "read_json"]

_DECODER: Final = json.JSONDecoder()
_WHITE_SPACE: Final = " \t\n\r"
"""What JSON takes for white space: other spaces around a value are damage."""
_EXCERPT_CHARACTERS: Final = 120


class DamagedFrameError(StreamWidgetError):
    """The data of a frame is not a JSON object."""

    def __init__(self, *, data: str) -> None:
        whole = len(data) <= _EXCERPT_CHARACTERS
        self.excerpt = data if whole else data[: _EXCERPT_CHARACTERS - 1] + "…"
        super().__init__(f"A frame's data is not a JSON object: {self.excerpt!r}.")


def read_json(data: str) -> dict[str, object] | None:
    """A frame's data as a dict; ``None`` for ``[DONE]``, empty for blank data (a sign of life).

    Raises:
        DamagedFrameError: The data is not JSON, or JSON but not an object.
    """
    text = data.strip(_WHITE_SPACE)
    try:
        # Not decode(), which looks for the white space with two regular expressions: a fifth of
        # the time that a delta's JSON takes.
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):  # RecursionError: JSON nested thousands deep
        text = text.strip()
        if text == "[DONE]":
            return None
        if not text:
            return {}
        raise DamagedFrameError(data=data) from None
    if not isinstance(value, dict) or end != len(text):
        raise DamagedFrameError(data=data)
    return cast("dict[str, object]", value)  # the keys of a JSON object are strings

"""Takes out of texts what must not be written: what the user's function says, and keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from stream_widget.call_log.columns import CONTENT_COLUMNS

if TYPE_CHECKING:
    from stream_widget.redaction import Redactor

__all__ = ["Cleaner", "Redact"]

Redact: TypeAlias = Callable[[str], str]
"""The user's own function: what may be written of a text."""

_PERSONAL: Final = (CONTENT_COLUMNS | {"error_message", "name", "tags"}) - {"tool_calls"}
"""What people, models and providers worded; the other texts are ours or a provider's ids."""


class Cleaner:
    """Cleans the texts of one call.

    Args:
        redactor: Knows the keys.
        redact: Applied to every text first, so that it cannot bring a key back; where it fails, the
            text is left out.
    """

    def __init__(self, redactor: Redactor, redact: Redact | None = None) -> None:
        self.redactor = redactor
        self.redact = redact
        self.failure: str | None = None
        """What the user's function did wrong the last time, in a sentence without its words."""

    def column(self, name: str, value: object) -> object:
        """What a column may hold instead of a value that is to be written there."""
        if not isinstance(value, str):
            return value
        if name == "tags" and self.redact is not None:
            kept = [self.text(tag) for tag in cast("list[str]", json.loads(value))]
            return json.dumps([tag for tag in kept if tag is not None], ensure_ascii=False)
        allowed = self._allowed(value) if name in _PERSONAL else value
        if allowed is None:
            return None
        error = name == "error_message"
        return _whole(self.redactor.error(allowed) if error else self.redactor.content(allowed))

    def text(self, text: str) -> str | None:
        """A text without what must not be written; ``None`` if there is no telling what that is."""
        allowed = self._allowed(text)
        return None if allowed is None else _whole(self.redactor.content(allowed))

    def _allowed(self, text: str) -> str | None:
        if self.redact is None or not text:
            return text
        try:
            allowed = cast("object", self.redact(text))
        except Exception as error:  # noqa: BLE001 - anyone's code; the text is not written, the row is
            # Not its message, which may quote the text.
            self._failed(f"raised {type(error).__name__}")
            return None
        if not isinstance(allowed, str):
            self._failed(f"returned {type(allowed).__name__} instead of str")
            return None
        return allowed

    def _failed(self, what: str) -> None:
        self.failure = (
            f"The function given as redact= {what}, so texts of this run are missing from the log; "
            "its numbers are there."
        )


def _whole(text: str) -> str:
    """Text without half characters, which SQLite does not take."""
    return text if text.isascii() else text.encode(errors="replace").decode()

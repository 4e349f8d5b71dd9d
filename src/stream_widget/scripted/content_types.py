"""What the body of an answer is said to be."""

from __future__ import annotations

from typing import Final

__all__ = ["EVENT_STREAM", "HTML", "JSON", "TEXT"]

EVENT_STREAM: Final = "text/event-stream; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"

"""Half a UTF-16 pair at the end of a delta waits for its partner at the start of the next."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["SurrogateJoiner", "whole_characters"]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class SurrogateJoiner:
    r"""Joins halves that local servers split over deltas; a half that stays alone becomes U+FFFD.

    JSON lets ``"\ud83d"`` and ``"\ude00"`` come in two strings, but no file, socket or browser
    takes either alone.
    """

    def __init__(self) -> None:
        self._held: dict[int, str] = {}

    def feed(self, part: int, text: str) -> str:
        """The text that can be shown now; a trailing high half is kept for the next delta."""
        if not self._held and text.isascii():
            return text
        text = self._held.pop(part, "") + text
        if not _SURROGATE.search(text):
            return text
        if "\ud800" <= text[-1] <= "\udbff":
            self._held[part] = text[-1]
            text = text[:-1]
        return whole_characters(text)

    def end(self, part: int) -> str:
        """What is left of a part at its end: U+FFFD for a half whose partner did not come."""
        return whole_characters(self._held.pop(part, ""))


def whole_characters(text: str) -> str:
    """The text with its halves joined where they meet, and replaced where they do not."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

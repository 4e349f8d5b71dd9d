"""Rows that wait for the disk: the latest of each call, and no more than memory can bear."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from stream_widget.call_log.entry import Entry

__all__ = ["Waiting"]

_MOST_ROWS: Final = 10_000
_MOST_CHARACTERS: Final = 50_000_000
"""Beyond either, the oldest go."""

_log = logging.getLogger(__name__)


class Waiting:
    """A queue by call; not safe between threads."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._characters = 0
        self._sizes: dict[str, int] = {}
        """As counted when each came: a call may have grown since."""
        self.dropped = 0
        """Rows that went for want of room, over all time."""

    def __bool__(self) -> bool:
        return bool(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Let a row wait, in place of an earlier one of its call."""
        size = entry.characters
        self._characters += size - self._sizes.get(entry.call_id, 0)
        self._entries[entry.call_id], self._sizes[entry.call_id] = entry, size
        self._trim()

    def take(self) -> dict[str, Entry]:
        """All rows, which no longer wait."""
        taken, self._entries = self._entries, {}
        self._sizes.clear()
        self._characters = 0
        return taken

    def put_back(self, taken: dict[str, Entry]) -> None:
        """Let rows wait again, before those that came since; a later one of a call counts."""
        newer = self.take()
        for entry in (*taken.values(), *newer.values()):
            self.add(entry)

    def with_losses(self, sentence: str) -> str:
        """A sentence about the disk, with how much of it comes too late."""
        if not self.dropped:
            return sentence
        return f"{sentence} Too many calls waited for it: {self.dropped:,} are not in the log."

    def _trim(self) -> None:
        while len(self._entries) > _MOST_ROWS or (
            self._characters > _MOST_CHARACTERS and len(self._entries) > 1
        ):
            oldest = next(iter(self._entries))
            del self._entries[oldest]
            self._characters -= self._sizes.pop(oldest)
            self.dropped += 1
            if self.dropped == 1:
                _log.warning("Too many calls wait for the disk: the oldest will not be logged.")

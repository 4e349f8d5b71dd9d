"""What of a call streamed: its parts and when they came, in the form that the log keeps."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stream_widget.run.timeline import Arrival, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.call_log.cleaning import Cleaner
    from stream_widget.events import PartKind
    from stream_widget.run.snapshot import Snapshot

__all__ = ["Streamed", "StreamedPart", "read_streamed"]

_OUTPUT: Final[frozenset[PartKind]] = frozenset({"output_text"})
_REFUSAL: Final[frozenset[PartKind]] = frozenset({"refusal"})
_REASONING: Final[frozenset[PartKind]] = frozenset({"reasoning_summary", "reasoning_text"})


@dataclass(frozen=True, slots=True)
class StreamedPart:
    """A stretch of one kind of content, as it may be written."""

    kind: PartKind
    name: str | None
    """Of the tool that is called."""
    call_id: str | None
    text: str | None
    """``None`` where texts are not logged."""
    received: int
    """Characters that arrived; the text may have another length, if something was taken out."""

    @property
    def characters(self) -> int:
        """Characters of the text; where it is not logged, those that arrived."""
        return self.received if self.text is None else len(self.text)


@dataclass(frozen=True, slots=True)
class Streamed:
    """The parts of a call, in their order, and when they came."""

    parts: Sequence[StreamedPart]
    timeline: Timeline

    def columns(self) -> Mapping[str, str | None]:
        """The texts as the row holds them: joined as `Snapshot` joins them.

        ``None`` where a text that arrived could not be cleaned.
        """
        calls = [
            {"id": part.call_id, "name": part.name, "arguments": part.text}
            for part in self.parts
            if part.kind == "tool_call"
        ]
        return {
            "output_text": self._joined(_OUTPUT, ""),
            "reasoning_text": self._joined(_REASONING, "\n\n"),
            "refusal_text": self._joined(_REFUSAL, ""),
            "tool_calls": json.dumps(calls, ensure_ascii=False),
        }

    def stored(self) -> tuple[str, str]:
        """The ``parts`` and the ``timeline`` of the table, which agree with the row's texts."""
        parts = [[part.kind, part.name, part.characters] for part in self.parts]
        return json.dumps(parts, ensure_ascii=False), str(self._fitted())

    def _joined(self, kinds: frozenset[PartKind], between: str) -> str | None:
        parts = [part for part in self.parts if part.kind in kinds]
        if any(part.text is None and part.received for part in parts):
            return None
        return between.join(part.text for part in parts if part.text)

    def _fitted(self) -> Timeline:
        """The timeline with each part's characters stretched over what is left of its text."""
        if all(part.characters == part.received for part in self.parts):
            return self.timeline
        seen, placed = [0] * len(self.parts), [0] * len(self.parts)
        fitted: list[Arrival] = []
        for at_ms, place, characters in self.timeline:
            part = self.parts[place]
            seen[place] += characters
            until = part.characters * seen[place] // part.received
            fitted.append(Arrival(at_ms, place, until - placed[place]))
            placed[place] = until
        return Timeline.of(fitted)


def read_streamed(snapshot: Snapshot, cleaner: Cleaner, *, log_content: bool) -> Streamed:
    """What an attempt that is over received, with its texts cleaned, or without them."""
    parts = [
        StreamedPart(
            part.kind,
            cleaner.text(part.name) if part.name and log_content else None,
            part.call_id if log_content else None,
            cleaner.text(part.text) if log_content else None,
            part.length,
        )
        for part in snapshot.parts
    ]
    for kinds in (_OUTPUT, _REFUSAL):
        parts = _without_cut_keys(parts, kinds, cleaner)
    return Streamed(parts, snapshot.timeline)


def _without_cut_keys(
    parts: list[StreamedPart], kinds: frozenset[PartKind], cleaner: Cleaner
) -> list[StreamedPart]:
    """Parts that the row joins by nothing, where a key may stand across two of them."""
    places = [at for at, part in enumerate(parts) if part.kind in kinds and part.text]
    if len(places) < 2:  # noqa: PLR2004 - nothing to cut
        return parts
    joined = "".join(parts[at].text or "" for at in places)
    cleaned = cleaner.redactor.content(joined)
    if cleaned == joined:
        return parts
    # Where it stood is known no more: the first part has it all.
    texts = dict.fromkeys(places, "") | {places[0]: cleaned}
    return [replace(part, text=texts[at]) if at in texts else part for at, part in enumerate(parts)]

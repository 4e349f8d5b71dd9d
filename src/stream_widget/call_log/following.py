"""Looks at a call that streams, as often as the writer likes, and says what is new.

The attempt itself keeps what it received, so nothing is done for a delta, nothing is kept twice,
and what a full disk did not take is there at the next look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from stream_widget.call_log.cleaning import Cleaner
from stream_widget.call_log.pieces import Piece, PiecePart
from stream_widget.clock import monotonic_s
from stream_widget.redaction import is_public_beginning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.call_log.cleaning import Redact
    from stream_widget.call_log.voice import Voice
    from stream_widget.redaction import Redactor
    from stream_widget.run import Attempt, Run
    from stream_widget.run.snapshot import Part
    from stream_widget.run.timeline import Arrival

__all__ = ["Following"]


class _Seen(NamedTuple):
    """How far a part has been looked at."""

    pieces: int = 0
    length: int = 0
    held: str = ""
    """The end of the text that was not written: a key may begin in it."""


_UNSEEN: Final = _Seen()


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a call is on disk."""

    number: int
    """Of the next piece."""
    arrivals: int
    characters: int
    """Of the last arrival: it may grow within its millisecond."""
    parts: Sequence[_Seen]
    numbers: Mapping[str, object]


class Following:
    """One call that streams.

    `look` and `written` are for the writer's thread.

    Args:
        run: Whose call it is.
        attempt: The call.
        voice: Speaks in the run.
        redact: The user's function; with it a piece holds the whole text so far.
        log_content: False takes times and lengths only.
    """

    def __init__(
        self,
        run: Run,
        attempt: Attempt,
        voice: Voice,
        *,
        redact: Redact | None,
        log_content: bool,
    ) -> None:
        self.call_id = attempt.call_id
        self.voice = voice
        self._run = run
        self._attempt = attempt
        self._redact = redact
        self._log_content = log_content
        self._place = _Place(0, 0, 0, (), {})
        self._next = self._place

    def look(self, redactor: Redactor) -> Piece | None:
        """What the disk lacks of this call, or ``None``; the same again until it is `written`."""
        cleaner = Cleaner(redactor, self._redact)
        place, snapshot = self._place, self._attempt.snapshot
        whole = self._redact is not None and self._log_content
        # What is taken under the lock is a moment's work: the engine may wait for it.
        with self._run.lock:
            at_s = monotonic_s() - self._attempt.started_s
            arrivals = snapshot.timeline.since(max(place.arrivals - 1, 0))
            count = len(snapshot.timeline)
            last = arrivals[-1].characters if arrivals else 0
            fresh = [
                _Fresh.of(at, part, _UNSEEN if whole else _nth(place.parts, at))
                for at, part in enumerate(snapshot.parts)
                if at >= len(place.parts) or part.length != place.parts[at].length or whole
            ]
            numbers = {
                "response_id": snapshot.response_id,
                "response_model": snapshot.response_model,
                "ttft_s": self._attempt.ttft_s,
                "ttfo_s": self._attempt.ttfo_s,
            }
            lengths = [part.length for part in snapshot.parts]
            every = snapshot.timeline.since(0) if whole else []
        if (count, last, len(lengths), numbers) == (
            place.arrivals,
            place.characters,
            len(place.parts),
            place.numbers or dict.fromkeys(numbers),
        ):
            return None
        seen = {each.place: each.clean(cleaner, self._log_content) for each in fresh}
        self._next = _Place(
            0 if whole else place.number + 1,
            count,
            last,
            [seen[at][1] if at in seen else _nth(place.parts, at) for at in range(len(lengths))],
            numbers,
        )
        self.voice.tell_failure(cleaner.failure)
        return Piece(
            self.call_id,
            place.number,
            at_s,
            every or _less(arrivals, place),
            [part for part, _ in seen.values()],
            {} if numbers == place.numbers else numbers,
        )

    def written(self) -> None:
        """What `look` gave last is on disk."""
        self._place = self._next


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What a part has grown by, as it came."""

    place: int
    part: Part
    text: str
    seen: _Seen
    pieces: int
    length: int

    @classmethod
    def of(cls, place: int, part: Part, seen: _Seen) -> _Fresh:
        new = part.pieces[seen.pieces :]
        return cls(place, part, "".join(new), seen, seen.pieces + len(new), part.length)

    def clean(self, cleaner: Cleaner, log_content: bool) -> tuple[PiecePart, _Seen]:  # noqa: FBT001
        part = self.part
        text, tail, held = None, "", ""
        if log_content:
            text, tail, held = _split(self.seen.held + self.text, cleaner)
        piece = PiecePart(
            self.place,
            part.kind,
            cleaner.text(part.name) if part.name and log_content else None,
            part.call_id if log_content else None,
            self.length - self.seen.length,
            text,
            tail,
        )
        return piece, _Seen(self.pieces, self.length, held)


def _split(text: str, cleaner: Cleaner) -> tuple[str | None, str, str]:
    """The text that may be written for good, for now, and not before more of it is known."""
    end = cleaner.redactor.settled(text)
    if cleaner.redact is not None:
        # The last word may be the first half of one that the function takes out.
        last = text.rsplit(maxsplit=1)[-1] if text[-1:].strip() else ""
        end = min(end, len(text) - len(last))
    held = text[end:]
    shown = cleaner.redact is None and is_public_beginning(held)
    return cleaner.text(text[:end]), held if shown else "", held


def _nth(parts: Sequence[_Seen], at: int) -> _Seen:
    return parts[at] if at < len(parts) else _UNSEEN


def _less(arrivals: list[Arrival], place: _Place) -> list[Arrival]:
    """The arrivals without what of the first one is on disk."""
    if not place.arrivals:
        return arrivals
    first = arrivals[0]
    rest = first.characters - place.characters
    return [*([first._replace(characters=rest)] if rest else []), *arrivals[1:]]

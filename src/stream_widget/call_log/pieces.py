"""What has streamed of calls that have not ended: written piece by piece, read as a whole.

A piece is a JSON object: ``at_s``, seconds since its call began; ``timeline``, the arrivals since
the piece before; ``parts``, for each part that is new or has grown a list of its place, kind, name,
call id, characters that arrived, text, and tail. The text is final. The tail follows it and counts
only in the last piece of its part: with what comes next it may turn out to be a key's beginning.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict, cast

from stream_widget.call_log.streamed import Streamed, StreamedPart
from stream_widget.run.timeline import Arrival, Timeline

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from stream_widget.events import PartKind

__all__ = ["Piece", "PiecePart", "delete_pieces", "fold", "read_pieces", "write_piece"]

_WRITE: Final = "insert or replace into pieces (call_id, number, piece) values (?, ?, ?)"
_KNOWN_EARLY: Final = ("response_id", "response_model", "ttft_s", "ttfo_s")


class PiecePart(NamedTuple):
    """What a part has grown by, or all of it."""

    place: int
    kind: PartKind
    name: str | None
    call_id: str | None
    received: int
    text: str | None
    """``None`` where texts are not logged."""
    tail: str


class _Stored(TypedDict):
    at_s: float
    timeline: str
    parts: list[list[object]]


class Piece(NamedTuple):
    """What a call has received since the piece before; number 0 again replaces the first."""

    call_id: str
    number: int
    at_s: float
    arrivals: list[Arrival]
    parts: list[PiecePart]
    numbers: Mapping[str, object]
    """Columns of the row that are known before the call's end."""


def write_piece(db: sqlite3.Connection, piece: Piece) -> None:
    """Add a piece, and what became known of its call; nothing for a call that has ended."""
    stored: _Stored = {
        "at_s": round(piece.at_s, 3),
        "timeline": str(Timeline.of(piece.arrivals)),
        "parts": [[*part] for part in piece.parts],
    }
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    db.execute(_WRITE, (piece.call_id, piece.number, text))
    if piece.numbers:
        names = [name for name in _KNOWN_EARLY if name in piece.numbers]
        db.execute(
            f"update calls set {', '.join(f'{name} = ?' for name in names)} "  # noqa: S608 - names are ours
            "where call_id = ? and ended_at is null",
            (*cast("list[str]", [piece.numbers[name] for name in names]), piece.call_id),
        )


def delete_pieces(db: sqlite3.Connection, call_id: str) -> None:
    """Forget the pieces of a call whose row has everything."""
    db.execute("delete from pieces where call_id = ?", (call_id,))


def read_pieces(db: sqlite3.Connection, call_id: str) -> tuple[Streamed, float] | None:
    """What a call that has not ended has on disk, and for how many seconds it is known to live.

    ``None`` where that is nothing.
    """
    rows: list[tuple[str]] = db.execute(
        "select piece from pieces where call_id = ? order by number", (call_id,)
    ).fetchall()
    return fold(text for (text,) in rows) if rows else None


def fold(pieces: Iterable[str]) -> tuple[Streamed, float]:
    """The pieces of one call, in their order, as a whole."""
    at_s = 0.0
    arrivals: list[Arrival] = []
    parts: dict[int, StreamedPart] = {}
    tails: dict[int, str] = {}
    for piece in pieces:
        stored: _Stored = json.loads(piece)
        at_s = stored["at_s"]
        arrivals.extend(Timeline.parse(stored["timeline"]))
        for each in stored["parts"]:
            grown = PiecePart(*cast("tuple[int, PartKind, None, None, int, None, str]", each))
            parts[grown.place] = _grow(parts.get(grown.place), grown)
            tails[grown.place] = grown.tail
    whole = [
        part if part.text is None else _with(part, part.text + tails[place])
        for place, part in sorted(parts.items())
    ]
    return Streamed(whole, Timeline.of(arrivals)), at_s


def _grow(part: StreamedPart | None, grown: PiecePart) -> StreamedPart:
    if part is None:
        return StreamedPart(grown.kind, grown.name, grown.call_id, grown.text, grown.received)
    text = None if part.text is None or grown.text is None else part.text + grown.text
    return StreamedPart(grown.kind, grown.name, grown.call_id, text, part.received + grown.received)


def _with(part: StreamedPart, text: str) -> StreamedPart:
    return StreamedPart(part.kind, part.name, part.call_id, text, part.received)

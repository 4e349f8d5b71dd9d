"""What people note on runs: a rating, a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stream_widget.call_log.period import microseconds
from stream_widget.clock import utc_now
from stream_widget.errors import InvalidRequestError
from stream_widget.redaction import Redactor

if TYPE_CHECKING:
    import sqlite3
    from types import EllipsisType

__all__ = ["check_note", "check_rating", "write_annotation"]


def check_rating(rating: object) -> float | None:
    """A rating as a number.

    Raises:
        InvalidRequestError: It is none.
    """
    if rating is None:
        return None
    if isinstance(rating, bool) or not isinstance(rating, int | float) or not math.isfinite(rating):
        raise InvalidRequestError(f"rating is a number, or None for no rating, not {rating!r}.")
    return float(rating)


def check_note(note: object) -> str | None:
    """A note as a text; an empty one is none.

    Raises:
        InvalidRequestError: It is no text.
    """
    if note is not None and not isinstance(note, str):
        raise InvalidRequestError(f"note is a text, or None for no note, not {note!r}.")
    return Redactor().content(note).encode(errors="replace").decode() if note else None


def write_annotation(
    db: sqlite3.Connection,
    run_id: str,
    *,
    rating: float | EllipsisType | None,
    note: str | EllipsisType | None,
) -> None:
    """Note this on a run; ``...`` leaves as it is what was noted before."""
    before: tuple[float | None, str | None] = db.execute(
        "select rating, note from annotations where run_id = ?", (run_id,)
    ).fetchone() or (None, None)
    values = (before[0] if rating is ... else rating, before[1] if note is ... else note)
    if values == (None, None):
        db.execute("delete from annotations where run_id = ?", (run_id,))
        return
    db.execute(
        "insert into annotations (run_id, rating, note, noted_at) values (?, ?, ?, ?) "
        "on conflict (run_id) do update set rating = excluded.rating, note = excluded.note, "
        "noted_at = excluded.noted_at",
        (run_id, *values, microseconds(utc_now())),
    )

"""The rows of one run, found by its id or the beginning of it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from stream_widget.call_log.columns import STORED
from stream_widget.call_log.entry import STREAMING
from stream_widget.call_log.pieces import read_pieces
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["UnknownRunError", "check_id", "find_run", "read_run", "with_pieces"]

_SHORTEST_BEGINNING: Final = 6
_OFFERED: Final = 3
_COMPARED: Final = 1_000
"""The latest runs, among which the nearest ids are looked for."""


class UnknownRunError(InvalidRequestError, LookupError):
    """The log has no such run."""

    def __init__(self, run_id: str, *, nearest: list[str], ambiguous: bool) -> None:
        offer = (
            f"Did you mean {' or '.join(map(repr, nearest))}?"
            if nearest
            else "Ids are in the table that the log shows, and in to_frame()['run_id']."
        )
        what = f"several runs that begin with {run_id!r}" if ambiguous else f"no run {run_id!r}"
        short = (
            f" (of an id at least {_SHORTEST_BEGINNING} characters are needed)"
            if not nearest and len(run_id) < _SHORTEST_BEGINNING
            else ""
        )
        super().__init__(f"The log has {what}{short}. {offer}")
        self.run_id = run_id
        self.nearest = nearest


def check_id(run_id: object) -> None:
    """Refuse what is no id at all, such as the run itself.

    Raises:
        InvalidRequestError: It is no text.
    """
    if not isinstance(run_id, str):
        raise InvalidRequestError(
            f"A run is named by its run_id, a text such as w.run_id, not {run_id!r:.80}."
        )


def find_run(db: sqlite3.Connection, run_id: str) -> str:
    """The whole id of a run.

    Args:
        db: The log.
        run_id: The id, or at least six characters of its beginning that no other run shares.

    Raises:
        UnknownRunError: There is none, or more than one; it holds the nearest ids.
        InvalidRequestError: It is no text.
    """
    check_id(run_id)
    if db.execute("select 1 from calls where run_id = ? limit 1", (run_id,)).fetchone():
        return run_id
    if len(run_id) >= _SHORTEST_BEGINNING:
        begins: list[str] = [
            found
            for (found,) in db.execute(
                "select distinct run_id from calls where run_id >= ? and run_id < ? limit ?",
                (run_id, run_id + "\U0010ffff", _OFFERED),
            )
        ]
        if len(begins) == 1:
            return begins[0]
        if begins:
            raise UnknownRunError(run_id, nearest=begins, ambiguous=True)
    latest = db.execute("select run_id from calls order by started_at desc limit ?", (_COMPARED,))
    ids = dict.fromkeys(found for (found,) in latest)
    nearest = difflib.get_close_matches(run_id, list(ids), n=_OFFERED)
    raise UnknownRunError(run_id, nearest=nearest, ambiguous=False)


def read_run(db: sqlite3.Connection, run_id: str) -> list[dict[str, object]]:
    """The attempts of a run, in order: all that is stored, ``parts`` and ``timeline`` with it.

    Raises:
        UnknownRunError: As `find_run`.
    """
    names = [*STORED, "parts", "timeline"]
    rows: list[tuple[object, ...]] = db.execute(
        f"select {', '.join(f'calls.{name}' for name in STORED)}, streams.parts, streams.timeline "  # noqa: S608 - ours
        "from calls left join streams on streams.call_id = calls.call_id "
        "where calls.run_id = ? order by calls.attempt, calls.started_at",
        (find_run(db, run_id),),
    ).fetchall()
    return [with_pieces(db, dict(zip(names, row, strict=True))) for row in rows]


def with_pieces(db: sqlite3.Connection, call: dict[str, object]) -> dict[str, object]:
    """A call with what has reached the disk of its text, if it still streams."""
    if call["state"] != STREAMING or call["output_text"] is None:
        return call
    found = read_pieces(db, str(call["call_id"]))
    if found is None:
        return call
    streamed, _ = found
    parts, timeline = streamed.stored()
    return {**call, **streamed.columns(), "parts": parts, "timeline": timeline}

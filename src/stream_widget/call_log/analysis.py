"""What one asks a log, and what one changes in it by hand."""

from __future__ import annotations

import html
import sqlite3
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

from stream_widget.call_log.annotations import check_note, check_rating, write_annotation
from stream_widget.call_log.columns import COLUMNS
from stream_widget.call_log.exchanged import json_value, read_exchanged
from stream_widget.call_log.exporting import check_place, export_calls
from stream_widget.call_log.filters import Chosen, Filters
from stream_widget.call_log.frame import read_frame
from stream_widget.call_log.importing import Imported, calls_of, import_calls
from stream_widget.call_log.news import read_news
from stream_widget.call_log.overview import read_overview
from stream_widget.call_log.pruning import count_prunable, prune_calls
from stream_widget.call_log.query import read_query
from stream_widget.call_log.reading_run import find_run, read_run
from stream_widget.call_log.repricing import read_repriced, write_prices
from stream_widget.call_log.summary import read_summary, summary_keys
from stream_widget.errors import InvalidRequestError, StreamWidgetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from types import EllipsisType

    import pandas as pd

    from stream_widget.call_log.news import News
    from stream_widget.call_log.overview import Overview
    from stream_widget.call_log.query import Value

__all__ = ["UNREADABLE", "LogAnalysis"]

_WIDTH: Final = 100
UNREADABLE: Final = (sqlite3.Error, OSError, StreamWidgetError)
"""What reading a log may raise."""


class LogAnalysis(ABC):
    """The part of a log that answers questions; what was put before is in every answer."""

    @property
    @abstractmethod
    def path(self) -> Path | None:
        """The file; ``None`` for a log in memory."""

    @property
    @abstractmethod
    def problem(self) -> str | None:
        """Why the file is not what it should be; ``None`` while it is."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[sqlite3.Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[sqlite3.Connection]: ...

    def to_frame(  # noqa: PLR0913 - one filter each, all keyword-only
        self,
        *,
        since: str | datetime | None = None,
        until: str | datetime | None = None,
        tag: str | None = None,
        name: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        state: str | None = None,
        run_id: str | None = None,
        content: bool = True,
        tool_calls: bool = False,
        annotations: bool = False,
    ) -> pd.DataFrame:
        """The calls as a DataFrame, oldest first, one row per call.

        What was put before is in it. Times are aware UTC, integers ``Int64``, durations and costs
        ``float64`` (an unknown cost is NaN), ``streamed`` is ``boolean``, texts are ``string``,
        ``tags`` lists; an empty log gives an empty frame with the same dtypes.

        Args:
            since: Started then or later: "30m", "24h", "7d", an aware datetime, or an ISO text.
            until: Started before that; written as ``since``.
            tag: Has this tag among its own.
            name: Has this name.
            provider: Asked this provider.
            model: Asked for, or was answered by, this model; or asked this ``provider:model``.
            state: Ended, or stands, in this state.
            run_id: Is an attempt of this run.
            content: False leaves out the columns of prompts, instructions and texts.
            tool_calls: True adds a last column with what tools each answer called: lists of
                mappings with ``id``, ``name`` and ``arguments`` (JSON text).
            annotations: True adds the last columns ``rating`` and ``note``, those of the run on
                each of its calls.

        Raises:
            InvalidRequestError: ``since`` or ``until`` names no moment.
            NewerLogError: The file was written by a newer version of this package.
        """
        filters = Filters(since, until, tag, name, provider, model, state, run_id)
        filters.where()
        with self._reading() as db:
            return read_frame(
                db, filters, content=content, tool_calls=tool_calls, annotations=annotations
            )

    def summary(
        self, by: str | Sequence[str] | None = "response_model", **filters: Unpack[Chosen]
    ) -> pd.DataFrame:
        """The calls added up by group, the dearest group first.

        Every attempt is billed, so tokens and costs are sums over all calls, those of failed and
        cancelled attempts among them; ``None`` tokens add nothing. A run counts once, in the group
        of its last call that passes the filters.

        ``calls`` counts attempts, ``runs`` runs, ``retried`` the attempts that another one of
        their run followed. ``cost_usd`` adds the costs that are known, ``cost_unknown`` counts the
        calls whose cost is not (one that failed before it used anything has none). ``…_median`` and
        ``…_p95`` are of the calls that were answered to their end (completed or incomplete), to the
        millionth; of ``tokens_per_s`` p95 is the fast end. ``failed_share`` is of the runs,
        ``estimated_share`` of the calls with any usage, ``cost_unknown_share`` of all calls; of
        nothing a share is NaN.

        Args:
            by: A column, ``"tag"`` (a call with two counts under both) or ``"day"`` (UTC), or a
                list of those: the frame's index. ``None`` adds all up in one row. Columns other
                than provider, models, state, effort, name and ``usage_source`` take some times as
                long in a large log: they are not in its index for summaries.
            filters: As for `to_frame`: since, until, tag, name, provider, model, state, run_id.

        Raises:
            InvalidRequestError: There is no such column, or no such moment.
            TypeError: There is no such filter.
        """
        chosen, keys = Filters.of(filters), summary_keys(by)
        with self._reading() as db:
            return read_summary(db, chosen, keys)

    def sql(self, query: str, params: Sequence[Value] | Mapping[str, Value] = ()) -> pd.DataFrame:
        """What an SQL query finds; it can read and nothing else.

        There are the tables ``calls``, ``streams`` and ``annotations``, with times as microseconds
        since 1970, and the view ``log``: the calls with times as ISO text in UTC, and ``rating``
        and ``note`` of their runs.

        Args:
            query: One statement of SQLite.
            params: For its ``?`` or ``:name`` marks.

        Raises:
            InvalidRequestError: It wants to write, or is wrong; the message says what there is.
        """
        with self._reading() as db:
            return read_query(db, query, params)

    def read_run(self, run_id: str) -> list[dict[str, object]]:
        """The attempts of a run, in order, as they are stored.

        Raises:
            UnknownRunError: There is none; it holds the nearest ids.
        """
        with self._reading() as db:
            return read_run(db, run_id)

    def read_calls(
        self, *, latest: int | None = None, **filters: Unpack[Chosen]
    ) -> list[dict[str, object]]:
        """The calls as JSON-ready mappings, oldest first, without pandas.

        Args:
            latest: At most so many, newest first.
            filters: As for `to_frame`.

        Raises:
            InvalidRequestError: There is no such moment.
            TypeError: There is no such filter.
        """
        chosen = Filters.of(filters)
        with self._reading() as db:
            return [
                {name: json_value(name, call[name]) for name in COLUMNS}
                for call in read_exchanged(db, chosen, latest=latest)
            ]

    def read_news(
        self,
        after: int,
        unfinished: Iterable[str],
        *,
        latest: int | None = None,
        **filters: Unpack[Chosen],
    ) -> News:
        """What has changed since it was asked before, for who follows the log.

        Args:
            after: The mark of the news before; 0 for all that is there.
            unfinished: Ids of the calls that had not ended then: they are in the answer.
            latest: Of new calls at most so many of the latest.
            filters: As for `to_frame`; they choose among new calls.

        Raises:
            InvalidRequestError: There is no such moment.
            TypeError: There is no such filter.
        """
        chosen = Filters.of(filters)
        with self._reading() as db:
            return read_news(db, after, unfinished, chosen, latest=latest)

    def overview(self, *, limit: int = 20, **filters: Unpack[Chosen]) -> Overview:
        """The latest calls, newest first, and what all of them come to.

        Args:
            limit: How many calls at most.
            filters: As for `to_frame`.

        Raises:
            InvalidRequestError: There is no such moment.
            TypeError: There is no such filter.
        """
        chosen = Filters.of(filters)
        with self._reading() as db:
            return read_overview(db, chosen, limit=limit)

    def annotate(
        self,
        run_id: str,
        *,
        rating: float | EllipsisType | None = ...,
        note: str | EllipsisType | None = ...,
    ) -> None:
        """Note something on a run: how good it was, or what there is to say.

        Args:
            run_id: Its id, or at least six characters of its beginning that no other run shares.
            rating: A number; ``None`` takes it back; left out it stays.
            note: A text; ``None`` takes it back; left out it stays.

        Raises:
            UnknownRunError: There is no such run; it holds the nearest ids.
            InvalidRequestError: The rating is no number, or the note no text, or there is neither.
        """
        if rating is ... and note is ...:
            raise InvalidRequestError("Say what to note: rating=, a number, or note=, a text.")
        rating = rating if rating is ... else check_rating(rating)
        note = note if note is ... else check_note(note)
        with self._writing() as db:
            write_annotation(db, find_run(db, run_id), rating=rating, note=note)

    def reprice(self, *, apply: bool = False, **filters: Unpack[Chosen]) -> pd.DataFrame:
        """The calls whose cost is another by today's price data, with both.

        A call is priced as of the hour it started in: data that have learnt of a model, or of a
        price that had changed by then, correct what was written. A call whose price is not known
        today keeps what it has.

        Args:
            apply: True writes the new costs, and the price data's name, into the log.
            filters: As for `to_frame`.

        Returns:
            ``call_id``, ``started_at``, ``provider``, ``request_model``, ``cost_before_usd``,
            ``cost_usd``, ``price_source_before``, ``price_source``; oldest first.

        Raises:
            InvalidRequestError: There is no such moment.
            TypeError: There is no such filter.
        """
        chosen = Filters.of(filters)
        if not apply:
            with self._reading() as db:
                return read_repriced(db, chosen)
        with self._writing() as db:
            changed = read_repriced(db, chosen)
            write_prices(db, changed)
            return changed

    def prune(self, *, before: str | datetime | None = None, **filters: Unpack[Chosen]) -> int:
        """Delete calls with their texts, streams and notes; how many went.

        What has not ended stays. The file keeps its size and uses the room again.

        Args:
            before: Started before that: "90d", an aware datetime, or an ISO text; as ``until``.
            filters: As for `to_frame`; all must hold.

        Raises:
            InvalidRequestError: No filter is given, or ``before`` or another names no moment.
            TypeError: There is no such filter.
        """
        chosen = Filters.for_pruning(before, filters)
        with self._writing() as db:
            return prune_calls(db, chosen)

    def count_prunable(
        self, *, before: str | datetime | None = None, **filters: Unpack[Chosen]
    ) -> int:
        """How many calls `prune` would delete; arguments and errors are its."""
        chosen = Filters.for_pruning(before, filters)
        with self._reading() as db:
            return count_prunable(db, chosen)

    def export(self, path: str | Path, **filters: Unpack[Chosen]) -> int:
        """Write calls to a file: .parquet, .csv, .jsonl, or .db for a log of its own; how many.

        Everything goes with them: texts, tool calls, how the text arrived, rating and note. In CSV
        an empty cell is null, and a backslash before a text keeps a spreadsheet from running it;
        `import_` takes it off. A file that is there is replaced; only its owner may read the new
        one.

        Args:
            path: The file; its ending says in which form.
            filters: As for `to_frame`.

        Raises:
            InvalidRequestError: The ending is none of these, it is the log's own file, or Parquet
                lacks pyarrow (``pip install 'stream-widget[analysis]'``).
            OSError: It cannot be written.
        """
        path = Path(path).expanduser()
        check_place(path, self.path)
        chosen = Filters.of(filters)
        with self._reading() as db:
            return export_calls(db, path, chosen)

    def import_(self, path: str | Path) -> Imported:
        """Take the calls of an export, or of another log, into this one: all or, in error, none.

        A call is known by its id: what is here already is left alone, unless it is unfinished here
        and finished there.

        Args:
            path: A file that `export` wrote, or the .db file of a log, which stays as it is.

        Returns:
            How many calls were ``added``, ``updated`` and ``skipped``.

        Raises:
            ForeignFileError: It is no such file, damaged, or newer than this version.
            InvalidRequestError: Its ending is none that is known, or Parquet lacks pyarrow.
            OSError: It cannot be read.
        """
        with calls_of(Path(path).expanduser()) as calls, self._writing() as db:
            return import_calls(db, calls)

    # How it shows itself

    def __str__(self) -> str:
        """The latest calls as a table of text, with what all come to."""
        try:
            said = self.overview().text(width=_WIDTH, title=repr(self))
        except UNREADABLE as error:
            return f"{self!r} cannot be read: {error}"
        return said if self.problem is None else f"{self.problem}\n{said}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's
        printer.text(repr(self) if cycle else str(self))

    def _repr_html_(self) -> str:
        """The latest calls as a table, with what all come to; static, and never an error."""
        try:
            return self.overview().html(title=repr(self), problem=self.problem)
        except UNREADABLE as error:
            return f"<p>{html.escape(f'{self!r} cannot be read: {error}')}</p>"

"""The table's history as numbered steps that are never edited; new ones are added at the end."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Final, TypeAlias

__all__ = ["LATEST", "Steps", "m001_calls", "m002_tool_calls", "m003_streams", "migrate", "version"]

_Step: TypeAlias = Callable[[sqlite3.Connection], None]

_NAME: Final = re.compile(r"m(\d{3})_\w+")


class Steps:
    """Migrations in their order; each is named ``m<number>_<what>``, from 001 without a gap."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []

    def step(self, function: _Step) -> _Step:
        """Add a step, as a decorator.

        Raises:
            ValueError: Its number is not the next one.
        """
        named = _NAME.fullmatch(function.__name__)
        following = len(self._steps) + 1
        if named is None or int(named[1]) != following:
            raise ValueError(
                f"The next migration must be named m{following:03}_…, not {function.__name__}."
            )
        self._steps.append(function)
        return function

    @property
    def latest(self) -> int:
        """The number of the last step: the version of a file that has them all."""
        return len(self._steps)

    def after(self, number: int) -> list[_Step]:
        """The steps that a file of version ``number`` lacks, in their order."""
        return self._steps[number:]


_steps = Steps()


@_steps.step
def m001_calls(db: sqlite3.Connection) -> None:
    """One row per call; times are microseconds since 1970 UTC, null is "not known"."""
    db.execute(
        """
        create table calls (
            call_id text primary key not null,
            run_id text not null,
            attempt integer not null,
            started_at integer not null,
            ended_at integer,
            provider text not null,
            api text,
            request_model text not null,
            response_model text,
            response_id text,
            state text not null,
            finish_reason text,
            raw_finish_reason text,
            error_kind text,
            error_message text,
            effort text,
            summary text,
            verbosity text,
            temperature real,
            max_output_tokens integer,
            streamed integer,
            input_tokens integer,
            cached_input_tokens integer,
            cache_write_tokens integer,
            output_tokens integer,
            reasoning_tokens integer,
            total_tokens integer,
            usage_source text,
            cost_usd real,
            price_source text,
            duration_s real,
            ttft_s real,
            ttfo_s real,
            tokens_per_s real,
            prompt text,
            instructions text,
            output_text text,
            reasoning_text text,
            refusal_text text,
            name text,
            tags text not null default '[]',
            comparison_id text,
            repeat integer,
            app_version text
        )
        """
    )
    db.execute("create index calls_started_at on calls (started_at)")
    db.execute("create index calls_run_id on calls (run_id)")
    db.execute("create index calls_request_model on calls (request_model, started_at)")
    # What a model's past answers looked like is asked before every run: only the rows that count.
    db.execute(
        "create index calls_answers on calls (request_model, started_at) "
        "where state = 'completed' and usage_source = 'reported'"
    )


@_steps.step
def m002_tool_calls(db: sqlite3.Connection) -> None:
    """What tools the model called, as a JSON list of objects with id, name and arguments."""
    db.execute("alter table calls add column tool_calls text")


@_steps.step
def m003_streams(db: sqlite3.Connection) -> None:
    """How texts arrived, what is known of calls that still stream, and what people noted on runs.

    ``parts`` is a JSON list of ``[kind, name, characters]``; the texts themselves stand in the row.
    ``timeline`` is the string of `Timeline`. ``owner`` names the process that writes the row.
    Two indexes are for summaries: one has all the numbers, in the order of the usual groups, so
    that nobody reads past texts or sorts; the other has the attempts that followed another.
    """
    db.execute(
        "create table streams ("
        "call_id text primary key not null, parts text not null, timeline text not null)"
    )
    db.execute(
        "create table pieces (call_id text not null, number integer not null, piece text not null, "
        "primary key (call_id, number)) without rowid"
    )
    db.execute(
        "create table annotations (run_id text primary key not null, rating real, note text, "
        "noted_at integer not null) without rowid"
    )
    db.execute("alter table calls add column owner text")
    db.execute("create index calls_unfinished on calls (owner) where ended_at is null")
    # No filter asks for a source of usage, so that this index is never taken to find single rows.
    db.execute(
        """
        create index calls_summary on calls (
            usage_source, state, provider, request_model, response_model, effort,
            started_at - (started_at % 86400000000 + 86400000000) % 86400000000, tags, name,
            started_at, attempt, cost_usd, input_tokens, cached_input_tokens, cache_write_tokens,
            output_tokens, reasoning_tokens, total_tokens, ttft_s, duration_s, tokens_per_s
        )
        """
    )
    db.execute("create index calls_retried on calls (run_id, attempt) where attempt > 1")


LATEST: Final = _steps.latest
"""The version of a file that this package writes."""


def version(db: sqlite3.Connection) -> int:
    """How many steps the file has behind it; 0 for a new one."""
    row: tuple[int] = db.execute("pragma user_version").fetchone()
    return row[0]


def migrate(db: sqlite3.Connection, steps: Steps = _steps) -> None:
    """Bring a file up to date, one transaction per step; several processes may do so at once."""
    while version(db) < steps.latest:
        db.execute("begin immediate")
        try:
            # Asked again under the lock: another process may have been quicker.
            done = version(db)
            for function in steps.after(done)[:1]:
                function(db)
                db.execute(f"pragma user_version = {done + 1}")
        except BaseException:
            db.execute("rollback")
            raise
        db.execute("commit")

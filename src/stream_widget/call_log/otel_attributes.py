"""A call as the attributes of an OpenTelemetry span."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final, TypeAlias, cast, get_args

from stream_widget.call_log.columns import CONTENT_COLUMNS, KINDS, STORED
from stream_widget.call_log.otel_messages import (
    Redact,
    input_messages,
    output_messages,
    system_instructions,
)
from stream_widget.call_log.otel_names import (
    CONTENT_NAMES,
    OPERATION,
    OTEL_NAMES,
    Spelling,
    otel_provider,
)
from stream_widget.call_log.reading_run import check_id, find_run
from stream_widget.errors import InvalidRequestError
from stream_widget.redaction import Redactor

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from stream_widget.request import Message

__all__ = ["OtelAttributes", "OtelValue", "otel_attributes", "read_otel"]

OtelValue: TypeAlias = str | bool | int | float | list[str]
OtelAttributes: TypeAlias = dict[str, OtelValue]

_OF_OPENAI: Final[Mapping[str, str]] = {"responses": "responses", "chat": "chat_completions"}
_BROKEN: Final = frozenset({"failed", "cancelled"})
_USAGE: Final = frozenset(
    {
        "input_tokens",
        "cached_input_tokens",
        "cache_write_tokens",
        "output_tokens",
        "reasoning_tokens",
    }
)


def otel_attributes(
    values: Mapping[str, object],
    *,
    spelling: Spelling = "newest",
    redact: Redact | None = None,
) -> OtelAttributes:
    """The attributes of a call; what is not known of it has none.

    Tokens that nobody reported are ``stream_widget.estimated.…``: the conventions' own names are
    for what the provider bills. A call that was cut short has the finish reason ``error``, as the
    conventions want it; ``stream_widget.state`` says whether it failed or was cancelled.

    Args:
        values: Its columns, as they are stored; any may be missing.
        spelling: The names that were valid ``previous``ly, or the ``newest``.
        redact: Applied to what people and models wrote, which is left out without it.
    """
    found: OtelAttributes = {"gen_ai.operation.name": OPERATION}
    estimated = values.get("usage_source") == "estimated"
    for column, name in OTEL_NAMES.items():
        value = None if column in CONTENT_COLUMNS else _value(column, values.get(column))
        if value is not None:
            ours = f"stream_widget.estimated.{column}" if estimated and column in _USAGE else None
            found[ours or name.spelled(spelling)] = value
    provider = str(values.get("provider"))
    found[OTEL_NAMES["provider"].spelled(spelling)] = otel_provider(provider, spelling)
    if provider == "openai" and values.get("api") in _OF_OPENAI:
        found["openai.api.type"] = _OF_OPENAI[str(values["api"])]
    reasons = _finish_reasons(values)
    if reasons:
        found[OTEL_NAMES["finish_reason"].spelled(spelling)] = reasons
    return found if redact is None else found | _content(values, redact)


def read_otel(
    db: sqlite3.Connection, run_or_call_id: str, *, spelling: Spelling, content: bool
) -> list[OtelAttributes]:
    """The attributes of a call, or of each call of a run, in their order.

    Raises:
        UnknownRunError: The log has no such run and no such call.
        InvalidRequestError: There is no such spelling.
    """
    if spelling not in get_args(Spelling):
        raise InvalidRequestError(f"spelling is 'newest' or 'previous', not {spelling!r}.")
    check_id(run_or_call_id)
    columns = ", ".join(STORED)
    rows: list[tuple[object, ...]] = db.execute(
        f"select {columns} from calls where call_id = ?",  # noqa: S608 - names are ours, values are bound
        (run_or_call_id,),
    ).fetchall()
    rows = (
        rows
        or db.execute(
            f"select {columns} from calls where run_id = ? order by attempt",  # noqa: S608 - as above
            (find_run(db, run_or_call_id),),
        ).fetchall()
    )
    redact = Redactor().content if content else None
    return [
        otel_attributes(dict(zip(STORED, row, strict=True)), spelling=spelling, redact=redact)
        for row in rows
    ]


def _value(column: str, value: object) -> OtelValue | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    match KINDS[column]:
        case "boolean":
            return bool(value)
        case "json":
            items: Sequence[object] = json.loads(value) if isinstance(value, str) else value  # pyright: ignore[reportAssignmentType] - the column holds a list
            return [str(item) for item in items] or None
        case _:
            return cast("OtelValue", value)


def _finish_reasons(values: Mapping[str, object]) -> list[str]:
    reason = values.get("finish_reason") or values.get("raw_finish_reason")
    if reason is None and values.get("state") in _BROKEN:
        return ["error"]
    return [] if reason is None else [str(reason)]


def _content(values: Mapping[str, object], redact: Redact) -> OtelAttributes:
    prompt, instructions = values.get("prompt"), values.get("instructions")
    answer = output_messages(values, redact=redact)
    found: OtelAttributes = {}
    if prompt:
        found[CONTENT_NAMES["prompt"].newest] = input_messages(
            cast("str | Sequence[Message]", prompt), redact=redact
        )
    if isinstance(instructions, str) and instructions:
        found[CONTENT_NAMES["instructions"].newest] = system_instructions(
            instructions, redact=redact
        )
    if answer is not None:
        found[CONTENT_NAMES["output_text"].newest] = answer
    return found

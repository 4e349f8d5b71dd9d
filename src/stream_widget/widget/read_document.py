"""Reads a document of runs: every field typed and within bounds, whoever wrote it.

Fields that this version does not know are left out; those it misses have the value that says
"not known".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, get_args

from stream_widget.errors import InvalidRequestError
from stream_widget.events import FinishReason, PartKind
from stream_widget.run import Timeline
from stream_widget.widget.document import unpack
from stream_widget.widget.fields import Fields, wrong
from stream_widget.widget.protocol import Arrangement, StateName

if TYPE_CHECKING:
    from stream_widget.widget.protocol import (
        ErrorView,
        Notice,
        PartView,
        RatesView,
        RunView,
        UsageView,
    )

__all__ = ["SCHEMA", "ReadDocument", "parse_document", "read_document"]

SCHEMA: Final = 1
"""The form of the documents that this version writes, and the newest that it reads."""

_LARGEST_BYTES: Final = 256_000_000
_MOST_RUNS: Final = 1_000
_MOST_PARTS: Final = 10_000
_MOST_NOTICES: Final = 1_000
_LONGEST_TEXT: Final = 64_000_000
_LAST_S: Final = 253_402_300_799.0
"""The end of the year 9999, beyond which Python knows no date."""
_LONGEST_S: Final = 1e9
_CHARS_PER_TOKEN: Final = 4.0
_FEWEST_CHARS_PER_TOKEN: Final = 0.01


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a document holds."""

    arrangement: Arrangement
    runs: list[RunView]


def parse_document(data: bytes) -> ReadDocument:
    """Read a file's bytes.

    Raises:
        InvalidRequestError: They are no document of ours; the message says why.
    """
    if len(data) > _LARGEST_BYTES:
        raise InvalidRequestError(
            f"it has {len(data):,} bytes; {_LARGEST_BYTES:,} at most can be read."
        )
    try:
        value: Any = json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise InvalidRequestError("it is nested too deeply to be a document of runs.") from None
    except ValueError as error:
        raise InvalidRequestError(f"it is no JSON: {error}.") from None
    return read_document(value)


def read_document(value: object) -> ReadDocument:
    """Read a document.

    Raises:
        InvalidRequestError: It is none of ours, newer than this version, or damaged; the message
            says what is wrong and where.
    """
    fields = Fields(value, "")
    _check_schema(fields.get("schema"))
    arrangement = fields.choice_or_none("layout", get_args(Arrangement))
    if fields.has("packed"):
        fields = Fields({"runs": unpack(value)}, "")
    runs = fields.objects("runs", most=_MOST_RUNS)
    if not runs:
        raise InvalidRequestError("runs is empty: they had not ended when this was written.")
    views = [_run(run) for run in runs]
    _check_ids(views)
    return ReadDocument(arrangement or ("stack" if len(views) == 1 else "grid"), views)


def _check_schema(schema: object) -> None:
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        raise InvalidRequestError(
            "it is no document of stream_widget: it should have a schema, a number from 1."
        )
    if schema > SCHEMA:
        raise InvalidRequestError(
            f"it was written by a newer stream_widget, in schema {schema}; this one reads up to "
            f"{SCHEMA}. Run `pip install --upgrade stream-widget`, or see its made_by for the "
            "version to install."
        )


def _check_ids(views: list[RunView]) -> None:
    known: dict[str, int] = {}
    for at, view in enumerate(views):
        first = known.setdefault(view["run"], at)
        if first != at:
            raise InvalidRequestError(
                f"runs[{at}].run is {view['run'][:40]!r}, as is runs[{first}].run; "
                "each run has an id of its own."
            )


def _run(fields: Fields) -> RunView:
    provider, model = fields.text("provider"), fields.text("model")
    run = fields.text("run")
    if not run:
        raise wrong(fields.place("run"), "an id", run)
    parts = [_part(part) for part in fields.objects_if_any("parts", most=_MOST_PARTS)]
    chars_per_token = fields.number("chars_per_token", otherwise=_CHARS_PER_TOKEN)
    return {
        "run": run,
        "started_at": fields.number("started_at", otherwise=0.0, most=_LAST_S),
        "first_target": fields.text_or_none("first_target") or f"{provider}:{model}",
        "name": fields.text_or_none("name"),
        "provider": provider,
        "model": model,
        "response_model": fields.text_or_none("response_model"),
        "effort": fields.text_or_none("effort"),
        "summary": fields.text_or_none("summary"),
        "verbosity": fields.text_or_none("verbosity"),
        "max_output_tokens": fields.count_or_none("max_output_tokens"),
        "text_format": fields.choice_or_none("text_format", ("text", "json")) or "text",
        "attempt": fields.count_or_none("attempt") or 0,
        "state": fields.choice("state", get_args(StateName)),
        "finish_reason": fields.choice_or_none("finish_reason", get_args(FinishReason)),
        "raw_finish_reason": fields.text_or_none("raw_finish_reason"),
        "elapsed_s": fields.number("elapsed_s", otherwise=0.0, most=_LONGEST_S),
        "ttft_s": fields.number_or_none("ttft_s", most=_LONGEST_S),
        "ttfo_s": fields.number_or_none("ttfo_s", most=_LONGEST_S),
        "parts": parts,
        "reasoning": False,
        "usage": _usage(fields.inside("usage")),
        "usage_source": fields.choice_or_none("usage_source", ("reported", "estimated")),
        "cost_usd": fields.number_or_none("cost_usd"),
        "price_source": fields.text_or_none("price_source"),
        "rates": _rates(fields.inside("rates")),
        "chars_per_token": max(chars_per_token, _FEWEST_CHARS_PER_TOKEN),
        "expected": None,
        "speed": None,
        "shown": None,
        "error": _error(fields.inside("error")),
        "notices": [
            _notice(notice) for notice in fields.objects_if_any("notices", most=_MOST_NOTICES)
        ],
        "wait": None,
        "restartable": False,
        "timeline": _timeline(fields, parts),
    }


def _part(fields: Fields) -> PartView:
    part: PartView = {
        "kind": fields.choice("kind", get_args(PartKind)),
        "text": fields.text("text", longest=_LONGEST_TEXT),
        "name": fields.text_or_none("name"),
        "started_s": fields.number("started_s", otherwise=0.0, most=_LONGEST_S),
        "finished_s": fields.number_or_none("finished_s", most=_LONGEST_S),
    }
    call_id = fields.text_or_none("call_id")
    if call_id is not None:
        part["call_id"] = call_id
    return part


def _usage(fields: Fields | None) -> UsageView | None:
    return fields and {
        "input_tokens": fields.count_or_none("input_tokens"),
        "cached_input_tokens": fields.count_or_none("cached_input_tokens"),
        "cache_write_tokens": fields.count_or_none("cache_write_tokens"),
        "output_tokens": fields.count_or_none("output_tokens"),
        "reasoning_tokens": fields.count_or_none("reasoning_tokens"),
        "total_tokens": fields.count_or_none("total_tokens"),
    }


def _rates(fields: Fields | None) -> RatesView | None:
    return fields and {
        "prompt_usd": fields.number("prompt_usd", otherwise=0.0),
        "output_token_usd": fields.number("output_token_usd", otherwise=0.0),
    }


def _error(fields: Fields | None) -> ErrorView | None:
    return fields and {
        "kind": fields.text("kind"),
        "message": fields.text("message"),
        "status": fields.count_or_none("status"),
        "code": fields.text_or_none("code"),
        "retry_after_s": fields.number_or_none("retry_after_s"),
    }


def _notice(fields: Fields) -> Notice:
    return {"level": fields.choice("level", ("info", "warn")), "text": fields.text("text")}


def _timeline(fields: Fields, parts: list[PartView]) -> str:
    """Checked against the texts: who reads it later may believe it."""
    if not fields.has("timeline"):
        return ""
    text = fields.text("timeline", longest=_LONGEST_TEXT)
    where = fields.place("timeline")
    try:
        timeline = Timeline.parse(text)
        lengths = [0] * len(parts)
        for _, part, characters in timeline:
            lengths[part] += characters
    except (ValueError, OverflowError) as error:
        raise InvalidRequestError(f"{where} is damaged: {error}") from None
    except IndexError:
        raise InvalidRequestError(f"{where} speaks of a part that is not there.") from None
    for at, (length, part) in enumerate(zip(lengths, parts, strict=True)):
        if length > len(part["text"]):
            raise InvalidRequestError(
                f"{where} has {length:,} characters of parts[{at}], whose text has "
                f"{len(part['text']):,}."
            )
    return text


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")

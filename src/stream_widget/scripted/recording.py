"""Recorded answers, to the byte: streams, bodies, and whole HTTP answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget.scripted.content_types import EVENT_STREAM, JSON
from stream_widget.scripted.script import Recording
from stream_widget.scripted.steps import Draft, Phase
from stream_widget.wire import FrameDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["RecordedAnswer", "read_recording", "recorded_answers"]

_OF_THE_TRANSPORT: Final = frozenset(
    {"connection", "content-encoding", "content-length", "date", "server", "transfer-encoding"}
)
"""Headers that belong to the connection they were recorded on, not to the answer."""
_MESSAGES_EVENTS: Final = frozenset(
    {"message", "message_start", "content_block_start", "content_block_delta", "message_delta"}
)
_END: Final = re.compile(
    rb'\[DONE\]|"finish_reason": ?"|"type": ?"(message_delta|message_stop|error"'
    rb"|response\.(completed|incomplete|failed))"
)
_REASONING: Final = re.compile(rb'"response\.reasoning|"thinking|"reasoning')


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One HTTP answer as it was recorded."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_event_stream(self) -> bool:
        """Whether the body is server-sent events."""
        return self.headers["content-type"].startswith("text/event-stream")

    @property
    def is_error(self) -> bool:
        """Whether the status says that the request failed."""
        return self.status >= 400  # noqa: PLR2004 - from here on a status is an error

    @property
    def wire(self) -> str | None:
        """The name of the wire it belongs to; ``None`` where it does not say."""
        if self.is_error:
            return None
        if not self.is_event_stream:
            return _wire_of(_json_object(self.body))
        decoder = FrameDecoder()
        frames = [*decoder.feed(self.body), *decoder.close()]
        named = (_wire_of(_json_object(frame.data.encode())) for frame in frames)
        return next((wire for wire in named if wire), None)

    def drafts(self) -> list[Draft]:
        """The frames, which joined are the body; what is no stream is one frame."""
        if not self.is_event_stream:
            return [Draft(self.body, "answer")]
        return [_draft(raw) for raw in _split_frames(self.body)]


def read_recording(recording: Recording) -> RecordedAnswer:
    """The answer that a recording holds.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no recording, or has fewer answers.
    """
    raw = recording.path.read_bytes()
    if recording.path.suffix != ".json":
        return RecordedAnswer(200, {"content-type": EVENT_STREAM}, raw)
    held: Any = json.loads(raw)
    answers = cast("list[Any]", held) if isinstance(held, list) else [held]
    if not 0 <= recording.number < len(answers):
        raise ValueError(
            f"{str(recording.path)!r} holds {len(answers)} answers, so none has the number "
            f"{recording.number}."
        )
    answer = answers[recording.number]
    if not _is_whole_answer(answer):
        if isinstance(held, list):
            raise ValueError(
                f"{str(recording.path)!r} is a list, so each of its items must have a 'status', "
                "'headers' and a 'body'."
            )
        return RecordedAnswer(200, {"content-type": JSON}, raw)
    return _whole_answer(cast("dict[str, Any]", answer))


def recorded_answers(path: Path) -> list[Recording]:
    """The answers that a file holds, in their order.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no recording.
    """
    first = Recording(path)
    read_recording(first)
    held: object = json.loads(path.read_bytes()) if path.suffix == ".json" else None
    count = len(cast("list[object]", held)) if isinstance(held, list) else 1
    return [replace(first, number=number) for number in range(count)]


def _is_whole_answer(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"status", "headers", "body"}
        and isinstance(value["status"], int)
        and isinstance(value["headers"], dict)
    )


def _whole_answer(answer: dict[str, Any]) -> RecordedAnswer:
    headers = {
        str(name).lower(): str(value)
        for name, value in answer["headers"].items()
        if str(name).lower() not in _OF_THE_TRANSPORT
    }
    body = answer["body"]
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return RecordedAnswer(answer["status"], {"content-type": JSON} | headers, text.encode())


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        value: Any = json.loads(raw)
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _wire_of(body: dict[str, Any]) -> str | None:
    kind = str(body.get("type"))
    if kind.startswith("response.") or body.get("object") == "response":
        return "responses"
    if kind in _MESSAGES_EVENTS:
        return "messages"
    return "chat" if "choices" in body else None


def _split_frames(raw: bytes) -> Iterator[bytes]:
    lines: list[bytes] = []
    for line in raw.splitlines(keepends=True):
        lines.append(line)
        if not line.rstrip(b"\r\n"):
            yield b"".join(lines)
            lines = []
    if lines:
        yield b"".join(lines)


def _draft(raw: bytes) -> Draft:
    # Every wire has the word "delta" in the frames that carry text, and names reasoning in those
    # that carry reasoning; what this takes wrongly only moves a fault or the pace by a frame.
    phase: Phase = "frame"
    if _END.search(raw):
        phase = "end"
    elif b"delta" in raw:
        phase = "reasoning" if _REASONING.search(raw) else "answer"
    return Draft(raw, phase)

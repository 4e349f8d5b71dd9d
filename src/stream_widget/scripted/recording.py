"""Recorded streams as steps, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.scripted.steps import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.scripted.script import Recording

__all__ = ["recorded_steps"]


def recorded_steps(recording: Recording) -> list[Step]:
    """The frames of a recording; joined, they are the file.

    Raises:
        OSError: The file cannot be read.
    """
    return [_step(raw) for raw in _split_frames(recording.path.read_bytes())]


def _split_frames(raw: bytes) -> Iterator[bytes]:
    lines: list[bytes] = []
    for line in raw.splitlines(keepends=True):
        lines.append(line)
        if not line.rstrip(b"\r\n"):
            yield b"".join(lines)
            lines = []
    if lines:
        yield b"".join(lines)


def _step(raw: bytes) -> Step:
    # Every wire has the word "delta" in the frames that carry text, and names reasoning in those
    # that carry reasoning; what this takes wrongly only moves a fault or the pace by a frame.
    if b"delta" not in raw:
        return Step(raw)
    reasons = b'"response.reasoning' in raw or b"thinking" in raw or b'"reasoning' in raw
    phase: Phase = "reasoning" if reasons else "answer"
    return Step(raw, phase, 1)

"""Server-sent events in: bytes, split anywhere, to frames.

The rules are those of https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
with one exception, written at `FrameDecoder.close`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stream_widget.errors import StreamWidgetError
from stream_widget.wire.json_frames import DamagedFrameError, read_json

__all__ = ["Frame", "FrameDecoder", "OversizedFrameError"]

_BOM: Final = b"\xef\xbb\xbf"
_CR: Final = 0x0D
_LINE_ENDS: Final = (0x0A, _CR)
_USUAL_FRAME: Final = re.compile(rb"(?:event: (.+)\n)?data: (.*)\n\n")
"""What nearly every frame of every provider is, where lines end in LF alone: read in one step."""
_DEFAULT_MAX_FRAME_BYTES: Final = 16 * 1024 * 1024


class OversizedFrameError(StreamWidgetError):
    """A line or the data of one frame is larger than a decoder may hold."""

    def __init__(self, *, max_frame_bytes: int) -> None:
        super().__init__(
            f"One server-sent event is larger than {max_frame_bytes:,} bytes. "
            "This is no stream of deltas; reading stops here."
        )
        self.max_frame_bytes = max_frame_bytes


@dataclass(slots=True)
class Frame:
    """One server-sent event.

    Not frozen, since there is one for each delta: that takes twice as long to make.
    """

    event: str
    """The event's name; ``"message"`` where the stream gives none."""
    data: str
    """The data lines, joined by line feeds."""
    id: str
    """The last id the stream has given, ``""`` before the first."""


class FrameDecoder:
    """Turns the bytes of one response into frames, however they are split.

    Work is linear in the bytes, also when they come one by one.
    """

    comments: int
    """Comment lines seen so far: providers send them to show that they are alive."""
    retry_s: float | None
    """The reconnection time the stream asked for, in seconds; ``None`` if it never did."""

    def __init__(self, *, max_frame_bytes: int = _DEFAULT_MAX_FRAME_BYTES) -> None:
        self.comments = 0
        self.retry_s = None
        self._max_frame_bytes = max_frame_bytes
        self._unfinished_line = bytearray()
        self._at_start = True
        self._ended_in_cr = False
        self._event = ""
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._id = ""

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this chunk completes, in order.

        Raises:
            OversizedFrameError: A line, or the data of one frame, is over the limit.
        """
        if self._ended_in_cr and chunk:  # the line ended there, without waiting for this LF
            self._ended_in_cr = False
            chunk = chunk.removeprefix(b"\n")
        if not chunk:
            return []
        # Most chunks end with a frame: only the others are searched for their last whole line.
        whole = chunk[-1] in _LINE_ENDS
        end = len(chunk) if whole else max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        if end == 0:
            self._hold(chunk)
            return []
        lines = chunk[:end]
        if self._unfinished_line:
            self._unfinished_line += lines
            lines = bytes(self._unfinished_line)
            self._unfinished_line.clear()
        if self._at_start:
            self._at_start = False
            lines = lines.removeprefix(_BOM)
        if not whole:
            frames = self._read(lines)
            self._hold(chunk[end:])
            return frames
        self._ended_in_cr = chunk[-1] == _CR
        return self._read(lines)

    def close(self) -> list[Frame]:
        r"""The last frame, where the stream ended without the blank line that completes it.

        The standard drops such a frame. Providers do end this way (seen at xAI in 2025: ``[DONE]``
        with no newline), so it is kept when it is surely whole: ``[DONE]`` or a JSON object.
        A last line without an end counts only if it is data: any other may be cut in its middle.
        """
        line = bytes(self._unfinished_line)
        self._unfinished_line.clear()
        if self._at_start:
            line = line.removeprefix(_BOM)
        if line.startswith(b"data:"):
            self._take_line(line, [])
        if not self._data:
            return []
        frame = self._take_frame()
        try:
            read_json(frame.data)
        except DamagedFrameError:
            return []
        return [frame] if frame.data else []

    def _hold(self, rest: bytes) -> None:
        if len(self._unfinished_line) + len(rest) > self._max_frame_bytes:
            raise OversizedFrameError(max_frame_bytes=self._max_frame_bytes)
        self._unfinished_line += rest

    def _read(self, lines: bytes) -> list[Frame]:
        frames: list[Frame] = []
        if _CR in lines:
            # For bytes, splitlines() knows exactly the standard's three ends: LF, CR and CRLF.
            for line in lines.splitlines():
                self._take_line(line, frames)
            return frames
        at, end = 0, len(lines)
        while at < end:
            found = None if self._data or self._event else _USUAL_FRAME.match(lines, at)
            after = at if found is None else found.end()
            if found is not None and after - at <= self._max_frame_bytes:
                name, data = found.groups(b"message")
                name, data = name.decode("utf-8", "replace"), data.decode("utf-8", "replace")
                frames.append(Frame(name, data, self._id))
                at = after
            else:
                line_end = lines.index(b"\n", at)
                self._take_line(lines[at:line_end], frames)
                at = line_end + 1
        return frames

    def _take_line(self, line: bytes, frames: list[Frame]) -> None:
        if line.startswith(b"data:"):
            # One space after the colon belongs to the field, any further one to the value.
            self._data.append(line[6:] if line.startswith(b" ", 5) else line[5:])
            self._data_bytes += len(line)
            if self._data_bytes > self._max_frame_bytes:
                raise OversizedFrameError(max_frame_bytes=self._max_frame_bytes)
        elif line:
            self._take_field(line)
        elif self._data:
            frames.append(self._take_frame())
        else:
            self._event = ""

    def _take_field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if value.startswith(b" "):
            value = value[1:]
        if name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif not name:
            self.comments += 1
        elif name == b"data":
            self._data.append(b"")  # a line that is only "data" adds an empty line
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) < 10:  # noqa: PLR2004  11 days
            self.retry_s = int(value) / 1000

    def _take_frame(self) -> Frame:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        frame = Frame(self._event or "message", data.decode("utf-8", "replace"), self._id)
        self._event = ""
        self._data.clear()
        self._data_bytes = 0
        return frame

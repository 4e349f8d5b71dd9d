"""Bytes to frames and back: server-sent events and the JSON inside them; no I/O, no provider."""

from stream_widget.wire.json_frames import DamagedFrameError, read_json
from stream_widget.wire.sse import Frame, FrameDecoder, OversizedFrameError
from stream_widget.wire.sse_encoder import (
    DONE,
    encode_comment,
    encode_frame,
    encode_text_frame,
)

__all__ = [
    "DONE",
    "DamagedFrameError",
    "Frame",
    "FrameDecoder",
    "OversizedFrameError",
    "encode_comment",
    "encode_frame",
    "encode_text_frame",
    "read_json",
]

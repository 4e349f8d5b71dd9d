"""Server-sent events out: frames to bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DONE", "encode_comment", "encode_frame", "encode_text_frame"]

DONE: Final = b"data: [DONE]\n\n"
"""The mark that ends a Chat Completions stream."""


def encode_frame(
    body: Mapping[str, object],
    *,
    event: str | None = None,
    ascii_only: bool = False,
    padding: int = 0,
) -> bytes:
    r"""A dict as one server-sent event.

    Args:
        body: What becomes the JSON of its one data line.
        event: The event's name; ``None`` writes no ``event:`` line.
        ascii_only: Write ``\u`` escapes for everything outside ASCII, as some providers do.
            Half a UTF-16 pair is always written so, since UTF-8 has no bytes for it.
        padding: Spaces before the last brace, with which some providers hide lengths.
    """
    text = json.dumps(body, ensure_ascii=ascii_only, separators=(",", ":"))
    if not ascii_only and not _is_encodable(text):
        text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    if padding:
        text = f"{text[:-1]}{' ' * padding}}}"
    return encode_text_frame(text, event=event)


def encode_text_frame(data: str, *, event: str | None = None) -> bytes:
    """Any text as one server-sent event, one ``data:`` line for each of its lines."""
    head = "" if event is None else f"event: {_one_line(event)}\n"
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return (head + "".join(f"data: {line}\n" for line in lines) + "\n").encode()


def encode_comment(text: str) -> bytes:
    """A comment, which readers skip: a sign of life."""
    return f": {_one_line(text)}\n\n".encode()


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise ValueError(f"An event's name or a comment is one line, not {text!r}.")
    return text

"""Reasoning that stands in tags inside the answer's text, told from it while the text arrives.

Models without a reasoning parser in front of them write ``<think>…</think>`` before the answer;
models that were prompted to, ``<thinking>…</thinking><answer>…</answer>``. Only tags at the very
beginning count: further on, in code or in prose, they are what the answer is about. A template that
opens the tag in the prompt leaves a text with a closing tag only; where that tag comes first it is
dropped, and later on it stays, since what stood before it has been shown by then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Piece", "TagSplitter"]

Piece: TypeAlias = tuple[Literal["reasoning", "output"], str]
"""A stretch of text, never empty, and what it is."""

_ENDS: Final[Mapping[str, str]] = {"<think>": "</think>", "<thinking>": "</thinking>"}
_ANSWER: Final = "<answer>"
_ANSWER_END: Final = "</answer>"
_AT_START: Final = (*_ENDS, *_ENDS.values())
_AFTER_END: Final[Mapping[str, tuple[str, ...]]] = {
    "</think>": tuple(_ENDS),
    "</thinking>": (*_ENDS, _ANSWER),
}
_LONGEST: Final = max(map(len, (*_AT_START, _ANSWER)))
_LINE_OR_ANSWER_END: Final = re.compile(rf"\n|{_ANSWER_END}", re.IGNORECASE | re.ASCII)
_REASONING_ENDS: Final[Mapping[str, re.Pattern[str]]] = {
    end: re.compile(end, re.IGNORECASE | re.ASCII) for end in _ENDS.values()
}


class TagSplitter:
    """Splits the text of one answer, fed in pieces; where they are cut makes no difference.

    Held back is only what the next piece decides on: white space before a tag may come, and the
    beginning of a tag.
    """

    passes: bool
    """Whether the tags are behind: all that comes now is output, and nothing is held back."""

    def __init__(self) -> None:
        self.passes = False
        self._read: Callable[[list[Piece]], bool] = self._read_before
        """Takes what it can decide from the held text; true: look again, by another rule."""
        self._held = ""
        self._white: list[str] = []
        """White space before a tag or the answer, which decides whether it is shown."""
        self._white_counts = True
        """Whether white space with nothing behind it is a part of the answer."""
        self._awaited: tuple[str, ...] = _AT_START
        self._end = ""
        self._fences = _Fences()

    def feed(self, text: str) -> list[Piece]:
        """What can be told so far, in order."""
        if self.passes:
            return [("output", text)] if text else []
        self._held += text
        pieces: list[Piece] = []
        while self._read(pieces):
            pass
        return pieces

    def end(self) -> list[Piece]:
        """What is held back, at the end of the text: half a tag is text after all."""
        held = self._held
        track: Literal["reasoning", "output"] = "output"
        if self._read == self._read_reasoning:
            track = "reasoning"
        elif held or self._white_counts:
            held = "".join(self._white) + held
        self._pass()
        return [(track, held)] if held else []

    def _read_before(self, pieces: list[Piece]) -> bool:
        """Before or between the tags, or after the last: white space, a tag, or the answer."""
        rest = self._held.lstrip()
        if len(rest) < len(self._held):
            self._white.append(self._held[: len(self._held) - len(rest)])
            self._held = rest
        if not rest:
            return False
        beginning = rest[:_LONGEST].lower()
        for tag in self._awaited:
            if beginning.startswith(tag):
                self._held = rest[len(tag) :]
                self._enter(tag)
                return True
            if tag.startswith(beginning):
                return False
        pieces.append(("output", "".join(self._white) + rest))
        self._pass()
        return False

    def _enter(self, tag: str) -> None:
        self._white.clear()
        if tag in _ENDS:
            self._read, self._end = self._read_reasoning, _ENDS[tag]
        elif tag == _ANSWER:
            self._read, self._end = self._read_answer, _ANSWER_END
        else:
            self._leave(tag)

    def _leave(self, end: str) -> None:
        self._read = self._read_before
        self._awaited = _AFTER_END.get(end, ())
        self._white_counts = end == "</think>"

    def _read_reasoning(self, pieces: list[Piece]) -> bool:
        # The first closing tag counts, in a code fence too: a fence that the model opened and
        # forgot would otherwise take the whole answer.
        end = _REASONING_ENDS[self._end].search(self._held)
        if end is None:
            self._take("reasoning", self._decided(), pieces)
            return False
        self._take("reasoning", end.start(), pieces)
        self._held = self._held[len(self._end) :]
        self._leave(self._end)
        return True

    def _read_answer(self, pieces: list[Piece]) -> bool:
        held, start = self._held, 0
        for match in _LINE_OR_ANSWER_END.finditer(held):
            self._fences.take(held[start : match.start()])
            start = match.end()
            if match[0] == "\n":
                self._fences.end_line()
            elif self._fences.inside:
                self._fences.take(match[0])
            else:
                self._take("output", match.start(), pieces)
                self._held = self._held[len(_ANSWER_END) :]
                self._leave(_ANSWER_END)
                return True
        decided = self._decided()
        self._fences.take(held[start:decided])
        self._take("output", decided, pieces)
        return False

    def _decided(self) -> int:
        """How much of the held text cannot be the beginning of the closing tag."""
        at = self._held.rfind("<")
        if at >= 0 and self._end.startswith(self._held[at:].lower()):
            return at
        return len(self._held)

    def _take(
        self, track: Literal["reasoning", "output"], length: int, pieces: list[Piece]
    ) -> None:
        if length:
            pieces.append((track, self._held[:length]))
            self._held = self._held[length:]

    def _pass(self) -> None:
        self.passes = True
        self._held = ""
        self._white.clear()
        self._read = self._read_before


class _Fences:
    """Whether a place in a Markdown text is inside a code fence.

    https://spec.commonmark.org/0.31.2/#fenced-code-blocks
    """

    _FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
    _HEAD: Final = 32
    """Characters at the beginning of a line that are looked at."""

    def __init__(self) -> None:
        self._open = ""
        self._line = ""

    @property
    def inside(self) -> bool:
        """Whether the place behind all that was taken is code."""
        return bool(self._open) and not self._closes()

    def take(self, text: str) -> None:
        """Go on in the same line."""
        if len(self._line) < self._HEAD:
            self._line = (self._line + text)[: self._HEAD]

    def end_line(self) -> None:
        """Go on to the next line."""
        if not self._open:
            fence = self._FENCE.match(self._line)
            self._open = fence[1] if fence else ""
        elif self._closes():
            self._open = ""
        self._line = ""

    def _closes(self) -> bool:
        fence = self._FENCE.match(self._line)
        return fence is not None and fence[1].startswith(self._open)

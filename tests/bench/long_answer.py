"""An answer of any length, in the words of a built-in script."""

from __future__ import annotations

from stream_widget.scripted import Script, built_in_script
from stream_widget.scripted.pieces import split_pieces

__all__ = ["long_answer"]


def long_answer(tokens: int) -> Script:
    """A script whose answer has so many tokens, and no reasoning: prose, a list, code, a table."""
    chapter = [*split_pieces(built_in_script("sky").script.answer), "\n\n"]
    chapters = -(-tokens // len(chapter))
    return Script(answer="".join((chapter * chapters)[:tokens]))

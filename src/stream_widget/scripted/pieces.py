"""Text in pieces the size of tokens, and the small irregularities of a real stream."""

from __future__ import annotations

import re
from random import Random
from typing import Final

__all__ = ["obfuscation", "seeded", "split_pieces"]

_WORDS: Final = re.compile(r" ?[^\W\d_]+|\d{1,3}|\n+|[ \t]+|[!-/:-@\[-`{-~]{1,3}|.", re.DOTALL)
"""A word with the space before it, digits, line breaks, spaces, marks; else one code point."""
_LONGEST_PIECE: Final = 8
_OBFUSCATED_CHARACTERS: Final = 16
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def seeded(seed: str) -> Random:
    """A source of irregularity that is the same for the same seed, on every machine."""
    return Random(seed)  # noqa: S311  pace and padding, no secret


def split_pieces(text: str) -> tuple[str, ...]:
    """The text in pieces of 1 to 8 characters; one piece stands for one token.

    Words keep the space before them, long words fall apart, emoji are split between code points.
    """
    pieces: list[str] = []
    for match in _WORDS.finditer(text):
        word = match.group()
        if len(word) <= _LONGEST_PIECE:
            pieces.append(word)
        else:
            count = -(-len(word) // 5)
            size = -(-len(word) // count)
            pieces.extend(word[i : i + size] for i in range(0, len(word), size))
    return tuple(pieces)


def obfuscation(piece: str, random: Random) -> str:
    """Letters that hide how long a piece is, as OpenAI adds them (seen 2026-06)."""
    return "".join(random.choices(_LETTERS, k=-len(piece) % _OBFUSCATED_CHARACTERS))

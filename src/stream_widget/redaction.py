"""Blanks what is, or looks like, an API key before anything is written or shown."""

from __future__ import annotations

import os
import re
import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Redactor", "is_public_beginning", "redact_keys"]

_BLANK: Final = "[key removed]"
_SHORTEST_SECRET: Final = 8
"""Shorter values of a key variable ("none", "x") are placeholders, and words of any text."""

# OpenAI, Anthropic and DeepSeek keys start with sk-, Groq's with gsk_, xAI's with xai-, Google's
# with AIza; some providers quote a key in their error with its middle starred out.
_IN_ERRORS: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:sk|pk|rk|gsk|xai|hf|pplx|nvapi)[-_][A-Za-z0-9_*\-]{6,}"
    r"|(?<=bearer )(?!(?:auth\w*|tokens?|header)\b)[A-Za-z0-9_*.~+/=\-]{6,}"
    r"|(?<![A-Za-z0-9])AIza[A-Za-z0-9_\-]{20,}",
    re.IGNORECASE,
)
# People write of sk-learn and of bearer tokens: in prose only what is as long as a key, and as
# random (a digit among its first characters: to look further in each place of a text made of such
# beginnings would take the square of its length), is taken for one.
_BEGINNINGS: Final = ("sk-", "gsk_", "xai-", "hf_", "pplx-", "nvapi-")
_IN_CONTENT: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(_BEGINNINGS)})(?=[A-Za-z_\-]{{0,80}}\d)[A-Za-z0-9_\-]{{20,}}"
)
# What may become a key with the text's next characters: a beginning with all that a key may hold
# up to the text's end, or the first characters of a beginning.
_HALVES: Final = sorted({begin[:n] for begin in _BEGINNINGS for n in range(1, len(begin))})
_GOES_ON: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:{'|'.join(_BEGINNINGS)})[A-Za-z0-9_\-]*|{'|'.join(_HALVES)})\Z"
)
_KEY_CHARACTERS: Final = frozenset(string.ascii_letters + string.digits + "_-")


class Redactor:
    """Knows the keys that were in the environment when it was made; cheap to make, not to keep."""

    def __init__(self) -> None:
        self._known = [
            value
            for name, value in os.environ.items()
            if name.endswith("_API_KEY") and len(value) >= _SHORTEST_SECRET
        ]

    def error(self, text: str) -> str:
        """The text of an error without known keys and without all that begins like one."""
        return _IN_ERRORS.sub(_BLANK, self._without_known(text))

    def content(self, text: str) -> str:
        """A prompt or an answer without keys; words that merely begin like one are left alone."""
        return _IN_CONTENT.sub(_BLANK, self._without_known(text))

    def settled(self, text: str) -> int:
        """How many characters of a growing text no key to come can begin in.

        `content` of these and `content` of what follows, joined, is `content` of the whole.
        """
        # Only within the last run of a key's characters: from everywhere it would take the square
        # of the length of a text made to be slow.
        run = _last_run(text)
        found = _GOES_ON.search(text, run)
        end = len(text) if found is None else found.start()
        for key in self._known:
            end = min(end, len(text) - _overlap(text, key))
        return self._outside_known(text, end)

    def _outside_known(self, text: str, end: int) -> int:
        """The end, or the start of the known key that it would cut."""
        cuts = True
        while cuts:
            cuts = False
            for key in self._known:
                at = text.find(key, max(0, end - len(key) + 1), end + len(key) - 1)
                if 0 <= at < end:
                    end, cuts = at, True
        return end

    def _without_known(self, text: str) -> str:
        for key in self._known:
            text = text.replace(key, _BLANK)
        return text


def is_public_beginning(text: str) -> bool:
    """Whether the text is no more than what the keys of a provider all begin with, or less."""
    return any(begin.startswith(text) for begin in _BEGINNINGS)


def _last_run(text: str) -> int:
    """Where the last stretch of characters that a key may hold begins."""
    start = len(text)
    while start and text[start - 1] in _KEY_CHARACTERS:
        start -= 1
    return start


def _overlap(text: str, key: str) -> int:
    """How many characters at the end of the text the key begins with; never the whole key."""
    longest = min(len(key) - 1, len(text))
    return next((n for n in range(longest, 0, -1) if text.endswith(key[:n])), 0)


def redact_keys(text: str, *, keys: Iterable[str] = ()) -> str:
    """The text of an error without keys: those given, those in the environment, and the like."""
    for key in keys:
        if len(key) >= _SHORTEST_SECRET:
            text = text.replace(key, _BLANK)
    return Redactor().error(text)

"""Blanks what is, or looks like, an API key before anything is written or shown."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Redactor", "redact_keys"]

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
# random (a digit), is taken for one.
_IN_CONTENT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-|gsk_|xai-|hf_|pplx-|nvapi-)(?=[A-Za-z_\-]*\d)[A-Za-z0-9_\-]{20,}"
)


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

    def _without_known(self, text: str) -> str:
        for key in self._known:
            text = text.replace(key, _BLANK)
        return text


def redact_keys(text: str, *, keys: Iterable[str] = ()) -> str:
    """The text of an error without keys: those given, those in the environment, and the like."""
    for key in keys:
        if len(key) >= _SHORTEST_SECRET:
            text = text.replace(key, _BLANK)
    return Redactor().error(text)

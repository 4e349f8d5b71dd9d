"""Blanks what is, or looks like, an API key before anything is written."""

from __future__ import annotations

import os
import re
from typing import Final

__all__ = ["redact_content", "redact_keys"]

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


def redact_keys(text: str) -> str:
    """The text of an error without keys: those in the environment, and all that looks like one."""
    return _IN_ERRORS.sub(_BLANK, _without_known_keys(text))


def redact_content(text: str) -> str:
    """A prompt or an answer without keys; words that merely begin like one are left alone."""
    return _IN_CONTENT.sub(_BLANK, _without_known_keys(text))


def _without_known_keys(text: str) -> str:
    for name, value in os.environ.items():
        if name.endswith("_API_KEY") and len(value) >= _SHORTEST_SECRET and value in text:
            text = text.replace(value, _BLANK)
    return text

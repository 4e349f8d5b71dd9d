"""Colours that stand out from white and from JupyterLab's dark charts alike.

Altair's charts name no colour for text, axes and background: JupyterLab draws them on white in a
light theme and by Vega's dark theme (on #333) in a dark one, and other front ends on a background
of their own choice, each with text that fits. So marks must do on both: each colour has a contrast
of at least 3 with white and with #333, and differs from the others for colour-blind readers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "GREY",
    "KIND_COLOURS",
    "PALETTE",
    "SHADE",
    "SILENCE_COLOURS",
    "TOKEN_COLOURS",
    "colours_of",
    "shortened",
]

_BLUE: Final = "#6978d2"
_ORANGE: Final = "#e17800"
_GREEN: Final = "#00a569"
_PINK: Final = "#c369a5"
_RED: Final = "#ff004b"
_VIOLET: Final = "#a54bff"
GREY: Final = "#8a8a8a"
"""Of what is no series: rules, silence, the rest."""

PALETTE: Final[Sequence[str]] = (_BLUE, _ORANGE, _GREEN, _PINK, _RED, _VIOLET)
"""Of models."""

TOKEN_COLOURS: Final[Mapping[str, str]] = {
    "input": _BLUE,
    "input from the cache": GREY,
    "input written to the cache": _PINK,
    "reasoning": _ORANGE,
    "answer": _GREEN,
}
"""Of kinds of tokens, in the order in which they are stacked."""

KIND_COLOURS: Final[Mapping[str, str]] = {
    "reasoning": _ORANGE,
    "summary of the reasoning": _PINK,
    "answer": _GREEN,
    "refusal": _RED,
    "tool calls": _BLUE,
}
"""Of what arrives."""

SILENCE_COLOURS: Final[Mapping[str, str]] = {"waiting": GREY, "pause": _VIOLET, "stall": _RED}
"""Of the bands in which nothing came."""
SHADE: Final = 0.28
"""Their opacity."""


_LABEL: Final = 34
"""Characters of a model's name beside a chart; the rest of the width is the chart's."""


def shortened(name: str) -> str:
    """A name with its middle left out where it is long: versions differ at their ends."""
    if len(name) <= _LABEL:
        return name
    end = _LABEL // 3
    return f"{name[: _LABEL - end - 1]}…{name[-end:]}"


def colours_of(names: Sequence[str]) -> list[str]:
    """A colour for each name, in whatever order they come; grey from the seventh on."""
    given = dict(zip(sorted(names), PALETTE, strict=False))
    return [given.get(name, GREY) for name in names]

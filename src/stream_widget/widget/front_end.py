"""The built front end: the module and the style that the browser gets."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["module_text", "style_text"]


def module_text() -> str:
    """The JavaScript module.

    Raises:
        RuntimeError: This is a checkout whose front end was not built.
    """
    return _read("widget.js")


def style_text() -> str:
    """The style sheet."""
    return _read("widget.css")


@cache
def _read(name: str) -> str:
    try:
        return (files("stream_widget.widget") / "static" / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RuntimeError(
            "The front end is not built. In a checkout, run `uv sync` (or `pip install -e .`), "
            "or `npm ci && npm run build` in js/."
        ) from None

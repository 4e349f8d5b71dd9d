"""The built front end: the texts that a browser gets."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = [
    "asset_names",
    "asset_text",
    "loader_text",
    "module_text",
    "standalone_text",
    "whole_text",
]


def module_text() -> str:
    """The front end as a JavaScript module; it lacks the parts that `asset_text` gives.

    Raises:
        RuntimeError: This is a checkout whose front end was not built.
    """
    return _read("widget.js")


def whole_text() -> str:
    """The same with what nearly every run needs inside, for a page where nothing is shared."""
    return _read("whole.js")


def loader_text() -> str:
    """The small module of one widget, which finds the whole one in its page."""
    return _read("loader.js")


def standalone_text() -> str:
    """The script of a page of its own; it may stand inside a ``script`` element as it is."""
    return _read("standalone.js")


@cache
def asset_names() -> frozenset[str]:
    """The parts that are loaded on first use."""
    folder = _static() / "assets"
    found = folder.iterdir() if folder.is_dir() else ()
    return frozenset(each.name.removesuffix(".js") for each in found if each.name.endswith(".js"))


def asset_text(name: str) -> str:
    """One of `asset_names` as a JavaScript module.

    Raises:
        KeyError: There is no such part.
    """
    if name not in asset_names():
        raise KeyError(name)
    return _read(f"assets/{name}.js")


def _static() -> Traversable:
    return files("stream_widget.widget") / "static"


@cache
def _read(name: str) -> str:
    try:
        return (_static() / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RuntimeError(
            "The front end is not built. In a checkout, run `uv sync` (or `pip install -e .`), "
            "or `npm ci && npm run build` in js/."
        ) from None

"""Texts of the front end that a page asks the kernel for: the whole module, or a part of it."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from functools import cache
from typing import cast

from stream_widget.widget.front_end import asset_names, asset_text, standalone_text, whole_text

__all__ = ["reply_to"]

_STANDALONE = "standalone"
"""What draws an exported page: asked for like a part, though no page loads it itself."""


def reply_to(content: object) -> dict[str, object] | None:
    """What to answer to a page's request for a text; ``None`` if the message is none.

    A reply holds the text gzipped, as base64, or as it is for a browser that cannot unpack it. It
    holds neither where there is no such text.
    """
    if not isinstance(content, Mapping):
        return None
    request = cast("Mapping[str, object]", content)
    match request.get("type"), request.get("name"):
        case "module", _:
            name = ""
        case "asset", str(name) if name == _STANDALONE or name in asset_names():
            pass
        case "asset", _:
            return {"type": "asset", "id": request.get("id"), "name": None}
        case _:
            return None
    reply = {"type": request["type"], "id": request.get("id"), "name": name}
    if request.get("gzip") is True:
        return {**reply, "gzip": _packed(name)}
    return {**reply, "text": _text(name)}


def _text(asset: str) -> str:
    if asset == _STANDALONE:
        return standalone_text()
    return asset_text(asset) if asset else whole_text()


@cache
def _packed(asset: str) -> str:
    return base64.b64encode(gzip.compress(_text(asset).encode("utf-8"), mtime=0)).decode("ascii")

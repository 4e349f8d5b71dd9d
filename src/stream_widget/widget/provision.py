"""Texts of the front end that a page asks the kernel for: the whole module, or a part of it."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from functools import cache
from typing import cast

from stream_widget.widget.front_end import asset_names, asset_text, whole_text

__all__ = ["reply_to"]


def reply_to(content: object) -> dict[str, object] | None:
    """What to answer to a page's request for a text; ``None`` if the message is none.

    A reply holds the text gzipped, as base64, or as it is for a browser that cannot unpack it. It
    holds neither where there is no such text.
    """
    if not isinstance(content, Mapping):
        return None
    request = cast("Mapping[str, object]", content)
    kind = request.get("type")
    if kind not in {"module", "asset"}:
        return None
    name = "" if kind == "module" else request.get("name")
    reply = {"type": kind, "id": request.get("id"), "name": name}
    if kind == "asset" and name not in asset_names():
        return reply
    if request.get("gzip") is True:
        return {**reply, "gzip": _packed(cast("str", name))}
    return {**reply, "text": _text(cast("str", name))}


def _text(asset: str) -> str:
    return asset_text(asset) if asset else whole_text()


@cache
def _packed(asset: str) -> str:
    return base64.b64encode(gzip.compress(_text(asset).encode("utf-8"), mtime=0)).decode("ascii")

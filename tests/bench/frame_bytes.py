"""What the bytes on a notebook's websocket are spent on."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["PURPOSES", "Purpose", "mean_parts", "spent"]

Purpose: TypeAlias = Literal[
    "the text itself",
    "patches around it",
    "envelopes around them",
    "opening the widget",
    "the end: snapshots and saved copies",
    "acknowledgements and what they cause",
    "other",
]
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
_PARTS: Final = ("header", "parent header", "metadata", "content")
_WORD: Final = 8


def spent(received: Iterable[bytes], sent: Iterable[bytes]) -> Counter[Purpose]:
    """Bytes by what they were for, of a cell in which one run was streamed."""
    bytes_of: Counter[Purpose] = Counter()
    for frame in received:
        _count(frame, bytes_of)
    for frame in sent:
        is_ack = _parts(frame)["header"].find(b'"comm_msg"') >= 0
        bytes_of["acknowledgements and what they cause" if is_ack else "other"] += len(frame)
    return bytes_of


def mean_parts(frames: Sequence[bytes]) -> dict[str, float]:
    """Mean bytes of each part of a text's message; what frames them is ``"framing"``."""
    texts = [frame for frame in frames if _texts(_content(frame))]
    sums: Counter[str] = Counter()
    for frame in texts:
        parts = _parts(frame)
        sums.update({name: len(part) for name, part in parts.items()})
        sums["framing"] += len(frame) - sum(map(len, parts.values()))
    return {"messages": len(texts), **{name: sums[name] / len(texts) for name in sums}}


def _count(frame: bytes, bytes_of: Counter[Purpose]) -> None:
    parts, content = _parts(frame), _content(frame)
    texts, kinds = _texts(content), _kinds(content)
    message = json.loads(parts["header"])["msg_type"]
    if texts:
        text = sum(len(json.dumps(text, ensure_ascii=False).encode()) - 2 for text in texts)
        bytes_of["the text itself"] += text
        bytes_of["patches around it"] += len(parts["content"]) - text
        bytes_of["envelopes around them"] += len(frame) - len(parts["content"])
    elif message in {"comm_open", "display_data"}:
        bytes_of["opening the widget"] += len(frame)
    elif "run-snapshot" in kinds or message == "update_display_data":
        bytes_of["the end: snapshots and saved copies"] += len(frame)
    elif json.loads(parts["parent header"] or b"{}").get("msg_type") == "comm_msg":
        bytes_of["acknowledgements and what they cause"] += len(frame)
    else:
        bytes_of["other"] += len(frame)


def _parts(frame: bytes) -> dict[str, bytes]:
    """The JSON parts of a message, as `v1.kernel.websocket.jupyter.org` frames them.

    https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
    """
    count = int.from_bytes(frame[:_WORD], "little")
    offsets = [
        int.from_bytes(frame[at : at + _WORD], "little")
        for at in range(_WORD, _WORD * (count + 1), _WORD)
    ]
    spans = pairwise(offsets[1:])
    return dict(zip(_PARTS, (frame[start:end] for start, end in spans), strict=False))


def _content(frame: bytes) -> dict[str, Any]:
    return json.loads(_parts(frame)["content"])


def _patches(content: dict[str, Any]) -> list[Any]:
    state = content.get("data", {}).get("state", {}) if "comm_id" in content else {}
    return list(state.get("patches", {}).get("patches", ()))


def _texts(content: dict[str, Any]) -> list[str]:
    return [patch[3] for patch in _patches(content) if isinstance(patch, list)]


def _kinds(content: dict[str, Any]) -> set[str]:
    named = [patch for patch in _patches(content) if isinstance(patch, dict)]
    return {patch["type"] for patch in named}

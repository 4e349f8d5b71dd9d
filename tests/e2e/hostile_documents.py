"""Documents that somebody might plant in a notebook: wrong, huge, or made to do harm."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import Any, Final

__all__ = ["PAYLOAD", "bomb", "hostile_documents", "hostile_view"]

PAYLOAD: Final = (
    "<img src=x onerror='globalThis.pwned=1'><script>globalThis.pwned=1</script>"
    "[a](javascript:globalThis.pwned=1) ![b](http://evil.example/leak)"
)


def hostile_view() -> dict[str, Any]:
    """A run in which nothing has the type it should have, but its state and its text."""
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    return {
        "run": PAYLOAD,
        "state": "completed",
        "model": {"toString": "no"},
        "provider": 7,
        "started_at": 1e308,
        "elapsed_s": -1e308,
        "attempt": "one",
        "usage": {"output_tokens": 1e300, "reasoning_tokens": deep},
        "cost_usd": [1],
        "chars_per_token": 0,
        "error": {"message": PAYLOAD, "kind": deep},
        "notices": [{"text": PAYLOAD}, 3, None, deep],
        "parts": [
            {"kind": "output_text", "text": PAYLOAD, "__proto__": {"polluted": True}},
            {"kind": "nonsense", "text": "of an unknown kind"},
            None,
            deep,
        ],
        "timeline": "999999999999999:999999999+999999999999999 nonsense",
        "notice": deep,
    }


def bomb(size: int) -> str:
    """So many bytes, packed to a thousandth."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    block = b'["' + b"a" * 1_000_000
    packed = b"".join(packer.compress(block) for _ in range(size // len(block)))
    return base64.b64encode(packed + packer.flush()).decode("ascii")


def hostile_documents() -> dict[str, Any]:
    """By the sentence, or a part of it, that the page shows for each."""
    odd = base64.b64encode(gzip.compress(json.dumps({"no": "list"}).encode())).decode("ascii")
    return {
        "larger than 64 MB": {"schema": 1, "packed": bomb(1_000_000_000)},
        "damaged and cannot": {"schema": 1, "packed": "not base64 at all!"},
        "damaged one": {"schema": "1", "runs": [hostile_view()]},
        "newer stream_widget": {"schema": 99, "runs": []},
        "1001 runs": {"schema": 1, "runs": [{}] * 1001},
        "Interrupted": {"schema": 1, "packed": odd},
    }

"""The corpus of hostile texts, aimed at a trap; see ``tests/fixtures/hostile``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from e2e.trap import Trap

__all__ = ["in_every_field", "one_text", "payloads", "short_text"]

_CORPUS: Final = Path(__file__).parents[1] / "fixtures" / "hostile" / "corpus.json"

# The odd shapes open what nothing closes: behind the others they swallow none of them.
_LAST: Final = ("code", "shape")

_MARKUP: Final = ("html", "mathml")
_APART: Final = "\n\n"
_CLOSES: Final = "\n\n--> ]]> ?> </script></style></textarea></pre></title>\n\n"
"""A line that ends whatever raw HTML the one before it left open."""

_WORDS: Final = frozenset(
    {
        "finish_reason",
        "kind",
        "level",
        "price_source",
        "run",
        "state",
        "text_format",
        "timeline",
        "usage_source",
    }
)
"""Fields whose words are ours: another one is refused or replaced, and shows no payload."""


def payloads(trap: Trap) -> list[tuple[str, str]]:
    """Kinds and texts: each would ask the trap, or set ``globalThis.pwned`` and open a dialog."""
    corpus = json.loads(_CORPUS.read_text("utf-8"))
    return [(each["kind"], _aimed(each["text"], trap.host)) for each in corpus]


def one_text(trap: Trap) -> str:
    """All of them as one Markdown text."""
    texts = sorted(payloads(trap), key=lambda each: each[0] in _LAST)
    return "".join(f"{text}{_CLOSES if kind in _MARKUP else _APART}" for kind, text in texts)


def short_text(trap: Trap) -> str:
    """The ones that would fetch or run by themselves, as short as a document's fields must be."""
    texts = [text for kind, text in payloads(trap) if kind in ("html", "image", "mathml")]
    return "\n\n".join(texts)[:9000]


def in_every_field(view: Any, text: str) -> Any:
    """The view of a run with a text in each of its fields that take any."""
    if isinstance(view, list):
        return [in_every_field(each, text) for each in view]
    if not isinstance(view, dict):
        return text if isinstance(view, str) else view
    return {
        name: value if name in _WORDS else in_every_field(value, text)
        for name, value in view.items()
    }


def _aimed(text: str, host: str) -> str:
    aimed = re.sub(r"https(?=:/*evil\.test)", "http", text).replace("evil.test", host)
    return aimed.replace("alert(1)", "alert(globalThis.pwned=1)")

"""Runs as one page: it can be read without a script, and with one it draws itself as in a notebook.

Nothing is fetched, whatever the texts say: the page's own policy forbids it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from typing import TYPE_CHECKING, Final

from stream_widget.widget.facts import run_facts
from stream_widget.widget.front_end import asset_names, asset_text, standalone_text
from stream_widget.widget.still import still_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.widget.keeping import ExportedDocument
    from stream_widget.widget.protocol import RunView

__all__ = ["html_page", "html_piece"]

_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:15px/1.55 system-ui,sans-serif}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem 1rem;margin:.5rem 0}"
    "dd{margin:0;overflow-wrap:anywhere}summary{cursor:pointer}"
    "footer{margin-top:2rem;font-size:.8rem;opacity:.75}"
    # What it says stands at each run for as long as they are not drawn.
    "main[data-stream-widget-plain]~footer details{display:none}"
)
_FACTS: Final = "font-size:.85em;opacity:.8;margin:4px 0 16px"
_SIGNS: Final = {"maths": re.compile(r"\$|\\[(\[]"), "colour": re.compile(r"```|~~~")}
_IN_SCRIPT: Final = frozenset({"markdown"})
"""What the page's own code has inside of it."""
_ENDS_SCRIPT: Final = re.compile(r"<(?=/script|!--)", re.IGNORECASE)


def html_piece(views: Sequence[RunView]) -> str:
    """The runs as a piece of static HTML: no script, nothing fetched, every text escaped."""
    return "".join(f"{still_html(view)}{_facts(view)}" for view in views)


def html_page(document: ExportedDocument) -> str:
    """The whole page."""
    views = document["runs"]
    # In our own script "<" stands in strings and expressions, where its number means the same.
    script = _ENDS_SCRIPT.sub(r"\\x3c", _script())
    made = f"{document['made_by']}, {document['exported_at']}"
    title = ", ".join(dict.fromkeys(view["name"] or view["model"] for view in views))
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head>",
            f"<body><main data-stream-widget-plain>{html_piece(views)}</main>",
            *(_drawn(document, script) if script else ()),
            f"<footer>{_about(views)}<p>{escape(made)}</p></footer></body></html>\n",
        ]
    )


def _about(views: Sequence[RunView]) -> str:
    return f"<details><summary>About these runs</summary>{''.join(map(_facts, views))}</details>"


def _drawn(document: ExportedDocument, script: str) -> list[str]:
    needed = [name for name in sorted(asset_names()) if _needs(document["runs"], name)]
    return [
        *(_data(f'data-stream-widget-asset="{name}"', asset_text(name)) for name in needed),
        _data("data-stream-widget", document),
        f"<script>{script}</script>",
    ]


def _data(attribute: str, value: object) -> str:
    # In JSON a "<" is only ever inside of a string, and may be written as its number there.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" {attribute}>{text}</script>'


def _needs(views: Sequence[RunView], asset: str) -> bool:
    """Whether a part of the front end may have something to do here; of one not known, it may."""
    if asset in _IN_SCRIPT:
        return False
    if asset == "many":
        return len(views) > 1
    if asset == "json":
        return any(_has_json(view) for view in views)
    sign = _SIGNS.get(asset)
    return sign is None or any(
        sign.search(part["text"]) for view in views for part in view["parts"]
    )


def _has_json(view: RunView) -> bool:
    return view["text_format"] == "json" or any(
        part["kind"] == "tool_call" for part in view["parts"]
    )


def _policy(script: str) -> str:
    """This very script and what it unpacks of the page itself may run, and nothing be fetched."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _script() -> str:
    try:
        return standalone_text()
    except RuntimeError:  # a checkout that was not built: the page can be read all the same
        return ""


def _facts(view: RunView) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in run_facts(view))
    return f'<dl style="{_FACTS}">{rows}</dl>'

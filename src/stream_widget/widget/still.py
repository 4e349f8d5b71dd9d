"""A run as static HTML, markdown and plain text: readable without a kernel, a script or a network.

The same run gives the same text every time: no ids, times or addresses, so that notebooks compare.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from stream_widget.widget.protocol import PartView, RunView

__all__ = ["part_texts", "shortened", "still_html", "still_markdown", "still_text"]

_REASONING: Final = ("reasoning_summary", "reasoning_text")

_CARD: Final = (
    "border:1px solid rgba(128,128,128,.35);border-radius:8px;padding:8px 12px;margin:4px 0"
)
_TEXT: Final = (
    "white-space:pre-wrap;overflow-wrap:anywhere;font-family:inherit;margin:6px 0;"
    "background:none;border:0;padding:0"
)
_DIM: Final = "opacity:.75"

_LINE_END: Final = re.compile(r"\r\n?|\n")
_FETCHES: Final = re.compile(
    r"!\[|<[a-z]|[`~]{3}.*mermaid|\\(?:style|bbox|includegraphics|require|html)", re.IGNORECASE
)
"""Images, raw HTML, diagrams that may hold images, and commands of maths that take a style."""


def part_texts(view: RunView, *kinds: str) -> list[str]:
    """The non-empty texts of the parts of these kinds, in order."""
    return [part["text"] for part in view["parts"] if part["kind"] in kinds and part["text"]]


def shortened(views: Sequence[RunView], characters: int) -> list[RunView]:
    """The runs with so many characters at most; a text that is cut says how much it lacks."""
    longest = _longest_kept(
        sorted(len(part["text"]) for view in views for part in view["parts"]), characters
    )
    return [{**view, "parts": [_cut(part, longest) for part in view["parts"]]} for view in views]


def still_text(view: RunView) -> str:
    """The run as plain text, each section under its name."""
    lines = [_headline(view)]
    for title, text in _sections(view):
        lines += ["", f"{title}:", text]
    return "\n".join(lines)


def still_markdown(view: RunView, *, fetches_nothing: bool = False) -> str:
    """The run as markdown: the answer as it is, the reasoning quoted so that they stay apart.

    Args:
        view: The run.
        fetches_nothing: For what is drawn without being asked for, such as a cell's output: a text
            with anything a front end might fetch when it draws it (JupyterLab does so with images,
            trusted or not) stands in a fence, as its source. Where in a text code begins and ends
            differs between readers of markdown, so such a text is fenced as a whole.
    """

    def written(text: str) -> str:
        return _fenced(text) if fetches_nothing and _FETCHES.search(text) else text

    blocks = [f"**{_escape_markdown(view['model'])}** · {_escape_markdown(_facts(view))}"]
    for title, text in _sections(view):
        if title == "Answer":
            blocks += ["**Answer**", written(text)]
        elif title.startswith("Tool call"):
            blocks += [f"**{_escape_markdown(title)}**", _fenced(text)]
        else:
            blocks += [f"> **{_escape_markdown(title)}**\n>\n{_quoted(written(text))}"]
    return "\n\n".join(blocks) + "\n"


def still_html(view: RunView) -> str:
    """The run as static HTML: no script, nothing fetched, every text escaped."""
    facts = f'<span style="{_DIM}">{escape(_facts(view))}</span>'
    blocks = [f"<div><strong>{escape(view['model'])}</strong> {facts}</div>"]
    for title, text in _sections(view):
        body = f'<pre style="{_TEXT}">{escape(text)}</pre>'
        if title.startswith("Reasoning"):
            blocks.append(
                f'<details style="{_DIM}"><summary>{escape(title)}</summary>{body}</details>'
            )
        elif title == "Answer":
            blocks.append(f'<div aria-label="Answer">{body}</div>')
        else:
            blocks.append(f"<div><strong>{escape(title)}</strong>{body}</div>")
    return f'<div style="{_CARD}">{"".join(blocks)}</div>'


def _longest_kept(lengths: list[int], characters: int) -> int:
    """The length to cut longer texts at, so that all together have so many characters at most."""
    left = characters
    for index, length in enumerate(lengths):
        share = left // (len(lengths) - index)
        if length > share:
            return share
        left -= length
    return characters


def _cut(part: PartView, longest: int) -> PartView:
    text = part["text"]
    if len(text) <= longest:
        return part
    left_out = len(text) - longest
    note = f"… {left_out:,} more characters: with stream_widget installed, the notebook shows them."
    return {**part, "text": f"{text[:longest]}\n\n{note}"}


def _sections(view: RunView) -> Iterator[tuple[str, str]]:
    """Titles and texts, in the order a person reads them."""
    for notice in view["notices"]:
        yield "Notice", notice["text"]
    yield from _reasoning(view)
    yield from _joined("Answer", part_texts(view, "output_text"), "".join)
    yield from _joined("Refusal", part_texts(view, "refusal"), "".join)
    for part in view["parts"]:
        if part["kind"] == "tool_call":
            yield f"Tool call {part['name'] or ''}".rstrip(), part["text"]
    if view["error"] is not None:
        yield "Error", view["error"]["message"]


def _reasoning(view: RunView) -> Iterator[tuple[str, str]]:
    parts: list[PartView] = [
        part for part in view["parts"] if part["kind"] in _REASONING and part["text"]
    ]
    if parts:
        summary = parts[0]["kind"] == "reasoning_summary"
        title = "Reasoning (the provider's summary)" if summary else "Reasoning"
        yield title, "\n\n".join(part["text"] for part in parts)
        return
    spent = (view["usage"] or {}).get("reasoning_tokens")
    if spent:
        yield "Reasoning", f"{spent:,} tokens; the provider did not return the text."


def _joined(
    title: str, texts: list[str], join: Callable[[Iterable[str]], str]
) -> Iterator[tuple[str, str]]:
    if texts:
        yield title, join(texts)


def _headline(view: RunView) -> str:
    return f"{view['model']} · {_facts(view)}"


def _facts(view: RunView) -> str:
    facts: list[str] = [view["state"]]
    if view["state"] == "incomplete" and view["raw_finish_reason"]:
        facts = [f"incomplete ({view['raw_finish_reason']})"]
    if view["effort"]:
        facts.append(f"effort {view['effort']}")
    usage = view["usage"]
    if usage is not None and usage["output_tokens"] is not None:
        about = "~" if view["usage_source"] == "estimated" else ""
        facts.append(f"{about}{usage['output_tokens']:,} output tokens")
        if usage["reasoning_tokens"]:
            facts.append(f"{usage['reasoning_tokens']:,} of them reasoning")
    if view["cost_usd"] is not None:
        about = "~" if view["usage_source"] == "estimated" else ""
        facts.append(f"{about}${view['cost_usd']:.4f}")
    return " · ".join(facts)


def _quoted(text: str) -> str:
    # A carriage return alone ends a line in markdown too, and what stood behind it were not quoted.
    return "\n".join(f"> {line}" if line else ">" for line in _LINE_END.split(text))


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"


def _escape_markdown(text: str) -> str:
    line = " ".join(text.split())
    return "".join(f"\\{char}" if char in r"\`*_{}[]<>#|~" else char for char in line)

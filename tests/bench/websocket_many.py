"""Bytes on the notebook's websocket for sixteen runs in one widget, and for one more widget.

In one JupyterLab: sixteen runs of the scripted server at 100 tokens a second each, shown by one
`sw.show`; then `update_display(Markdown(text))` of one such answer, 60 times for each 100 tokens.
Sixteen of the latter send sixteen times its bytes, whoever sends them when, so one is played and
counted sixteen times. Then small runs, one after the other, each in a widget of its own: what the
first, the second and the tenth cost from the start of the cell until nothing comes any more (the
front end's own share, which has a budget, is counted by `tests/e2e/test_loading.py`).

    uv run python tests/bench/websocket_many.py [--tokens 10000]
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from frame_bytes import PURPOSES, spent
from long_answer import long_answer
from rig import machine, open_notebook, show_table, verdict
from websocket_bytes import (
    OTHERS,
    PLAYED_PER_S,
    SCRIPT,
    TOKENS_PER_S,
    UPDATES_PER_S,
    CountedNotebook,
    Traffic,
)

from stream_widget.scripted import Scenario, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUNS: Final = 16
_BUDGET: Final = 1 / 400
_WIDGETS: Final = 10
_ENDED: Final = f"""() => document.querySelectorAll(
  '.jp-OutputArea-output [data-run][data-state="completed"]').length >= {_RUNS}"""
_MANY: Final = """
import stream_widget as sw
runs = [sw.stream("Go on.", model="scripted:long", base_url={base_url!r}) for _ in range({runs})]
sw.show(*runs)
"""
_ONE: Final = """
import stream_widget as sw
w = sw.stream("Go on.", model="scripted:short", base_url={base_url!r})
w
"""
_SHORT: Final = '.jp-OutputArea-output [data-run][data-state="completed"]'


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Websocket bytes of many runs and widgets.")
    parser.add_argument("--tokens", type=int, default=10_000, help="length of each answer")
    tokens: int = parser.parse_args().tokens
    script = long_answer(tokens)
    with (
        ScriptedServer() as server,
        open_notebook("", kind=CountedNotebook, script=SCRIPT) as notebook,
    ):
        server.play("long", Scenario(script, tokens_per_s=TOKENS_PER_S))
        server.play("short", Scenario(long_answer(20), tokens_per_s=TOKENS_PER_S))
        widgets = _widgets(notebook, server.base_url)
        ours = _many(notebook, server.base_url, tokens)
        other = _markdown(notebook, script.answer, tokens)
    _report(tokens, ours, other)
    _report_widgets(widgets)
    _explain(notebook)


def _widgets(notebook: CountedNotebook, base_url: str) -> list[Traffic]:
    """What each of some widgets costs; the first brings the front end."""
    traffic = []
    for number in range(_WIDGETS):
        _tell(f"widget {number + 1}")
        source = _ONE.format(base_url=base_url)
        traffic.append(notebook.play(source, timeout_s=30, until=_SHORT))
    return traffic


def _many(notebook: CountedNotebook, base_url: str, tokens: int) -> Traffic:
    _tell(f"{_RUNS} runs, for {tokens / TOKENS_PER_S:.0f} s")
    notebook.keeps = True
    timeout_s = 120 + 3 * tokens / TOKENS_PER_S
    source = _MANY.format(base_url=base_url, runs=_RUNS)
    traffic = notebook.play(source, timeout_s=timeout_s, until_true=_ENDED)
    notebook.keeps = False
    return traffic


def _markdown(notebook: CountedNotebook, text: str, tokens: int) -> Traffic:
    updates = tokens * UPDATES_PER_S // TOKENS_PER_S
    _tell(f"update_display(Markdown), for {updates / PLAYED_PER_S:.0f} s")
    notebook.page.evaluate("() => { bench.draws = false; }")
    file = notebook.path.with_name("answer.txt")
    file.write_text(text, encoding="utf-8")
    source = OTHERS.format(
        name="grow_markdown", file=str(file), updates=updates, per_s=PLAYED_PER_S
    )
    traffic = notebook.play(source, timeout_s=60 + 3 * tokens / TOKENS_PER_S)
    if traffic.received < updates:
        raise RuntimeError(f"Of {updates} updates, some were dropped on the way.")
    return traffic


def _report(tokens: int, ours: Traffic, other: Traffic) -> None:
    theirs = other.total_bytes * _RUNS
    ratio = ours.total_bytes / theirs
    _say(f"{_RUNS} answers of {tokens:,} tokens at once, bytes on the websocket both ways")
    messages = f"{ours.received + ours.sent:,}"
    show_table(
        [
            ["", "MB", "messages", "ours / it", "budget", ""],
            ["sw.show(*runs)", f"{ours.total_bytes / 1e6:.2f}", messages, "", "", ""],
            [
                f"{_RUNS} times update_display(Markdown(text))",
                f"{theirs / 1e6:.0f}",
                f"{(other.received + other.sent) * _RUNS:,}",
                f"1/{1 / ratio:.0f}",
                f"1/{1 / _BUDGET:.0f}",
                verdict(ratio, _BUDGET),
            ],
        ]
    )


def _report_widgets(widgets: Sequence[Traffic]) -> None:
    rows = [["a widget, its run of 20 tokens and the copies that are saved", "kB"]]
    rows += [
        [f"number {number}", f"{widgets[number - 1].total_bytes / 1e3:.1f}"]
        for number in (1, 2, len(widgets))
    ]
    _say()
    show_table(rows)


def _explain(notebook: CountedNotebook) -> None:
    received = [frame for frame in notebook.frames if isinstance(frame, bytes)]
    sent = [frame for frame in notebook.sent_frames if isinstance(frame, bytes)]
    bytes_of = spent(received, sent)
    total = sum(bytes_of.values())
    rows = [[f"what the {_RUNS} are spent on", "bytes", "share"]]
    rows += [
        [purpose, f"{bytes_of[purpose]:,}", f"{bytes_of[purpose] / total:.1%}"]
        for purpose in PURPOSES
    ]
    _say()
    show_table(rows)
    _say(f"\n{machine()}")


def _tell(line: str) -> None:
    sys.stderr.write(f"{line} …\n")


def _say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()

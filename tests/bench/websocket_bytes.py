"""Bytes on the notebook's websocket for one long answer, against the two usual ways to show it.

In one JupyterLab, by turns: our widget at 100 tokens a second, fed by the scripted server through
the SDK; `update_display(Markdown(text))`; and `HTML.value += …`, both with all the text so far,
60 times for each 100 tokens. Counted is what goes over the kernel's websocket both ways, from the
start of a cell until nothing comes any more: with our module at the start, and the finished text
that our widget sends at the end. Ours goes at its true pace, since what it joins to one message
depends on it. The two others send the same bytes at any pace, and go faster, yet slower than the
500 messages a second up to which Jupyter's server drops nothing; and the page receives them but
does not draw them (see ``undrawn.js``), which it could not do in time.

The ratio grows with the length of the answer: theirs is quadratic, ours linear.

    uv run python tests/bench/websocket_bytes.py [--tokens 10000]
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from frame_bytes import PURPOSES, mean_parts, spent
from long_answer import long_answer
from rig import machine, open_notebook, show_table, verdict

from e2e.notebook import Notebook
from stream_widget.scripted import Scenario, ScriptedServer

TOKENS_PER_S: Final = 100
UPDATES_PER_S: Final = 60
PLAYED_PER_S: Final = 240
BUDGET: Final = 1 / 40
SCRIPT: Final = Path(__file__).with_name("undrawn.js").read_text("utf-8")
QUIET_MS: Final = 3000
"""Our widget says its last word within this time after the end."""

OURS: Final = """
import stream_widget as sw
w = sw.stream("Go on.", model="scripted:long", base_url={base_url!r})
w
"""
OTHERS: Final = """
from in_kernel import {name}
import pathlib
text = pathlib.Path({file!r}).read_text("utf-8")
{name}(text, {updates}, per_s={per_s})
"""


@dataclass(slots=True)
class Traffic:
    """What went over the websocket for one cell."""

    received_bytes: int
    received: int
    sent_bytes: int
    sent: int

    @property
    def total_bytes(self) -> int:
        return self.received_bytes + self.sent_bytes


class CountedNotebook(Notebook):
    """Counts what it sees, and keeps it only while asked to: the others send 140 MB each."""

    keeps = False
    received_n = received_size = sent_n = sent_size = 0

    def _note_received(self, frame: str | bytes) -> None:
        self.received_n += 1
        self.received_size += _size(frame)
        if self.keeps:
            self.frames.append(frame)

    def _note_sent(self, frame: str | bytes) -> None:
        self.sent_n += 1
        self.sent_size += _size(frame)
        if self.keeps:
            self.sent_frames.append(frame)

    def play(
        self, source: str, *, timeout_s: float, until: str = "", until_true: str = ""
    ) -> Traffic:
        """Run a source in the first cell; what it and its output sent until all was quiet.

        Args:
            source: What to run.
            timeout_s: How long that may take.
            until: A selector of what the page shows when it is over.
            until_true: A function of the page that is true then.
        """
        self.set_source(0, source)
        before = self._counts()
        self.run(0, timeout_s=timeout_s)
        if until:
            self.page.wait_for_selector(until, timeout=timeout_s * 1000)
        if until_true:
            self.page.wait_for_function(until_true, polling=500, timeout=timeout_s * 1000)
        seen = -1
        while seen != self.received_n:
            seen = self.received_n
            self.page.wait_for_timeout(QUIET_MS)
        now = self._counts()
        return Traffic(*(later - sooner for sooner, later in zip(before, now, strict=True)))

    def _counts(self) -> tuple[int, int, int, int]:
        return self.received_size, self.received_n, self.sent_size, self.sent_n


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Websocket bytes of one long answer.")
    parser.add_argument("--tokens", type=int, default=10_000, help="length of the answer")
    tokens: int = parser.parse_args().tokens
    script = long_answer(tokens)
    updates = tokens * UPDATES_PER_S // TOKENS_PER_S
    timeout_s = 60 + 3 * tokens / TOKENS_PER_S
    with (
        ScriptedServer() as server,
        open_notebook("", kind=CountedNotebook, script=SCRIPT) as notebook,
    ):
        server.play("long", Scenario(script, tokens_per_s=TOKENS_PER_S))
        notebook.keeps = True
        source = OURS.format(base_url=server.base_url)
        ended = '[data-run][data-state="completed"]'
        _tell(f"ours, for {tokens / TOKENS_PER_S:.0f} s")
        ours = notebook.play(source, timeout_s=timeout_s, until=ended)
        notebook.keeps = False
        notebook.page.evaluate("() => { bench.draws = false; }")
        file = notebook.path.with_name("answer.txt")
        file.write_text(script.answer, encoding="utf-8")
        others = {}
        for name in ("grow_markdown", "grow_html"):
            source = OTHERS.format(name=name, file=str(file), updates=updates, per_s=PLAYED_PER_S)
            _tell(f"{name}, for {updates / PLAYED_PER_S:.0f} s")
            others[name] = notebook.play(source, timeout_s=timeout_s)
            if others[name].received < updates:
                raise RuntimeError(f"{name}: of {updates} updates, some were dropped on the way.")
    _report(tokens, ours, others)
    _explain(notebook, tokens, script.answer)


def _report(tokens: int, ours: Traffic, others: dict[str, Traffic]) -> None:
    names = {"grow_markdown": "update_display(Markdown(text))", "grow_html": "HTML.value += text"}
    rows = [["", "MB", "messages", "ours / it", "budget", ""], _row("stream_widget", ours)]
    for name, traffic in others.items():
        ratio = ours.total_bytes / traffic.total_bytes
        verdicts = [f"1/{1 / ratio:.1f}", f"1/{1 / BUDGET:.0f}", verdict(ratio, BUDGET)]
        rows.append([*_row(names[name], traffic)[:3], *verdicts])
    _say(f"Bytes on the websocket, both ways, for {tokens:,} tokens at {TOKENS_PER_S} a second")
    show_table(rows)
    _say(
        f"\nThe other two: the same {UPDATES_PER_S} updates a second, played at {PLAYED_PER_S} a "
        "second, which changes no byte."
    )


def _row(name: str, traffic: Traffic) -> list[str]:
    messages = f"{traffic.received + traffic.sent:,}"
    return [name, f"{traffic.total_bytes / 1e6:.3f}", messages, "", "", ""]


def _explain(notebook: CountedNotebook, tokens: int, text: str) -> None:
    received = [frame for frame in notebook.frames if isinstance(frame, bytes)]
    sent = [frame for frame in notebook.sent_frames if isinstance(frame, bytes)]
    bytes_of = spent(received, sent)
    total = sum(bytes_of.values())
    rows = [["what ours is spent on", "bytes", "share"]]
    rows += [
        [purpose, f"{bytes_of[purpose]:,}", f"{bytes_of[purpose] / total:.1%}"]
        for purpose in PURPOSES
    ]
    _say()
    show_table(rows)
    mean = mean_parts(received)
    messages = mean.pop("messages")
    _say(f"\nA message with text, {messages / tokens * TOKENS_PER_S:.1f} a second, mean bytes")
    show_table([list(mean), [f"{value:.0f}" for value in mean.values()]])
    _say(f"\nThe text has {len(text.encode()):,} bytes. {machine()}")


def _size(frame: str | bytes) -> int:
    return len(frame if isinstance(frame, bytes) else frame.encode())


def _tell(line: str) -> None:
    sys.stderr.write(f"{line} …\n")


def _say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()

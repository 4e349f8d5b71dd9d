"""What a browser holds, as far as texts go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stream_widget.widget.protocol import TextAppend

if TYPE_CHECKING:
    from collections.abc import Iterable


class Copy:
    """What a browser holds that starts from a state and takes every message after it."""

    def __init__(self, message: dict[str, Any]) -> None:
        self.parts: dict[str, list[str]] = {}
        self.states: dict[str, str] = {}
        self.seq: dict[str, int] = {}
        self.gaps: list[tuple[str, int, int]] = []
        self.take(message)

    def take_all(self, messages: Iterable[dict[str, Any]]) -> None:
        for message in messages:
            self.take(message)

    def take(self, message: dict[str, Any]) -> None:
        for patch in message["patches"]:
            name, seq = run_and_seq(patch)
            run = self.run_named(name)
            if seq > self.seq.get(run, -1):
                self._apply(patch, run, seq)
                self.seq[run] = seq

    def run_named(self, name: str) -> str:
        """Of text, a run may be named by the beginning of its id; an unknown one is a gap."""
        return next((run for run in self.seq if run.startswith(name)), name)

    def _apply(self, patch: Any, run: str, seq: int) -> None:
        if isinstance(patch, TextAppend):
            self._note_gap(run, seq)
            self.parts[run][patch.part] += patch.text
        elif patch["type"] == "run-snapshot":
            self.parts[run] = [part["text"] for part in patch["view"]["parts"]]
            self.states[run] = patch["view"]["state"]
        else:
            self._note_gap(run, seq)
            if patch["type"] == "part-start":
                self.parts[run].append("")
            elif patch["type"] == "state-set":
                self.states[run] = patch["state"]

    def _note_gap(self, run: str, seq: int) -> None:
        if seq != self.seq.get(run, -1) + 1:
            self.gaps.append((run, self.seq.get(run, -1), seq))


def run_and_seq(patch: Any) -> tuple[str, int]:
    named = patch._asdict() if isinstance(patch, TextAppend) else patch
    return named["run"], named["seq"]

"""The scripted server by itself, for the command line."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from stream_widget.scripted.library import BUILT_IN_SCRIPTS, built_in_script
from stream_widget.scripted.overrides import parse_fault
from stream_widget.scripted.recording import recorded_answers
from stream_widget.scripted.scenario import Scenario
from stream_widget.scripted.server import ScriptedServer
from stream_widget.scripted.stage import ANY_MODEL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stream_widget.scripted.script import Playable
    from stream_widget.scripted.stage import Plays

__all__ = ["run_forever"]


def run_forever(
    *,
    port: int = 0,
    replay: Sequence[Path] = (),
    tokens_per_s: float | None = 80.0,
    fault: str | None = None,
) -> None:
    """Serve until interrupted; says on standard output where.

    Args:
        port: The port to listen at; 0 is any free one.
        replay: Recorded files that answer for every model, each request with the next one, the
            last one from then on; see `Recording`.
        tokens_per_s: The pace; ``None`` is as fast as possible.
        fault: A fault that every answer has, such as ``cut:2000``; see `parse_fault`.

    Raises:
        FileNotFoundError: There is no such recording.
        ValueError: A file is no recording, the fault is none, or the pace is not above 0.
        OSError: The port is not free.
    """
    faults = () if fault is None else (parse_fault(fault),)

    def scenario(play: Playable) -> Scenario:
        return Scenario(play, tokens_per_s=tokens_per_s, start_delay_s=0.4, faults=faults)

    plays: dict[str, Plays] = {
        name: scenario(built_in_script(name).script) for name in BUILT_IN_SCRIPTS
    }
    answers = [scenario(answer) for path in replay for answer in recorded_answers(path)]
    if answers:
        plays = dict.fromkeys((*plays, ANY_MODEL), answers)
    with ScriptedServer(port=port, scenarios=plays) as server:
        sys.stdout.write(
            f"The scripted provider listens at {server.base_url}\n"
            f"Wires: {', '.join(server.wires)} (Anthropic's SDK: {server.root_url}).\n"
            f"Models: {', '.join(server.models)}. Stop with Ctrl-C.\n"
        )
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("Stopped.\n")

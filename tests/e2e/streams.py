"""What the tests stream: a readable script, held in its middle and before its end by gates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stream_widget.scripted import Gate, Scenario, ScriptedServer, built_in_script

if TYPE_CHECKING:
    from stream_widget.scripted.script import Script

__all__ = ["ANSWER", "REASONING", "SCRIPT", "GatedStream", "stream_source"]

SCRIPT: Final[Script] = built_in_script("sky").script
ANSWER: Final = SCRIPT.answer
REASONING: Final = "\n\n".join(SCRIPT.reasoning)


@dataclass(frozen=True, slots=True)
class GatedStream:
    """A stream that waits in the middle of its answer, and before its end, until told to go on."""

    middle: Gate = field(default_factory=Gate)
    end: Gate = field(default_factory=Gate)

    def play_on(self, server: ScriptedServer, name: str = "gated") -> None:
        """Make it the answer to every further request for this model."""
        gates = {"answer": self.middle, "end": self.end}
        server.play(name, Scenario(SCRIPT, tokens_per_s=1200, gates=gates))

    def open(self) -> None:
        """Let it run to its end."""
        self.middle.open()
        self.end.open()


def stream_source(server: ScriptedServer, name: str = "gated", then: str = "w") -> str:
    """The source of a cell that streams, as ``w``; less effort would play less of the reasoning."""
    return (
        "import stream_widget as sw\n"
        f"w = sw.stream('Why is the sky blue?', model='scripted:{name}', "
        f"base_url={server.base_url!r}, effort='high')\n"
        f"{then}"
    )

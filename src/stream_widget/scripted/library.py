"""The scripts that come with the package."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from stream_widget.scripted.scenario import Scenario
from stream_widget.scripted.script import Script, ToolCall

if TYPE_CHECKING:
    from stream_widget.scripted.stage import Plays

__all__ = ["BUILT_IN_SCRIPTS", "BuiltInScript", "built_in_scenarios", "built_in_script"]

BUILT_IN_SCRIPTS: Final = ("sky", "sort", "refusal")
"""The first one is the default."""
_TOKENS_PER_S: Final = 80.0
_START_DELAY_S: Final = 0.4


@dataclass(frozen=True, slots=True)
class BuiltInScript:
    """A script of the package, with the prompt that it answers."""

    prompt: str
    script: Script


@cache
def built_in_script(name: str) -> BuiltInScript:
    """A script of the package.

    Raises:
        FileNotFoundError: There is none of this name.
    """
    folder = resources.files("stream_widget.scripted") / "scripts"
    facts = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    answer = folder / f"{name}.md"
    return BuiltInScript(
        prompt=facts["prompt"],
        script=Script(
            answer=answer.read_text(encoding="utf-8").rstrip() if answer.is_file() else "",
            reasoning=tuple(part.strip() for part in facts["reasoning"]),
            refusal=facts.get("refusal", ""),
            tool_calls=tuple(ToolCall(**call) for call in facts.get("tool_calls", ())),
            silent_reasoning_s=facts.get("silent_reasoning_s", 0.0),
        ),
    )


def built_in_scenarios(speed: float = 1.0) -> dict[str, Plays]:
    """The scripts of the package, so much faster than one can read along, by their model's name."""
    return {
        name: Scenario(
            built_in_script(name).script,
            tokens_per_s=_TOKENS_PER_S * speed,
            start_delay_s=_START_DELAY_S / speed,
        )
        for name in BUILT_IN_SCRIPTS
    }

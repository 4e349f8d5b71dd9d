"""Commands from the browser: checked, and each carried out once, whichever way it comes."""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol, cast, get_args

from stream_widget.widget.protocol import RunCommandType
from stream_widget.widget.short_names import find_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.run import Engine
    from stream_widget.widget.patch_queue import PatchQueue
    from stream_widget.widget.protocol import Ack, RunCommand

__all__ = ["Commanded", "Commands"]

_REMEMBERED: Final = 4096
"""Ids kept to know a repeated command by; one is repeated within seconds, if at all."""

_MOST_AT_ONCE: Final = 10_000

_log = logging.getLogger(__name__)


class Commanded(Protocol):
    """A run that commands are about; called on the engine's loop."""

    def command(self, command: RunCommand) -> None:
        """Carry out a command."""
        ...


class Commands:
    """Takes commands on any thread and carries them out on the engine's loop."""

    def __init__(
        self,
        runs: Mapping[str, Commanded],
        *,
        queue: PatchQueue,
        engine: Engine,
        heard: Callable[[], object] = lambda: None,
    ) -> None:
        """Take commands for these runs.

        Args:
            runs: By their ids.
            queue: Tells the browser what was carried out.
            engine: Whose loop everything happens on.
            heard: Called when a page has sent anything of ours.
        """
        self._runs = runs
        self._heard = heard
        self._queue = queue
        self._engine = engine
        self._carried_out: OrderedDict[str, None] = OrderedDict()

    def take(self, content: object) -> bool:
        """Take what a message holds; False if something of it is no command of ours."""
        if not isinstance(content, Mapping):
            return False
        command = cast("Mapping[str, object]", content)
        if command.get("type") == "ack":
            if _is_ack(command):
                self._heard()
                self._engine.call_soon(self._queue.acknowledged, cast("Ack", command))
            return True
        if command.get("type") == "commands":
            return self._take_all(command.get("commands"))
        return self._take_one(command)

    def _take_all(self, commands: object) -> bool:
        if not isinstance(commands, list) or len(cast("list[object]", commands)) > _MOST_AT_ONCE:
            return False
        several = cast("list[object]", commands)
        taken = [isinstance(each, Mapping) and self._take_one(each) for each in several]  # pyright: ignore[reportUnknownArgumentType] - any mapping may come in
        return all(taken)

    def _take_one(self, command: Mapping[str, object]) -> bool:
        if not _is_run_command(command):
            _log.warning("A message from the browser is no command: %r", dict(command))
            return False
        self._heard()
        self._engine.call_soon(self._carry_out, cast("RunCommand", command))
        return True

    def _carry_out(self, command: RunCommand) -> None:
        if command["id"] not in self._carried_out:
            self._carried_out[command["id"]] = None
            if len(self._carried_out) > _REMEMBERED:
                self._carried_out.popitem(last=False)
            run = find_named(self._runs, command["run"])
            if run is not None:
                run.command(command)
        self._queue.done(command["id"])


def _is_run_command(command: Mapping[str, object]) -> bool:
    checks: Mapping[str, Callable[[object], bool]] = {
        "type": lambda value: value in get_args(RunCommandType),
        "id": lambda value: isinstance(value, str) and bool(value),
        "run": lambda value: isinstance(value, str),
        "shown": lambda value: value is None or (_is_number(value) and cast("float", value) >= 0),
        "tokens_per_s": lambda value: (
            value is None or (_is_number(value) and cast("float", value) > 0)
        ),
    }
    return all(check(command.get(name)) for name, check in checks.items())


def _is_ack(command: Mapping[str, object]) -> bool:
    needed = all(_is_number(command.get(name)) for name in ("n", "lag_ms"))
    return needed and all(_is_number(command.get(name, 0)) for name in ("frame_ms", "spare_ms"))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

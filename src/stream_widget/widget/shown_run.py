"""One run as a widget shows it: its patches, and what the page may ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.widget.run_patches import RunPatches
from stream_widget.widget.run_view import run_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.run import Run
    from stream_widget.widget.patch_queue import PatchQueue
    from stream_widget.widget.protocol import Expectation, RunCommand, RunView

__all__ = ["ShownRun"]


class ShownRun:
    """A run, the sink that makes its patches, and its commands."""

    def __init__(
        self,
        run: Run,
        queue: PatchQueue,
        *,
        expected: Expectation | None = None,
        restart: Callable[[], object] | None = None,
    ) -> None:
        """Show a run that has not started.

        Args:
            run: The run.
            queue: Where its patches go.
            expected: How long its answer may get.
            restart: Asks the same again; ``None`` where nobody can.
        """
        self.run = run
        self.patches = RunPatches(run, queue, expected=expected, restartable=restart is not None)
        self._restart = restart

    @property
    def view(self) -> RunView:
        """The run as it is kept in files and cells."""
        return run_view(self.run)

    def command(self, command: RunCommand) -> None:
        """Carry out what the page asks, on the engine's loop."""
        match command["type"]:
            case "pause":
                self.patches.hold(command.get("shown"))
                self.run.pause()
            case "resume":
                self.run.resume()
                self.patches.release()
            case "cancel":
                self.run.cancel()
            case "speed":
                self.patches.set_speed(command.get("tokens_per_s"))
            case "restart":
                if self._restart is not None:
                    self._restart()
            case "resync":
                self.patches.resync()

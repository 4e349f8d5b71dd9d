"""One run on show: in one widget or in several, each with patches of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.widget.run_patches import RunPatches
from stream_widget.widget.run_view import run_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.run import Engine, Run
    from stream_widget.widget.patch_queue import PatchQueue
    from stream_widget.widget.protocol import Expectation, RunCommand, RunView

__all__ = ["ShownRun"]


class ShownRun:
    """A run, what its readers chose, and the sinks that make its patches.

    The speed, and how much was on screen at a pause, are the same in every widget that shows it.
    """

    def __init__(
        self,
        run: Run,
        *,
        engine: Engine,
        expected: Expectation | None = None,
        restart: Callable[[], object] | None = None,
    ) -> None:
        """Show a run.

        Args:
            run: The run.
            engine: Where it lives.
            expected: How long its answer may get.
            restart: Asks the same again; ``None`` where nobody can.
        """
        self.run = run
        self.speed: float | None = None
        """Tokens a second shown at most; ``None`` is as received."""
        self.held: int | None = None
        """While the view is held: characters on screen, over all parts in the order they came."""
        self._engine = engine
        self._expected = expected
        self._restart = restart
        self._patches: list[RunPatches] = []

    @property
    def view(self) -> RunView:
        """The run as it is kept in files and cells."""
        return run_view(self.run)

    @property
    def page_view(self) -> RunView:
        """The run as a page shows it."""
        return run_view(
            self.run,
            speed=self.speed,
            shown=self.held,
            expected=self._expected,
            restartable=self._restart is not None,
        )

    def patches_for(
        self, queue: PatchQueue, *, when_over: Callable[[RunPatches], object]
    ) -> RunPatches:
        """Another sink, which fills this queue; whoever starts the run gives it to the run.

        Of a run that has started it hears what happens from the next turn of the engine's loop on;
        a snapshot then tells what came before.
        """
        patches = RunPatches(self, queue, when_over=when_over)
        self._patches = [*self._patches, patches]
        if self.run.ended:
            patches.over = True
        elif self.run.started:
            self._engine.call_soon(patches.join)
        return patches

    def forget(self, patches: RunPatches) -> None:
        """A widget no longer shows the run."""
        self._patches = [known for known in self._patches if known is not patches]
        self._engine.call_soon(self.run.remove_sink, patches)

    # What a person does, from any thread

    def pause(self) -> None:
        """Hold the view; reading goes on."""
        self.run.pause()

    def resume(self) -> None:
        """Release the view."""
        self.run.resume()
        self._engine.call_soon(self.release)

    def cancel(self) -> None:
        """End the run; what arrived is kept."""
        self.run.cancel()

    # What the page asks, on the engine's loop

    def command(self, command: RunCommand) -> None:
        """Carry out what a page asks of the run itself."""
        match command["type"]:
            case "pause":
                self.hold(command.get("shown"))
                self.run.pause()
            case "resume":
                self.run.resume()
                self.release()
            case "cancel":
                self.run.cancel()
            case "speed":
                self.set_speed(command.get("tokens_per_s"))
            case "restart":
                if self._restart is not None:
                    self._restart()
            case "resync":
                pass  # a matter of the page that asks

    def hold(self, shown: int | None) -> None:
        """Remember how much is on screen while the view is held; all of it by default."""
        with self.run.lock:
            attempt = self.run.attempt
            received = attempt.snapshot.received_characters if attempt else 0
            self.held = received if shown is None else min(shown, received)

    def release(self) -> None:
        """The view is held no more."""
        with self.run.lock:
            held, self.held = self.held, None
            if held is not None and self.run.state.final:
                # No change of state will say so: the run ended behind the pause.
                for patches in self._patches:
                    patches.resync()

    def set_speed(self, tokens_per_s: float | None) -> None:
        """Show at most so many tokens a second; None is as received."""
        self.speed = tokens_per_s
        for patches in self._patches:
            patches.tell_speed()

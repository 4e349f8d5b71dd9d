"""The widget of one request: what a cell shows, and what Python knows of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from stream_widget.errors import InvalidRequestError
from stream_widget.widget.live_widget import LiveWidget
from stream_widget.widget.shown_run import ShownRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stream_widget.errors import ProviderError
    from stream_widget.events import FinishReason, Usage
    from stream_widget.run import Engine, Run, Sink
    from stream_widget.widget.pace import KernelBudget
    from stream_widget.widget.protocol import Expectation, StateName
    from stream_widget.widget.replay import Replay
    from stream_widget.widget.run_patches import RunPatches

__all__ = ["StreamWidget"]


class StreamWidget(LiveWidget):
    """A run with its view. Everything here may be used from any thread.

    It shows itself as a cell's last value, and works the same where nothing is shown.
    """

    def __init__(  # noqa: PLR0913 - what a widget needs of its kernel, each named
        self,
        run: Run,
        *,
        engine: Engine,
        budget: KernelBudget,
        calls: Callable[[str], Any],
        sinks: Sequence[Sink] = (),
        expected: Expectation | None = None,
        again: Callable[[], Run] | None = None,
        why_not_again: str = "",
        earlier: Iterable[Run] = (),
    ) -> None:
        """Show a run that has not started, or one that is over.

        Args:
            run: The run.
            engine: Where it lives.
            budget: How many messages the kernel may send.
            calls: The rows of the log for a run's id.
            sinks: Who else hears what happens in each run.
            expected: How long the answer may get.
            again: Makes another run of the same request.
            why_not_again: Where nothing does, what to say to who asks for it.
            earlier: Runs of the same that are over, to be shown above.
        """
        self._calls = calls
        self._sinks = tuple(sinks)
        self._expected = expected
        self._again = again
        self._why_not_again = why_not_again
        self._restarting = threading.Lock()
        self._engine, self._budget = engine, budget
        self._followers: list[Callable[[ShownRun], RunPatches]] = []
        self._latest = self._made(run)
        shown = [*map(self._made, earlier), self._latest]
        super().__init__(shown, engine=engine, budget=budget)

    @property
    def runs(self) -> tuple[StreamWidget]:
        """This alone, as `RunsWidget.runs` gives all."""
        return (self,)

    # What came back

    @property
    def run_id(self) -> str:
        """The id of the run in the log and in the page."""
        return self._run.run_id

    @property
    def state(self) -> StateName:
        """Where the run is, in the words of `RunState`."""
        return self._run.state.value

    @property
    def output_text(self) -> str:
        """The answer so far."""
        attempt = self._run.attempt
        return attempt.snapshot.output_text if attempt else ""

    @property
    def reasoning_text(self) -> str:
        """The reasoning, or the provider's summary of it, so far; parts joined by a blank line."""
        attempt = self._run.attempt
        return attempt.snapshot.reasoning_text if attempt else ""

    @property
    def refusal_text(self) -> str:
        """The model's words for declining; empty if it did not."""
        attempt = self._run.attempt
        return attempt.snapshot.refusal_text if attempt else ""

    @property
    def tool_calls(self) -> list[dict[str, str | None]]:
        """Each tool call's ``id``, ``name`` and ``arguments`` (JSON text) so far."""
        attempt = self._run.attempt
        return attempt.snapshot.tool_calls if attempt else []

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the model stopped, in OpenTelemetry's words."""
        finish = self._run.attempt.snapshot.finish if self._run.attempt else None
        return finish.finish_reason if finish else None

    @property
    def raw_finish_reason(self) -> str | None:
        """Why the model stopped, in the provider's own word."""
        finish = self._run.attempt.snapshot.finish if self._run.attempt else None
        return finish.raw_finish_reason if finish else None

    @property
    def error(self) -> ProviderError | None:
        """Why the run failed; ``None`` if it did not."""
        return self._run.error

    @property
    def usage(self) -> Usage | None:
        """Token totals of the last attempt; ``None`` until there are any."""
        return self._run.attempt.usage if self._run.attempt else None

    @property
    def cost_usd(self) -> float | None:
        """US dollars for all attempts; ``nan`` where a price is unknown, ``None`` before usage."""
        costs = [a.cost_usd for a in self._run.attempts if a.cost_usd is not None]
        return sum(costs) if costs else None

    @property
    def calls(self) -> Any:
        """This run's rows in the log as a pandas DataFrame, one for each attempt."""
        return self._calls(self.run_id)

    # What a person does

    def start(self) -> None:
        """Begin; `stream_widget.stream` has done it."""
        self._run.start(self._runs.patches[self.run_id], *self._sinks)

    def restart(self) -> StreamWidget:
        """Ask the same once more, here: what came before stays in view and in the log.

        From now on ``output_text`` and all else are of the new run.

        Raises:
            InvalidRequestError: The run is not over, or what it shows cannot be asked again.
        """
        if self._again is None:
            raise InvalidRequestError(self._why_not_again)
        with self._restarting:
            if not self._run.ended:
                raise InvalidRequestError(
                    f"The run is {self.state}: cancel() it before you restart it, or wait() for "
                    "its end."
                )
            self._latest = shown = self._made(self._again())
            sinks = [show(shown) for show in (self._show_run, *self._followers)]
            for patches in sinks:
                self._engine.call_soon(patches.introduce)
            shown.run.start(*sinks, *self._sinks)
        return self

    def replay(self, speed: float = 1.0) -> Replay:
        """Play the run again, in a widget of its own: its text arrives as it arrived then.

        Nobody is asked. It shows itself as a cell's value; ``for at_s, kind, text in …`` gives the
        text in time where nothing is shown.

        Args:
            speed: How many times as fast as it was; ``float("inf")`` is at once.

        Raises:
            InvalidRequestError: The run is not over, or the speed is not above 0.
        """
        from stream_widget.widget.replay import (  # noqa: PLC0415 - a replay is one of these
            Replay,
            check_replay,
        )

        check_replay(self._run, speed)  # first: half a widget complains when it is thrown away
        made = Replay(
            self._run, speed=speed, engine=self._engine, budget=self._budget, calls=self._calls
        )
        made.start()
        return made

    # Other widgets that show the same

    def follow(self, show: Callable[[ShownRun], RunPatches]) -> list[ShownRun]:
        """The runs so far, for another widget that shows them.

        Args:
            show: Called with each run that a restart adds; gives the sink that it starts with.
        """
        with self._restarting:
            self._followers.append(show)
            return self._runs.shown

    def unfollow(self, show: Callable[[ShownRun], RunPatches]) -> None:
        """Another widget no longer shows what this one does."""
        with self._restarting:
            if show in self._followers:
                self._followers.remove(show)

    @property
    def latest(self) -> ShownRun:
        """The run that the widget is about now."""
        return self._latest

    # What is kept

    def to_dict(self) -> dict[str, object]:
        """Everything about the run, as JSON-ready values."""
        return dict(self._latest.view)

    def __repr__(self) -> str:
        """One stable line: no ids, times or addresses."""
        return f"StreamWidget({self._run.target}, {self.state})"

    # What the widget is about

    @property
    def _current(self) -> Sequence[ShownRun]:
        return (self._latest,)

    @property
    def _placeholder(self) -> str:
        return f"{self._run.target}: the text stands here when the run has ended."

    @property
    def _run(self) -> Run:
        return self._latest.run

    def _made(self, run: Run) -> ShownRun:
        restart = None if self._again is None else self._restart_if_over
        return ShownRun(run, engine=self._engine, expected=self._expected, restart=restart)

    def _restart_if_over(self) -> None:
        """A click may come twice, or late."""
        if self._run.ended:
            self.restart()

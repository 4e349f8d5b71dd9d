"""The widget of a run: what a cell shows, and what Python knows of it."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import anywidget
import traitlets

from stream_widget.clock import monotonic_s
from stream_widget.errors import InvalidRequestError
from stream_widget.widget.cell_output import CellOutputs
from stream_widget.widget.commands import Commands
from stream_widget.widget.control_channel import listen_on_control_channel
from stream_widget.widget.front_end import module_text, style_text
from stream_widget.widget.lean_comm import LeanComm
from stream_widget.widget.patch_queue import PatchQueue
from stream_widget.widget.shown_run import ShownRun
from stream_widget.widget.still import still_html, still_markdown, still_text

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from stream_widget.errors import ProviderError
    from stream_widget.events import FinishReason, Usage
    from stream_widget.run import Engine, Run, Sink
    from stream_widget.widget.pace import KernelBudget
    from stream_widget.widget.protocol import (
        Expectation,
        Message,
        RunView,
        StateName,
    )

__all__ = ["StreamWidget"]

_WAIT_STEP_S: Final = 0.2
"""A lock cannot be interrupted on Windows: Ctrl-C is looked for this often."""
_CANCELLED_WITHIN_S: Final = 2.0


class StreamWidget(anywidget.AnyWidget):
    """A run with its view. Everything here may be used from any thread.

    It shows itself as a cell's last value, and works the same where nothing is shown.
    """

    _esm: ClassVar[str] = module_text()
    _css: ClassVar[str] = style_text()

    patches = cast("Message", traitlets.Dict().tag(sync=True))
    """The last message to the browser; see ``protocol.py``."""
    widget_id = cast("str", traitlets.Unicode().tag(sync=True))
    """The id of this widget's model, for commands over the kernel's control channel."""

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
    ) -> None:
        """Show a run that has not started.

        Args:
            run: The run.
            engine: Where it lives.
            budget: How many messages the kernel may send.
            calls: The rows of the log for a run's id.
            sinks: Who else hears what happens in each run.
            expected: How long the answer may get.
            again: Makes another run of the same request.
        """
        self._engine = engine
        self._calls = calls
        self._sinks = tuple(sinks)
        self._expected = expected
        self._again = again
        self._restarting = threading.Lock()
        self._queue = PatchQueue(self._set_patches, engine=engine, budget=budget)
        self._shown: dict[str, ShownRun] = {}
        self._latest = self._take_in(run)
        self._commands = Commands(self._shown, queue=self._queue, engine=engine)
        self._outputs = CellOutputs(self._bundle)
        self._lean_comm = LeanComm("patches")
        widget_id = secrets.token_hex(8)
        # What the browser needs at its start is set before the comm opens, with `get_state`.
        super().__init__(model_id=widget_id, widget_id=widget_id, patches=self._whole())
        self._base.on_msg(self._take_message)
        listen_on_control_channel(widget_id, self._commands)

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
        self._run.when_ended(self._outputs.finish)
        self._run.start(self._latest.patches, *self._sinks)

    def restart(self) -> StreamWidget:
        """Ask the same once more, here: what came before stays in view and in the log.

        From now on ``output_text`` and all else are of the new run.

        Raises:
            InvalidRequestError: The run is not over, or what it shows cannot be asked again.
        """
        if self._again is None:
            raise InvalidRequestError(
                "What this widget watches cannot be asked again: call watch() with a new iterable."
            )
        with self._restarting:
            if not self._run.ended:
                raise InvalidRequestError(
                    f"The run is {self.state}: cancel() it before you restart it, or wait() for "
                    "its end."
                )
            self._latest = self._take_in(self._again())
            self._engine.call_soon(self._latest.patches.introduce)
            self.start()
        return self

    def pause(self) -> None:
        """Hold the view; reading goes on."""
        self._run.pause()

    def resume(self) -> None:
        """Release the view."""
        self._run.resume()
        self._engine.call_soon(self._latest.patches.release)

    def cancel(self) -> None:
        """End the run and close its connection; what arrived is kept."""
        self._run.cancel()

    @property
    def speed(self) -> float | None:
        """Tokens a second shown at most; ``None`` is as received. The log gets all at once."""
        return self._latest.patches.speed

    @speed.setter
    def speed(self, tokens_per_s: float | None) -> None:
        if tokens_per_s is not None and not 0 < tokens_per_s < float("inf"):
            raise InvalidRequestError(
                f"speed is tokens a second above 0, or None for as received, not {tokens_per_s!r}."
            )
        patches = self._latest.patches
        patches.speed = tokens_per_s
        self._engine.call_soon(patches.set_speed, tokens_per_s)

    def wait(self, timeout: float | None = None) -> StreamWidget:
        """Block until the run is over, showing the widget if no cell does yet.

        Ctrl-C, or Interrupt, cancels the run, keeps its text and is raised again.

        Args:
            timeout: Seconds to wait; ``None`` waits for ever. The run goes on afterwards.

        Raises:
            TimeoutError: The run is not over yet.
        """
        self._show_if_unseen()
        until_s = None if timeout is None else monotonic_s() + timeout
        try:
            while True:
                left_s = _WAIT_STEP_S if until_s is None else until_s - monotonic_s()
                if self._run.wait_ended(min(_WAIT_STEP_S, max(0.0, left_s))):
                    return self
                if left_s <= 0:
                    raise TimeoutError(
                        f"The run is {self.state} after {timeout:g} s and goes on; "
                        "wait() again, or cancel() it."
                    )
        except KeyboardInterrupt:
            self._run.cancel()
            self._run.wait_ended(_CANCELLED_WITHIN_S)
            raise

    def __await__(self) -> Generator[Any, None, StreamWidget]:
        """Wait for the end without blocking; cancelling the wait cancels the run."""
        return self._ended().__await__()

    async def _ended(self) -> StreamWidget:
        self._show_if_unseen()
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        self._run.when_ended(lambda: loop.call_soon_threadsafe(ended.set))
        try:
            await ended.wait()
        except asyncio.CancelledError:
            self._run.cancel()
            raise
        return self

    # What is kept

    def to_dict(self) -> dict[str, object]:
        """Everything about the run, as JSON-ready values."""
        return dict(self._latest.view)

    def to_markdown(self) -> str:
        """The run as markdown (all runs, if restarted): reasoning quoted, the answer as it is."""
        return "\n---\n\n".join(map(still_markdown, self._views()))

    def to_html(self) -> str:
        """The run as a piece of static HTML: no script, nothing fetched."""
        return "".join(map(still_html, self._views()))

    def export(self, path: str | Path) -> Path:
        """Write the run to a file; its ending (.html, .md or .json) says in which form.

        Raises:
            InvalidRequestError: The ending is none of these.
        """
        path = Path(path)
        writers: dict[str, Callable[[], str]] = {
            ".html": self._html_page,
            ".md": self.to_markdown,
            ".json": lambda: json.dumps(self.to_dict(), ensure_ascii=False, indent=1),
        }
        writer = writers.get(path.suffix.lower())
        if writer is None:
            raise InvalidRequestError(
                f"export writes {', '.join(writers)}; {path.name!r} ends in none of them."
            )
        path.write_text(writer(), encoding="utf-8", newline="\n")
        return path

    def _to_text(self) -> str:
        return "\n\n".join(map(still_text, self._views()))

    def _html_page(self) -> str:
        return (
            '<!doctype html>\n<html><head><meta charset="utf-8">'
            f"<title>{escape(self._to_text().splitlines()[0])}</title>"
            '<meta name="color-scheme" content="light dark"></head>'
            '<body style="font-family:system-ui,sans-serif;max-width:60em;margin:2em auto">'
            f"{self.to_html()}</body></html>\n"
        )

    def __repr__(self) -> str:
        """One stable line: no ids, times or addresses."""
        return f"StreamWidget({self._run.target}, {self.state})"

    # The way to the page

    def _ipython_display_(self, **_: object) -> None:
        self._outputs.show()

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, object], dict[str, object]]:
        return dict(self._bundle(**kwargs)), {}

    def _bundle(self, **kwargs: object) -> Mapping[str, object]:
        made = self._base._repr_mimebundle_(**kwargs)
        data: dict[str, object] = dict(made[0]) if made else {}
        # Nothing here changes while the run goes on, so that notebooks compare.
        data["text/plain"] = f"{self._run.target}: the text stands here when the run has ended."
        if self._run.ended:
            data["text/html"] = self.to_html()
            data["text/markdown"] = self.to_markdown()
            data["text/plain"] = self._to_text()
        return data

    def get_state(
        self,
        key: str | Iterable[str] | None = None,
        drop_defaults: bool = False,  # noqa: FBT001, FBT002 - ipywidgets' signature
    ) -> dict[str, object]:
        """The synced traits; a front end that asks for all of them gets the run as it is now."""
        state: dict[str, object] = self._base.get_state(key, drop_defaults)
        if key is None and "patches" in state:
            state["patches"] = self._whole()
        return state

    def _send(self, msg: dict[str, Any], buffers: object = None) -> None:
        state: Mapping[str, Any] = msg.get("state") or {}
        is_patches = msg.get("method") == "update" and [*state] == ["patches"]
        if not is_patches or not self._lean_comm.send(self.comm, state["patches"]):
            self._base._send(msg, buffers)  # noqa: SLF001 - of this class

    def _take_message(self, _widget: object, content: object, _buffers: object) -> None:
        self._commands.take(content)

    def _whole(self) -> Message:
        runs = list(self._shown.values())
        return {"n": self._queue.last_n, "patches": [run.patches.snapshot() for run in runs]}

    @property
    def _base(self) -> Any:
        return super()

    def _set_patches(self, message: Message) -> None:
        self.patches = message

    @property
    def _run(self) -> Run:
        return self._latest.run

    def _take_in(self, run: Run) -> ShownRun:
        """Show a run below those that are shown."""
        restart = None if self._again is None else self._restart_if_over
        shown = ShownRun(run, self._queue, expected=self._expected, restart=restart)
        self._shown[run.run_id] = shown
        return shown

    def _restart_if_over(self) -> None:
        """A click may come twice, or late."""
        if self._run.ended:
            self.restart()

    def _views(self) -> list[RunView]:
        return [shown.view for shown in list(self._shown.values())]

    def _show_if_unseen(self) -> None:
        if not self._outputs.shown and not self._queue.pace.heard:
            self._outputs.show_in_cell()

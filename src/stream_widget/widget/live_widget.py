"""What every widget of ours is: some runs, the way to the page and back, and what stays of them."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, cast, get_args

import anywidget
import traitlets

from stream_widget.errors import InvalidRequestError
from stream_widget.widget.cell_output import CellOutputs
from stream_widget.widget.commands import Commands
from stream_widget.widget.control_channel import listen_on_control_channel
from stream_widget.widget.keeping import export_runs, exported_document, markdown_of
from stream_widget.widget.lean_comm import LeanComm
from stream_widget.widget.output_bundle import output_bundle
from stream_widget.widget.page import html_piece
from stream_widget.widget.protocol import Arrangement
from stream_widget.widget.provision import reply_to
from stream_widget.widget.runtime import modules_of_a_widget
from stream_widget.widget.waiting import (
    cancelled_by_interrupt,
    wait_until_ended,
    woken_often,
)
from stream_widget.widget.widget_runs import WidgetRuns

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from stream_widget.run import Engine
    from stream_widget.widget.keeping import ExportedDocument
    from stream_widget.widget.pace import KernelBudget
    from stream_widget.widget.protocol import Message
    from stream_widget.widget.run_patches import RunPatches
    from stream_widget.widget.shown_run import ShownRun

__all__ = ["LiveWidget"]


class LiveWidget(anywidget.AnyWidget):
    """Runs with their view. Everything here may be used from any thread.

    It shows itself as a cell's last value, and works the same where nothing is shown.
    """

    patches = cast("Message", traitlets.Dict().tag(sync=True))
    """The last message to the browser; see ``protocol.py``."""
    arrangement: Arrangement = cast(
        "Arrangement", traitlets.Enum(get_args(Arrangement), default_value="stack").tag(sync=True)
    )
    """How the runs stand."""
    widget_id = cast("str", traitlets.Unicode().tag(sync=True))
    """The id of this widget's model, for commands over the kernel's control channel."""
    _runtime = cast("str", traitlets.Unicode().tag(sync=True))
    """The widget that brings the whole front end; see ``runtime.py``."""

    def __init__(
        self,
        runs: Iterable[ShownRun],
        *,
        engine: Engine,
        budget: KernelBudget,
        **traits: object,
    ) -> None:
        """Show runs.

        Args:
            runs: The runs, each started or not.
            engine: Where they live.
            budget: How many messages the kernel may send.
            traits: Further traits of the widget.
        """
        self._engine = engine
        self._outputs = CellOutputs(self._bundle)
        self._runs = WidgetRuns(self._set_patches, engine=engine, budget=budget)
        for run in runs:
            self._show_run(run)
        self._commands = Commands(
            self._runs.patches, queue=self._runs.queue, engine=engine, heard=self._runs.wake
        )
        self._lean_comm = LeanComm("patches")
        widget_id = secrets.token_hex(8)
        self._esm, runtime = modules_of_a_widget()
        # What the browser needs at its start is set before the comm opens, with `get_state`.
        super().__init__(
            model_id=widget_id,
            widget_id=widget_id,
            _runtime=runtime,
            patches=self._runs.whole(),
            **traits,
        )
        self._base.on_msg(self._take_message)
        listen_on_control_channel(widget_id, self._commands)

    @property
    def _current(self) -> Sequence[ShownRun]:
        """The runs that the widget is about now: of each stream the latest."""
        raise NotImplementedError

    @property
    def _placeholder(self) -> str:
        """What stands in a cell, for who cannot draw it, until all is over."""
        raise NotImplementedError

    # What a person does

    def pause(self) -> None:
        """Hold the view; reading goes on."""
        for shown in self._current:
            shown.pause()

    def resume(self) -> None:
        """Release the view."""
        for shown in self._current:
            shown.resume()

    def cancel(self) -> None:
        """End what still runs and close its connections; what arrived is kept."""
        for shown in self._current:
            shown.cancel()

    @property
    def speed(self) -> float | None:
        """Tokens a second shown at most; ``None`` is as received. The log gets all at once."""
        speeds = {shown.speed for shown in self._current}
        return speeds.pop() if len(speeds) == 1 else None

    @speed.setter
    def speed(self, tokens_per_s: float | None) -> None:
        if tokens_per_s is not None and not 0 < tokens_per_s < float("inf"):
            raise InvalidRequestError(
                f"speed is tokens a second above 0, or None for as received, not {tokens_per_s!r}."
            )
        for shown in self._current:
            shown.speed = tokens_per_s
            self._engine.call_soon(shown.set_speed, tokens_per_s)

    def wait(self, timeout: float | None = None) -> Self:
        """Block until all is over, showing the widget if no cell does yet.

        Ctrl-C, or Interrupt, cancels what runs, keeps its text and is raised again.

        Args:
            timeout: Seconds to wait; ``None`` waits for ever. What runs goes on afterwards.

        Raises:
            TimeoutError: It is not over yet.
        """
        runs = [shown.run for shown in self._current]
        with cancelled_by_interrupt(runs):
            self._show_if_unseen()
            wait_until_ended(runs, timeout_s=timeout)
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        """Wait for the end without blocking; cancelling the wait cancels what runs."""
        return self._ended().__await__()

    async def _ended(self) -> Self:
        self._show_if_unseen()
        loop = asyncio.get_running_loop()
        try:
            with woken_often(loop):
                for shown in self._current:
                    ended = asyncio.Event()
                    shown.run.when_ended(lambda ended=ended: loop.call_soon_threadsafe(ended.set))
                    await ended.wait()
        except asyncio.CancelledError:
            self.cancel()
            raise
        return self

    # What is kept

    def to_markdown(self) -> str:
        """The runs as markdown (also those before a restart): reasoning quoted, answers as is."""
        return markdown_of(self._runs.views)

    def to_html(self) -> str:
        """The runs as a piece of static HTML: no script, nothing fetched."""
        return html_piece(self._runs.views)

    def export(self, path: str | Path) -> Path:
        """Write the runs to a file; its ending (.html, .md or .json) says in which form.

        Raises:
            InvalidRequestError: The ending is none of these.
        """
        return export_runs(self._document, path)

    @property
    def _document(self) -> ExportedDocument:
        return exported_document(self._runs.views, self.arrangement)

    # The way to the page

    def _ipython_display_(self, **_: object) -> None:
        self._runs.wake()
        self._outputs.show()

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict[str, object], dict[str, object]]:
        self._runs.wake()
        return dict(self._bundle(**kwargs)), {}

    def _bundle(self, **kwargs: object) -> Mapping[str, object]:
        made = self._base._repr_mimebundle_(**kwargs)
        data: dict[str, object] = dict(made[0]) if made else {}
        # Nothing here changes while a run goes on, so that notebooks compare.
        data["text/plain"] = self._placeholder
        return output_bundle(
            data,
            self.widget_id,
            self._runs.views if self._runs.ended else [],
            layout=self.arrangement,
            drawn_without_kernel=self._runs.queue.drawn_without_kernel,
        )

    def get_state(
        self,
        key: str | Iterable[str] | None = None,
        drop_defaults: bool = False,  # noqa: FBT001, FBT002 - ipywidgets' signature
    ) -> dict[str, object]:
        """The synced traits; a front end that asks for all of them gets the runs as they are."""
        state: dict[str, object] = self._base.get_state(key, drop_defaults)
        if key is None and "patches" in state:
            state["patches"] = self._runs.whole()
        return state

    def close(self) -> None:
        """Take the widget off every page; the runs go on."""
        self._runs.leave()
        self._base.close()

    def _send(self, msg: dict[str, Any], buffers: object = None) -> None:
        state: Mapping[str, Any] = msg.get("state") or {}
        is_patches = msg.get("method") == "update" and [*state] == ["patches"]
        if not is_patches or not self._lean_comm.send(self.comm, state["patches"]):
            self._base._send(msg, buffers)  # noqa: SLF001 - of this class

    def _take_message(self, _widget: object, content: object, _buffers: object) -> None:
        reply = reply_to(content)
        if reply is None:
            self._commands.take(content)
        else:
            self._base.send(reply)

    @property
    def _base(self) -> Any:
        return super()

    def _set_patches(self, message: Message) -> None:
        self.patches = message

    def _show_run(self, shown: ShownRun) -> RunPatches:
        """Show a run below those that are shown; the cells are updated when all are over."""
        if shown.run.run_id not in self._runs.patches and not shown.run.ended:
            shown.run.when_ended(self._update_outputs)
        return self._runs.add(shown)

    def _update_outputs(self) -> None:
        if self._runs.ended:
            self._outputs.finish()

    def _show_if_unseen(self) -> None:
        if not self._outputs.shown and not self._runs.queue.pace.heard and self._outputs.in_cell:
            self._ipython_display_()

"""The widget of several streams: one model, one message a frame for all of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast, get_args

import traitlets

from stream_widget.widget.live_widget import LiveWidget
from stream_widget.widget.protocol import ManyArrangement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stream_widget.run import Engine
    from stream_widget.widget.pace import KernelBudget
    from stream_widget.widget.protocol import Arrangement
    from stream_widget.widget.shown_run import ShownRun
    from stream_widget.widget.stream_widget import StreamWidget

__all__ = ["RunsWidget"]


class RunsWidget(LiveWidget):
    """Several streams in one view. Everything here may be used from any thread.

    What is done here is done to all of them; each stays a widget of its own as well.
    """

    arrangement: Arrangement = cast(
        "Arrangement",
        traitlets.Enum(get_args(ManyArrangement), default_value="grid").tag(sync=True),
    )
    """How they stand; may be changed at any time."""

    def __init__(
        self,
        streams: Iterable[StreamWidget],
        *,
        arrangement: ManyArrangement = "grid",
        engine: Engine,
        budget: KernelBudget,
    ) -> None:
        """Show streams, whether they run or are over.

        Args:
            streams: What to show, each once.
            arrangement: How they stand.
            engine: Where they live.
            budget: How many messages the kernel may send.
        """
        self._streams = tuple(streams)
        shown = (run for stream in self._streams for run in stream.follow(self._show_run))
        super().__init__(shown, engine=engine, budget=budget, arrangement=arrangement)

    @property
    def runs(self) -> tuple[StreamWidget, ...]:
        """The streams, in the order in which they stand."""
        return self._streams

    def to_dict(self) -> dict[str, object]:
        """All runs as JSON-ready values: what a JSON export holds."""
        return dict(self._document)

    def close(self) -> None:
        """Take the widget off every page; the runs go on."""
        for stream in self._streams:
            stream.unfollow(self._show_run)
        super().close()

    @property
    def _current(self) -> Sequence[ShownRun]:
        return [stream.latest for stream in self._streams]

    @property
    def _placeholder(self) -> str:
        return f"{len(self._streams)} runs: their texts stand here when all have ended."

    def __repr__(self) -> str:
        """One stable line: no ids, times or addresses."""
        states = Counter(stream.state for stream in self._streams)
        told = ", ".join(f"{count} {state}" for state, count in states.items())
        return f"RunsWidget({told})"

"""Patches wait here for the next message: one queue, one numbered message, for a whole widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stream_widget.clock import monotonic_s
from stream_widget.widget.pace import KernelBudget, Pace
from stream_widget.widget.protocol import TextAppend
from stream_widget.widget.short_names import shorten

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stream_widget.run import Engine
    from stream_widget.widget.protocol import Ack, Message, NamedPatch, Patch, RunSnapshot

__all__ = ["PatchQueue"]

_QUIET_S: Final = 1.0
_LAST_PAINTED_S: Final = 2.0
"""A browser acknowledges within 0.3 s of its last paint; a hidden one paints every second."""


class _OpenText:
    """A `TextAppend` that still grows: the pieces are joined when it is sent."""

    __slots__ = ("part", "pieces", "run", "sealed", "seq")

    def __init__(self, run: str, seq: int, part: int, text: str) -> None:
        self.run, self.seq, self.part = run, seq, part
        self.pieces = [text]
        self.sealed = False

    def close(self, name: str) -> TextAppend:
        return TextAppend(name, self.seq, self.part, "".join(self.pieces))


class PatchQueue:
    """Collects patches and sends them, the first after a quiet frame at once, later ones in time.

    It is used on the engine's loop; `seal`, `name_runs`, `last_n` and `asleep` may be used from any
    thread.
    There is no lock, which each delta would have to take.
    """

    def __init__(
        self,
        send: Callable[[Message], None],
        *,
        engine: Engine,
        budget: KernelBudget,
        asleep: bool = False,
    ) -> None:
        """Make an empty queue.

        Args:
            send: Sends a message to the browser.
            engine: Whose loop the queue lives on.
            budget: How many messages the kernel may send.
            asleep: Nobody looks: patches are dropped until `wake`.
        """
        self.pace = Pace()
        self.asleep = asleep
        self._send = send
        self._engine = engine
        self._budget = budget
        self._queue: list[NamedPatch | _OpenText] = []
        self._names: Mapping[str, str] = {}
        """How rows of text name their runs, where that is shorter than their ids."""
        self._open: dict[str, _OpenText] = {}
        """Of each run, the text that more text may join: its latest patch."""
        self._done: list[str] = []
        self._n = 0
        self._acknowledged_n = 0
        self.drawn_without_kernel = False
        """A page that acknowledged can draw the runs of a saved notebook."""
        self._sent_s = 0.0
        """When the last message was due, or sent if it was due at once."""
        self._due_s: float | None = None
        self._timer: asyncio.Handle | None = None

    @property
    def last_n(self) -> int:
        """The number of the last message sent."""
        return self._n

    def wake(self) -> None:
        """Somebody looks: patches go out from now on; who lacks what went before must get it."""
        self.asleep = False

    def name_runs(self, runs: Iterable[str]) -> None:
        """Say which runs there are: half of what a few words cost would else be their run's id."""
        self._names = shorten(runs)

    def add(self, patch: NamedPatch) -> None:
        """Queue a patch; a snapshot takes the place of what is queued of its run."""
        if self.asleep:
            return
        self._open.pop(patch["run"], None)
        if patch["type"] == "run-snapshot":
            self._queue = [queued for queued in self._queue if _run_of(queued) != patch["run"]]
        self._queue.append(patch)
        self._schedule()

    def append_text(self, run: str, part: int, text: str, next_seq: Callable[[], int]) -> None:
        """Queue text: it joins the last patch of its run where that is text of the same part."""
        last = self._open.get(run)
        if last is not None and last.part == part and not last.sealed:
            last.pieces.append(text)
            return
        if self.asleep:
            return
        last = self._open[run] = _OpenText(run, next_seq(), part, text)
        self._queue.append(last)
        self._schedule()

    def send_now(self, snapshots: Sequence[RunSnapshot]) -> None:
        """Send these, and before them what is queued, whether or not somebody looks."""
        self.flush()
        self._send_message(snapshots)

    def done(self, command_id: str) -> None:
        """Tell the browser that a command was carried out."""
        self._done.append(command_id)
        self._schedule()

    def acknowledged(self, ack: Ack) -> None:
        """The browser painted a message."""
        self._acknowledged_n = max(self._acknowledged_n, ack["n"])
        self._budget.page_heard = True
        self.drawn_without_kernel |= ack.get("draws") is True
        self.pace.acknowledged(lag_ms=ack["lag_ms"])
        if "frame_ms" in ack and "spare_ms" in ack:
            self.pace.meet_frames(frame_ms=ack["frame_ms"], spare_ms=ack["spare_ms"])

    def unless_acknowledged(self, n: int, call: Callable[[], object]) -> None:
        """Call something if a browser is there and has not painted message ``n`` soon.

        A lost message shows as a gap when the next one comes; after the last one, none does.
        """

        def check() -> None:
            if self.pace.heard and self._acknowledged_n < n:
                call()

        self._engine.loop.call_later(_LAST_PAINTED_S, check)

    def seal(self, run: str) -> None:
        """Let no queued text of a run grow any more: a snapshot is made of what it holds.

        Without this, text that joins a patch older than the snapshot would be dropped as known.
        The caller holds the run's lock, so none of its text is added meanwhile.
        """
        last = self._open.get(run)
        if last is not None:
            last.sealed = True

    def flush(self) -> None:
        """Send all that is queued now, if anything is."""
        self._flush(texts=len(self._open))

    def _flush(self, *, texts: int) -> None:
        """Send what is queued; of text that may still grow only so many, the longest waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        left = [*self._open.values()][texts:]
        self.pace.sent(texts=len(self._open) - len(left))
        queued = [patch for patch in self._queue if patch not in left] if left else self._queue
        # Each is the last patch of its run, so no order is lost.
        self._queue = [*left]
        self._open = {patch.run: patch for patch in left}
        if queued or self._done:
            self._send_message(
                [
                    patch.close(self._names.get(patch.run, patch.run))
                    if isinstance(patch, _OpenText)
                    else patch
                    for patch in queued
                ]
            )

    def _send_message(self, patches: Sequence[Patch]) -> None:
        done, self._done = self._done, []
        self._n += 1
        message: Message = {"n": self._n, "patches": [*patches]}
        if done:
            message["done"] = done
        if self.asleep:
            message["asleep"] = True
        self._sent_s, self._due_s = self._due_s or monotonic_s(), None
        self._send(message)

    def _schedule(self) -> None:
        if self._timer is not None:
            return
        now_s = monotonic_s()
        if now_s - self._sent_s > _QUIET_S:
            self.pace.quiet()
        loop = self._engine.loop
        if now_s - self._sent_s >= self.pace.interval_s:
            # Not this instant: what else the same bytes bring goes into the same message.
            self._timer = loop.call_soon(self._send_in_budget)
        else:
            self._due_s = self.pace.next_s(self._sent_s)
            self._timer = loop.call_later(self._due_s - now_s, self._send_in_budget)

    def _send_in_budget(self) -> None:
        wait_s = self._budget.take()
        if wait_s > 0:
            self._timer = self._engine.loop.call_later(wait_s, self._send_in_budget)
            return
        self._timer = None
        self._flush(texts=self.pace.room_for(len(self._open)))
        if self._queue:
            self._schedule()


def _run_of(patch: NamedPatch | _OpenText) -> str:
    return patch.run if isinstance(patch, _OpenText) else patch["run"]

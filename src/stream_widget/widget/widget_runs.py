"""The runs of one widget: their patches in one queue, asleep until somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.widget.patch_queue import PatchQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.run import Engine
    from stream_widget.widget.pace import KernelBudget
    from stream_widget.widget.protocol import Message, RunView
    from stream_widget.widget.run_patches import RunPatches
    from stream_widget.widget.shown_run import ShownRun

__all__ = ["WidgetRuns"]


class WidgetRuns:
    """What a widget shows, in the order in which it came in; from any thread but where it says so.

    While nobody looks nothing is sent but the last word, and not even that to a page, which asks
    when somebody looks: programs that run notebooks never ask, and keep only what was sent.
    """

    def __init__(
        self, send: Callable[[Message], None], *, engine: Engine, budget: KernelBudget
    ) -> None:
        self.queue = PatchQueue(send, engine=engine, budget=budget, asleep=True)
        self.patches: dict[str, RunPatches] = {}
        """By the id of their run."""
        self._shown: list[ShownRun] = []
        self._engine = engine
        self._budget = budget

    def add(self, shown: ShownRun) -> RunPatches:
        """Show a run below the others; what is here already stays where it is."""
        run_id = shown.run.run_id
        if run_id not in self.patches:
            self._shown.append(shown)
            # Before any of its text: the names of the others may have to be longer now.
            self.queue.name_runs([*self.patches, run_id])
            self.patches[run_id] = shown.patches_for(self.queue, when_over=self._end)
        return self.patches[run_id]

    @property
    def shown(self) -> list[ShownRun]:
        """The runs."""
        return list(self._shown)

    @property
    def views(self) -> list[RunView]:
        """The runs as they are kept in files and cells."""
        return [shown.view for shown in self.shown]

    @property
    def ended(self) -> bool:
        """Whether every run is over."""
        return all(shown.run.ended for shown in self.shown)

    def whole(self) -> Message:
        """All there is, for a page that starts from nothing."""
        patches = [patches.snapshot() for patches in list(self.patches.values())]
        message: Message = {"n": self.queue.last_n, "patches": [*patches]}
        if self.queue.asleep:
            message["asleep"] = True
        return message

    def wake(self) -> None:
        """Somebody looks."""
        if self.queue.asleep:
            self._engine.call_soon(self._wake)

    def leave(self) -> None:
        """Hear no more of the runs, which go on."""
        for shown in self.shown:
            shown.forget(self.patches[shown.run.run_id])

    def _wake(self) -> None:
        if self.queue.asleep:
            self.queue.wake()
            for patches in self.patches.values():
                if not patches.synced:
                    patches.resync()

    def _end(self, ended: RunPatches) -> None:
        """Send the last word on a run; with the last run's the words on all, in one message."""
        if self.queue.asleep and self._budget.page_heard:
            return
        known = list(self.patches.values())
        if all(patches.over for patches in known):
            self.queue.send_now([patches.next_snapshot() for patches in known])
        else:
            self.queue.flush()
        self.queue.unless_acknowledged(self.queue.last_n, ended.resync)

"""A response that goes on at the server, whoever listens (the Responses API's background mode)."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from stream_widget.scripted.gate import Gate
from stream_widget.scripted.line import ClientGoneError, Patience
from stream_widget.scripted.pace import Pace
from stream_widget.scripted.steps import position_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.scripted.faults import Fault
    from stream_widget.scripted.scenario import Scenario
    from stream_widget.scripted.steps import Draft, Step

__all__ = ["BackgroundResponse"]

_log = logging.getLogger(__name__)

_BROKEN: Final = {"code": "server_error", "message": "The scripted server failed; see its log."}


class BackgroundResponse:
    """Makes its frames at the scenario's pace and gates; connections follow it.

    A frame's sequence number is its place among the steps.

    Args:
        told: The frames of the whole response, as its wire tells them.
        drafts: The same with what the faults make of them.
        steps: These as bytes.
        scenario: How fast they are made, and what goes wrong on connections.
        is_streamed: Whether connections may follow.
    """

    def __init__(
        self,
        told: Sequence[Draft],
        drafts: Sequence[Draft],
        steps: Sequence[Step],
        scenario: Scenario,
        *,
        is_streamed: bool,
    ) -> None:
        # What the pace asks for is waited for here, and once.
        self.steps = [replace(step, silence_s=0.0, wait_s=0.0) for step in steps]
        self._begun = _response_of(told[0])
        # Signs of life may come after it.
        self._final = _response_of([draft for draft in drafts if draft.phase == "end"][-1])
        self.response_id = str(self._begun["id"])
        self.is_streamed = is_streamed
        self.is_cancelled = False
        self.scenario = scenario
        self._paced = steps
        self._is_broken = False
        self._made = 0
        self._gates: dict[int, Gate] = {}
        self._patience = Patience()
        self._resumed = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more is made."""
        return self.is_cancelled or self._is_broken or self._made == len(self.steps)

    async def produce(self) -> None:
        """Make the frames, each when it is due; ends when all are made, or it is cancelled."""
        pace = Pace(self.scenario)
        gates = [(position_of(at, self._paced), gate) for at, gate in self.scenario.gates.items()]
        try:
            for index, step in enumerate(self._paced):
                for place, gate in gates:
                    if place == index:
                        await self._patience.hold(gate)
                wait_s = pace.wait_before(step)
                if wait_s > 0:
                    await self._patience.wait(wait_s)
                self._made = index + 1
                self._open_gates()
        except ClientGoneError:
            pass  # cancelled, or the server stops
        except Exception:  # noqa: BLE001 - as for a request: one must not take the server with it
            _log.exception("The response %s cannot be made", self.response_id)
            self._is_broken = True
            self.hang_up()
        finally:
            self._open_gates()

    def gate(self, index: int) -> Gate | None:
        """What a connection waits at before it sends a step; ``None``: it will never be made."""
        if index >= self._made and self._patience.is_gone:
            return None
        gate = self._gates.setdefault(index, Gate())
        self._open_gates()
        return gate

    def steps_after(self, sequence_number: int) -> list[Step]:
        """The frames that follow one, those not yet made included."""
        return self.steps[sequence_number + 1 :]

    def next_resume_faults(self) -> tuple[Fault, ...]:
        """What goes wrong on the next connection that resumes."""
        number, self._resumed = self._resumed, self._resumed + 1
        planned = self.scenario.resume_faults
        return planned[number] if number < len(planned) else ()

    def cancel(self) -> None:
        """Make nothing more."""
        self.is_cancelled = True
        self.hang_up()

    def hang_up(self) -> None:
        """Make nothing more, without having been cancelled: the server stops."""
        self._patience.hang_up()

    def body(self) -> dict[str, object]:
        """The response as it stands; its output is there when it is over."""
        if self.is_cancelled:
            return self._begun | {"status": "cancelled"}
        if self._is_broken:
            return self._begun | {"status": "failed", "error": _BROKEN}
        if self.is_over:
            return self._final
        return self._begun | {"status": "in_progress" if self._made else "queued"}

    def _open_gates(self) -> None:
        ready = [index for index in self._gates if index < self._made or self._patience.is_gone]
        for index in ready:
            self._gates.pop(index).open()


def _response_of(draft: Draft) -> dict[str, object]:
    if not isinstance(draft.body, dict):
        raise TypeError("A response told from a script begins and ends with a frame of it.")
    return cast("dict[str, object]", draft.body["response"])

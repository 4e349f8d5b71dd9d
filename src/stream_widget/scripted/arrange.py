"""Faults that a wire has words for: they become frames among the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stream_widget.scripted.faults import ErrorEvent, KeepAlive
from stream_widget.scripted.script import Failed
from stream_widget.scripted.steps import position_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.scripted.ask import Ask
    from stream_widget.scripted.faults import Fault
    from stream_widget.scripted.steps import Draft
    from stream_widget.scripted.wire_protocol import Wire

__all__ = ["arrange"]


def arrange(
    drafts: Sequence[Draft], faults: Sequence[Fault], *, wire: Wire, ask: Ask, number: int
) -> list[Draft]:
    """The frames with signs of life where there are to be any, up to an error event."""
    # Positions are found in the whole stream, so that one fault does not move another.
    signs: dict[int, list[Draft]] = {}
    end: tuple[int, ErrorEvent] | None = None
    for fault in faults:
        if isinstance(fault, KeepAlive):
            sign = replace(wire.keep_alive(), wait_s=fault.every_s)
            signs.setdefault(position_of(fault.at, drafts), []).extend([sign] * fault.signs)
        elif isinstance(fault, ErrorEvent):
            place = position_of(fault.at, drafts)
            end = (place, fault) if end is None or place < end[0] else end
    told = drafts if end is None else drafts[: end[0]]
    arranged: list[Draft] = []
    for place in range(len(told) + 1):
        arranged += signs.get(place, [])
        arranged += told[place : place + 1]
    if end is not None:
        failed = Failed(end[1].code, end[1].message)
        arranged += wire.failure(failed, ask, number=number)
    return arranged

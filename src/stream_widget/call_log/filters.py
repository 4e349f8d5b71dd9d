"""Which calls a reader of the log is asked for: one set of filters for all of them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, TypedDict

from stream_widget.call_log.period import microseconds, moment
from stream_widget.errors import InvalidRequestError
from stream_widget.run import RunState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Chosen", "Filters"]

_TEXTS: Final = ("tag", "name", "provider", "model", "state", "run_id")
_STATES: Final = [str(state) for state in RunState]
_IS_MODEL: Final = (
    "? in (calls.request_model, calls.response_model, calls.provider || ':' || calls.request_model)"
)


class Chosen(TypedDict, total=False):
    """The filters as keyword arguments; what is left out, or ``None``, lets all pass."""

    since: str | datetime | None
    """Started then or later: "30m", "24h", "7d", an aware datetime, or an ISO text."""
    until: str | datetime | None
    """Started before that; written as ``since``."""
    tag: str | None
    """Has this tag among its own."""
    name: str | None
    """Has this name."""
    provider: str | None
    """Asked this provider."""
    model: str | None
    """Asked for, or was answered by, this model; or asked this ``provider:model``."""
    state: str | None
    """Ended, or stands, in this state."""
    run_id: str | None
    """Is an attempt of this run."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which calls are meant; ``None`` is "all"."""

    since: str | datetime | None = None
    until: str | datetime | None = None
    tag: str | None = None
    name: str | None = None
    provider: str | None = None
    model: str | None = None
    state: str | None = None
    run_id: str | None = None

    @classmethod
    def of(cls, chosen: Chosen) -> Filters:
        """The filters of keyword arguments.

        Raises:
            TypeError: There is no such filter; the message offers the nearest.
            InvalidRequestError: ``since`` or ``until`` names no moment.
        """
        known = [field.name for field in fields(cls)]
        for name in chosen:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                offer = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
                raise TypeError(f"The log has no filter {name!r}. {offer}")
        made = cls(**chosen)
        made.where()
        return made

    def check(self) -> None:
        """Refuse what no call can pass, instead of finding none.

        Raises:
            InvalidRequestError: A filter is no text, or ``state`` no state of a call.
        """
        for name in _TEXTS:
            value: object = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise InvalidRequestError(
                    f"{name} is one text, or None for all, not {value!r:.80}. For several, filter "
                    "the frame of to_frame()."
                )
        if self.state is not None and self.state not in _STATES:
            near = difflib.get_close_matches(self.state, _STATES, n=1)
            offer = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(_STATES)}."
            raise InvalidRequestError(f"No call is in a state {self.state!r}. {offer}")

    @classmethod
    def for_pruning(cls, before: str | datetime | None, chosen: Chosen) -> Filters:
        """The filters of what is to be deleted.

        Raises:
            InvalidRequestError: There are none, which would delete everything, or two ends.
            TypeError: There is no such filter.
        """
        if before is not None and chosen.get("until") is not None:
            raise InvalidRequestError("before and until mean the same here: give one of them.")
        if before is not None:
            microseconds(moment(before, name="before"))
            chosen = {**chosen, "until": before}
        made = cls.of(chosen)
        if made == cls():
            raise InvalidRequestError(
                "Say what to delete: before='90d', or another filter. For everything: before='0s'."
            )
        return made

    def where(self, *, scanning: bool = False) -> tuple[str, list[str | int]]:
        """The condition in SQL, and the values it is bound to.

        Args:
            scanning: True is for who has an index with all columns, and is quicker to read it to
                its end than to look up each row of a period.

        Raises:
            InvalidRequestError: ``since`` or ``until`` names no moment, or as `check` says.
        """
        self.check()
        conditions: list[str] = []
        values: list[str | int] = []
        bounds: Mapping[str, tuple[str, str | datetime | None]] = {
            "since": (">=", self.since),
            "until": ("<", self.until),
        }
        for name, (comparison, at) in bounds.items():
            if at is not None:
                conditions.append(f"{'+' if scanning else ''}calls.started_at {comparison} ?")
                values.append(microseconds(moment(at, name=name)))
        # A plus changes nothing but how SQLite reads. Without it a column that must be equal to
        # something is left out of a summary's groups, which then no longer match the index, and are
        # sorted.
        for condition, value in (
            ("exists (select 1 from json_each(calls.tags) as tag where tag.value = ?)", self.tag),
            ("+calls.name = ?", self.name),
            ("+calls.provider = ?", self.provider),
            (_IS_MODEL, self.model),
            ("+calls.state = ?", self.state),
            ("calls.run_id = ?", self.run_id),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        return " and ".join(conditions) or "true", values

"""The scenarios a server can play, by model name, and which attempt comes next."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from stream_widget.errors import StreamWidgetError
from stream_widget.scripted.scenario import Scenario

__all__ = ["ANY_MODEL", "Plays", "Stage", "UnknownModelError"]

ANY_MODEL: Final = "*"
"""The name of a scenario that answers for every model with no scenario of its own."""

Plays: TypeAlias = Scenario | Sequence[Scenario]
"""One scenario for every request, or one for each attempt; the last one goes on."""


class UnknownModelError(StreamWidgetError):
    """There is no scenario for a model; ``known`` lists those there are."""

    def __init__(self, model: str, known: str) -> None:
        super().__init__(f"There is no model {model!r}; the scripted provider has {known}.")
        self.model = model
        self.known = known


@dataclass(slots=True)
class _Bill:
    attempts: tuple[Scenario, ...]
    played: int = 0


class Stage:
    """Scenarios by model name; scenarios may be added from any thread."""

    def __init__(self, scenarios: Mapping[str, Plays]) -> None:
        self._lock = threading.Lock()
        self._bills: dict[str, _Bill] = {}
        for name, plays in scenarios.items():
            self.put(name, plays)

    @property
    def names(self) -> list[str]:
        """The models that can be asked for."""
        with self._lock:
            return [name for name in self._bills if name != ANY_MODEL]

    def put(self, name: str, plays: Plays) -> None:
        """Add or replace a scenario; its attempts begin with the first.

        Raises:
            ValueError: There is nothing to play.
        """
        attempts = (plays,) if isinstance(plays, Scenario) else tuple(plays)
        if not attempts:
            raise ValueError(f"Nothing to play as {name!r}: give at least one scenario.")
        with self._lock:
            self._bills[name] = _Bill(attempts)

    def next_scenario(self, model: str) -> Scenario:
        """What the next request for a model gets; ``scripted:sky`` is ``sky``.

        Raises:
            UnknownModelError: There is no such model.
        """
        name = model.removeprefix("scripted:")
        with self._lock:
            bill = self._bills.get(name) or self._bills.get(ANY_MODEL)
            if bill is not None:
                place = min(bill.played, len(bill.attempts) - 1)
                bill.played += 1
                return bill.attempts[place]
        known = ", ".join(f"'{name}'" for name in self.names)
        raise UnknownModelError(model, known)

"""What the server remembers of one request, for whoever tests a client."""

from __future__ import annotations

import threading
from typing import Literal, TypeAlias

__all__ = ["Exchange", "Outcome"]

Outcome: TypeAlias = Literal["open", "finished", "cut", "closed_by_client", "server_stopped"]
"""How a request ended: ``finished`` is a whole HTTP answer, whatever it said."""


class Exchange:
    """One request as it was received, without any key, and how it ended."""

    def __init__(
        self, *, method: str, path: str, body: dict[str, object], header_names: frozenset[str]
    ) -> None:
        self.method = method
        self.path = path
        self.body = body
        self.header_names = header_names
        """In lower case; the values are not kept, since one of them is the key."""
        self._outcome: Outcome = "open"
        self._over = threading.Event()

    @property
    def model(self) -> object:
        """The model that was asked for."""
        return self.body.get("model")

    @property
    def outcome(self) -> Outcome:
        """How it ended; ``open`` while the answer is on its way."""
        return self._outcome

    def wait_until_over(self, timeout_s: float = 10.0) -> Outcome:
        """Block until the exchange has ended, and say how.

        Raises:
            TimeoutError: It has not ended in time.
        """
        if not self._over.wait(timeout_s):
            raise TimeoutError(f"{self.method} {self.path} is still open after {timeout_s:g} s.")
        return self._outcome

    def end(self, outcome: Outcome) -> None:
        """For the server: the exchange is over; only the first call counts."""
        if not self._over.is_set():
            self._outcome = outcome
            self._over.set()

"""Waiting for something to be so, and saying what was waited for when it never is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from stream_widget.clock import monotonic_s

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["wait_until"]

_T = TypeVar("_T")
_BETWEEN_LOOKS_S = 0.05


def wait_until(look: Callable[[], _T], what: str, *, timeout_s: float = 30.0) -> _T:
    """Look until it gives something true, and return that.

    Raises:
        TimeoutError: It did not in time; the message names ``what``.
    """
    until_s = monotonic_s() + timeout_s
    while not (found := look()):
        if monotonic_s() > until_s:
            raise TimeoutError(f"Not within {timeout_s:g} s: {what}.")
        time.sleep(_BETWEEN_LOOKS_S)
    return found

"""What a run tells its reader about its attempts, in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from stream_widget.errors import ProviderError, Refusable
    from stream_widget.request import Target

__all__ = [
    "asking_again",
    "asking_instead",
    "asking_without",
    "leaving_out",
    "taking_up",
]


def asking_again(target: Target, error: ProviderError, *, wait_s: float) -> str:
    """The same target gets another attempt."""
    return f"{target} failed ({_short(error)}); asking again in {wait_s:.1f} s."


def asking_instead(target: Target, error: ProviderError, following: Target) -> str:
    """The next target is asked."""
    return f"{target} failed ({_short(error)}); asking {following} instead."


def leaving_out(target: Target, error: ProviderError, refused: Refusable) -> str:
    """The same target gets an attempt without what it refused."""
    instead = "for the whole answer at once" if refused == "stream" else "without it"
    return (
        f"{target} refused {_spoken(refused)} ({_short(error)}); asking {instead}, also from now "
        "on until the kernel restarts."
    )


def asking_without(target: Target, refused: Collection[Refusable]) -> str:
    """The target refused something in an earlier run."""
    return f"{target} is asked without {_listed(refused)}: it refused that before."


def taking_up(target: Target, reason: str) -> str:
    """A dropped connection is taken up again."""
    return f"{target}: {reason}; taking it up where it stopped."


def _listed(refused: Collection[Refusable]) -> str:
    return " and ".join(sorted(map(_spoken, refused)))


def _spoken(refused: Refusable) -> str:
    return "streaming" if refused == "stream" else f"the parameter {refused!r}"


def _short(error: ProviderError) -> str:
    return f"HTTP {error.status}" if error.status is not None else error.kind.replace("_", " ")

"""Everything that can go wrong, as classes that own their sentence and keep the facts.

Two families: what the caller can mend before any request is made (`InvalidRequestError` and its
children, which are `ValueError`s), and what a provider or the network did (`ProviderError`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ErrorKind",
    "IllegalTransitionError",
    "InvalidRequestError",
    "MalformedStreamError",
    "MissingKeyError",
    "NotAnEventStreamError",
    "ProviderError",
    "Refusable",
    "SilenceError",
    "SourceFailedError",
    "StreamInterruptedError",
    "StreamWidgetError",
    "UnknownModelError",
]

ErrorKind: TypeAlias = Literal[
    "authentication",
    "permission",
    "not_found",
    "bad_request",
    "rate_limit",
    "quota",
    "overloaded",
    "server",
    "connection",
    "timeout",
    "interrupted",
    "malformed",
    "cancelled_by_provider",
]

Refusable: TypeAlias = Literal["stream", "summary", "effort", "verbosity", "temperature"]
"""What a provider may refuse of a request that is good without it."""


class StreamWidgetError(Exception):
    """The root of every error this package raises on purpose."""


class InvalidRequestError(StreamWidgetError, ValueError):
    """An argument cannot be sent; raised at the call, before any request."""


class UnknownModelError(InvalidRequestError):
    """A bare model name is in no catalog, so its provider is not known."""

    def __init__(self, model: str, *, nearest: Sequence[str]) -> None:
        offer = f" Did you mean {', '.join(map(repr, nearest))}?" if nearest else ""
        super().__init__(
            f"No model named {model!r} is known.{offer} "
            f"To send it anyway, name its provider: 'openai:{model}'."
        )
        self.model = model
        self.nearest = tuple(nearest)


class MissingKeyError(InvalidRequestError):
    """The provider needs a key and none was found."""

    def __init__(self, *, target: str, variable: str) -> None:
        super().__init__(
            f"{target!r} needs a key and none was found. Set the environment variable {variable} "
            f"before the kernel starts (or run %env {variable}=… in a cell you do not save), or "
            "pass api_key=…. To try without a key: model='scripted:sky'."
        )
        self.target = target
        self.variable = variable


class IllegalTransitionError(StreamWidgetError):
    """A run was asked to move to a state that cannot follow the one it is in."""

    def __init__(self, *, state: str, signal: str) -> None:
        super().__init__(f"A run that is {state} cannot take the signal {signal!r}.")
        self.state = state
        self.signal = signal


class ProviderError(StreamWidgetError):
    """A provider, or the way to it, failed; ``str()`` says what, at which target, and what to do.

    The message never holds a key, nor the request's headers.
    """

    kind: ErrorKind
    """What happened, in one of the words of ``ErrorKind``."""
    target: str
    """``provider:model`` as it was asked."""
    status: int | None
    """The HTTP status, where there was an HTTP answer."""
    code: str | None
    """The provider's own word for the error."""
    retry_after_s: float | None
    """Seconds the provider asked to wait; ``None`` where it did not say."""
    may_retry: bool | None
    """Whether the same request may do better later; ``None``: nobody said, the kind decides."""
    refused: Refusable | None
    """What was refused, where the same request without it may be answered."""

    def __init__(  # noqa: PLR0913 - the facts of a failure, each named
        self,
        message: str,
        *,
        kind: ErrorKind,
        target: str,
        status: int | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
        may_retry: bool | None = None,
        refused: Refusable | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.target = target
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.may_retry = may_retry
        self.refused = refused


class StreamInterruptedError(ProviderError):
    """The connection closed before the provider said the response was over."""

    def __init__(self, *, target: str, received_bytes: int | None = None) -> None:
        after = "" if received_bytes is None else f" after {received_bytes:,} bytes"
        super().__init__(
            f"{target} closed the stream{after}, before the response was over. "
            "What arrived is kept; run the cell again to ask again.",
            kind="interrupted",
            target=target,
        )
        self.received_bytes = received_bytes


class SilenceError(ProviderError):
    """The provider sent nothing, not even a keep-alive, for longer than it may."""

    def __init__(self, *, target: str, silent_s: float, answered: bool) -> None:
        limit = "silence" if answered else "first_delta"
        super().__init__(
            f"{target} sent nothing for {silent_s:.3g} s. What arrived is kept. If the model needs "
            f"longer, raise timeout=… (seconds, or {{{limit!r}: seconds}}) and run the cell again.",
            kind="timeout",
            target=target,
        )
        self.silent_s = silent_s


class SourceFailedError(ProviderError):
    """The code that makes the events raised something of its own."""

    def __init__(self, *, target: str, cause: Exception) -> None:
        super().__init__(
            f"The stream of {target} ended with {type(cause).__name__}: {cause}. "
            "What arrived is kept.",
            kind="interrupted",
            target=target,
        )
        self.cause = cause


class MalformedStreamError(ProviderError):
    """The stream holds something that is not JSON where JSON must be."""

    def __init__(self, *, target: str, excerpt: str, received_bytes: int) -> None:
        super().__init__(
            f"{target} sent a damaged frame after {received_bytes:,} bytes: {excerpt!r}. "
            "What arrived before it is kept; run the cell again to ask again.",
            kind="malformed",
            target=target,
        )
        self.excerpt = excerpt
        self.received_bytes = received_bytes


class NotAnEventStreamError(ProviderError):
    """The answer was a success by its status, but its body is not what was asked for."""

    def __init__(
        self,
        *,
        target: str,
        status: int,
        content_type: str,
        excerpt: str,
        wanted: str = "an event stream",
    ) -> None:
        super().__init__(
            f"{target} answered {status} with {content_type or 'no content type'} instead of "
            f"{wanted}: {excerpt!r}. A proxy or a login page may stand in between; check base_url.",
            kind="malformed",
            target=target,
            status=status,
        )
        self.content_type = content_type
        self.excerpt = excerpt

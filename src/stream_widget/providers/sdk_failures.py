"""What an SDK raises while somebody iterates its stream, as one of our errors.

Known by the names of its class and of those above it, which the SDKs of many providers share: they
are made by the same generator. Nothing here imports an SDK.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget.errors import ProviderError, SourceFailedError, StreamInterruptedError
from stream_widget.providers.failures import failure_in_stream, http_failure
from stream_widget.providers.sdk_requests import keys_in
from stream_widget.redaction import redact_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["finish_in", "request_of", "sdk_failure"]

_FIRST_ERROR_STATUS: Final = 400
_HTTP_LIBRARIES: Final = frozenset({"httpx", "httpx2", "httpcore", "httpcore2"})
_FINISHES: Final[Mapping[str, str]] = {
    "LengthFinishReasonError": "length",
    "ContentFilterFinishReasonError": "content_filter",
}
"""What openai's chat.completions.stream() raises for an answer that it cannot parse to its end."""


def sdk_failure(  # noqa: PLR0911 - one for each thing that can happen
    error: Exception,
    *,
    target: str,
    answered: bool,
    of_sdk: bool,
    key_variable: str | None = None,
) -> ProviderError:
    """The error for what came out of a stream instead of its next item.

    Args:
        error: What was raised.
        target: Whom the error names.
        answered: Whether anything had come before.
        of_sdk: Whether the stream is an SDK's own, and not the caller's around one.
        key_variable: The environment variable that holds the provider's key.
    """
    names, known = _names(error), cast("Any", error)
    if isinstance(error, ProviderError):
        return error
    if "APIStatusError" in names:
        return _status_failure(known, target=target, key_variable=key_variable)
    if names & {"APITimeoutError", "TimeoutException"}:
        return _timeout_failure(target)
    if "APIConnectionError" in names or _is_of_http(error):
        if answered:
            return StreamInterruptedError(target=target)
        return _connection_failure(known, target=target)
    if "APIError" in names:  # an error frame in a stream that had begun with a success
        detail = known.body or {"message": str(error)}
        return failure_in_stream(detail, target=target, keys=_keys(known))
    if of_sdk and isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return _damage(error, target)
    failure = SourceFailedError(target=target, cause=error)
    # A library's complaint about a header, say, quotes the header.
    failure.args = (redact_keys(str(failure)),)
    return failure


def finish_in(error: Exception) -> Mapping[str, object] | None:
    """The frame that says what a helper's exception says: the answer stopped, by no fault."""
    reason = next((_FINISHES[name] for name in _names(error) & set(_FINISHES)), None)
    if reason is None:
        return None
    return {"choices": [{"index": 0, "finish_reason": reason}]}


def request_of(error: Exception) -> object | None:
    """The HTTP request that an SDK's error is about; ``None`` where it has none."""
    try:
        return getattr(error, "request", None)
    except RuntimeError:  # an error of the HTTP library that was given none
        return None


def _status_failure(error: Any, *, target: str, key_variable: str | None) -> ProviderError:
    if error.status_code < _FIRST_ERROR_STATUS:  # anthropic, for an error frame
        return failure_in_stream(error.body, target=target, keys=_keys(error))
    return http_failure(
        target=target,
        status=error.status_code,
        headers=dict(error.response.headers),
        body=_body_text(error),
        key_place=key_variable,
        keys=_keys(error),
    )


def _body_text(error: Any) -> str:
    try:
        return error.response.text
    except RuntimeError:  # the body was not read: the library's ResponseNotRead is one
        body = error.body
        return body if isinstance(body, str) else json.dumps(body or {}, default=str)


def _timeout_failure(target: str) -> ProviderError:
    return ProviderError(
        f"{target} sent nothing for longer than the client's timeout allows. What arrived is "
        "kept; give the client a longer timeout if the model needs it.",
        kind="timeout",
        target=target,
    )


def _damage(error: Exception, target: str) -> ProviderError:
    return ProviderError(
        f"{target} sent a damaged frame ({error}). What arrived before it is kept; run the "
        "cell again to ask again.",
        kind="malformed",
        target=target,
    )


def _connection_failure(error: Any, *, target: str) -> ProviderError:
    cause = error.__cause__ or error
    why = redact_keys(str(cause), keys=_keys(error)) or type(cause).__name__
    return ProviderError(
        f"{target} could not be reached ({why}). Check that the server runs, the network is up "
        "and the client's base_url is right.",
        kind="connection",
        target=target,
    )


def _keys(error: Any) -> tuple[str, ...]:
    return keys_in(request_of(error))


def _names(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _is_of_http(error: Exception) -> bool:
    return any(
        kind.__module__.partition(".")[0] in _HTTP_LIBRARIES
        and kind.__name__ in {"TransportError", "RequestError", "NetworkError", "ProtocolError"}
        for kind in type(error).__mro__
    )

"""What OpenAI's two wires say when they refuse (as recorded in 2026-06)."""

from __future__ import annotations

import http
from typing import TYPE_CHECKING, Final

from stream_widget.scripted.ask import RefusedRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FAILED_STATUSES", "bearer_key", "error_body", "unsupported_words", "wrong_key"]

FAILED_STATUSES: Final[Mapping[str, int]] = {
    "server_is_overloaded": 503,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
}
"""The status of a failure that comes before any stream; any other is 500."""

_FIRST_SERVER_ERROR: Final = 500


def error_body(
    message: str, *, status: int, code: str | None = None, param: str | None = None
) -> dict[str, object]:
    """The body of an HTTP error."""
    kind = "server_error" if status >= _FIRST_SERVER_ERROR else "invalid_request_error"
    if status == http.HTTPStatus.TOO_MANY_REQUESTS:
        code = code or "rate_limit_exceeded"
        kind = "requests" if code == "rate_limit_exceeded" else code
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def bearer_key(headers: Mapping[str, str]) -> str:
    """The key in the header that both APIs read."""
    return headers.get("authorization", "").removeprefix("Bearer ").strip()


def wrong_key(*, is_missing: bool) -> RefusedRequestError:
    """The refusal of a request without the right key; it does not repeat the key."""
    return RefusedRequestError(
        "You didn't provide an API key. You need to provide your API key in an Authorization "
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
        if is_missing
        else "Incorrect API key provided.",
        status=http.HTTPStatus.UNAUTHORIZED,
        code="invalid_api_key",
    )


def unsupported_words(path: str, value: object, takes: Sequence[str]) -> str:
    """How a model refuses a parameter, or a value of it."""
    if not takes:
        return f"Unsupported parameter: '{path}' is not supported with this model."
    listed = " and ".join(f"'{each}'" for each in takes)
    return (
        f"Unsupported value: '{value}' is not supported with this model. "
        f"Supported values are: {listed}."
    )

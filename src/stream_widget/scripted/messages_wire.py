"""The Anthropic Messages wire: requests in, events and bodies out (as recorded in 2026)."""

from __future__ import annotations

import http
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.messages_request import read_ask
from stream_widget.scripted.messages_telling import MessageTelling
from stream_widget.scripted.pieces import seeded
from stream_widget.scripted.script import Failed, Script
from stream_widget.scripted.steps import Draft, Step
from stream_widget.wire import encode_frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.scripted.ask import Ask
    from stream_widget.scripted.faults import Parameter

__all__ = ["MessagesWire"]

_ERROR_KINDS: Final[Mapping[int, str]] = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""Of the statuses; any other is ``invalid_request_error``, or ``api_error`` from 500 on."""
_FAILURES: Final[Mapping[str, tuple[str, int]]] = {
    "server_error": ("api_error", 500),
    "server_is_overloaded": ("overloaded_error", 529),
    "rate_limit_exceeded": ("rate_limit_error", 429),
    "insufficient_quota": ("billing_error", 402),
}
"""What Anthropic calls each failure, and its status where it comes before any stream."""
_UNSUPPORTED: Final[Mapping[Parameter, str]] = {
    "summary": "thinking.display: Extra inputs are not permitted",
    "effort": "This model does not support the effort parameter.",
    "temperature": "`temperature` is deprecated for this model.",
}
_FIRST_SERVER_ERROR: Final = 500
_LONG_AGO: Final = "1970-01-01T00:00:00Z"
_LARGEST_PADDING: Final = 15


class MessagesWire:
    """Speaks the Messages API for the scripted server."""

    name: str = "messages"
    path: str = "/messages"
    """Below the base URL."""
    request_id_header: str = "request-id"
    parameters: Mapping[Parameter, str] = MappingProxyType(
        {
            "summary": "thinking.display",
            "effort": "output_config.effort",
            "temperature": "temperature",
        }
    )

    def read(self, body: dict[str, object]) -> Ask:
        """The request in neutral words.

        Raises:
            RefusedRequestError: It is no request this API takes.
        """
        return read_ask(body)

    def tell(self, script: Script, ask: Ask, *, number: int) -> list[Draft]:
        """The frames of one response; ``number`` makes its ids."""
        drafts = list(_telling(script, ask, number).drafts())
        if isinstance(script.finish, Failed):
            if drafts[-1].event == "content_block_stop":
                drafts.pop()  # what fails in its middle is never said to be done
            drafts += self.failure(script.finish, ask, number=number)
        return drafts

    def whole(self, script: Script, ask: Ask, *, number: int) -> dict[str, object]:
        """The response as one body.

        Raises:
            RefusedRequestError: The script ends with a failure.
        """
        if isinstance(script.finish, Failed):
            failed = script.finish
            kind, status = _FAILURES.get(failed.code, (failed.code, _FIRST_SERVER_ERROR))
            raise RefusedRequestError(failed.message, status=status, code=kind)
        return _telling(script, ask, number).whole()

    def failure(self, failed: Failed, ask: Ask, *, number: int) -> list[Draft]:  # noqa: ARG002 - here a failure says nothing of its request
        """The frame with which a stream fails: nothing comes after it."""
        kind, _ = _FAILURES.get(failed.code, (failed.code, 0))
        error = {"details": None, "type": kind, "message": failed.message}
        return [Draft({"type": "error", "error": error}, "end", event="error")]

    def keep_alive(self) -> Draft:
        """A sign of life."""
        return Draft({"type": "ping"}, event="ping")

    def encode(self, drafts: Sequence[Draft]) -> list[Step]:
        """The frames as bytes, with the spaces that hide how long their words are."""
        random = seeded("padding")
        return [
            draft.as_step(
                draft.body
                if isinstance(draft.body, bytes)
                else encode_frame(
                    draft.body, event=draft.event, padding=random.randint(0, _LARGEST_PADDING)
                )
            )
            for draft in drafts
        ]

    def given_key(self, headers: Mapping[str, str]) -> str:
        """The key that a request came with; a token of the user's own comes as a bearer."""
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        return headers.get("x-api-key", "").strip() or bearer

    def wrong_key(self, *, is_missing: bool) -> RefusedRequestError:
        """What a request without the right key is answered."""
        return RefusedRequestError(
            "x-api-key header is required" if is_missing else "invalid x-api-key",
            status=http.HTTPStatus.UNAUTHORIZED,
        )

    def unknown_model(self, model: str, known: str) -> RefusedRequestError:
        """What a request for a model that is not there is answered."""
        return RefusedRequestError(
            f"model: {model} (the scripted provider has {known})",
            status=http.HTTPStatus.NOT_FOUND,
        )

    def unsupported(self, parameter: Parameter, value: object, takes: Sequence[str]) -> str:
        """The words with which a model refuses a parameter, or this value of it."""
        if not takes:
            return _UNSUPPORTED[parameter]
        listed = ", ".join(f"'{each}'" for each in takes)
        return f"{self.parameters[parameter]}: '{value}' is not supported; it takes {listed}"

    def error(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        param: str | None = None,  # noqa: ARG002 - Anthropic names the field in the message
        request_id: str = "",
    ) -> dict[str, object]:
        """The body of an HTTP error; ``code`` is the error's type."""
        other = "api_error" if status >= _FIRST_SERVER_ERROR else "invalid_request_error"
        kind = code if code in {known for known, _ in _FAILURES.values()} else None
        body: dict[str, object] = {
            "type": "error",
            "error": {"type": kind or _ERROR_KINDS.get(status, other), "message": message},
        }
        return body | {"request_id": request_id} if request_id else body

    def is_named_in(self, headers: Mapping[str, str]) -> bool:
        """Whether there is the version that Anthropic's SDK sends with every request."""
        return "anthropic-version" in headers

    def models(self, names: Sequence[str]) -> dict[str, object]:
        """The list of models."""
        listed = [
            {"type": "model", "id": name, "display_name": name, "created_at": _LONG_AGO}
            for name in names
        ]
        return {"data": listed, "first_id": names[0], "last_id": names[-1], "has_more": False}


def _telling(script: Script, ask: Ask, number: int) -> MessageTelling:
    form = script.manner.messages_reasoning
    if form != "as_asked":
        effort = "high" if ask.reasoning_effort == "none" else ask.reasoning_effort
        ask = replace(ask, reasoning_effort=effort, shows_reasoning=form == "thinking")
    return MessageTelling(script, ask, is_redacted=form == "redacted", number=number)

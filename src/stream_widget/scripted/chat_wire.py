"""The Chat Completions wire: requests in, chunks and bodies out (as recorded in 2024 to 2026)."""

from __future__ import annotations

import http
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.chat_request import read_ask
from stream_widget.scripted.chat_telling import ChatTelling
from stream_widget.scripted.openai_errors import (
    FAILED_STATUSES,
    bearer_key,
    error_body,
    unsupported_words,
    wrong_key,
)
from stream_widget.scripted.openai_models import models_body
from stream_widget.scripted.script import Failed, Script
from stream_widget.scripted.steps import Draft, Step
from stream_widget.wire import encode_comment, encode_frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.scripted.ask import Ask
    from stream_widget.scripted.faults import Parameter
    from stream_widget.scripted.manner import ChatReasoning

__all__ = ["ChatWire"]

_GROQ_FORMATS: Final[Mapping[object, ChatReasoning]] = {
    "parsed": "reasoning",
    "raw": "think_tags",
    "hidden": "hidden",
}


class ChatWire:
    """Speaks the Chat Completions API for the scripted server."""

    name: str = "chat"
    path: str = "/chat/completions"
    """Below the base URL."""
    request_id_header: str = "x-request-id"
    parameters: Mapping[Parameter, str] = MappingProxyType(
        {"effort": "reasoning_effort", "verbosity": "verbosity", "temperature": "temperature"}
    )

    def read(self, body: dict[str, object]) -> Ask:
        """The request in neutral words.

        Raises:
            RefusedRequestError: It is no request this API takes.
        """
        return read_ask(body)

    def tell(self, script: Script, ask: Ask, *, number: int) -> list[Draft]:
        """The frames of one response; ``number`` makes its ids."""
        return list(_telling(script, ask, number).drafts())

    def whole(self, script: Script, ask: Ask, *, number: int) -> dict[str, object]:
        """The response as one body.

        Raises:
            RefusedRequestError: The script ends with a failure.
        """
        if isinstance(script.finish, Failed):
            failed = script.finish
            raise RefusedRequestError(
                failed.message, status=FAILED_STATUSES.get(failed.code, 500), code=failed.code
            )
        return _telling(script, ask, number).whole()

    def failure(self, failed: Failed, ask: Ask, *, number: int) -> list[Draft]:
        """The frames with which a stream fails."""
        return list(_telling(Script(finish=failed), ask, number).failure(failed))

    def keep_alive(self) -> Draft:
        """A sign of life; the API has none of its own, so it is a comment, as at DeepSeek."""
        return Draft(encode_comment("keep-alive"))

    def encode(self, drafts: Sequence[Draft]) -> list[Step]:
        """The frames as bytes."""
        return [
            draft.as_step(
                draft.body
                if isinstance(draft.body, bytes)
                else encode_frame(draft.body, event=draft.event)
            )
            for draft in drafts
        ]

    def given_key(self, headers: Mapping[str, str]) -> str:
        """The key that a request came with."""
        return bearer_key(headers)

    def wrong_key(self, *, is_missing: bool) -> RefusedRequestError:
        """What a request without the right key is answered."""
        return wrong_key(is_missing=is_missing)

    def unknown_model(self, model: str, known: str) -> RefusedRequestError:
        """A 404 here, a 400 over Responses (recorded 2024-11)."""
        return RefusedRequestError(
            f"The model `{model}` does not exist or you do not have access to it. "
            f"The scripted provider has {known}.",
            status=http.HTTPStatus.NOT_FOUND,
            code="model_not_found",
        )

    def unsupported(self, parameter: Parameter, value: object, takes: Sequence[str]) -> str:
        """The words with which a model refuses a parameter, or this value of it."""
        return unsupported_words(self.parameters[parameter], value, takes)

    def error(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        param: str | None = None,
        request_id: str = "",  # noqa: ARG002 - OpenAI says it in a header alone
    ) -> dict[str, object]:
        """The body of an HTTP error."""
        return error_body(message, status=status, code=code, param=param)

    def is_named_in(self, headers: Mapping[str, str]) -> bool:  # noqa: ARG002 - OpenAI's SDK sends none of its own
        """Never: its clients send nothing that others do not."""
        return False

    def models(self, names: Sequence[str]) -> dict[str, object]:
        """The list of models."""
        return models_body(names)


def _telling(script: Script, ask: Ask, number: int) -> ChatTelling:
    wish = _GROQ_FORMATS.get(ask.body.get("reasoning_format"))
    form = wish or script.manner.chat_reasoning
    if not ask.shows_reasoning or form == "hidden":
        ask = replace(ask, shows_reasoning=False)
    return ChatTelling(script, ask, form=form, number=number)

"""What can be asked of a background response: all of it, the rest of its stream, its end."""

from __future__ import annotations

import http
from typing import TYPE_CHECKING

from stream_widget.scripted.answer_handler import PlayingHandler
from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.content_types import EVENT_STREAM, JSON

if TYPE_CHECKING:
    from stream_widget.scripted.background import BackgroundResponse
    from stream_widget.scripted.exchange import Exchange

__all__ = ["CancelHandler", "RetrieveHandler"]


class _BackgroundHandler(PlayingHandler):
    """Finds the response that a path names, for whoever has the key."""

    def _find(self, response_id: str) -> BackgroundResponse:
        self._check_key()
        response = self._house.background.get(response_id)
        if response is None:
            raise RefusedRequestError(
                f"Response with id '{response_id}' not found.",
                status=http.HTTPStatus.NOT_FOUND,
            )
        return response

    def _query(self) -> dict[str, object]:
        return {name: self.get_query_argument(name) for name in self.request.query_arguments}


class RetrieveHandler(_BackgroundHandler):
    """Gives a background response, or its stream from a cursor on."""

    async def get(self, response_id: str) -> None:
        """Answer the request; its query is kept as the body of its exchange."""
        exchange, _ = self._open_exchange(self._query())
        try:
            response = self._find(response_id)
            if self.get_query_argument("stream", "false") == "true":
                await self._resume(response, exchange)
            else:
                self._answer(response.body(), content_type=JSON)
                exchange.end("finished")
        except RefusedRequestError as error:
            self._answer_error(error)
            exchange.end("finished")
        finally:
            exchange.end("server_stopped" if self._house.is_closing else "closed_by_client")

    async def _resume(self, response: BackgroundResponse, exchange: Exchange) -> None:
        if not response.is_streamed:
            raise RefusedRequestError(
                "This response cannot be streamed because it was not created with 'stream' true.",
                code="invalid_value",
                param="stream",
            )
        after = _cursor(self.get_query_argument("starting_after", None))
        faults = response.next_resume_faults()
        if await self._answered_by_fault(faults, exchange):
            return
        self.set_header("content-type", EVENT_STREAM)
        self.set_header("cache-control", "no-store")
        await self._play(
            response.steps_after(after),
            response.scenario.as_connection(faults),
            exchange,
            ready=lambda index: response.gate(after + 1 + index),
        )


class CancelHandler(_BackgroundHandler):
    """Cancels a background response."""

    def post(self, response_id: str) -> None:
        """Answer with the response; asking again does no harm."""
        exchange, _ = self._open_exchange({})
        try:
            response = self._find(response_id)
            if response.is_over and not response.is_cancelled:
                raise RefusedRequestError("Cannot cancel a completed response.")
            if not response.is_cancelled:
                self._house.cancelled.append(response_id)
                response.cancel()
            self._answer(response.body(), content_type=JSON)
        except RefusedRequestError as error:
            self._answer_error(error)
        exchange.end("finished")


def _cursor(text: str | None) -> int:
    if text is None:
        return -1
    if not text.isdecimal():
        raise RefusedRequestError(
            f"Invalid type for 'starting_after': expected an integer, but got {text!r} instead.",
            code="invalid_type",
            param="starting_after",
        )
    return int(text)

"""What all HTTP handlers share: answers in a wire's own shape; and the plain ones of them."""

from __future__ import annotations

import hmac
import http
import json
from typing import TYPE_CHECKING

from tornado.web import RequestHandler

from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.content_types import HTML, JSON, TEXT
from stream_widget.scripted.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.scripted.house import House
    from stream_widget.scripted.line import HttpLine
    from stream_widget.scripted.wire_protocol import Wire

__all__ = ["ModelsHandler", "NotFoundHandler", "WireHandler", "reason_of"]


class WireHandler(RequestHandler):
    """Answers in the words of one wire."""

    def initialize(self, house: House, wire: Wire) -> None:
        """Tornado calls this before each request."""
        self._house = house
        self._wire = wire
        self._line: HttpLine | None = None
        self._request_id = ""

    def on_connection_close(self) -> None:
        """Tornado calls this when the client has left before the end."""
        if self._line is not None:
            self._line.hang_up()

    def write_error(self, status_code: int, **_: object) -> None:
        """Answer what tornado refuses (a wrong method) or what failed here in the wire's shape."""
        self._answer(self._error(reason_of(status_code), status=status_code), content_type=JSON)

    def _open_exchange(self, body: dict[str, object]) -> tuple[Exchange, int]:
        """Note a request; its number makes the ids of its answer."""
        exchange = Exchange(
            method=str(self.request.method),
            path=self.request.path,
            body=body,
            header_names=frozenset(name.lower() for name in self.request.headers),
        )
        self._house.exchanges.append(exchange)
        self._house.received += 1
        self._request_id = f"req_{self._house.received:08x}"
        self.set_header(self._wire.request_id_header, self._request_id)
        return exchange, self._house.received

    def _answer(self, content: Mapping[str, object] | str, *, content_type: str | None) -> None:
        if isinstance(content, str):
            guess = HTML if content.startswith("<") else TEXT
        else:
            guess = JSON
            content = json.dumps(content)
        self.set_header("content-type", content_type or guess)
        self.finish(content)  # pyright: ignore[reportUnknownMemberType]  tornado: bare dict

    def _answer_error(self, error: RefusedRequestError) -> None:
        self.set_status(error.status, reason_of(error.status))
        body = self._error(str(error), status=error.status, code=error.code, param=error.param)
        self._answer(body, content_type=JSON)

    def _error(
        self, message: str, *, status: int, code: str | None = None, param: str | None = None
    ) -> dict[str, object]:
        return self._wire.error(
            message, status=status, code=code, param=param, request_id=self._request_id
        )

    def _recognise_wire(self) -> None:
        """Where the path is of no wire, speak the one of which the client says that it is its."""
        headers = self.request.headers
        own = (wire for wire in self._house.wires if wire.is_named_in(headers))
        self._wire = next(own, self._wire)

    def _check_key(self) -> None:
        required = self._house.require_key
        if required is None:
            return
        given = self._wire.given_key(self.request.headers)
        if not hmac.compare_digest(given.encode(), required.encode()):
            # The key is not repeated, not even in part: answers end up in notebooks.
            raise self._wire.wrong_key(is_missing=not given)


class NotFoundHandler(WireHandler):
    """Answers what no wire has a path for."""

    def prepare(self) -> None:
        """Answer before any method is looked for."""
        method, path = self.request.method, self.request.path
        paths = ", ".join(f"POST /v1{wire.path}" for wire in self._house.wires)
        self._recognise_wire()
        self._answer_error(
            RefusedRequestError(
                f"Invalid URL ({method} {path}). The scripted provider answers "
                f"{paths} and GET /v1/models.",
                status=http.HTTPStatus.NOT_FOUND,
            )
        )


class ModelsHandler(WireHandler):
    """Lists the scenarios as models."""

    def get(self) -> None:
        """The list, in the shape of the client's wire."""
        self._recognise_wire()
        self._answer(self._wire.models(self._house.stage.names), content_type=JSON)


def reason_of(status: int) -> str:
    """The usual words of a status, or plain ones for a status such as Anthropic's 529."""
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Overloaded" if status == 529 else "Unknown"  # noqa: PLR2004

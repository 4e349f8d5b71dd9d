"""One HTTP request: read, refused or played."""

from __future__ import annotations

import hmac
import http
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, cast

from tornado.web import RequestHandler

from stream_widget.scripted.ask import Ask, RefusedRequestError
from stream_widget.scripted.exchange import Exchange
from stream_widget.scripted.faults import HttpError, NotAnEventStream
from stream_widget.scripted.line import ClientGoneError, HttpLine
from stream_widget.scripted.player import play
from stream_widget.scripted.recording import recorded_steps
from stream_widget.scripted.script import Recording, Script
from stream_widget.scripted.steps import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.scripted.scenario import Scenario
    from stream_widget.scripted.stage import Stage

__all__ = ["AnswerHandler", "House", "ModelsHandler", "NotFoundHandler", "Wire"]

_EVENT_STREAM: Final = "text/event-stream; charset=utf-8"
_JSON: Final = "application/json"
_HTML: Final = "text/html; charset=utf-8"
_TEXT: Final = "text/plain; charset=utf-8"
_REMEMBERED_EXCHANGES: Final = 1000


class Wire(Protocol):
    """One wire API: requests in, frames, bodies and errors out."""

    path: str
    """Below the base URL."""

    def read(self, body: dict[str, object]) -> Ask:
        """The request in neutral words; raises `RefusedRequestError`."""
        ...

    def stream(self, script: Script, ask: Ask, *, number: int) -> list[Step]:
        """The frames of one response; ``number`` makes its ids."""
        ...

    def whole(self, script: Script, ask: Ask, *, number: int) -> dict[str, object]:
        """The response as one body."""
        ...

    def error(
        self, message: str, *, status: int, code: str | None = None, param: str | None = None
    ) -> dict[str, object]:
        """The body of an HTTP error."""
        ...


@dataclass(slots=True)
class House:
    """What the handlers of one server share."""

    stage: Stage
    require_key: str | None
    exchanges: deque[Exchange] = field(
        default_factory=lambda: deque[Exchange](maxlen=_REMEMBERED_EXCHANGES)
    )
    received: int = 0
    """Requests for answers so far."""
    lines: set[HttpLine] = field(default_factory=set[HttpLine])
    is_closing: bool = False


class _Handler(RequestHandler):
    """Answers errors in a wire's own shape."""

    def initialize(self, house: House, wire: Wire) -> None:
        self._house = house
        self._wire = wire
        self._line: HttpLine | None = None

    def on_connection_close(self) -> None:
        """Tornado calls this when the client has left before the end."""
        if self._line is not None:
            self._line.hang_up()

    def write_error(self, status_code: int, **_: object) -> None:
        """Answer what tornado refuses (a wrong method) or what failed here in the wire's shape."""
        self._answer(self._wire.error(_reason(status_code), status=status_code), content_type=_JSON)

    def _answer(self, content: Mapping[str, object] | str, *, content_type: str | None) -> None:
        if isinstance(content, str):
            guess = _HTML if content.startswith("<") else _TEXT
        else:
            guess = _JSON
            content = json.dumps(content)
        self.set_header("content-type", content_type or guess)
        self.finish(content)  # pyright: ignore[reportUnknownMemberType]  tornado: bare dict

    def _answer_error(self, error: RefusedRequestError) -> None:
        self.set_status(error.status, _reason(error.status))
        body = self._wire.error(str(error), status=error.status, code=error.code, param=error.param)
        self._answer(body, content_type=_JSON)


class NotFoundHandler(_Handler):
    """Answers what no wire has a path for."""

    def prepare(self) -> None:
        """Answer before any method is looked for."""
        method, path = self.request.method, self.request.path
        self._answer_error(
            RefusedRequestError(
                f"Invalid URL ({method} {path}). The scripted provider answers "
                f"POST /v1{self._wire.path} and GET /v1/models.",
                status=http.HTTPStatus.NOT_FOUND,
            )
        )


class ModelsHandler(_Handler):
    """Lists the scenarios as models."""

    def get(self) -> None:
        """The list, in OpenAI's shape."""
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "scripted"}
            for name in self._house.stage.names
        ]
        self._answer({"object": "list", "data": models}, content_type=_JSON)


class AnswerHandler(_Handler):
    """Plays a scenario to one request."""

    async def post(self) -> None:
        """Answer the request, and keep how that went."""
        exchange = Exchange(
            method="POST",
            path=self.request.path,
            body=_body_or_empty(self.request.body),
            header_names=frozenset(name.lower() for name in self.request.headers),
        )
        self._house.exchanges.append(exchange)
        self._house.received += 1
        number = self._house.received
        self.set_header("x-request-id", f"req_{number:08x}")
        try:
            self._check_key()
            ask = self._wire.read(_body(self.request.body))
            scenario = self._house.stage.next_scenario(ask.model).with_overrides(ask.overrides)
            await self._perform(scenario, ask, exchange, number)
        except RefusedRequestError as error:
            self._answer_error(error)
            exchange.end("finished")
        finally:
            exchange.end("server_stopped" if self._house.is_closing else "closed_by_client")

    async def _perform(self, scenario: Scenario, ask: Ask, exchange: Exchange, number: int) -> None:
        for fault in scenario.faults:
            if isinstance(fault, HttpError):
                self._answer_fault(fault)
                exchange.end("finished")
                return
            if isinstance(fault, NotAnEventStream):
                self._answer(fault.body, content_type=fault.content_type)
                exchange.end("finished")
                return
        steps = self._steps(scenario, ask, number)
        self.set_header("content-type", _EVENT_STREAM if ask.stream else _JSON)
        self.set_header("cache-control", "no-store")
        self._line = HttpLine(self)
        self._house.lines.add(self._line)
        try:
            await self._line.send(b"")  # headers at once: the client knows that we answer
            is_whole = await play(self._line, steps, scenario)
            if is_whole:
                await self.finish()  # pyright: ignore[reportUnknownMemberType]  tornado: bare dict
            exchange.end("finished" if is_whole else "cut")
        except ClientGoneError:
            pass  # the exchange says so
        finally:
            self._house.lines.discard(self._line)

    def _answer_fault(self, fault: HttpError) -> None:
        self.set_status(fault.status, _reason(fault.status))
        for name, value in fault.headers.items():
            self.set_header(name, value)
        body = fault.body
        if body is None:
            body = self._wire.error(_reason(fault.status), status=fault.status)
        self._answer(body, content_type=fault.content_type)

    def _steps(self, scenario: Scenario, ask: Ask, number: int) -> list[Step]:
        if isinstance(scenario.play, Recording):
            if not ask.stream:
                raise RefusedRequestError(
                    f"'{ask.model}' is a recorded stream; ask for it with 'stream': true.",
                    code="unsupported_value",
                    param="stream",
                )
            return recorded_steps(scenario.play)
        if ask.stream:
            return self._wire.stream(scenario.play, ask, number=number)
        whole = self._wire.whole(scenario.play, ask, number=number)
        return [Step(json.dumps(whole).encode(), "answer")]

    def _check_key(self) -> None:
        required = self._house.require_key
        if required is None:
            return
        given = self.request.headers.get("authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), required.encode()):
            return
        # The key is not repeated, not even in part: answers end up in notebooks.
        raise RefusedRequestError(
            "Incorrect API key provided." if given else "You didn't provide an API key.",
            status=http.HTTPStatus.UNAUTHORIZED,
            code="invalid_api_key",
        )


def _body(raw: bytes) -> dict[str, object]:
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise RefusedRequestError(
            "We could not parse the JSON body of your request. It must be a JSON object."
        )
    return cast("dict[str, object]", value)


def _body_or_empty(raw: bytes) -> dict[str, object]:
    try:
        return _body(raw)
    except RefusedRequestError:
        return {}


def _reason(status: int) -> str:
    """The usual words of a status, or plain ones for a status such as Anthropic's 529."""
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Overloaded" if status == 529 else "Unknown"  # noqa: PLR2004

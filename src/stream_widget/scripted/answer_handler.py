"""One request for an answer: read, refused or played."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, cast

from stream_widget.scripted.arrange import arrange
from stream_widget.scripted.ask import Ask, RefusedRequestError
from stream_widget.scripted.background import BackgroundResponse
from stream_widget.scripted.content_types import EVENT_STREAM, JSON
from stream_widget.scripted.faults import (
    ErrorEvent,
    Fault,
    HangUp,
    HttpError,
    NotAnEventStream,
    UnsupportedParameter,
    UnverifiedOrganization,
)
from stream_widget.scripted.handler import WireHandler, reason_of
from stream_widget.scripted.line import ClientGoneError, HttpLine
from stream_widget.scripted.player import play
from stream_widget.scripted.recording import RecordedAnswer, read_recording
from stream_widget.scripted.script import Failed, Recording, Script
from stream_widget.scripted.stage import UnknownModelError
from stream_widget.scripted.steps import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stream_widget.scripted.exchange import Exchange
    from stream_widget.scripted.gate import Gate
    from stream_widget.scripted.scenario import Scenario
    from stream_widget.scripted.steps import Step

__all__ = ["AnswerHandler", "PlayingHandler"]

_UNVERIFIED: Final = (
    "Your organization must be verified to {}. Please go to: "
    "https://platform.openai.com/settings/organization/general and click on Verify Organization. "
    "If you just verified, it can take up to 15 minutes for access to propagate."
)
"""In the words of OpenAI, on every wire: gateways pass them on."""


class PlayingHandler(WireHandler):
    """Plays steps to the client of one request."""

    async def _play(
        self,
        steps: Sequence[Step],
        scenario: Scenario,
        exchange: Exchange,
        *,
        ready: Callable[[int], Gate | None] | None = None,
    ) -> None:
        """Send the steps, and keep how that went; the headers must be set."""
        self._line = HttpLine(self)
        self._house.lines.add(self._line)
        try:
            await self._line.send(b"")  # headers at once: the client knows that we answer
            is_whole = await play(self._line, steps, scenario, ready=ready)
            if is_whole:
                await self.finish()  # pyright: ignore[reportUnknownMemberType]  tornado: bare dict
            exchange.end("finished" if is_whole else "cut")
        except ClientGoneError:
            pass  # the exchange says so
        finally:
            self._house.lines.discard(self._line)

    async def _answered_by_fault(
        self, faults: Sequence[Fault], exchange: Exchange, *, ask: Ask | None = None
    ) -> bool:
        """Whether one of the faults stood in the place of an answer; it has been played then.

        Raises:
            RefusedRequestError: The request has what a fault refuses.
        """
        for fault in faults:
            match fault:
                case HttpError():
                    self._answer_http_error(fault)
                case NotAnEventStream():
                    self._answer(fault.body, content_type=fault.content_type)
                case HangUp(resets=resets):
                    HttpLine(self).close(resets=resets)
                    exchange.end("cut")
                    return True
                case UnverifiedOrganization(refuses=what) if ask is not None:
                    self._refuse_unverified(what, ask)
                    continue
                case UnsupportedParameter() if ask is not None:
                    self._refuse_parameter(fault, ask)
                    continue
                case _:
                    continue
            exchange.end("finished")
            return True
        return False

    def _answer_http_error(self, fault: HttpError) -> None:
        self.set_status(fault.status, reason_of(fault.status))
        for name, value in fault.headers.items():
            self.set_header(name, value)
        body = fault.body
        if body is None:
            body = self._error(reason_of(fault.status), status=fault.status)
        self._answer(body, content_type=fault.content_type)

    def _refuse_unverified(self, what: Literal["stream", "summary"], ask: Ask) -> None:
        path = "stream" if what == "stream" else self._wire.parameters.get("summary")
        if path is not None and _value_at(ask.body, path):
            wish = "stream this model" if what == "stream" else "generate reasoning summaries"
            raise RefusedRequestError(
                _UNVERIFIED.format(wish), code="unsupported_value", param=path
            )

    def _refuse_parameter(self, fault: UnsupportedParameter, ask: Ask) -> None:
        path = self._wire.parameters.get(fault.name)
        value = None if path is None else _value_at(ask.body, path)
        if path is not None and value is not None and str(value) not in fault.takes:
            raise RefusedRequestError(
                self._wire.unsupported(fault.name, value, fault.takes),
                code="unsupported_value" if fault.takes else "unsupported_parameter",
                param=path,
            )


class AnswerHandler(PlayingHandler):
    """Plays a scenario to one request."""

    async def post(self) -> None:
        """Answer the request, and keep how that went."""
        exchange, number = self._open_exchange(_body_or_empty(self.request.body))
        try:
            self._check_key()
            ask = self._wire.read(_body(self.request.body))
            scenario = self._house.stage.next_scenario(ask.model).with_overrides(ask.overrides)
            if not await self._answered_by_fault(scenario.faults, exchange, ask=ask):
                await self._perform(scenario, ask, exchange, number)
        except UnknownModelError as error:
            self._answer_error(self._wire.unknown_model(error.model, error.known))
            exchange.end("finished")
        except RefusedRequestError as error:
            self._answer_error(error)
            exchange.end("finished")
        finally:
            exchange.end("server_stopped" if self._house.is_closing else "closed_by_client")

    async def _perform(self, scenario: Scenario, ask: Ask, exchange: Exchange, number: int) -> None:
        """Play the answer."""
        self.set_header("content-type", EVENT_STREAM if ask.stream else JSON)
        self.set_header("cache-control", "no-store")
        if ask.background and isinstance(scenario.play, Script):
            response = self._begin_background(scenario, scenario.play, ask, number)
            if not ask.stream:
                self._answer(response.body(), content_type=JSON)
                exchange.end("finished")
                return
            await self._play(
                response.steps, scenario.as_connection(), exchange, ready=response.gate
            )
            return
        if isinstance(scenario.play, Recording):
            drafts = self._recorded(scenario.play, ask)
        elif ask.stream:
            drafts = self._wire.tell(scenario.play, ask, number=number)
        else:
            script = _with_failure(scenario.play, scenario.faults)
            whole = self._wire.whole(script, ask, number=number)
            drafts = [Draft(json.dumps(whole).encode(), "answer")]
        if ask.stream:
            drafts = arrange(drafts, scenario.faults, wire=self._wire, ask=ask, number=number)
        await self._play(self._wire.encode(drafts), scenario, exchange)

    def _begin_background(
        self, scenario: Scenario, script: Script, ask: Ask, number: int
    ) -> BackgroundResponse:
        """Begin a response that goes on by itself; the server's tasks wait for it."""
        told = self._wire.tell(script, ask, number=number)
        drafts = arrange(told, scenario.faults, wire=self._wire, ask=ask, number=number)
        steps = self._wire.encode(drafts)
        response = BackgroundResponse(told, drafts, steps, scenario, is_streamed=ask.stream)
        self._house.keep(response)
        if self._house.tasks is not None:
            self._house.tasks.create_task(response.produce(), name=response.response_id)
        return response

    def _recorded(self, recording: Recording, ask: Ask) -> list[Draft]:
        answer = read_recording(recording)
        self._check_recording(answer, ask)
        self.set_status(answer.status, reason_of(answer.status))
        for name, value in answer.headers.items():
            self.set_header(name, value)
        return answer.drafts()

    def _check_recording(self, answer: RecordedAnswer, ask: Ask) -> None:
        """Refuse what the client could not read, rather than puzzle it."""
        if answer.is_error:
            return
        if answer.wire not in {None, self._wire.name}:
            [path] = [wire.path for wire in self._house.wires if wire.name == answer.wire]
            raise RefusedRequestError(
                f"'{ask.model}' is a recording of the {answer.wire} wire; ask POST /v1{path}.",
                code="unsupported_value",
                param="model",
            )
        if answer.is_event_stream != ask.stream:
            kind, value = ("stream", "true") if answer.is_event_stream else ("body", "false")
            raise RefusedRequestError(
                f"'{ask.model}' is a recorded {kind}; ask for it with 'stream': {value}.",
                code="unsupported_value",
                param="stream",
            )


def _with_failure(script: Script, faults: Sequence[Fault]) -> Script:
    """The script, failing where a fault would end its stream."""
    errors = [fault for fault in faults if isinstance(fault, ErrorEvent)]
    return replace(script, finish=Failed(errors[0].code, errors[0].message)) if errors else script


def _value_at(body: dict[str, object], path: str) -> object:
    value = cast("object", body)
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, object]", value).get(name)
    return value


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

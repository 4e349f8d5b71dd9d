"""Pace and faults which a request asks for itself, and faults in the words of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast, get_args

from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.faults import (
    Cut,
    ErrorEvent,
    Fault,
    HangUp,
    HttpError,
    KeepAlive,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Parameter,
    Position,
    PositionWord,
    Stall,
    UnsupportedParameter,
    UnverifiedOrganization,
)
from stream_widget.scripted.fields import Fields
from stream_widget.scripted.scenario import Overrides

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["parse_fault", "read_overrides"]

_FAULT_WORDS: Final = (
    "cut:BYTES, stall[:SECONDS[:BYTES]], malformed[:FRAME], no-end, html, "
    "http:STATUS[:HEADER=VALUE…], error[:CODE], keep-alive:SECONDS[:EVERY], hang-up, "
    "unverified, unsupported:PARAMETER (for example cut:2000, stall:12, malformed:5, "
    "http:429:retry-after=2, unsupported:temperature)"
)
_LEAST_RATE_PER_S: Final = 0.01
_POSITIONS: Final[tuple[PositionWord, ...]] = get_args(PositionWord)
_PARAMETERS: Final[tuple[Parameter, ...]] = get_args(Parameter)


def parse_fault(text: str) -> Fault:
    """A fault in the words of the command line: ``cut:2000``, ``http:429:retry-after=2``.

    Raises:
        ValueError: It is none of the faults, and which there are.
    """
    kind, *options = text.split(":")
    try:
        return _PARSERS[kind](*options)
    except (KeyError, TypeError, ValueError):  # no such fault; too many options; a wrong one
        raise ValueError(f"{text!r} is no fault. The faults are: {_FAULT_WORDS}.") from None


def read_overrides(value: object) -> Overrides:
    """The field ``scripted`` of a request.

    Raises:
        RefusedRequestError: It holds something that cannot be played.
    """
    if value is None:
        return Overrides()
    fields = Fields(value, where="scripted")
    fields.allow_only(("tokens_per_s", "start_delay_s", "fault"))
    return Overrides(
        tokens_per_s=fields.number("tokens_per_s", at_least=_LEAST_RATE_PER_S),
        start_delay_s=fields.number("start_delay_s", at_least=0),
        fault=_read_fault(fields),
    )


def _read_fault(fields: Fields) -> Fault | None:
    value = fields.raw("fault")
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return parse_fault(value)
        except ValueError as error:
            raise RefusedRequestError(
                str(error), code="invalid_value", param=fields.name_of("fault")
            ) from None
    fault = fields.inner("fault")
    kind = fault.choice("type", _READERS)
    if kind is None:
        raise RefusedRequestError(
            f"Missing required parameter: 'scripted.fault.type'. One of: {', '.join(_READERS)}.",
            code="missing_required_parameter",
            param="scripted.fault.type",
        )
    return _READERS[kind](fault)


def _read_http(fault: Fields) -> HttpError:
    fault.allow_only(("type", "status", "headers", "body"))
    status = fault.whole_number("status", at_least=400)
    headers = fault.inner("headers").items()
    try:
        return HttpError(
            500 if status is None else status,
            {name: str(value) for name, value in headers},
            _read_body(fault),
        )
    except ValueError as error:
        raise RefusedRequestError(
            str(error), code="invalid_value", param=fault.name_of("type")
        ) from None


def _read_cut(fault: Fields) -> Cut:
    fault.allow_only(("type", "after_bytes", "at", "resets"))
    return Cut(
        after_bytes=fault.whole_number("after_bytes", at_least=0),
        at=_read_position(fault, default="answer"),
        resets=fault.flag("resets", default=False),
    )


def _read_stall(fault: Fields) -> Stall:
    fault.allow_only(("type", "seconds", "after_bytes", "at"))
    return Stall(
        seconds=fault.number("seconds", at_least=0),
        after_bytes=fault.whole_number("after_bytes", at_least=0),
        at=_read_position(fault, default="answer"),
    )


def _read_malformed(fault: Fields) -> Malformed:
    fault.allow_only(("type", "at"))
    return Malformed(at=_read_position(fault, default="answer"))


def _read_no_end(fault: Fields) -> NoEnd:
    fault.allow_only(("type", "at"))
    return NoEnd(at=_read_position(fault, default="end"))


def _read_html(fault: Fields) -> NotAnEventStream:
    fault.allow_only(("type", "body"))
    body = _read_body(fault)
    return NotAnEventStream() if body is None else NotAnEventStream(body)


def _read_error(fault: Fields) -> ErrorEvent:
    fault.allow_only(("type", "code", "message", "at"))
    usual = ErrorEvent()
    return ErrorEvent(
        fault.text("code") or usual.code,
        fault.text("message") or usual.message,
        at=_read_position(fault, default=usual.at),
    )


def _read_keep_alive(fault: Fields) -> KeepAlive:
    fault.allow_only(("type", "seconds", "every_s", "at"))
    try:
        return KeepAlive(
            fault.number("seconds", at_least=0) or 0,
            fault.number("every_s", at_least=0) or 1.0,
            at=_read_position(fault, default="start"),
        )
    except ValueError as error:
        raise RefusedRequestError(
            str(error), code="invalid_value", param=fault.name_of("seconds")
        ) from None


def _read_hang_up(fault: Fields) -> HangUp:
    fault.allow_only(("type", "resets"))
    return HangUp(resets=fault.flag("resets", default=True))


def _read_unverified(fault: Fields) -> UnverifiedOrganization:
    fault.allow_only(("type", "refuses"))
    refuses = fault.choice("refuses", ("stream", "summary"))
    return UnverifiedOrganization("summary" if refuses == "summary" else "stream")


def _read_unsupported(fault: Fields) -> UnsupportedParameter:
    fault.allow_only(("type", "name"))
    fault.required_text("name")
    return UnsupportedParameter(cast("Parameter", fault.choice("name", _PARAMETERS)))


_READERS: Final[Mapping[str, Callable[[Fields], Fault]]] = {
    "http": _read_http,
    "cut": _read_cut,
    "stall": _read_stall,
    "malformed": _read_malformed,
    "no-end": _read_no_end,
    "html": _read_html,
    "error": _read_error,
    "keep-alive": _read_keep_alive,
    "hang-up": _read_hang_up,
    "unverified": _read_unverified,
    "unsupported": _read_unsupported,
}


def _parse_cut(after_bytes: str) -> Cut:
    return Cut(after_bytes=_count(after_bytes))


def _parse_stall(seconds: str = "", after_bytes: str = "") -> Stall:
    return Stall(
        seconds=_seconds(seconds) if seconds else None,
        after_bytes=_count(after_bytes) if after_bytes else None,
    )


def _parse_malformed(frame: str = "") -> Malformed:
    return Malformed(at=_count(frame)) if frame else Malformed()


def _parse_no_end() -> NoEnd:
    return NoEnd()


def _parse_html() -> NotAnEventStream:
    return NotAnEventStream()


def _parse_http(status: str, *headers: str) -> HttpError:
    return HttpError(_count(status), dict(header.split("=", 1) for header in headers))


def _parse_error(code: str = "") -> ErrorEvent:
    return ErrorEvent(code) if code else ErrorEvent()


def _parse_keep_alive(seconds: str, every_s: str = "1") -> KeepAlive:
    return KeepAlive(_seconds(seconds), _seconds(every_s))


def _parse_hang_up() -> HangUp:
    return HangUp()


def _parse_unverified() -> UnverifiedOrganization:
    return UnverifiedOrganization()


def _parse_unsupported(name: str) -> UnsupportedParameter:
    if name not in _PARAMETERS:
        raise ValueError(name)
    return UnsupportedParameter(name)


_PARSERS: Final[Mapping[str, Callable[..., Fault]]] = {
    "cut": _parse_cut,
    "stall": _parse_stall,
    "malformed": _parse_malformed,
    "no-end": _parse_no_end,
    "html": _parse_html,
    "http": _parse_http,
    "error": _parse_error,
    "keep-alive": _parse_keep_alive,
    "hang-up": _parse_hang_up,
    "unverified": _parse_unverified,
    "unsupported": _parse_unsupported,
}


def _read_body(fault: Fields) -> Mapping[str, object] | str | None:
    body = fault.raw("body")
    if isinstance(body, dict):
        return cast("dict[str, object]", body)
    return fault.text("body")


def _read_position(fault: Fields, *, default: Position) -> Position:
    value = fault.raw("at")
    if value is None:
        return default
    if isinstance(value, str):
        return cast("Position", fault.choice("at", _POSITIONS))
    number = fault.whole_number("at", at_least=0)
    return default if number is None else number


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise ValueError(text)
    return seconds

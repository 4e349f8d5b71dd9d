"""Defaults: for the machine by environment variables, for this kernel by `configure`."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final, cast

from stream_widget.errors import InvalidRequestError
from stream_widget.request import Request, Timeouts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Settings"]

_PREFIX: Final = "STREAM_WIDGET_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What `stream` takes where its caller says nothing; ``None`` leaves it to the catalog."""

    model: str | None = None
    fallback: tuple[str, ...] | None = None
    effort: str | None = None
    summary: str | None = None
    verbosity: str | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    timeout: float | None = None
    """Seconds of silence."""
    tags: tuple[str, ...] = ()
    log: str | None = None
    """The log's file, or ``":memory:"``."""
    log_content: bool = True
    """False keeps numbers only: no prompt and no answer is written."""
    redact: Callable[[str], str] | None = None
    """Applied to every text before it is written to the log; no variable can name one."""
    otel_content: bool | None = None
    """True puts prompts and answers into OpenTelemetry spans, False never does; ``None`` leaves it
    to ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT``."""
    scripted_speed: float = 1.0
    """How much faster than one can read along the scripted provider plays."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The machine's defaults: ``STREAM_WIDGET_MODEL``, ``STREAM_WIDGET_EFFORT`` and so on.

        Raises:
            InvalidRequestError: A variable holds what its setting cannot be.
        """
        found: dict[str, object] = {}
        for each in fields(cls):
            text = environ.get(_PREFIX + each.name.upper(), "").strip()
            if text and each.name != "redact":
                found[each.name] = _parse(each.name, text)
        return replace(cls(), **found)

    def with_changes(self, **changes: object) -> Settings:
        """These settings with some replaced; what is ``None`` stays as it is."""
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, **given).checked()

    def checked(self) -> Settings:
        """Self, once a request made of it has passed its own checks."""
        for name in ("log_content", "otel_content"):
            # "no" would be true, and content be written against the user's will.
            value: object = getattr(self, name)
            if not isinstance(value, bool | None):
                raise InvalidRequestError(f"{name} must be True or False, not {value!r}.")
        if self.redact is not None and not callable(cast("object", self.redact)):
            raise InvalidRequestError(
                f"redact must be a function from str to str, not {self.redact!r}."
            )
        speed = cast("object", self.scripted_speed)
        if not isinstance(speed, int | float) or not 0 < speed < math.inf:
            raise InvalidRequestError(f"scripted_speed must be a number above 0, not {speed!r}.")
        Request(
            "check",
            effort=self.effort,  # pyright: ignore[reportArgumentType] - what is checked
            summary=self.summary,  # pyright: ignore[reportArgumentType] - what is checked
            verbosity=self.verbosity,  # pyright: ignore[reportArgumentType] - what is checked
            max_output_tokens=self.max_output_tokens,
            temperature=self.temperature,
            timeouts=Timeouts.of(self.timeout),
            tags=self.tags,
        )
        return self


def _parse(name: str, text: str) -> object:
    parser = _PARSERS.get(name, str)
    said = f"The environment variable {_PREFIX}{name.upper()} cannot be {text!r}"
    try:
        value = parser(text)
        replace(Settings(), **{name: value}).checked()
    except InvalidRequestError as error:
        raise InvalidRequestError(f"{said}: {error}") from None
    except ValueError:
        raise InvalidRequestError(f"{said}.") from None
    return value


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _switch(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


_PARSERS: Final[Mapping[str, Callable[[str], object]]] = {
    "fallback": _words,
    "tags": _words,
    "max_output_tokens": int,
    "temperature": float,
    "timeout": float,
    "log_content": _switch,
    "otel_content": _switch,
    "scripted_speed": float,
}

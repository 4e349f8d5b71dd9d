"""What we ask, checked before anything is sent; never holds a key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, cast, get_args

from stream_widget.errors import InvalidRequestError, Refusable

__all__ = [
    "Api",
    "Effort",
    "Message",
    "Request",
    "Summary",
    "Target",
    "Timeouts",
    "Verbosity",
    "message_text",
    "prompt_text",
]

Api: TypeAlias = Literal["responses", "chat", "messages"]
"""The wire API a provider is spoken to with."""
Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Summary: TypeAlias = Literal["auto", "concise", "detailed"]
Verbosity: TypeAlias = Literal["low", "medium", "high"]

Message: TypeAlias = Mapping[str, object]
"""One message of a conversation, in the form the OpenAI Responses API takes as input."""

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "effort": get_args(Effort),
    "summary": get_args(Summary),
    "verbosity": get_args(Verbosity),
}
_MAX_TEMPERATURE: Final = 2.0
_SHORTEST_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class Target:
    """A provider and a model, written ``openai:gpt-5``."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that a provider may take; anything it sends, a keep-alive too, is a sign of life.

    Raises:
        InvalidRequestError: A number is not above 0.
    """

    connect_s: float = 10.0
    """For the connection."""
    first_delta_s: float = 600.0
    """Of silence before the first piece of text: a model may reason for minutes without a word."""
    silence_s: float = 300.0
    """Of silence after that."""

    def __post_init__(self) -> None:
        for name in ("connect_s", "first_delta_s", "silence_s"):
            _check_range(
                f"timeout ({name[:-2]})", getattr(self, name), low=_SHORTEST_S, high=math.inf
            )

    @classmethod
    def of(cls, timeout: float | Mapping[str, float] | None) -> Timeouts:
        """From what a caller writes: seconds of silence, or a mapping that names each.

        Raises:
            InvalidRequestError: It is neither, or a number is not above 0.
        """
        if timeout is None:
            return cls()
        if isinstance(timeout, Mapping):
            names = {"connect", "first_delta", "silence"}
            unknown = set(timeout) - names
            if unknown:
                raise InvalidRequestError(
                    f"timeout knows {', '.join(sorted(names))}, "
                    f"not {', '.join(map(repr, unknown))}."
                )
            return cls(**{f"{name}_s": seconds for name, seconds in timeout.items()})
        _check_range("timeout", timeout, low=_SHORTEST_S, high=math.inf)
        return cls(min(cls().connect_s, timeout), timeout, timeout)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the user means it; what a target cannot take is left out when it is sent.

    Raises:
        InvalidRequestError: A value is empty, out of range or not one of its choices.
    """

    prompt: str | Sequence[Message]
    instructions: str | None = None
    effort: Effort | None = None
    summary: Summary | None = None
    verbosity: Verbosity | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    tools: Sequence[Mapping[str, object]] = ()
    text_format: Mapping[str, object] | None = None
    """A JSON schema in the Responses API's ``text.format`` form."""
    stream: bool | Literal["auto"] = "auto"
    background: bool = False
    timeouts: Timeouts = field(default_factory=Timeouts)
    tags: tuple[str, ...] = ()
    name: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    """Fields added to the request's body as they are."""
    without: frozenset[Refusable] = frozenset()
    """What the target is known to refuse: not sent, whatever is asked."""

    def __post_init__(self) -> None:
        _check_prompt(self.prompt)
        for name, choices in _CHOICES.items():
            _check_choice(name, getattr(self, name), choices)
        _check_positive_integer("max_output_tokens", self.max_output_tokens)
        _check_range("temperature", self.temperature, low=0, high=_MAX_TEMPERATURE)
        if not all(isinstance(cast("object", tool), Mapping) for tool in self.tools):
            raise InvalidRequestError(
                "tools must be a list of mappings such as {'type': 'function', 'name': '…'}."
            )
        if self.stream not in (True, False, "auto"):
            raise InvalidRequestError(f"stream must be True, False or 'auto', not {self.stream!r}.")
        if not all(isinstance(cast("object", tag), str) and tag for tag in self.tags):
            raise InvalidRequestError(f"tags must be non-empty strings, not {self.tags!r}.")


def prompt_text(prompt: str | Sequence[Message]) -> str:
    """The prompt as text for the log and for a rough count of its tokens."""
    if isinstance(prompt, str):
        return prompt
    return "\n\n".join(f"{message.get('role')}: {message_text(message)}" for message in prompt)


def message_text(message: Message) -> str:
    """The words of one message; what is no text stands as its type in brackets."""
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return str(content)
    pieces: list[str] = []
    for piece in cast("Sequence[object]", content):
        known: Mapping[str, object] = (
            cast("Mapping[str, object]", piece) if isinstance(piece, Mapping) else {}
        )
        text = known.get("text")
        pieces.append(text if isinstance(text, str) else f"[{known.get('type', 'content')}]")
    return "".join(pieces)


def _check_prompt(prompt: object) -> None:
    if isinstance(prompt, str):
        if not prompt.strip():
            raise InvalidRequestError("The prompt is empty. Pass the text to send to the model.")
        return
    if not isinstance(prompt, Sequence) or isinstance(prompt, bytes):
        raise InvalidRequestError(
            "The prompt must be a string or a list of messages such as "
            f"{{'role': 'user', 'content': '…'}}, not {type(prompt).__name__}."
        )
    messages = cast("Sequence[object]", prompt)
    if not messages:
        raise InvalidRequestError("The list of messages is empty. Pass at least one.")
    for index, message in enumerate(messages):
        if not isinstance(message, Mapping) or not ({"role", "type"} & set(message)):  # pyright: ignore[reportUnknownArgumentType] - any mapping may come in
            raise InvalidRequestError(
                f"Message {index} is not a mapping with a 'role' (or an item with a 'type'): "
                "write {'role': 'user', 'content': '…'}."
            )


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise InvalidRequestError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")


def _check_positive_integer(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidRequestError(f"{name} must be a whole number from 1, not {value!r}.")


def _check_range(name: str, value: object, *, low: float, high: float) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        upper = "" if high == math.inf else f" to {high:g}"
        raise InvalidRequestError(f"{name} must be a number from {low:g}{upper}, not {value!r}.")

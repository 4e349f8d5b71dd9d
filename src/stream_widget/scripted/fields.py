"""Fields of a request's JSON: each is what it should be, or the request is refused."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Final, cast

from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.words import OpenAIWords, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["Fields"]

_OPENAI: Final = OpenAIWords()


class Fields:
    """A JSON object.

    Args:
        value: What should be one.
        where: How refusals name it; empty for the whole body.
        words: In whose words they are.

    Raises:
        RefusedRequestError: It is no object.
    """

    def __init__(self, value: object, *, where: str = "", words: Words = _OPENAI) -> None:
        if not isinstance(value, dict):
            raise words.wrong_type(where or "body", expected="an object", value=value)
        self._fields = cast("dict[str, object]", value)
        self._where = where
        self._words = words

    def inner(self, name: str) -> Fields:
        """An object; an empty one where it is absent or null."""
        value = self._fields.get(name)
        return Fields({} if value is None else value, where=self._name(name), words=self._words)

    def objects(self, name: str) -> list[Fields]:
        """A list of objects that is not empty."""
        value = self._fields.get(name)
        if value is None:
            raise self._words.missing(self._name(name))
        if not isinstance(value, list):
            raise self._words.wrong_type(self._name(name), expected="a list", value=value)
        items = cast("list[object]", value)
        if not items:
            raise self._words.too_few(self._name(name))
        return [
            Fields(item, where=f"{self._name(name)}[{index}]", words=self._words)
            for index, item in enumerate(items)
        ]

    def text(self, name: str) -> str | None:
        """A string; ``None`` where it is absent or null."""
        value = self._fields.get(name)
        if value is not None and not isinstance(value, str):
            raise self._words.wrong_type(self._name(name), expected="a string", value=value)
        return value

    def required_text(self, name: str) -> str:
        """A string that is there and is not empty."""
        value = self.text(name)
        if not value:
            raise self._words.missing(self._name(name))
        return value

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of some strings; ``None`` where it is absent or null."""
        value = self.text(name)
        if value is not None and value not in choices:
            raise self._words.not_a_choice(self._name(name), value=value, choices=choices)
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean."""
        value = self._fields.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._words.wrong_type(self._name(name), expected="a boolean", value=value)
        return value

    def number(self, name: str, *, at_least: float, at_most: float | None = None) -> float | None:
        """A number; ``None`` where it is absent or null."""
        value = self._fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise self._words.wrong_type(self._name(name), expected="a number", value=value)
        if not value >= at_least:
            raise self._words.below(self._name(name), value=value, least=at_least)
        if at_most is not None and value > at_most:
            raise self._words.above(self._name(name), value=value, most=at_most)
        return value

    def whole_number(self, name: str, *, at_least: int) -> int | None:
        """An integer; ``None`` where it is absent or null."""
        value = self.number(name, at_least=at_least)
        if isinstance(value, float):
            raise self._words.wrong_type(self._name(name), expected="an integer", value=value)
        return value

    def items(self) -> Iterable[tuple[str, object]]:
        """All fields as they are."""
        return self._fields.items()

    def raw(self, name: str) -> object:
        """Whatever is there; ``None`` where it is absent."""
        return self._fields.get(name)

    def name_of(self, name: str) -> str:
        """The field's name as refusals say it, with the object it is in."""
        return self._name(name)

    def allow_only(self, names: Iterable[str]) -> None:
        """Refuse a field of another name, and offer the nearest."""
        known = sorted(names)
        for name in self._fields:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                offer = f" Did you mean '{near[0]}'?" if near else ""
                raise RefusedRequestError(
                    f"Unknown parameter: '{self._name(name)}'.{offer} "
                    f"Known ones: {', '.join(known)}.",
                    code="unknown_parameter",
                    param=self._name(name),
                )

    def _name(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float can hold
        return False

"""Fields of a request's JSON: each is what it should be, or the request is refused."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, cast

from stream_widget.scripted.ask import RefusedRequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["Fields"]


class Fields:
    """A JSON object; ``where`` names it in refusals, and is empty for the whole body."""

    def __init__(self, value: object, *, where: str = "") -> None:
        if not isinstance(value, dict):
            raise _wrong_type(where or "body", expected="an object", value=value)
        self._fields = cast("dict[str, object]", value)
        self._where = where

    def inner(self, name: str) -> Fields:
        """An object; an empty one where it is absent or null."""
        value = self._fields.get(name)
        return Fields({} if value is None else value, where=self._name(name))

    def text(self, name: str) -> str | None:
        """A string; ``None`` where it is absent or null."""
        value = self._fields.get(name)
        if value is not None and not isinstance(value, str):
            raise _wrong_type(self._name(name), expected="a string", value=value)
        return value

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of some strings; ``None`` where it is absent or null."""
        value = self.text(name)
        if value is not None and value not in choices:
            listed = ", ".join(f"'{choice}'" for choice in choices)
            raise RefusedRequestError(
                f"Invalid value: '{value}'. Supported values are: {listed}.",
                code="invalid_value",
                param=self._name(name),
            )
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean."""
        value = self._fields.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise _wrong_type(self._name(name), expected="a boolean", value=value)
        return value

    def number(self, name: str, *, at_least: float) -> float | None:
        """A number; ``None`` where it is absent or null."""
        value = self._fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise _wrong_type(self._name(name), expected="a number", value=value)
        if not value >= at_least:
            raise RefusedRequestError(
                f"Invalid '{self._name(name)}': {value} is below the minimum {at_least:g}.",
                code="integer_below_min_value",
                param=self._name(name),
            )
        return value

    def whole_number(self, name: str, *, at_least: int) -> int | None:
        """An integer; ``None`` where it is absent or null."""
        value = self.number(name, at_least=at_least)
        if isinstance(value, float):
            raise _wrong_type(self._name(name), expected="an integer", value=value)
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
    return isinstance(value, int) or math.isfinite(value)


def _wrong_type(name: str, *, expected: str, value: object) -> RefusedRequestError:
    return RefusedRequestError(
        f"Invalid type for '{name}': expected {expected}, but got {value!r} instead.",
        code="invalid_type",
        param=name,
    )

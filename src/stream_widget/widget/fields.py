"""Fields of a JSON value that anybody may have written: each of the type asked for, within bounds.

What is wrong raises an error that says where it stands: ``runs[2].parts[0].text``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar, cast

from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Fields", "wrong"]

_LONGEST_LABEL: Final = 10_000
_MOST: Final = 1e15
"""Every whole number up to here is exact in the page too."""
_SHOWN: Final = 60

_Choice = TypeVar("_Choice", bound=str)


def wrong(where: str, wanted: str, value: object) -> InvalidRequestError:
    """What is wrong at one place."""
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}…"
    return InvalidRequestError(f"{where} must be {wanted}, not {shown}.")


class Fields:
    """The fields of one object."""

    def __init__(self, value: object, where: str) -> None:
        """Read an object.

        Args:
            value: It.
            where: Where it stands; empty for the whole.

        Raises:
            InvalidRequestError: It is no object.
        """
        if not isinstance(value, Mapping):
            raise wrong(where or "The document", "an object", value)
        self._values = cast("Mapping[str, object]", value)
        self._where = where

    def place(self, name: str) -> str:
        """Where a field stands."""
        return f"{self._where}.{name}" if self._where else name

    def has(self, name: str) -> bool:
        """Whether a field is there and not null."""
        return self._values.get(name) is not None

    def get(self, name: str) -> object:
        """A field as it is; ``None`` if it is not there."""
        return self._values.get(name)

    def text(self, name: str, *, longest: int = _LONGEST_LABEL) -> str:
        """A text that must be there; half characters, which no file can hold, are replaced."""
        value = self._values.get(name)
        if not isinstance(value, str):
            raise wrong(self.place(name), "a text", value)
        if len(value) > longest:
            raise InvalidRequestError(
                f"{self.place(name)} is {len(value):,} characters long; {longest:,} at most can be."
            )
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def text_or_none(self, name: str) -> str | None:
        """A text, if it is there."""
        return self.text(name) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """True or false; false if it is not there."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            raise wrong(self.place(name), "true or false", value)
        return value is True

    def number(self, name: str, *, otherwise: float, most: float = _MOST) -> float:
        """A number from 0; ``otherwise`` if it is not there."""
        value = self.number_or_none(name, most=most)
        return otherwise if value is None else value

    def number_or_none(self, name: str, *, most: float = _MOST) -> float | None:
        """A number from 0, if it is there."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong(self.place(name), "a number", value)
        if not 0 <= value <= most:  # so is what is no number at all
            raise wrong(self.place(name), f"a number from 0 to {most:g}", value)
        return value

    def count_or_none(self, name: str) -> int | None:
        """A whole number from 0, if it is there."""
        value = self.number_or_none(name)
        if isinstance(value, float):
            if not value.is_integer():
                raise wrong(self.place(name), "a whole number", value)
            return int(value)
        return value

    def choice(self, name: str, choices: Sequence[_Choice]) -> _Choice:
        """One of some words."""
        value = self._values.get(name)
        for choice in choices:
            if value == choice:
                return choice
        raise wrong(self.place(name), f"one of {', '.join(choices)}", value)

    def choice_or_none(self, name: str, choices: Sequence[_Choice]) -> _Choice | None:
        """One of some words, if it is there."""
        return self.choice(name, choices) if self.has(name) else None

    def inside(self, name: str) -> Fields | None:
        """An object, if it is there."""
        return Fields(self._values[name], self.place(name)) if self.has(name) else None

    def objects_if_any(self, name: str, *, most: int) -> list[Fields]:
        """A list of objects; empty if it is not there."""
        return self.objects(name, most=most) if self.has(name) else []

    def objects(self, name: str, *, most: int) -> list[Fields]:
        """A list of objects."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise wrong(self.place(name), "a list", value)
        several = cast("list[object]", value)
        if len(several) > most:
            raise InvalidRequestError(
                f"{self.place(name)} has {len(several):,} items; {most:,} at most can be."
            )
        return [Fields(each, f"{self.place(name)}[{at}]") for at, each in enumerate(several)]

"""Values of parsed JSON, read as what they should be: anything else counts as absent.

Objects and lists are `dict` and `list`, as the parser makes them: the abstract classes would be ten
times as slow to tell, several times for each delta.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar, cast

from stream_widget.providers.surrogates import whole_characters

__all__ = ["as_json", "count_in", "mapping_in", "name_in", "sequence_in", "text_in"]

_T = TypeVar("_T")

_LARGEST_COUNT: Final = 2**53
"""What a browser can count to; a database gives up at 2**63."""


def as_json(value: _T) -> _T:
    """A caller's value as a parser would have made it: mappings as dicts, sequences as lists.

    Only these can be told here, and encoded by the SDKs.
    """
    made: object = value
    if isinstance(value, Mapping):
        named = cast("Mapping[object, object]", value)
        made = {name: as_json(each) for name, each in named.items()}
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        made = [as_json(each) for each in cast("Sequence[object]", value)]
    return cast("_T", made)


def mapping_in(value: object) -> Mapping[str, object]:
    """The object, or an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def sequence_in(value: object) -> Sequence[object]:
    """The list, or an empty one."""
    return cast("Sequence[object]", value) if isinstance(value, list) else ()


def text_in(value: object) -> str | None:
    """The string; ``None`` also for an empty one."""
    return value if isinstance(value, str) and value else None


def name_in(value: object) -> str | None:
    """The string, as one that can be encoded; ``None`` also for an empty one."""
    return whole_characters(value) if isinstance(value, str) and value else None


def count_in(value: object) -> int | None:
    """The whole number from 0; ``None`` for all else, true and false included."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LARGEST_COUNT else None

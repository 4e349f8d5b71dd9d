"""Beginnings of ids that are enough to tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["find_named", "shorten"]

_Value = TypeVar("_Value")


def shorten(ids: Iterable[str]) -> dict[str, str]:
    """For each id the shortest beginning that no other of them shares, else the id itself."""
    ordered = sorted(set(ids))
    short: dict[str, str] = {}
    for at, one in enumerate(ordered):
        neighbours = [*ordered[max(0, at - 1) : at], *ordered[at + 1 : at + 2]]
        shared = max((_shared(one, other) for other in neighbours), default=0)
        short[one] = one[: shared + 1]
    return short


def find_named(known: Mapping[str, _Value], name: str) -> _Value | None:
    """What stands under an id, or under the only one that begins so."""
    if name in known:
        return known[name]
    found = [value for one, value in known.items() if name and one.startswith(name)]
    return found[0] if len(found) == 1 else None


def _shared(one: str, other: str) -> int:
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length

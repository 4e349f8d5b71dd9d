"""Checks that a JSON value has the shape a TypedDict says."""

from __future__ import annotations

import types
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)


def misfits(value: Any, shape: Any, path: str = "$") -> list[str]:
    """Where a value is not of a shape; empty if it is."""
    origin = get_origin(shape)
    if isinstance(shape, type) and issubclass(shape, tuple):  # a NamedTuple, in JSON a list
        return _misfits_of_items(value, tuple[*get_type_hints(shape).values()], path)
    if is_typeddict(shape):
        return _misfits_of_dict(value, shape, path)
    if origin in (Union, types.UnionType):
        return _misfits_of_union(value, get_args(shape), path)
    if origin in (list, tuple):
        return _misfits_of_items(value, shape, path)
    return [] if _fits(value, shape) else [f"{path}: {value!r} is no {shape}"]


def _fits(value: Any, shape: Any) -> bool:
    if get_origin(shape) is Literal:
        return value in get_args(shape)
    if isinstance(value, bool):
        return shape is bool
    return isinstance(value, (int, float) if shape is float else shape)


def _misfits_of_items(value: Any, shape: Any, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: {value!r} is no list"]
    args = get_args(shape)
    kinds = args if get_origin(shape) is tuple else args * len(value)
    if len(kinds) != len(value):
        return [f"{path}: {value!r} has not {len(kinds)} items"]
    return [
        found
        for index, (item, kind) in enumerate(zip(value, kinds, strict=True))
        for found in misfits(item, kind, f"{path}[{index}]")
    ]


def _misfits_of_union(value: Any, members: tuple[Any, ...], path: str) -> list[str]:
    tagged = [
        member
        for member in members
        if is_typeddict(member)
        and isinstance(value, dict)
        and value.get("type") in get_args(get_type_hints(member).get("type"))
    ]
    return min((misfits(value, member, path) for member in tagged or members), key=len)


def _misfits_of_dict(value: Any, shape: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no object"]
    hints = get_type_hints(shape, include_extras=True)
    optional = {name for name, kind in hints.items() if get_origin(kind) is NotRequired}
    found = [f"{path}.{name}: missing" for name in hints.keys() - optional - value.keys()]
    found += [f"{path}.{name}: not in {shape.__name__}" for name in value.keys() - hints.keys()]
    for name in value.keys() & hints.keys():
        kind = get_args(hints[name])[0] if name in optional else hints[name]
        found += misfits(value[name], kind, f"{path}.{name}")
    return found

"""A wrong keyword argument gets the nearest right one offered."""

from __future__ import annotations

import difflib
import functools
import inspect
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["offers_keywords"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def offers_keywords(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorate a function so that an unknown keyword names the nearest known one."""
    known = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        __tracebackhide__ = True  # IPython leaves this frame out: it says nothing of the mistake
        for name in kwargs:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                offer = f" Did you mean {near[0]!r}?" if near else f" It takes {', '.join(known)}."
                raise TypeError(f"{function.__name__}() has no argument {name!r}.{offer}")
        return function(*args, **kwargs)

    return checked

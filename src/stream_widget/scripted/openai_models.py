"""The list of models as OpenAI's two wires give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["models_body"]


def models_body(names: Sequence[str]) -> dict[str, object]:
    """The models of these names."""
    listed = [
        {"id": name, "object": "model", "created": 0, "owned_by": "scripted"} for name in names
    ]
    return {"object": "list", "data": listed}

"""A client that the caller already has: whether it can ask this target, said before any request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.errors import InvalidRequestError
from stream_widget.providers.anthropic_client import check_anthropic_client, is_anthropic_client
from stream_widget.providers.openai_client import check_openai_client

if TYPE_CHECKING:
    from stream_widget.request import Api, Target

__all__ = ["check_client"]


def check_client(client: object, target: Target, api: Api) -> None:
    """Refuse a client that is none, or that speaks another wire than the target is asked over.

    Raises:
        InvalidRequestError: With what to pass instead.
    """
    is_anthropics = is_anthropic_client(client)
    if is_anthropics and api != "messages":
        raise InvalidRequestError(
            f"{type(client).__name__} speaks the Messages API and {target} is asked over "
            f"{api!r}. Name a model of it, such as model='anthropic:claude-sonnet-5', or pass "
            "api='messages'."
        )
    if api == "messages":
        check_anthropic_client(client)
    else:
        check_openai_client(client)

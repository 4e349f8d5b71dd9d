"""One question to one provider: over the wire its endpoint speaks, through the SDK made for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stream_widget.providers.anthropic_client import AnthropicClients, ask_messages
from stream_widget.providers.chat_body import chat_body
from stream_widget.providers.messages_body import messages_body
from stream_widget.providers.openai_client import OpenAIClients, ask_chat, ask_responses
from stream_widget.providers.responses_body import responses_body

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from stream_widget.catalog import Capabilities
    from stream_widget.events import Event
    from stream_widget.providers.registry import Endpoint
    from stream_widget.request import Effort, Request, Target

__all__ = ["Clients", "as_sent", "ask", "less_refused"]


class Clients:
    """The clients of every SDK, for one loop."""

    def __init__(self) -> None:
        self.openai = OpenAIClients()
        self.anthropic = AnthropicClients()

    async def get_ready(self, endpoints: Iterable[Endpoint]) -> None:
        """Load what asking these endpoints needs, off the loop."""
        for endpoint in endpoints:
            sdk = self.anthropic if endpoint.api == "messages" else self.openai
            await sdk.get_ready(endpoint)


def as_sent(request: Request, known: Capabilities) -> Request:
    """The request as a target is told it.

    What the target takes and nobody said is written out; what it does not take, or has refused
    before, is left out.
    """
    known = less_refused(known, request)
    return replace(
        request,
        effort=_effort(request, known),
        summary=(request.summary or known.summary) if known.takes_summary else None,
        verbosity=(request.verbosity or known.verbosity) if known.takes_verbosity else None,
        temperature=request.temperature if known.takes_temperature else None,
    )


def _effort(request: Request, known: Capabilities) -> Effort | None:
    if known.takes_effort:
        return request.effort or known.effort
    return request.effort if known.takes_budget else None


def ask(
    clients: Clients, request: Request, target: Target, *, endpoint: Endpoint, known: Capabilities
) -> AsyncGenerator[Event, None]:
    """Ask a target and yield what it says; closing the generator closes the connection.

    Args:
        clients: Where the SDK's client for the endpoint is found.
        request: From `as_sent`.
        target: Who is asked.
        endpoint: Where, over which wire, and with which key.
        known: What the target takes.

    Raises:
        ProviderError: The provider refused, could not be reached, or broke off.
    """
    known = less_refused(known, request)
    connect_s = request.timeouts.connect_s
    match endpoint.api:
        case "responses":
            body = responses_body(request, target, known)
            return ask_responses(
                clients.openai, body, target=target, endpoint=endpoint, connect_s=connect_s
            )
        case "chat":
            body = chat_body(request, target, known)
            return ask_chat(
                clients.openai, body, target=target, endpoint=endpoint, connect_s=connect_s
            )
        case "messages":
            body = messages_body(request, target, known)
            return ask_messages(
                clients.anthropic, body, target=target, endpoint=endpoint, connect_s=connect_s
            )


def less_refused(known: Capabilities, request: Request) -> Capabilities:
    """What a target takes, less what it has refused: a body fills in what is not said."""
    without = request.without
    return replace(
        known,
        takes_effort=known.takes_effort and "effort" not in without,
        takes_budget=known.takes_budget and "effort" not in without,
        takes_summary=known.takes_summary and "summary" not in without,
        takes_verbosity=known.takes_verbosity and "verbosity" not in without,
        takes_temperature=known.takes_temperature and "temperature" not in without,
    )

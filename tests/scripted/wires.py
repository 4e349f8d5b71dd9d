"""One request on each wire, and the words of its answer, whichever wire it is."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from scripted.asking import frames_of
from stream_widget.wire import DamagedFrameError, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.scripted import ScriptedServer

WIRES = ("responses", "chat", "messages")
PATHS = {"responses": "/responses", "chat": "/chat/completions", "messages": "/messages"}
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loopback speaks plain HTTP; to load the machine's certificates for each request is slow."""
MESSAGES = [{"role": "user", "content": "Why?"}]
BODIES: dict[str, dict[str, Any]] = {
    "responses": {"input": "Why?", "reasoning": {"effort": "high", "summary": "auto"}},
    "chat": {"messages": MESSAGES, "reasoning_effort": "high"},
    "messages": {
        "messages": MESSAGES,
        "max_tokens": 100_000,
        "thinking": {"type": "adaptive", "display": "summarized"},
    },
}


@dataclass(frozen=True)
class Received:
    """What came of one streamed request, as far as it came."""

    status: int
    headers: httpx2.Headers
    raw: bytes
    error: httpx2.TransportError | None

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [*_bodies(self.raw)]

    @property
    def reasoning(self) -> str:
        return "".join(reasoning for body in self.bodies for reasoning, _ in [_words(body)])

    @property
    def answer(self) -> str:
        return "".join(answer for body in self.bodies for _, answer in [_words(body)])

    @property
    def is_over(self) -> bool:
        """Whether the wire says that the response is over."""
        return any(
            body.get("type") in {"response.completed", "message_stop"}
            or any(choice["finish_reason"] for choice in body.get("choices", ()))
            for body in self.bodies
        )


def request_body(wire: str, *, model: str = "fast", **fields: Any) -> dict[str, Any]:
    return {"model": model, "stream": True, **BODIES[wire], **fields}


def ask(server: ScriptedServer, wire: str, **fields: Any) -> Received:
    """Ask with plain HTTP; a connection that ends before any header raises."""
    received = bytearray()
    url = server.base_url + PATHS[wire]
    body = request_body(wire, **fields)
    with httpx2.stream("POST", url, json=body, verify=NO_CERTIFICATES) as answer:
        try:
            for chunk in answer.iter_raw():
                received += chunk
        except httpx2.TransportError as error:
            return Received(answer.status_code, answer.headers, bytes(received), error)
        return Received(answer.status_code, answer.headers, bytes(received), None)


def error_of(received: Received) -> dict[str, Any]:
    """The inner object of an HTTP error's body."""
    return json.loads(received.raw)["error"]


def _bodies(raw: bytes) -> Iterator[dict[str, Any]]:
    for frame in frames_of(raw):
        try:
            body = read_json(frame.data)
        except DamagedFrameError:
            continue
        if body is not None:
            yield body


def _words(body: dict[str, Any]) -> tuple[str, str]:
    delta = body.get("delta")
    if isinstance(delta, str):
        is_reasoning = body["type"].startswith("response.reasoning")
        return (delta, "") if is_reasoning else ("", delta)
    if body.get("type") == "content_block_delta":
        return delta.get("thinking", ""), delta.get("text", "")
    deltas = [choice["delta"] for choice in body.get("choices", ())]
    return (
        "".join(delta.get("reasoning_content") or "" for delta in deltas),
        "".join(delta.get("content") or "" for delta in deltas),
    )

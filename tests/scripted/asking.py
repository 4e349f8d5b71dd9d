"""Requests as plain HTTP, and what comes back as bytes."""

from __future__ import annotations

from typing import Any

import httpx2

from stream_widget.scripted import Scenario, Script, ScriptedServer
from stream_widget.wire import Frame, FrameDecoder, read_json

SCRIPT = Script(answer="The quick brown fox. " * 40, reasoning=("Thinking about foxes. " * 5,))
PLAIN = Scenario(SCRIPT)
SUMMARY = {"effort": "high", "summary": "auto"}


def request_body(model: str = "fast", **fields: Any) -> dict[str, Any]:
    return {"model": model, "input": "Why?", "stream": True, "reasoning": SUMMARY, **fields}


def post(server: ScriptedServer, **fields: Any) -> httpx2.Response:
    return httpx2.post(f"{server.base_url}/responses", json=request_body(**fields))


def receive(server: ScriptedServer, **fields: Any) -> tuple[bytes, httpx2.TransportError | None]:
    """The body as far as it came, and the error that ended it."""
    received = bytearray()
    url = f"{server.base_url}/responses"
    try:
        with httpx2.stream("POST", url, json=request_body(**fields)) as answer:
            for chunk in answer.iter_raw():
                received += chunk
    except httpx2.TransportError as error:
        return bytes(received), error
    return bytes(received), None


def frames_of(raw: bytes) -> list[Frame]:
    decoder = FrameDecoder()
    return [*decoder.feed(raw), *decoder.close()]


def deltas(raw: bytes) -> str:
    bodies = [read_json(frame.data) or {} for frame in frames_of(raw)]
    return "".join(str(body.get("delta", "")) for body in bodies)

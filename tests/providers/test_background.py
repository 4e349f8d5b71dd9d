"""A background response through the real SDK: asked for until it is there, patiently, and once."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx2
import openai
import pytest

from providers.unhurried import run_unhurried
from stream_widget.errors import ProviderError
from stream_widget.events import Event, OutputTextDelta, ResponseFinished, StreamResumed
from stream_widget.providers.openai_client import OpenAIClients, ask_responses
from stream_widget.providers.registry import PROVIDERS, Endpoint
from stream_widget.request import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Answer = Callable[[], httpx2.Response]

QUEUED: dict[str, Any] = {"id": "resp_1", "status": "queued", "output": []}
CONTENT = [{"type": "output_text", "text": "Hi"}]
COMPLETED = {**QUEUED, "status": "completed", "output": [{"type": "message", "content": CONTENT}]}
STARTED = {
    "type": "response.created",
    "sequence_number": 0,
    "response": {"id": "resp_1", "model": "gpt-5-mini", "status": "in_progress"},
}
ENDED = {"type": "response.completed", "sequence_number": 1, "response": COMPLETED}


def body(told: dict[str, Any]) -> Answer:
    return partial(httpx2.Response, 200, json=told)


def stream(*frames: dict[str, Any]) -> Answer:
    text = "".join(f"event: {frame['type']}\ndata: {json.dumps(frame)}\n\n" for frame in frames)
    headers = {"content-type": "text/event-stream"}
    return lambda: httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(text.encode()))


def refusal(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return partial(httpx2.Response, status, headers=named, json={"error": {"message": "Not now."}})


class Asking:
    """What came of one question: its events, its error, and what the provider was asked, when."""

    def __init__(self, answers: Sequence[Answer], *, streams: bool = False) -> None:
        self._answers = iter(answers)
        self._last = answers[-1]
        self.asked: list[str] = []
        self.asked_s: list[float] = []
        self.events: list[Event] = []
        self.error: ProviderError | None = None
        run_unhurried(self._ask(streams=streams))

    async def _ask(self, *, streams: bool) -> None:
        transport = httpx2.MockTransport(self._answer)
        client = openai.AsyncOpenAI(
            api_key="none",
            base_url="http://127.0.0.1/v1",
            http_client=httpx2.AsyncClient(transport=transport),
        )
        where = Endpoint(PROVIDERS["openai"], None, "responses", "none", client)
        told = {"model": "gpt-5-mini", "input": "Why?", "background": True, "stream": streams}
        target = Target("openai", "gpt-5-mini")
        asking = ask_responses(OpenAIClients(), told, target=target, endpoint=where, connect_s=5)
        try:
            async for event in asking:
                self.events.append(event)
        except ProviderError as error:
            self.error = error
        await client.close()

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(f"{request.method} {request.url.path.removeprefix('/v1/responses')}")
        self.asked_s.append(asyncio.get_running_loop().time())
        if request.url.path.endswith("/cancel"):
            return httpx2.Response(200, json={**QUEUED, "status": "cancelled"})
        return next(self._answers, self._last)()

    @property
    def waits_s(self) -> list[float]:
        return [
            round(later - earlier, 6)
            for earlier, later in zip(self.asked_s, self.asked_s[1:], strict=False)
        ]


def test_a_poll_that_fails_is_made_again_and_nothing_is_asked_anew() -> None:
    asking = Asking([body(QUEUED), refusal(503), body(QUEUED), refusal(500), body(COMPLETED)])
    assert asking.error is None
    assert asking.asked == ["POST ", *["GET /resp_1"] * 4]
    assert OutputTextDelta(0, "Hi") in asking.events
    assert asking.events[-1] == ResponseFinished("stop", "completed")
    assert [e.reason for e in asking.events if isinstance(e, StreamResumed)] == [
        "HTTP 503",
        "HTTP 500",
    ]


@pytest.mark.parametrize("streams", [False, True])
def test_a_response_that_is_given_up_is_cancelled_at_the_provider(*, streams: bool) -> None:
    first = stream(STARTED) if streams else body(QUEUED)
    asking = Asking([first, refusal(503)], streams=streams)
    assert asking.error is not None
    assert asking.error.kind == ("overloaded" if asking.error.status else "interrupted")
    assert asking.asked == ["POST ", *["GET /resp_1"] * 5, "POST /resp_1/cancel"]


def test_a_refusal_that_no_waiting_mends_is_the_end_at_once() -> None:
    asking = Asking([body(QUEUED), refusal(404)])
    assert asking.error is not None
    assert asking.error.kind == "not_found"
    assert asking.asked == ["POST ", "GET /resp_1", "POST /resp_1/cancel"]


def test_what_was_never_begun_is_not_cancelled() -> None:
    asking = Asking([refusal(503)])
    assert asking.asked == ["POST "]


def test_a_wait_that_the_provider_asks_for_is_kept() -> None:
    limited = refusal(429, retry_after="20")
    asking = Asking([stream(STARTED), limited, limited, stream(ENDED)], streams=True)
    assert asking.error is None
    assert asking.waits_s == [0.5, 20.0, 20.0]
    asking = Asking([body(QUEUED), limited, body(COMPLETED)])
    assert asking.waits_s == [1.0, 20.0]


def test_a_wait_that_the_provider_asks_for_has_its_limit() -> None:
    limited = refusal(429, retry_after="86400")
    asking = Asking([stream(STARTED), limited, stream(ENDED)], streams=True)
    assert asking.waits_s == [0.5, 60.0]


def test_a_stream_that_is_answered_by_a_response_still_to_come_is_asked_for_until_it_is_there() -> (
    None
):
    asking = Asking([body(QUEUED), body(COMPLETED)], streams=True)
    assert asking.asked == ["POST ", "GET /resp_1"]
    assert asking.events[-1] == ResponseFinished("stop", "completed")

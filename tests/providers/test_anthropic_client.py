"""The door to the ``anthropic`` SDK, through the real SDK, against a small real server."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from stream_widget.errors import InvalidRequestError, NotAnEventStreamError, ProviderError
from stream_widget.events import OutputTextDelta, ResponseFinished, ResponseStarted
from stream_widget.providers.anthropic_client import (
    AnthropicClients,
    ask_messages,
    check_anthropic_client,
    is_anthropic_client,
    require_anthropic,
)
from stream_widget.providers.registry import PROVIDERS, Endpoint
from stream_widget.request import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from stream_widget.events import Event

TARGET = Target("anthropic", "claude-sonnet-5")
KEY = "planted-0123456789-secret"
TOKEN = "token-0123456789"  # noqa: S105 - of nobody
BODY: dict[str, object] = {
    "model": "claude-sonnet-5",
    "max_tokens": 50,
    "messages": [{"role": "user", "content": "Why?"}],
    "stream": True,
    "thinking": {"type": "adaptive", "display": "summarized"},
    "output_config": {"effort": "low"},
    "extra_body": {"temperature": 0.5},
}
MESSAGE = {
    "type": "message",
    "id": "msg_1",
    "model": "claude-sonnet-5",
    "content": [{"type": "text", "text": "Hi"}],
    "stop_reason": "end_turn",
}


def frames(*more: dict[str, object]) -> bytes:
    told = (
        {"type": "message_start", "message": {"id": "msg_1", "model": "claude-sonnet-5"}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": "Hi"},
        },
        *more,
    )
    return b"".join(
        f"event: {frame['type']}\ndata: {json.dumps(frame)}\n\n".encode() for frame in told
    )


STREAM = frames(
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
)


class Server:
    """Gives one answer to every request, and keeps what was asked."""

    def __init__(self, answer: bytes, *, hangs: bool = False) -> None:
        self.answer = answer
        self.hangs = hangs
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.closed = asyncio.Event()
        self.base_url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((head[0], headers, json.loads(body)))
        writer.write(self.answer)
        await writer.drain()
        if self.hangs:
            await reader.read()
        self.closed.set()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def answer(
    body: bytes, *, status: int = 200, kind: str = "text/event-stream", **headers: str
) -> bytes:
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} So\r\ncontent-type: {kind}\r\n{named}connection: close\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def serving(told: bytes, *, hangs: bool = False) -> AsyncIterator[Server]:
    server = Server(told, hangs=hangs)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.base_url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server
        if server.requests:
            async with asyncio.timeout(5):
                await server.closed.wait()


def key_in(headers: dict[str, str]) -> str:
    """The SDK sends it as a token from version 2 on."""
    return headers.get("x-api-key") or headers["authorization"].removeprefix("bearer ")


def endpoint(base_url: str, *, client: object = None) -> Endpoint:
    return Endpoint(PROVIDERS["anthropic"], base_url, "messages", KEY, client, "ANTHROPIC_API_KEY")


def ask(
    told: bytes,
    *,
    body: dict[str, object] = BODY,
    suffix: str = "",
    make: Callable[[str], object] | None = None,
) -> tuple[list[Event], ProviderError | None, Server]:
    """What a server's answer gives: the events, the error after them, and the server."""

    async def run() -> tuple[list[Event], ProviderError | None, Server]:
        events: list[Event] = []
        async with serving(told) as server:
            client = make(server.base_url) if make else None
            where = endpoint(server.base_url + suffix, client=client)
            asking = ask_messages(
                AnthropicClients(), body, target=TARGET, endpoint=where, connect_s=5
            )
            try:
                async for event in asking:
                    events.append(event)  # noqa: PERF401 - an error may follow
            except ProviderError as error:
                return events, error, server
            return events, None, server

    return asyncio.run(run())


def test_a_stream_gives_its_events_and_the_request_has_all_that_was_asked() -> None:
    events, error, server = ask(answer(STREAM))
    assert error is None
    assert events[0] == ResponseStarted("msg_1", "claude-sonnet-5")
    assert OutputTextDelta(0, "Hi") in events
    assert events[-1] == ResponseFinished("stop", "end_turn")
    [(line, headers, body)] = server.requests
    assert line == "POST /v1/messages HTTP/1.1"
    assert key_in(headers) == KEY
    expected = {name: value for name, value in BODY.items() if name != "extra_body"}
    assert body == {**expected, "temperature": 0.5}


@pytest.mark.parametrize("suffix", ["/", "/v1", "/v1/"])
def test_the_address_of_a_server_that_speaks_other_apis_too_is_taken(suffix: str) -> None:
    _, error, server = ask(answer(STREAM), suffix=suffix)
    assert error is None
    assert server.requests[0][0] == "POST /v1/messages HTTP/1.1"


def test_an_unstreamed_answer_gives_the_same_events() -> None:
    told = answer(json.dumps(MESSAGE).encode(), kind="application/json")
    events, error, _ = ask(told, body={**BODY, "stream": False, "max_tokens": 60_000})
    assert error is None
    assert OutputTextDelta(0, "Hi") in events
    assert events[-1] == ResponseFinished("stop", "end_turn")


def test_a_refusal_is_an_error_of_ours_and_the_sdk_does_not_retry() -> None:
    body = {"type": "error", "error": {"type": "overloaded_error", "message": f"Key {KEY}"}}
    told = answer(
        json.dumps(body).encode(), status=529, kind="application/json",
        x_should_retry="true", retry_after="0",
    )  # fmt: skip
    events, error, server = ask(told)
    assert events == []
    assert error is not None
    assert (error.kind, error.status, error.retry_after_s, error.may_retry) == (
        "overloaded", 529, 0.0, True,
    )  # fmt: skip
    assert "Key [key removed]." in str(error)
    assert len(server.requests) == 1


def test_a_wrong_key_names_the_place_to_look_for_it() -> None:
    body = {"type": "error", "error": {"type": "authentication_error", "message": "no"}}
    _, error, _ = ask(answer(json.dumps(body).encode(), status=401, kind="application/json"))
    assert "Check the key in ANTHROPIC_API_KEY" in str(error)


def test_a_page_instead_of_a_stream_is_shown() -> None:
    _, error, _ = ask(answer(b"<h1>Login</h1>", kind="text/html"))
    assert isinstance(error, NotAnEventStreamError)
    assert "Login" in str(error)


def test_a_stream_that_ends_too_soon_keeps_its_text_and_is_interrupted() -> None:
    events, error, _ = ask(answer(frames()))
    assert OutputTextDelta(0, "Hi") in events
    assert error is not None
    assert error.kind == "interrupted"


def test_a_connection_that_breaks_releases_what_was_held_back() -> None:
    events, error, _ = ask(
        answer(frames().replace(b'"Hi"', b'"<t"') + b"data: ", content_length="9999")
    )
    assert OutputTextDelta(0, "<t") in events
    assert error is not None
    assert error.kind == "interrupted"


def test_a_server_that_is_not_there_is_named() -> None:
    async def run() -> None:
        async with serving(b"") as server:
            where = endpoint(server.base_url)
        asking = ask_messages(AnthropicClients(), BODY, target=TARGET, endpoint=where, connect_s=5)
        with pytest.raises(ProviderError, match=r"could not be reached at 127\.0\.0\.1") as caught:
            await anext(asking)
        assert caught.value.kind == "connection"

    asyncio.run(run())


def test_closing_the_events_closes_the_connection() -> None:
    async def run() -> None:
        async with serving(answer(frames()), hangs=True) as server:
            asking = ask_messages(
                AnthropicClients(), BODY, target=TARGET, endpoint=endpoint(server.base_url),
                connect_s=5,
            )  # fmt: skip
            await anext(asking)
            await asking.aclose()
            async with asyncio.timeout(5):
                await server.closed.wait()

    asyncio.run(run())


def test_the_sdk_is_loaded_once_and_away_from_the_loop() -> None:
    clients = AnthropicClients()
    asyncio.run(clients.get_ready(endpoint("http://127.0.0.1")))
    asyncio.run(clients.get_ready(endpoint("http://127.0.0.1")))


# Clients of one's own


@pytest.mark.parametrize("name", ["AsyncAnthropic", "Anthropic"])
def test_a_client_of_ones_own_is_used_with_its_key_and_its_headers(name: str) -> None:
    def make(base_url: str) -> object:
        client = getattr(anthropic, name)(
            api_key="mine-0123456789", base_url=base_url, default_headers={"x-mine": "yes"}
        )
        check_anthropic_client(client)
        return client

    _, error, server = ask(answer(STREAM), make=make)
    assert error is None
    headers = server.requests[0][1]
    assert (key_in(headers), headers["x-mine"]) == ("mine-0123456789", "yes")


def test_a_client_with_a_token_is_used_with_its_token_and_the_token_is_kept_secret() -> None:
    told = answer(b"token-0123456789 is old", status=401, kind="text/plain")
    _, error, server = ask(
        told, make=lambda url: anthropic.Anthropic(auth_token=TOKEN, base_url=url)
    )
    assert server.requests[0][1]["authorization"] == "bearer token-0123456789"
    assert "[key removed] is old" in str(error)


def test_a_client_with_connections_of_its_own_keeps_them() -> None:
    mine = anthropic.DefaultAsyncHttpxClient()
    client = anthropic.AsyncAnthropic(api_key=KEY, http_client=mine)
    assert AnthropicClients().for_endpoint(endpoint("http://127.0.0.1", client=client)) is client


def test_a_synchronous_client_keeps_its_query() -> None:
    client = anthropic.Anthropic(api_key=KEY, default_query={"beta": "true"})
    where = endpoint("http://127.0.0.1", client=client)
    assert AnthropicClients().for_endpoint(where).default_query == {"beta": "true"}


def test_a_synchronous_client_with_connections_of_its_own_is_refused() -> None:
    mine = anthropic.DefaultHttpxClient(proxy="http://127.0.0.1:9")
    with pytest.raises(InvalidRequestError, match=r"Pass an AsyncAnthropic .*AsyncClient"):
        check_anthropic_client(anthropic.Anthropic(api_key=KEY, http_client=mine))


def test_a_client_is_made_once_for_each_address_and_key() -> None:
    clients = AnthropicClients()
    here, there = endpoint("http://127.0.0.1:1"), endpoint("http://127.0.0.1:2")
    assert clients.for_endpoint(here) is clients.for_endpoint(here)
    assert clients.for_endpoint(here) is not clients.for_endpoint(there)


def test_what_is_no_client_is_refused_before_any_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidRequestError, match=r"takes an anthropic\.AsyncAnthropic .*not str"):
        check_anthropic_client("sk-1")
    with pytest.raises(InvalidRequestError, match="not AsyncAnthropicBedrock"):
        check_anthropic_client(anthropic.AsyncAnthropicBedrock(aws_region="x", api_key="x"))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(InvalidRequestError, match="has no key"):
        check_anthropic_client(anthropic.AsyncAnthropic())
    headers = {"Authorization": "Bearer x"}
    check_anthropic_client(anthropic.AsyncAnthropic(default_headers=headers))
    assert not is_anthropic_client("sk-1")
    assert is_anthropic_client(anthropic.Anthropic(api_key=KEY))


def test_without_the_package_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    require_anthropic(TARGET)
    monkeypatch.setitem(sys.modules, "anthropic", None)
    with pytest.raises(InvalidRequestError, match=r"%pip install 'stream-widget\[anthropic\]'"):
        require_anthropic(TARGET)

    with pytest.raises(InvalidRequestError, match="anthropic:claude-sonnet-5 is asked"):
        ask_messages(AnthropicClients(), BODY, target=TARGET, endpoint=endpoint("x"), connect_s=5)

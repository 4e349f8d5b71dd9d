"""`sw.watch` and what the real SDKs give, at the scripted server: every wire, every form."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest

import stream_widget as sw
from compose.asked import ANSWER, KEY, REASONING, WAIT_S, scenario, wait_until
from stream_widget.scripted import (
    ANY_MODEL,
    Cut,
    ErrorEvent,
    Gate,
    HangUp,
    HttpError,
    Incomplete,
    Malformed,
    NoEnd,
    Scenario,
    Script,
    ScriptedServer,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

ASK: dict[str, Any] = {"model": "gpt-5-mini", "input": "Why?", "reasoning": {"summary": "auto"}}
CHAT: dict[str, Any] = {
    "model": "gpt-5-mini",
    "messages": [{"role": "user", "content": "Why?"}],
    "stream_options": {"include_usage": True},
}
CLAUDE: dict[str, Any] = {
    "model": "claude-sonnet-5",
    "max_tokens": 4096,
    "messages": [{"role": "user", "content": "Why?"}],
    "thinking": {"type": "enabled", "budget_tokens": 1024},
}

# Each form that people have in hand, made with a client of OpenAI's and one of Anthropic's.
FORMS: dict[str, Callable[[Any, Any], Any]] = {
    "responses": lambda o, _: o.responses.create(**ASK, stream=True),
    "responses stream()": lambda o, _: o.responses.stream(**ASK),
    "responses raw": lambda o, _: o.responses.with_raw_response.create(**ASK, stream=True),
    "chat": lambda o, _: o.chat.completions.create(**CHAT, stream=True),
    "chat stream()": lambda o, _: o.chat.completions.stream(**CHAT),
    "chat streaming": lambda o, _: o.chat.completions.with_streaming_response.create(
        **CHAT, stream=True
    ),
    "messages": lambda _, a: a.messages.create(**CLAUDE, stream=True),
    "messages stream()": lambda _, a: a.messages.stream(**CLAUDE),
    "messages streaming": lambda _, a: a.messages.with_streaming_response.create(
        **CLAUDE, stream=True
    ),
}
MANAGED = ["responses stream()", "chat stream()", "messages stream()"]


@pytest.fixture
def clients(server: ScriptedServer) -> Iterator[tuple[openai.OpenAI, anthropic.Anthropic]]:
    with (
        openai.OpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as o,
        anthropic.Anthropic(api_key=KEY, base_url=server.root_url, max_retries=0) as a,
    ):
        yield o, a


@asynccontextmanager
async def async_clients(
    server: ScriptedServer,
) -> AsyncIterator[tuple[openai.AsyncOpenAI, anthropic.AsyncAnthropic]]:
    async with (
        openai.AsyncOpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as o,
        anthropic.AsyncAnthropic(api_key=KEY, base_url=server.root_url, max_retries=0) as a,
    ):
        yield o, a


async def made(form: str, *clients: Any) -> Any:
    stream = FORMS[form](*clients)
    return await stream if asyncio.iscoroutine(stream) else stream


def check_whole(w: sw.StreamWidget, form: str) -> None:
    api = form.partition(" ")[0]
    assert (w.state, w.output_text, w.error) == ("completed", ANSWER, None)
    assert w.reasoning_text == "\n\n".join(REASONING)
    assert w.finish_reason == "stop"
    row = w.calls.iloc[0]
    provider, model = (
        ("anthropic", "claude-sonnet-5") if api == "messages" else ("openai", "gpt-5-mini")
    )
    assert (row["provider"], row["api"], row["request_model"]) == (provider, api, model)
    assert (row["response_model"], row["usage_source"]) == (model, "reported")
    assert (w.cost_usd or 0) > 0
    assert str(w.to_dict()["model"]) == model


@pytest.mark.parametrize("form", FORMS)
def test_a_plain_stream_of_an_sdk_is_read_whole(form: str, clients: Any) -> None:
    check_whole(sw.watch(FORMS[form](*clients)).wait(WAIT_S), form)


@pytest.mark.parametrize("form", FORMS)
def test_an_asynchronous_stream_of_an_sdk_is_read_whole(form: str, server: ScriptedServer) -> None:
    async def main() -> sw.StreamWidget:
        async with async_clients(server) as clients:
            return await sw.watch(await made(form, *clients))

    check_whole(asyncio.run(main()), form)
    server.wait_until_no_connections()


@pytest.mark.parametrize("form", MANAGED)
def test_with_no_loop_the_engines_drives_an_asynchronous_stream(
    form: str, server: ScriptedServer
) -> None:
    o = openai.AsyncOpenAI(api_key=KEY, base_url=server.base_url, max_retries=0)
    a = anthropic.AsyncAnthropic(api_key=KEY, base_url=server.root_url, max_retries=0)

    async def once() -> AsyncIterator[object]:
        async with o, a, FORMS[form](o, a) as stream:
            async for event in stream:
                yield event

    check_whole(sw.watch(once()).wait(WAIT_S), form)
    server.wait_until_no_connections()


def test_a_stream_that_was_entered_is_read_as_it_is(clients: Any) -> None:
    with FORMS["messages stream()"](*clients) as stream:
        check_whole(sw.watch(stream).wait(WAIT_S), "messages")
        assert stream.get_final_text() == ANSWER


def test_the_text_stream_of_anthropic_is_the_answer(clients: Any) -> None:
    with FORMS["messages stream()"](*clients) as stream:
        w = sw.watch(stream.text_stream).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)
    assert repr(w) == "StreamWidget(anthropic:claude-sonnet-5, completed)"


def test_pieces_that_a_person_takes_from_chunks_are_the_answer(clients: Any) -> None:
    chunks = FORMS["chat"](*clients)
    w = sw.watch(c.choices[0].delta.content for c in chunks if c.choices).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)


@pytest.mark.parametrize("form", ["responses", "chat", "messages"])
def test_an_answer_cut_by_a_limit_is_incomplete(
    form: str, clients: Any, server: ScriptedServer
) -> None:
    server.play(ANY_MODEL, Scenario(Script(answer=ANSWER, finish=Incomplete())))
    w = sw.watch(FORMS[form](*clients)).wait(WAIT_S)
    assert (w.state, w.finish_reason, w.output_text) == ("incomplete", "length", ANSWER)


def test_a_helper_that_raises_for_a_limit_gives_an_incomplete_answer(
    clients: Any, server: ScriptedServer
) -> None:
    server.play(ANY_MODEL, Scenario(Script(answer="{", finish=Incomplete())))
    o, _ = clients
    schema = {"name": "any", "schema": {"type": "object", "properties": {}}}
    w = sw.watch(
        o.chat.completions.stream(
            **CHAT, response_format={"type": "json_schema", "json_schema": schema}
        )
    ).wait(WAIT_S)
    assert (w.state, w.finish_reason, w.output_text) == ("incomplete", "length", "{")


def test_a_whole_answer_an_unawaited_one_and_a_client_are_told_apart(
    clients: Any, server: ScriptedServer
) -> None:
    o, a = clients
    for whole in (o.responses.create(**ASK), a.messages.create(**CLAUDE)):
        with pytest.raises(ValueError, match="ask with stream=True"):
            sw.watch(whole)
        assert sw.watch([whole]).wait(WAIT_S).output_text == ANSWER
    with pytest.raises(ValueError, match=r"client \(OpenAI\)"):
        sw.watch(o)

    async def main() -> None:
        async with async_clients(server) as (ao, _):
            unawaited = ao.responses.create(**ASK, stream=True)
            with pytest.raises(ValueError, match="was not awaited"):
                sw.watch(unawaited)
            check_whole(await sw.watch(await unawaited), "responses")

    asyncio.run(main())


# Faults


@pytest.mark.parametrize("form", MANAGED)
@pytest.mark.parametrize(
    ("fault", "kind", "status", "kept"),
    [
        (HttpError(429, {"retry-after": "3"}), "rate_limit", 429, False),
        (HttpError(401), "authentication", 401, False),
        (HangUp(), "connection", None, False),
        (Cut(), "interrupted", None, True),
        (NoEnd(), "interrupted", None, True),
        (Malformed(), "malformed", None, True),
        (ErrorEvent(), "overloaded", None, True),
    ],
)
def test_what_an_sdk_raises_is_the_error_that_stream_would_give(  # noqa: PLR0913
    form: str,
    clients: Any,
    server: ScriptedServer,
    *,
    fault: Any,
    kind: str,
    status: Any,
    kept: Any,
) -> None:
    server.play(ANY_MODEL, scenario(fault))
    w = sw.watch(FORMS[form](*clients)).wait(WAIT_S)
    assert w.error
    assert (w.state, w.error.kind, w.error.status) == ("failed", kind, status)
    assert bool(w.output_text) is kept
    assert ANSWER.startswith(w.output_text)
    assert w.error.retry_after_s == (3.0 if status == 429 else None)
    assert w.error.target.endswith((":gpt-5-mini", ":claude-sonnet-5"))
    assert list(w.calls["error_kind"]) == [kind]
    assert len(server.requests) == 1
    server.requests[0].wait_until_over()


def test_a_key_that_a_provider_repeats_is_shown_nowhere(
    clients: Any, server: ScriptedServer
) -> None:
    body = {"error": {"message": f"Incorrect API key provided: {KEY}.", "type": "invalid"}}
    server.play(ANY_MODEL, scenario(HttpError(401, body=body)))
    for form in MANAGED:
        w = sw.watch(FORMS[form](*clients)).wait(WAIT_S)
        assert w.error
        assert KEY not in f"{w.error}{w.to_dict()}{w.calls.to_dict()}"


# Cancel


@pytest.mark.parametrize("form", FORMS)
def test_cancel_closes_the_connection_of_a_plain_stream_that_waits(
    form: str, clients: Any, server: ScriptedServer
) -> None:
    gate = Gate()
    server.play(ANY_MODEL, scenario(gates={"answer": gate}))
    before = set(threading.enumerate())
    w = sw.watch(FORMS[form](*clients))
    gate.wait_until_reached()
    wait_until(w, lambda: w.output_text)
    w.cancel()
    w.wait(WAIT_S)
    assert (w.state, w.error) == ("cancelled", None)
    assert w.output_text
    server.wait_until_no_connections()
    assert server.requests[0].wait_until_over() == "closed_by_client"
    for thread in set(threading.enumerate()) - before:
        if thread.name == "stream_widget watch":
            thread.join(WAIT_S)
            assert not thread.is_alive()


@pytest.mark.parametrize("form", FORMS)
def test_cancel_closes_the_connection_of_an_asynchronous_stream(
    form: str, server: ScriptedServer
) -> None:
    gate = Gate()
    server.play(ANY_MODEL, scenario(gates={"answer": gate}))

    async def main() -> sw.StreamWidget:
        async with async_clients(server) as clients:
            w = sw.watch(await made(form, *clients))
            await asyncio.to_thread(wait_until, w, lambda: w.output_text)
            w.cancel()
            await w
            assert asyncio.all_tasks() == {asyncio.current_task()}
            await asyncio.to_thread(server.wait_until_no_connections)
            return w

    w = asyncio.run(main())
    assert (w.state, w.error) == ("cancelled", None)
    assert w.output_text
    assert server.requests[0].wait_until_over() == "closed_by_client"

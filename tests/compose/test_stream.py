"""`sw.stream` through the real SDK at a real server, when all goes well."""

from __future__ import annotations

import asyncio
import math
import threading
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest

import stream_widget as sw
from compose.asked import ANSWER, KEY, REASONING, WAIT_S, kernel, scenario
from providers.recordings import expected, recorded
from recorded_wire import needs_recordings
from stream_widget.errors import InvalidRequestError
from stream_widget.scripted import (
    Completed,
    Gate,
    HttpError,
    Incomplete,
    Recording,
    Scenario,
    Script,
    ScriptedServer,
    ToolCall,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stream_widget.widget import StreamWidget

Ask = "Callable[..., StreamWidget]"


def test_the_answer_the_reasoning_and_the_numbers_come_whole(ask: Ask) -> None:
    w = ask().wait(WAIT_S)
    assert (w.state, w.error, w.finish_reason) == ("completed", None, "stop")
    assert w.output_text == ANSWER
    assert w.reasoning_text == "\n\n".join(REASONING)
    assert (w.refusal_text, w.tool_calls) == ("", [])
    assert w.usage.total_tokens == w.usage.input_tokens + w.usage.output_tokens
    assert w.cost_usd > 0
    row = w.calls.iloc[0]
    assert (row["state"], row["usage_source"], row["output_text"]) == (
        "completed",
        "reported",
        ANSWER,
    )


def test_effort_summary_and_verbosity_are_always_said(ask: Ask, server: ScriptedServer) -> None:
    w = ask().wait(WAIT_S)
    sent = server.requests[0].body
    assert sent["reasoning"] == {"effort": "medium", "summary": "auto"}
    assert sent["text"] == {"verbosity": "medium"}
    row = w.calls.iloc[0]
    assert [row["effort"], row["summary"], row["verbosity"]] == ["medium", "auto", "medium"]


def test_a_model_that_does_not_reason_is_not_asked_to(ask: Ask, server: ScriptedServer) -> None:
    w = ask(model="openai:gpt-4.1", effort="high").wait(WAIT_S)
    assert not {"reasoning", "text"} & set(server.requests[0].body)
    assert w.calls["effort"].isna().all()


def test_all_arguments_reach_the_wire(ask: Ask, server: ScriptedServer) -> None:
    tool = {"type": "function", "name": "now", "parameters": {}}
    schema = {"type": "json_schema", "name": "Answer", "schema": {"type": "object"}}
    ask(
        instructions="Be brief.",
        effort="low",
        summary="detailed",
        verbosity="high",
        max_output_tokens=500,
        tools=[tool],
        text_format=schema,
        extra={"store": False},
    ).wait(WAIT_S)
    body = server.requests[0].body
    assert (body["instructions"], body["max_output_tokens"]) == ("Be brief.", 500)
    assert body["reasoning"] == {"effort": "low", "summary": "detailed"}
    assert body["text"] == {"verbosity": "high", "format": schema}
    assert (body["tools"], body["store"], body["stream"]) == ([tool], False, True)


def test_a_conversation_is_sent_as_it_is(ask: Ask, server: ScriptedServer) -> None:
    messages = [{"role": "user", "content": "Why?"}]
    sw.stream(messages, **ask.keywords).wait(WAIT_S)
    assert server.requests[0].body["input"] == messages


def test_a_class_with_a_json_schema_is_a_form_of_the_answer(
    ask: Ask, server: ScriptedServer
) -> None:
    class Sky:
        @staticmethod
        def model_json_schema() -> dict[str, Any]:
            return {"type": "object"}

    ask(text_format=Sky).wait(WAIT_S)
    assert server.requests[0].body["text"]["format"] == {
        "type": "json_schema",
        "name": "Sky",
        "schema": {"type": "object"},
    }


def test_an_unstreamed_answer_is_the_same_answer(ask: Ask, server: ScriptedServer) -> None:
    w = ask(stream=False).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)
    assert w.reasoning_text == "\n\n".join(REASONING)
    assert server.requests[0].body["stream"] is False
    assert not w.calls["streamed"].any()


def test_a_refusal_is_content(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", Scenario(Script(refusal="I would rather not.")))
    w = ask().wait(WAIT_S)
    assert (w.state, w.error, w.finish_reason) == ("completed", None, "content_filter")
    assert (w.refusal_text, w.output_text) == ("I would rather not.", "")


def test_a_limit_leaves_the_answer_incomplete(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", Scenario(Script(answer="The sky", finish=Incomplete())))
    w = ask().wait(WAIT_S)
    assert (w.state, w.finish_reason) == ("incomplete", "length")
    assert (w.raw_finish_reason, w.output_text) == ("max_output_tokens", "The sky")


def test_a_tool_call_is_there_with_its_arguments(ask: Ask, server: ScriptedServer) -> None:
    call = ToolCall("weather", '{"city": "Oslo"}')
    server.play("gpt-5-mini", Scenario(Script(tool_calls=(call,), finish=Completed())))
    w = ask().wait(WAIT_S)
    assert w.finish_reason == "tool_call"
    assert [(c["name"], c["arguments"]) for c in w.tool_calls] == [("weather", '{"city": "Oslo"}')]


def test_a_model_without_a_price_costs_nan_and_not_nothing(ask: Ask) -> None:
    w = ask(model="vllm:my-model", api="responses").wait(WAIT_S)
    assert w.state == "completed"
    assert math.isnan(w.cost_usd)


def test_without_any_key_the_scripted_provider_answers_and_says_so() -> None:
    kernel().scripted_base_url()
    kernel()._server.play("sky", scenario())
    w = sw.stream("Why is the sky blue?").wait(WAIT_S)
    assert (w.state, repr(w)) == ("completed", "StreamWidget(scripted:sky, completed)")
    notices = [notice["text"] for notice in w.to_dict()["notices"]]
    assert len(notices) == 1
    assert "OPENAI_API_KEY" in notices[0]
    assert "scripted" in notices[0]


def test_a_model_that_was_named_gets_no_notice(ask: Ask) -> None:
    assert ask().wait(WAIT_S).to_dict()["notices"] == []


def test_the_kernels_own_scripted_server_answers_a_scripted_model() -> None:
    w = sw.stream("Why?", model="scripted:refusal", extra={"scripted": {"tokens_per_s": 1e6}})
    w.wait(WAIT_S)
    assert w.state == "completed"
    assert w.refusal_text


def test_a_server_of_ones_own_may_want_no_key(server: ScriptedServer) -> None:
    w = sw.stream("Why?", base_url=server.base_url).wait(WAIT_S)
    assert (repr(w), w.output_text) == ("StreamWidget(openai:gpt-5-mini, completed)", ANSWER)


@needs_recordings
@pytest.mark.parametrize("ending", ["as it was recorded", "without its last blank line"])
def test_a_recorded_stream_arrives_to_the_character(
    ask: Ask, server: ScriptedServer, tmp_path: Path, ending: str
) -> None:
    name = "openai__responses__reasoning-summary.sse"
    raw, wanted = recorded(name), expected(name)
    copy = tmp_path / name
    copy.write_bytes(raw if ending == "as it was recorded" else raw.rstrip())
    server.play("gpt-5-mini", Scenario(Recording(copy)))
    w = ask().wait(WAIT_S)
    assert (w.state, w.error) == ("completed", None)
    assert w.output_text == wanted["output_text"]
    assert w.reasoning_text == wanted["reasoning_text"]
    assert w.usage.total_tokens == wanted["usage"]["total"]
    assert w.usage.reasoning_tokens == wanted["usage"]["reasoning"]


# A client that the user has


@pytest.mark.parametrize("make", [openai.AsyncOpenAI, openai.OpenAI])
def test_a_client_of_ones_own_is_used_with_its_address_and_key(
    make: Callable[..., object],
) -> None:
    with ScriptedServer(scenarios={"gpt-5-mini": scenario()}, require_key=KEY) as server:
        client = make(api_key=KEY, base_url=server.base_url)
        w = sw.stream("Why?", model="gpt-5-mini", client=client, fallback=[], retries=0)
        w.wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_client_of_azure_is_used_with_its_address_and_deployment(
    server: ScriptedServer, api: str
) -> None:
    client = openai.AsyncAzureOpenAI(
        api_key=KEY, base_url=server.base_url, api_version="2025-04-01-preview"
    )
    w = sw.stream("Why?", model="openai:mine", api=api, client=client, fallback=[], retries=0)
    w.wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)


def test_a_client_of_anthropic_is_used_with_its_address_and_key(server: ScriptedServer) -> None:
    client = anthropic.AsyncAnthropic(api_key=KEY, base_url=server.base_url)
    w = sw.stream("Why?", model="anthropic:claude-sonnet-5", client=client, fallback=[], retries=0)
    w.wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)


def test_a_client_that_the_user_has_used_on_another_loop_is_used_all_the_same(
    server: ScriptedServer,
) -> None:
    async def use() -> None:
        asked = client.responses.with_streaming_response.create(
            model="gpt-5-mini", input="Why?", stream=True
        )
        async with asked as response:
            await response.read()

    client = openai.AsyncOpenAI(api_key=KEY, base_url=server.base_url)
    with asyncio.Runner() as runner:
        runner.run(use())
        assert server.open_connections == 1
        w = sw.stream("Why?", model="gpt-5-mini", client=client, fallback=[], retries=0)
        assert w.wait(WAIT_S).output_text == ANSWER
        runner.run(use())
        runner.run(client.close())
    server.wait_until_no_connections()


def test_a_client_with_connections_of_its_own_kind_keeps_them(server: ScriptedServer) -> None:
    http_client = openai.DefaultAsyncHttpxClient(headers={"x-mine": "1"})
    client = openai.AsyncOpenAI(api_key=KEY, base_url=server.base_url, http_client=http_client)
    w = sw.stream("Why?", model="gpt-5-mini", client=client, fallback=[], retries=0)
    assert w.wait(WAIT_S).output_text == ANSWER
    assert "x-mine" in server.requests[0].header_names
    loop = kernel().engine.loop
    asyncio.run_coroutine_threadsafe(client.close(), loop).result(WAIT_S)


def test_a_client_that_is_gone_does_not_lend_its_key_to_the_next(server: ScriptedServer) -> None:
    for number in range(4):
        client = openai.OpenAI(api_key=f"key-{number}", base_url=server.base_url)
        w = sw.stream("Why?", model="gpt-5-mini", client=client, fallback=[], retries=0)
        w.wait(WAIT_S)
        assert w.state == "completed"
        del client, w
    clients = kernel().clients.openai._clients.values()
    assert [made.api_key for _, made in clients] == [f"key-{number}" for number in range(4)]


@pytest.mark.parametrize("client", [object(), "client"])
def test_a_client_of_another_kind_is_refused_before_any_request(
    ask: Ask, server: ScriptedServer, client: object
) -> None:
    with pytest.raises(InvalidRequestError, match="takes an openai"):
        ask(client=client, base_url=None, api_key=None)
    assert server.requests == []


# Defaults


def test_defaults_of_the_kernel_are_used_until_a_call_says_otherwise(
    ask: Ask, server: ScriptedServer
) -> None:
    sw.configure(effort="high", max_output_tokens=900, tags=["study"], verbosity="low")
    ask(tags="sky").wait(WAIT_S)
    w = ask(effort="low").wait(WAIT_S)
    first, second = (exchange.body for exchange in server.requests)
    assert (first["reasoning"]["effort"], first["max_output_tokens"]) == ("high", 900)
    assert second["reasoning"]["effort"] == "low"
    assert list(w.calls["tags"]) == [["study"]]
    assert len(sw.log.to_frame(tag="study")) == 2
    assert len(sw.log.to_frame(tag="sky")) == 1


def test_a_single_word_is_one_tag_and_one_fallback_and_not_its_letters() -> None:
    sw.configure(tags="sky", fallback="openai:gpt-5-nano")
    assert kernel().settings.tags == ("sky",)
    assert kernel().settings.fallback == ("openai:gpt-5-nano",)


def test_another_log_takes_the_runs_from_now_on(ask: Ask, tmp_path: Path) -> None:
    first = ask().wait(WAIT_S)
    sw.configure(log=tmp_path / "calls.db")
    second = ask().wait(WAIT_S)
    assert list(sw.log.to_frame()["run_id"]) == [second.run_id]
    assert list(first.calls["run_id"]) == [first.run_id]
    assert (tmp_path / "calls.db").is_file()


def test_without_content_the_log_holds_numbers_only(ask: Ask) -> None:
    sw.configure(log_content=False)
    row = ask(instructions="Be brief.").wait(WAIT_S).calls.iloc[0]
    for name in ("prompt", "instructions", "output_text", "reasoning_text"):
        assert row.isna()[name]
    assert row["output_tokens"] > 0


def test_one_run_may_keep_its_words_out_of_a_log_that_has_those_of_others(ask: Ask) -> None:
    without = ask(log_content=False).wait(WAIT_S).calls.iloc[0]
    assert without[["prompt", "output_text"]].isna().all()
    row = ask(redact=str.upper).wait(WAIT_S).calls.iloc[0]
    assert row["prompt"] == "WHY IS THE SKY BLUE?"
    assert ask().wait(WAIT_S).calls.iloc[0]["prompt"] == "Why is the sky blue?"
    sw.configure(redact=str.upper)
    assert ask().wait(WAIT_S).calls.iloc[0]["prompt"] == "WHY IS THE SKY BLUE?"
    assert ask(redact=str.lower).wait(WAIT_S).calls.iloc[0]["prompt"] == "why is the sky blue?"


def test_what_is_watched_may_keep_its_words_out_of_the_log() -> None:
    without = sw.watch(["Short ", "waves"], log_content=False).wait(WAIT_S).calls.iloc[0]
    assert without.isna()["output_text"]
    row = sw.watch(["Short ", "waves"], redact=str.upper).wait(WAIT_S).calls.iloc[0]
    assert row["output_text"] == "SHORT WAVES"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"redact": "upper"}, "redact must be a function"),
        ({"effort": "hihg"}, "effort must be one of"),
        ({"temperature": 3}, "temperature must be a number from 0 to 2"),
        ({"log_content": "no"}, "log_content must be True or False"),
        ({"model": "gtp-5"}, "gpt-5"),
        ({"model": 5}, "A model is named by a text"),
        ({"fallback": ["gtp-5"]}, "gpt-5"),
        ({"timeout": 0}, "timeout must be a number"),
    ],
)
def test_a_default_that_cannot_be_is_refused_and_changes_nothing(
    wrong: dict[str, Any], message: str
) -> None:
    before = kernel().settings
    with pytest.raises(ValueError, match=message):
        sw.configure(**wrong)
    assert kernel().settings == before


# Fallbacks


def test_the_catalogs_fallback_is_asked_when_the_caller_names_none(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play("gpt-5-mini", scenario(HttpError(503)))
    w = ask(fallback=None).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)
    assert [exchange.model for exchange in server.requests] == ["gpt-5-mini", "gpt-5-nano"]
    assert list(w.calls["state"]) == ["failed", "completed"]
    assert "asking openai:gpt-5-nano instead" in w.to_dict()["notices"][0]["text"]


def test_no_fallback_is_asked_where_the_caller_wants_none(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(HttpError(503)))
    assert ask(fallback=[]).wait(WAIT_S).state == "failed"
    assert len(server.requests) == 1


def test_two_threads_that_come_first_share_one_kernel(ask: Ask, server: ScriptedServer) -> None:
    gate = Gate()
    server.play("gpt-5-mini", scenario(gates={"answer": gate}))
    start = threading.Barrier(4, timeout=WAIT_S)
    made: list[StreamWidget] = []

    def begin() -> None:
        start.wait()
        made.append(ask())

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert len({id(w._engine) for w in made}) == 1
    gate.open()
    assert {w.wait(WAIT_S).output_text for w in made} == {ANSWER}

"""Items of every kind are known by looking; recordings as frames and as SDK objects give the same
as their bytes; what is damaged gives an error and never another exception."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from providers.recordings import fold, named, read, recorded, wire_of
from recorded_wire import needs_recordings
from stream_widget.errors import ProviderError, StreamInterruptedError
from stream_widget.events import HeartbeatReceived, ResponseFailed
from stream_widget.providers.frames_of import api_of, frame_of, model_in
from stream_widget.providers.sdk_requests import api_asked, keys_in, model_asked, provider_at
from stream_widget.providers.watched_items import WatchedItems
from stream_widget.request import Target
from stream_widget.wire import FrameDecoder, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stream_widget.events import Event


def watched(items: Iterable[object], *, ends: bool = True) -> tuple[WatchedItems, list[Event]]:
    reader = WatchedItems(Target("watch", "mine"), guess=True)
    events = [event for item in items for event in reader.feed(item)]
    events += reader.end() if ends else reader.break_off()
    return reader, events


@pytest.mark.parametrize(
    ("frame", "api"),
    [
        ({"type": "response.created"}, "responses"),
        ({"type": "response.output_text.delta", "delta": "x"}, "responses"),
        ({"type": "keepalive", "sequence_number": 3}, "responses"),
        ({"type": "error", "code": "x", "message": "y"}, "responses"),
        ({"type": "error", "error": {"code": "x", "type": "y"}, "sequence_number": 1}, "responses"),
        ({"object": "response", "output": []}, "responses"),
        ({"type": "message_start", "message": {}}, "messages"),
        ({"type": "ping"}, "messages"),
        ({"type": "error", "error": {"type": "overloaded_error"}}, "messages"),
        ({"type": "message", "content": []}, "messages"),
        ({"choices": []}, "chat"),
        ({"object": "chat.completion.chunk"}, "chat"),
        ({"error": {"message": "x"}}, "chat"),
        ({"type": ["response."], "choices": 3, "object": None}, None),
        ({"type": "text", "text": "x"}, None),
        ({}, None),
    ],
)
def test_a_frame_shows_its_wire(frame: dict[str, object], api: str | None) -> None:
    assert api_of(frame) == api


def test_a_frame_says_its_model_wherever_the_wire_has_it() -> None:
    for frame in ({"model": "m"}, {"response": {"model": "m"}}, {"message": {"model": "m"}}):
        assert model_in(frame) == "m"
    for frame in ({}, {"model": ""}, {"model": 3, "response": "m", "message": None}):
        assert model_in(frame) is None


def test_a_server_sent_event_that_an_sdk_cut_out_is_a_frame() -> None:
    def sent(data: str) -> SimpleNamespace:
        return SimpleNamespace(event=None, data=data, id=None, retry=None)

    assert frame_of(sent('{"choices": []}')) == {"choices": []}
    assert frame_of(sent("[DONE]")) == {}
    assert frame_of(sent("no json")) is None
    assert frame_of(SimpleNamespace(data="{}")) is None


def test_what_only_says_again_is_left_out_once_the_wire_is_known() -> None:
    start = {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta"}}
    delta["delta"] = {"type": "text_delta", "text": "Hi"}
    again = SimpleNamespace(type="text", text="Hi", snapshot="Hi")
    reader, events = watched([start, delta, again, {"type": "message_stop"}])
    assert (reader.api, fold(events).output_text) == ("messages", "Hi")
    with pytest.raises(ProviderError, match="of type SimpleNamespace"):
        watched([again])


def test_a_whole_answer_is_read_as_one() -> None:
    message = {"type": "message", "content": [{"type": "text", "text": "Hi"}], "model": "claude-x"}
    response = {
        "object": "response",
        "status": "completed",
        "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}],
    }
    chat = {"choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}
    for body in (message, response, chat):
        _, events = watched([body])
        snapshot = fold(events)
        assert (snapshot.output_text, snapshot.finish is not None) == ("Hi", True)


def test_what_a_broken_stream_held_back_is_handed_on() -> None:
    chunk = {"choices": [{"index": 0, "delta": {"content": "<thin"}}]}
    for item in (chunk, "<thin"):
        _, events = watched([item], ends=False)
        assert fold(events).output_text == "<thin"


def test_an_error_of_a_frame_names_who_answered() -> None:
    frames = [{"model": "gpt-5-mini", "choices": []}, {"error": {"message": "Overloaded"}}]
    _, events = watched(frames)
    failed = [event for event in events if isinstance(event, ResponseFailed)]
    assert [event.error.target for event in failed] == ["openai:gpt-5-mini"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    ["type", "object", "choices", "error", "model", "response", "message", "delta", "index"]
)
_WORDS = st.sampled_from(
    ["response.created", "response.completed", "message_start", "content_block_delta", "error"]
)


@given(st.lists(st.dictionaries(_FIELDS, _JSON | _WORDS, max_size=4), max_size=5))
def test_damaged_frames_give_events_or_an_error_that_names_the_type(frames: list[Any]) -> None:
    reader = WatchedItems(Target("watch", "mine"), guess=True)
    problem: ProviderError | None = None
    try:
        for frame in frames:
            list(reader.feed(frame))
        list(reader.end())
    except ProviderError as error:
        problem = error
    if problem is not None and not isinstance(problem, StreamInterruptedError):
        assert problem.kind == "malformed"
        assert "of type dict" in str(problem)


# The request under an SDK's stream


def test_a_request_says_who_was_asked_and_its_keys_are_known() -> None:
    request = SimpleNamespace(
        url="https://api.groq.com/openai/v1/chat/completions",
        headers={"authorization": "Bearer secret-key", "x-api-key": "other-key"},
        content=b'{"model": "qwen3", "stream": true}',
    )
    assert (provider_at(request), api_asked(request)) == ("groq", "chat")
    assert model_asked(request) == "qwen3"
    assert keys_in(request) == ("secret-key", "other-key")


@pytest.mark.parametrize("content", [None, b"", b"no json", b"[1]", b'{"model": 3}', "text"])
def test_a_request_that_says_nothing_is_nobodys(content: object) -> None:
    request = SimpleNamespace(url="http://127.0.0.1:9/v1", headers={}, content=content)
    assert (provider_at(request), api_asked(request), model_asked(request)) == (None, None, None)
    assert (provider_at(None), api_asked(None), model_asked(None)) == (None, None, None)
    assert keys_in(request) == keys_in(None) == ()


# Recordings


@needs_recordings
@pytest.mark.parametrize("name", named("*__*__*.sse"))
def test_a_recording_as_dicts_gives_what_its_bytes_give(name: str) -> None:
    decoder = FrameDecoder()
    texts = [frame.data for frame in [*decoder.feed(recorded(name)), *decoder.close()]]
    frames = [data for text in texts if (data := read_json(text))]
    reader = WatchedItems(Target("watch", "mine"), guess=True)
    events: list[Event] = []
    cut = False
    for frame in frames:
        events += reader.feed(frame)
    try:
        events.extend(reader.end())
    except StreamInterruptedError:
        cut = True
    assert reader.api == wire_of(name)
    assert reader.target.model != "mine" or "error" in name
    try:
        plain = fold(read([recorded(name)], wire=wire_of(name)))
    except StreamInterruptedError:
        assert cut
        return
    seen = fold(e for e in events if not isinstance(e, HeartbeatReceived))
    assert not cut
    assert (seen.output_text, seen.reasoning_text, seen.refusal_text, seen.usage, seen.finish) == (
        plain.output_text,
        plain.reasoning_text,
        plain.refusal_text,
        plain.usage,
        plain.finish,
    )

"""A key that was given stays where it was given. (Websocket frames are searched in e2e.)"""

from __future__ import annotations

import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

import openai
import pytest

import stream_widget as sw
from compose.asked import ANSWER, KEY, WAIT_S, kernel, scenario
from stream_widget.scripted import (
    ANY_MODEL,
    Failed,
    HttpError,
    Malformed,
    NotAnEventStream,
    Recording,
    Scenario,
    Script,
    ScriptedServer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stream_widget.widget import StreamWidget

PIECES = (KEY, KEY[:12], KEY[-12:])
"""Also a part of a key is too much."""


def echo(status: int) -> Scenario:
    body = {"error": {"message": f"Incorrect key {KEY}.", "code": "invalid_api_key"}}
    return scenario(HttpError(status, body=body))


def damaged(folder: Path) -> Scenario:
    recording = folder / "damaged.sse"
    recording.write_text(f'data: {{"authorization": "Bearer {KEY}\n\n', "utf-8")
    return Scenario(Recording(recording))


CASES = {
    "success": lambda _: scenario(),
    "refused, with the key in the body": lambda _: echo(401),
    "refused in plain text": lambda _: scenario(HttpError(500, body=f"No {KEY} here")),
    "refused at length": lambda _: scenario(HttpError(500, body=f"{'x' * 290}{KEY}")),
    "failed in the stream": lambda _: Scenario(
        Script(answer=ANSWER, finish=Failed("server_error", f"The key {KEY} expired."))
    ),
    "damaged": lambda _: scenario(Malformed()),
    "damaged, with the key in the frame": damaged,
    "a page that shows the key": lambda _: scenario(NotAnEventStream(f"<p>Bearer {KEY}</p>")),
    "a page that shows the key at its cut": lambda _: scenario(
        NotAnEventStream(f"<p>{'x' * 145}{KEY}</p>")
    ),
}


@pytest.fixture(params=CASES)
def asked(request: pytest.FixtureRequest, server: ScriptedServer, tmp_path: Path) -> ScriptedServer:
    server.play(ANY_MODEL, CASES[request.param](tmp_path))
    return server


@pytest.fixture(params=["api_key=", "the environment", "client="])
def given(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "the environment":
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return request.param


class Watched:
    """Everything that leaves for the browser, from the first message on."""

    def __init__(self) -> None:
        self.messages: list[object] = []

    def stream(self, given: str, server: ScriptedServer) -> StreamWidget:
        how: dict[str, Any] = {"base_url": server.base_url}
        if given == "api_key=":
            how["api_key"] = KEY
        elif given == "client=":
            how = {"client": openai.AsyncOpenAI(api_key=KEY, base_url=server.base_url)}
        w = sw.stream("Why?", model="openai:gpt-5-mini", fallback=[], retries=0, **how)
        w.observe(lambda change: self.messages.append(change["new"]), "patches")
        self.messages.append(w.get_state())
        return w.wait(WAIT_S)


def exported(w: StreamWidget, folder: Path) -> Iterator[str]:
    for ending in ("html", "md", "json"):
        yield w.export(folder / f"run.{ending}").read_text("utf-8")


def shown(w: StreamWidget) -> Iterator[str]:
    yield from (repr(w), str(w), w.to_html(), w.to_markdown(), repr(w.to_dict()))
    yield from (repr(w.get_state()), repr(w._repr_mimebundle_()))
    yield from (w.output_text, w.reasoning_text, repr(w.tool_calls))
    yield repr(w.calls.to_dict())
    yield repr(vars(w._run))
    yield repr(w._run.request)
    if w.error is not None:
        yield from (str(w.error), repr(w.error), repr(vars(w.error)))
        yield from traceback.format_exception(w.error)


def test_a_key_is_in_nothing_that_is_shown_sent_exported_or_logged(
    asked: ScriptedServer,
    given: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "stream_widget")
    sw.configure(log=tmp_path / "calls.db")
    watched = Watched()
    w = watched.stream(given, asked)
    files = list(exported(w, tmp_path))
    texts = [*shown(w), *files, caplog.text, json.dumps(watched.messages, default=str)]
    texts += [repr(exchange.body) for exchange in asked.requests]
    texts += [repr(kernel().settings), repr(sw.log)]
    for text in texts:
        for piece in PIECES:
            assert piece not in text
    assert len(asked.requests) == 1  # the key went where it should: somebody was asked
    assert "authorization" in asked.requests[0].header_names
    kernel().log.flush()
    stored = [path.read_bytes() for path in tmp_path.glob("calls.db*")]
    assert stored
    for raw in stored:
        assert not any(piece.encode() in raw for piece in PIECES)


def test_what_the_error_said_beside_the_key_is_kept(server: ScriptedServer) -> None:
    server.play(ANY_MODEL, echo(401))
    w = Watched().stream("api_key=", server)
    assert "Incorrect key [key removed]." in str(w.error)


def test_a_key_that_was_asked_about_is_not_written_to_the_log(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    w = sw.stream(
        f"What is {KEY}?", model="openai:gpt-5-mini", fallback=[], base_url=server.base_url
    ).wait(WAIT_S)
    assert w.calls.iloc[0]["prompt"] == "What is [key removed]?"


def test_a_missing_key_names_its_variable_and_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XAI_API_KEY", KEY)
    with pytest.raises(sw.errors.MissingKeyError) as caught:
        sw.stream("Why?", model="openai:gpt-5-mini")
    assert "planted" not in str(caught.value)

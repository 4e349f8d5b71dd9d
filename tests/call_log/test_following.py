from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from stream_widget.call_log.following import Following
from stream_widget.call_log.migrations import migrate
from stream_widget.call_log.pieces import read_pieces, write_piece
from stream_widget.call_log.voice import Voice
from stream_widget.clock import monotonic_s, utc_now
from stream_widget.events import (
    OutputTextDelta,
    ReasoningSummaryDelta,
    ResponseStarted,
    ToolCallDelta,
    ToolCallStarted,
)
from stream_widget.redaction import Redactor
from stream_widget.request import Request, Target
from stream_widget.run import Attempt, Run

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
    from pathlib import Path

    from stream_widget.call_log.streamed import Streamed
    from stream_widget.events import Event
    from stream_widget.run import ThreadEngine

TARGET = Target("openai", "gpt-5-mini")
KEY = "sk-proj-A1b2C3d4E5f6G7h8I9j0K1l2M3n4"
OWN_KEY = "my.own/gateway-key"


class Streaming:
    """A call that streams into a table of pieces, looked at whenever the test says so."""

    def __init__(self, path: Path, engine: ThreadEngine, **how: object) -> None:
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma journal_mode = wal")
        migrate(self.db)
        run = Run(Request("Hi"), [TARGET], _nobody, engine=engine, price=_free)
        self.attempt = Attempt(1, TARGET, utc_now(), monotonic_s(), run.request)
        self.following = Following(
            run, self.attempt, Voice(run), **{"redact": None, "log_content": True, **how}
        )
        self.at_s = 0.0

    def receive(self, *events: Event, apart_s: float = 0.05) -> None:
        for event in events:
            self.at_s += apart_s
            self.attempt.snapshot.apply(event, at_s=self.at_s)

    def beat(self, *, written: bool = True) -> bool:
        piece = self.following.look(Redactor())
        if piece is not None and written:
            write_piece(self.db, piece)
            self.following.written()
        return piece is not None

    @property
    def on_disk(self) -> Streamed:
        found = read_pieces(self.db, self.attempt.call_id)
        assert found is not None
        return found[0]

    @property
    def raw(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.path.parent.glob(f"{self.path.name}*"))


def _nobody(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
    raise NotImplementedError


def _free(*_: object) -> tuple[float, None]:
    return 0.0, None


@pytest.fixture
def stream(tmp_path: Path, engine: ThreadEngine) -> Iterator[Callable[..., Streaming]]:
    made: list[Streaming] = []

    def make(**how: object) -> Streaming:
        made.append(Streaming(tmp_path / f"{len(made)}.db", engine, **how))
        return made[-1]

    yield make
    for each in made:
        each.db.close()


def texts(streamed: Streamed) -> list[str | None]:
    return [part.text for part in streamed.parts]


def test_each_look_takes_what_is_new_and_together_they_are_the_whole(
    stream: Callable[..., Streaming],
) -> None:
    call = stream()
    assert not call.beat()
    call.receive(ReasoningSummaryDelta(0, "Think. "), OutputTextDelta(1, "Short "))
    assert call.beat()
    assert not call.beat()
    call.receive(
        OutputTextDelta(1, "waves "),
        ToolCallStarted(2, "call_1", "look_up"),
        ToolCallDelta(2, '{"sky":'),
        ToolCallDelta(2, "true}"),
        OutputTextDelta(1, "scatter. 🌤"),
    )
    assert call.beat()
    snapshot = call.attempt.snapshot
    assert [(part.kind, part.name, part.text) for part in call.on_disk.parts] == [
        (part.kind, part.name, part.text) for part in snapshot.parts
    ]
    assert call.on_disk.timeline == snapshot.timeline
    columns = call.on_disk.columns()
    assert columns["output_text"] == snapshot.output_text
    assert '"id": "call_1"' in columns["tool_calls"]


def test_what_was_not_written_is_there_at_the_next_look(stream: Callable[..., Streaming]) -> None:
    call = stream()
    call.receive(OutputTextDelta(0, "Short "))
    assert call.beat(written=False)
    call.receive(OutputTextDelta(0, "waves"))
    assert call.beat()
    assert texts(call.on_disk) == ["Short waves"]
    assert call.on_disk.timeline == call.attempt.snapshot.timeline


def test_an_arrival_that_grows_within_its_millisecond_is_counted_once(
    stream: Callable[..., Streaming],
) -> None:
    call = stream()
    for text in ("One ", "two ", "three"):
        call.receive(OutputTextDelta(0, text), apart_s=0)
        call.beat()
    assert sum(each.characters for each in call.on_disk.timeline) == len("One two three")
    assert texts(call.on_disk) == ["One two three"]


def test_what_is_known_early_stands_in_the_row_at_once(
    stream: Callable[..., Streaming],
) -> None:
    call = stream()
    call.db.execute(
        "insert into calls (call_id, run_id, attempt, started_at, provider, request_model, state) "
        "values (?, 'run', 1, 0, 'openai', 'gpt-5-mini', 'streaming')",
        (call.attempt.call_id,),
    )
    call.receive(ResponseStarted("resp_1", "gpt-5-mini-2025-08-07"))
    call.attempt.ttft_s = 0.25
    call.beat()
    query = "select response_id, response_model, ttft_s, ttfo_s from calls"
    assert call.db.execute(query).fetchall() == [("resp_1", "gpt-5-mini-2025-08-07", 0.25, None)]


def test_without_content_there_are_times_and_lengths_and_no_words(
    stream: Callable[..., Streaming],
) -> None:
    call = stream(log_content=False)
    call.receive(ToolCallStarted(0, "call_9", "secret_tool"), OutputTextDelta(1, "hidden words"))
    call.beat()
    assert call.on_disk.stored() == (
        '[["tool_call", null, 0], ["output_text", null, 12]]',
        "100:1+12",
    )
    for word in (b"secret_tool", b"call_9", b"hidden"):
        assert word not in call.raw


@pytest.mark.parametrize("key", [KEY, OWN_KEY])
@settings(max_examples=60)
@given(data=st.data())
def test_no_beginning_of_a_key_reaches_the_file_however_it_is_split(
    key: str, data: st.DataObject, engine: ThreadEngine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = data.draw(st.sampled_from(["", "My key is ", "日本", "a=", "sk-learn, gs ", '{"k":"']))
    after = data.draw(st.sampled_from(["", " and more.", '"}', "。", ", gs"]))
    text = f"{before}{key}{after}"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text) - 1), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEWAY_API_KEY", OWN_KEY)
        call = Streaming(tmp_path_factory.mktemp("split") / "calls.db", engine)
        with closing(call.db):
            for piece in pieces:
                call.receive(OutputTextDelta(0, piece))
                call.beat()
                assert key[:4].encode() not in call.raw.replace(b"sk-learn", b"")
            call.receive(OutputTextDelta(0, " The end."))
            call.beat()
            assert texts(call.on_disk) == [Redactor().content(f"{text} The end.")]


def split_everywhere(text: str) -> list[Sequence[str]]:
    return [(text[:at], text[at:]) for at in range(1, len(text))]


@pytest.mark.parametrize("pieces", split_everywhere("Ask Ann Smith today."))
def test_a_function_that_takes_words_out_sees_whole_words_however_they_are_split(
    pieces: Sequence[str], stream: Callable[..., Streaming]
) -> None:
    call = stream(redact=lambda text: text.replace("Smith", "[name]"))
    for piece in pieces:
        call.receive(OutputTextDelta(0, piece))
        call.beat()
    call.receive(OutputTextDelta(0, " The end. "))
    call.beat()
    assert texts(call.on_disk) == ["Ask Ann [name] today. The end. "]
    assert call.on_disk.columns()["output_text"] == "Ask Ann [name] today. The end. "
    assert b"Smi" not in call.raw


def test_a_function_that_fails_costs_the_text_and_nothing_else(
    stream: Callable[..., Streaming],
) -> None:
    def redact(text: str) -> str:
        raise RuntimeError(text)

    call = stream(redact=redact)
    call.receive(OutputTextDelta(0, "hidden words "))
    call.beat()
    assert texts(call.on_disk) == [None]
    assert call.on_disk.timeline == call.attempt.snapshot.timeline
    assert b"hidden" not in call.raw

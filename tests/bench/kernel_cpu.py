"""What a delta costs the kernel, from the bytes of an answer to the patch that waits for the page.

For each wire, one long answer of the scripted provider (and each recorded stream named) comes from
memory through the same HTTP client, by turns to four:

- ours: the SDK's raw bytes, our decoder, the run and its sink, the widget's queue;
- the SDK's own typed stream, whose events nobody uses;
- the bytes alone: what both of them pay to the SDK and its HTTP client, and to the loop;
- ``json.loads`` of each frame, with no stream around it.

The loop has a turn after each chunk, as it has when bytes come from a socket. Messages leave the
queue at its own pace, to nowhere: sending them is no delta's business. As bytes from memory come
faster than that pace, ours is measured once more with a message for each delta, as a model's usual
speed has it.

    uv run python tests/bench/kernel_cpu.py [--rounds 7] [--deltas 1500] [FILE…]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import math
import sys
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, cast

import anthropic
import openai
from long_answer import long_answer
from rig import machine, show_table, verdict

from stream_widget import catalog
from stream_widget.events import DeltaEvent
from stream_widget.providers import PROVIDERS, Clients, Endpoint, as_sent, ask
from stream_widget.providers.door import http_library
from stream_widget.request import Request, Target
from stream_widget.run import LoopEngine, Run, Sink
from stream_widget.scripted import Recording
from stream_widget.scripted.chat_wire import ChatWire
from stream_widget.scripted.messages_wire import MessagesWire
from stream_widget.scripted.recording import read_recording
from stream_widget.scripted.responses_wire import ResponsesWire
from stream_widget.widget import KernelBudget
from stream_widget.widget.pace import Pace
from stream_widget.widget.shown_run import ShownRun
from stream_widget.widget.widget_runs import WidgetRuns
from stream_widget.wire import FrameDecoder

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence

    from stream_widget.events import Event, Usage
    from stream_widget.request import Api

_BUDGET_RATIO: Final = 0.5
_BUDGET_US: Final = 25.0
_LARGE_CHUNK_BYTES: Final = 16 * 1024
_AT_ONCE: Final = 16
_FEWER_ROUNDS: Final = 4
"""So many runs at once are so many more deltas that fewer rounds tell as much."""
_URL: Final = "http://127.0.0.1/v1"
_WIRES: Final = {"responses": ResponsesWire(), "chat": ChatWire(), "messages": MessagesWire()}
_RESOURCES: Final = {"responses": "responses", "chat": "chat.completions", "messages": "messages"}
_MESSAGES: Final = [{"role": "user", "content": "Go on."}]
_ASKED: Final[dict[str, dict[str, Any]]] = {
    "responses": {"model": "gpt-5-mini", "input": "Go on."},
    "chat": {"model": "gpt-5-mini", "messages": _MESSAGES},
    "messages": {"model": "claude-sonnet-5", "messages": _MESSAGES, "max_tokens": 1_000_000},
}


@dataclass(frozen=True, slots=True)
class Stream:
    """The bytes of one answer."""

    name: str
    api: Api
    frames: tuple[bytes, ...]

    def chunks(self, *, large: bool) -> list[bytes]:
        """The bytes as a socket gives them: a frame each time, or as much as it holds."""
        if not large:
            return [*self.frames]
        raw = b"".join(self.frames)
        return [raw[at : at + _LARGE_CHUNK_BYTES] for at in range(0, len(raw), _LARGE_CHUNK_BYTES)]

    def texts(self) -> list[str]:
        """The JSON of each frame."""
        decoder = FrameDecoder()
        frames = [frame for raw in self.frames for frame in decoder.feed(raw)]
        return [frame.data for frame in frames if frame.data.startswith("{")]


class Counted(Sink):
    """Counts deltas."""

    def __init__(self) -> None:
        self.deltas = 0

    def event_received(self, run: object, attempt: object, event: object) -> None:  # noqa: ARG002 - Sink
        self.deltas += isinstance(event, DeltaEvent)


class _AtOnce(Pace):
    """No message waits for the one before it."""

    @property
    def interval_s(self) -> float:
        return 0.0


class Bench:
    """One stream in one kind of chunks, to be read in every way; on the running loop."""

    def __init__(self, stream: Stream, *, large: bool) -> None:
        self._asked = _ASKED[stream.api]
        self._chunks = stream.chunks(large=large)
        sdk, make = (
            (anthropic, anthropic.AsyncAnthropic)
            if stream.api == "messages"
            else (openai, openai.AsyncOpenAI)
        )
        self._http: Any = http_library(sdk)
        transport = self._http.MockTransport(self._answer)
        self.http_client: Any = self._http.AsyncClient(transport=transport)
        self._client: Any = make(api_key="none", base_url=_URL, http_client=self.http_client)
        self._resource: Any = attrgetter(_RESOURCES[stream.api])(self._client)
        self._target = Target(
            "anthropic" if stream.api == "messages" else "openai", self._asked["model"]
        )
        self._endpoint = Endpoint(
            PROVIDERS[self._target.provider], _URL, stream.api, "none", client=self._client
        )
        self._clients = Clients()
        self._engine = LoopEngine()

    async def count_deltas(self) -> int:
        """The deltas in the stream."""
        counted = Counted()
        await self._run(counted)
        return counted.deltas

    async def ours(self, runs: int) -> None:
        """Read by runs of ours in one widget."""
        await self._shown(
            WidgetRuns(_send_nowhere, engine=self._engine, budget=KernelBudget()), runs
        )

    async def ours_each_sent(self, runs: int) -> None:
        """The same, where the pace holds no delta back."""
        unlimited = KernelBudget(per_s=1e9, burst=1_000_000_000)
        shown = WidgetRuns(_send_nowhere, engine=self._engine, budget=unlimited)
        shown.queue.pace = _AtOnce()
        await self._shown(shown, runs)

    async def sdk(self, runs: int) -> None:
        """Read by the SDK's typed streams."""
        await _at_once(self._read_typed, runs)

    async def bytes_alone(self, runs: int) -> None:
        """Received and not looked at."""
        await _at_once(self._read_bytes, runs)

    async def _shown(self, shown: WidgetRuns, runs: int) -> None:
        shown.queue.wake()
        async with asyncio.TaskGroup() as group:
            for _ in range(runs):
                run = self._make_run()
                sink = shown.add(ShownRun(run, engine=self._engine))
                group.create_task(self._run(sink, run))
        shown.queue.flush()

    async def _run(self, sink: Any, run: Run | None = None) -> None:
        run = run or self._make_run()
        ended = asyncio.Event()
        run.when_ended(ended.set)
        run.start(sink)
        await ended.wait()

    def _make_run(self) -> Run:
        known = catalog.capabilities(self._target)
        return Run(
            Request("Go on."),
            [self._target],
            self._ask,
            engine=self._engine,
            price=_no_price,
            as_sent=lambda request, _target: as_sent(request, known),
        )

    def _ask(self, request: Request, target: Target) -> AsyncGenerator[Event, None]:
        known = catalog.capabilities(target)
        return ask(self._clients, request, target, endpoint=self._endpoint, known=known)

    async def _read_typed(self) -> None:
        async with await self._resource.create(**self._asked, stream=True) as events:
            async for _ in events:
                pass

    async def _read_bytes(self) -> None:
        create = self._resource.with_streaming_response.create
        async with create(**self._asked, stream=True) as answer:
            async for _ in answer.iter_bytes():
                pass

    def _answer(self, _request: object) -> Any:
        headers = {"content-type": "text/event-stream"}
        return self._http.Response(200, headers=headers, content=self._bytes())

    async def _bytes(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
            await asyncio.sleep(0)


def main() -> None:
    """Measure and print."""
    options = _options()
    streams = [_scripted(cast("Api", name), options.deltas) for name in _WIRES]
    streams += [stream for path in options.files if (stream := _recorded(path)) is not None]
    rows = asyncio.run(_measure_all(streams, options.rounds))
    _say("CPU for each delta, in µs: the medians of rounds by turns")
    show_table(rows)
    _say(
        f'\nBudgets: ours / SDK {_BUDGET_RATIO:.2f}, ours {_BUDGET_US:g} µs. "Each sent" is ours '
        'with a message for each delta;\n"less bytes" is ours / SDK without what both pay for them.'
    )
    _say(f"\n{machine()}; openai {openai.__version__}, anthropic {anthropic.__version__}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kernel CPU for each delta.")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each reader")
    parser.add_argument("--deltas", type=int, default=1500, help="length of the scripted answers")
    parser.add_argument("files", type=Path, nargs="*", help="recorded streams, measured too")
    return parser.parse_args()


def _scripted(api: Api, deltas: int) -> Stream:
    wire = _WIRES[api]
    ask = wire.read({**_ASKED[api], "stream": True})
    steps = wire.encode(wire.tell(long_answer(deltas), ask, number=1))
    return Stream(api, api, tuple(step.raw for step in steps))


def _recorded(path: Path) -> Stream | None:
    answer = read_recording(Recording(path))
    if answer.wire is None or not answer.is_event_stream:
        sys.stderr.write(f"{path}: no stream of a wire we know\n")
        return None
    frames = tuple(cast("bytes", draft.body) for draft in answer.drafts())
    return Stream(path.stem, cast("Api", answer.wire), frames)


async def _measure_all(streams: Sequence[Stream], rounds: int) -> list[list[str]]:
    head = ["", "chunks", "runs", "deltas", "json.loads", "bytes alone", "SDK", "ours"]
    rows = [[*head, "each sent", "deltas/s", "less bytes", "ours / SDK", "", "µs"]]
    async with AsyncExitStack() as stack:
        for stream in streams:
            for large in (False, True):
                bench = Bench(stream, large=large)
                await stack.enter_async_context(bench.http_client)
                for runs in (1, _AT_ONCE):
                    sys.stderr.write(f"{stream.name} {'16 kB' if large else 'frame'} {runs} …\n")
                    turns = rounds if runs == 1 else max(2, rounds // _FEWER_ROUNDS)
                    row = await _row(bench, stream, runs, turns)
                    rows.append([stream.name, "16 kB" if large else "frame", *row])
    return rows


async def _row(bench: Bench, stream: Stream, runs: int, rounds: int) -> list[str]:
    deltas = await bench.count_deltas()
    if not deltas:
        return _empty_row(runs, deltas, "no delta")
    readers = [bench.bytes_alone, bench.sdk, bench.ours, bench.ours_each_sent]
    spent: defaultdict[str, list[float]] = defaultdict(list)
    stopped = ""
    try:
        for read in readers:  # the first time, types are built
            await read(1)
    except* (openai.APIError, anthropic.APIError, ValueError) as group:
        stopped = type(group.exceptions[0]).__name__
    if stopped:
        return _empty_row(runs, deltas, f"the SDK stops: {stopped}")
    for _ in range(rounds):
        for read in readers:
            spent[read.__name__].append(await _spent_us(read, runs) / deltas / runs)
        spent["json"].append(_json_us(stream.texts()) / deltas)
    rounds_of = list(zip(spent["ours"], spent["sdk"], spent["bytes_alone"], strict=True))
    ratio = median(ours / sdk for ours, sdk, _ in rounds_of)
    less_bytes = median((ours - alone) / (sdk - alone) for ours, sdk, alone in rounds_of)
    ours_us = median(spent["ours"])
    names = ("json", "bytes_alone", "sdk", "ours", "ours_each_sent")
    return [
        *(str(runs), str(deltas), *(f"{median(spent[name]):.1f}" for name in names)),
        *(f"{1e6 / ours_us:,.0f}", f"{less_bytes:.2f}", f"{ratio:.2f}"),
        *(verdict(ratio, _BUDGET_RATIO), verdict(ours_us, _BUDGET_US)),
    ]


def _empty_row(runs: int, deltas: int, why: str) -> list[str]:
    return [str(runs), str(deltas), *[""] * 8, why, ""]


async def _spent_us(read: Callable[[int], Coroutine[Any, Any, None]], runs: int) -> float:
    gc.collect()
    start_s = time.thread_time()
    await read(runs)
    return (time.thread_time() - start_s) * 1e6


def _json_us(texts: Sequence[str]) -> float:
    start_s = time.thread_time()
    for text in texts:
        json.loads(text)
    return (time.thread_time() - start_s) * 1e6


async def _at_once(read: Callable[[], Coroutine[Any, Any, None]], count: int) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(read())


def _no_price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
    return math.nan, None


def _send_nowhere(_message: object) -> None:
    pass


def _say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()

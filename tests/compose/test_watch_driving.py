"""Where `sw.watch` drives a stream, what Cancel does to it, and what the caller's code may do."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

import stream_widget as sw
from compose.asked import WAIT_S, engine_tasks, kernel, wait_until
from stream_widget.errors import SourceFailedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator


async def slowly(items: Iterable[object]) -> AsyncIterator[object]:
    for item in items:
        await asyncio.sleep(0)
        yield item


# The caller's own code


def test_an_exception_of_the_callers_code_fails_the_run_and_keeps_the_text() -> None:
    mine = ValueError("mine")

    def pieces() -> Iterator[str]:
        yield "Before"
        raise mine

    w = sw.watch(pieces(), name="agent").wait(WAIT_S)
    assert (w.state, w.output_text) == ("failed", "Before")
    assert isinstance(w.error, SourceFailedError)
    assert w.error.cause is mine
    assert "watch:agent" in str(w.error)
    assert list(w.calls["error_kind"]) == ["interrupted"]


def test_an_exception_that_quotes_a_key_is_shown_without_it() -> None:
    def pieces() -> Iterator[str]:
        yield "Before"
        raise ValueError("Illegal header value 'Bearer sk-proj-0123456789abcdef'")

    w = sw.watch(pieces()).wait(WAIT_S)
    assert "0123456789" not in f"{w.error}{w.to_dict()}"


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_an_exit_in_the_callers_thread_ends_that_run_only(raised: type[BaseException]) -> None:
    def pieces() -> Iterator[str]:
        yield "Before"
        raise raised

    w = sw.watch(pieces()).wait(WAIT_S)
    assert (w.state, w.output_text) == ("failed", "Before")
    assert isinstance(w.error, SourceFailedError)
    assert sw.watch(["again"]).wait(WAIT_S).state == "completed"


def test_an_exit_on_the_engines_loop_ends_that_run_only() -> None:
    async def pieces() -> AsyncIterator[str]:
        yield "Before"
        raise SystemExit

    w = sw.watch(pieces()).wait(WAIT_S)
    assert (w.state, w.output_text) == ("failed", "Before")
    assert isinstance(w.error, SourceFailedError)
    assert sw.watch(["again"]).wait(WAIT_S).state == "completed"


def test_a_cancellation_that_escapes_from_the_callers_code_is_a_failure() -> None:
    async def pieces() -> AsyncIterator[str]:
        yield "Before"
        raise asyncio.CancelledError

    async def main() -> sw.StreamWidget:
        return await sw.watch(pieces())

    for w in (asyncio.run(main()), sw.watch(pieces()).wait(WAIT_S)):
        assert (w.state, w.output_text) == ("failed", "Before")
        assert isinstance(w.error, SourceFailedError)


# Where it is driven


def test_an_asynchronous_stream_is_driven_on_the_loop_it_belongs_to() -> None:
    loops: list[object] = []

    async def pieces() -> AsyncIterator[str]:
        loops.append(asyncio.get_running_loop())
        yield "Hi"

    async def main() -> object:
        w = sw.watch(pieces())
        with pytest.raises(RuntimeError, match="use `await`"):
            w.wait(WAIT_S)
        assert await w is w
        assert w.state == "completed"
        return asyncio.get_running_loop()

    own = asyncio.run(main())
    sw.watch(pieces()).wait(WAIT_S)
    assert loops == [own, kernel().engine.loop]


def test_a_plain_stream_is_driven_on_a_thread_that_ends_with_it() -> None:
    threads: list[threading.Thread] = []

    def pieces() -> Iterator[str]:
        threads.append(threading.current_thread())
        yield "Hi"

    sw.watch(pieces()).wait(WAIT_S)
    threads[0].join(WAIT_S)
    assert (threads[0].name, threads[0].is_alive()) == ("stream_widget watch", False)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_long_stream_arrives_whole_and_in_order(*, asynchronous: bool) -> None:
    pieces = [f"{number} " for number in range(5000)]

    async def on_a_loop() -> sw.StreamWidget:
        return await sw.watch(slowly(pieces))

    w = asyncio.run(on_a_loop()) if asynchronous else sw.watch(pieces).wait(WAIT_S)
    assert w.output_text == "".join(pieces)


def test_a_stream_that_is_faster_than_the_engine_waits_for_it() -> None:
    made = 0

    def endless() -> Iterator[str]:
        nonlocal made
        while True:
            made += 1
            yield "x"

    w = sw.watch(endless())
    wait_until(w, lambda: w.output_text)
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go_on.wait(WAIT_S)

    kernel().engine.call_soon(hold)
    assert held.wait(WAIT_S)
    seen, waited = -1, threading.Event()
    while made != seen:
        seen = made
        waited.wait(0.05)
    go_on.set()
    w.cancel()
    w.wait(WAIT_S)
    assert w.state == "cancelled"


# Cancel


def test_cancel_closes_a_generator_and_keeps_the_text() -> None:
    closed = threading.Event()

    def pieces() -> Iterator[str]:
        try:
            while True:
                yield "x"
        finally:
            closed.set()

    w = sw.watch(pieces())
    wait_until(w, lambda: w.output_text)
    w.cancel()
    assert w.state == "cancelled"
    w.wait(WAIT_S)
    assert closed.wait(WAIT_S)
    assert w.output_text
    assert list(w.calls["state"]) == ["cancelled"]


def test_cancel_returns_although_next_blocks_and_closes_when_it_comes_back() -> None:
    blocked, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def pieces() -> Iterator[str]:
        try:
            yield "Before"
            blocked.set()
            go_on.wait(WAIT_S)
            yield "after"
        finally:
            closed.set()

    w = sw.watch(pieces())
    assert blocked.wait(WAIT_S)
    wait_until(w, lambda: w.output_text)
    w.cancel()
    w.wait(WAIT_S)
    assert (w.state, w.output_text, closed.is_set()) == ("cancelled", "Before", False)
    go_on.set()
    assert closed.wait(WAIT_S)


@pytest.mark.parametrize("on_a_loop", [False, True])
def test_cancel_returns_although_the_streams_closing_does_not(*, on_a_loop: bool) -> None:
    go_on, closed = threading.Event(), threading.Event()

    async def pieces() -> AsyncIterator[str]:
        try:
            yield "Before"
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(go_on.wait, WAIT_S)
            closed.set()

    def cancelled(w: sw.StreamWidget) -> None:
        wait_until(w, lambda: w.output_text)
        w.cancel()
        w.wait(WAIT_S)
        assert (w.state, w.output_text, closed.is_set()) == ("cancelled", "Before", False)
        go_on.set()
        assert closed.wait(WAIT_S)

    async def main() -> None:
        await asyncio.to_thread(cancelled, sw.watch(pieces()))

    if on_a_loop:
        asyncio.run(main())
    else:
        cancelled(sw.watch(pieces()))


@pytest.mark.parametrize("on_a_loop", [False, True])
def test_cancel_closes_an_asynchronous_generator_on_its_loop(*, on_a_loop: bool) -> None:
    closed: list[object] = []

    async def pieces() -> AsyncIterator[str]:
        try:
            yield "Before"
            await asyncio.Event().wait()
        finally:
            closed.append(asyncio.get_running_loop())

    def cancelled(w: sw.StreamWidget) -> None:
        wait_until(w, lambda: w.output_text)
        w.cancel()

    async def main() -> sw.StreamWidget:
        w = sw.watch(pieces())
        await asyncio.to_thread(cancelled, w)
        await w
        assert closed == [asyncio.get_running_loop()]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return w

    if on_a_loop:
        w = asyncio.run(main())
    else:
        w = sw.watch(pieces())
        cancelled(w)
        w.wait(WAIT_S)
        assert closed == [kernel().engine.loop]
    assert (w.state, w.output_text, w.error) == ("cancelled", "Before", None)


def test_cancel_returns_although_the_streams_loop_is_blocked() -> None:
    blocked, go_on = threading.Event(), threading.Event()

    async def pieces() -> AsyncIterator[str]:
        yield "Before"
        blocked.set()
        go_on.wait(WAIT_S)
        yield "after"

    async def main() -> sw.StreamWidget:
        def cancel() -> None:
            blocked.wait(WAIT_S)
            wait_until(w, lambda: w.output_text)
            w.cancel()
            w.wait(WAIT_S)
            states.append(w.state)
            go_on.set()

        w = sw.watch(pieces())
        thread = threading.Thread(target=cancel)
        thread.start()
        await w
        thread.join(WAIT_S)
        return w

    states: list[str] = []
    w = asyncio.run(main())
    assert (states, w.output_text) == (["cancelled"], "Before")


def test_a_stream_whose_loop_ends_is_cancelled_with_it() -> None:
    closed = threading.Event()

    async def pieces() -> AsyncIterator[str]:
        try:
            yield "Before"
            await asyncio.Event().wait()
        finally:
            closed.set()

    async def main() -> sw.StreamWidget:
        w = sw.watch(pieces())
        await asyncio.to_thread(wait_until, w, lambda: w.output_text)
        return w

    w = asyncio.run(main()).wait(WAIT_S)
    assert (w.state, w.output_text, closed.is_set()) == ("cancelled", "Before", True)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_stream_that_is_cancelled_before_it_was_driven_is_closed_too(
    *, asynchronous: bool
) -> None:
    closed = threading.Event()

    class Plain:
        def __iter__(self) -> Iterator[str]:
            raise AssertionError("it was driven")

        def close(self) -> None:
            closed.set()

    class Asynchronous:
        def __aiter__(self) -> AsyncIterator[str]:
            raise AssertionError("it was driven")

        async def aclose(self) -> None:
            closed.set()

    held = threading.Event()
    kernel().engine.call_soon(held.wait, WAIT_S)
    w = sw.watch(Asynchronous() if asynchronous else Plain())
    w.cancel()
    held.set()
    assert w.wait(WAIT_S).state == "cancelled"
    assert closed.wait(WAIT_S)


def test_a_pause_holds_the_view_and_reading_goes_on() -> None:
    go_on = threading.Event()

    def pieces() -> Iterator[str]:
        yield "Before"
        go_on.wait(WAIT_S)
        yield ", after"

    w = sw.watch(pieces())
    wait_until(w, lambda: w.output_text)
    w.pause()
    assert w.state == "paused"
    go_on.set()
    assert w.wait(WAIT_S).output_text == "Before, after"


# What is left


def test_no_task_and_no_thread_is_left_behind() -> None:
    def failing() -> Iterator[str]:
        yield "a"
        raise ValueError("mine")

    async def on_a_loop() -> None:
        await sw.watch(slowly("abc"))
        await sw.watch(slowly([*"abc", 3]))
        assert asyncio.all_tasks() == {asyncio.current_task()}

    sw.watch(["warm"]).wait(WAIT_S)
    before, tasks = set(threading.enumerate()), sorted(engine_tasks())
    for each in (sw.watch(["ab ", "c"]), sw.watch(failing()), sw.watch(slowly("abc"))):
        each.wait(WAIT_S)
    asyncio.run(on_a_loop())
    for thread in set(threading.enumerate()) - before:
        if thread.name == "stream_widget watch":
            thread.join(WAIT_S)
    assert set(threading.enumerate()) - before == set()
    assert sorted(engine_tasks()) == tasks

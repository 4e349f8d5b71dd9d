"""A stream is driven where it may be; here the ways that the tests of `watch` do not come by."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from run.played import WAIT_S
from stream_widget.run.driving import _TurnDriver, driver_for

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator


class Stream:
    def __init__(self, items: list[object], *, is_async: bool = False) -> None:
        self.is_async = is_async
        self._items = items
        self.closed = threading.Event()

    def items(self) -> Generator[object, None, None]:
        try:
            yield from self._items
        finally:
            self.closed.set()

    async def async_items(self) -> AsyncGenerator[object, None]:
        try:
            for item in self._items:
                yield item
        finally:
            self.closed.set()

    def interrupt(self) -> None: ...

    def close(self) -> None:
        self.closed.set()

    async def aclose(self) -> None:
        self.closed.set()


def test_where_there_are_no_threads_a_plain_stream_takes_turns_with_the_loop() -> None:
    turns = 0

    async def main() -> None:
        nonlocal turns

        async def others() -> None:
            nonlocal turns
            while turns < 3:
                turns += 1
                await asyncio.sleep(0)

        stream = Stream(["a", "b", "c", "d"])
        async with asyncio.TaskGroup() as group:
            group.create_task(others())
            items = [item async for item in _TurnDriver(stream).items()]
        assert (items, turns, stream.closed.is_set()) == (["a", "b", "c", "d"], 3, True)

    asyncio.run(main())


def test_on_the_engines_own_loop_no_thread_is_needed() -> None:
    async def main() -> None:
        stream = Stream(["a", "b"], is_async=True)
        driver = driver_for(stream, engine_loop=asyncio.get_running_loop())
        async with aclosing(driver.items()) as items:
            assert await anext(items) == "a"
        assert stream.closed.is_set()
        driver.release()

    before = set(threading.enumerate())
    asyncio.run(main())
    assert set(threading.enumerate()) == before


def test_a_cancellation_that_escapes_from_a_plain_stream_is_its_fault() -> None:
    class Escaping(Stream):
        def items(self) -> Generator[object, None, None]:
            yield "a"
            raise asyncio.CancelledError

    async def main() -> None:
        items = _TurnDriver(Escaping([])).items()
        assert await anext(items) == "a"
        with pytest.raises(RuntimeError, match="CancelledError was raised in it"):
            await anext(items)

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["turns", "thread", "own loop"])
def test_a_stream_that_is_released_is_closed_once_and_never_driven(kind: str) -> None:
    async def main() -> None:
        stream = Stream(["a"], is_async=kind == "own loop")
        loop = asyncio.get_running_loop()
        driver = _TurnDriver(stream) if kind == "turns" else driver_for(stream, engine_loop=loop)
        driver.release()
        driver.release()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await asyncio.to_thread(stream.closed.wait, WAIT_S)

    asyncio.run(main())


def test_a_loop_that_is_closed_before_the_stream_begins_is_an_error() -> None:
    async def make() -> object:
        return driver_for(Stream(["a"], is_async=True), engine_loop=elsewhere)

    async def drive(driver: object) -> None:
        with pytest.raises(RuntimeError, match="closed"):
            _ = [item async for item in driver.items()]  # type: ignore[attr-defined]

    elsewhere = asyncio.new_event_loop()
    driver = asyncio.run(make())
    elsewhere.run_until_complete(drive(driver))
    elsewhere.run_until_complete(elsewhere.shutdown_asyncgens())
    elsewhere.close()

from __future__ import annotations

import asyncio
from contextlib import aclosing

from stream_widget.run import hand_over as module
from stream_widget.run.hand_over import HandOver


def test_room_is_told_of_only_where_the_giver_was_asked_to_wait() -> None:
    told: list[int] = []

    async def main() -> None:
        queue = HandOver(lambda: told.append(len(taken)))
        taken: list[object] = []
        async with aclosing(queue.items()) as items:
            assert queue.put("first")
            taken.append(await anext(items))
            assert told == []
            assert [queue.put(n) for n in range(module._AT_MOST)].index(False) == 255
            taken.append(await anext(items))
            assert told == [1]

    asyncio.run(main())


def test_what_is_given_to_a_loop_that_is_closed_is_let_go() -> None:
    async def make() -> HandOver:
        return HandOver(lambda: None)

    queue = asyncio.run(make())
    assert queue.put("a")
    queue.end()

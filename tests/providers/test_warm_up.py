"""What many runs need at their start is loaded once, and all of them wait until it is done."""

from __future__ import annotations

import asyncio
import threading

import pytest

from stream_widget.providers import PROVIDERS, Endpoint
from stream_widget.providers.sdk_clients import SdkClients

AT_ONCE = 16
ENDPOINT = Endpoint(PROVIDERS["openai"], "http://127.0.0.1/v1", "chat", "key")
WAIT_S = 20.0


class Load:
    """Something slow to load that says when it has begun, and goes on when it may."""

    def __init__(self, *, fails: int = 0) -> None:
        self.begun = threading.Event()
        self.may_go_on = threading.Event()
        self.times = 0
        self._fails = fails

    def __call__(self) -> None:
        self.times += 1
        self.begun.set()
        assert self.may_go_on.wait(WAIT_S)
        if self.times <= self._fails:
            raise ImportError("Not installed.")


def clients(load: Load) -> SdkClients[object]:
    return SdkClients(lambda _endpoint: object(), load)


def test_what_many_need_at_once_is_loaded_once() -> None:
    load = Load()
    sdk = clients(load)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(sdk.get_ready(ENDPOINT))
            assert await asyncio.to_thread(load.begun.wait, WAIT_S)
            load.may_go_on.set()

    asyncio.run(main())
    asyncio.run(sdk.get_ready(ENDPOINT))
    assert load.times == 1


def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    load = Load()
    sdk = clients(load)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(sdk.get_ready(ENDPOINT))
            assert await asyncio.to_thread(load.begun.wait, WAIT_S)
            group.create_task(sdk.get_ready(ENDPOINT))
            first.cancel()
            load.may_go_on.set()

    asyncio.run(main())
    assert load.times == 1


def test_what_could_not_be_loaded_is_tried_again() -> None:
    load = Load(fails=1)
    load.may_go_on.set()
    sdk = clients(load)
    with pytest.raises(ImportError):
        asyncio.run(sdk.get_ready(ENDPOINT))
    asyncio.run(sdk.get_ready(ENDPOINT))
    assert load.times == 2


def test_a_client_is_made_once_for_its_endpoint_and_away_from_the_loop() -> None:
    made_on: list[str] = []

    def make(_endpoint: Endpoint) -> object:
        made_on.append(threading.current_thread().name)
        return object()

    sdk = SdkClients(make, lambda: None)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(sdk.get_ready(ENDPOINT))

    asyncio.run(main())
    assert sdk.for_endpoint(ENDPOINT) is sdk.for_endpoint(ENDPOINT)
    assert made_on == ["stream_widget warm-up"]

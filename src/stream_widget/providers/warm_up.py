"""Loads what the first request needs, on a thread, so that neither cell nor engine waits for it.

The SDK's import and its first request build types for one to four seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Once", "in_thread", "warm_openai"]

_T = TypeVar("_T")
_EMPTY_STREAM: Final = b"data: [DONE]\n\n"


def warm_openai() -> None:
    """Import the SDK and send one request to nowhere, in memory, so that its types are built."""
    import httpx2  # noqa: PLC0415 - the point of this function
    import openai  # noqa: PLC0415

    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(
            200, headers={"content-type": "text/event-stream"}, content=_EMPTY_STREAM
        )

    async def ask() -> None:
        async with (
            httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http_client,
            openai.AsyncOpenAI(
                api_key="none", base_url="http://127.0.0.1/v1", http_client=http_client
            ) as client,
            client.responses.with_streaming_response.create(
                model="none",
                input="none",
                reasoning={"effort": "low", "summary": "auto"},
                text={"verbosity": "low"},
                stream=True,
            ) as response,
        ):
            await response.read()

    asyncio.run(ask())


class Once:
    """A call that is made once, on a thread; one that failed is made again by who asks next."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        # Not asyncio's, which belongs to one loop: after an engine that stopped comes another.
        self._lock = threading.Lock()
        self._made = False

    async def done(self) -> None:
        """Make the call, or wait until whoever makes it is done; raises what it raises."""
        if not self._made:
            await in_thread(self._make)

    def _make(self) -> None:
        with self._lock:
            if not self._made:
                self._call()
                self._made = True


async def in_thread(call: Callable[[], _T]) -> _T:
    """Run a call on a thread that ends with it; unlike an executor's, none stays behind."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def settle(result: _T | None, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast("_T", result))

    def work() -> None:
        result, problem = None, None
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits
            problem = error
        # A closed loop: whoever waited was cancelled, and the engine has stopped meanwhile.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=work, name="stream_widget warm-up", daemon=True).start()
    return await future

"""The way to one client over tornado: sending, waiting, and noticing that it has left."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import TYPE_CHECKING, Final, cast

from tornado.iostream import StreamClosedError

from stream_widget.errors import StreamWidgetError

if TYPE_CHECKING:
    from tornado.http1connection import HTTP1Connection
    from tornado.iostream import IOStream
    from tornado.web import RequestHandler

    from stream_widget.scripted.gate import Gate

__all__ = ["ClientGoneError", "HttpLine", "Patience"]

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER on, for 0 seconds: closing sends a reset."""


class ClientGoneError(StreamWidgetError):
    """The client closed the connection, or the server stops."""

    def __init__(self) -> None:
        super().__init__("The client has left.")


class Patience:
    """Waits, for seconds or at gates, until whoever it waits for is gone."""

    def __init__(self) -> None:
        self.is_gone = False
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def hang_up(self) -> None:
        """Whoever it was has left: whatever waits here ends. On the server's loop only."""
        self.is_gone = True
        self._wake.set()

    async def wait(self, seconds: float | None) -> None:
        """Send nothing for a while; ``None`` is until the client leaves.

        Raises:
            ClientGoneError: The client has left.
        """
        try:
            async with asyncio.timeout(seconds):
                while not self.is_gone:
                    self._wake.clear()
                    await self._wake.wait()
        except TimeoutError:
            return
        raise ClientGoneError

    async def hold(self, gate: Gate) -> None:
        """Send nothing until the gate is open.

        Raises:
            ClientGoneError: The client has left.
        """
        gate.reach(self._wake_from_any_thread)
        while not gate.is_open:
            if self.is_gone:
                raise ClientGoneError
            self._wake.clear()
            await self._wake.wait()

    def _wake_from_any_thread(self) -> None:
        # A RuntimeError: the server has stopped meanwhile, and nothing waits any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._wake.set)


class HttpLine(Patience):
    """The way to the client of one request."""

    def __init__(self, handler: RequestHandler) -> None:
        super().__init__()
        self._handler = handler

    async def send(self, data: bytes) -> None:
        """Send whole chunks.

        Raises:
            ClientGoneError: The client has left.
        """
        if self.is_gone:
            raise ClientGoneError
        if data:
            self._handler.write(data)  # pyright: ignore[reportUnknownMemberType]  tornado: bare dict
        try:
            await self._handler.flush()
        except StreamClosedError:
            raise ClientGoneError from None

    async def cut(self, unsent: bytes, *, resets: bool) -> None:
        """Send the first bytes of a chunk that is never finished, and end the connection."""
        await self.send(b"")  # the headers are out before any part of the body
        try:
            await self._stream().write(b"%x\r\n%b" % (len(unsent) + 1, unsent))
        except StreamClosedError:
            raise ClientGoneError from None
        self.close(resets=resets)

    def close(self, *, resets: bool) -> None:
        """End the connection as it stands."""
        stream = self._stream()
        if resets:
            connection = cast("socket.socket", stream.socket)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        stream.close()

    def _stream(self) -> IOStream:
        stream = cast("HTTP1Connection", self._handler.request.connection).stream
        if stream is None:
            raise ClientGoneError
        return stream
